# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running an operation on the controller, in the process that asks for it: what action plugins and lookups stand on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ansible import constants as C
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.m2m.netsuite.plugins.module_utils.core import inputs
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import (
    Context,
    Operation,
    Options,
    execute,
)
from ansible_collections.m2m.netsuite.plugins.plugin_utils.default_place import check_default_place, is_worker
from ansible_collections.m2m.netsuite.plugins.plugin_utils.other_hosts import users_of
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import (
    is_registered,
    options_from_variables,
    variable_of,
)
from ansible_collections.m2m.netsuite.plugins.plugin_utils.terminal import AnsibleTerminal
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault, envelope_of


@dataclass(frozen=True)
class Run:
    """What Ansible knows around an operation.

    Attributes:
        loader: Ansible's data loader, which holds the vault secrets.
        evaluate: Evaluates a template.
        variables: The variables of the host.
        environment: Environment variables that apply while the operation runs.
        check_mode: Whether nothing may be changed.
        diff_mode: Whether the result shall say what changes.
        kind: What the operation is run as, in ansible-doc's terms.
    """

    loader: Any
    evaluate: Callable[[Any], Any]
    variables: Mapping[str, Any] = field(repr=False)
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    check_mode: bool = False
    diff_mode: bool = False
    kind: str = "module"


def run_operation(operation: Operation, name: str, arguments: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """Run an operation here.

    Args:
        operation: Which one.
        name: What the user calls it, for messages.
        arguments: Its options, as ``fill_in`` leaves them.
        run: What Ansible knows.

    Returns:
        The result of the module of the same name; warnings are among its keys.

    Raises:
        OptionError: an option is missing, unknown or of the wrong type.
    """
    options = check(operation, name, arguments, run.kind)
    for_worker = is_worker(os.environ)
    context = Context(
        check_mode=run.check_mode,
        diff_mode=run.diff_mode,
        vault=ControllerVault(run.loader),
        folder=C.DEFAULT_LOCAL_TMP,
        other_users=lambda account, certificate_id: users_of(account, certificate_id, run.variables),
        files_stay=not for_worker,
        terminal=None if for_worker or "awx_job_id" in run.variables else AnsibleTerminal(),
    )
    if _takes_variables(arguments):
        path = arguments.get("credentials_path")

        def check_place(is_new: bool) -> None:
            if note := check_default_place(path, run.variables, os.environ, is_new=is_new):
                context.warnings.append(note)

        context.check_place = check_place
    with _environment(run.environment):
        result = execute(operation, options, context, are_clean=True)  # by fill_in
    if context.warnings:
        result["warnings"] = [*result.get("warnings", []), *context.warnings]
    return result


def fill_in(operation: Operation, arguments: Mapping[str, Any], run: Run, *, local: bool = True) -> dict[str, Any]:
    """The arguments, with those that ``role_variables`` takes from the role's variables.

    All of them are cleaned, but for what earlier tasks of the role have found.

    Args:
        operation: Whose options they are.
        arguments: What is given already.
        run: What Ansible knows.
        local: Whether the operation runs here, where it can open what Ansible Vault has encrypted.

    Raises:
        OptionError: a value that cannot be meant, or a secret in the wrong place.
    """
    found: dict[str, Any] = {}
    if _takes_variables(arguments):
        found = options_from_variables(
            operation.options,
            arguments,
            run.variables,
            run.evaluate,
            keeps_credentials=operation.keeps_credentials,
            vaulted=envelope_of if local else str,
        )
    registered = {option: found.pop(option) for option in list(found) if is_registered(option)}
    try:
        return {**inputs.clean(operation.options, {**arguments, **found}), **registered}
    except OptionError as error:
        raise OptionError(_explained(operation, arguments, error.problem), error.fix, cause=error.cause) from None


def _takes_variables(arguments: Mapping[str, Any]) -> bool:
    return bool(boolean(arguments.get("role_variables", False), strict=False))


@cache
def validator(operation: Operation) -> ArgumentSpecValidator:
    """What validates the options of an operation; one for each, because it copies the whole specification."""
    return ArgumentSpecValidator(operation.options, **operation.constraints())


def check(operation: Operation, name: str, arguments: Mapping[str, Any], kind: str = "module") -> Options:
    """The options as Ansible validates them, whichever route they take then.

    Args:
        operation: Which one.
        name: What the user calls it, for messages.
        arguments: Its options, as ``fill_in`` leaves them.
        kind: See ``Run``.

    Raises:
        OptionError: an option is missing, unknown or of the wrong type.
    """
    plain = _plain(arguments)
    result = validator(operation).validate(plain)
    if result.error_messages:
        problem = str(result.errors.msg).rstrip(".")
        if isinstance(result.errors[0], UnsupportedError):
            problem = f"Unsupported parameters for ({name}) {kind}: {problem}"
        else:
            problem = _explained(operation, arguments, problem)
        options = f"ansible-doc {name}" if kind == "module" else f"ansible-doc --type {kind} {name}"
        fix = f"Correct the task; its options are in {options}"
        raise OptionError(problem, fix, cause="bad_option")
    return {**plain, **result.validated_parameters}


def _explained(operation: Operation, arguments: Mapping[str, Any], problem: str) -> str:
    """A problem with options, for a user who has set variables."""
    named = [option for option in operation.options if re.search(rf"\b{option}\b", problem)]
    if not _takes_variables(arguments) or not named:
        return problem
    variables = ", ".join(f"{option} from {variable_of(option)}" for option in named)
    return f"{problem}. This task takes {variables}"


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values without Ansible's tags, which are dear to copy, and to send with a result that repeats them."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(values)))
    except TypeError:  # what only Ansible knows is among them, such as the warnings of an earlier task
        return dict(values)
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
