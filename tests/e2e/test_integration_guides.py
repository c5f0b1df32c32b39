# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guides about the beginning and the end of an integration, and what SECURITY.md says, followed to the letter."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import HOSTS, Reader
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

ONE_HOST = "netsuite_accounts: {hosts: {acme: {}}}\n"


def test_from_token_based_authentication(controller, simulator):
    reader = Reader(controller, simulator, "from-token-based-authentication.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    account = reader.account("acme", netsuite_account_role_id=None, netsuite_account_entity_id=None)
    reader.write("tba-hosts", "tba-call")
    assert "1 awaiting upload." in reader.run("tba-onboard")
    reader.upload("acme")
    assert "1 active." in reader.run("tba-onboard")
    before = account.counters()["requests"].get("restlet", 0)
    assert '"answer.json": {' in reader.run("tba-compare")
    assert account.counters()["requests"]["restlet"] == before + 1
    reader.finish()


def test_several_integrations(controller, simulator):
    reader = Reader(controller, simulator, "several-integrations.md")
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    account = simulator.account(HOSTS["acme"])
    clients = {"acme_patchworks": account.client_id, "acme_billing": "e" * 64}
    account.change(integrations=[{"client_id": client_id, "name": host} for host, client_id in clients.items()])
    for host, client_id in clients.items():
        mine = {
            "netsuite_account_client_id": client_id,
            "netsuite_account_base_url": account.url,
            "netsuite_account_key_type": "EC",
            "netsuite_account_bootstrap_token": account.bootstrap_token(client_id=client_id),
        }
        own = reader.folder / f"inventory/host_vars/{host}/main.yml"
        own.parent.mkdir(parents=True)
        own.write_text(dump(mine))
    reader.write("integrations-hosts", "integrations-store")
    assert "NetSuite accounts: 2. 2 active." in reader.run("integrations-run")
    first = set(account.active_ids())
    patchworks = reader.credentials("acme_patchworks").read_text()
    said = reader.run("integrations-rotate")
    assert "NetSuite accounts: 2. 2 active." in said
    assert "waiting for" in said
    assert len(first) == 2
    assert len(set(account.active_ids()) - first) == 1
    assert reader.credentials("acme_patchworks").read_text() == patchworks
    reader.finish()


def test_upgrade_and_removal(controller, simulator):
    reader = Reader(controller, simulator, "upgrade-and-removal.md")
    collections = controller.home / ".ansible/collections"
    reader.variables |= {
        "ANSIBLE_VAULT_PASSWORD_FILE": str(reader.vaults.add()),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
    }
    account = reader.account("acme", netsuite_account_id=HOSTS["acme"])
    own = reader.folder / "inventory/host_vars/acme/main.yml"
    own.write_text(own.read_text() + f"netsuite_account_bootstrap_token: {account.bootstrap_token()}\n")
    (reader.folder / "inventory/hosts.yml").write_text(ONE_HOST)
    package = [sys.executable, ROOT / "tests/tools/package.py", reader.folder]
    archive = subprocess.run(package, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    reader.variables["OLDER_ARCHIVE"] = archive
    manifest = collections / "ansible_collections/m2m/netsuite/MANIFEST.json"
    reader.run("upgrade-back")
    older = json.loads(manifest.read_text())
    version, older["collection_info"]["version"] = older["collection_info"]["version"], "0.0.1"
    manifest.write_text(json.dumps(older))
    assert "0.0.1" in reader.shell("ansible-galaxy collection list m2m.netsuite")
    assert re.search(rf"m2m\.netsuite +{re.escape(version)}\b", reader.run("upgrade-install"))

    for playbook in ("onboard", "rotate"):
        reader.shell(f"ansible-playbook -i inventory m2m.netsuite.{playbook}")
    assert len(account.active_ids()) == 2
    assert "changed=0" in reader.run("upgrade-look").rsplit("PLAY RECAP", 1)[1]

    reader.write("removal-export", "removal-revoke")
    reader.run("removal-revoke-run")
    assert account.active_ids() == []
    reader.run("removal-remove")
    assert not manifest.parent.exists()
    reader.run("removal-export-run")
    names = ("private_key", "certificate")
    key, certificate = (reader.folder / f"export/acme.{name}.pem" for name in names)
    public = [
        reader.shell(f"openssl {command} -in {path}")
        for command, path in (("pkey -pubout", key), ("x509 -pubkey -noout", certificate))
    ]
    assert public[0] == public[1]
    assert key.stat().st_mode & 0o777 == 0o600
    reader.finish()


def test_when_something_was_stolen(controller, simulator):
    reader = Reader(controller, simulator, "../../SECURITY.md")
    for vault_id in ("prod", "prod2"):
        reader.vaults.add(vault_id)
    account = reader.account("acme", netsuite_account_id=HOSTS["acme"], netsuite_account_consumers=["Billing"])
    own = reader.folder / "inventory/host_vars/acme/main.yml"
    own.write_text(own.read_text() + f"netsuite_account_bootstrap_token: {account.bootstrap_token()}\n")
    (reader.folder / "inventory/hosts.yml").write_text(ONE_HOST)
    reader.write("security-mapped")

    def replaced(*examples: str) -> None:
        before = set(account.active_ids())
        for example in examples:
            reader.run(example)
        assert len(account.active_ids()) == 1
        assert not before & set(account.active_ids())

    reader.variables["ANSIBLE_VAULT_IDENTITY_LIST"] = "prod@prod.password"
    reader.shell("ansible-playbook -i inventory m2m.netsuite.onboard")
    replaced("security-key")
    reader.run("security-handover")
    thief = account.upload(new_pair().certificate, role=1000)
    reader.variables["CERTIFICATE_ID"] = thief
    assert thief in reader.run("security-look")
    assert thief not in account.active_ids()

    own.write_text(own.read_text() + "netsuite_account_vault_id: prod2\n")
    del reader.variables["ANSIBLE_VAULT_IDENTITY_LIST"]
    replaced("security-encrypt", "security-rotate")
    assert "AES256;prod2\n" in reader.credentials("acme").read_text()
    reader.done.append("security-verify")  # what `make release` does with each signature
    reader.finish()
