# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A possible cause of a failure, and the places in NetSuite where it is mended."""

from __future__ import annotations

from dataclasses import asdict, dataclass

AUDIT_TRAIL = "Setup > Users/Roles > User Management > View Login Audit Trail, Use Advanced Search, Results: add Detail"
UPLOAD_PAGE = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
RECORD_PAGE = "Setup > Integration > Manage Integrations"
ROLE_PAGE = "Setup > Users/Roles > Manage Roles"
FEATURE_PAGE = "Setup > Company > Enable Features > SuiteCloud"

# What a cause rests on.
FACT, ANSWER, HEURISTIC = "fact", "answer", "heuristic"


@dataclass(frozen=True)
class Cause:
    """A possible cause.

    Attributes:
        cause: A stable word.
        evidence: What speaks for it.
        fix: What to do.
        audit_trail: The Detail code that the Login Audit Trail would show, where Oracle documents one.
        basis: ``fact``: it is seen without NetSuite's help. ``answer``: NetSuite's answer says so, as documented.
            ``heuristic``: a rule of likelihood of this collection.
        weight: Its likelihood, 0 to 100. Not shown.
    """

    cause: str
    evidence: str
    fix: str
    audit_trail: str | None = None
    basis: str = HEURISTIC
    weight: int = 50

    def as_result(self) -> dict[str, str | None]:
        """The cause as modules return it."""
        shown: dict[str, str | None] = asdict(self)
        shown.pop("weight")
        return shown
