# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Four accounts from vaulted variables to checked tokens, by the playbooks onboard and verify.

One life is played once per module, run by run; the tests look at it from several sides.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, snapshot
from ansible_collections.m2m.netsuite.tests.support.material import Pair, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator, unused_id
from ansible_collections.m2m.netsuite.tests.support.story import Story

pytestmark = pytest.mark.matrix

MADE = ("production", "sandbox", "testdrive")  # whose certificates the role makes
HOSTS = (*MADE, "own")
KINDS = {"production": ("RSA", 3072), "sandbox": ("EC", 384), "testdrive": ("EC", 256), "own": ("EC", 256)}
FIRST, AGAIN, MAPPED, STEADY = "first", "again", "mapped", "steady"
PREDICTED, CHECKED, VERIFIED = "predicted", "checked", "verified"


@dataclass
class Life:
    """The accounts, and what each run did: its output, what it wrote locally, what it wrote at NetSuite."""

    controller: Controller
    accounts: dict[str, SimulatedAccount]
    own: Pair
    own_key: Pair
    runs: Story = field(default_factory=Story)
    wrote: dict[str, bool] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)

    def play(self, name: str, playbook: str, *arguments: str) -> None:
        """Play one run of the life and note its effects."""
        before = snapshot(self.controller.inventory.folder), self.write_attempts()
        self.runs[name] = self.controller.play(playbook, *arguments)
        self.wrote[name] = snapshot(self.controller.inventory.folder) != before[0]
        self.writes[name] = self.write_attempts() - before[1]

    def write_attempts(self) -> int:
        """How often a write was tried at NetSuite."""
        return sum(account.counters()["write_attempts"] for account in self.accounts.values())

    def keys(self) -> dict[str, str]:
        """All private keys, opened with the vault's secret."""
        inventory, vaults = self.controller.inventory, self.controller.vaults
        made = {host: vaults.decrypt(inventory.read_credentials(host)["active"]["private_key"]) for host in MADE}
        return {**made, "own": self.own.key}


@pytest.fixture(scope="module")
def life(simulator: Simulator, module_controller: Controller) -> Life:
    controller, encrypt = module_controller, module_controller.vaults.encrypt
    accounts = {
        "production": simulator.account(unused_id()),
        "sandbox": simulator.account(unused_id("_SB1"), preset="spec"),
        "testdrive": simulator.account(unused_id(prefix="TSTDRV")),
        "own": simulator.account(unused_id("_SB2")),
    }
    own, own_key = new_pair(), new_pair(key=None)
    more: dict[str, dict[str, Any]] = {
        "production": {"netsuite_account_key_type": "RSA", "netsuite_account_key_size": 3072},
        "sandbox": {"netsuite_account_curve": "secp384r1", "netsuite_account_application": "Warehouse"},
        "testdrive": {"netsuite_account_private_key": encrypt(own_key.key)},
        "own": {
            "netsuite_account_private_key": encrypt(own.key),
            "netsuite_account_certificate": encrypt(own.certificate),
        },
    }
    for host, account in accounts.items():
        vaulted = {
            "netsuite_account_id": encrypt(account.account_id),
            "netsuite_account_client_id": encrypt(account.client_id),
            "netsuite_account_role_id": encrypt("1000"),
        }
        controller.inventory.add(host, account.variables(**vaulted, **more[host]))
    made = Life(controller, accounts, own, own_key)
    with made.runs.going():
        made.play(PREDICTED, "m2m.netsuite.onboard", "--check", "--diff")
        made.play(FIRST, "m2m.netsuite.onboard", "--diff")
        made.play(AGAIN, "m2m.netsuite.onboard", "--diff")
        for host in MADE:
            accounts[host].upload(certificate_file(made, host).read_text())
        accounts["own"].upload(own.certificate)
        made.play(MAPPED, "m2m.netsuite.onboard", "--diff")
        made.play(STEADY, "m2m.netsuite.onboard", "--diff")
        made.play(CHECKED, "m2m.netsuite.onboard", "--check", "--diff")
        made.play(VERIFIED, "m2m.netsuite.verify")
    return made


