# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A possible cause of one failure: a row of the registry, with what speaks for it."""

from __future__ import annotations

from dataclasses import dataclass

from .registry import entry

AUDIT_TRAIL = "Setup > Users/Roles > User Management > View Login Audit Trail, Use Advanced Search, Results: add Detail"

# What a cause rests on.
FACT, ANSWER, HEURISTIC = "fact", "answer", "heuristic"


@dataclass(frozen=True)
class Cause:
    """A possible cause.

    Attributes:
        cause: A stable word, which the registry explains.
        evidence: What speaks for it.
        fix: What to do; the registry's advice where the rule knows none that fits better.
        basis: ``fact``: it is seen without NetSuite's help. ``answer``: NetSuite's answer says so, as documented.
            ``heuristic``: a rule of likelihood of this collection.
        weight: Its likelihood, 0 to 100. Not shown.
    """

    cause: str
    evidence: str
    fix: str = ""
    basis: str = HEURISTIC
    weight: int = 50

    def __post_init__(self) -> None:
        object.__setattr__(self, "fix", self.fix or entry(self.cause).fix)

    @property
    def audit_trail(self) -> str | None:
        """The Detail code that the Login Audit Trail would show, where Oracle documents one."""
        return entry(self.cause).audit_trail

    def as_result(self) -> dict[str, str | None]:
        """The cause as modules return it."""
        return {
            "cause": self.cause,
            "evidence": self.evidence,
            "fix": self.fix,
            "audit_trail": self.audit_trail,
            "basis": self.basis,
        }
