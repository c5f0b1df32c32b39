# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role netsuite_account on one host, task by task and without an ansible process."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import (
    options_from_variables,
)
from ansible_collections.m2m.netsuite.tests.contract.stage import CLIENT_ID, ENTITY, WITH_ROTATION, Pair, Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, ROOT, validated
from ansible_collections.m2m.netsuite.tests.support.person import Person

PREFIX = "netsuite_account_"
SPEC = yaml.safe_load((ROOT / "roles/netsuite_account/meta/argument_specs.yml").read_text(encoding="utf-8"))
VARIABLES: dict[str, dict[str, Any]] = SPEC["argument_specs"]["main"]["options"]
# The role's tasks, with the options that they give themselves.
TASKS: dict[str, dict[str, Any]] = {
    "account_credentials": {"compare_clock": True},
    "token_check": {"fail_on_invalid": False},
    "account_reconcile": {},
    "account_result": {},
}
REGISTERED = {
    "account_credentials": "__netsuite_account_credentials",
    "token_check": "__netsuite_account_check",
    "account_reconcile": "__netsuite_account_reconciled",
}


def options_of(task: str, variables: dict[str, Any]) -> dict[str, Any]:
    """The options of a task of the role, as its action plugin fills them in."""
    operation, given = OPERATIONS[task], TASKS[task]
    options = options_from_variables(
        operation.options, given, variables, lambda value: value, keeps_credentials=operation.keeps_credentials
    )
    return {**given, **options}


class Role:
    """The role on one host of an inventory, task by task and without an ansible process."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.terminal: Person | None = None
        self.path = stage.folder / "host_vars/acme/netsuite_credentials.yml"
        self.results: dict[str, dict[str, Any]] = {}
        self.variables: dict[str, Any] = {
            "inventory_dir": str(stage.folder),
            "inventory_hostname": "acme",
            f"{PREFIX}id": stage.account_id,
            f"{PREFIX}base_url": stage.base_url,
            f"{PREFIX}client_id": CLIENT_ID,
            f"{PREFIX}role_id": WITH_ROTATION,
            f"{PREFIX}entity_id": ENTITY,
            f"{PREFIX}curve": "secp256r1",
            f"{PREFIX}retries": 0,
        }

    def set(self, **variables: Any) -> Role:
        """Set variables of the role, without their prefix."""
        self.variables.update({PREFIX + name: value for name, value in variables.items()})
        return self

    def with_pair(self, pair: Pair) -> Role:
        return self.set(private_key=pair.key, certificate=pair.certificate)

    def task(self, name: str) -> dict[str, Any]:
        """Run one task of the role; its result stays registered."""
        context = Context(vault=self.stage.vault(), sleep=lambda seconds: None, terminal=self.terminal)
        result = execute(OPERATIONS[name], validated(name, options_of(name, self.variables)), context)
        self.results[name] = self.variables[REGISTERED.get(name, "-")] = result
        return result

    def tasks(self, *names: str) -> dict[str, Any]:
        """Run some tasks; the result of the last one."""
        return [self.task(name) for name in names][-1]

    def look(self) -> dict[str, Any]:
        """Key and certificate, token check, result: what the role does when nothing is unfinished."""
        return self.tasks("account_credentials", "token_check", "account_result")