def certificate_file(life: Life, host: str) -> Path:
    """The certificate file that the first run's instruction is about."""
    return Path(life.runs[FIRST].result(host, "Ensure key and certificate")["certificate_path"])


def openssl(*arguments: str, data: str = "") -> str:
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_story_comes_to_its_end(life):
    if life.runs.broken is not None:
        raise life.runs.broken


def test_every_run_succeeds(life):
    assert {name: run.rc for name, run in life.runs.items()} == dict.fromkeys(life.runs, 0)


def test_a_check_before_the_first_run_predicts_the_changes_and_writes_nothing(life):
    run = life.runs[PREDICTED]
    assert (life.wrote[PREDICTED], life.writes[PREDICTED]) == (False, 0)
    assert run.changed == life.runs[FIRST].changed == {**dict.fromkeys(MADE, 1), "own": 0}
    for host in HOSTS:
        assert run.account(host)["status"] == "awaiting_upload"
    prediction = run.result("production", "Ensure key and certificate")
    assert (prediction["changed"], prediction["reason"]) == (True, "missing")


def test_the_first_run_says_what_a_person_has_to_do(life):
    for host in HOSTS:
        result = life.runs[FIRST].account(host)
        assert result["status"] == "awaiting_upload"
        account, step = life.accounts[host], result["next_step"]
        assert f"NetSuite account {account.realm}" in step
        assert "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup" in step
        assert f"https://{account.label}.app.netsuite.com/app/oauth2/clientcredentials/setup.nl" in step
        assert "entity with internal id 12" in step
        assert "role with internal id 1000" in step
        assert result["certificate_id"] in step
    for host in MADE:
        assert str(certificate_file(life, host)) in life.runs[FIRST].account(host)["next_step"]
    assert "application Warehouse" in life.runs[FIRST].account("sandbox")["next_step"]


def test_the_instruction_names_the_id_that_netsuite_will_show(life):
    for host in HOSTS:
        shown = life.accounts[host].active_ids()
        assert shown == [life.runs[FIRST].account(host)["certificate_id"]]


def test_the_summary_names_every_account_with_its_next_step(life):
    assert "NetSuite accounts: 4. 0 active, 4 awaiting upload." in life.runs[FIRST].stdout
    for host in HOSTS:
        assert (
            f"- {host} ({life.accounts[host].realm}): awaiting upload. In NetSuite account" in life.runs[FIRST].stdout
        )
    assert "NetSuite accounts: 4. 4 active." in life.runs[STEADY].stdout


def test_a_run_before_the_upload_changes_nothing(life):
    assert life.runs[AGAIN].changed == dict.fromkeys(HOSTS, 0)
    assert not life.wrote[AGAIN]
    for host in HOSTS:
        assert life.runs[AGAIN].account(host)["next_step"] == life.runs[FIRST].account(host)["next_step"]


def test_after_the_upload_every_account_is_active(life):
    for name in (MAPPED, STEADY, CHECKED, VERIFIED):
        for host in HOSTS:
            result = life.runs[name].account(host)
            assert (result["status"], result["next_step"]) == ("active", "Nothing to do."), (name, host)
            assert (result["account"], result["role"], result["entity"]) == (life.accounts[host].realm, "1000", "12")
            assert result["scope"] == ["rest_webservices"]


@pytest.mark.parametrize("name", [STEADY, CHECKED, VERIFIED])
def test_the_steady_state_changes_and_writes_nothing(life, name):
    assert life.runs[name].changed == dict.fromkeys(HOSTS, 0)
    assert (life.wrote[name], life.writes[name]) == (False, 0)


def test_no_run_writes_at_netsuite_by_itself(life):
    assert set(life.writes.values()) == {0}


