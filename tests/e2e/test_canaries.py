# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Canaries: secrets that are looked for in everything a run says and in every file it leaves.

Each run is at ``-vvv`` with ``--diff``, a log file and a callback that records every result; the secrets are searched
for as they are, in base64, escaped for JSON and URLs, and line by line. They may lie only in the files that were given
to the run. The simulator keeps no bodies, so assertions and access tokens are caught on the wire by a forward proxy.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, betrayed_in, on_the_wire
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.proxy import Proxy
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount

PASSPHRASE = "canary-passphrase-4711-xyzzy"
PROXY_PASSWORD = "canary-proxy-password-0815"
LOUD = ("-vvv", "--diff")
ROUTES = ("local", pytest.param("e2e_remote", marks=pytest.mark.campaign))
SECRET_OPTIONS = {
    "private_key_content",
    "private_key_passphrase",
    "proxy_password",
    "certificate_content",
    "access_token",
    "assertion",
    "no_such_option",
}


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy(f"me:{PROXY_PASSWORD}") as running:
        yield running


def look(controller: Controller, run: Run, secrets: dict[str, str]) -> None:
    """Assert that there is no trace of a secret in what a run said, recorded, wrote and left."""
    assert betrayed(run.output, secrets) == []
    assert betrayed(json.dumps(run.events), secrets) == []
    given = [path for path in (controller.folder / "given").rglob("*") if path.is_file()]
    vaults = list(controller.vaults.folder.glob("*"))
    assert betrayed_in([controller.folder], secrets, but=(*given, *vaults)) == {}
    left = [path for path in controller.tmp.rglob("*") if path.is_file()]
    left += [path for path in (controller.home / ".ansible/tmp").rglob("*") if path.is_file()]
    assert left == []


def test_the_canaries_sing():
    """What would be found, if it were there."""
    secret = new_pair().key
    line = secret.splitlines()[1]
    encoded = [base64.b64encode(f"{'x' * shift}{PASSPHRASE}".encode()).decode() for shift in range(3)]
    for text in (secret, json.dumps(secret), line, line[:64], "".join(secret.splitlines()[1:-1])):
        assert betrayed(f"before {text} after", {"key": secret}) == ["key"]
    for text in (PASSPHRASE, *encoded, json.dumps({"a": PASSPHRASE})):
        assert betrayed(text, {"passphrase": PASSPHRASE}) == ["passphrase"]
    assert betrayed("nothing of the kind", {"key": secret, "passphrase": PASSPHRASE}) == []


def test_the_life_of_an_account(controller: Controller, new_account, proxy):
    """Onboard with a bootstrap token, in variables and in the credential file, through to verify and rotate."""
    own, locked = new_pair(key=new_key()), new_pair(key=new_key(), passphrase=PASSPHRASE)
    accounts: dict[str, SimulatedAccount] = {name: new_account() for name in ("made", "own", "locked", "encrypted")}
    encrypt, tokens = controller.vaults.encrypt, {}
    for name, account in accounts.items():
        tokens[f"bootstrap token of {name}"] = account.bootstrap_token()
        variables: dict[str, Any] = {
            "netsuite_account_curve": "secp256r1",
            "netsuite_account_proxy": proxy.url,
            "netsuite_account_proxy_username": "me",
            "netsuite_account_proxy_password": encrypt(PROXY_PASSWORD),
            "netsuite_account_role_id": "1001",
            "netsuite_account_bootstrap_token": encrypt(tokens[f"bootstrap token of {name}"]),
        }
        if name == "encrypted":
            variables["netsuite_account_encryption"] = "file"
        if name in ("own", "locked"):
            pair = own if name == "own" else locked
            variables["netsuite_account_private_key"] = encrypt(pair.key)
            variables["netsuite_account_certificate"] = pair.certificate
        if name == "locked":
            variables["netsuite_account_private_key_passphrase"] = encrypt(PASSPHRASE)
        controller.inventory.add(name, account.variables(**variables))
    secrets = {
        **tokens,
        "own key": own.key,
        "locked key": locked.key,
        "passphrase": PASSPHRASE,
        "proxy password": PROXY_PASSWORD,
        "vault password": controller.vaults.passwords["default"],
    }
    runs = [
        controller.play("m2m.netsuite.onboard", *LOUD, "--check").expect(0),
        controller.play("m2m.netsuite.onboard", *LOUD).expect(0),
        controller.play("m2m.netsuite.rotate", *LOUD).expect(0),
        controller.play("m2m.netsuite.verify", *LOUD).expect(0),
    ]
    assert {runs[1].account(name)["status"] for name in accounts} == {"active"}
    for name in ("made", "encrypted"):
        path = controller.inventory.credentials(name)
        text = path.read_text()
        document = text if name == "made" else controller.vaults.decrypt(text)
        assert ("$ANSIBLE_VAULT" in text, "PRIVATE KEY" in text) == (True, False)
        if name == "encrypted":
            lines = [line.strip() for line in document.splitlines()]
            secrets["line of an encrypted key"] = next(line for line in lines if line.startswith("MIGH"))
    made = controller.inventory.read_credentials("made")
    secrets["made key"] = controller.vaults.decrypt(made["active"]["private_key"])
    secrets |= on_the_wire(proxy)
    assert len([name for name in secrets if name.startswith("assertion")]) > 8
    assert len([name for name in secrets if name.startswith("token")]) > 8
    for run in runs:
        look(controller, run, secrets)


