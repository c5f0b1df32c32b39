# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clock that is wrong, or jumps in a run: no key is made by it, and nothing is revoked before its time."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.m2m.netsuite.tests.reliability.events import forked
from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now, read_store
from ansible_collections.m2m.netsuite.tests.reliability.life import Life
from ansible_collections.m2m.netsuite.tests.reliability.stories import FIRST, ROTATION, Story

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400
#: Within an overlap, which must last whatever the clock says.
OVERLAP = Story(before=({}, {"rotate": True, "overlap_days": 7}), run={"overlap_days": 7}, generations=2)
STORIES = {"first run": FIRST, "rotation": ROTATION, "overlap": OVERLAP, "steady state": Story()}
OFFSETS = [
    sign * size for size in (HOUR, 12 * HOUR, DAY, 8 * DAY, 31 * DAY, YEAR, 3 * YEAR, 20 * YEAR) for sign in (1, -1)
]
ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "UTC")


def shifted(seconds: float, after: int = 0) -> Callable[[], float]:
    """A clock that is off by so much, from its n-th question on."""
    asked = itertools.count()
    return lambda: time.time() + (seconds if next(asked) >= after else 0.0)


def broken_by(life: Life, story: Story, clock: Callable[[], float], *, is_wrong_from_the_start: bool) -> list[str]:
    """What does not hold after a run by a wrong clock, and after one by the right one."""
    before = {one.certificate_id for one in read_store(life)}
    active = set(life.account.active_ids())
    played = life.play(**story.run, clock=clock)
    broken = broken_now(life)
    made = {one.certificate_id for one in read_store(life)} - before
    if made and is_wrong_from_the_start:
        broken.append(f"a key was made by a wrong clock: {played.status}")
    if story is OVERLAP and (gone := active - set(life.account.active_ids())):
        broken.append(f"revoked before its time: {gone}")
    if "defect" in played.causes:
        broken.append(f"a defect: {played.summary}")
    # A certificate of the future, made before the clock jumped back, is replaced as unusable when that is asked for.
    again = life.play(rotate=True) if made else life.play()
    if again.status != "active":
        again = life.play()
    return broken or broken_at_the_end(life, again)


@pytest.mark.parametrize("name", STORIES)
def test_a_clock_that_is_wrong(campaign, tmp_path, simulator, openbao, name):
    story, broken = STORIES[name], []
    for offset in campaign.each(f"clocks: wrong, {name}", OFFSETS, short=2, seconds=30):
        life = story.prepare(tmp_path / str(offset), simulator, openbao)
        found = broken_by(life, story, shifted(offset), is_wrong_from_the_start=True)
        broken += [f"{offset / HOUR:+g} hours: {one}" for one in found]
    assert broken == []


@pytest.mark.parametrize("name", STORIES)
def test_a_clock_that_jumps(campaign, tmp_path, simulator, openbao, name):
    story, broken, questions = STORIES[name], [], itertools.count()
    whole = story.prepare(tmp_path / "whole", simulator, openbao)
    assert whole.play(**story.run, clock=lambda: time.time() + 0 * next(questions)).status == "active"
    cases = list(itertools.product(range(1, next(questions)), (HOUR, -HOUR, 8 * DAY, -8 * DAY, 3 * YEAR, -3 * YEAR)))
    for after, offset in campaign.each(f"clocks: jumping, {name}", cases, short=2, seconds=30):
        life = story.prepare(tmp_path / f"{after} {offset}", simulator, openbao)
        found = broken_by(life, story, shifted(offset, after), is_wrong_from_the_start=False)
        broken += [f"{offset / HOUR:+g} hours at question {after}: {one}" for one in found]
    assert broken == []


def summer_from(moment: datetime) -> str:
    """A time zone (POSIX) in which daylight saving begins at a moment."""
    local = moment - timedelta(hours=5)
    return f"AAA5BBB,{local.timetuple().tm_yday - 1}/{local:%H:%M:%S},{(local.timetuple().tm_yday + 30) % 365}/2"


def test_time_zones_and_daylight_saving(campaign, tmp_path, simulator, openbao):
    """What is written is in UTC, wherever the machine is, also while its clocks are put forward."""
    now = datetime.now(timezone.utc)
    zones = [*ZONES, *(summer_from(now + timedelta(seconds=ahead)) for ahead in (0, 1, 2))]
    broken = []
    for zone in campaign.each("clocks: time zones and daylight saving", zones, short=2, seconds=30):
        life = ROTATION.prepare(tmp_path / str(zones.index(zone)), simulator, openbao)

        def run(zone: str = zone, life: Life = life) -> str:
            os.environ["TZ"] = zone
            time.tzset()
            return life.play(rotate=True).status

        started = datetime.now(timezone.utc)
        ended = forked(run)
        broken += (
            [f"{zone}: {ended}"] if ended.value != "active" else broken_at_the_end(life, life.play(), generations=2)
        )
        text = life.path.read_text()
        created = text.partition("created: '")[2].partition("'")[0]
        if abs((datetime.fromisoformat(created) - started).total_seconds()) > 120:
            broken.append(f"{zone}: created {created}, at {started}")
    assert broken == []
