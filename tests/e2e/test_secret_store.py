# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials in a secret store: a real OpenBao server in place of the credential file, and no vault password."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet, mint
from ansible_collections.m2m.netsuite.tests.support.killed_runs import start_to_be_killed
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

pytestmark = pytest.mark.timeout(600)  # one long story, on a busy machine
ONBOARD, ROTATE, VERIFY, MOVE = (f"m2m.netsuite.{name}" for name in ("onboard", "rotate", "verify", "move"))
LEAST = 'path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }'


@pytest.fixture(scope="module")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture
def fleet(simulator: Simulator, controller: Controller) -> Fleet:
    return Fleet(simulator, controller)


def add(fleet: Fleet, openbao: OpenBao, host: str, **variables: object) -> SimulatedAccount:
    """A host whose first run makes its credentials in the store and maps them by itself."""
    account = fleet.accounts.get(host) or fleet.simulator.account()
    fleet.accounts[host] = account
    kept = {
        "netsuite_account_store": "kv2",
        "netsuite_account_store_url": openbao.url,
        "netsuite_account_store_token": openbao.token_with(LEAST),
        "netsuite_account_store_path": f"netsuite/{account.label}",
        "netsuite_account_curve": "secp256r1",
        "netsuite_account_role_id": "1001",
        "netsuite_account_retries": 0,
    }
    token = {"netsuite_account_bootstrap_token": account.bootstrap_token()}
    fleet.controller.inventory.add(host, account.variables(**{**kept, **token, **variables}))
    return account


def secret(openbao: OpenBao, account: SimulatedAccount) -> dict[str, Any]:
    kept = openbao.client().secrets.kv.v2.read_secret_version(
        f"netsuite/{account.label}", raise_on_deleted_version=True
    )
    found: dict[str, Any] = kept["data"]["data"]
    return found


def check_works(openbao: OpenBao, account: SimulatedAccount) -> dict[str, Any]:
    """What any reader of the flat values gets a token with; the state beside them."""
    found = secret(openbao, account)
    mint(account, found["private_key"], found["certificate_id"])
    state: dict[str, Any] = json.loads(found["state"])
    assert state["active"]["certificate_id"] == found["certificate_id"]
    return state


@pytest.mark.matrix
def test_onboarded_rotated_and_verified_without_a_file_or_a_vault_password(fleet, openbao):
    account = add(fleet, openbao, "one", netsuite_account_overlap_days=0)
    before = snapshot(fleet.controller.inventory.folder)
    fleet.controller.play(ONBOARD, "--check", vault=False).expect(0)
    fleet.controller.play(ONBOARD, vault=False).expect(0)
    first = check_works(openbao, account)
    assert fleet.controller.play(ONBOARD, vault=False).expect(0).changed == {"one": 0}
    run = fleet.controller.play(ROTATE, "-vvvvv", vault=False, quiet=False).expect(0)
    second = check_works(openbao, account)
    assert (second["active"]["number"], "retiring" in second) == (2, False)
    assert account.active_ids() == [second["active"]["certificate_id"]]
    assert fleet.controller.play(VERIFY, vault=False).expect(0).account("one")["status"] == "active"
    assert snapshot(fleet.controller.inventory.folder) == before
    keys = {"old": first["active"]["private_key"], "new": second["active"]["private_key"]}
    assert not any(key in run.stdout or json.dumps(key)[1:-1] in run.stdout for key in keys.values())
    assert betrayed_in([fleet.controller.folder], keys) == {}


