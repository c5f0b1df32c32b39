# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that users have for other reasons: in ansible.cfg, in the inventory, as text, and behind a lookup."""

from __future__ import annotations

import json

import pytest

from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

ONBOARD, ROTATE, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.rotate", "m2m.netsuite.verify"


@pytest.fixture
def fleet(simulator, controller):
    found = Fleet(simulator, controller)
    found.add("good")
    return found


@pytest.mark.parametrize("playbook", [ONBOARD, VERIFY])
def test_any_errors_fatal_neither_hides_a_failure_nor_the_summary(fleet, playbook):
    fleet.add("bad", netsuite_account_id="not an id")
    run = fleet.controller.play(playbook, env={"ANSIBLE_ANY_ERRORS_FATAL": "true"}, quiet=False).expect(2)
    assert run.stdout.count("NetSuite accounts: 2.") == 1
    assert run.account("good")["status"] == "active"


@pytest.mark.parametrize(
    ("environment", "variables"),
    [
        ({"ANSIBLE_BECOME": "true", "ANSIBLE_BECOME_METHOD": "su"}, {}),
        ({}, {"ansible_become": True, "ansible_become_method": "su"}),
        ({}, {"ansible_connection": "ssh", "ansible_host": "192.0.2.1"}),
    ],
    ids=["become in ansible.cfg", "become in the inventory", "ssh in the inventory"],
)
def test_accounts_are_managed_on_the_controller_whatever_the_inventory_is_for(fleet, environment, variables):
    fleet.controller.inventory.group_vars("all", variables)
    run = fleet.controller.play(ROTATE, env=environment).expect(0)
    assert run.account("good")["status"] == "active"
    assert fleet.generation_ids("good")[1] is None


@pytest.mark.parametrize(
    "text", ["no", *(pytest.param(text, marks=pytest.mark.campaign) for text in ("false", "False", "0"))]
)
def test_a_boolean_may_be_a_text(fleet, text):
    run = fleet.controller.play(ROTATE, "-e", f"netsuite_account_read_only={text}").expect(0)
    assert run.account("good")["status"] == "active"
    assert fleet.stored("good")["active"]["number"] == 2


def documents(fleet: Fleet) -> dict[str, object]:
    """The variable of the credential file, as a store hands it out: the key is not encrypted there."""
    fleet.controller.play(ROTATE).expect(0)
    stored = fleet.stored("good")
    assert stored is not None
    active = {**stored["active"], "private_key": fleet.key(stored["active"])}
    fleet.controller.inventory.credentials("good").unlink()
    return {"format": 1, "account": stored["account"], "active": active}


def test_credentials_may_be_looked_up(fleet):
    account = fleet.accounts["good"]
    document = documents(fleet)
    store = fleet.controller.folder / "store.json"
    store.write_text(json.dumps(document))
    whole = f"{{{{ lookup('ansible.builtin.file', '{store}') }}}}"
    key = f"{{{{ (lookup('ansible.builtin.file', '{store}') | from_json).active.private_key }}}}"
    in_parts = {**document, "active": {**document["active"], "private_key": key}}
    if_there = f"{{% if true %}}{document['active']['private_key']}{{% endif %}}"
    in_a_condition = {**document, "active": {**document["active"], "private_key": if_there}}
    encrypted = fleet.controller.vaults.encrypt(json.dumps(document))
    for form in (whole, f"{whole[:-3]} | from_json }}}}", in_parts, in_a_condition, encrypted):
        variables = account.variables(netsuite_account_credentials=form, netsuite_account_role_id="1001")
        fleet.controller.inventory.add("good", {**variables, "netsuite_account_id": account.account_id})
        run = fleet.controller.play(ONBOARD, quiet=False).expect(0)
        assert run.account("good")["certificate_id"] == document["active"]["certificate_id"]
        assert not fleet.controller.inventory.credentials("good").exists()


def test_no_key_is_made_where_credentials_cannot_be_looked_up(fleet):
    values = [
        "{{ 'nonsense' }}",
        "{{ lookup('ansible.builtin.env', 'NOT_THERE') }}",
        "{{ none }}",
        "{{ {} }}",
        "{{ '{}' }}",
        {"active": {"certificate": "c"}},
        {"active": "nonsense"},
        {"active": "{{ ['x'] }}"},
        ["a list"],
    ]
    hosts = {fleet.add(f"host{number}"): value for number, value in enumerate(values)}
    for host, value in hosts.items():
        fleet.controller.inventory.host_file(host, "zz.yml").write_text(
            json.dumps({"netsuite_account_credentials": value, "netsuite_account_private_key": ""})
        )
    run = fleet.controller.play(ONBOARD, quiet=False).expect(2)
    why = "netsuite_account_credentials is set but does not contain an active pair"
    for host, value in hosts.items():
        assert why in run.account(host)["next_step"], value
        assert not fleet.controller.inventory.credentials(host).exists(), value
    assert run.account("good")["status"] == "active"


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["run", "check mode"])
def test_a_file_of_host_variables_is_not_hidden_by_the_credential_file(simulator, controller, arguments):
    folder = controller.inventory.folder / "host_vars"
    accounts = {host: simulator.account() for host in ("yml", "yaml", "json")}
    files = {host: folder / f"{host}.{host}" for host in accounts}

    def steps(rc: int, **variables: object) -> dict[str, str]:
        """The next step of each host; the inventory names these variables of it."""
        hosts = {host: account.variables(**variables) if variables else {} for host, account in accounts.items()}
        controller.inventory.path.write_text(json.dumps({"netsuite_accounts": {"hosts": hosts}}))
        run = controller.play(ONBOARD, *arguments).expect(rc)
        return {host: run.account(host)["next_step"] for host in accounts}

    folder.mkdir()
    for host, account in accounts.items():
        files[host].write_text(json.dumps(account.variables(netsuite_account_role_id="1000")))
    for host, step in steps(2).items():
        for named in (files[host].name, "vars.yml", "netsuite_account_credentials_path"):
            assert named in step
        assert not (folder / host).exists()
    for host in accounts:  # and where that has happened already
        (folder / host).mkdir()
    assert all("does not read" in step for step in steps(2, netsuite_account_role_id="3").values())
    for host in accounts:
        files[host].rename(folder / host / "vars.yml")
    assert all("role with internal id 1000" in step for step in steps(0, netsuite_account_role_id="3").values())


def test_what_is_no_boolean_is_not_taken_for_a_no(fleet):
    run = fleet.controller.play(ROTATE, "-e", "netsuite_account_read_only=maybe", quiet=False).expect(2)
    assert "netsuite_account_read_only" in run.account("good")["next_step"]
    assert fleet.stored("good") is None


def test_a_key_in_the_place_of_a_boolean_is_quoted_by_no_playbook(fleet):
    """Ansible would check the variables of a role by itself, and repeat the value."""
    body = "".join(new_pair().key.splitlines()[1:-1])
    run = fleet.controller.play("m2m.netsuite.handover", "-e", f"netsuite_account_read_only={body}").expect(2)
    assert "read_only holds a private key" in run.account("good")["next_step"]
    assert body[20:60] not in run.stdout + run.stderr
