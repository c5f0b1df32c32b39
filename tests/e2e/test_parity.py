# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each module by both routes, inside Ansible's worker and in a process of its own: the same results.

One playbook runs the same tasks on two hosts, each with an account and a folder of its own. The host ``inside`` has the
local connection; the host ``outside`` has one that does the same under another name. What must differ (ids, times,
keys, paths) is replaced by a placeholder before the results are compared.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount, Simulator

pytestmark = pytest.mark.matrix

CHECK = {"check_mode": True, "diff": True}
FILES = {"private_key_path": "{{ dir }}/key.pem", "certificate_path": "{{ dir }}/cert.pem"}
CLIENT = {"account_id": "{{ account }}", "base_url": "{{ url }}", "client_id": "{{ client }}", **FILES}
MADE = {"private_key_path": "{{ dir }}/made/auth-key.pem", "certificate_path": "{{ dir }}/made/auth-cert.pem"}
YOUNG = {**MADE, "curve": "secp256r1", "valid_days": 365}
NEW = {**CLIENT, "certificate_path": "{{ dir }}/second-cert.pem"}
MAP = {**NEW, "signing_certificate_id": "{{ first }}", "role": "1001", "entity": "12"}
REVOKE = {**CLIENT, "state": "revoked", "certificate_id": "{{ second }}"}
HOME = {"account_id": "{{ account }}", "credentials_path": "{{ dir }}/home/netsuite_credentials.yml"}
LOCKED = {**HOME, "private_key_passphrase": "open sesame", "curve": "secp256r1"}
IN_FILE = {
    "account_id": "{{ account }}",
    "base_url": "{{ url }}",
    "client_id": "{{ client }}",
    "credentials_path": "{{ dir }}/home/netsuite_credentials.yml",
    "private_key_passphrase": "open sesame",
}
RECONCILED = {**IN_FILE, "overlap_days": 7, "token_check": {"valid": False}}
ADOPT = {
    **{name: CLIENT[name] for name in ("account_id", "base_url", "client_id")},
    "files": ["{{ dir }}/key.pem", "{{ dir }}/cert.pem"],
    "credentials_path": "{{ dir }}/adopted/netsuite_credentials.yml",
    "allow_plaintext_key": True,
}
TOLD = {**HOME, "instances": ["Shop A"], "used_by": ["Billing", {"name": "ERP", "reads": "store"}], "state": "told"}
SHEET = {
    **HOME,
    "client_id": "{{ client }}",
    "private_key_passphrase": "open sesame",
    "dest": "{{ dir }}/sheets",
    "name": "acme",
    "template_folders": [str(ROOT / "roles/patchworks_handover/files/consumers")],
}

