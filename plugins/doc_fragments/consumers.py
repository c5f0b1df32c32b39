# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options about who uses an account's credentials."""

    DOCUMENTATION = r"""
options:
  revoke:
    description:
      - When a replaced certificate is revoked. V(after_overlap) is after the overlap, whoever still uses it. V(when_confirmed) is once every
        consumer is confirmed to use the new one.
      - The default is V(when_confirmed) where O(instances) or O(used_by) name consumers, otherwise V(after_overlap).
    type: str
    choices: [after_overlap, when_confirmed]
  instances:
    description:
      - Names of the Patchworks instances that use the credentials. With O(role_variables), it comes from C(patchworks_handover_instances).
    type: list
    elements: str
    default: []
  used_by:
    description:
      - Further consumers. Each is a name, or a mapping with C(name) and C(reads). With O(role_variables), it comes from
        C(netsuite_account_consumers).
      - C(reads) is V(sheet), the default, or V(store) for a program that reads the active pair out of a secret store whenever it needs it. With
        O(store=kv2) and O(store=tasks) such a consumer counts as confirmed from the end of the overlap on.
    type: list
    elements: raw
    default: []
"""
