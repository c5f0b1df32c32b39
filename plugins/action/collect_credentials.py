# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.collect_credentials import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import failure
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction
from ansible_collections.m2m.netsuite.plugins.plugin_utils.default_place import folders_of_play


class ActionModule(OperationAction):
    """The module of the same name, which runs on the controller only; without hosts it takes those of the play."""

    operation = OPERATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Collect for the given hosts, or for the play's."""
        given, variables = self._task.args, task_vars or {}
        if "hosts" in given:
            return super().run(tmp, task_vars)
        try:
            hosts = variables["ansible_play_hosts_all"]
            folders = dict.fromkeys(hosts, "") if given.get("folder") else folders_of_play(variables, os.environ)
            # A run with --limit collects for some hosts only.
            others = [host for host in variables.get("groups", {}).get("all", []) if host not in folders]
            self._task.args = {"other_hosts": others, **given, "hosts": folders}
            return super().run(tmp, task_vars)
        except OptionError as error:
            return failure(error)
        finally:
            self._task.args = given