# name of the task: module, options, keywords of the task
RESULTS = {"a": {"status": "active", "account": "1"}, "b": {"status": "failed", "next_step": "Do."}}
TASKS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "make, predicted": ("certificate", YOUNG, CHECK),
    "make": ("certificate", YOUNG, {"diff": True}),
    "make, again": ("certificate", YOUNG, {"diff": True}),
    "make, with another option": ("certificate", {**MADE, "curve": "secp384r1"}, {}),
    "renew, predicted": ("certificate", {**MADE, "curve": "secp256r1", "renew_before_days": 400}, CHECK),
    "renew": ("certificate", {**MADE, "curve": "secp256r1", "renew_before_days": 400}, {"diff": True}),
    "encrypt the key": ("certificate", {**MADE, "private_key_passphrase": "open sesame"}, {"diff": True}),
    "make, in a folder that is missing": ("certificate", {**MADE, "private_key_path": "{{ dir }}/no/k.pem"}, {}),
    "remove, predicted": ("certificate", {**MADE, "state": "absent"}, CHECK),
    "remove": ("certificate", {**MADE, "state": "absent"}, {"diff": True}),
    "remove, again": ("certificate", {**MADE, "state": "absent"}, {}),
    "info": ("certificate_info", FILES, {}),
    "info, halves exchanged": (
        "certificate_info",
        {"private_key_path": "{{ dir }}/cert.pem", "certificate_path": "{{ dir }}/key.pem"},
        {},
    ),
    "info, of an expired one": ("certificate_info", {"certificate_path": "{{ dir }}/expired-cert.pem"}, {}),
    "info, without any option": ("certificate_info", {}, {}),
    "assertion": ("client_assertion", {**CLIENT, "extra_claims": {"note": "x"}}, {"register": "signed"}),
    "assertion, checked": ("client_assertion", CLIENT, CHECK),
    "assertion, RS256": ("client_assertion", {**CLIENT, "algorithm": "RS256"}, {}),
    "assertion, of an expired one": (
        "client_assertion",
        {**CLIENT, "certificate_path": "{{ dir }}/expired-cert.pem"},
        {},
    ),
    "assertion, with an odd client id": ("client_assertion", {**CLIENT, "client_id": "abc"}, {}),
    "assertion, bad account": ("client_assertion", {**CLIENT, "account_id": "evil.example"}, {}),
    "token": ("access_token", CLIENT, {}),
    "token, shown": ("access_token", {**CLIENT, "return_token": True}, {"register": "shown"}),
    "token, checked": ("access_token", CLIENT, CHECK),
    "token, of a given assertion": ("access_token", {**CLIENT, "assertion": "{{ signed.assertion }}"}, {}),
    "token, of the assertion alone": (
        "access_token",
        {"account_id": "{{ account }}", "base_url": "{{ url }}", "assertion": "{{ signed.assertion }}"},
        {},
    ),
    "token, unmapped": ("access_token", NEW, {}),
    "token, for an unknown scope": ("access_token", {**CLIENT, "scope": ["mcp"]}, {}),
    "token, from nowhere": ("access_token", {**CLIENT, "base_url": "http://127.0.0.1:9", "retries": 0}, {}),
    "check": ("token_check", {**CLIENT, "expected_role": "1001", "expected_entity": "12"}, {}),
    "check, checked": ("token_check", CLIENT, CHECK),
    "check, of a given token": (
        "token_check",
        {
            "account_id": "{{ account }}",
            "base_url": "{{ url }}",
            "client_id": "{{ client }}",
            "access_token": "{{ shown.access_token }}",
        },
        {},
    ),
    "check, for another role": ("token_check", {**CLIENT, "expected_role": "3"}, {}),
    "check, unmapped": ("token_check", {**NEW, "private_key_path": "{{ dir }}/second-key.pem"}, {}),
    "check, unmapped, without failing": (
        "token_check",
        {**NEW, "private_key_path": "{{ dir }}/second-key.pem", "fail_on_invalid": False, "checks": ["claims"]},
        {},
    ),
    "check, bad checks": ("token_check", {**CLIENT, "checks": ["nonsense"]}, {}),
    "list": ("certificate_mapping_info", CLIENT, {}),
    "contact, predicted": ("contact", {**CLIENT, "path": "{{ dir }}/contact"}, CHECK),
    "contact": ("contact", {**CLIENT, "path": "{{ dir }}/contact"}, {}),
    "adopt, predicted": ("account_adopt", ADOPT, CHECK),
    "adopt": ("account_adopt", ADOPT, {"diff": True}),
    "adopt, again": ("account_adopt", ADOPT, {}),
    "adopt, a mixture": ("account_adopt", {**ADOPT, "files": ["{{ dir }}/key.pem", "{{ dir }}/second-cert.pem"]}, {}),
    "collect, nothing": ("collect_credentials", {"documents": {}}, {}),
    "move, from nowhere": ("account_move", {"account_id": "{{ account }}", "to": "file"}, {}),
    "map, predicted": ("certificate_mapping", MAP, CHECK),
    "map": ("certificate_mapping", MAP, {"diff": True}),
    "map, again": ("certificate_mapping", MAP, {"diff": True}),
    "map, elsewhere": ("certificate_mapping", {**MAP, "role": "1000"}, {}),
    "map, without a role": ("certificate_mapping", NEW, {}),
    "list, after": ("certificate_mapping_info", CLIENT, CHECK),
    "revoke, predicted": (
        "certificate_mapping",
        {**CLIENT, "state": "revoked", "certificate_id": "{{ second }}"},
        CHECK,
    ),
    "revoke": ("certificate_mapping", REVOKE, {"diff": True}),
    "revoke, again": ("certificate_mapping", REVOKE, {}),
    "revoke, an unknown one": ("certificate_mapping", {**REVOKE, "certificate_id": "x" * 43}, {}),
    "credentials, none": ("account_credentials", {**HOME, "state": "read"}, {}),
    "credentials, no protection": ("account_credentials", {**HOME, "curve": "secp256r1"}, {}),
    "credentials, predicted": ("account_credentials", LOCKED, CHECK),
    "credentials": ("account_credentials", LOCKED, {"diff": True}),
    "credentials, again": ("account_credentials", LOCKED, {"diff": True}),
    "credentials, read": ("account_credentials", {**HOME, "state": "read"}, {"diff": True}),
    "credentials, used": ("client_assertion", IN_FILE, {}),
    "credentials, rotation predicted": ("account_credentials", {**LOCKED, "rotate": True}, CHECK),
    "credentials, rotation": ("account_credentials", {**LOCKED, "rotate": True}, {"register": "rotating"}),
    "credentials, pending used": ("client_assertion", {**IN_FILE, "generation": "pending"}, {}),
    "reconcile, predicted": ("account_reconcile", RECONCILED, CHECK),
    "reconcile": ("account_reconcile", RECONCILED, {"diff": True}),
    "credentials, of another account": ("account_credentials", {**HOME, "account_id": "999", "state": "read"}, {}),
    "credentials, in the open": (
        "account_credentials",
        {
            "account_id": "{{ account }}",
            "credentials_path": "{{ dir }}/open/netsuite_credentials.yml",
            "allow_plaintext_key": True,
            "curve": "secp256r1",
        },
        {},
    ),
    "result": (
        "account_result",
        {"account_id": "{{ account }}", "role": "1000", "credentials": "{{ rotating }}"},
        {},
    ),
    "result, failed": ("account_result", {"account_id": "{{ account }}", "failure": "It broke."}, {}),
    "told, predicted": ("account_consumers", TOLD, CHECK),
    "told": ("account_consumers", TOLD, {"diff": True}),
    "told, again": ("account_consumers", TOLD, {"diff": True}),
    "confirmed": ("account_consumers", {**TOLD, "state": "confirmed", "names": ["Billing"]}, {"diff": True}),
    "confirmed, an unknown one": ("account_consumers", {**TOLD, "state": "confirmed", "names": ["Nobody"]}, {}),
    "sheet, predicted": ("handover_sheet", SHEET, CHECK),
    "sheet": ("handover_sheet", SHEET, {"diff": True}),
    "sheet, again": ("handover_sheet", SHEET, {"diff": True}),
    "summary": ("rollout_summary", {"results": RESULTS}, {}),
    "report, predicted": ("report", {"results": RESULTS, "path": "{{ dir }}/report"}, CHECK),
}

