# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions on the results of a whole play, from where the role netsuite_account registers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction

_FACT = "netsuite_account_result"


class PlayResultsAction(OperationAction):
    """An action plugin whose option ``results`` is, unless it is given, what the accounts of the play ended with."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Carry the task out with the given results, or with those of the play's hosts."""
        given = self._task.args
        if "results" in given:
            return super().run(tmp, task_vars)
        self._task.args = {**self.collect(task_vars or {}), **given}
        try:
            return super().run(tmp, task_vars)
        finally:
            self._task.args = given

    def collect(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that the play provides: by host, the result of its account, None where it has none.

        Args:
            variables: The variables of the task's host.
        """
        # Raw: a registered result holds no templates, and an engine for each host would cost more than all else.
        hostvars = variables["hostvars"]
        return {"results": {host: hostvars.raw_get(host).get(_FACT) for host in variables["ansible_play_hosts_all"]}}
