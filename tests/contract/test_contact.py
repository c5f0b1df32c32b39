# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contact report against the simulator: it gives back the settings, writes nothing, and names nobody."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.core.contact.answers import ABOUT_THE_ASSERTION, SAME
from ansible_collections.m2m.netsuite.plugins.module_utils.core.contact.question import TokenQuestion
from ansible_collections.m2m.netsuite.plugins.module_utils.core.contact.questions import NOT_ASKED, QUESTIONS
from ansible_collections.m2m.netsuite.plugins.module_utils.operations import contact
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import PROGRAM, SimulatedAccount, Simulator

# What the simulator does unless it is told otherwise, as far as a role that is not the administrator can tell.
PLAIN: dict[str, Any] = {
    "expires_in_type": "number",
    "token_type": "Bearer",
    "token_lifetime": 3600,
    "access_token_alg": "RS256",
    "jwks_requires_auth": False,
    "jwks_keys": 1,
    "audience": "any_service",
    "audience_array": False,
    "require_typ": True,
    "float_dates": False,
    "space_scope": False,
    "reject_replay": False,
    "max_assertion_lifetime": 3600,
    "clock_tolerance": 0,
    "ids_as": "number",
    "rotation_error_style": "rest",
    "returned_certificate_id": "computed",
    "wrong_scope_status": 403,
    "cookie_is_401": True,
}
# Everything that can be otherwise, otherwise.
ODD: dict[str, Any] = {
    "expires_in_type": "string",
    "token_type": "bearer",
    "token_lifetime": 1800,
    "access_token_alg": "PS256",
    "jwks_requires_auth": True,
    "jwks_keys": 2,
    "audience": "exact",
    "audience_array": True,
    "require_typ": False,
    "float_dates": True,
    "space_scope": True,
    "reject_replay": True,
    "max_assertion_lifetime": 7200,
    "clock_tolerance": 120,
    "ids_as": "string",
    "rotation_error_style": "oauth",
    "returned_certificate_id": "computed",
    "wrong_scope_status": 401,
    "cookie_is_401": False,
    "errors": {
        "expired": {"status": 400, "error": "invalid_grant"},
        "scope_unknown": {"status": 403, "error": "access_denied"},
        "login_missing": {"status": 403, "error": "LOGIN_REQUIRED"},
    },
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("contact") / "state") as simulator:
        yield simulator


def ask(
    account: SimulatedAccount, folder: Path, kind: str = "secp256r1", *, check_mode: bool = False, **more: Any
) -> dict[str, Any]:
    """Ask an account with a pair of its own that an administrator has mapped."""
    pair = new_pair(kind)
    account.upload(pair.certificate, role=more.pop("role", 1001))
    options = account.options(
        private_key_content=pair.key, certificate_content=pair.certificate, path=str(folder / "contact")
    )
    context = Context(check_mode=check_mode, sleep=lambda _seconds: None)
    result = run_operation(contact.OPERATION, context, **options, **more)
    assert not result.get("failed"), result
    return result


@pytest.mark.parametrize("kind", ["secp256r1", "rsa3072"])
@pytest.mark.parametrize("preset", ["observed", "spec"])
@pytest.mark.parametrize("settings", [PLAIN, ODD], ids=["plain", "odd"])
def test_it_gives_back_the_simulators_settings(running, tmp_path, kind, preset, settings):
    wanted = {**settings, "preset": preset}
    account = running.account(**wanted)

    result = ask(account, tmp_path, kind)

    assert (result["settings"], result["complete"]) == (wanted, True)
    written = tmp_path / "contact/simulator.yml"
    assert yaml.safe_load(written.read_text(encoding="utf-8")) == wanted
    counters = account.counters()
    assert (counters["writes"], counters["write_attempts"]) == (0, 0)
    expected = {"token", "keys", "server_time", "governance_limits", "certificates.list", "openid_configuration"}
    assert set(counters["requests"]) == {*expected, "unknown"}


def test_a_simulator_that_is_started_with_the_settings_answers_in_the_same_way(running, tmp_path):
    first = ask(running.account(**ODD, preset="spec"), tmp_path)
    settings = str(tmp_path / "contact/simulator.yml")
    (tmp_path / "second").mkdir()
    # What its configuration says counts for less.
    (tmp_path / "config.yml").write_text("{preset: observed, settings: {token_lifetime: 60, upload_status: 201}}\n")
    with Simulator(tmp_path / "state", "--config", str(tmp_path / "config.yml"), "--settings", settings) as other:
        assert other.admin("GET", "state")["settings"] == {**ODD, "preset": "spec", "upload_status": 201}
        assert ask(other.account(), tmp_path / "second")["settings"] == first["settings"]


