# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Load: many accounts in one run, fifty at a time, each request half a second late and one answer in ten spoilt.

Two runs come to the end, with the certificates that are meant and no others. A third one, undisturbed, is compared with
what latency and forks allow, and with as many bare tasks of Ansible.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.reliability.fault_proxy import Trap
from ansible_collections.m2m.netsuite.tests.reliability.load import LoadProxy, Watched, chosen, watch
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, program
from ansible_collections.m2m.netsuite.tests.support.fleet import mint
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

GROUP, ONBOARD = "netsuite_accounts", "m2m.netsuite.onboard"
FORKS, SHARE = 50, 0.1
#: Of an account with nothing to do.
TASKS, REQUESTS = 4, 2
#: Kilobytes that an account may add to the controller's memory, and to what it adds with bare tasks.
MOST_GROWTH, MOST_GROWTH_ON_TOP = 250, 100
MANY = int(os.environ.get("RELIABILITY_ACCOUNTS") or 1000)
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@dataclass
class Crowd:
    """Accounts, and the inventory that leads to them through the proxy."""

    controller: Controller
    accounts: dict[str, SimulatedAccount]
    proxy: LoadProxy

    @classmethod
    def gather(cls, folder: Path, simulator: Simulator, proxy: LoadProxy, count: int) -> Crowd:
        """New accounts without credentials, each with a token for its first upload."""
        controller = Controller(folder)
        controller.vaults.add()
        inventory, accounts = controller.inventory, {}
        for number in range(count):
            account = accounts[f"a{number:04d}"] = simulator.account()
            own = {
                "netsuite_account_id": account.account_id,
                "netsuite_account_client_id": account.client_id,
                "netsuite_account_base_url": f"{proxy.url}/_acct/{account.label}",
                "netsuite_account_bootstrap_token": account.bootstrap_token(),
            }
            inventory.host_file(f"a{number:04d}", "main.yml").write_text(dump(own))
        common = {
            "netsuite_account_curve": "secp256r1",
            "netsuite_account_role_id": "1001",
            "netsuite_account_entity_id": "12",
        }
        inventory.group_vars(GROUP, common)
        inventory.path.write_text(dump({GROUP: {"hosts": {host: {} for host in accounts}}}))
        return cls(controller, accounts, proxy)

    def run(self, playbook: str) -> Watched:
        """Run a playbook over all accounts, without a callback that would cost something."""
        controller = self.controller
        controller.runs += 1
        environment = controller.environment()
        for name in ("ANSIBLE_CALLBACKS_ENABLED", "ANSIBLE_INJECT_INVOCATION"):
            del environment[name]
        argv = [str(program()), "-i", str(controller.inventory.path), *controller.vaults.arguments()]
        argv += ["--forks", str(FORKS), playbook]
        log = controller.records / f"{controller.runs:02d}.txt"
        ran = watch(argv, controller.folder, environment, log, 1500)
        assert "Traceback" not in ran.output, ran.output[-3000:]
        return ran

    def floor(self) -> Watched:
        """As many bare tasks over the same inventory."""
        tasks = [{"ansible.builtin.set_fact": {"nothing": 1}}] * TASKS
        play = {"hosts": GROUP, "connection": "local", "gather_facts": False, "tasks": tasks}
        ran = self.run(str(self.controller.playbook(play)))
        assert ran.returncode == 0, ran.output[-3000:]
        return ran

    def mapped(self) -> dict[str, list[str]]:
        """By host, the ids of all certificates that were ever mapped; none of them is revoked."""
        state = next(iter(self.accounts.values())).simulator.admin("GET", "state")["accounts"]
        mappings = {host: state[account.label]["mappings"] for host, account in self.accounts.items()}
        assert not [host for host, found in mappings.items() if any(not one["active"] for one in found)]
        return {host: [one["certificate_id"] for one in found] for host, found in mappings.items()}

    def check_left(self, ran: Watched) -> None:
        """Nothing of a run is left over."""
        assert ran.left == []
        until = time.monotonic() + 5
        while self.proxy.open and time.monotonic() < until:
            time.sleep(0.05)
        assert self.proxy.open == 0
        assert list(self.controller.tmp.rglob("ansible-*")) == []


def counts(ran: Watched) -> dict[str, int]:
    """The counts of the closing summary."""
    line = re.findall(r"^NetSuite accounts: (\d+)\.(.*)$", ran.output, re.MULTILINE)[-1]
    return {"all": int(line[0]), **{word: int(number) for number, word in re.findall(r"(\d+) ([\w ]+)", line[1])}}


@pytest.fixture
def proxy(campaign, simulator: Simulator, latency: float) -> Iterator[LoadProxy]:
    with LoadProxy(simulator.base_url, latency, campaign.seed) as running:
        yield running


