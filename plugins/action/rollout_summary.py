# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.rollout_summary import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.local_route import OperationAction

_FACT = "netsuite_account_result"


class ActionModule(OperationAction):
    """The module of the same name; without options it collects the results of the play's hosts itself."""

    operation = OPERATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Show the summary of all, judge one host, or both: the first host shows, and each judges itself."""
        if "results" in self._task.args:
            return super().run(tmp, task_vars)
        task_vars = task_vars or {}
        hosts, own = task_vars["ansible_play_hosts_all"], task_vars["inventory_hostname"]
        given = self._task.args
        judged = given.get("host", None if self._task.run_once else own)
        shows = boolean(given.get("show", True), strict=False)
        shows = shows and (self._task.run_once or ("host" not in given and own == hosts[0]))
        wanted = hosts if shows or self._task.run_once else [judged]
        # hostvars puts all variables of a host together anew, so each host looks at its own directly.
        results = {host: (task_vars if host == own else task_vars["hostvars"][host]).get(_FACT) for host in wanted}
        self._task.args = {**given, "results": results, "host": judged}
        result = super().run(tmp, task_vars)
        if shows:
            self._display.display("\n" + "\n".join(result["summary"]) + "\n\n")
        return result
