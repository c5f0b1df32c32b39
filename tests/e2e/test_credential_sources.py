# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where credentials live: in vaulted variables, in the credential file, or in a file that is kept on another machine.

And who shares them: accounts with one certificate, integrations with several hosts, hosts with one file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet, mint
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator, unused_id

ONBOARD, ROTATE, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.rotate", "m2m.netsuite.verify"
AWX = ("-e", "awx_job_id=7")
TASK = "Ensure key and certificate"


@pytest.fixture
def fleet(simulator: Simulator, controller: Controller) -> Fleet:
    return Fleet(simulator, controller)


def headless(fleet: Fleet, host: str, *, knobs: dict[str, Any] | None = None, **variables: object) -> SimulatedAccount:
    """A host whose credentials the first run makes and maps by itself."""
    account = fleet.accounts[host] = fleet.simulator.account(**(knobs or {}))
    common = {"netsuite_account_curve": "secp256r1", "netsuite_account_role_id": "1001"}
    token = account.bootstrap_token()
    fleet.controller.inventory.add(
        host, account.variables(**common, netsuite_account_bootstrap_token=token, **variables)
    )
    return account


def credential_file(fleet: Fleet, host: str) -> Path:
    return fleet.controller.inventory.credentials(host)


def override(fleet: Fleet, host: str, **variables: object) -> None:
    """Variables of a host that come on top of all others."""
    fleet.controller.inventory.host_file(host, "zz.yml").write_text(dump(variables))


# vaulted variables


def test_credentials_in_vaulted_variables_are_left_where_they_are(fleet):
    fleet.add("given")
    before = snapshot(fleet.controller.inventory.folder)
    for playbook, arguments in ((ONBOARD, ()), (ONBOARD, AWX), (VERIFY, AWX)):
        run = fleet.controller.play(playbook, *arguments).expect(0)
        assert (run.account("given")["status"], run.changed["given"]) == ("active", 0)
        assert run.result("given", TASK)["source"] == "variables"
    assert snapshot(fleet.controller.inventory.folder) == before
    assert fleet.accounts["given"].counters()["write_attempts"] == 0


def test_a_certificate_that_ends_soon_is_reported_when_it_came_in_variables(fleet):
    fleet.add("given", netsuite_account_renew_before_days=400, netsuite_account_valid_days=730)
    run = fleet.controller.play(ONBOARD).expect(0)
    assert (run.account("given")["status"], run.changed["given"]) == ("active", 0)
    assert "It came in variables: replace them, or run the playbook rotate" in run.stdout


def test_no_key_is_made_where_nothing_lasts(fleet):
    account = headless(fleet, "bare")
    fleet.add("given")
    before = snapshot(fleet.controller.inventory.folder)
    run = fleet.controller.play(ROTATE, *AWX).expect(2)
    for host in ("bare", "given"):
        assert "Set credentials_path to a permanent location" in run.account(host)["next_step"]
    assert "NetSuite accounts: 2. 1 active, 1 failed." in run.stdout
    assert snapshot(fleet.controller.inventory.folder) == before
    assert account.counters()["requests"] == {}
    fleet.mint("given")


# a credential file that is kept on another machine


@pytest.mark.matrix
def test_a_file_that_is_kept_elsewhere_is_read_as_a_variable(fleet, new_controller):
    accounts = {
        "plain": headless(fleet, "plain"),
        "othered": headless(fleet, "othered", knobs={"returned_certificate_id": "other"}),
    }
    fleet.controller.play(ONBOARD, quiet=False).expect(0)
    away = new_controller("away")
    stale = new_pair()
    for host, account in accounts.items():
        old = {
            "netsuite_account_private_key": away.vaults.encrypt(stale.key),
            "netsuite_account_certificate": stale.certificate,
        }
        away.inventory.add(host, account.variables(netsuite_account_role_id="1001", **old))
        away.inventory.host_file(host, "synchronised.yml").write_text(credential_file(fleet, host).read_text())
    before = snapshot(away.inventory.folder)
    for playbook in (ONBOARD, VERIFY):
        run = away.play(playbook, *(AWX if playbook == VERIFY else ())).expect(0)
        for host in accounts:
            shown = fleet.generation_ids(host)[0]
            assert (run.account(host)["status"], run.changed[host]) == ("active", 0)
            assert run.account(host)["certificate_id"] == shown
    run = away.play(ROTATE, *AWX).expect(2)
    for host in accounts:
        assert "a credential file that is not on this machine" in run.account(host)["next_step"]
    assert "NetSuite accounts: 2. 2 active." in run.stdout
    assert snapshot(away.inventory.folder) == before


# vault ids


def vault_id_of(text: str) -> str:
    """The label of a vault envelope."""
    return text.strip().split("\n", 1)[0].split(";")[3]


