# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts' results, from where the role netsuite_account registers them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_FACT = "netsuite_account_result"


def results_of_play(variables: Mapping[str, Any]) -> dict[str, Any]:
    """By host of the play, the result of its account; None where it has none.

    Args:
        variables: The variables of the task's host.
    """
    # Raw: a registered result holds no templates, and an engine for each host would cost more than all else.
    hostvars = variables["hostvars"]
    return {host: hostvars.raw_get(host).get(_FACT) for host in variables["ansible_play_hosts_all"]}