@pytest.mark.parametrize(
    ("count", "latency"), [(10, 0.05), pytest.param(MANY, 0.5, marks=pytest.mark.campaign)], ids=["short", "whole"]
)
def test_many_accounts_come_to_their_end(campaign, tmp_path, simulator, proxy, count, latency):
    crowd = Crowd.gather(tmp_path, simulator, proxy, count)
    figures: dict[str, float] = {"accounts": count}
    with Trap() as trap:
        for name, temporary in (("first run", False), ("second run", True)):
            proxy.spoil(chosen(trap.url, temporary=temporary), SHARE)
            ran = crowd.run(ONBOARD)
            crowd.check_left(ran)
            figures |= measured(name, ran, count)
            figures |= {f"{name}, requests": len(proxy.requests), f"{name}, spoilt answers": proxy.spoilt}
            figures[f"{name}, active accounts"] = counts(ran).get("active", 0)
            assert not [host for host, ids in crowd.mapped().items() if len(ids) > 1]
            assert counts(ran)["all"] == count, ran.output[-3000:]
    assert trap.visits == []
    assert (counts(ran), ran.returncode) == ({"all": count, "active": count}, 0), ran.output[-6000:]
    mapped = crowd.mapped()
    for host, account in crowd.accounts.items():
        kept = crowd.controller.inventory.read_credentials(host)
        assert [kept["active"]["certificate_id"]] == mapped[host]
        assert "pending" not in kept
        if int(host[1:]) % 40 == 0:
            mint(account, crowd.controller.vaults.decrypt(kept["active"]["private_key"]), *mapped[host])
    ran = undisturbed(crowd)
    if count > FORKS:
        figures |= measured("undisturbed run", ran, count) | compared(crowd, ran, latency)
        for name, value in figures.items():
            campaign.note(f"load: {name}", round(value, 1))


def measured(name: str, ran: Watched, count: int) -> dict[str, float]:
    """What a run took."""
    return {
        f"{name}, seconds": ran.wall,
        f"{name}, CPU ms per account": ran.cpu * 1000 / count,
        f"{name}, growth of the controller, KB per account": ran.growth / count,
        f"{name}, most descriptors of the controller": max(ran.descriptors),
    }


def undisturbed(crowd: Crowd) -> Watched:
    """A run with nothing to do: it changes nothing, asks no more than it has to, and keeps nothing open."""
    count, proxy = len(crowd.accounts), crowd.proxy
    proxy.spoil([], 0.0)
    proxy.peak = 0
    ran = crowd.run(ONBOARD)
    crowd.check_left(ran)
    assert (counts(ran), ran.returncode) == ({"all": count, "active": count}, 0), ran.output[-3000:]
    assert len(proxy.requests) == REQUESTS * count
    assert proxy.peak <= FORKS
    return ran


def compared(crowd: Crowd, ran: Watched, latency: float) -> dict[str, float]:
    """An undisturbed run beside what latency and forks set, and beside as many bare tasks."""
    count, bare = len(crowd.accounts), crowd.floor()
    # While a task is under way, a worker has some; none may be left of the tasks before.
    assert max(ran.descriptors) <= max(bare.descriptors) + 20
    assert ran.growth / count <= MOST_GROWTH
    assert (ran.growth - bare.growth) / count <= MOST_GROWTH_ON_TOP
    bound = REQUESTS * count * latency / FORKS
    return {
        **measured("bare tasks", bare, count),
        "seconds that latency and forks set": bound,
        "bare tasks, times what latency and forks set": bare.wall / bound,
        "undisturbed run, times bare tasks": ran.wall / bare.wall,
        "undisturbed run, times bare tasks and latency": ran.wall / (bare.wall + bound),
    }


def test_the_proxy_spoils_as_many_as_it_is_told_to_and_the_same_ones_again():
    drawn = []
    for _time in "ab":
        proxy = LoadProxy("http://127.0.0.1:9", 0.0, seed=7)
        proxy.spoil(chosen("http://127.0.0.1:9/", temporary=False), SHARE)
        drawn.append([proxy._note("GET", f"/{number % 300}", b"") is None for number in range(1000)])
        assert 60 < proxy.spoilt < 140
    assert drawn[0] == drawn[1]
    proxy.spoil(chosen("http://127.0.0.1:9/", temporary=True), 1.0)
    assert [proxy._note("GET", "/", b"") is None for _time in range(8)] == [False, False, False, True] * 2


def test_a_process_that_is_left_behind_is_seen(tmp_path):
    ran = watch(["sh", "-c", "sleep 30 & sleep 1"], tmp_path, os.environ, tmp_path / "log", 10)
    try:
        assert (len(ran.left), ran.returncode, bool(ran.resident)) == (1, 0, True)
    finally:
        for pid in ran.left:
            os.kill(int(pid), signal.SIGKILL)
