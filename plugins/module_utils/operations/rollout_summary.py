# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.rollout_summary."""

from __future__ import annotations

from ..core.rollout import counts, lines
from .operation import Context, Operation, Options, Result


def run(options: Options, context: Context) -> Result:
    """Count the accounts by status, and fail when the one in question is not in order."""
    results = options["results"] or {}
    result: Result = {"changed": False, "counts": counts(results), "summary": lines(results)}
    own = results.get(options["host"]) or {}
    if options["host"] is not None and (not own or own.get("failed") or own.get("status") == "failed"):
        result.update(failed=True, msg=own.get("next_step") or "The run ended before this account was looked at.")
    return result


OPERATION = Operation(
    run=run,
    options={
        "results": {"type": "dict"},
        "host": {"type": "str"},
        "show": {"type": "bool", "default": True},  # for the action plugin
    },
    libraries=(),
)