@pytest.fixture
def two_environments(fleet: Fleet) -> Fleet:
    """A production account and a sandbox, each with a vault id of its own; no vault id is the default."""
    vaults = fleet.controller.vaults
    vaults.passwords.clear()
    for vault_id in ("prod", "sb"):
        vaults.add(vault_id)
    headless(fleet, "live", netsuite_account_vault_id="prod")
    headless(fleet, "test", netsuite_account_vault_id="sb")
    return fleet


@pytest.mark.matrix
def test_each_environment_has_its_vault_id(two_environments):
    fleet = two_environments
    fleet.controller.play(ONBOARD).expect(0)
    keys = {host: fleet.stored(host)["active"]["private_key"] for host in ("live", "test")}
    assert {host: vault_id_of(key) for host, key in keys.items()} == {"live": "prod", "test": "sb"}
    run = fleet.controller.play(ONBOARD, "--limit", "test", vault=["sb"]).expect(0)
    assert run.changed == {"test": 0}
    override(fleet, "test", netsuite_account_vault_id="")  # the id in use is kept, although prod comes first
    fleet.controller.play(ROTATE, "--limit", "test").expect(0)
    assert vault_id_of(fleet.stored("test")["active"]["private_key"]) == "sb"


@pytest.mark.matrix
def test_another_vault_id_encrypts_anew(two_environments):
    fleet = two_environments
    override(fleet, "test", netsuite_account_encryption="file")
    fleet.accounts["live"].change(roles=[{"id": 1001, "permissions": []}])  # so that a rotation stays half-way
    fleet.accounts["live"].fault("certificates.upload", "status", status=400, count=None)
    fleet.controller.play(ONBOARD).expect(None)
    fleet.accounts["live"].no_faults()
    fleet.controller.play(ONBOARD).expect(None)
    before = fleet.stored("live"), credential_file(fleet, "test").read_text()
    assert vault_id_of(before[1]) == "sb"
    fleet.controller.vaults.add("next")
    for host, more in (("live", {}), ("test", {"netsuite_account_encryption": "file"})):
        override(fleet, host, netsuite_account_vault_id="next", **more)
    run = fleet.controller.play(ONBOARD, "--check").expect(None)
    assert (run.result("live", TASK)["reason"], run.result("test", TASK)["reason"]) == ("vault_id", "vault_id")
    assert credential_file(fleet, "test").read_text() == before[1]
    fleet.controller.play(ONBOARD).expect(None)
    assert vault_id_of(fleet.stored("live")["active"]["private_key"]) == "next"
    assert fleet.key(fleet.stored("live")["active"]) == fleet.key(before[0]["active"])
    assert vault_id_of(credential_file(fleet, "test").read_text()) == "next"
    run = fleet.controller.play(ONBOARD, vault=["next"]).expect(None)
    assert [run.result(host, TASK)["changed"] for host in ("live", "test")] == [False, False]


# encryption


def test_without_a_vault_secret_no_key_is_made(fleet):
    account = headless(fleet, "one")
    before = snapshot(fleet.controller.inventory.folder)
    run = fleet.controller.play(ONBOARD, vault=False).expect(2)
    assert "--vault-id" in run.account("one")["next_step"]
    assert snapshot(fleet.controller.inventory.folder) == before
    assert account.counters()["requests"] == {}


def test_a_plaintext_key_is_sealed_as_soon_as_that_can_be_done(fleet):
    headless(fleet, "one", netsuite_account_allow_plaintext_key=True)
    fleet.controller.play(ONBOARD, vault=False, quiet=False).expect(0)
    path = credential_file(fleet, "one")
    key = fleet.stored("one")["active"]["private_key"]
    assert "BEGIN PRIVATE KEY" in key
    assert path.stat().st_mode & 0o777 == 0o600
    run = fleet.controller.play(ONBOARD).expect(0)
    assert run.changed["one"] == 0  # the leave still stands
    override(fleet, "one", netsuite_account_allow_plaintext_key=False)
    assert fleet.controller.play(ONBOARD, vault=False).expect(0).changed["one"] == 0
    assert fleet.controller.play(ONBOARD).expect(0).changed["one"] == 1
    assert fleet.key(fleet.stored("one")["active"]) == key
    assert betrayed_in([fleet.controller.inventory.folder], {"key": key}) == {}


