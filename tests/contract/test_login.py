# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A login by a person, against the simulator's authorization page: how it ends, and what is left of it."""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.consent import ConsentError, new_question, read_answer
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services import code_grant
from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import HttpClient, HttpOptions
from ansible_collections.m2m.netsuite.tests.contract.stage import CLIENT_ID, ENTITY, Stage
from ansible_collections.m2m.netsuite.tests.support.canaries import JWT, betrayed
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, validated
from ansible_collections.m2m.netsuite.tests.support.person import Person, consent, follow, free_port

SECRET = "ClientSecretCanary-0123456789"


@dataclass
class LoginStage(Stage):
    """One whose integration record has both grants, and a redirect URI to a free port."""

    port: int = field(default_factory=free_port)

    @property
    def uri(self) -> str:
        return f"https://localhost:{self.port}/"

    def open_account(self, **more: Any) -> None:
        super().open_account(**more)
        self.integration(client_secret=SECRET, redirect_uris=[self.uri])


@dataclass
class Browser(Person):
    """Somebody whose browser goes where it is sent, once the listener is there."""

    def show(self, text: str) -> None:
        super().show(text)
        target = self.act(self.address)
        if target:
            assert follow(target)[0] == 200
            self.brought.append(target)


@pytest.fixture
def stage(tmp_path, simulator):
    found = LoginStage(tmp_path, simulator)
    with found.exits:
        found.open_account()
        yield found


def login(stage: LoginStage, person: Person | None, *, check_mode: bool = False, **more: Any) -> dict[str, Any]:
    """What the role's step does for an account whose key was made a moment ago."""
    pair = stage.pair()
    arguments = stage.account(
        private_key_content=pair.key,
        certificate_content=pair.certificate,
        **{
            "login": True,
            "login_redirect_uri": stage.uri,
            "login_client_secret": SECRET,
            "role": "1000",
            "entity": ENTITY,
            **more,
        },
    )
    (stage.folder / "run").mkdir(exist_ok=True)
    context = Context(
        check_mode=check_mode,
        vault=stage.vault(),
        sleep=lambda seconds: None,
        terminal=person,
        folder=str(stage.folder / "run"),
    )
    result = execute(OPERATIONS["account_reconcile"], validated("account_reconcile", arguments), context)
    assert list((stage.folder / "run").iterdir()) == []
    secrets = {"client secret": SECRET}
    for number, address in enumerate(person.brought if person else []):
        if code := re.search(r"code=(\w+)", address):
            secrets[f"code {number}"] = code[1]
    assert betrayed(str(result), secrets) == []
    assert JWT.search(stage.token())
    assert not JWT.search(str(result))
    return result


def mappings(stage: LoginStage) -> list[dict[str, Any]]:
    return list(stage._administrator(f"accounts/{stage.label}", None, method="GET")["mappings"])


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    assert not result.get("failed"), result
    return [(one["step"], one["status"]) for one in result["steps"]]


@pytest.mark.parametrize("person", [Person(), Browser()], ids=["paste", "listener"])
def test_consent_uploads_and_proves(stage, person):
    result = login(stage, person, login_answer="listener" if isinstance(person, Browser) else "paste")
    assert steps(result) == [("map", "done"), ("prove", "ok")]
    assert [(one["role"]["id"], one["entity"]["id"]) for one in mappings(stage)] == [(1000, 12)]
    assert len(person.brought) == 1


def test_role_and_entity_are_the_persons_where_none_are_set(stage):
    result = login(stage, Person(lambda page: consent(page, role="1001", entity="12")), role=None, entity=None)
    assert result["steps"][0]["detail"] == "role 1001, entity 12"


def test_a_person_who_may_not_upload(stage):
    (step,) = login(stage, Person(lambda page: consent(page, role="1000", entity="12")))["steps"]
    assert (step["step"], step["status"], step["http_status"]) == ("map", "failed", 403)
    assert "Manage own OAuth 2.0 Client Credentials certificates" in step["detail"]
    assert mappings(stage) == []


def test_a_public_client_needs_no_secret(stage):
    stage.integration(public_client=True, client_secret="")
    stage._administrator(f"accounts/{stage.label}", {"settings": {"public_client_credentials": True}}, method="PATCH")
    assert steps(login(stage, Person(), login_client_secret=None)) == [("map", "done"), ("prove", "ok")]


def test_nobody_is_asked_without_need(stage):
    stage.map(stage.pair())
    person = Person(lambda page: pytest.fail("asked"))
    assert steps(login(stage, person, bootstrap_token=stage.token("3"))) == [("map", "done"), ("prove", "ok")]
    assert person.shown == []


def test_check_mode_asks_nobody(stage):
    person = Person(lambda page: pytest.fail("asked"))
    result = login(stage, person, check_mode=True)
    assert (steps(result), result["changed"]) == ([("map", "planned"), ("prove", "planned")], True)
    assert result["steps"][0]["detail"] == "follows a person's consent"
    assert (person.shown, mappings(stage)) == ([], [])


def _later(stage: LoginStage) -> Callable[[str], str]:
    """Who brings the code too late."""

    def act(page: str) -> str:
        address = consent(page)
        stage.set_clock(1)
        return address

    return act


def _elsewhere(stage: LoginStage) -> Callable[[str], str]:
    """Who logs in to another account."""
    other = LoginStage(stage.folder, stage.simulator, port=stage.port)
    other.open_account()
    return lambda page: consent(page.replace(stage.label, other.label))


def _gives_up(_page: str) -> str:
    raise ConsentError("The login was given up at the terminal", cause="given_up")


