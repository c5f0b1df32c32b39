# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.plugins.loader import callback_loader

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.rollout_summary import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction
from ansible_collections.m2m.netsuite.plugins.plugin_utils.play_results import results_of_play


class ActionModule(OperationAction):
    """The module of the same name; without options it collects the results of the play's hosts itself."""

    operation = OPERATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Sum up the given results; or collect those of the play's hosts, and show the summary."""
        given = self._task.args
        if "results" in given:
            return super().run(tmp, task_vars)
        self._task.args = {**given, "results": results_of_play(task_vars or {})}
        try:
            result = super().run(tmp, task_vars)
        finally:
            self._task.args = given
        if "summary" in result and _prints_for_people():
            self._display.display("\n" + "\n".join(result["summary"]) + "\n\n")
        return result


def _prints_for_people() -> bool:
    """Whether the callback on standard output is Ansible's own, or made from it, as YAML and ansible-runner's are.

    What others print may be for programs, such as JSON; they have the summary in the task's result.
    """
    callback = callback_loader.get(C.DEFAULT_STDOUT_CALLBACK, class_only=True)
    return any(one.__module__ == "ansible.plugins.callback.default" for one in getattr(callback, "__mro__", ()))
