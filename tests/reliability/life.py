# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One host's account, as the role keeps it, without Ansible around it.

The tasks of the role are carried out one after the other in this process, each with the options that the role's
variables give it. So hundreds of runs take a minute, and a run can be cut short between any two system calls. All else
is real: files, Ansible Vault, sockets, the simulator, OpenBao.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import yaml
from ansible.parsing.vault import VaultSecret
from ansible.plugins.filter.core import to_bool

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import as_it_is, options_from_variables
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, validated
from ansible_collections.m2m.netsuite.tests.support.inventory import Vaults
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount, Simulator

Result = dict[str, Any]
ROLE = ROOT / "roles/netsuite_account"
#: A role that may upload and revoke, and one that may only use the APIs.
MANAGER, USER = "1001", "1000"
_REGISTERED = {
    "account_credentials": "__netsuite_account_credentials",
    "token_check": "__netsuite_account_check",
    "account_reconcile": "__netsuite_account_reconciled",
}
_TASKS: dict[str, dict[str, Any]] = {
    "account_credentials": {"compare_clock": True},
    "token_check": {"fail_on_invalid": False},
    "account_reconcile": {},
    "account_result": {"fail": False},
}


@functools.cache
def _defaults() -> dict[str, Any]:
    """The defaults of the role."""
    return dict(yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8")))


@functools.cache
def _conditions_to_reconcile() -> list[Callable[..., Any]]:
    """The conditions of the task that reconciles."""
    tasks = yaml.safe_load((ROLE / "tasks/main.yml").read_text(encoding="utf-8"))
    conditions = next(task["when"] for task in tasks if "m2m.netsuite.account_reconcile" in task)
    environment = jinja2.Environment(autoescape=False)
    environment.filters["bool"] = to_bool
    return [environment.compile_expression(one) for one in conditions]


@dataclass
class Played:
    """What came of one run: the results of the tasks, and how long it took."""

    results: dict[str, Result] = field(default_factory=dict)
    seconds: float = 0.0
    pauses: float = 0.0

    @property
    def failure(self) -> Result | None:
        """The task that failed; the tasks after it did not run."""
        return next((result for result in self.results.values() if result.get("failed")), None)

    @property
    def summary(self) -> Result:
        """What the run says of the account; of the failed task, where one failed."""
        return self.failure or self.results["account_result"]

    @property
    def status(self) -> str:
        """The account's status; ``failed`` too where a task failed."""
        return "failed" if self.failure else str(self.summary["status"])

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The steps and what came of them."""
        steps = self.results.get("account_reconcile", {}).get("steps", [])
        return [(one["step"], one["status"]) for one in steps]

    @property
    def causes(self) -> set[str]:
        """Every cause that the run names."""
        found = {result.get("cause") for result in self.results.values()}
        found |= {one.get("cause") for one in self.results.get("account_reconcile", {}).get("steps", [])}
        for result in self.results.values():
            found |= {one.get("cause") for one in result.get("diagnosis") or []}
        return {str(cause) for cause in found if cause}


@dataclass
class Life:
    """One host.

    Attributes:
        folder: Where its files are.
        account: Its account in the simulator.
        variables: The variables of the role.
        vaults: The vault ids of its runs.
        openbao: Where the credentials are, if they are in a secret store.
    """

    folder: Path
    account: SimulatedAccount
    variables: dict[str, Any]
    vaults: Vaults
    openbao: OpenBao | None = None

    @classmethod
    def begin(
        cls,
        folder: Path,
        simulator: Simulator,
        store: str = "file",
        openbao: OpenBao | None = None,
        **variables: object,
    ) -> Life:
        """A host that has no credentials yet, and may make and map its own.

        Args:
            folder: Where its files go.
            simulator: Where its account is.
            store: ``file``, ``whole file`` (encrypted as a whole) or ``kv2``.
            openbao: The server, for ``kv2``.
            variables: Further variables of the role, without the prefix.
        """
        folder.mkdir(parents=True, exist_ok=True)
        account = simulator.account()
        vaults = Vaults(folder.parent / "vaults")
        vaults.add()
        found: dict[str, Any] = {"curve": "secp256r1", "retries": 0, "overlap_days": 0, "role_id": MANAGER}
        found["bootstrap_token"] = account.bootstrap_token()
        found["credentials_path"] = str(folder / "netsuite_credentials.yml")
        if store == "whole file":
            found["encryption"] = "file"
        if store == "kv2":
            assert openbao is not None
            found |= {"store": "kv2", "store_url": openbao.url, "store_token": openbao.token}
            found["store_path"] = f"netsuite/{account.label}"
        named = {f"netsuite_account_{name}": value for name, value in {**found, **variables}.items()}
        return cls(folder, account, account.variables(**named), vaults, openbao if store == "kv2" else None)

    @property
    def path(self) -> Path:
        """The credential file."""
        return Path(self.variables["netsuite_account_credentials_path"])

    def defaults(self) -> dict[str, Any]:
        """The defaults of the role."""
        return _defaults()

    def vault(self) -> ControllerVault:
        """Ansible Vault with the secrets of this host's runs."""
        secrets = [(name, VaultSecret(password.encode())) for name, password in self.vaults.passwords.items()]
        return ControllerVault(SimpleNamespace(_vault=SimpleNamespace(secrets=secrets)))

    def play(self, *, clock: Callable[[], float] = time.time, check_mode: bool = False, **variables: object) -> Played:
        """Carry out the tasks of the role.

        Args:
            clock: The clock of this machine.
            check_mode: As in ``--check``.
            variables: Variables of this run, without the prefix (``rotate=True``).
        """
        extra = {f"netsuite_account_{name}": value for name, value in variables.items()}
        known: dict[str, Any] = {**_defaults(), **self.variables, **extra}
        played, started = Played(), time.monotonic()
        for task, given in _TASKS.items():
            if task == "account_reconcile" and not all(is_met(**known) for is_met in _conditions_to_reconcile()):
                continue
            played.results[task] = known[_REGISTERED.get(task, "")] = self.task(
                task, given, known, played, clock, check_mode
            )
            if played.failure:
                break
        played.seconds = time.monotonic() - started
        return played

    def task(
        self,
        name: str,
        given: dict[str, Any],
        variables: dict[str, Any],
        played: Played | None = None,
        clock: Callable[[], float] = time.time,
        check_mode: bool = False,
    ) -> Result:
        """Carry out one task, as its action plugin does; pauses between attempts are counted and not made."""
        operation = OPERATIONS[name]
        found = options_from_variables(
            operation.options, given, variables, as_it_is, keeps_credentials=operation.keeps_credentials
        )

        def sleep(seconds: float) -> None:
            if played:
                played.pauses += seconds

        context = Context(check_mode=check_mode, vault=self.vault(), clock=clock, sleep=sleep)
        return execute(operation, validated(name, {**found, **given}), context)