@pytest.mark.parametrize("route", ROUTES)
def test_every_module_in_success_and_in_failure(controller: Controller, account, proxy, route):
    """All modules with secrets as options and as files; in failure each with a secret out of place."""
    pair, locked = new_pair(key=new_key()), new_pair(key=new_key(), passphrase=PASSPHRASE)
    swapped = new_pair(key=new_key())
    account.upload(pair.certificate, role=1001)
    given, bootstrap = controller.folder / "given", account.bootstrap_token()
    given.mkdir()
    (given / "key.pem").write_text(pair.key)
    (given / "locked.pem").write_text(locked.key)
    (given / "cert.pem").write_text(pair.certificate)
    (given / "swapped.pem").write_text(pair.certificate + pair.key)
    through = {"proxy": proxy.url, "proxy_username": "me", "proxy_password": PROXY_PASSWORD}
    good = account.options(private_key_content=pair.key, certificate_content=pair.certificate, **through)
    files = account.options(private_key_path=f"{given}/key.pem", certificate_path=f"{given}/cert.pem", **through)
    bare = account.options(**through)
    made = {"private_key_path": f"{controller.folder}/made.pem", "certificate_path": f"{controller.folder}/made.crt"}
    home = {"account_id": account.account_id, "credentials_path": f"{controller.folder}/credentials.yml"}
    locked_options = {"private_key_passphrase": PASSPHRASE, "curve": "secp256r1"}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("access_token", good),
        ("access_token", files),
        ("access_token", {**bare, "assertion": pair.key}),
        ("access_token", {**good, "client_id": "not one"}),
        ("access_token", {**good, "private_key_passphrase": PASSPHRASE, "scope": ["mcp"]}),
        ("access_token", {**good, "private_key_content": locked.key, "private_key_passphrase": PASSPHRASE}),
        ("access_token", {**good, "private_key_content": locked.key, "private_key_passphrase": f"{PASSPHRASE}-wrong"}),
        ("access_token", {**good, "private_key_content": pair.key[:200], "certificate_content": pair.certificate}),
        ("access_token", {**good, "certificate_content": pair.key}),
        ("access_token", {**good, "private_key_content": pair.certificate, "certificate_content": swapped.key}),
        ("certificate_info", {"certificate_content": swapped.key}),
        ("access_token", {**good, "client_id": swapped.key}),
        ("access_token", {**good, "timeout": swapped.key}),
        ("access_token", {**good, "generation": bootstrap}),
        ("access_token", {**bare, "assertion": swapped.key}),
        ("certificate", {**made, "vault_id": swapped.key}),
        ("certificate", {**made, "certificate_path": swapped.key}),
        ("access_token", {**good, "no_such_option": pair.key}),
        ("token_check", good),
        ("token_check", {**bare, "access_token": bootstrap}),
        ("token_check", {**bare, "access_token": bootstrap[:-8]}),
        ("token_check", {**good, "expected_role": "77"}),
        ("contact", {**good, "path": f"{given}/contact"}),
        ("certificate_mapping_info", {**bare, "access_token": bootstrap}),
        ("certificate_mapping_info", {**bare, "access_token": bootstrap[:-8]}),
        ("certificate_mapping", {**good, "role": "1001", "entity": "12"}),
        ("certificate_mapping", {**files, "certificate_path": f"{given}/locked.pem", "role": "1", "entity": "1"}),
        ("certificate_mapping", {**good, "state": "revoked", "certificate_id": "x" * 43}),
        ("client_assertion", {**good, "algorithm": "RS256"}),
        ("certificate_info", {"certificate_path": f"{given}/locked.pem"}),
        ("certificate_info", {"certificate_path": f"{given}/swapped.pem", "private_key_path": f"{given}/key.pem"}),
        ("certificate", {**made, **locked_options}),
        ("certificate", {**made, **locked_options, "private_key_passphrase": f"{PASSPHRASE}-wrong"}),
        ("certificate", {**made, **locked_options, "common_name": "other"}),
        ("certificate", {**made, **locked_options, "force": True}),
        ("account_credentials", {**home, **locked_options}),
        ("account_credentials", {**home, **locked_options, "rotate": True}),
        ("account_credentials", {**home, **locked_options, "state": "nonsense"}),
    ]
    # Ansible quotes a playbook's lines in its errors; so the secrets are where people keep them, in the inventory.
    encrypt = controller.vaults.encrypt
    encrypted = [
        {
            name: encrypt(value) if name in SECRET_OPTIONS or value in (swapped.key, bootstrap) else value
            for name, value in options.items()
        }
        for _module, options in calls
    ]
    controller.inventory.add("acme", {"ansible_connection": route, "calls": encrypted})
    tasks = [
        {"name": f"{number} {module}", f"m2m.netsuite.{module}": f"{{{{ calls[{number}] }}}}", "ignore_errors": True}
        for number, (module, _options) in enumerate(calls)
    ]
    run = controller.tasks(tasks, *LOUD, quiet=False).expect(0)
    failed = len(run.results("acme", status="ignored"))
    assert 10 < failed < len(calls)
    secrets = {
        "key": pair.key,
        "locked key": locked.key,
        "key in place of a certificate": swapped.key,
        "passphrase": PASSPHRASE,
        "bootstrap token": bootstrap,
        "signature of the bootstrap token": bootstrap.rpartition(".")[2][:-8],
        "vault password": controller.vaults.passwords["default"],
        "proxy password": PROXY_PASSWORD,
        **on_the_wire(proxy),
    }
    assert "assertion 0" in secrets
    look(controller, run, secrets)
