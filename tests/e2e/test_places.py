# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a new key goes: not into an inventory that ends with the run, nor to where Ansible does not read it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import Controller, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.runner import PrivateData

ONBOARD, ROTATE, VERIFY = (f"m2m.netsuite.{name}" for name in ("onboard", "rotate", "verify"))
PATH = "netsuite_account_credentials_path"
CHECK = pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check mode"])


def headless(account, **more):
    """Variables of an account that one run takes from nothing to active."""
    token = account.bootstrap_token()
    return account.variables(netsuite_account_curve="secp256r1", netsuite_account_bootstrap_token=token, **more)


def shown_variables(controller: Controller, inventory: Path) -> dict[str, dict[str, object]]:
    """What Ansible itself knows of each host."""
    program = Path(sys.executable).parent / "ansible-inventory"
    argv = [program, "-i", inventory, *controller.vaults.arguments(), "--list"]
    done = subprocess.run(argv, env=controller.environment(), cwd=controller.folder, capture_output=True, check=True)
    return dict(json.loads(done.stdout)["_meta"]["hostvars"])


# host_vars that Ansible does not read


@pytest.fixture
def nested(controller, account):
    """An inventory folder with the hosts one level further down."""
    folder = controller.folder / "inventories"
    (folder / "prod").mkdir(parents=True)
    hosts = {"netsuite_accounts": {"hosts": {"acme": headless(account)}}}
    (folder / "prod/hosts.yml").write_text(dump(hosts))
    return folder


def test_the_credential_file_goes_where_ansible_reads_it_and_no_second_one_is_made(controller, account, nested):
    place, other = (folder / "host_vars/acme/netsuite_credentials.yml" for folder in (nested, nested / "prod"))
    note = f"Ansible reads {nested}/host_vars and not {nested}/prod/host_vars, so the credential file is {place}"
    for arguments, notes, exists in [(["--check"], 1, False), ([], 1, True), ([], 0, True)]:
        run = controller.play(ONBOARD, *arguments, inventory=nested, quiet=False).expect(0)
        said = " ".join(run.stderr.split()).replace("/ ", "/")
        assert (said.count(note), place.exists()) == (notes, exists), said
    assert "netsuite_account_credentials" in shown_variables(controller, nested)["acme"]
    step = controller.play(ONBOARD, inventory=nested / "prod").expect(2).account("acme")["next_step"]
    assert f"acme has the credential file {place}" in step
    assert f"Give -i {nested}, as in the run that made it, or move the file to {other}, or set {PATH}" in step
    assert not other.exists()
    assert account.counters()["writes"] == 1


def test_what_lies_there_already_is_used(controller, account, nested):
    controller.play(ONBOARD, inventory=nested / "prod").expect(0)
    run = controller.play(ROTATE, inventory=nested).expect(0)
    assert run.account("acme")["status"] == "active"
    assert "netsuite_account_credentials" in shown_variables(controller, nested / "prod")["acme"]


# inventories that end with the run


@pytest.mark.parametrize("elsewhere", [False, True], ids=["artifacts", "artifacts elsewhere"])
def test_no_key_is_made_in_a_folder_of_ansible_runner(controller, account, elsewhere):
    data = PrivateData(controller)
    controller.inventory.add("acme", headless(account))
    before = snapshot(controller.inventory.folder)
    more = ["--artifact-dir", str(controller.folder / "elsewhere")] if elsewhere else []
    output = data.run(ONBOARD, *more)
    assert f"this inventory lies in {data.folder}, which ansible-runner uses for a single run" in output
    assert "run m2m.netsuite.collect" in output
    assert "netsuite_account_store" in output
    assert snapshot(controller.inventory.folder) == before
    assert account.counters()["requests"] == {}


