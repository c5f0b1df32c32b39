# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times as this collection shows them: UTC, whole seconds, ISO 8601."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

DAY = timedelta(days=1)
_CENTURY = 36_525


def utc(seconds: float) -> datetime:
    """A POSIX time as an aware datetime in UTC."""
    return datetime.fromtimestamp(seconds, tz=timezone.utc)


def iso(moment: datetime) -> str:
    """An aware datetime as ``2026-11-23T20:00:00Z``."""
    return moment.astimezone(timezone.utc).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def parse_iso(text: str) -> datetime:
    """The inverse of ``iso``; also takes a plain date, and YAML's own rendering of a timestamp.

    Raises:
        ValueError: when the text is no date.
    """
    moment = datetime.fromisoformat(str(text).strip().replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def days(number: int) -> timedelta:
    """A span of days as an option gives it; a century stands for any longer one, which no calendar could hold."""
    return timedelta(days=max(-_CENTURY, min(number, _CENTURY)))


def whole_days(span: timedelta) -> int:
    """Days of a span, rounded down: 0 on the last day, negative once it is over."""
    return span // DAY


def shifted(moment: datetime, seconds: float) -> datetime:
    """A moment in UTC some seconds on; at most either end of the calendar."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        end = datetime.max.replace(tzinfo=timezone.utc)
        return end if seconds > 0 else datetime.min.replace(tzinfo=timezone.utc)
