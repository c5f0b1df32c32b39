# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator remembers about requests: a Login Audit Trail and counters."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import Any

_ENTRIES = 20000


class AuditTrail:
    """A Login-Audit-Trail style list (Oracle help ``subsect_158324637123``)."""

    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_ENTRIES)
        self._lock = threading.Lock()

    def add(self, entry: dict[str, Any]) -> None:
        """Append one entry."""
        with self._lock:
            self._entries.append(entry)

    def entries(self, label: str | None) -> list[dict[str, Any]]:
        """Return the entries, oldest first, of one account or of all."""
        with self._lock:
            return [entry for entry in self._entries if label is None or entry["label"] == label]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()


class Counters:
    """How often each route was asked, tokens issued, and state-changing calls tried and done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[str, Counter[str]] = {}
        self._totals: dict[str, Counter[str]] = {}

    def request(self, label: str, route: str) -> None:
        """Count a request; an upload or revocation is an attempt to write as well."""
        with self._lock:
            self._requests.setdefault(label, Counter())[route] += 1
            if route in ("certificates.upload", "certificates.revoke"):
                self._totals.setdefault(label, Counter())["write_attempts"] += 1

    def add(self, label: str, what: str) -> None:
        """Count a ``writes`` or a ``tokens``."""
        with self._lock:
            self._totals.setdefault(label, Counter())[what] += 1

    def report(self) -> dict[str, Any]:
        """Return sums over all accounts and the figures of each."""
        with self._lock:
            labels = sorted({*self._requests, *self._totals})
            by_account = {label: self._figures(label) for label in labels}
        requests: Counter[str] = Counter()
        for figures in by_account.values():
            requests.update(figures["requests"])
        totals = {name: sum(f[name] for f in by_account.values()) for name in ("writes", "write_attempts", "tokens")}
        return {"requests": dict(requests), **totals, "by_account": by_account}

    def _figures(self, label: str) -> dict[str, Any]:
        """Return the figures of one account."""
        totals = self._totals.get(label, Counter())
        figures = {name: totals[name] for name in ("writes", "write_attempts", "tokens")}
        return {"requests": dict(self._requests.get(label, Counter())), **figures}

    def reset(self) -> None:
        """Start from nought."""
        with self._lock:
            self._requests.clear()
            self._totals.clear()
