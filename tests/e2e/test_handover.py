# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Three accounts handed over to Patchworks and others by the playbook handover, and handed over again after a rotation.

Patchworks is a stand-in of the documented shapes. One life is played once; the tests look at it from several sides.
"""

from __future__ import annotations

import json
import re
import shlex
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, program, snapshot
from ansible_collections.m2m.netsuite.tests.support.material import Pair, new_pair
from ansible_collections.m2m.netsuite.tests.support.patchworks import API_KEY, StandIn
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount, Simulator, unused_id
from ansible_collections.m2m.netsuite.tests.support.story import Story

pytestmark = pytest.mark.matrix

SCRIPT = ROOT / "roles/patchworks_handover/files/generate_client_assertion.js"
KEPT, OWN, WAITING = "kept", "own", "waiting"
HOSTS = (KEPT, OWN, WAITING)
NOTING = (KEPT, WAITING)  # they have a credential file
CONSUMERS = ("patchworks", "suitecloud", "celigo", "workato", "generic", "ours")
PREDICTED, FIRST, AGAIN, CHECKED = "predicted", "first", "again", "checked"
REVEALED, HIDDEN, ROTATED, STEADY = "revealed", "hidden", "rotated", "steady"
PLAYBOOK = "m2m.netsuite.handover"
OURS = """---
format: 1
title: ours
summary: Our own template.
fields:
  - label: Tenant
    value: ${account_realm} of ${host}
  - label: Key
    private_key: true
"""


@dataclass
class Life:
    """The accounts, the Patchworks company, and what each run did."""

    controller: Controller
    accounts: dict[str, SimulatedAccount]
    patchworks: StandIn
    own: Pair
    runs: Story = field(default_factory=Story)
    wrote: dict[str, bool] = field(default_factory=dict)
    sheets: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    keys_then: dict[str, dict[str, str]] = field(default_factory=dict)
    ids_then: dict[str, dict[str, str]] = field(default_factory=dict)
    others: dict[str, Run] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the sheets are: in the folder from which the playbook runs."""
        return self.controller.folder / "handover"

    def play(self, name: str, *arguments: str, quiet: bool = True) -> None:
        """Play one run of the life and keep what it left."""
        before = snapshot(self.folder) if self.folder.exists() else {}
        self.runs[name] = self.controller.play(PLAYBOOK, *arguments, quiet=quiet)
        self.wrote[name] = (snapshot(self.folder) if self.folder.exists() else {}) != before
        files = self.folder.glob("*") if self.folder.exists() else ()
        self.sheets[name] = {path.name: path.read_text() for path in files}
        self.ids_then[name] = {host: self.certificate_id(host) for host in HOSTS}
        self.keys_then[name] = {host: self.key(host) for host in HOSTS}
        for host, key in self.keys_then[name].items():
            self.keys[f"{host} {len(set(self.keys.values()))}"] = key

    def key(self, host: str) -> str:
        """The private key of a host, opened."""
        if host == OWN:
            return self.own.key
        return self.controller.vaults.decrypt(self.controller.inventory.read_credentials(host)["active"]["private_key"])

    def certificate_id(self, host: str) -> str:
        """The id of a host's active certificate."""
        if host == OWN:
            return self.own.id
        return str(self.controller.inventory.read_credentials(host)["active"]["certificate_id"])

    def sheet(self, name: str, host: str, consumer: str, form: str = "md") -> str:
        """A sheet after a run."""
        return self.sheets[name][f"{host}-{consumer}.{form}"]


