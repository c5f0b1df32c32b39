# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook login, at a terminal: a person's consent instead of NetSuite's upload page."""

from __future__ import annotations

import json
import shlex
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import Reader
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, betrayed_in, on_the_wire
from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader, dump
from ansible_collections.m2m.netsuite.tests.support.person import (
    ADDRESS,
    Sitting,
    at_terminal,
    consent,
    follow,
    free_port,
)
from ansible_collections.m2m.netsuite.tests.support.proxy import Proxy
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

SECRET = "canary-client-secret-0815-abcdef"
LOUD = ("-vvvvv", "--diff")


def prepare(controller: Controller, account: SimulatedAccount, uri: str = "", **more: object) -> None:
    """An account that has nothing yet, and an integration record with both grants."""
    if uri:
        more["netsuite_account_login_redirect_uri"] = uri
    uri = uri or "https://localhost:8765/"
    account.integration(client_secret=SECRET, redirect_uris=[uri])
    secret = controller.vaults.encrypt(SECRET)
    variables = {"netsuite_account_curve": "secp256r1", "netsuite_account_login_client_secret": secret}
    controller.inventory.add("acme", account.variables(**variables, **more))


@pytest.mark.matrix
def test_paste(controller: Controller, account: SimulatedAccount):
    """The person copies an address; the same run uploads and proves, and nothing of the login is seen or left."""
    facts = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(controller.folder / "facts")}
    with Proxy() as proxy:
        prepare(controller, account, netsuite_account_proxy=proxy.url, netsuite_account_role_id="1001")
        with at_terminal(controller, "m2m.netsuite.login", *LOUD, quiet=False, env=facts) as sitting:
            page = sitting.until(ADDRESS)
            address = consent(page)
            sitting.type(address)
            run = sitting.finish()
        secrets = on_the_wire(proxy)
        (form,) = [dict(parse_qsl(asked.decode())) for asked, _answer in proxy.bodies if b"code_verifier" in asked]
        (answer,) = [json.loads(answer) for _asked, answer in proxy.bodies if b"refresh_token" in answer]
    result = run.account("acme")
    assert (result["status"], result["role"], result["entity"]) == ("active", "1001", "12")
    assert [(one["step"], one["status"]) for one in result["steps"]] == [("map", "done"), ("prove", "ok")]
    assert account.active_ids() == [result["certificate_id"]]
    secrets |= {name: form[name] for name in ("code", "code_verifier")}
    secrets |= {"client secret": SECRET, "refresh token": answer["refresh_token"], "address": address}
    assert len(secrets) > 6
    assert betrayed(run.output, secrets) == []
    assert betrayed(json.dumps(run.events), secrets) == []
    assert betrayed_in([controller.folder], secrets, but=[*controller.vaults.folder.glob("*")]) == {}
    state = dict(parse_qsl(urlsplit(page).query))["state"]
    assert (state in run.stdout, state in run.log) == (True, False)


def test_the_guide(controller: Controller, simulator: Simulator):
    """Where nobody can be asked the run says so; at a terminal, this machine's browser brings the answer itself."""
    reader = Reader(controller, simulator, "first-upload.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    uri = f"https://localhost:{free_port()}/"
    account = reader.account("acme", netsuite_account_login_redirect_uri=uri, netsuite_account_role_id=None)
    account.integration(client_secret=SECRET, redirect_uris=[uri])
    reader.write("login-inventory")
    inventory = reader.folder / "inventory/hosts.yml"
    secret = reader.vaults.encrypt(SECRET)
    assert reader.run("login-secret", typed=SECRET).count("$ANSIBLE_VAULT") == 1
    variables = yaml.load(inventory.read_text(), VaultLoader)
    variables["netsuite_accounts"]["hosts"]["acme"]["netsuite_account_login_client_secret"] = secret
    inventory.write_text(dump(variables))
    nobody = "Nobody can be asked for consent here, because this run has no terminal."
    assert nobody in reader.run("login-paste", rc=2)
    path = reader.credentials("acme")
    with sitting(reader, "login-paste", "-e", "awx_job_id=1", "-e", f"netsuite_account_credentials_path={path}") as job:
        assert nobody in job.finish(2).stdout
    assert account.active_ids() == []
    with sitting(reader, "login-listener") as login:
        address = consent(login.until(ADDRESS), role="1001", entity="12")
        assert address.startswith(uri)
        assert "Close this window" in follow(address)[1]
        run = login.finish()
    assert (run.account("acme")["status"], run.account("acme")["role"]) == ("active", "1001")
    assert betrayed(run.output, {"code": dict(parse_qsl(urlsplit(address).query))["code"]}) == []
    reader.finish()


def sitting(reader: Reader, example: str, *more: str) -> AbstractContextManager[Sitting]:
    """The command of an example, at a terminal."""
    program, *words = shlex.split(reader.examples[example][1])
    reader.done.append(example)
    assert (program, words[:2]) == ("ansible-playbook", ["-i", "inventory"])
    inventory = reader.folder / "inventory"
    return at_terminal(reader.controller, *words[2:], *more, inventory=inventory, env=reader.variables, vault=False)
