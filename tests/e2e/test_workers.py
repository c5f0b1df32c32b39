# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Accounts managed by workers of ansible-runner that keep nothing, of which one is killed in the middle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import mint
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.runner import WORKER_PATH, PrivateData
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

pytestmark = pytest.mark.timeout(3600)
ONBOARD, ROTATE, VERIFY, COLLECT = (f"m2m.netsuite.{name}" for name in ("onboard", "rotate", "verify", "collect"))
LEAST = 'path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }'


@dataclass
class Workers:
    """Accounts with two workers: where their credentials are kept, and all secrets that there have been.

    Attributes:
        data: The private data directory.
        accounts: By host.
        openbao: The secret store; None where credentials come back as files.
        secrets: By name.
    """

    data: PrivateData
    accounts: dict[str, SimulatedAccount]
    openbao: OpenBao | None
    secrets: dict[str, str] = field(default_factory=dict)

    def play(self, playbook: str, name: str, **how: Any) -> list[int | None]:
        """Run a playbook on two workers, each with half of the accounts, and bring home what they made."""
        hosts = sorted(self.accounts)
        codes = self.data.on_workers(playbook, [hosts[::2], hosts[1::2]], name, **how)
        if not self.openbao:
            self.collect()
        for host in hosts:
            self.secrets[f"{host} after {name}"] = self.pair(host)["private_key"]
        return codes

    def collect(self, *arguments: str) -> Run:
        """Bring credentials home, without the vault password."""
        source = f"netsuite_collect_from={self.data.artifacts}"
        return self.data.controller.play(COLLECT, "-e", source, *arguments, vault=False).expect(0)

    def state(self, host: str) -> dict[str, Any]:
        """What is kept of an account."""
        if self.openbao is None:
            return self.data.controller.inventory.read_credentials(host)
        return dict(json.loads(self._secret(host)["state"]))

    def pair(self, host: str) -> dict[str, str]:
        """The active pair, its key opened."""
        if self.openbao is not None:
            return self._secret(host)
        active = self.state(host)["active"]
        return {**active, "private_key": self.data.controller.vaults.decrypt(active["private_key"])}

    def check(self, number: int) -> None:
        """Each account works with its generation of this number, and has no other."""
        for host, account in self.accounts.items():
            state = self.state(host)
            assert (state["active"]["number"], "pending" in state, "retiring" in state) == (number, False, False), host
            assert account.active_ids() == [state["active"]["certificate_id"]], host
            pair = self.pair(host)
            mint(account, pair["private_key"], pair["certificate_id"])

    def _secret(self, host: str) -> dict[str, str]:
        assert self.openbao is not None
        path = f"netsuite/{self.accounts[host].label}"
        return dict(
            self.openbao.client().secrets.kv.v2.read_secret_version(path, raise_on_deleted_version=True)["data"]["data"]
        )


@pytest.fixture(scope="module")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


def workers_with(simulator: Simulator, controller: Controller, size: int, openbao: OpenBao | None) -> Workers:
    """Accounts without credentials, each with a token for its first upload."""
    login = openbao.token_with(LEAST) if openbao else ""
    kept = {
        "netsuite_account_store": "kv2",
        "netsuite_account_store_url": openbao.url if openbao else "",
        "netsuite_account_store_token": login,
    }
    data = PrivateData(controller, kept if openbao else {"netsuite_account_credentials_path": WORKER_PATH})
    accounts = {f"acme{number:03d}": simulator.account() for number in range(size)}
    secrets = {"the store's login": login} if openbao else {}
    common = {"netsuite_account_curve": "secp256r1", "netsuite_account_role_id": "1001"}
    for host, account in accounts.items():
        secrets[f"{host}'s bootstrap token"] = token = account.bootstrap_token()
        controller.inventory.add(
            host,
            account.variables(netsuite_account_overlap_days=0, netsuite_account_bootstrap_token=token, **common),
        )
    return Workers(data, accounts, openbao, secrets)


def steps_begin(events: list[dict[str, Any]]) -> bool:
    """Every host's new pair is reported, and the first one's way through NetSuite: now the others are on theirs."""
    tasks = [event["event_data"]["task"] for event in events]
    return "Reconcile with NetSuite" in tasks


def check_nothing_leaks(workers: Workers) -> None:
    """No key, token or login in artifacts, events, streams and logs; what is looked for would be found there."""
    controller, data = workers.data.controller, workers.data
    assert betrayed_in([data.artifacts, controller.records, controller.home], workers.secrets) == {}
    # A worker that is killed leaves what it was sent, and no key that it has made.
    keys = {name: secret for name, secret in workers.secrets.items() if " after " in name}
    assert betrayed_in([controller.tmp], keys) == {}
    for stream in data.streams.values():
        assert betrayed(stream.read_bytes(), workers.secrets) == []
    known = {name: workers.secrets[name] for name in list(workers.secrets)[-2:]}
    (data.artifacts / "control.json").write_text(json.dumps({"stdout": "\n".join(known.values())}))
    assert betrayed_in([data.artifacts], known) == {str(data.artifacts / "control.json"): list(known)}


@pytest.mark.parametrize(
    ("store", "size"),
    [
        pytest.param("file", 6, id="file"),
        pytest.param("kv2", 6, id="kv2", marks=pytest.mark.campaign),
        pytest.param("file", 100, id="file, a hundred", marks=pytest.mark.campaign),
        pytest.param("kv2", 100, id="kv2, a hundred", marks=pytest.mark.campaign),
    ],
)
def test_two_workers_lose_no_key_when_one_is_killed(simulator, controller, openbao, store, size):
    workers = workers_with(simulator, controller, size, openbao if store == "kv2" else None)
    inventory = controller.inventory.folder
    before = snapshot(inventory)
    assert workers.play(ONBOARD, "onboarded") == [0, 0]
    workers.check(1)
    # One of the first worker's accounts waits for NetSuite when the others are on their way, and so when it is killed.
    workers.accounts[sorted(workers.accounts)[::2][-1]].fault("certificates.upload", "delay", seconds=10, when="after")
    rc = workers.play(ROTATE, "killed", kill=steps_begin)
    assert rc[1] == 0
    assert rc[0] != 0
    found = [workers.state(host) for host in workers.accounts]
    assert all(one["active"]["number"] == 2 or one["pending"]["number"] == 2 for one in found)
    assert any("pending" in one or "retiring" in one for one in found), "the worker was killed in the middle"
    assert workers.play(ONBOARD, "completed") == [0, 0]
    workers.check(2)
    assert workers.play(ROTATE, "rotated") == [0, 0]
    workers.check(3)
    assert sum(len(account.active_ids()) for account in workers.accounts.values()) == size
    if store == "kv2":
        assert snapshot(inventory) == before
    else:
        assert workers.collect().changed == {"acme000": 0}
    assert workers.data.on_workers(VERIFY, [sorted(workers.accounts)], "verified") == [0]
    check_nothing_leaks(workers)
