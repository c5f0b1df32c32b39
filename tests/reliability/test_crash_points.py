# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is ended at each of its system calls: nothing is lost, and the next run puts all right."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from ansible_collections.m2m.netsuite.tests.reliability.events import (
    AFTER,
    BEFORE,
    HALF,
    Ended,
    Point,
    forked,
    nothing,
    signalled,
)
from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now, read_store
from ansible_collections.m2m.netsuite.tests.reliability.life import Life
from ansible_collections.m2m.netsuite.tests.reliability.stories import FIRST, STORIES, Story
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
#: What ends a run without a word leaves it as it was before a call, or amid a write. An interrupt becomes an
#: exception, which is met on either side of a call.
ENDS = {signal.SIGKILL: (BEFORE, HALF), signal.SIGTERM: (BEFORE, HALF), signal.SIGINT: (BEFORE, HALF, AFTER)}


def points(calls: list[str]) -> list[tuple[Point, int]]:
    """Every moment of a run that made these calls, with every signal that ends it there."""
    return [
        (Point(number, when), ending)
        for number, call in enumerate(calls)
        for ending, moments in ENDS.items()
        for when in moments
        if when != HALF or call == "write"
    ]


def broken_after(story: Story, life: Life, ended: Ended, ending: int) -> list[str]:
    """What does not hold after a run was ended, and after the next ones."""
    if ending == signal.SIGINT and not (ended.error or "").startswith("KeyboardInterrupt"):
        return [f"the interrupt was swallowed: {ended.error or ended.value}"]
    if ending != signal.SIGINT and ended.signal != ending:
        return [f"it was not ended by the signal: {ended}"]
    broken = broken_now(life)
    if broken:
        return broken
    again = life.play(**{name: value for name, value in story.run.items() if name != "rotate"})
    broken = broken_at_the_end(life, again, generations=story.generations)
    third = life.play(**{name: value for name, value in story.run.items() if name != "rotate"})
    return broken or [
        f"{task} changes something once more" for task, result in third.results.items() if result["changed"]
    ]


@pytest.mark.parametrize("name", STORIES)
def test_ended_at_each_call(campaign, tmp_path, simulator, openbao, name):
    story = STORIES[name]
    whole = story.prepare(tmp_path / "whole", simulator, openbao)
    undisturbed = forked(lambda: story.play(whole).status, nothing)
    assert (undisturbed.value, undisturbed.signal) == ("active", None)
    assert broken_at_the_end(whole, whole.play(), generations=story.generations) == []
    assert {"sendall", "recv_into"} < set(undisturbed.calls)
    broken = []
    for point, ending in campaign.each(f"crash points: {name}", points(undisturbed.calls), short=3, seconds=75):
        life = story.prepare(tmp_path / f"{point.number}{point.when}{ending}", simulator, openbao)
        ended = forked(lambda life=life: story.play(life).status, signalled(point, ending))
        found = broken_after(story, life, ended, ending)
        broken += [
            f"{signal.Signals(ending).name} {point.when} call {point.number} ({undisturbed.calls[point.number]}): {one}"
            for one in found
        ]
    assert broken == []


def moved(life: Life, to: str) -> dict[str, object]:
    """Move the credentials, as the playbook does."""
    result = life.task("account_move", {"to": to}, {**life.defaults(), **life.variables})
    return {"failed": result.get("failed", False), "msg": result.get("msg"), "changed": result["changed"]}


def at(life: Life, store: str, openbao: OpenBao) -> Life:
    """The same host with its credentials there."""
    variables = {**life.variables, "netsuite_account_store": store}
    return replace(life, variables=variables, openbao=openbao if store == "kv2" else None)


@pytest.mark.parametrize(("source", "target"), [("file", "kv2"), ("kv2", "file")])
def test_a_move_ended_at_each_call(campaign, tmp_path, simulator, openbao, source, target):
    """At any moment a whole document is at one of the two places; the next move goes on."""
    places = {"store_url": openbao.url, "store_token": openbao.token}

    def prepare(name: str) -> Life:
        life = FIRST.prepare(tmp_path / name, simulator, openbao, **places)
        life.variables["netsuite_account_store_path"] = f"netsuite/{life.account.label}"
        life = at(life, source, openbao)
        assert life.play().status == "active"
        return life

    whole = prepare("whole")
    undisturbed = forked(lambda: moved(whole, target), nothing)
    assert undisturbed.value["failed"] is False, undisturbed
    broken = []
    label = f"crash points: move from {source} to {target}"
    for point, ending in campaign.each(label, points(undisturbed.calls), short=3, seconds=75):
        life = prepare(f"{point.number}{point.when}{ending}")
        key = {one.key for one in read_store(life)}
        forked(lambda life=life: moved(life, target), signalled(point, ending))
        held = [one.key for store in (source, target) for one in read_store(at(life, store, openbao))]
        found = [] if key <= set(held) else ["the key is lost"]
        again = moved(life, target)
        found += [f"the move does not go on: {again}"] if again["failed"] else []
        there = at(life, target, openbao)
        found = found or broken_at_the_end(there, there.play(), generations=1)
        broken += [f"{signal.Signals(ending).name} {point.when} call {point.number}: {one}" for one in found]
    assert broken == []
