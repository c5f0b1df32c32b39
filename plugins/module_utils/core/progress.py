# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a run over many accounts has come, and how long the rest may take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from .redaction import excerpt

# The tasks of the role netsuite_account, by their modules. The last one says where an account stands.
STEPS = ("account_credentials", "token_check", "account_reconcile", "account_result")
# Seconds without a line, after which one says how far it is: the linear strategy finishes all accounts at once.
QUIET = 10.0
_LONGEST = 80


class Progress:
    """The progress of one play.

    Args:
        hosts: Its hosts, one for each account.
        now: The time of the start. All times here are seconds of one clock, whichever it is.
    """

    def __init__(self, hosts: Collection[str], now: float) -> None:
        self.hosts = frozenset(hosts)
        self._started = self._said = now
        self._steps: dict[str, int] = {}
        self._done: set[str] = set()

    def note(self, host: str, module: str) -> None:
        """Take note of a task that is over for a host, whatever came of it."""
        if module in STEPS:
            self._steps[host] = max(self._steps.get(host, 0), STEPS.index(module) + 1)

    def finish(self, host: str, result: Mapping[str, Any], now: float) -> str:
        """The line of an account that is through.

        Args:
            host: Its host.
            result: What account_result returned.
            now: The present time.
        """
        self.note(host, STEPS[-1])
        self._done.add(host)
        self._said = now
        account = excerpt(str(result.get("account") or "account unknown"), _LONGEST)
        status = excerpt(str(result.get("status") or "failed"), _LONGEST).replace("_", " ")
        return f"{excerpt(host, _LONGEST)} ({account}): {status}. {self._count(now)}"

    def interim(self, now: float) -> str | None:
        """A line without an account, once there has been none for a while; None before."""
        if now - self._said < QUIET:
            return None
        self._said = now
        return f"NetSuite accounts: {self._count(now)}"

    def _count(self, now: float) -> str:
        total, taken = len(self.hosts | self._done), now - self._started
        if len(self._done) == total:
            return f"{total} of {total} done in {_in_words(taken)}."
        left = seconds_left(sum(self._steps.values()), len(STEPS) * total, taken)
        ahead = "" if left is None else f", about {_in_words(left)} left"
        return f"{len(self._done)} of {total} done{ahead}."


def seconds_left(done: int, total: int, taken: float) -> float | None:
    """How long the rest takes if it goes on like this; None before anything is done.

    Args:
        done: How many equal parts are done.
        total: How many there are.
        taken: Seconds that they have taken.
    """
    return taken * (total - done) / done if done else None


def _in_words(seconds: float) -> str:
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
