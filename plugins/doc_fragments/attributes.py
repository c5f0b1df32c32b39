# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How the modules behave. Each module adds what is its own: ``check_mode``, ``diff_mode``, ``idempotent``."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return a prediction of the changed status without modifying anything.
    support: full
  diff_mode:
    description: Returns what has changed, or would be changed in C(check_mode), when in diff mode.
  idempotent:
    description:
      - When run twice in a row outside C(check_mode), with the same arguments, the second run reports no change.
      - This assumes that nothing else changes in between, and that no certificate comes due.
  action:
    description: Has an action plugin of the same name, which can do the work on the controller.
    support: full
    details:
      - On a local connection, without C(become) and C(async), the operation runs inside Ansible's worker process on the controller, with the
        Python libraries of ansible-core.
      - On any other connection, and with C(become) or C(async), the module runs on the target, with the target's Python libraries. Paths are
        paths of the target then.
  async:
    description: Can be used with the C(async) keyword.
    support: full
  vault:
    description: Opens, by itself, files that are encrypted with Ansible Vault.
    support: partial
    details:
      - Only where the operation runs on the controller. A module on a target has no vault secret.
      - Vaulted variables are opened by Ansible, wherever the operation runs.
  platform:
    description: Platforms that the operation can run on.
    support: full
    platforms: posix
requirements:
  - python >= 3.11
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    details:
      - It changes nothing, so it does the same in check mode.
  diff_mode:
    support: N/A
    details:
      - It changes nothing.
  idempotent:
    support: full
    details:
      - It changes nothing.
"""

    ACTIONGROUP_NETSUITE = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/m2m.netsuite.netsuite) in C(module_defaults) to set options for all modules of the group at once.
    support: full
    membership:
      - m2m.netsuite.netsuite
"""