@pytest.mark.matrix
def test_the_form_of_a_present_file_is_kept_and_no_key_is_in_clear(fleet):
    headless(fleet, "inline")
    headless(fleet, "whole", netsuite_account_encryption="file")
    fleet.controller.play(ONBOARD).expect(0)
    override(fleet, "inline", netsuite_account_encryption="file")
    override(fleet, "whole", netsuite_account_encryption="value")
    fleet.accounts["inline"].fault("certificates.upload", "status", status=400)
    fleet.controller.play(ROTATE).expect(0)
    stored = fleet.stored("inline")
    assert [vault[:15] for vault in (stored["active"]["private_key"], stored["pending"]["private_key"])] == [
        "$ANSIBLE_VAULT;"
    ] * 2
    text = credential_file(fleet, "whole").read_text()
    assert text.startswith("$ANSIBLE_VAULT;")
    assert "number: 2" in fleet.controller.vaults.decrypt(text)
    assert fleet.controller.play(VERIFY).expect(2).account("whole")["status"] == "active"


# sharing


def test_accounts_share_one_certificate(fleet):
    pair, accounts = new_pair(), {name: fleet.simulator.account(unused_id(name)) for name in ("_SB1", "_SB2")}
    accounts[""] = fleet.simulator.account(unused_id())
    vaults, inventory = fleet.controller.vaults, fleet.controller.inventory
    inventory.group_vars(
        "netsuite_accounts",
        {
            "netsuite_account_private_key": vaults.encrypt(pair.key),
            "netsuite_account_certificate": pair.certificate,
            "netsuite_account_curve": "secp256r1",
        },
    )
    for name, account in accounts.items():
        token = {"netsuite_account_bootstrap_token": account.bootstrap_token()}
        inventory.add(f"shared{name}", account.variables(netsuite_account_role_id="1001", **token))
    run = fleet.controller.play(ONBOARD).expect(0)
    hosts = [f"shared{name}" for name in accounts]
    assert [run.account(host)["status"] for host in hosts] == ["active"] * 3
    assert [account.active_ids() for account in accounts.values()] == [[pair.id]] * 3
    assert fleet.controller.play(ONBOARD).expect(0).changed == dict.fromkeys(hosts, 0)
    fleet.controller.play(ROTATE).expect(0)
    made = {fleet.generation_ids(host)[0] for host in hosts}
    assert len(made) == 3  # each account goes its own way from here
    assert pair.id not in made


def test_two_hosts_share_one_integration(fleet):
    account = headless(fleet, "warehouse")
    fleet.controller.inventory.add(
        "webshop",
        account.variables(
            netsuite_account_role_id="1001",
            netsuite_account_entity_id="-5",
            netsuite_account_curve="secp256r1",
            netsuite_account_bootstrap_token=account.bootstrap_token(),
        ),
    )
    run = fleet.controller.play(ONBOARD).expect(0)
    assert [run.account(host)["entity"] for host in ("warehouse", "webshop")] == ["12", "-5"]
    fleet.controller.play(ROTATE).expect(0)
    assert len(account.active_ids()) == 4
    override(fleet, "webshop", netsuite_account_overlap_days=0)
    fleet.controller.play(ONBOARD).expect(0)
    assert len(account.active_ids()) == 3


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_hosts_with_one_credential_file_take_turns(fleet, strategy):
    account = headless(fleet, "first")
    path = str(credential_file(fleet, "first"))
    for host in ("second", "third"):
        variables = {"netsuite_account_role_id": "1001", "netsuite_account_curve": "secp256r1"}
        fleet.controller.inventory.add(host, account.variables(netsuite_account_credentials_path=path, **variables))
    arguments = ("--forks", "3", "-e", f"netsuite_accounts_strategy={strategy}")
    fleet.controller.play(ONBOARD, *arguments).expect(0)
    assert len(account.active_ids()) == 1
    run = fleet.controller.play(ROTATE, *arguments).expect(0)
    assert {run.account(host)["status"] for host in ("first", "second", "third")} == {"active"}
    active, pending, retiring = fleet.generation_ids("first")
    assert (pending, len(retiring)) == (None, 1)
    assert account.active_ids() == [*retiring, active]
    assert fleet.controller.play(ROTATE, *arguments).expect(0).changed == dict.fromkeys(("first", "second", "third"), 0)
    mint(account, fleet.key(fleet.stored("first")["active"]), active)


def test_two_runs_at_once_make_one_rotation(fleet):
    host = fleet.add("one", netsuite_account_retries=3)
    for _round in range(2):
        started = [fleet.controller.start(ROTATE) for _run in range(2)]
        for run in [each.wait() for each in started]:
            assert run.expect(0).account(host)["status"] == "active"
        active, pending, retiring = fleet.generation_ids(host)
        assert (pending, retiring) == (None, [fleet.pairs[host].id])
        assert fleet.accounts[host].active_ids() == [*retiring, active]
    fleet.mint(host)


