# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.rollout_summary."""

from __future__ import annotations

from ..core.notification import changed, needs_person
from ..core.rollout import counts, lines
from .operation import Context, Operation, Options, Result


def run(options: Options, context: Context) -> Result:
    """Count the accounts by status, and list what is to be done and what was."""
    results = options["results"] or {}
    return {
        "changed": False,
        "counts": counts(results),
        "summary": lines(results),
        "changed_accounts": changed(results),
        "needs_person": needs_person(results),
    }


OPERATION = Operation(run=run, options={"results": {"type": "dict"}}, libraries=())