@pytest.fixture(scope="module")
def life(simulator: Simulator, module_controller: Controller) -> Iterator[Life]:
    controller, encrypt = module_controller, module_controller.vaults.encrypt
    accounts = {
        KEPT: simulator.account(unused_id("_SB1")),
        OWN: simulator.account(unused_id(prefix="TSTDRV")),
        WAITING: simulator.account(unused_id()),
    }
    own = new_pair("rsa3072")
    with StandIn() as patchworks:
        for host, account in accounts.items():
            role = "1001" if host == KEPT else "1000"  # 1001 may manage its certificates
            mine = {"netsuite_account_client_id": encrypt(account.client_id), "netsuite_account_role_id": role}
            if host == OWN:
                mine["netsuite_account_private_key"] = encrypt(own.key)
                mine["netsuite_account_certificate"] = encrypt(own.certificate)
            controller.inventory.add(host, account.variables(netsuite_account_curve="secp256r1", **mine))
        controller.inventory.group_vars(
            "all",
            {
                "patchworks_handover_consumers": list(CONSUMERS),
                "patchworks_handover_template_folders": [str(controller.folder / "templates")],
                "patchworks_handover_api_url": patchworks.api_url,
                "patchworks_handover_api_key": encrypt(API_KEY),
                "patchworks_handover_company": "Acme Retail",
                "patchworks_handover_instances": ["NetSuite orders", "NetSuite stock"],
                "netsuite_account_overlap_days": 3,
            },
        )
        (controller.folder / "templates").mkdir()
        (controller.folder / "templates/ours.yml").write_text(OURS)
        made = Life(controller, accounts, patchworks, own)
        yield played(made)


def played(life: Life) -> Life:
    """The whole life."""
    controller, accounts = life.controller, life.accounts
    with life.runs.going():
        controller.play("m2m.netsuite.onboard").expect()
        accounts[KEPT].upload(controller.inventory.read_credentials(KEPT)["active"]["certificate"], role=1001)
        accounts[OWN].upload(life.own.certificate)
        controller.play("m2m.netsuite.onboard").expect()
        life.play(PREDICTED, "--check", "--diff", quiet=False)
        life.play(FIRST, "--diff", quiet=False)
        life.play(AGAIN, "--diff", quiet=False)
        life.play(CHECKED, "--check", "--diff", quiet=False)
        life.play(REVEALED, "-e", "patchworks_handover_reveal_key=true", "--diff", quiet=False)
        life.play(HIDDEN, "--diff", quiet=False)
        controller.play("m2m.netsuite.rotate", "--limit", KEPT).expect()
        life.play(ROTATED, "--diff", quiet=False)
        life.play(STEADY, quiet=False)
        for name in ("verify", "confirm", "onboard"):
            life.others[name] = controller.play(f"m2m.netsuite.{name}", "--limit", KEPT, quiet=False)
    return life


def code_blocks(markdown: str) -> list[str]:
    """The values and commands of a sheet."""
    return re.findall(r"```text\n\s*(.*?)\n\s*```", markdown, re.DOTALL)


def test_the_story_comes_to_its_end(life):
    if life.runs.broken is not None:
        raise life.runs.broken


def test_every_run_succeeds(life):
    assert {name: run.rc for name, run in life.runs.items()} == dict.fromkeys(life.runs, 0)


def test_check_mode_predicts_and_writes_nothing(life):
    assert (life.wrote[PREDICTED], life.sheets[PREDICTED]) == (False, {})
    assert life.patchworks.company.writes()[0] == ("POST", "/api/v1/scripts")
    first = life.runs[FIRST].changed
    # the script is everybody's: in check mode each host sees that it is missing, outside it the first one makes it;
    # where credentials are kept, it is noted what the instances were told
    assert sum(life.runs[PREDICTED].changed.values()) == len(HOSTS) * 2 + len(NOTING)
    assert sum(first.values()) == len(HOSTS) + 1 + len(NOTING)


@pytest.mark.parametrize("name", [AGAIN, CHECKED, STEADY])
def test_a_run_with_nothing_new_changes_nothing(life, name):
    assert life.runs[name].changed == dict.fromkeys(HOSTS, 0)
    assert not life.wrote[name]


def test_there_is_a_sheet_for_each_consumer_in_both_forms(life):
    wanted = {f"{host}-{consumer}.{form}" for host in HOSTS for consumer in CONSUMERS for form in ("html", "md")}
    assert set(life.sheets[FIRST]) == {*wanted, SCRIPT.name}
    assert life.sheets[FIRST][SCRIPT.name] == SCRIPT.read_text()


