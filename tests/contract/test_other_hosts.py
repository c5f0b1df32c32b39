# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which other hosts of a real inventory use a certificate: their variables, and the secrets in a real store."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, Generation
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_kv2
from ansible_collections.m2m.netsuite.plugins.plugin_utils.other_hosts import users_of
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao

ACCOUNT = parse_account("1234567_SB1")
TIME = "2026-11-23T20:00:00Z"
LEAST = 'path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }'


@pytest.fixture
def users(tmp_path, openbao):
    """Who uses a certificate besides the host ``own``, where the others have these variables."""

    def found(wanted: str, **hosts: dict[str, Any]) -> list[str]:
        common = {
            "netsuite_account_id": "1234567-sb1",
            "netsuite_account_store_url": openbao.url,
            "netsuite_account_store_token": openbao.token_with(LEAST),
        }
        document = {"all": {"hosts": {"own": {}, **hosts}, "vars": common}}
        (tmp_path / "hosts.yml").write_text(dump(document), encoding="utf-8")
        loader = DataLoader()
        inventory = InventoryManager(loader=loader, sources=[str(tmp_path / "hosts.yml")])
        manager = VariableManager(loader=loader, inventory=inventory)
        hostvars = HostVars(inventory=inventory, variable_manager=manager, loader=loader)
        return users_of(ACCOUNT, wanted, {"hostvars": hostvars, "inventory_hostname": "own"})

    return found


def keep(openbao: OpenBao, path: str, active: str, pending: str | None = None) -> dict[str, Any]:
    """A secret with these certificates, and the variables of the host that has it."""
    first = Generation(1, active, "CERTIFICATE", TIME, TIME, "KEY")
    credentials = Credentials(ACCOUNT.realm, first)
    if pending:
        credentials = credentials.with_pending(Generation(2, pending, "CERTIFICATE", TIME, TIME, "KEY"))
    options = {"store_url": openbao.url, "store_token": openbao.token, "store_path": path}
    open_kv2(options, ACCOUNT, None).save(credentials, None)
    return {"netsuite_account_store": "kv2", "netsuite_account_store_path": path}


def test_a_secret_says_which_certificates_its_host_uses(users, openbao):
    hosts = {
        "active": keep(openbao, "netsuite/others-active", "wanted"),
        "pending": keep(openbao, "netsuite/others-pending", "another", "wanted"),
        "neither": keep(openbao, "netsuite/others-neither", "another"),
        "template": {**keep(openbao, "netsuite/others-template", "wanted"), "kind": "kv2"},
        "elsewhere": {**keep(openbao, "netsuite/others-elsewhere", "wanted"), "netsuite_account_id": "7654321"},
    }
    hosts["template"]["netsuite_account_store"] = "{{ kind }}"
    assert users("wanted", **hosts) == ["active", "pending", "template"]


def test_what_cannot_be_read_is_not_known_rather_than_unused(users, openbao):
    nobody = openbao.token_with('path "secret/data/elsewhere" { capabilities = ["read"] }')
    kept = keep(openbao, "netsuite/others-denied", "wanted")
    found = users(
        "wanted",
        denied={**kept, "netsuite_account_store_token": nobody},
        broken={**kept, "netsuite_account_store_path": "{{ nowhere }}"},
    )
    assert [one.partition(" (perhaps; its store cannot be read here: ")[0] for one in found] == ["denied", "broken"]
    assert "denied access" in found[0]
    assert nobody not in str(found)


def test_credentials_that_have_yet_to_move_count(users):
    store = {"netsuite_account_store": "kv2", "netsuite_account_store_path": "netsuite/others-none"}
    document = {"active": {"certificate_id": "wanted"}}
    assert users("wanted", one={**store, "netsuite_account_credentials": document}, two=store) == ["one"]
