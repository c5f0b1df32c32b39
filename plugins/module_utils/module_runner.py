# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running an operation in a module process: Ansible's ordinary route, on any target."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

from .operations.operation import Context, Operation, execute


def run_module(operation: Operation) -> None:
    """Parse the arguments, run the operation, and end the process with its result."""
    module = AnsibleModule(
        argument_spec=operation.options,
        supports_check_mode=operation.supports_check_mode,
        **operation.constraints(),
    )
    # Ansible shows the options of a module at -vvv; a private key in the wrong one of them is a secret all the same.
    module.no_log_values.update(
        value for value in module.params.values() if isinstance(value, str) and "PRIVATE KEY-----" in value
    )
    context = Context(check_mode=module.check_mode, diff_mode=module._diff)  # noqa: SLF001 (it has no public name)
    result = execute(operation, module.params, context)
    for warning in context.warnings:
        module.warn(warning)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
