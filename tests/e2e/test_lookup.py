# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup access_token, and the filters beside it, in playbooks; the simulator counts the logins."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support import openssl
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

pytestmark = pytest.mark.matrix

LOOKUP = "lookup('m2m.netsuite.access_token'%s)"
# Each option by name, from the variables that hold it.
BY_NAME = (
    ", account_id=netsuite_account_id, base_url=netsuite_account_base_url, client_id=netsuite_account_client_id"
    ", private_key_content=netsuite_account_private_key, certificate_content=netsuite_account_certificate"
)


@pytest.fixture
def fleet(simulator, controller) -> Fleet:
    return Fleet(simulator, controller)


def claims_of(*options: str) -> dict[str, Any]:
    """A task that shows who the token is for, and not the token."""
    return {
        "name": "Claims",
        "ansible.builtin.debug": {"msg": f"{{{{ {LOOKUP % ''.join(options)} | m2m.netsuite.jwt_claims }}}}"},
    }


def call(*options: str, **more: Any) -> dict[str, Any]:
    """A task that makes a call with a token."""
    uri = {
        "url": "{{ netsuite_account_base_url }}/services/rest/system/v1/serverTime",
        "headers": {"Authorization": f"Bearer {{{{ {LOOKUP % ''.join(options)} }}}}"},
    }
    return {"name": "Call", "ansible.builtin.uri": uri, "no_log": True, **more}


def logins(fleet: Fleet) -> dict[str, int]:
    """By host, the requests for a token."""
    return {host: account.counters()["requests"].get("token", 0) for host, account in fleet.accounts.items()}


def messages(run: Run, host: str) -> list[Any]:
    return [result["msg"] for result in run.results(host)]


def left(controller: Controller) -> list[str]:
    """What is left of the runs' temporary folders."""
    return [str(path) for path in (controller.home / ".ansible/tmp").rglob("*")]


@pytest.mark.parametrize(("tasks", "loops"), [(10, 10), pytest.param(100, 1, marks=pytest.mark.campaign)])
def test_a_hundred_uses_on_ten_accounts_are_ten_logins(fleet, controller, tasks, loops):
    hosts = [fleet.add(f"host{number}") for number in range(10)]
    show = {"ansible.builtin.debug": {"msg": f"{{{{ {LOOKUP % ''} | hash('sha256') }}}}"}, "loop": list(range(loops))}
    run = controller.tasks([{"name": f"Task {number}", **show} for number in range(tasks)], "--forks", "10").expect(0)
    looped = {host: [result for result in run.results(host) if "results" in result] for host in hosts}
    found = {host: [item["msg"] for loop in looped[host] for item in loop["results"]] for host in hosts}
    assert {len(tokens) for tokens in found.values()} == {100}
    assert len({token for tokens in found.values() for token in tokens}) == 10
    assert logins(fleet) == dict.fromkeys(hosts, 1)
    assert left(controller) == []


def test_fifty_forks_that_want_one_token_wait_for_one_login(fleet, controller):
    fleet.add("first")
    variables = fleet.accounts["first"].variables(
        netsuite_account_private_key=controller.vaults.encrypt(fleet.pairs["first"].key),
        netsuite_account_certificate=fleet.pairs["first"].certificate,
        netsuite_account_certificate_id=fleet.accounts["first"].active_ids()[0],
        netsuite_account_curve="secp256r1",
        netsuite_account_role_id="1001",
    )
    for number in range(50):
        controller.inventory.add(f"same{number}", variables)
    fleet.accounts["first"].fault("token", "delay", seconds=1.0)
    run = controller.tasks([claims_of()], "--forks", "50").expect(0)
    found = {messages(run, f"same{number}")[0]["jti"] for number in range(50)}
    assert len(found) == 1
    assert logins(fleet) == {"first": 1}