@pytest.mark.parametrize("host", HOSTS)
def test_the_sheet_has_the_four_fields_of_the_page_in_its_order(life, host):
    account, sheet = life.accounts[host], life.sheet(FIRST, host, "patchworks")
    labels = re.findall(r"^\d\. \*\*(.+)\*\*$", sheet, re.MULTILINE)
    assert labels == ["Consumer key", "Account id", "Private key", "Certificate id"]
    values = code_blocks(sheet)
    assert values[:2] == [account.client_id, account.label]
    assert values[4] == life.certificate_id(host) if host != KEPT else values[4] == life.ids_then[FIRST][KEPT]
    assert account.label == account.label.lower()


def test_the_page_holds_the_same_values(life):
    for host in HOSTS:
        page = life.sheet(FIRST, host, "patchworks", "html")
        for value in (life.accounts[host].client_id, life.accounts[host].label, life.ids_then[FIRST][host]):
            assert f"<code>{value}</code>" in page
        assert 'http-equiv="Content-Security-Policy" content="default-src \'none\'' in page
        assert not re.search(r"(?:src|href)=\"(?!https://doc\.wearepatchworks\.com/)", page)


def test_the_sheet_says_whether_netsuite_accepts_the_values(life):
    assert "**Ready:** NetSuite grants access tokens" in life.sheet(FIRST, KEPT, "patchworks")
    assert "**Ready:** NetSuite grants access tokens" in life.sheet(FIRST, OWN, "patchworks")
    waiting = life.sheet(FIRST, WAITING, "patchworks")
    assert "**Not ready:** NetSuite does not grant access tokens for these values." in waiting
    assert "OAuth 2.0 Client Credentials (M2M) Setup" in waiting


def test_the_script_is_in_patchworks_once_and_the_sheet_names_its_version(life):
    company = life.patchworks.company
    (script,) = company.scripts.values()
    (version,) = company.versions.values()
    assert (script["name"], version["content"]) == ("NetSuite OAuth 2 - Generate Client Assertion", SCRIPT.read_text())
    assert version["status"] == "Deployed"
    sheet = life.sheet(FIRST, WAITING, "patchworks")
    assert "exists with version 1 (Deployed)" in sheet
    assert "Select **version 1**, which must be the latest." in sheet
    assert "- [ ] NetSuite orders" in sheet
    assert "of Acme Retail" in sheet


def test_the_key_is_revealed_on_request_and_removed_afterwards(life):
    for host in HOSTS:
        name = f"{host}-auth-key.pem"
        assert life.sheets[REVEALED][name] == life.keys_then[REVEALED][host]
        assert life.runs[REVEALED].changed[host] == life.runs[HIDDEN].changed[host] == 1
        assert not (life.folder / name).exists()
        openssl = subprocess.run(
            ["openssl", "pkey", "-noout"], input=life.sheets[REVEALED][name], text=True, check=False
        )
        assert openssl.returncode == 0
    assert "lies unencrypted in" in life.runs[REVEALED].output


def test_all_files_are_for_their_owner_alone(life):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [life.folder, *life.folder.glob("*")]}
    assert modes.pop(life.folder.name) == 0o700
    assert set(modes.values()) == {0o600}


def test_a_rotation_changes_certificate_id_and_nothing_else_to_enter(life):
    before, after = life.sheet(HIDDEN, KEPT, "patchworks"), life.sheet(ROTATED, KEPT, "patchworks")
    assert life.ids_then[HIDDEN][KEPT] != life.ids_then[ROTATED][KEPT]
    assert code_blocks(after)[4] == life.ids_then[ROTATED][KEPT]
    assert code_blocks(before)[:4] == code_blocks(after)[:4]
    assert life.runs[ROTATED].changed == {KEPT: 2, OWN: 0, WAITING: 0}  # the sheet, and that it was told


