# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import timing


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones()))  # noqa: DTZ001
def test_times_survive_writing(moment):
    text = timing.iso(moment)
    assert len(text) == 20
    assert timing.parse_iso(text) == moment.astimezone(timezone.utc).replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T20:00:00Z", datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
        (" 2026-11-23T20:00:00Z\n", datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
        ("2026-11-23T20:00:00+02:00", datetime(2026, 11, 23, 18, tzinfo=timezone.utc)),
        ("2026-11-23 20:00:00", datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=timezone.utc)),
        (datetime(2026, 11, 23, 20, tzinfo=timezone.utc), datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
    ],
    ids=repr,
)
def test_what_is_read_as_a_time(text, moment):
    assert timing.parse_iso(text) == moment


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-11-23T25:00:00Z", "None", "1764000000"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"."):
        timing.parse_iso(text)


@pytest.mark.parametrize("text", ["9999-12-31T23:00:00-02:00", "0001-01-01T00:00:00+02:00"])
def test_a_time_beyond_the_calendar_is_no_time(text):
    with pytest.raises(ValueError, match=r"."):
        timing.parse_iso(text)


@given(st.datetimes(timezones=st.just(timezone.utc)), st.timedeltas())
def test_any_span_after_any_time_is_a_time(moment, span):
    end = timing.later(moment, span)
    for room in (timing.DAY, -timing.DAY):
        assert abs(end + room - end) == timing.DAY
    assert len(timing.iso(end)) == 20
    if timing.DAY < moment - datetime.min.replace(tzinfo=timezone.utc) + span < timedelta(days=3_650_000):
        assert end == moment + span


@given(st.integers(-(10**6), 10**6), st.integers(0, 86399))
def test_days_are_rounded_down(days, seconds):
    assert timing.whole_days(timedelta(days=days, seconds=seconds)) == days


def test_posix_times_are_utc():
    assert timing.iso(timing.utc(0)) == "1970-01-01T00:00:00Z"
    assert timing.utc(1.5).tzinfo is timezone.utc
