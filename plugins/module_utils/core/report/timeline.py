# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate lives as bars on a time line: where each begins and ends, in parts of its width."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ..timing import parse_iso

_MONTHS = 26  # last month, this one, and two years: a certificate that is made today ends within it
_LABELLED = (1, 7, 13, 19)  # from this month on, each half year: more labels would not fit on a telephone
_LAST = datetime(9999, 12, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Bar:
    """One certificate.

    Attributes:
        state: ``active``, ``pending`` or ``retiring``.
        left: Where it begins, in percent.
        width: How long it is, in percent.
        title: What it is, in words.
    """

    state: str
    left: float
    width: float
    title: str


@dataclass(frozen=True)
class Row:
    """One account's certificates."""

    host: str
    ends: str
    bars: list[Bar]


@dataclass(frozen=True)
class Timeline:
    """The bars of all accounts, those that end first on top.

    Attributes:
        rows: One per account that has a certificate.
        months: The first day of each month, with a label where there is one, in percent.
        today: Where today is, in percent.
    """

    rows: list[Row]
    months: list[tuple[float, str]]
    today: float


def timeline(document: Mapping[str, Any]) -> Timeline:
    """Lay the certificates of a report out.

    Args:
        document: The report.
    """
    now = parse_iso(document["made"])
    scale = _Scale(now)
    found = []
    for account in document["accounts"]:
        if bars := [scale.life(*life) for life in _lives(account)]:
            days = "" if account["days_left"] is None else f" · {account['days_left']} days"
            ends = f"{(account['not_after'] or '')[:10]}{days}"
            found.append((account["not_after"] or "", Row(account["host"], ends, bars)))
    return Timeline([row for _end, row in sorted(found, key=lambda one: one[0])], scale.months(), scale.place(now))


def _lives(account: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """State, id, beginning and end of each certificate; a retiring one begins with its replacement."""
    if account["not_after"]:
        start = account["not_before"] or account["not_after"]
        yield "active", account["certificate_id"] or "", start, account["not_after"]
    if pending := account["pending"]:
        yield "pending", pending["certificate_id"], pending["not_before"], pending["not_after"]
    for one in account["retiring"]:
        revoked = one["revoke_after"] if one["status"] == "waiting" else None
        ends = min(revoked or one["not_after"], one["not_after"])
        yield "retiring", one["certificate_id"], one["replaced"], ends


class _Scale:
    def __init__(self, now: datetime) -> None:
        months = now.year * 12 + now.month - 2
        self._starts = [_month(months + number) for number in range(_MONTHS + 1)]

    def place(self, moment: datetime) -> float:
        """Where a moment is, in percent; outside of the time line, at its edge."""
        first, last = self._starts[0], self._starts[-1]
        part = (moment - first) / (last - first) if last > first else 0.0
        return round(max(0.0, min(part, 1.0)) * 100, 2)

    def life(self, state: str, certificate_id: str, start: str, end: str) -> Bar:
        left, right = self.place(parse_iso(start)), self.place(parse_iso(end))
        left = min(left, 99.4)
        title = f"{state}, {start[:10]} to {end[:10]}, {certificate_id}"
        return Bar(state, left, round(max(right - left, 0.6), 2), title)

    def months(self) -> list[tuple[float, str]]:
        """Where each month begins; some are named."""
        return [
            (self.place(start), f"{start:%b} {start.year}" if number in _LABELLED else "")
            for number, start in enumerate(self._starts[:-1])
        ]


def _month(number: int) -> datetime:
    """The first day of a month, counted from the year 0."""
    year, month = divmod(number, 12)
    return datetime(min(max(year, 1), _LAST.year), month + 1, 1, tzinfo=timezone.utc)
