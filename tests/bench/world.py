# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts at one simulator, and inventories that lead to them."""

from __future__ import annotations

import itertools
import re
import shutil
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import certifi
import measure

from ansible_collections.m2m.netsuite.tests.support.inventory import Vaults, dump
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

GROUP = "netsuite_accounts"
BUNDLE = "bundle.pem"
CREDENTIALS = "netsuite_credentials.yml"
CERTIFICATE = "netsuite_credentials.auth-cert.pem"
_CLIENT_ID = "netsuite_account_client_id"
_SEED = "seed.yml"
_RECAP = re.compile(r"^(\S+)\s+: ok=(\d+)\s+changed=(\d+)\s+unreachable=0\s+failed=0\s+skipped=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Outcome:
    """One run of a playbook over a fleet: what it cost, and what it did.

    Attributes:
        cost: What it cost.
        requests: Requests that the simulator got, per account.
        tasks: Tasks per account, skipped ones counted.
        changed: Tasks that changed something, for all accounts.
    """

    cost: measure.Cost
    requests: float
    tasks: float
    changed: int


def mean(outcomes: Sequence[Outcome]) -> Outcome:
    """What runs that did the same cost on average; of memory, the highest peak."""
    costs = [one.cost for one in outcomes]
    highest = max(costs, key=lambda cost: cost.sum_mb or 0)
    cpu, wall = statistics.fmean(cost.cpu for cost in costs), statistics.fmean(cost.wall for cost in costs)
    return replace(outcomes[0], cost=replace(highest, cpu=cpu, wall=wall))


@dataclass(frozen=True)
class Fleet:
    """Some accounts of the simulator and an inventory of them, in a folder of its own.

    The inventory is what the guide for many accounts shows: per account its id, a role and an entity; and one vaulted
    file with the Client IDs of all.
    """

    folder: Path
    simulator: Simulator
    accounts: dict[str, SimulatedAccount]
    collections: str

    @classmethod
    def make(
        cls,
        folder: Path,
        simulator: Simulator,
        accounts: Mapping[str, SimulatedAccount],
        collections: str,
        **variables: object,
    ) -> Fleet:
        """Write the inventory of some accounts; ``variables`` are those of the group."""
        shutil.rmtree(folder, ignore_errors=True)
        fleet = cls(folder, simulator, dict(accounts), collections)
        for part in ("home", "tmp", "inventory/group_vars"):
            (folder / part).mkdir(parents=True)
        fleet.vaults.add()
        (folder / f"inventory/group_vars/{GROUP}.yml").write_text(dump(variables))
        for host, account in accounts.items():
            own = account.variables()
            del own[_CLIENT_ID]
            own["netsuite_account_base_url"] = account.https_url
            fleet.file(host, "main.yml").write_text(dump(own))
        fleet.list_hosts()
        return fleet

    def list_hosts(self) -> None:
        """Write the files of the inventory that name the accounts."""
        hosts: dict[str, dict[str, object]] = {host: {} for host in self.accounts}
        client_ids = {host: {_CLIENT_ID: account.client_id} for host, account in self.accounts.items()}
        (self.folder / "inventory/hosts.yml").write_text(dump({GROUP: {"hosts": hosts}}))
        vaulted = self.vaults.encrypt(dump({GROUP: {"hosts": client_ids}}))
        (self.folder / "inventory/client_ids.yml").write_text(vaulted)

    @property
    def vaults(self) -> Vaults:
        """The vault id of these accounts."""
        vaults = Vaults(self.folder / "vaults")
        vaults.add()
        return vaults

    def file(self, host: str, name: str) -> Path:
        """A file of a host's variables; its folder is made."""
        path = self.folder / "inventory/host_vars" / host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def first(self, count: int, folder: Path) -> Fleet:
        """The first of these accounts, credentials included, in a folder of their own."""
        accounts = dict(itertools.islice(self.accounts.items(), count))
        fleet = Fleet(folder, self.simulator, accounts, self.collections)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder)
        for path in (folder / "inventory/host_vars").iterdir():
            if path.name not in accounts:
                shutil.rmtree(path)
        fleet.list_hosts()
        return fleet

    def forget(self) -> None:
        """Take all credentials away, so that the next run is the first."""
        for host in self.accounts:
            for name in (CREDENTIALS, CERTIFICATE):
                self.file(host, name).unlink(missing_ok=True)

    def activate(self, keys: Mapping[str, str] | None = None) -> None:
        """Onboard for good: a first run, the uploads, and the run that proves and notes them; ``keys`` may be given."""
        for host, key in (keys or {}).items():
            secret = self.vaults.encrypt(key)
            self.file(host, _SEED).write_text(dump({"netsuite_account_private_key": secret}))
        self.play("m2m.netsuite.onboard")
        for host in keys or {}:
            self.file(host, _SEED).unlink()
        for host, account in self.accounts.items():
            account.upload(self.file(host, CERTIFICATE).read_text())
        self.play("m2m.netsuite.onboard")

    def move_from(self, other: Fleet) -> None:
        """Take the credentials of the same accounts over into the secret store that the variables name."""
        for host in self.accounts:
            shutil.copy(other.file(host, CREDENTIALS), self.file(host, CREDENTIALS))
        self.play("m2m.netsuite.onboard")
        self.forget()

    def play(self, playbook: str, *arguments: str) -> Outcome:
        """Run a playbook over all accounts.

        Raises:
            AssertionError: an account did not end well.
        """
        self.simulator.admin("POST", "counters/reset")
        log = self.folder / "run.log"
        argv = [program(), "-i", "inventory", "--vault-id", "default@vaults/default.password"]
        cost = measure.run([*argv, playbook, *arguments], self.folder, self.environment(), log)
        figures = [tuple(map(int, match.groups()[1:])) for match in _RECAP.finditer(log.read_text())]
        count = len(self.accounts)
        if len(figures) != count:
            raise AssertionError(f"{log}: {len(figures)} of {count} accounts ended well")
        requests = sum(self.simulator.admin("GET", "counters")["requests"].values())
        tasks = sum(ok + skipped for ok, _changed, skipped in figures)
        return Outcome(cost, requests / count, tasks / count, sum(changed for _ok, changed, _skipped in figures))

    def environment(self) -> dict[str, str]:
        """The environment of a run: Ansible's defaults, and nothing of this process."""
        return {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "REQUESTS_CA_BUNDLE": str(self.simulator.state_dir / BUNDLE),
            "SSL_CERT_FILE": str(self.simulator.state_dir / BUNDLE),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_COLLECTIONS_PATH": self.collections,
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
        }


def trust(simulator: Simulator) -> None:
    """Put the simulator's authority beside the public ones, which every run reads that talks to NetSuite."""
    public = Path(certifi.where()).read_text(encoding="utf-8")
    (simulator.state_dir / BUNDLE).write_text(public + Path(simulator.ca_path).read_text())


def program(name: str = "ansible-playbook") -> str:
    """A program beside this Python."""
    return str(Path(sys.executable).parent / name)
