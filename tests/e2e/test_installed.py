# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The quick start from an installed archive, in the inventories that people have, with settings for other work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import BLOCK, GUIDES
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, program, snapshot
from ansible_collections.m2m.netsuite.tests.support.inventory import Vaulted, VaultLoader, dump
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount

ONBOARD = "m2m.netsuite.onboard"
GROUP = "netsuite_accounts"
INVENTORY = next(
    block["text"]
    for block in BLOCK.finditer((GUIDES / "quick-start.md").read_text(encoding="utf-8"))
    if block["name"] == "quick-start-inventory"
)
CONFIGURATION = """
[defaults]
any_errors_fatal = true
strategy = ansible.builtin.free
stdout_callback = ansible.builtin.minimal
callback_result_format = yaml
fact_caching = ansible.builtin.jsonfile
fact_caching_connection = facts
gathering = smart
inject_facts_as_vars = false
forks = 1
timeout = 1

[privilege_escalation]
become = true
become_method = su

[diff]
always = true
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the archive is installed: what ``make build`` makes, and not this checkout."""
    folder = tmp_path_factory.mktemp("installed")
    place = folder / "collections"
    package = [sys.executable, ROOT / "tests/tools/package.py", folder]
    archive = subprocess.run(package, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    install = (program("ansible-galaxy"), "collection", "install", "--offline", "-p", place, archive)
    subprocess.run(install, env=environment, check=True, stdout=subprocess.DEVNULL)
    return place


@dataclass
class Desk:
    """Somebody with the inventory of the quick start, and settings for other work."""

    controller: Controller
    account: SimulatedAccount
    collections: Path

    def __post_init__(self) -> None:
        self.folder = self.controller.folder / "desk"
        self.write("ansible.cfg", CONFIGURATION)
        self.settings = {
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
        }

    @property
    def variables(self) -> dict[str, Any]:
        """Those of the guide's inventory, for an account of the simulator."""
        return {
            **yaml.load(INVENTORY, Loader=VaultLoader)[GROUP]["hosts"]["acme"],
            "netsuite_account_id": self.account.account_id,
            "netsuite_account_client_id": self.controller.vaults.encrypt(self.account.client_id),
            "netsuite_account_base_url": self.account.url,
            "netsuite_account_key_type": "EC",
        }

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def hosts(self, name: str = "hosts.yml", **variables: Any) -> Path:
        return self.write(name, dump({GROUP: {"hosts": {"acme": variables}}}))

    def play(self, *inventories: Path, arguments: tuple[str, ...] = ()) -> Run:
        first, *others = inventories
        more = [word for one in others for word in ("-i", str(one))]
        return self.controller.play(ONBOARD, *more, *arguments, inventory=first, env=self.settings)

    def known(self, *inventories: Path) -> dict[str, Any]:
        """What Ansible shows of the host."""
        sources = [word for one in inventories for word in ("-i", one)]
        argv = [program("ansible-inventory"), *sources, *self.controller.vaults.arguments(), "--host", "acme"]
        environment = self.controller.environment(self.settings)
        done = subprocess.run(argv, env=environment, cwd=self.controller.folder, capture_output=True, check=True)
        return dict(json.loads(done.stdout))


# The layouts. Each writes the files, and returns what goes after -i.


def hosts_alone(desk: Desk) -> list[Path]:
    return [desk.hosts(**desk.variables)]


def a_file_of_host_variables(desk: Desk) -> list[Path]:
    desk.write("host_vars/acme.yml", dump(desk.variables))
    return [desk.hosts()]


def a_folder_of_host_variables(desk: Desk) -> list[Path]:
    desk.write("host_vars/acme/main.yml", dump(desk.variables))
    return [desk.hosts()]


def ini(desk: Desk) -> list[Path]:
    texts = {name: value for name, value in desk.variables.items() if not isinstance(value, Vaulted)}
    vaulted = {name: value for name, value in desk.variables.items() if isinstance(value, Vaulted)}
    desk.write(f"group_vars/{GROUP}.yml", dump(vaulted))
    settings = " ".join(f"{name}={value}" for name, value in texts.items())
    return [desk.write("hosts.ini", f"[{GROUP}]\nacme {settings} netsuite_account_rotate=false\n")]


def two_inventories(desk: Desk) -> list[Path]:
    secret = "netsuite_account_client_id"
    desk.write("secrets/host_vars/acme.yml", dump({secret: desk.variables[secret]}))
    rest = {name: value for name, value in desk.variables.items() if name != secret}
    return [desk.hosts(**rest), desk.hosts("secrets/hosts.yml")]


def a_folder_of_inventories(desk: Desk) -> list[Path]:
    desk.write(f"inventories/prod/group_vars/{GROUP}/vars.yml", dump(desk.variables))
    desk.hosts("inventories/test/hosts.yml")
    return [desk.hosts("inventories/prod/hosts.yml").parent]


LAYOUTS = [
    hosts_alone,
    a_file_of_host_variables,
    a_folder_of_host_variables,
    ini,
    two_inventories,
    a_folder_of_inventories,
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda one: one.__name__)
def test_the_quick_start(layout: Callable[[Desk], list[Path]], installed, controller, account):
    desk = Desk(controller, account, installed)
    inventories = layout(desk)
    known, before = desk.known(*inventories), snapshot(desk.folder)
    run = desk.play(*inventories, arguments=("--check",))
    if layout is a_file_of_host_variables:  # which Ansible would not read any more
        advice = desk.folder / "host_vars/acme/vars.yml"
        assert f"Move the file into the folder, as {advice}" in run.expect(2).account("acme")["next_step"]
        assert snapshot(desk.folder) == before
        advice.parent.mkdir()
        (desk.folder / "host_vars/acme.yml").rename(advice)
    else:
        run.expect(0)
        assert snapshot(desk.folder) == before
    found = desk.play(*inventories).expect(0).account("acme")
    assert found["status"] == "awaiting_upload"
    certificate = Path(found["certificate_path"])
    assert account.upload(certificate.read_text(), role=1000) == found["certificate_id"]
    run = desk.play(*inventories).expect(0)
    assert run.account("acme")["status"] == "active"
    assert run.stdout.count("NetSuite accounts: 1. 1 active.") == 1
    after = desk.known(*inventories)
    assert {name: after[name] for name in known} == known
    assert after["netsuite_account_credentials"]["active"]["certificate_id"] == found["certificate_id"]
