# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs of AWX with what ``examples/awx`` holds: its project, its inventory form, its variables, its credentials."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.awx import EXAMPLE, Awx, Job, credential_type
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.fleet import mint
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader, dump
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

pytest.importorskip("awx_plugins.interfaces", reason="AWX's code that injects credentials is not here")
pytestmark = pytest.mark.timeout(3600)
LEAST = 'path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }'


def git(folder: object, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True, text=True)
    return done.stdout


def awx_with(controller: Controller, accounts: dict[str, SimulatedAccount]) -> Awx:
    """An AWX whose project is the example, with these accounts in its inventory."""
    checkout, repository = controller.folder / "checkout", controller.folder / "repository.git"
    shutil.copytree(EXAMPLE / "project", checkout)
    hosts: dict[str, dict[str, Any]] = {host: account.variables() for host, account in accounts.items()}
    for name in yaml.safe_load((EXAMPLE / "project/inventory/group_vars/netsuite_accounts.yml").read_text()):
        for variables in hosts.values():
            variables.pop(name, None)
    (checkout / "inventory/hosts.yml").write_text(dump({"netsuite_accounts": {"hosts": hosts}}))
    git(controller.folder, "init", "--quiet", "--initial-branch", "main", str(checkout))
    git(checkout, "add", "--all")
    identity = ("-c", "user.name=e2e", "-c", "user.email=e2e@example.com")
    git(checkout, *identity, "commit", "--quiet", "--message", "The project")
    git(controller.folder, "clone", "--quiet", "--bare", str(checkout), str(repository))
    awx = Awx(controller, repository)
    awx.synchronize()
    return awx


def tokens(accounts: dict[str, SimulatedAccount]) -> tuple[dict[str, Any], dict[str, str]]:
    """A credential with a bootstrap token for each account."""
    lines = dump({host: account.bootstrap_token() for host, account in accounts.items()})
    return credential_type("NetSuite bootstrap tokens"), {"tokens": lines}


def approle(openbao: OpenBao) -> dict[str, str]:
    """A login with the least policy."""
    client = openbao.client()
    client.sys.enable_auth_method("approle")
    client.sys.create_or_update_policy("netsuite", LEAST)
    client.auth.approle.create_or_update_approle("netsuite", token_policies=["netsuite"])
    return {
        "role_id": client.auth.approle.read_role_id("netsuite")["data"]["role_id"],
        "secret_id": client.auth.approle.generate_secret_id("netsuite")["data"]["secret_id"],
    }


@pytest.mark.parametrize(
    "size", [pytest.param(3, id="three"), pytest.param(100, id="a hundred", marks=pytest.mark.campaign)]
)
def test_with_a_secret_store_a_job_writes_nothing(simulator: Simulator, controller, tmp_path, size):
    accounts = {f"acme{number:03d}": simulator.account() for number in range(size)}
    awx = awx_with(controller, accounts)
    with running_openbao(tmp_path, tls=True) as openbao:
        login = approle(openbao)
        authority = (tmp_path / "vault-ca.pem").read_text()
        store = (
            credential_type("NetSuite secret store (AppRole)"),
            {
                "url": openbao.url,
                "ca_cert": authority,
                **login,
            },
        )
        first = tokens(accounts)
        secrets = {"secret id": login["secret_id"], **yaml.safe_load(first[1]["tokens"])}

        def keep_keys(number: int) -> None:
            for host, account in accounts.items():
                path = f"netsuite/{account.label}"
                kept = openbao.client().secrets.kv.v2.read_secret_version(path, raise_on_deleted_version=True)
                found = kept["data"]["data"]
                assert json.loads(found["state"])["active"]["number"] == number
                assert account.active_ids() == [found["certificate_id"]]
                mint(account, found["private_key"], found["certificate_id"])
                secrets[f"key {number} of {host}"] = found["private_key"]

        awx.job("onboard.yml", [store, first]).succeeded()
        keep_keys(1)
        # The answer to the survey's question.
        awx.job("rotate.yml", [store], {"netsuite_account_overlap_days": 0}).succeeded()
        keep_keys(2)
        verified = awx.job("verify.yml", [store]).succeeded()
    assert f"NetSuite accounts: {size}. {size} active." in verified.said
    check_nothing_is_written(awx)
    check_nothing_leaks(awx, secrets)


