# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.collect_credentials, on real files and events, without a vault secret."""

from __future__ import annotations

import json

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, run_operation
from ansible_collections.m2m.netsuite.tests.support.documents import SECRET, Maker, report, sealed
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader


class World:
    """An inventory, and the artifacts of runner jobs."""

    def __init__(self, folder):
        self.inventory, self.artifacts = folder / "inventory", folder / "artifacts"
        self.inventory.mkdir()

    def file(self, host="acme"):
        return self.inventory / "host_vars" / host / "netsuite_credentials.yml"

    def write(self, text, host="acme"):
        self.file(host).parent.mkdir(parents=True, exist_ok=True)
        self.file(host).write_text(text)

    def stored(self, host="acme"):
        return yaml.load(self.file(host).read_text(), Loader=VaultLoader)["netsuite_account_credentials"]

    def collect(self, *hosts, check_mode=False, vault=None, **options):
        context = Context(check_mode=check_mode, vault=vault)
        known = dict.fromkeys(hosts or ("acme",), str(self.inventory))
        return run_operation(OPERATIONS["collect_credentials"], context, hosts=known, **options)

    def from_events(self, *hosts, **options):
        return self.collect(*hosts, artifacts=str(self.artifacts), **options)

    def files(self):
        return {path: path.read_bytes() for path in self.inventory.rglob("*") if path.is_file()}


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def test_all_hosts_are_collected_at_once_and_their_ciphertext_is_kept(world):
    made = {f"host{number}": Maker(f"765432{number}_SB1") for number in range(3)}
    for number, (host, one) in enumerate(made.items()):
        report(world.artifacts, f"job{number % 2}", host, one.text(), one.prove().text(), first=1 + 10 * number)
    result = world.from_events(*made)
    assert (result["changed"], [one["status"] for one in result["hosts"]]) == (True, ["collected"] * 3)
    for host, one in made.items():
        assert world.stored(host)["active"]["private_key"] == one.credentials.active.private_key
        assert world.stored(host)["active"]["proven"]
        assert world.file(host).with_suffix(".auth-cert.pem").read_text() == one.credentials.active.certificate
    before = world.files()
    again = world.from_events(*made)
    assert (again["changed"], again["files"], again["diff"]) == (False, result["files"], {"before": "", "after": ""})
    assert world.files() == before


@pytest.mark.parametrize("below", ["", "job1", ".."])
def test_the_folder_of_one_job_of_all_and_of_the_private_data_will_do(world, below):
    report(world.artifacts, "job1", "acme", Maker().text())
    assert world.collect(artifacts=str((world.artifacts / below).resolve()))["changed"]


def test_a_killed_worker_leaves_what_its_events_have(world):
    made = Maker()
    world.write(made.text())
    report(world.artifacts, "job1", "acme", made.begin().text())
    assert world.from_events()["changed"]
    assert world.stored()["pending"]["certificate_id"] == made.credentials.pending.certificate_id


def test_the_order_of_the_events_decides_and_not_their_names(world):
    made = Maker()
    texts = [made.begin().text(), made.promote().text(), made.retire().text()]
    report(world.artifacts, "b", "acme", texts[0], first=8)
    report(world.artifacts, "a", "acme", *texts[1:], first=9)
    world.from_events()
    assert world.stored()["active"]["number"] == 2
    assert "retiring" not in world.stored()


def test_check_mode_predicts_and_writes_nothing(world):
    made = Maker()
    world.write(made.text())
    before = world.files()
    documents = {"acme": made.rotate().text()}
    predicted = world.collect(documents=documents, check_mode=True)
    assert world.files() == before
    assert predicted == world.collect(documents=documents)


def test_the_diff_names_generations_and_holds_no_key(world):
    made = Maker()
    world.write(made.text())
    old = made.credentials.active.certificate_id
    diff = world.collect(documents={"acme": made.begin().promote().text()})["diff"]
    new = made.credentials.active.certificate_id
    assert diff["before"] == f"acme: generation 1, {old}\n"
    assert diff["after"] == f"acme: generation 2, {new}; retiring {old}\n"


