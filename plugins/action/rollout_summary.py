# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.plugins.loader import callback_loader

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.rollout_summary import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.play_action import PlayResultsAction


class ActionModule(PlayResultsAction):
    """The module of the same name; without options it collects the results of the play and shows the summary."""

    operation = OPERATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Sum up the given results in the task's result only; those of the play also for those who watch it."""
        collected = "results" not in self._task.args
        result = super().run(tmp, task_vars)
        if collected and "summary" in result and _prints_for_people():
            self._display.display("\n" + "\n".join(result["summary"]) + "\n\n")
        return result


def _prints_for_people() -> bool:
    """Whether the callback on standard output is Ansible's own, or made from it, as YAML and ansible-runner's are.

    What others print may be for programs, such as JSON; they have the summary in the task's result.
    """
    callback = callback_loader.get(C.DEFAULT_STDOUT_CALLBACK, class_only=True)
    return any(one.__module__ == "ansible.plugins.callback.default" for one in getattr(callback, "__mro__", ()))
