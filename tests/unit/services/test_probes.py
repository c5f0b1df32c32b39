# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is looked at after a refusal: reading only, best effort, and never a reason to fail."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import endpoints_of, parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.evidence import KeySetObservation
from ansible_collections.m2m.netsuite.plugins.module_utils.services import probes
from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import HttpClient, HttpOptions, Response

CLIENT_ID = "0123456789abcdef" * 4
OTHER_CLIENT = "f" * 64
ID = "NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA"


@pytest.fixture
def http_client():
    with HttpClient(HttpOptions(timeout=30, retries=0), sleep=lambda seconds: None) as made:
        yield made


# --- the key set ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "observed"),
    [
        ((200, {}, {"keys": []}), KeySetObservation(200, True)),
        (
            (200, {}, {"keys": [{"kid": "c.1234567_SB1.2026-10-04_02-30-54"}]}),
            KeySetObservation(200, True, ("1234567_SB1",)),
        ),
        (
            (200, {}, {"keys": [{"kid": "c.1.2026-10-04_x"}, {"kid": "c.1.2026-11-04_x"}, {"kid": "s.2.2026-11-04"}]}),
            KeySetObservation(200, True, ("1", "2")),
        ),
        ((200, {}, {"keys": [{"kid": "other"}, {"kid": 5}, "x", {}]}), KeySetObservation(200, True)),
        ((200, {}, {"keys": "x"}), KeySetObservation(200, False)),
        ((200, {}, "<html>"), KeySetObservation(200, False)),
        ((404, {}, ""), KeySetObservation(404, False)),
        ((401, {}, {"keys": []}), KeySetObservation(401, False)),
        (lambda handler: handler.connection.close(), None),
    ],
    ids=range(9),
)
def test_key_sets(server, http_client, answer, observed):
    server.answers = [answer]
    assert probes.key_set_at(http_client, server.url) == observed
    assert "Authorization" not in server.requests[0].headers


# --- the list of mappings ------------------------------------------------------------------------------------------


def token(lab, client_id=CLIENT_ID, lifetime=3600):
    claims = {"sub": "3;5", "aud": ["g;1234567", client_id], "exp": int(lab.now.timestamp()) + lifetime}
    return jwt.encode(claims, lab.key("RSA-2048"), "RS256")


def listed(**changes):
    return {"certificate_id": ID, "role": 3, "entity": 5, "revoked": False, "valid_until": "2027-12-31", **changes}


@pytest.mark.parametrize(
    ("answers", "state", "refused", "elsewhere"),
    [
        ([[listed()]], "active", None, False),
        ([[listed(revoked=True)]], "revoked", None, False),
        ([[listed(valid_until="2026-01-01")]], "expired", None, False),
        ([[listed(certificate_id="other")]], "absent", None, False),
        ([[]], "absent", None, False),
        ([(403, {}, {"error": "x"})], None, 403, False),
        ([(401, {}, "")], None, 401, False),
    ],
)
def test_the_list(server, http_client, lab, answers, state, refused, elsewhere):
    server.answers = [answer if isinstance(answer, tuple) else (200, {}, answer) for answer in answers]
    endpoints = endpoints_of(parse_account("1234567"), server.url)
    observed = probes.mappings_for(
        http_client, endpoints, token(lab), client_id=CLIENT_ID, certificate_id=ID, now=lab.now
    )
    assert (observed.state, observed.refused, observed.elsewhere) == (state, refused, elsewhere)
    assert observed.holder.role == "3"
    assert len(server.requests) == 1
    assert server.requests[0].method == "GET"


@pytest.mark.parametrize(
    ("second", "elsewhere"),
    [([listed()], True), ([listed(revoked=True)], False), ([], False), ("<html>", False)],
)
def test_the_list_of_the_token_s_own_client(server, http_client, lab, second, elsewhere):
    server.answers = [(200, {}, []), (200, {}, second)]
    endpoints = endpoints_of(parse_account("1234567"), server.url)
    given = token(lab, OTHER_CLIENT)
    observed = probes.mappings_for(http_client, endpoints, given, client_id=CLIENT_ID, certificate_id=ID, now=lab.now)
    assert (observed.state, observed.elsewhere) == ("absent", elsewhere)
    assert [OTHER_CLIENT in request.path for request in server.requests] == [False, True]


@pytest.mark.parametrize("answer", [(200, {}, "<html>"), lambda handler: handler.connection.close()])
def test_no_list(server, http_client, lab, answer):
    server.answers = [answer]
    endpoints = endpoints_of(parse_account("1234567"), server.url)
    arguments = {"client_id": CLIENT_ID, "certificate_id": ID, "now": lab.now}
    assert probes.mappings_for(http_client, endpoints, token(lab), **arguments) is None


def test_a_token_that_has_expired_is_not_used(server, http_client, lab):
    endpoints = endpoints_of(parse_account("1234567"), server.url)
    later = lab.now + timedelta(hours=1)
    arguments = {"client_id": CLIENT_ID, "certificate_id": ID, "now": later}
    assert probes.mappings_for(http_client, endpoints, token(lab), **arguments) is None
    assert server.requests == []


# --- who issued the certificate of a server that is not trusted ----------------------------------------------------


def test_the_issuer_is_reported(new_server, authority):
    server = new_server(authority.context(authority.pair("server")))
    shown = probes.issuer_of(server.url, None, 10)
    assert shown == "its certificate is issued by CN=throw-away CA"
    assert server.requests == []


def test_the_issuer_through_a_proxy_that_is_none(new_server, server, authority):
    secure = new_server(authority.context(authority.pair("server")))
    server.answers = [(403, {}, "no")]
    assert probes.issuer_of(secure.url, server.url.replace("//", "//user:pass%21@"), 10) is None
    (request,) = server.requests
    assert request.method == "CONNECT"
    assert request.headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNzIQ=="
    assert probes.issuer_of(secure.url, "https://127.0.0.1:1", 10) is None


def test_no_issuer(server, free_port):
    assert probes.issuer_of(server.url.replace("http:", "https:"), None, 10) is None
    assert probes.issuer_of(f"https://127.0.0.1:{free_port}", None, 10) is None


def test_what_an_answer_shows():
    response = Response(503, {"server": "squid", "content-type": "text/html"}, "<html><title>Oops</title>", 1.0, 3.5)
    found = probes.answer_of(response)
    assert (found.status, found.kind, found.title, found.seconds, found.from_proxy) == (503, "html", "Oops", 2.5, True)