def test_a_credential_file_moves_into_the_store_and_no_second_key_is_made(fleet, openbao):
    """Which store is meant may be a template. A lookup reads the token's credentials where they are by then."""
    account = add(fleet, openbao, "one", netsuite_account_store="file")
    fleet.controller.play(ONBOARD).expect(0)
    kept = fleet.stored("one")
    chosen = {"netsuite_account_store": "{{ team_store }}", "team_store": "kv2"}
    add(fleet, openbao, "one", **chosen, netsuite_account_bootstrap_token="")
    planned = fleet.controller.play(ONBOARD, "--check").expect(0)
    run = fleet.controller.play(ONBOARD).expect(0)
    for each in (planned, run):
        assert each.result("one", "Ensure key and certificate")["reason"] == "moved"
        assert each.changed == {"one": 1}
    plain = {**kept["active"], "private_key": fleet.key(kept["active"])}
    assert check_works(openbao, account) == {**kept, "active": plain}
    fleet.controller.inventory.credentials("one").unlink()
    claims = {"ansible.builtin.debug": {"msg": "{{ lookup('m2m.netsuite.access_token') | m2m.netsuite.jwt_claims }}"}}
    shown = fleet.controller.tasks([{"name": "Claims", **claims}], vault=False).expect(0).result("one", "Claims")
    assert account.client_id in shown["msg"]["aud"]
    assert fleet.controller.play(ONBOARD, vault=False).expect(0).changed == {"one": 0}


def test_the_playbook_moves_credentials_into_the_store_and_back(fleet, openbao):
    """Nothing but the place changes: the same certificate, before and after, and no key in any output."""
    mover = openbao.token_with(f'{LEAST}\npath "secret/metadata/netsuite/*" {{ capabilities = ["delete"] }}')
    accounts = {
        host: add(fleet, openbao, host, netsuite_account_store="file", netsuite_account_store_token=mover)
        for host in ("one", "two")
    }
    play = fleet.controller.play
    play(ONBOARD).expect(0)
    files = {host: fleet.controller.inventory.credentials(host) for host in accounts}
    keys = {host: fleet.key(fleet.stored(host)["active"]) for host in accounts}
    assert "Set netsuite_move_to to kv2 or file" in play(MOVE, quiet=False).expect(2).stdout
    into, back = ("-e", "netsuite_move_to=kv2"), ("-e", "netsuite_move_to=file")
    before = snapshot(fleet.controller.inventory.folder)
    runs = [play(MOVE, *into, "--check", "--diff").expect(0)]
    assert snapshot(fleet.controller.inventory.folder) == before
    runs.append(play(MOVE, *into, "--diff", "-vvvvv", "-e", "netsuite_accounts_serial=1", quiet=False).expect(0))
    assert [run.changed for run in runs] == [{"one": 1, "two": 1}] * 2
    assert not any(path.exists() for path in files.values())
    there = ("-e", "netsuite_account_store=kv2")
    assert play(VERIFY, *there, vault=False).expect(0).account("one")["status"] == "active"
    assert play(MOVE, *into, vault=False).expect(0).changed == {"one": 0, "two": 0}
    refused = play(ONBOARD, vault=False).expect(None)  # the inventory still says that they are kept in files
    assert "holds credentials of this account" in refused.stdout
    runs.append(play(MOVE, *back, "--diff").expect(0))
    assert {host: fleet.key(fleet.stored(host)["active"]) for host in accounts} == keys
    assert play(VERIFY).expect(0).account("two")["status"] == "active"
    assert [account.active_ids() for account in accounts.values()] == [
        [fleet.stored(host)["active"]["certificate_id"]] for host in accounts
    ]
    assert not any(json.dumps(key)[1:-1] in run.output or key in run.output for key in keys.values() for run in runs)


def test_it_is_handed_over_from_the_store(fleet, openbao):
    """The sheet offers the file with the key, and no inventory variable, because there is none."""
    account = add(fleet, openbao, "one")
    fleet.controller.play(ONBOARD, vault=False).expect(0)
    reveal = ("-e", "patchworks_handover_reveal_key=true")
    fleet.controller.play("m2m.netsuite.handover", *reveal, vault=False, quiet=False).expect(0)
    folder = fleet.controller.folder / "handover"
    found = secret(openbao, account)
    assert (folder / "one-auth-key.pem").read_text() == found["private_key"]
    sheet = (folder / "one-patchworks.md").read_text()
    assert found["certificate_id"] in sheet
    assert "patchworks_handover_reveal_key=true" in sheet
    assert "ansible.builtin.debug" not in sheet


