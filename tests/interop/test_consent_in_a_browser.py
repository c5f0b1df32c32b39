# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A login in a real browser: at the simulator's page, and at oidc-provider, which requires PKCE."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ansible_collections.m2m.netsuite.plugins.module_utils.core.consent import ConsentError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations import account_reconcile
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.consent import Consent, ask_for_consent
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context
from ansible_collections.m2m.netsuite.plugins.module_utils.services.oauth_client import open_http_client
from ansible_collections.m2m.netsuite.tests.interop.pairs import OF_PEOPLE
from ansible_collections.m2m.netsuite.tests.interop.programs import AuthorizationServer, parts
from ansible_collections.m2m.netsuite.tests.support.chromium import PROGRAM, Chromium
from ansible_collections.m2m.netsuite.tests.support.person import Person, free_port
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no chromium here")
ALLOW, DENY = "#allow, button[type=submit]", "#deny"
HOW = ("paste", "listener")


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    browser = Chromium(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


class InBrowser(Person):
    """Somebody with a browser, which ends at the redirect URI whether somebody listens there or not."""

    def show(self, text: str) -> None:
        super().show(text)
        if "on this machine" in text:
            self.brought.append(self.act(self.address))


def log_in(chromium: Chromium, button: str = ALLOW, **options: Any) -> tuple[Consent, InBrowser]:
    """Log in, as the playbook does when it needs a token."""
    uri = options["login_redirect_uri"]
    person = InBrowser(lambda page: chromium.go(page, uri, button))
    defaults = {name: spec.get("default") for name, spec in account_reconcile.OPERATION.options.items()}
    context = Context(terminal=person)
    given = {**defaults, "login": True, **options}
    with open_http_client(given, context.clock, context.sleep) as http_client:
        return ask_for_consent(given, context, http_client), person


@pytest.mark.parametrize("how", HOW)
def test_at_the_simulator(chromium: Chromium, simulator: Simulator, how: str) -> None:
    account, uri = simulator.account(), f"https://localhost:{free_port()}/"
    account.integration(client_secret="s3cret", redirect_uris=[uri])
    options = account.options(login_redirect_uri=uri, login_client_secret="s3cret", login_answer=how)
    consent, person = log_in(chromium, **options)
    assert (consent.role, consent.entity) == ("3", "-5")
    assert person.brought[0].startswith(f"{uri}?state=")
    with pytest.raises(ConsentError) as caught:
        log_in(chromium, DENY, **options)
    assert caught.value.cause == "consent_denied"


@pytest.mark.parametrize("how", HOW)
def test_at_oidc_provider(chromium: Chromium, authorization_server: AuthorizationServer, how: str) -> None:
    uri = next(client["redirect_uris"][0] for client in authorization_server.clients if "redirect_uris" in client)
    options = {"account_id": "1234567", "base_url": authorization_server.base_url, "client_id": OF_PEOPLE}
    consent, _person = log_in(chromium, **options, login_redirect_uri=uri, login_answer=how)
    _header, claims, _input, _signature = parts(consent.token)
    assert (claims["client_id"], claims["scope"]) == (OF_PEOPLE, "rest_webservices")
    assert claims["exp"] > time.time()


def test_oidc_provider_requires_pkce(authorization_server: AuthorizationServer) -> None:
    """Else the test above would show less than it says."""
    uri = next(client["redirect_uris"][0] for client in authorization_server.clients if "redirect_uris" in client)
    query = {"response_type": "code", "client_id": OF_PEOPLE, "redirect_uri": uri, "state": "s" * 22}
    page = f"{authorization_server.base_url}/app/login/oauth2/authorize.nl"
    answer = requests.get(page, {**query, "scope": "rest_webservices"}, allow_redirects=False, timeout=10)
    assert "requires+PKCE" in answer.headers["Location"]
