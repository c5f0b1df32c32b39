# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.collect_credentials import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.default_place import folders_of_play
from ansible_collections.m2m.netsuite.plugins.plugin_utils.play_action import PlayAction


class ActionModule(PlayAction):
    """The module of the same name, which runs on the controller only; without hosts it takes those of the play."""

    operation = OPERATION
    provided = "hosts"

    def collect(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the hosts with their folders, and the hosts that a run with --limit leaves out."""
        hosts = variables["ansible_play_hosts_all"]
        has_folder = bool(self._task.args.get("folder"))
        folders = dict.fromkeys(hosts, "") if has_folder else folders_of_play(variables, os.environ)
        others = [host for host in variables.get("groups", {}).get("all", []) if host not in folders]
        return {"other_hosts": others, "hosts": folders}