HOSTS = {"inside": "local", "outside": "e2e_remote"}
FAILING = {
    "make, with another option",
    "make, in a folder that is missing",
    "info, halves exchanged",
    "info, without any option",
    "assertion, RS256",
    "assertion, of an expired one",
    "assertion, bad account",
    "token, of a given assertion",
    "token, unmapped",
    "token, for an unknown scope",
    "token, from nowhere",
    "check, for another role",
    "check, unmapped",
    "check, bad checks",
    "adopt, a mixture",
    "move, from nowhere",
    "map, elsewhere",
    "map, without a role",
    "revoke, an unknown one",
    "credentials, no protection",
    "credentials, of another account",
    "result, failed",
    "confirmed, an unknown one",
}
CHANGING = {
    "contact, predicted",
    "contact",
    "told, predicted",
    "told",
    "confirmed",
    "report, predicted",
    "make, predicted",
    "make",
    "renew, predicted",
    "renew",
    "encrypt the key",
    "remove, predicted",
    "remove",
    "adopt, predicted",
    "adopt",
    "map, predicted",
    "map",
    "revoke, predicted",
    "revoke",
    "credentials, predicted",
    "credentials",
    "credentials, rotation predicted",
    "credentials, rotation",
    "credentials, in the open",
    "sheet, predicted",
    "sheet",
}
# Without Vault each route has its own reason and remedy.
OWN_WORDS = {"credentials, no protection"}
VARYING = (
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----(\\n|\n)?", re.DOTALL), "(pem)"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "(jwt)"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "(time)"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "(uuid)"),
    (re.compile(r"\b1[78]\d{8}(\d{3})?\b"), "0"),
    (re.compile(r"(?<=client id )[0-9a-f]{4}(?=\.\.\.)"), "(beginning)"),
    (re.compile(r"(?<![0-9A-Za-z_-])[0-9A-Za-z_-]{43}(?![0-9A-Za-z_-])"), "(id)"),
    (re.compile(r'"(clock_skew|expires_in)": -?\d+'), r'"\1": 0'),
    (re.compile(r"(?<=\.)\(id\)[^ \"]*|[0-9A-Za-z_-]{12}\.bak"), "(id).bak"),
)
# What Ansible adds by itself, on one route or on both.
OF_ANSIBLE = {"invocation", "exception"}


