# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planted mistakes and the cause that token_check names first; and what it does, and does not do, to find it."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.registry import REGISTRY
from ansible_collections.m2m.netsuite.plugins.module_utils.operations import (
    account_credentials,
    certificate_info,
    token_check,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.all_mistakes import MISTAKES
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import PRESETS, Mistake, Outcome, Stage, commit
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, Simulator

PAGE = ROOT / "docs/diagnosis.md"
BEGIN, END = "<!-- table: made by tests/e2e/test_diagnosis.py -->", "<!-- end of the table -->"
Look = Callable[[Mistake, str], Outcome]


@pytest.fixture(scope="module")
def look(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Look:
    """What comes of a mistake under a preset; each is planted once."""
    known: dict[tuple[str, str], Outcome] = {}

    def outcome(mistake: Mistake, preset: str) -> Outcome:
        key = (str(mistake), preset)
        if key not in known:
            known[key] = commit(mistake, simulator, preset, tmp_path_factory.mktemp("mistake"))
        return known[key]

    return outcome


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_planted_mistake_is_among_the_first_three(mistake: Mistake, preset: str, look: Look) -> None:
    outcome = look(mistake, preset)
    assert outcome.named[:1], outcome.result
    assert mistake.cause in outcome.named[:3], outcome.result.get("diagnosis") or outcome.result
    first = (outcome.result.get("diagnosis") or [{"evidence": outcome.result.get("msg", "")}])[0]
    assert mistake.quotes in first["evidence"]


def test_no_result_shows_an_assertion_or_a_token(look: Look) -> None:
    for mistake in MISTAKES:
        assert not re.search(r"eyJ[\w-]{20,}\.", json.dumps(look(mistake, "spec").result)), mistake


def test_the_list_is_long_and_names_each_mistake_once():
    assert len({str(mistake) for mistake in MISTAKES}) == len(MISTAKES) >= 30


@pytest.mark.parametrize("preset", PRESETS)
def test_nine_of_ten_are_named_first(preset: str, look: Look) -> None:
    missed = [str(mistake) for mistake in MISTAKES if look(mistake, preset).rank(mistake.cause) != 1]
    assert len(missed) <= len(MISTAKES) / 10, missed


@pytest.mark.parametrize("preset", PRESETS)
def test_the_audit_trail_code_is_the_one_that_the_audit_trail_shows(preset: str, look: Look) -> None:
    wrong = []
    for mistake in MISTAKES:
        outcome = look(mistake, preset)
        # Codes that Oracle does not list are the simulator's own, and cannot be named.
        if outcome.audit and outcome.codes and outcome.rank(mistake.cause) == 1 and outcome.audit not in outcome.codes:
            wrong.append((str(mistake), outcome.codes, outcome.audit))
    assert not wrong


def table(look: Look) -> str:
    """The table of the documentation."""
    rows = [
        "| Area | Planted mistake | Known beside the answer | Named first | Place of the true cause |",
        "| --- | --- | --- | --- | --- |",
    ]
    scores = dict.fromkeys(PRESETS, 0)
    for area, group in itertools.groupby(
        sorted(MISTAKES, key=lambda one: _areas().index(one.area)), lambda one: one.area
    ):
        for mistake in group:
            outcomes = [look(mistake, preset) for preset in PRESETS]
            firsts = list(dict.fromkeys(outcome.named[0] for outcome in outcomes))
            ranks = [outcome.rank(mistake.cause) for outcome in outcomes]
            for preset, rank in zip(PRESETS, ranks, strict=True):
                scores[preset] += rank == 1
            places = str(ranks[0]) if len(set(ranks)) == 1 else " / ".join(map(str, ranks))
            true = "" if ranks == [1, 1] else f" (`{mistake.cause}`)"
            named = ", ".join(f"`{first}`" for first in firsts)
            rows.append(f"| {area} | {mistake.name} | {mistake.known} | {named} | {places}{true} |")
    total = len(MISTAKES)
    counts = ", ".join(f"{score} under `{preset}`" for preset, score in scores.items())
    return f"{total} planted mistakes. Named first: {counts}. All within the first three.\n\n" + "\n".join(rows)


def _areas() -> list[str]:
    return list(dict.fromkeys(mistake.area for mistake in MISTAKES))


def test_every_cause_that_a_mistake_brings_up_is_registered(look: Look) -> None:
    named = {cause for mistake in MISTAKES for preset in PRESETS for cause in look(mistake, preset).named}
    assert named <= set(REGISTRY)


def test_the_documentation_shows_the_present_table(look: Look) -> None:
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    wanted = f"{before}{BEGIN}\n\n{table(look)}\n\n{END}{after}"
    if text != wanted:
        PAGE.write_text(wanted)
        pytest.fail(f"{PAGE.name} was not up to date. It is now: look at it and commit it.")


# --- how it looks


@pytest.fixture
def stage(simulator: Simulator, tmp_path: Path) -> Stage:
    return Stage(simulator, "observed", tmp_path, mapped=False)


def _check(**options: Any) -> tuple[dict[str, Any], list[str]]:
    context = Context(sleep=lambda _seconds: None)
    return run_operation(token_check.OPERATION, context, **options), context.warnings


def test_looking_further_reads_and_writes_nothing(stage):
    result, _warnings = _check(**stage.listing())
    assert result["diagnosis"][0]["cause"] == "mapping_absent"
    counters = stage.account.counters()
    assert counters["requests"] == {"token": 1, "keys": 1, "certificates.list": 1}
    assert (counters["writes"], counters["write_attempts"]) == (0, 0)


def test_diagnose_false_asks_nobody_else(stage):
    result, _warnings = _check(**stage.listing(diagnose=False))
    assert result["diagnosis"][0]["cause"] == "certificate_not_mapped"
    assert stage.account.counters()["requests"] == {"token": 1}


def test_a_good_token_needs_no_looking(stage):
    stage.account.upload(stage.pair.certificate)
    result, warnings = _check(**stage.listing())
    assert (result["valid"], result["diagnosis"], result["assertion"], warnings) == (True, [], [], [])
    assert result["login_audit_trail"] is None
    assert stage.account.counters()["requests"] == {"token": 1, "keys": 1, "server_time": 1}


def test_an_expired_bootstrap_token_is_no_evidence(stage):
    result, _warnings = _check(**stage.options(bootstrap_token=stage.account.bootstrap_token(lifetime=-1)))
    assert result["diagnosis"][0]["cause"] == "certificate_not_mapped"
    assert "certificates.list" not in stage.account.counters()["requests"]


def test_a_bootstrap_token_that_may_not_read_the_list_is_no_evidence(stage):
    result, _warnings = _check(**stage.options(bootstrap_token=stage.account.bootstrap_token(1000, 12)))
    assert result["diagnosis"][0]["cause"] == "certificate_not_mapped"


def test_in_a_rotation_the_active_pair_reads_the_list(stage):
    path = str(stage.folder / "credentials.yml")
    how = {"account_id": stage.account.account_id, "credentials_path": path, "key_type": "EC"}
    made = run_operation(account_credentials.OPERATION, **how, allow_plaintext_key=True)
    stage.account.upload(made["certificate"], 1001, 12)
    run_operation(account_credentials.OPERATION, **how, allow_plaintext_key=True, rotate=True)
    pending = stage.options(
        private_key_content=None, certificate_content=None, credentials_path=path, generation="pending"
    )
    result, _warnings = _check(**pending)
    assert [cause["cause"] for cause in result["diagnosis"]] == ["mapping_absent"]
    assert result["diagnosis"][0]["basis"] == "answer"
    assert stage.account.counters()["write_attempts"] == 0


@pytest.mark.parametrize(
    ("offset", "shown"), [(-120, "120 s ahead of"), (-590, "590 s ahead of"), (580, "580 s behind")]
)
def test_a_clock_within_bounds_is_corrected_and_reported(offset, shown, stage):
    stage.account.upload(stage.pair.certificate)
    stage.account.knobs(clock_offset=offset)
    result, warnings = _check(**stage.options())
    assert result["valid"], result
    assert abs(result["clock_skew"] - offset) <= 1
    seconds = int(shown.split()[0])
    assert any(f"{seconds + noise} s {shown.split(maxsplit=2)[2]}" in warnings[0] for noise in (-1, 0, 1)), warnings


@pytest.mark.parametrize("offset", [-640, 640])
def test_a_clock_beyond_the_bounds_is_not(offset, stage):
    stage.account.upload(stage.pair.certificate)
    stage.account.knobs(clock_offset=offset)
    result, _warnings = _check(**stage.options())
    assert [cause["cause"] for cause in result["diagnosis"]] == ["clock_ahead" if offset < 0 else "clock_behind"]
    assert str(abs(result["clock_skew"])) in result["diagnosis"][0]["evidence"]
    assert stage.account.counters()["requests"]["token"] == 1


@pytest.mark.parametrize("date", [-62_135_596_800, 0, 253_402_300_790])
def test_a_server_that_is_at_the_end_of_the_calendar_is_only_a_wrong_clock(date, stage):
    begun, jumps = time.time(), itertools.count()
    stage.account.knobs(clock_offset=date - int(begun))
    # Each look at this clock is 31 s later, so that the server's time would leave the calendar meanwhile.
    clock = Context(clock=lambda: begun + 31 * next(jumps), sleep=lambda _seconds: None)
    result = run_operation(token_check.OPERATION, clock, **stage.options())
    assert [cause["cause"] for cause in result["diagnosis"]] == ["clock_ahead" if date < begun else "clock_behind"]


def test_the_page_of_another_server_does_not_set_the_clock(stage):
    stage.account.knobs(clock_offset=-300)
    stage.account.fault("token", "html", count=None)
    result, _warnings = _check(**stage.options())
    assert [cause["cause"] for cause in result["diagnosis"]] == ["not_netsuite"]
    assert stage.account.counters()["requests"]["token"] == 1


def test_an_overload_that_passes_is_reported_and_does_no_harm(stage):
    stage.account.upload(stage.pair.certificate)
    stage.account.fault("server_time", "status", status=401)
    pauses = []
    context = Context(sleep=pauses.append)
    result = run_operation(token_check.OPERATION, context, **stage.options())
    assert result["valid"], result
    assert pauses == [2.0]
    assert "overloaded" in context.warnings[0]


def test_a_slow_401_points_to_overload(stage):
    stage.account.upload(stage.pair.certificate)
    stage.account.fault("server_time", "status", count=None, status=401)
    begun, jumps = time.time(), itertools.count()
    # Each look at this clock is 31 s later than the one before, so that an answer seems to take as long.
    clock = Context(clock=lambda: begun + 31 * next(jumps), sleep=lambda _seconds: None)
    options = stage.token_options(stage.account.bootstrap_token(1000, 12), checks=["probe"])
    result = run_operation(token_check.OPERATION, clock, **options)
    assert result["diagnosis"][0]["cause"] == "overloaded"
    assert "after 31 s" in result["diagnosis"][0]["evidence"]


def test_the_probe_is_left_out_where_its_scope_is_not_asked_for(stage):
    stage.account.upload(stage.pair.certificate)
    result, _warnings = _check(**stage.options(scope=["restlets"]))
    assert result["valid"], result
    assert {check["name"]: check["status"] for check in result["checks"]}["probe"] == "skipped"


def test_a_failure_says_what_the_audit_trail_would_say(stage):
    result, _warnings = _check(**stage.listing(fail_on_invalid=True))
    assert result["failed"]
    assert (result["cause"], result["fix"]) == ("mapping_absent", result["diagnosis"][0]["fix"])
    assert "The Login Audit Trail would say MissingKey." in result["msg"]
    assert "View Login Audit Trail" in result["login_audit_trail"]


def test_certificate_info_finds_everything_at_once_without_asking_anybody():
    pair, other = new_pair(key=new_key("rsa3072"), days=1826, start=-1900), new_pair()
    result = run_operation(
        certificate_info.OPERATION,
        certificate_content=pair.certificate,
        private_key_content=other.key,
        certificate_id=other.id,
        client_id="1C61CD58-044D-497A-BA29-7A3E9A9BB924",
        account_id="ada@example.com",
        algorithm="RS256",
        scope=["mcp"],
    )
    found = {problem["rule"]: problem for problem in result["problems"]}
    rules = ["key_mismatch", "expired", "validity_too_long", "certificate_id", "client_id", "account_id", "algorithm"]
    assert set(found) - {"id_begins_with_hyphen"} == {*rules, "scope"}
    assert all(set(problem) == {"rule", "detail", "fix"} and problem["fix"] for problem in found.values())
    assert result["valid"] is False


def test_certificate_info_shows_the_hosts_that_follow_from_the_account():
    pair = new_pair()
    given = {"certificate_content": pair.certificate, "client_id": "5" * 64, "account_id": "1234567_SB1"}
    result = run_operation(certificate_info.OPERATION, **given)
    assert (result["account"], result["environment"]) == ("1234567_SB1", "sandbox")
    assert result["endpoints"]["suitetalk"] == "https://1234567-sb1.suitetalk.api.netsuite.com"
    assert result["endpoints"]["restlets"] == "https://1234567-sb1.restlets.api.netsuite.com"
