# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times as this collection shows them: UTC, whole seconds, ISO 8601."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

DAY = timedelta(days=1)
_CENTURY = 36_525
# A day within the calendar, so that there is room to reckon on.
_EARLIEST, _LATEST = datetime(1, 1, 2, tzinfo=timezone.utc), datetime(9999, 12, 30, tzinfo=timezone.utc)


def utc(seconds: float) -> datetime:
    """A POSIX time as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc)


def iso(moment: datetime) -> str:
    """An aware datetime as ``2026-11-23T20:00:00Z``."""
    return moment.astimezone(timezone.utc).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse_iso(text: str) -> datetime:
    """The inverse of ``iso``; also takes a plain date, and YAML's own rendering of a timestamp.

    Raises:
        ValueError: when the text is not a date.
    """
    moment = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    try:
        return moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
    except OverflowError as error:  # the last day of the calendar, west of Greenwich
        raise ValueError(*error.args) from None


def later(moment: datetime, span: timedelta) -> datetime:
    """An aware moment and a span after it, or before; the calendar's end where that is beyond it."""
    try:
        return max(_EARLIEST, min(moment + span, _LATEST))
    except OverflowError:
        return _LATEST if span > timedelta(0) else _EARLIEST


def days(number: int) -> timedelta:
    """A span of days as an option gives it; a century stands for any longer one, which no calendar could hold."""
    return timedelta(days=max(-_CENTURY, min(number, _CENTURY)))


def whole_days(span: timedelta) -> int:
    """Days of a span, rounded down: 0 on the last day, negative once it is over."""
    return span // DAY