ENDINGS: dict[str, tuple[Callable[[LoginStage], Callable[[str], str]], str, str]] = {
    "wrong state": (lambda stage: lambda page: consent(page, state="x" * 43), "wrong_state", "another login"),
    "denied": (lambda stage: lambda page: consent(page, "deny"), "consent_denied", "the consent was denied"),
    "expired code": (_later, "code_refused", "it has expired, was used before"),
    "wrong account": (_elsewhere, "wrong_account", "not for 7"),
    "wrong code": (lambda stage: lambda page: consent(page, code="0" * 64), "code_refused", "did not take the code"),
    "the page instead": (lambda stage: lambda page: page, "foreign_address", "Copy the whole address"),
    "nothing": (lambda stage: lambda page: "", "no_answer", "No address was given"),
    "given up": (lambda stage: _gives_up, "given_up", "given up at the terminal"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_endings_without_consent(stage, ending):
    make, cause, words = ENDINGS[ending]
    result = login(stage, Person(make(stage)))
    assert (result.get("failed"), result["cause"]) == (True, cause), result
    assert words in result["msg"]
    assert result["msg"].count(". ") <= 1
    assert mappings(stage) == []


def test_a_code_is_taken_once(stage):
    """Whoever has caught the code comes too late, or the person does; either is told."""
    page = f"{stage.base_url}/app/login/oauth2/authorize.nl"
    question, account = new_question(page, CLIENT_ID, stage.uri, ["rest_webservices"]), parse_account(stage.account_id)
    answer = read_answer(consent(question.address), question, account)
    how = {"account": account, "client_secret": SECRET, "clock": time.time}
    url = f"{stage.base_url}/services/rest/auth/oauth2/v1/token"
    with HttpClient(HttpOptions()) as http_client:
        token = code_grant.trade_code(http_client, url, question, answer.code, **how)
        assert token.text not in repr(token)
        with pytest.raises(ConsentError, match="was used before"):
            code_grant.trade_code(http_client, url, question, answer.code, **how)
        with pytest.raises(ConsentError, match="Set netsuite_account_login_client_secret"):
            code_grant.trade_code(http_client, url, question, answer.code, **{**how, "client_secret": "x"})
        other = parse_account("7654321")
        answer = read_answer(consent(question.address), question, account)
        with pytest.raises(ConsentError, match="not for 7654321"):
            code_grant.trade_code(http_client, url, question, answer.code, **{**how, "account": other})


def test_a_browser_that_is_closed(stage):
    person = Browser(lambda page: "")
    result = login(stage, person, login_answer="listener", login_timeout=1)
    assert (result["failed"], result["cause"]) == (True, "no_answer")
    assert "within 1 seconds, as when the browser is closed" in result["msg"]
    with socket.socket() as probe:  # nobody listens there any more
        assert probe.connect_ex(("127.0.0.1", stage.port)) != 0


def test_a_listener_hears_the_answer_alone(stage):
    """A browser that does not trust it yet, one that asks for an icon, and a connection that says nothing."""

    def act(page: str) -> str:
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(stage.uri, timeout=10)
        with (
            socket.create_connection(("127.0.0.1", stage.port), 5),
            socket.create_connection(("127.0.0.1", stage.port), 5),
        ):
            for path in ("favicon.ico", "", "other?code=x"):
                assert follow(f"{stage.uri}{path}")[0] == 404
            return consent(page)

    assert steps(login(stage, Browser(act), login_answer="listener")) == [("map", "done"), ("prove", "ok")]


def test_a_port_that_is_taken(stage):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", stage.port))
        taken.listen()
        result = login(stage, Browser(), login_answer="listener")
    steps_ = result["steps"]
    assert [(one["status"], one["cause"]) for one in steps_] == [("failed", "port_in_use")]
    assert f"Port {stage.port} of this machine cannot be listened to" in steps_[0]["detail"]


@pytest.mark.parametrize("person", [None, Person(is_there=False)], ids=["no terminal", "nobody at it"])
def test_nobody_to_ask(stage, person):
    result = login(stage, person)
    assert (result["failed"], result["cause"]) == (True, "no_terminal")
    assert "/app/oauth2/clientcredentials/setup.nl" in result["msg"]
    assert f"https://{stage.label}.app.netsuite.com" in result["msg"]


@pytest.mark.parametrize(
    ("option", "cause"),
    [
        ({"login_redirect_uri": "http://localhost:8765/"}, "bad_redirect_uri"),
        ({"login_redirect_uri": "https://example.com/", "login_answer": "listener"}, "bad_redirect_uri"),
        ({"login_scope": ["restlets"]}, "bad_scope"),
        ({"login_timeout": 0}, "bad_option"),
        ({"login_url": "http://example.com"}, "bad_base_url"),
    ],
)
def test_options_are_looked_at_before_anybody_is_asked(stage, option, cause):
    person = Person(lambda page: pytest.fail("asked"))
    (step,) = login(stage, person, **option)["steps"]
    assert (step["status"], step["cause"]) == ("failed", cause)
    assert person.brought == []


def test_the_listener_speaks_modern_tls_with_a_certificate_of_the_day(stage):
    seen = []

    def act(page: str) -> str:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", stage.port), 5)
        with context.wrap_socket(plain, server_hostname="localhost") as wrapped:
            seen.append((wrapped.version(), wrapped.getpeercert(True)))
        return consent(page)

    login(stage, Browser(act), login_answer="listener")
    login(stage, Browser(act), login_answer="listener")
    assert {version for version, _certificate in seen} == {"TLSv1.3"}
    assert len({certificate for _version, certificate in seen}) == 2
