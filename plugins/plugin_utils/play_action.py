# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Actions about a whole play: what a task does not give, it takes from the play."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction

_FACT = "netsuite_account_result"


class PlayAction(OperationAction):
    """An action plugin that takes some options from the play, unless the task gives the option ``provided``."""

    provided: str

    def provide(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the play provides where the task does not."""
        return {} if self.provided in self._task.args else self.collect(variables)

    def collect(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that the play provides.

        Args:
            variables: The variables of the task's host.

        Raises:
            OptionError: the play cannot provide them.
        """
        raise NotImplementedError


class PlayResultsAction(PlayAction):
    """One whose option ``results`` is what the accounts of the play ended with."""

    provided = "results"

    def collect(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Return by host, from where the role netsuite_account registers it, the result; None where there is none."""
        # Raw: a registered result holds no templates, and an engine for each host would cost more than all else.
        hostvars = variables["hostvars"]
        return {"results": {host: hostvars.raw_get(host).get(_FACT) for host in variables["ansible_play_hosts_all"]}}