LOAD, SAVE, CHECK = "call GET secret", "call POST secret", ("call POST token", "call GET serverTime")
UPLOAD = ("call GET certificates", "call POST certificates")
#: Saved before NetSuite sees it, proven, and noted.
FIRST_STEPS = [LOAD, "call GET mount", "call GET keys", SAVE, LOAD, *UPLOAD, *CHECK, LOAD, SAVE]
STEPS = [
    *(LOAD, "call GET keys", SAVE),  # the pending pair
    *(LOAD, *CHECK),
    *(LOAD, "call POST token", *UPLOAD),
    *(*CHECK, LOAD, SAVE),  # the proof and the promotion
    *("call GET certificates", "call POST revoke", "call GET certificates", LOAD, SAVE),
]
ALL = pytest.mark.campaign


def killed_after(fleet: Fleet, playbook: str, host: str, number: int) -> list[str]:
    """Run a playbook on one host to the end of a step, and no further; its steps."""
    started, steps = start_to_be_killed(fleet.controller, playbook, host, f"{number}:after")
    run = started.wait()
    assert run.rc == -9, run.tail()
    names = {fleet.accounts[host].label: "secret"} | ({"secret": "mount"} if playbook == ONBOARD else {})
    found = (line.rpartition(" ") for line in steps.read_text().splitlines())
    return [f"{call} {names.get(what, what)}" for call, _blank, what in found]


@pytest.mark.parametrize(
    "numbers",
    [pytest.param((4, 7), id="some"), pytest.param(range(1, len(FIRST_STEPS) + 1), id="all", marks=ALL)],
)
def test_a_first_run_killed_after_a_call_is_resumed(fleet, openbao, numbers):
    hosts = {f"n{number}": number for number in numbers}
    for host, number in hosts.items():
        add(fleet, openbao, host)
        assert killed_after(fleet, ONBOARD, host, number) == FIRST_STEPS[:number]
    fleet.controller.play(ONBOARD, "--forks", "4", timeout=400, vault=False).expect(0)
    for host in hosts:
        state = check_works(openbao, fleet.accounts[host])
        assert fleet.accounts[host].active_ids() == [state["active"]["certificate_id"]], host
        assert (state["active"]["number"], set(state) & {"pending", "retiring"}) == (1, set()), host


@pytest.mark.parametrize(
    "numbers",
    [pytest.param((3, 10, 14, 16), id="some"), pytest.param(range(1, len(STEPS) + 1), id="all", marks=ALL)],
)
def test_a_rotation_killed_after_a_call_is_resumed(fleet, openbao, numbers):
    """Of NetSuite and of the store: the pair is stored before NetSuite sees it, promoted once it is proven."""
    hosts = {f"k{number:02d}": number for number in numbers}
    for host in hosts:
        add(fleet, openbao, host, netsuite_account_overlap_days=0)
    fleet.controller.play(ONBOARD, "--forks", "4", timeout=400, vault=False).expect(0)
    reached: dict[str, int] = {}  # the number of the active pair by then
    for host, number in hosts.items():
        assert killed_after(fleet, ROTATE, host, number) == STEPS[:number], host
        reached[host] = check_works(openbao, fleet.accounts[host])["active"]["number"]  # what is stored works
    fleet.controller.play(ROTATE, "--forks", "4", timeout=400, vault=False).expect(0)
    for host, number in reached.items():
        state = check_works(openbao, fleet.accounts[host])
        assert "pending" not in state, host
        assert fleet.accounts[host].active_ids() == [state["active"]["certificate_id"]], host
        assert state["active"]["number"] == number + 1, host


def test_two_runs_at_once_make_one_rotation(fleet, openbao):
    account = add(fleet, openbao, "one", netsuite_account_retries=3)
    fleet.controller.play(ONBOARD, vault=False).expect(0)
    started = [fleet.controller.start(ROTATE, vault=False) for _run in range(2)]
    for run in [each.wait() for each in started]:
        assert run.expect(0).account("one")["status"] == "active"
    state = check_works(openbao, account)
    assert state["active"]["number"] == 2
    kept = [state["active"]["certificate_id"], *(one["certificate_id"] for one in state["retiring"])]
    assert sorted(account.active_ids()) == sorted(kept)