def test_forks_that_wait_for_a_login_share_its_failure(fleet, controller):
    fleet.add("first")
    fleet.accounts["first"].revoke(fleet.accounts["first"].active_ids()[0])
    fleet.accounts["first"].fault("token", "delay", seconds=3.0, count=None)
    task = {**claims_of(), "delegate_to": "first", "ignore_errors": True}
    for number in range(20):
        controller.inventory.add(f"same{number}", dict(fleet.accounts["first"].variables()))
    options = {
        name: f"{{{{ hostvars.first.{name} }}}}"
        for name in ("netsuite_account_private_key", "netsuite_account_certificate")
    }
    run = controller.tasks([task], "--forks", "21", play={"vars": options}).expect(0)
    failed = [result["msg"] for result in run.results(status="ignored")]
    assert len(failed) == 21
    assert all("token_check names the likely cause" in message for message in failed)
    assert sum(logins(fleet).values()) <= 4


def test_the_options_of_the_module_are_those_of_the_lookup(fleet, controller):
    """By name, as files, from a credential file, under omit; each with another scope is a login of its own."""
    fleet.add("acme")
    folder = controller.folder / "given"
    folder.mkdir()
    (folder / "key.pem").write_text(controller.vaults.encrypt(fleet.pairs["acme"].key))
    (folder / "cert.pem").write_text(fleet.pairs["acme"].certificate)
    paths = ", account_id=netsuite_account_id, base_url=netsuite_account_base_url, client_id=netsuite_account_client_id"
    paths += f", private_key_path='{folder}/key.pem', certificate_path='{folder}/cert.pem'"
    tasks = [
        claims_of(BY_NAME),
        claims_of(BY_NAME, ", scope=no_such | default(omit)"),
        claims_of(BY_NAME, ", scope=['restlets', 'rest_webservices']"),
        claims_of(paths),
        claims_of(", scope=('restlets',)"),
        claims_of(", role_variables=true, account_id=netsuite_account_id | lower"),
    ]
    run = controller.tasks(tasks).expect(0)
    found = messages(run, "acme")
    assert [claims["scope"] for claims in found] == [
        ["rest_webservices"],
        ["rest_webservices"],
        ["restlets", "rest_webservices"],
        ["rest_webservices"],
        ["restlets"],
        ["rest_webservices"],
    ]
    assert len({claims["jti"] for claims in found}) == 5
    assert found[0] == found[1]


def test_after_onboard_the_token_comes_from_the_credential_file(fleet, controller, new_account):
    account = new_account()
    variables = account.variables(
        netsuite_account_curve="secp256r1",
        netsuite_account_role_id="1001",
        netsuite_account_timeout="{{ no_such | default(omit) }}",
        netsuite_account_bootstrap_token=controller.vaults.encrypt(account.bootstrap_token()),
    )
    controller.inventory.add("acme", variables)
    controller.play("m2m.netsuite.onboard").expect(0)
    assert controller.inventory.credentials("acme").exists()
    before = account.counters()["requests"]["token"]
    run = controller.tasks([claims_of(), call(), call()]).expect(0)
    assert account.realm in json.dumps(run.result("acme", "Claims")["msg"]["aud"])
    assert account.counters()["requests"]["token"] == before + 1


def test_a_token_is_renewed_before_it_ends(fleet, controller):
    fleet.add("acme", knobs={"token_lifetime": 64})
    wait = {"name": "Wait", "ansible.builtin.pause": {"seconds": 5}}
    run = controller.tasks([claims_of(), wait, claims_of(), call()]).expect(0)
    first, second = (result["msg"]["jti"] for result in run.results("acme", task="Claims"))
    assert first != second
    assert fleet.accounts["acme"].counters()["requests"]["token"] >= 2


def test_a_replaced_key_is_another_login(fleet, controller):
    fleet.add("acme")
    folder, other = controller.folder / "given", new_pair()
    folder.mkdir()
    fleet.accounts["acme"].upload(other.certificate)
    for name, pair in (("old", fleet.pairs["acme"]), ("new", other)):
        (folder / f"{name}.key").write_text(pair.key)
        (folder / f"{name}.crt").write_text(pair.certificate)
    options = (
        BY_NAME.partition(", private_key")[0] + f", private_key_path='{folder}/key', certificate_path='{folder}/crt'"
    )
    tasks = []
    for name in ("old", "new"):
        copies = [
            {"ansible.builtin.copy": {"src": f"{folder}/{name}.{part}", "dest": f"{folder}/{part}"}}
            for part in ("key", "crt")
        ]
        tasks += [*copies, claims_of(options), claims_of(options)]
    run = controller.tasks(tasks).expect(0)
    old, same, new, again = (result["msg"]["sub"] for result in run.results("acme", task="Claims"))
    assert (old, same, new, again) == ("1001;12", "1001;12", "1000;12", "1000;12")
    assert logins(fleet) == {"acme": 2}


