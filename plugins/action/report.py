# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction
from ansible_collections.m2m.netsuite.plugins.plugin_utils.play_results import results_of_play


class ActionModule(OperationAction):
    """The module of the same name, which runs on the controller only; without results it collects those of the play."""

    operation = OPERATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Report on the given results, or on those of the play's hosts."""
        given = self._task.args
        if "results" in given:
            return super().run(tmp, task_vars)
        variables = task_vars or {}
        # A run with --limit looks at some accounts only. What the last report says of the others still holds.
        keep = variables.get("groups", {}).get("netsuite_accounts", [])
        self._task.args = {"keep_hosts": list(keep), **given, "results": results_of_play(variables)}
        try:
            return super().run(tmp, task_vars)
        finally:
            self._task.args = given
