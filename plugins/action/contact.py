# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.contact import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction


class ActionModule(OperationAction):
    """The fast route of the module of the same name."""

    operation = OPERATION