def stage(folder: Path, account: SimulatedAccount) -> dict[str, Any]:
    """Give a host its account and files; returns its variables."""
    pairs = {
        "": new_pair(),
        "second-": new_pair(key=new_key()),
        "expired-": new_pair(start=-20, days=10),
    }
    for name in ("made", "home", "open"):
        (folder / name).mkdir(parents=True)
    for name, pair in pairs.items():
        (folder / f"{name}cert.pem").write_text(pair.certificate)
        (folder / f"{name}key.pem").write_text(pair.key)
    account.upload(pairs[""].certificate, role=1001)
    return {
        "dir": str(folder),
        "account": account.account_id,
        "url": account.url,
        "client": account.client_id,
        "first": pairs[""].id,
        "second": pairs["second-"].id,
    }


def normal(result: dict[str, Any], variables: dict[str, Any]) -> Any:
    """A result without what differs from run to run and from host to host."""
    kept = {name: value for name, value in result.items() if name not in OF_ANSIBLE and not name.startswith("_ansible")}
    text = json.dumps(kept, sort_keys=True)
    account = variables["account"]
    for name in ("url", "dir", "client", "first", "second"):
        text = text.replace(variables[name], f"({name})")
    for spelling in (account, account.replace("_", "-"), account.replace("_", "-").lower()):
        text = text.replace(spelling, "(account)")
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return json.loads(text)


@pytest.fixture(scope="module")
def variables() -> dict[str, dict[str, Any]]:
    return {}


@pytest.fixture(scope="module")
def run(simulator: Simulator, module_controller: Controller, variables: dict[str, dict[str, Any]]) -> Run:
    for host, connection in HOSTS.items():
        variables[host] = stage(module_controller.folder / host, simulator.account())
        module_controller.inventory.add(host, {**variables[host], "ansible_connection": connection})
    tasks = [
        {"name": name, f"m2m.netsuite.{module}": options, "ignore_errors": True, **keywords}
        for name, (module, options, keywords) in TASKS.items()
    ]
    return module_controller.tasks(tasks, vault=False, quiet=False, timeout=900).expect(0)


def test_every_module_is_in_the_table():
    modules = {path.stem for path in (ROOT / "plugins/action").glob("*.py")}
    # Patchworks is another service, with tests of its own.
    assert modules - {"patchworks_script"} == {module for module, _options, _keywords in TASKS.values()}


@pytest.mark.parametrize("task", TASKS)
def test_both_routes_give_the_same_result(run, variables, task):
    inside, outside = (normal(run.result(host, task), variables[host]) for host in HOSTS)
    if task in OWN_WORDS:
        for result in (inside, outside):
            assert result.pop("msg")
            assert result.pop("fix")
    assert inside == outside


def test_each_host_took_its_route(run):
    for task in TASKS:
        assert "invocation" not in run.result("inside", task)
    assert "module_args" in run.result("outside", "token")["invocation"]
    # its templates are on the controller
    assert "invocation" not in run.result("outside", "sheet")


@pytest.mark.parametrize("host", HOSTS)
def test_what_fails_and_what_does_not(run, host):
    failed = {event["task"] for event in run.events if event.get("status") == "ignored" and event["host"] == host}
    assert failed == FAILING


@pytest.mark.parametrize("host", HOSTS)
def test_what_changes_and_what_does_not(run, host):
    assert {task for task in TASKS if run.result(host, task)["changed"]} == CHANGING
