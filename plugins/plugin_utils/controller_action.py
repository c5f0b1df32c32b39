# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running an operation inside Ansible's worker: the fast route, taken on a local connection.

NetSuite is an API, so its work belongs on the controller. Here no interpreter is started and no payload is built; the
libraries are inherited from the parent process, and Ansible Vault is available. On any other connection, and under
``become`` or ``async``, the module of the same name runs the same operation on the target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Operation, failure
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller import (
    Run,
    check,
    fill_in,
    run_operation,
    validator,
)
from ansible_collections.m2m.netsuite.plugins.plugin_utils.preload import preload_before_fork

# Strategies import this file before they start workers.
preload_before_fork()


class OperationAction(ActionBase):
    """An action plugin that is one operation. Subclasses name it."""

    operation: Operation
    _supports_async = True

    def __init_subclass__(cls) -> None:
        if not hasattr(cls, "operation"):  # a class between this one and the plugins
            return
        cls._supports_async = not cls.operation.controller_only
        validator(cls.operation)  # made once, in the parent of the workers
        if preload := cls.operation.preload:
            preload()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Carry the task out by one of the two routes."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given, run = self._task.args, self._run(task_vars or {})
        try:
            local = self._is_local()
            self._task.args = {**self.provide(run.variables), **fill_in(self.operation, given, run, local=local)}
            if local:
                result.update(run_operation(self.operation, self._task.action, self._task.args, run))
            else:
                check(self.operation, self._task.action, self._task.args)
                result.update(self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val))
        except OptionError as error:
            result.update(failure(error))
        finally:
            # A worker sends the arguments back with the result. What came from variables is known to the parent.
            self._task.args = given
        return result

    def provide(self, variables: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002  (subclasses look at it)
        """Return options that the task does not have to give, because Ansible knows them; they are taken as they are.

        Args:
            variables: The variables of the task's host.

        Raises:
            OptionError: they cannot be provided.
        """
        return {}

    def _run(self, task_vars: dict[str, Any]) -> Run:
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return Run(
            loader=self._loader,
            evaluate=self._templar.template,
            variables=task_vars,
            environment={name: str(value) for name, value in environment.items()},
            check_mode=self._task.check_mode,
            diff_mode=self._task.diff,
        )

    def _is_local(self) -> bool:
        if self.operation.controller_only:
            return True
        become = getattr(self._connection, "become", None) is not None
        return self._connection.transport == "local" and not become and not self._task.async_val