def test_a_host_may_stand_for_several_accounts(fleet):
    """What was found of one account does not count for the next."""
    for name, role in (("stuck", "1000"), ("fine", "1001")):
        fleet.add(name, role=role)
    accounts = []
    for name in ("stuck", "fine"):
        account, pair = fleet.accounts[name], fleet.pairs[name]
        accounts.append(
            account.variables(
                netsuite_account_private_key=pair.key,
                netsuite_account_certificate=pair.certificate,
                netsuite_account_certificate_id=pair.id,
                netsuite_account_role_id=account.mappings()[0]["role"]["id"],
                netsuite_account_credentials_path=str(fleet.controller.folder / f"{name}.yml"),
                netsuite_account_rotate=name == "stuck",
                netsuite_account_curve="secp256r1",
            )
        )
    task = {
        "name": "One account after the other",
        "ansible.builtin.include_role": {"name": "m2m.netsuite.netsuite_account"},
        "loop": accounts,
        "loop_control": {"loop_var": "one", "label": "{{ one.netsuite_account_id }}"},
        "vars": {name: f"{{{{ one.{name} }}}}" for name in accounts[0]},
    }
    run = fleet.controller.tasks([task], hosts="stuck").expect(0)
    first, second = run.results("stuck", action="account_result")
    assert first["status"] == "awaiting_upload"
    assert (second["status"], second["next_step"]) == ("active", "Nothing to do.")
    assert second["account"] == fleet.accounts["fine"].realm


def test_what_was_mapped_for_one_account_is_not_the_next_one_s(fleet):
    """The next account has nothing to change, so its run reaches no stage that would begin anew."""
    for name in ("fresh", "settled"):
        fleet.add(name)
    accounts = []
    for name in ("fresh", "settled"):
        account, pair = fleet.accounts[name], fleet.pairs[name] if name == "settled" else new_pair()
        accounts.append(
            account.variables(
                netsuite_account_private_key=pair.key,
                netsuite_account_certificate=pair.certificate,
                netsuite_account_certificate_id=pair.id,
                netsuite_account_role_id="1001",
                netsuite_account_credentials_path="",
                netsuite_account_bootstrap_token=account.bootstrap_token() if name == "fresh" else "",
            )
        )
    task = {
        "name": "One account after the other",
        "ansible.builtin.include_role": {"name": "m2m.netsuite.netsuite_account"},
        "loop": accounts,
        "loop_control": {"loop_var": "one", "label": "{{ one.netsuite_account_id }}"},
        "vars": {name: f"{{{{ one.{name} }}}}" for name in accounts[0]},
    }
    run = fleet.controller.tasks([task], hosts="fresh").expect(0)
    assert [one["certificate_id"] for one in run.results("fresh", action="account_result")] == [
        one["netsuite_account_certificate_id"] for one in accounts
    ]
    assert [one["next_step"] for one in run.results("fresh", action="account_result")] == ["Nothing to do."] * 2


# the certificate API by itself


def test_what_cannot_be_revoked_or_uploaded_is_refused_with_the_reason(fleet):
    fleet.add("one")
    account, own = fleet.accounts["one"], fleet.pairs["one"]
    spare = [account.upload(new_pair().certificate, role=1001) for _time in range(4)]
    common = {**account.options(), "private_key_content": own.key, "certificate_content": own.certificate}
    sixth = new_pair(key=new_key()).certificate
    other = {**common, "role": "1001", "entity": "12", "certificate_content": sixth}
    revoke = {**common, "state": "revoked"}
    tasks: list[dict[str, Any]] = [
        {"name": "Sixth", "m2m.netsuite.certificate_mapping": {**other, "signing_certificate_id": own.id}},
        {"name": "Unknown", "m2m.netsuite.certificate_mapping": {**revoke, "certificate_id": "A" * 43}},
        {"name": "Once", "m2m.netsuite.certificate_mapping": {**revoke, "certificate_id": spare[0]}},
        {"name": "Twice", "m2m.netsuite.certificate_mapping": {**revoke, "certificate_id": spare[0]}},
        {"name": "List", "m2m.netsuite.certificate_mapping_info": common},
    ]
    run = fleet.controller.tasks([{**task, "ignore_errors": True} for task in tasks], hosts="one", quiet=False)
    refusal = run.result("one", "Sixth")
    assert (refusal["cause"], sorted(entry["certificate_id"] for entry in refusal["revocable"])) == (
        "five_active_certificates",
        sorted(spare),
    )
    assert run.result("one", "Unknown")["cause"] == "unknown_certificate"
    assert "lists no certificate" in run.result("one", "Unknown")["msg"]
    assert [run.result("one", name)["changed"] for name in ("Once", "Twice", "List")] == [True, False, False]
    assert run.result("one", "List")["active_count"] == 4
    assert account.counters()["write_attempts"] == 1
