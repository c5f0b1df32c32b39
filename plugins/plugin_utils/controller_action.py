# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running an operation inside Ansible's worker: the fast route, taken on a local connection.

NetSuite is an API, so its work belongs on the controller. Here no interpreter is started and no payload is built; the
libraries are inherited from the parent process, and Ansible Vault is at hand. On any other connection, and under
``become`` or ``async``, the module of the same name runs the same operation on the target.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import AnsibleValidationErrorMultiple, UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.parsing.vault import VaultLib, match_encrypt_secret
from ansible.plugins.action import ActionBase

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import VaultError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import (
    Context,
    Operation,
    Options,
    execute,
)
from ansible_collections.m2m.netsuite.plugins.plugin_utils.other_hosts import users_of
from ansible_collections.m2m.netsuite.plugins.plugin_utils.preload import preload_before_fork
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import options_from_variables, variable_of

_NO_SECRET_FIX = (
    "Give this run the vault secret: --vault-id, --vault-password-file, --ask-vault-pass, or"
    " ANSIBLE_VAULT_PASSWORD_FILE"
)


# Strategies import this file before they start workers.
preload_before_fork()


class OperationAction(ActionBase):
    """An action plugin that is one operation. Subclasses name it."""

    operation: Operation
    _supports_async = True
    _validator: ArgumentSpecValidator

    def __init_subclass__(cls) -> None:
        # Here and not with each task, because it copies the whole specification.
        cls._validator = ArgumentSpecValidator(cls.operation.options, **cls.operation.constraints())
        cls._supports_async = not cls.operation.controller_only
        if preload := cls.operation.preload:
            preload()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Carry the task out by one of the two routes."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = self._task.args
        try:
            self._fill_in(task_vars or {})
            result.update(self._operate(task_vars or {}) if self._is_local() else self._hand_over(task_vars))
        finally:
            # A worker sends the arguments back with the result. What came from variables is known to the parent.
            self._task.args = given
        return result

    def _operate(self, task_vars: dict[str, Any]) -> dict[str, Any]:
        options = self._validated()
        context = Context(
            check_mode=self._task.check_mode,
            diff_mode=self._task.diff,
            vault=ControllerVault(self._loader),
            other_users=lambda account, certificate_id: users_of(account, certificate_id, task_vars),
        )
        with _environment(self._task_environment()):
            result = execute(self.operation, options, context)
        if context.warnings:
            result["warnings"] = [*result.get("warnings", []), *context.warnings]
        return result

    def _hand_over(self, task_vars: dict[str, Any] | None) -> dict[str, Any]:
        result: dict[str, Any] = self._execute_module(task_vars=task_vars, wrap_async=self._task.async_val)
        return result

    @property
    def _takes_variables(self) -> bool:
        return bool(boolean(self._task.args.get("role_variables", False), strict=False))

    def _fill_in(self, task_vars: dict[str, Any]) -> None:
        if self._takes_variables:
            found = options_from_variables(
                self.operation.options,
                self._task.args,
                task_vars,
                self._templar.template,
                keeper=self.operation.keeps_credentials,
            )
            self._task.args = {**self._task.args, **found}

    def _validated(self) -> Options:
        args = _plain(self._task.args)
        result = self._validator.validate(args)
        if result.error_messages:
            raise AnsibleActionFail(self._explained(result.errors))
        return {**args, **result.validated_parameters}

    def _explained(self, errors: AnsibleValidationErrorMultiple) -> str:
        told = str(errors.msg)
        if isinstance(errors[0], UnsupportedError):
            told = f"Unsupported parameters for ({self._task.action}) module: {told}"
        # The message is about options, and the user has set variables.
        named = [name for name in self.operation.options if re.search(rf"\b{name}\b", told)]
        if not self._takes_variables or not named:
            return told
        variables = ", ".join(f"{name} from {variable_of(name)}" for name in named)
        return f"{told}. This task takes {variables}."

    def _is_local(self) -> bool:
        if self.operation.controller_only:
            return True
        become = getattr(self._connection, "become", None) is not None
        return self._connection.transport == "local" and not become and not self._task.async_val

    def _task_environment(self) -> dict[str, str]:
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return {name: str(value) for name, value in environment.items()}


class ControllerVault:
    """Ansible Vault with the secrets of this run."""

    def __init__(self, loader: Any) -> None:
        self._secrets = getattr(getattr(loader, "_vault", None), "secrets", None) or []

    def decrypt(self, text: str, where: str) -> str:
        """Open an envelope.

        Raises:
            VaultError: no secret of this run opens it.
        """
        if not self._secrets:
            raise VaultError(
                f"{where} is encrypted with Ansible Vault and this run has no vault secret",
                _NO_SECRET_FIX,
                cause="vault_missing",
            )
        try:
            return str(VaultLib(self._secrets).decrypt(text.strip().encode()).decode("utf-8"))
        except (AnsibleError, UnicodeDecodeError):
            raise VaultError(
                f"No vault secret of this run opens {where}",
                "Check the vault id and its password",
                cause="wrong_vault_secret",
            ) from None

    def encrypt(self, text: str, vault_id: str | None) -> str:
        """Close an envelope with a vault id's secret.

        Raises:
            VaultError: there is no such secret.
        """
        name, secret = self._encrypt_secret(vault_id)
        return str(VaultLib(self._secrets).encrypt(text, secret, vault_id=name).decode("ascii"))

    def check_can_encrypt(self, vault_id: str | None) -> None:
        """Raise what ``encrypt`` would raise."""
        self._encrypt_secret(vault_id)

    def _encrypt_secret(self, vault_id: str | None) -> tuple[str | None, Any]:
        if not self._secrets:
            raise VaultError(
                "A private key must be encrypted and this run has no vault secret",
                _NO_SECRET_FIX,
                cause="vault_missing",
            )
        wanted = vault_id or C.DEFAULT_VAULT_ENCRYPT_IDENTITY
        try:
            name, secret = match_encrypt_secret(self._secrets, encrypt_vault_id=wanted)
        except AnsibleError:
            known = ", ".join(sorted({str(name) for name, _secret in self._secrets}))
            raise VaultError(
                f"This run has no vault secret with the id {wanted}",
                f"Give it with --vault-id {wanted}@FILE, or use one of: {known}",
                cause="vault_missing",
            ) from None
        return (None if name == "default" else name), secret


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """The same values without Ansible's tags, which are dear to copy, and to send with a result that repeats them."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(values))
    except TypeError:  # what only Ansible knows is among them, such as the warnings of an earlier task
        return values
    return plain


@contextmanager
def _environment(extra: Mapping[str, str]) -> Iterator[None]:
    """Apply a task's ``environment`` for as long as its operation runs; the worker may live longer than the task."""
    before = {name: os.environ.get(name) for name in extra}
    os.environ.update(extra)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