def check_nothing_is_written(awx: Awx) -> None:
    """A job's copies of project and inventory are what they were, and nothing is handed on."""
    jobs = [awx.folder / f"job{number}" for number in range(1, len(awx.jobs) + 1)]
    assert [contents(job / "project") for job in jobs] == [contents(awx.folder / "synchronized")] * len(jobs)
    assert [[path.name for path in (job / "inventory").iterdir()] for job in jobs] == [["hosts"]] * len(jobs)
    assert [job.artifacts.get("netsuite_collect_documents") for job in awx.jobs] == [{}, {}, None]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def check_nothing_leaks(awx: Awx, secrets: dict[str, str]) -> None:
    """No key, token or login in artifacts, events and logs; what is looked for would be found there."""
    controller = awx.controller
    places = [awx.folder, controller.records, controller.home, controller.tmp]
    assert betrayed_in(places, secrets) == {}
    folder = awx.jobs[-1].folder / "control"
    folder.mkdir()
    control = folder / "event.json"
    control.write_text(json.dumps({"stdout": "\n".join(secrets.values())}))
    assert betrayed_in([folder], secrets) == {str(control): list(secrets)}


@pytest.mark.matrix
def test_what_a_workflow_rotates_is_committed_and_verified(simulator: Simulator, controller, tmp_path):
    """Rotate, collect, synchronize, verify; collected is also what an account has that failed."""
    accounts = {host: simulator.account() for host in ("acme", "globex")}
    awx = awx_with(controller, accounts)
    accounts["globex"].integration(state="blocked")
    first = tokens(accounts)

    def collect(job: Job) -> None:
        repository = {"netsuite_repository": str(awx.repository)}
        awx.job("collect.yml", extra=job.artifacts, template=repository).succeeded()
        awx.synchronize()

    onboarded = awx.job("onboard.yml", [first], vault=True)
    assert (onboarded.rc, set(onboarded.artifacts["netsuite_collect_documents"])) == (2, {"acme", "globex"})
    collect(onboarded)
    rotated = awx.job("rotate.yml", extra={"netsuite_account_overlap_days": 0}, limit="acme", vault=True).succeeded()
    collect(rotated)
    verified = awx.job("verify.yml", vault=True)
    assert "NetSuite accounts: 2. 1 active, 1 awaiting upload." in verified.said
    collect(verified)  # which has nothing to hand on
    messages = git(awx.repository, "log", "--format=%s %an").splitlines()
    assert messages == [*["NetSuite: new credentials AWX"] * 2, "The project e2e"]
    committed = {host: committed_of(awx, host) for host in accounts}
    assert {host: one["number"] for host, one in committed.items()} == {"acme": 2, "globex": 1}
    assert accounts["acme"].active_ids() == [committed["acme"]["certificate_id"]]
    assert committed["globex"]["certificate_id"] in verified.said  # what a person has to upload, or another job
    keys = {host: controller.vaults.decrypt(one["private_key"]) for host, one in committed.items()}
    mint(accounts["acme"], keys["acme"], committed["acme"]["certificate_id"])
    check_nothing_leaks(awx, {**keys, "vault password": next(iter(controller.vaults.passwords.values()))})


def committed_of(awx: Awx, host: str) -> dict[str, Any]:
    """The generation of a host that is active, or the first one, in the repository."""
    text = git(awx.repository, "show", f"main:inventory/host_vars/{host}/netsuite_credentials.yml")
    kept: dict[str, Any] = yaml.load(text, Loader=VaultLoader)["netsuite_account_credentials"]
    return dict(kept["active"])
