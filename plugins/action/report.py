# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.play_action import PlayResultsAction


class ActionModule(PlayResultsAction):
    """The module of the same name, which runs on the controller only; without results it collects those of the play."""

    operation = OPERATION

    def collect(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the results, and the hosts of which the last report still holds.

        A run with --limit looks at some accounts only.
        """
        keep = variables.get("groups", {}).get("netsuite_accounts", [])
        return {"keep_hosts": list(keep), **super().collect(variables)}
