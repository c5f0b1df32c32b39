# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that is ended at each of its system calls: nothing is lost, and the next run puts all right."""

from __future__ import annotations

import signal

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
from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now
from ansible_collections.m2m.netsuite.tests.reliability.life import Life
from ansible_collections.m2m.netsuite.tests.reliability.stories import STORIES, Story

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