def test_an_older_generation_is_refused_and_does_not_stop_others(world):
    made, other = Maker(), Maker("1234567")
    old = made.text()
    world.write(made.rotate().text())
    before = world.file().read_bytes()
    result = world.collect("acme", "other", documents={"acme": old, "other": other.text()})
    assert (result["failed"], result["changed"], result["cause"]) == (True, True, "older_generation")
    assert "acme: These credentials are of generation 1" in result["msg"]
    assert world.file().read_bytes() == before
    assert world.stored("other")["account"] == "1234567"
    assert str(world.file()) not in result["files"]


@pytest.mark.parametrize("where", ["in the file", "in the events"])
def test_two_runs_that_knew_nothing_of_each_other_are_refused(world, where):
    made = Maker()
    world.write(made.text())
    other = made.copy()
    report(world.artifacts, "job1", "acme", made.begin().text())
    if where == "in the file":
        world.write(other.begin().promote().text())
    else:
        report(world.artifacts, "job2", "acme", other.begin().text(), other.promote().text())
    before = world.files()
    result = world.from_events()
    assert (result["failed"], result["changed"]) == (True, False)
    assert result["cause"] in ("conflicting_generations", "older_generation")
    assert world.files() == before


def test_what_the_file_has_been_through_already_changes_nothing(world):
    made = Maker()
    before = made.begin().promote().text()
    world.write(made.retire().text())
    assert not world.collect(documents={"acme": before})["changed"]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("ansible_connection: local\n", "foreign_file"),
        ("- [", "foreign_file"),
        ("{{ lookup('pipe', 'id') }}", "foreign_file"),
        ("template", "foreign_file"),
        ("another account", "wrong_account"),
        ("sealed", "vault_missing"),
    ],
)
def test_what_is_no_document_of_the_account_is_refused(world, text, cause):
    made = Maker()
    world.write(made.text())
    if text == "template":
        text = made.rotate().text().replace("certificate_id: ", "certificate_id: '{{ x }}' #", 1)
    elif text == "another account":
        text = Maker("1234567").rotate().text()
    elif text == "sealed":
        text = sealed(made.rotate().text())
    before = world.files()
    result = world.collect(documents={"acme": text}, vault=ControllerVault(DataLoader()))
    assert result["failed"]
    assert result["cause"] == cause, result["msg"]
    assert world.files() == before


def test_what_is_encrypted_as_a_whole_stays_so_and_needs_its_secret(world):
    loader = DataLoader()
    loader.set_vault_secrets([("default", SECRET)])
    vault, made = ControllerVault(loader), Maker()
    assert world.collect(documents={"acme": sealed(made.text())}, vault=vault)["changed"]
    assert world.collect(documents={"acme": sealed(made.rotate().text())}, vault=vault)["changed"]
    assert world.file().read_text().startswith("$ANSIBLE_VAULT;")
    assert not world.collect(documents={"acme": sealed(made.text())}, vault=vault)["changed"]


@pytest.mark.parametrize("host", ["..", "a/b", "gone"])
def test_a_host_without_a_place_is_named(world, host):
    result = world.collect(*([] if host == "gone" else [host]), documents={host: Maker().text()})
    assert (result["failed"], result["hosts"][0]["path"]) == (True, None)
    assert result["cause"] in ("bad_host_name", "no_such_host")
    assert world.files() == {}


def test_host_vars_that_the_folder_would_hide_are_named(world):
    (world.inventory / "host_vars").mkdir()
    (world.inventory / "host_vars/acme.yml").write_text("netsuite_account_id: '7654321'\n")
    assert world.collect(documents={"acme": Maker().text()})["cause"] == "host_vars_shadowed"


def test_a_damaged_event_that_may_hold_a_key_stops_everything(world):
    folder = report(world.artifacts, "job1", "acme", Maker().text())
    (folder / "2-cut.json").write_text(json.dumps({"event_data": {"res": {"credential_document": "x"}}})[:-5])
    (folder / "3-cut.json").write_text("{")  # nothing that matters here
    result = world.from_events()
    assert (result["cause"], world.files()) == ("unreadable_file", {})
    assert "2-cut.json" in result["msg"]


def test_results_without_a_document_are_passed_over(world):
    folder = report(world.artifacts, "job1", "acme", Maker().text())
    for number, result in enumerate([None, {"credential_document": None}, "credential_document", {"msg": "x"}]):
        event = {"event_data": {"host": "acme", "res": result}, "note": "credential_document"}
        (folder / f"9{number}-x.json").write_text(json.dumps(event))
    assert world.from_events()["changed"]