ERRORS = {
    ", 'a term'": "takes keyword arguments only",
    ", account_id='x'": "No private key is given|client_id is missing",
    ", account_id='evil.example.com'": "is not the address of a NetSuite account|is not a NetSuite account id",
    ", account_id='1', acount='2'": r"Unsupported parameters for \(m2m.netsuite.access_token\) lookup: acount.*"
    r"ansible-doc --type lookup m2m.netsuite.access_token",
    ", client_id='0'": "missing required arguments: account_id. This task takes account_id from netsuite_account_id",
    ", account_id='1', private_key_content=mine, private_key_path='/x'": "mutually exclusive",
    ", account_id='1', client_id='a' * 64, private_key_content=mine": "is not PEM text",
    ", account_id='1', scope=missing_variable": "'missing_variable' is undefined",
}


@pytest.mark.parametrize("options", ERRORS)
def test_an_error_says_what_is_wrong_and_shows_no_secret(controller, options):
    secret = "canary-of-a-key-4711"
    controller.inventory.add("acme", {"mine": controller.vaults.encrypt(secret)})
    task = {"name": "Show", "ansible.builtin.debug": {"msg": f"{{{{ {LOOKUP % options} }}}}"}}
    run = controller.tasks([task], "-vvv").expect(2)
    message = run.result("acme", "Show")["msg"]
    assert re.search(ERRORS[options], message), message
    assert betrayed(run.output, {"key": secret}) == []


def test_a_failed_lookup_can_be_ignored(controller):
    controller.inventory.add("acme", {})
    task = {"name": "Show", "ansible.builtin.debug": {"msg": "{{ %s is none }}" % (LOOKUP % ", errors='ignore'")}}
    assert controller.tasks([task]).expect(0).result("acme", "Show")["msg"] is True


def test_token_and_key_are_in_no_output_and_in_no_file_that_stays(fleet, controller):
    """At -vvvvv, but for where the user has them shown; the token is looked for as it lies in the run's folder."""
    fleet.add("acme")
    kept = controller.folder / "kept"
    copy = f"cp -rp {controller.home}/.ansible/tmp/ansible-local-*/netsuite-login-* {kept}"
    look = {"name": "Look", "ansible.builtin.command": f"sh -c '{copy} && stat -c %a {kept} {kept}/*'"}
    run = controller.tasks([call(), look, call(), call(BY_NAME)], "-vvvvv").expect(0)
    assert logins(fleet) == {"acme": 2}
    token = json.loads((kept / "answer.json").read_text())["result"]["access_token"]
    (kept / "answer.json").unlink()
    assert openssl.claims_of(token)["sub"] == "1001;12"
    assert run.result("acme", "Look")["stdout_lines"] == ["700", "600"]
    secrets = {"key": fleet.pairs["acme"].key, "token": token, "signature": token.rpartition(".")[2]}
    assert betrayed(run.output, secrets) == []
    assert betrayed(json.dumps(run.events), secrets) == []
    assert betrayed_in([controller.folder], secrets) == {}
    assert left(controller) == []


def test_what_the_filters_and_the_test_say_in_a_playbook(fleet, controller):
    fleet.add("acme")
    checks = [
        "'1234567-sb1' | m2m.netsuite.account_realm == '1234567_SB1'",
        "netsuite_account_id | m2m.netsuite.account_label == (netsuite_account_id | lower | replace('_', '-'))",
        "netsuite_account_certificate | m2m.netsuite.certificate_id == netsuite_account_certificate_id",
        "netsuite_account_result is m2m.netsuite.active",
        "[netsuite_account_result, {'status': 'failed'}] | select('m2m.netsuite.active') | length == 1",
    ]
    role = {"ansible.builtin.import_role": {"name": "m2m.netsuite.netsuite_account"}}
    controller.tasks([role, {"ansible.builtin.assert": {"that": checks}}]).expect(0)
