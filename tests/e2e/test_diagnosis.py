# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Planted mistakes, and the cause that token_check names first; and verify, the playbook that asks every night."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.e2e.harness.simulator import ROOT, Simulator
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.planted import MISTAKES
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import PRESETS, Mistake, Outcome, commit

PAGE = ROOT / "docs/diagnosis.md"
BEGIN, END = "<!-- planted mistakes: made by tests/e2e/test_diagnosis.py -->", "<!-- end of the planted mistakes -->"
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
    told = ", ".join(f"{score} under `{preset}`" for preset, score in scores.items())
    return f"{total} planted mistakes. Named first: {told}. All within the first three.\n\n" + "\n".join(rows)


def _areas() -> list[str]:
    return list(dict.fromkeys(mistake.area for mistake in MISTAKES))


def test_the_documentation_shows_the_present_table(look: Look) -> None:
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    wanted = f"{before}{BEGIN}\n\n{table(look)}\n\n{END}{after}"
    if text != wanted:
        Path(PAGE).write_text(wanted)
        pytest.fail(f"{PAGE.name} was not up to date. It is now: look at it and commit it.")