@pytest.mark.parametrize(
    ("program", "variable", "below", "arguments"),
    [
        ("ansible-runner", "AWX_ISOLATED_DATA_DIR", "artifacts/1", ("--check",)),
        ("molecule", "MOLECULE_EPHEMERAL_DIRECTORY", "", ()),
    ],
)
def test_an_inventory_that_ends_with_the_run_gets_no_new_key(fleet, program, variable, below, arguments):
    environment = {variable: str(fleet.controller.folder / below)}
    fleet.add("new", netsuite_account_private_key="")
    fleet.add("given")
    fleet.add("filed")
    fleet.controller.play(ROTATE, "--limit", "filed").expect(0)
    before = snapshot(fleet.controller.inventory.folder)
    fleet.controller.play(ONBOARD, *arguments, "--limit", "given,filed", env=environment).expect(0)
    run = fleet.controller.play(ROTATE, *arguments, "-e", "netsuite_account_overlap_days=0", env=environment).expect(2)
    for host in ("new", "given", "filed"):
        step = run.account(host)["next_step"]
        assert f"which {program} uses for a single run" in step
        assert f"Set {PATH}" in step
    assert snapshot(fleet.controller.inventory.folder) == before


def test_a_path_of_ones_own_lifts_that(fleet):
    path = fleet.controller.folder / "kept" / "{{ inventory_hostname }}.yml"
    fleet.add("acme", **{PATH: str(path)})
    environment = {"AWX_ISOLATED_DATA_DIR": str(fleet.controller.folder / "artifacts/1")}
    run = fleet.controller.play(ROTATE, env=environment).expect(0)
    assert run.account("acme")["status"] == "active"
    written = (fleet.controller.folder / "kept/acme.yml").read_text()
    assert run.account("acme")["credential_document"] == written
    assert run.result("acme", "Reconcile with NetSuite")["credential_document"] == written
    made = run.result("acme", "Ensure key and certificate")["credential_document"]
    assert made != written
    assert "pending:" in made


def test_an_inventory_elsewhere_is_left_alone(fleet, tmp_path):
    fleet.add("acme")
    environment = {
        name: str(tmp_path / "elsewhere/artifacts/1")
        for name in ("AWX_ISOLATED_DATA_DIR", "MOLECULE_EPHEMERAL_DIRECTORY")
    }
    assert fleet.controller.play(ROTATE, env=environment).expect(0).account("acme")["status"] == "active"


# host names


NAMES = ["acme sandbox", "ácme-ünïcode", "公司", "-acme", "acme.", ".acme", "acme'\"$(x)", "acme%20"]


def test_every_playbook_takes_the_host_names_that_onboard_takes(simulator, controller):
    hosts = {name: headless(simulator.account()) for name in NAMES}
    controller.inventory.path.write_text(dump({"netsuite_accounts": {"hosts": hosts}}))
    for playbook in (ONBOARD, ROTATE, VERIFY):
        run = controller.play(playbook).expect(0)
        assert {run.account(name)["status"] for name in NAMES} == {"active"}
    shown = shown_variables(controller, controller.inventory.path)
    for name in NAMES:
        assert controller.inventory.credentials(name).is_file()
        assert "netsuite_account_credentials" in shown[name]


@pytest.mark.parametrize(("playbook", "arguments"), [(ONBOARD, ()), (ONBOARD, ("--check",)), (VERIFY, ())])
def test_a_host_name_that_leads_elsewhere_is_refused(controller, account, playbook, arguments):
    hosts = dict.fromkeys(["..", ".", "...", "../../acme", "/acme", "prod/acme", "prod\\acme"], headless(account))
    controller.inventory.path.write_text(dump({"netsuite_accounts": {"hosts": hosts}}))
    before = snapshot(controller.inventory.folder)
    run = controller.play(playbook, *arguments).expect(2)
    for name in hosts:
        step = run.account(name)["next_step"]
        assert "cannot be the name of a folder" in step
        assert f"set {PATH}" in step
    assert account.counters()["requests"] == {}
    assert snapshot(controller.inventory.folder) == before


@pytest.fixture
def fleet(simulator, controller):
    return Fleet(simulator, controller)
