# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides about life with many accounts, followed to the letter: every example is carried out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import HOSTS, Reader, examples
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, program
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader, dump
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.moto import running_moto
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount, Simulator


@pytest.fixture
def follow(controller: Controller, simulator: Simulator) -> Callable[[str], Reader]:
    return lambda guide: Reader(controller, simulator, guide)


def changed(output: str) -> dict[str, int]:
    """By host, how many tasks changed something, in the last recap."""
    recap = output.rsplit("PLAY RECAP", 1)[1]
    return {host: int(number) for host, number in re.findall(r"^(\w+) .*changed=(\d+)", recap, re.MULTILINE)}


def test_many_accounts(follow):
    reader = follow("many-accounts.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    for host in HOSTS:
        reader.account(host, netsuite_account_client_id=None)
    reader.write("many-hosts", "many-client-ids", "many-common", "many-guard", "many-playbook")
    client_ids = reader.folder / "inventory/client_ids.yml"
    for account in map(reader.accounts.get, re.findall(r"^    (\w+):", client_ids.read_text(), re.MULTILINE)):
        client_ids.write_text(client_ids.read_text().replace("the 64 characters", account.client_id, 1))
    reader.run("many-encrypt")
    assert client_ids.read_text().startswith("$ANSIBLE_VAULT;1.1;AES256\n")
    # What AWX would get, which has no vault password when it synchronizes.
    exported = reader.shell(
        "env --unset=ANSIBLE_VAULT_PASSWORD_FILE ansible-inventory -i inventory --list --export 2>/dev/null"
    )
    assert ("1234567_SB1" in exported, "client_id" in exported) == (True, False)
    said = reader.run("many-run")
    assert "NetSuite accounts: 1. 0 active, 1 awaiting upload." in said
    assert "NetSuite accounts: 3. 0 active, 3 awaiting upload." in said
    reader.upload("acme")
    reader.upload("acme_sb1")
    assert "NetSuite accounts: 3. 2 active, 1 awaiting upload." in reader.run("many-hundreds")
    said = reader.run("many-progress")
    assert "NetSuite accounts: 3. 2 active, 1 awaiting upload." in said
    assert "ok: [" not in said
    assert " of 3 done" not in said  # standard error has it
    token = reader.accounts["globex"].bootstrap_token()
    assert "NetSuite accounts: 1. 1 active." in reader.run("many-bootstrap", typed=token)
    said = reader.run("many-own")
    assert "7654321 works until " in said
    assert "NetSuite accounts: 3. 3 active." in said
    (reader.folder / "inventory/group_vars/sandboxes.yml").write_text("netsuite_account_environment: production\n")
    assert "1 failed." in reader.shell(reader.examples["many-own"][1], rc=2)
    reader.finish()


def test_rotation(follow):
    reader = follow("rotation.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    account = reader.account("acme", netsuite_account_id="1234567")
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts: {hosts: {acme: {}}}\n")
    reader.write("rotation-tasks")
    reader.run("rotation-weekly")
    reader.upload("acme")
    assert changed(reader.run("rotation-weekly")) == {"acme": 1}
    assert changed(reader.run("rotation-nightly")) == {"acme": 0}
    first = account.active_ids()
    assert "is revoked from" not in reader.run("rotation-now")  # nothing to do, so nothing is said of it
    second = account.active_ids()
    assert (len(second), second[0]) == (2, first[0])
    reader.run("rotation-leak")
    assert len(account.active_ids()) == 1
    assert not set(second) & set(account.active_ids())
    reader.run("rotation-now")
    reader.variables["CERTIFICATE_ID"] = account.active_ids()[0]
    said = reader.run("rotation-revoke")
    assert reader.variables["CERTIFICATE_ID"] in said
    assert len(account.active_ids()) == 1
    reader.run("rotation-nightly")
    reader.write("rotation-consumers")
    assert 'waiting for Patchworks: instance "Shop A", not told yet' in reader.run("rotation-nightly")
    said = reader.run("rotation-confirm")
    assert 'waiting for Patchworks: instance "Shop B", told on ' in said
    assert [one.count("waiting for") for one in said.split("NetSuite accounts: 1.")[1:]] == [1, 1, 0, 0]
    assert "retiring" not in reader.credentials("acme").read_text()
    first = account.active_ids()
    reader.run("rotation-leak-named")
    assert (len(account.active_ids()), set(first) & set(account.active_ids())) == (1, set())
    reader.finish()


@pytest.mark.matrix
def test_vault_and_awx(follow):
    """The guide about AWX goes on with the same accounts."""
    reader = follow("vault.md")
    reader.examples |= examples("awx.md")
    reader.done += ["awx-load", "awx-load-files"]  # tests/interop/test_awx_examples.py
    for vault_id in ("prod", "sb", "sb2027", "prod2027"):
        reader.vaults.add(vault_id)
    for host in ("acme", "acme_sb1"):
        token = reader.account(host, netsuite_account_id=HOSTS[host]).bootstrap_token()
        own = reader.folder / f"inventory/host_vars/{host}/main.yml"
        own.write_text(own.read_text() + f"netsuite_account_bootstrap_token: {token}\n")
    (reader.folder / "inventory/hosts.yml").write_text(
        "netsuite_accounts: {children: {production: {hosts: {acme: {}}}, sandboxes: {hosts: {acme_sb1: {}}}}}\n"
    )
    reader.write("vault-groups", "vault-production", "vault-whole")
    assert "2 active." in reader.run("vault-ids")
    assert reader.credentials("acme").read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert "$ANSIBLE_VAULT;1.2;AES256;sb\n" in reader.credentials("acme_sb1").read_text()
    assert changed(reader.run("vault-limit")) == {"acme_sb1": 0}

    reader.write("vault-renamed")
    said = reader.run("vault-rekey-values")
    assert "changed=1" in said  # the first of the two runs
    assert changed(said) == {"acme_sb1": 0}
    assert "$ANSIBLE_VAULT;1.2;AES256;sb2027\n" in reader.credentials("acme_sb1").read_text()

    said = reader.run("vault-rekey-file")
    assert "netsuite_account_credentials:" in said
    assert changed(said) == {"acme": 0}
    awx_rotation(reader)
    assert changed(reader.run("vault-convert")) == {"acme_sb1": 0}
    assert reader.credentials("acme_sb1").read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;sb2027\n")
    reader.finish()


def test_secret_store(follow, tmp_path):
    reader = follow("secret-store.md")
    (reader.folder / "inventory").mkdir()
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts: {hosts: {acme: {}}}\n")
    reader.write("store-group")
    reader.run("store-install")
    with running_openbao(tmp_path, tls=True) as server:
        policy, more = (reader.examples[name][1] for name in ("store-policy", "store-move-policy"))
        reader.done += ["store-policy", "store-move-policy"]
        reader.done += [name for name in reader.examples if name.startswith("store-login-")]  # test_store_logins
        kept = {"url": server.url, "ca_cert": server.ca_cert, "token": server.token_with(policy)}
        store = {f"netsuite_account_store_{name}": value for name, value in kept.items()}
        account = reader.account("acme", netsuite_account_id=HOSTS["acme"], **store)
        own = reader.folder / "inventory/host_vars/acme/main.yml"
        own.write_text(own.read_text() + f"netsuite_account_bootstrap_token: {account.bootstrap_token()}\n")
        in_file = "-e netsuite_account_store=file"
        reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
        assert "1 active." in reader.shell(f"ansible-playbook -i inventory m2m.netsuite.onboard {in_file}")
        first = account.active_ids()
        reader.run("store-move")
        assert not reader.credentials("acme").exists()
        assert changed(reader.shell("ansible-playbook -i inventory m2m.netsuite.onboard")) == {"acme": 0}
        assert "1 active." in reader.run("store-leak")
        assert len(account.active_ids()) == 1
        assert account.active_ids() != first
        secret = server.client().secrets.kv.v2.read_secret_version("netsuite/1234567", raise_on_deleted_version=True)
        assert [secret["data"]["data"]["certificate_id"]] == account.active_ids()
        own.write_text(own.read_text().replace(kept["token"], server.token_with(policy + more)))
        reader.shell(f"ansible-playbook -i inventory m2m.netsuite.move -e netsuite_move_to=file {in_file}")
    assert reader.credentials("acme").exists()
    by_task_file(reader, account, tmp_path)
    reader.finish()


def by_task_file(reader: Reader, account: SimulatedAccount, folder: Path) -> None:
    """The credential file moves into a store that a task file knows, and rotates there without a vault password."""
    shutil.copytree(ROOT / "examples/stores", reader.folder / "stores")
    reader.write("store-tasks-group")
    before = account.active_ids()
    with running_moto(folder) as url:
        login = {"ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "y", "DEFAULT_REGION": "eu-west-1", "ENDPOINT_URL": url}
        reader.variables |= {f"AWS_{name}": value for name, value in login.items()}
        assert "1 active." in reader.shell("ansible-playbook -i inventory m2m.netsuite.onboard")
        assert account.active_ids() == before
        reader.credentials("acme").unlink()
        del reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"]
        said = reader.shell("ansible-playbook -i inventory m2m.netsuite.rotate -e netsuite_account_overlap_days=0 -vvv")
    assert "1 active." in said
    assert "PRIVATE KEY" not in said
    assert len(account.active_ids()) == 1
    assert account.active_ids() != before


def awx_rotation(reader: Reader) -> None:
    """AWX reads what ansible-inventory exports; a rotation elsewhere, once committed, reaches it with that."""
    reader.shell(
        "git init --quiet && git config user.name e2e && git config user.email e2e@example.com && git add --all"
    )
    reader.shell("git commit --quiet --message 'As it was'")
    own = reader.folder / "inventory/host_vars/acme_sb1/main.yml"
    reader.variables["CLIENT_ID"] = client_id = reader.accounts["acme_sb1"].client_id
    own.write_text(own.read_text().replace(f"netsuite_account_client_id: {client_id}\n", ""))
    reader.run("awx-encrypt")
    assert client_id not in own.read_text()
    before = synchronised(reader)
    reader.run("awx-rotate")
    assert reader.shell("git status --porcelain") == ""
    # What AWX has not synchronised yet, it does not know.
    for inventory, warning in ((before, "lists 1 certificate of this integration that no"), (synchronised(reader), "")):
        said = reader.shell(awx(inventory, "m2m.netsuite.verify"), warning=warning)
        assert "NetSuite accounts: 1. 1 active." in said
        assert changed(said) == {"acme_sb1": 0}
        assert changed(reader.shell(awx(inventory, "m2m.netsuite.onboard"))) == {"acme_sb1": 0}
        refused = reader.shell(awx(inventory, "m2m.netsuite.rotate"), rc=2)
        assert "Rotate where the credential file is kept" in refused
        assert [path.name for path in inventory.parent.iterdir()] == [inventory.name]


def awx(inventory: Path, playbook: str) -> str:
    """The command of a job."""
    secret = "--vault-id sb2027@sb2027.password"
    return f"ansible-playbook -i {inventory} {secret} {playbook} --limit sandboxes -e awx_job_id=7 -e tower_job_id=7"


def synchronised(reader: Reader) -> Path:
    """The inventory of a job: a script that prints what was exported, the vaulted values unopened."""
    folder = reader.folder.parent / f"runner{len(list(reader.folder.parent.glob('runner*')))}"
    folder.mkdir()
    # a file that is encrypted as a whole cannot be synchronised, so production stays out
    exported = reader.shell("ansible-inventory -i inventory --list --export --limit sandboxes 2>/dev/null")
    assert "__ansible_vault" in exported
    script = folder / "hosts"
    script.write_text(f"#!{program('python')}\nprint({json.dumps(exported)})\n")
    script.chmod(0o755)
    return script


def test_workers(follow):
    reader = follow("workers.md")
    token = reader.account("acme", netsuite_account_id=HOSTS["acme"]).bootstrap_token()
    own = reader.folder / "inventory/host_vars/acme/main.yml"
    own.write_text(own.read_text() + f"netsuite_account_bootstrap_token: {token}\n")
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts: {hosts: {acme: {}}}\n")
    reader.write("workers-settings", "workers-playbook", "workers-environment")
    (reader.folder / "project/vault-password").write_text(reader.vaults.add().read_text())
    said = reader.run("workers-run")
    assert (reader.folder / "artifacts/first/rc").read_text() == "0"
    assert "+acme: generation 1, " in said
    assert changed(said) == {"acme": 1}
    account = reader.accounts["acme"]
    stored = yaml.load(reader.credentials("acme").read_text(), Loader=VaultLoader)["netsuite_account_credentials"]
    assert account.active_ids() == [stored["active"]["certificate_id"]]
    reader.finish()


def test_report(follow):
    reader = follow("report.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    for host in ("acme", "globex"):
        reader.account(host, netsuite_account_id=HOSTS[host])
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts: {hosts: {acme: {}, globex: {}}}\n")
    said = reader.run("report-run", rc=2)
    assert "NetSuite accounts: 2. 0 active, 2 failed." in said
    pages = {name: reader.folder / name / "report.html" for name in ("netsuite-report", "reports", "overview")}
    assert pages["netsuite-report"].exists()
    reader.run("report-switch", rc=2)  # verify wants all to be active
    assert "awaiting upload" in pages["netsuite-report"].read_text()
    assert pages["reports"].exists()
    assert "2 awaiting upload" in reader.run("report-recorded")
    reader.write("report-variables", "report-own")
    reader.upload("acme")
    assert "Waiting for a person: globex" in reader.run("report-own-run")
    assert pages["overview"].exists()
    assert not (pages["overview"].parent / "junit.xml").exists()
    reader.finish()


def test_tokens(follow, simulator):
    reader = follow("tokens.md")
    reader.vaults.add()
    (reader.folder / "vault-password").write_text(f"{reader.vaults.passwords['default']}\n")
    account, pair = reader.account("acme_sb1", netsuite_account_id=HOSTS["acme_sb1"]), new_pair()
    account.upload(pair.certificate)
    seal = reader.vaults.encrypt
    mine = {"netsuite_account_private_key": seal(pair.key), "netsuite_account_certificate": pair.certificate}
    (reader.folder / "inventory/host_vars/acme_sb1/pair.yml").write_text(dump(mine))
    (reader.folder / "inventory/hosts.yml").write_text(dump({"netsuite_accounts": {"hosts": {"acme_sb1": {}}}}))
    own = {"url": account.url, "client_id": account.client_id, "private_key": seal(pair.key)}
    own["certificate"] = pair.certificate
    (reader.folder / "acme.yml").write_text(dump({f"acme_{name}": value for name, value in own.items()}))
    reader.write("tokens-playbook", "tokens-scope", "tokens-options")
    before = account.counters()["requests"].get("token", 0)  # of other guides
    assert '"items": [' in reader.run("tokens-run")
    assert '"restlets"' in reader.run("tokens-scope-run")
    assert '"msg": "1000;12"' in reader.run("tokens-options-run")
    assert account.counters()["requests"]["token"] - before == 3
    reader.finish()


def test_by_hand_so_far(follow):
    reader = follow("by-hand-so-far.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    reader.run("hand-openssl")
    own = dict.fromkeys(("netsuite_account_role_id", "netsuite_account_entity_id", "netsuite_account_key_type"))
    account = reader.account("acme", **own)
    account.upload((reader.folder / "auth-cert.pem").read_text(), role=1001)
    before = account.counters()["write_attempts"]
    reader.write("hand-inventory")
    for example in ("hand-check", "hand-adopt"):
        assert not reader.credentials("acme").exists()
        said = reader.run(example)
        assert "NetSuite accounts: 1. 1 active." in said
        assert changed(said) == {"acme": 1}
    assert changed(reader.run("hand-onboard")) == {"acme": 0}
    assert account.counters()["write_attempts"] == before
    assert "1 active." in reader.run("hand-rotate")
    assert len(account.active_ids()) == 2
    reader.finish()


def test_contact(follow):
    reader = follow("contact.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    account = reader.account("acme_sb1", netsuite_account_id="1234567_SB1")
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts: {hosts: {acme_sb1: {}}}\n")
    account.knobs(preset="spec", access_token_alg="PS256")
    reader.shell("ansible-playbook -i inventory m2m.netsuite.onboard")
    reader.upload("acme_sb1")
    before = account.counters()
    assert "POST token, with an assertion without kid" in reader.run("contact-check")
    assert account.counters() == before
    assert changed(reader.run("contact-run")) == {"acme_sb1": 1}
    after = account.counters()
    assert (after["writes"], after["write_attempts"]) == (before["writes"], before["write_attempts"])
    assert reader.run("contact-search") == "Nothing found\n"
    reader.write("contact-rehearse")
    reader.run("contact-simulator")
    started = json.loads((reader.folder / "simulator/config.yml").read_text())
    assert started["settings"] == yaml.safe_load(
        (reader.folder / "netsuite-contact/acme_sb1/simulator.yml").read_text()
    )
    assert (started["preset"], started["settings"]["access_token_alg"]) == ("spec", "PS256")
    reader.finish()