def test_the_credential_file_is_private_and_its_key_is_vaulted(life):
    inventory = life.controller.inventory
    for host in MADE:
        path = inventory.credentials(host)
        assert path.stat().st_mode & 0o777 == 0o600
        text = path.read_text()
        assert "private_key: !vault |" in text
        assert "PRIVATE KEY" not in text
        key_type, size = KINDS[host]
        credentials = life.runs[STEADY].result(host, "Ensure key and certificate")
        assert (credentials["source"], credentials["key_type"], credentials["key_size"]) == ("file", key_type, size)
    assert not inventory.credentials("own").exists()
    assert life.runs[STEADY].result("own", "Ensure key and certificate")["source"] == "variables"


def test_key_and_certificate_belong_together(life):
    keys = life.keys()
    for host in MADE:
        certificate = life.controller.inventory.read_credentials(host)["active"]["certificate"]
        assert certificate == certificate_file(life, host).read_text()
        of_certificate = openssl("x509", "-noout", "-pubkey", data=certificate)
        assert of_certificate == openssl("pkey", "-pubout", data=keys[host])


def test_a_key_of_ones_own_is_kept(life):
    assert openssl("pkey", "-pubout", data=life.keys()["testdrive"]) == openssl(
        "pkey", "-pubout", data=life.own_key.key
    )
    assert life.runs[FIRST].result("testdrive", "Ensure key and certificate")["reason"] == "certificate_missing"


def test_no_diff_shows_a_secret(life):
    secrets = {**life.keys(), "vault password": life.controller.vaults.passwords["default"]}
    for name, run in life.runs.items():
        assert betrayed(run.output, secrets) == [], name
        assert betrayed(str(run.events), secrets) == [], name


def test_the_diff_shows_what_changes(life):
    diffs = [event["diff"] for event in life.runs[PREDICTED].events if event["event"] == "diff"]
    assert {"reason": "missing"} in [diff["after"] for diff in diffs if isinstance(diff, dict)]


def test_over_tls_with_a_ca_of_ones_own(simulator, account, controller):
    pair = new_pair()
    account.upload(pair.certificate)
    variables = {
        "netsuite_account_private_key": controller.vaults.encrypt(pair.key),
        "netsuite_account_certificate": pair.certificate,
        "netsuite_account_base_url": account.https_url,
    }
    controller.inventory.add("trusting", account.variables(**variables, netsuite_account_ca_path=simulator.ca_path))
    controller.inventory.add("careless", account.variables(**variables, netsuite_account_validate_certs=False))
    run = controller.play("m2m.netsuite.onboard").expect(0)
    assert [run.account(host)["status"] for host in ("trusting", "careless")] == ["active", "active"]


def test_verify_fails_for_what_is_not_active_and_writes_nothing(new_account, controller):
    pair, accounts = new_pair(), {name: new_account() for name in ("good", "unmapped", "bare")}
    accounts["good"].upload(pair.certificate)
    for host, account in accounts.items():
        given = {
            "netsuite_account_private_key": controller.vaults.encrypt(pair.key),
            "netsuite_account_certificate": pair.certificate,
        }
        controller.inventory.add(host, account.variables(**({} if host == "bare" else given)))
    before = snapshot(controller.inventory.folder)
    run = controller.play("m2m.netsuite.verify").expect(None)
    assert snapshot(controller.inventory.folder) == before
    assert [account.counters()["write_attempts"] for account in accounts.values()] == [0, 0, 0]
    assert {host: figures["failures"] > 0 for host, figures in run.recap.items()} == {
        "good": False,
        "unmapped": True,
        "bare": True,
    }
    assert run.account("good")["status"] == "active"
    # The role of the token may not see the integration's certificates, which takes nothing from it.
    assert [check["status"] for check in run.account("good")["checks"]] == ["ok"] * 5 + ["skipped"]
    assert run.changed == {"good": 0, "unmapped": 0, "bare": 0}
    checked = controller.play("m2m.netsuite.verify", "--check").expect(None)
    assert {host for host, figures in checked.recap.items() if figures["failures"]} == {"unmapped", "bare"}
