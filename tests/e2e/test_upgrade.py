# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What release 0.1.0 has left in an inventory is gone on with: its credential files, word by word, and its variables.

That its modules, options and results are still there is in tests/contract/test_released_names.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader, Vaults, dump
from ansible_collections.m2m.netsuite.tests.support.material import Pair, new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount

ONBOARD, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.verify"
HEAD = """\
# The credentials of one NetSuite account, kept by the Ansible collection m2m.netsuite.
# Commit it with your inventory; do not edit it: it is replaced as a whole.
---
"""


def moment(days: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def generation(number: int, pair: Pair, vaults: Vaults, *, proven: bool = True) -> dict[str, object]:
    return {
        "number": number,
        "certificate_id": pair.id,
        "not_after": moment(364),
        "created": moment(-20),
        **({"proven": moment(-19)} if proven else {}),
        "certificate": pair.certificate,
        "private_key": vaults.encrypt(pair.key),
    }


class Inherited:
    """An inventory in which 0.1.0 has worked: one account in its steady state, two in the middle of a rotation."""

    def __init__(self, controller: Controller, new_account) -> None:
        self.controller = controller
        self.accounts: dict[str, SimulatedAccount] = {}
        self.pairs: dict[str, list[Pair]] = {}
        for host in ("steady", "pending", "overdue"):
            self.accounts[host] = new_account()
            self.pairs[host] = [new_pair(key=new_key()) for _number in range(2)]
            vaulted = {"netsuite_account_client_id": controller.vaults.encrypt(self.accounts[host].client_id)}
            controller.inventory.add(host, self.accounts[host].variables(**vaulted, netsuite_account_role_id="1001"))
            first, second = self.pairs[host]
            self.accounts[host].upload(first.certificate, role=1001)
            document: dict[str, Any] = {"format": 1, "account": self.accounts[host].realm}
            document["active"] = generation(1, first, controller.vaults)
            if host == "pending":
                document["pending"] = generation(2, second, controller.vaults, proven=False)
            if host == "overdue":
                self.accounts[host].upload(second.certificate, role=1001)
                document["active"] = generation(2, second, controller.vaults)
                document["retiring"] = [
                    {"certificate_id": first.id, "not_after": moment(364), "replaced": moment(-8)},
                ]
            path = controller.inventory.credentials(host)
            path.write_text(HEAD + dump({"netsuite_account_credentials": document}))
            path.chmod(0o600)
            path.with_suffix(".auth-cert.pem").write_text(document["active"]["certificate"])


@pytest.fixture
def inherited(controller: Controller, new_account) -> Inherited:
    return Inherited(controller, new_account)


def test_credential_files_of_0_1_0(inherited: Inherited) -> None:
    controller, accounts, pairs = inherited.controller, inherited.accounts, inherited.pairs
    before = controller.inventory.credentials("steady").read_bytes()

    verified = controller.play(VERIFY, quiet=False).expect(2)
    assert verified.account("steady")["status"] == "active"
    assert "was due for revocation on" in verified.account("overdue")["next_step"]

    run = controller.play(ONBOARD).expect(0)
    assert [run.account(host)["status"] for host in accounts] == ["active"] * 3
    assert run.account("pending")["certificate_id"] == pairs["pending"][1].id
    assert [one["certificate_id"] for one in run.account("pending")["retiring"]] == [pairs["pending"][0].id]
    assert accounts["overdue"].active_ids() == [pairs["overdue"][1].id]
    assert run.changed["steady"] == 0
    assert controller.inventory.credentials("steady").read_bytes() == before

    again = controller.play(ONBOARD).expect(0)
    assert set(again.changed.values()) == {0}
    for host in accounts:
        document = yaml.load(controller.inventory.credentials(host).read_text(), Loader=VaultLoader)
        assert document["netsuite_account_credentials"]["format"] == 1  # an older release reads it, too