def test_check_mode_names_the_requests_and_sends_none(running, tmp_path):
    account = running.account()
    result = ask(account, tmp_path, check_mode=True)
    assert [one["name"] for one in result["requests"]] == [one.name for one in QUESTIONS]
    assert all(one["request"].startswith(("GET ", "POST token")) for one in result["requests"])
    assert (account.counters()["requests"], account.audit()) == ({}, [])
    assert not (tmp_path / "contact").exists()


def test_the_report_names_nobody(running, tmp_path):
    account = running.account("9876543_SB1")
    account.integration(name="Blue Whale Trading")
    account.change(roles=[{"id": 1001, "name": "Whale keeper"}], entities=[{"id": 12, "name": "Wanda Whale"}])
    detail = f"Error ID: abc123 for wanda@whale.example, {account.client_id}, 10.1.2.3 and 1234567890"
    body = {
        "title": "Wanda Whale of 9876543-sb1.app.netsuite.com",
        "o:errorDetails": [{"o:errorCode": "NO", "detail": detail}],
    }
    account.fault("server_time", "status", status=403, after=1, body=body)

    ask(account, tmp_path)

    text = (tmp_path / "contact/contact.yml").read_text(encoding="utf-8")
    for secret in ("9876543", "whale", account.client_id, "abc123", "10.1.2.3", "1234567890", "127.0.0.1", "eyj"):
        assert secret not in text.lower()
    for mapping in account.mappings():
        assert mapping["certificate_id"] not in text
    report = yaml.safe_load(text)
    refused = next(one for one in report["answers"] if one["name"] == "no_login")["answer"]["body"]
    assert refused["title"] == "NAME_2 of HOST_1"
    assert (
        refused["o:errorDetails"][0]["detail"] == "Error ID: ERROR_ID_1 for EMAIL_1, CLIENT_ID, ADDRESS_1 and NUMBER_1"
    )
    assert (report["account"], report["administrator"]) == ("sandbox", False)


def test_a_role_without_permissions_is_told_less_and_nothing_is_made_up(running, tmp_path):
    account = running.account()
    account.integration(scopes=["rest_webservices"])
    settings = ask(account, tmp_path, role=1000)["settings"]
    assert settings == {
        name: value
        for name, value in {**PLAIN, "preset": "observed"}.items()
        if name not in ("ids_as", "returned_certificate_id", "space_scope", "wrong_scope_status")
    }


@pytest.mark.parametrize("answers", [True, False])
def test_the_other_host_is_asked_where_there_is_one(running, tmp_path, answers):
    account = running.account()
    if not answers:
        account.fault("certificates.list", "status", status=404, after=1)
    settings = ask(account, tmp_path, certificates_url=account.url.replace("127.0.0.1", "localhost"))["settings"]
    assert settings["certificates_on_suitetalk"] is answers


def test_an_administrator_is_told_the_limit_too(running, tmp_path):
    settings = ask(running.account(concurrency_limit=15), tmp_path, role=3)["settings"]
    assert settings["concurrency_limit"] == 15


@pytest.mark.parametrize(
    ("fault", "complete"), [({"kind": "status", "status": 503}, True), ({"kind": "drop"}, False)], ids=["busy", "gone"]
)
def test_what_got_no_answer_says_nothing(running, tmp_path, fault, complete):
    account = running.account()
    account.fault("token", count=None, after=6, **fault)
    result = ask(account, tmp_path, retries=0)
    assert result["complete"] is complete
    assert set(result["settings"]) < set(PLAIN)
    assert "preset" not in result["settings"]


def test_each_setting_of_the_simulator_is_asked_for_or_has_a_reason_why_not(monkeypatch):
    monkeypatch.syspath_prepend(str(PROGRAM.parent))
    simulated = importlib.import_module("netsuite_simulator.settings")
    conditions = importlib.import_module("netsuite_simulator.conditions").CONDITIONS
    asked = {name for question in QUESTIONS for name in question.settings} | {"preset", "errors"}
    assert asked | set(NOT_ASKED) == {field.name for field in dataclasses.fields(simulated.Settings)}
    assert not asked & set(NOT_ASKED)
    # The answers of the presets, and where they differ.
    about = {question.condition for question in QUESTIONS if question.condition}
    assert about == ABOUT_THE_ASSERTION | set(SAME)
    for name in about:
        found = conditions[name]
        observed, spec = ((one.status, one.error) for one in (found.observed, found.spec))
        assert (observed, spec) == (
            ((500, "server_error"), (401, "invalid_client")) if name in ABOUT_THE_ASSERTION else (SAME[name],) * 2
        )
    for name in [name for name in sys.modules if name.startswith("netsuite_simulator")]:
        monkeypatch.delitem(sys.modules, name)


def test_nothing_but_the_token_endpoint_is_posted_to():
    posted = [one for one in QUESTIONS if isinstance(one, TokenQuestion)]
    assert {one.method for one in posted} == {"GET", "POST"}
    assert len({one.name for one in QUESTIONS}) == len(QUESTIONS)