def test_the_sheet_after_a_rotation_has_old_and_new_side_by_side(life):
    old, new = life.ids_then[HIDDEN][KEPT], life.ids_then[ROTATED][KEPT]
    sheet = life.sheet(ROTATED, KEPT, "patchworks")
    (row,) = re.findall(r"^\| Certificate id \| (\S+) \| (\S+) \|$", sheet, re.MULTILINE)
    assert tuple(cell.replace("\\", "") for cell in row) == (old, new)
    assert f"{old} works until everybody is confirmed to use the new one" in sheet.replace("\\", "")
    assert "`ansible-playbook m2m.netsuite.confirm --limit kept`" in sheet
    assert f"<td>{old}</td><td>{new}</td>" in life.sheet(ROTATED, KEPT, "patchworks", "html")
    assert "Old and new" not in life.sheet(HIDDEN, KEPT, "patchworks")


def test_the_old_certificate_waits_until_the_instances_are_confirmed(life):
    verified, confirmed, revoked = life.others["verify"], life.others["confirm"], life.others["onboard"]
    waiting = (
        'waiting for Patchworks: instance "NetSuite orders", told on 20',
        'Patchworks: instance "NetSuite stock", told on 20',
    )
    assert (verified.rc, confirmed.rc, revoked.rc) == (0, 0, 0)
    for words in waiting:
        assert words in verified.account(KEPT)["next_step"]
        assert words in verified.output, "the summary"
    assert confirmed.changed == {KEPT: 1}
    assert confirmed.account(KEPT)["retiring"][0]["due"]
    assert [(one["step"], one["status"]) for one in revoked.account(KEPT)["steps"]] == [("retire", "done")]
    assert life.accounts[KEPT].active_ids() == [life.ids_then[STEADY][KEPT]]


def test_the_suitecloud_sheet_refuses_an_ec_key(life):
    assert "**Stop:** The key is EC secp256r1, and SuiteCloud takes RSA keys only." in life.sheet(
        FIRST, KEPT, "suitecloud"
    )
    own = life.sheet(FIRST, OWN, "suitecloud")
    assert "**Stop:**" not in own
    assert (
        f"suitecloud account:setup:ci --account {life.accounts[OWN].realm} --authid own"
        f" --certificateid {life.own.id} --privatekeypath ./own-auth-key.pem"
    ) in code_blocks(own)


def test_a_new_consumer_needs_one_file(life):
    assert code_blocks(life.sheet(FIRST, OWN, "ours"))[0] == f"{life.accounts[OWN].realm} of own"


def test_a_sheet_never_holds_a_secret(life):
    secrets = {**life.keys, "api key": API_KEY}
    for name, sheets in life.sheets.items():
        for file, text in sheets.items():
            if not file.endswith("-auth-key.pem"):
                assert betrayed(text, secrets) == [], (name, file)
                assert "PRIVATE KEY" not in text or file == SCRIPT.name, (name, file)


def test_no_run_shows_a_secret(life):
    secrets = {**life.keys, "api key": API_KEY}
    for name, run in life.runs.items():
        assert betrayed(run.output, secrets) == [], name
        assert betrayed(json.dumps(run.events), secrets) == [], name
        for account in life.accounts.values():
            assert account.client_id not in run.output, name
    assert betrayed_in([life.controller.home, life.controller.tmp], secrets) == {}


@pytest.mark.parametrize("host", [KEPT, OWN])
def test_the_sheets_command_shows_the_key(life, host):
    blocks = code_blocks(life.sheet(STEADY, host, "patchworks"))
    setting, name, *arguments = next(block for block in blocks if " ansible " in block).split()
    controller = life.controller
    inventory = ["-i", str(controller.inventory.path), *controller.vaults.arguments()]
    done = subprocess.run(
        [str(program(name)), *inventory, *arguments],
        cwd=controller.folder,
        env=controller.environment(dict([setting.split("=")])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = [line.strip() for line in done.stdout.splitlines()]
    assert "\n".join(shown).count(life.keys_then[STEADY][host].strip()) == 1


def test_a_call_that_does_not_work_still_brings_a_sheet_and_stops_the_host(life, new_controller, simulator):
    controller, account = new_controller("second"), simulator.account()
    pair = new_pair()
    account.upload(pair.certificate)
    mine = {"netsuite_account_private_key": pair.key, "netsuite_account_certificate": pair.certificate}
    with StandIn(deploy_path="") as patchworks:
        access = {"patchworks_handover_api_url": patchworks.api_url, "patchworks_handover_api_key": API_KEY}
        controller.inventory.add("lone", account.variables(**mine, **access))
        run = controller.play(PLAYBOOK, quiet=False).expect(rc=None)
        sheet = (controller.folder / "handover/lone-patchworks.md").read_text()
        assert "> **Stop:** The script is not ready." in sheet
        assert "choose save and deploy" in sheet
        assert "choose save and deploy" in run.failures("lone")[-1]["msg"]
        latest = patchworks.company.latest(next(iter(patchworks.company.scripts)))
        latest["status"] = "Deployed"
        controller.play(PLAYBOOK).expect()
        assert "**Stop:**" not in (controller.folder / "handover/lone-patchworks.md").read_text()


def test_without_an_api_the_sheet_says_how_to_install_the_script(new_controller, simulator):
    controller, account = new_controller("third"), simulator.account()
    pair = new_pair()
    account.upload(pair.certificate)
    mine = {"netsuite_account_private_key": pair.key, "netsuite_account_certificate_id": pair.id}
    controller.inventory.add("lone", account.variables(**mine, patchworks_handover_script_version="4"))
    controller.play(PLAYBOOK).expect()
    sheet = (controller.folder / "handover/lone-patchworks.md").read_text()
    assert "In **name**, type: `NetSuite OAuth 2 - Generate Client Assertion`" in sheet
    assert "In **language**, select **JavaScript**" in sheet
    assert "Select **version 4**" in sheet
    assert pair.id in code_blocks(sheet)

    # and the check that the sheet still matches: it does not when NetSuite no longer takes what is on it
    assert controller.play(PLAYBOOK, "--check").expect().changed == {"lone": 0}
    account.revoke(pair.id)
    run = controller.play(PLAYBOOK, "--check", "--diff")
    assert run.changed == {"lone": 1}
    assert "+**Not ready:** NetSuite does not grant access tokens for these values." in run.stdout


NAMES = ("my shop", "-dash", "Gr\u00f6\u00dfe & S\u00f6hne", "a'b")


def test_a_host_of_any_name_is_handed_over_and_its_sheet_names_it_in_commands(new_controller, simulator):
    controller = new_controller("names")
    for name in NAMES:
        account, pair = simulator.account(), new_pair()
        account.upload(pair.certificate)
        mine = {"netsuite_account_private_key": pair.key, "netsuite_account_certificate": pair.certificate}
        controller.inventory.add(name, account.variables(**mine))
    assert controller.play(PLAYBOOK).expect().changed == dict.fromkeys(NAMES, 1)
    for name in NAMES:
        sheet = (controller.folder / f"handover/{name}-patchworks.md").read_text()
        assert "**Ready:**" in sheet
        command = next(block for block in code_blocks(sheet) if block.endswith("--check --diff"))
        program_name, playbook, *arguments = shlex.split(command)
        assert (program_name, playbook) == ("ansible-playbook", PLAYBOOK)
        assert controller.play(PLAYBOOK, *arguments).expect().changed == {name: 0}


def test_sheets_are_written_on_the_controller_or_not_at_all(new_controller, simulator):
    controller, pair = new_controller("elsewhere"), new_pair()
    controller.inventory.add("lone", {"ansible_connection": "ssh", "ansible_host": "nowhere.invalid"})
    options = {
        "account_id": "1234567",
        "client_id": "3f8c" * 16,
        "private_key_content": pair.key,
        "certificate_content": pair.certificate,
        "template_folders": [str(SCRIPT.parent / "consumers")],
        "dest": str(controller.folder / "handover"),
    }
    task = {"name": "sheet", "m2m.netsuite.handover_sheet": options}
    assert controller.tasks([{**task, "become": True}], vault=False).expect().changed == {"lone": 1}
    assert (controller.folder / "handover/1234567-patchworks.md").exists()
    run = controller.tasks([{**task, "async": 30}], vault=False).expect(2)
    assert "async" in run.failures("lone")[-1]["msg"]
