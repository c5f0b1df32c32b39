# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook adopt over accounts of every kind. Good files are in tests/interop/test_adopted_pairs.py."""

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, betrayed_in
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, snapshot
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

ADOPT, ONBOARD = "m2m.netsuite.adopt", "m2m.netsuite.onboard"
PASSPHRASE = "canary-of-a-passphrase"
TASK = "Adopt the pair"


@pytest.fixture(scope="module")
def pairs():
    """By host, the pair; of ``files`` with a passphrase."""
    return {
        "files": new_pair(key=new_key(), passphrase=PASSPHRASE),
        "variables": new_pair(key=new_key()),
        "unmapped": new_pair(key=new_key()),
        "expired": new_pair(key=new_key(), start=-20, days=10),
        "nothing": new_pair(key=new_key()),
    }


@pytest.fixture(scope="module")
def runs(simulator: Simulator, module_controller: Controller, pairs) -> dict[str, Run]:
    controller, vaults = module_controller, module_controller.vaults
    for host, pair in pairs.items():
        account = simulator.account()
        if host not in ("unmapped", "expired"):
            account.upload(pair.certificate)
        given: dict[str, object] = {}
        if host in ("files", "unmapped", "expired"):
            path = controller.folder / f"{host}.pem"
            path.write_text(pair.key + pair.certificate)
            given = {"netsuite_adopt_files": str(path), "netsuite_adopt_passphrase": vaults.encrypt(PASSPHRASE)}
        elif host == "variables":
            given = {"netsuite_account_private_key": vaults.encrypt(pair.key)}
            given["netsuite_account_certificate"] = pair.certificate
        controller.inventory.add(host, account.variables(**given))
    before = snapshot(controller.inventory.folder)
    found = {"predicted": controller.play(ADOPT, "--check", "--diff").expect(2)}
    assert snapshot(controller.inventory.folder) == before
    found["adopted"] = controller.play(ADOPT).expect(2)
    found["again"] = controller.play(ADOPT, "-vvvv", "--limit", "files,variables", quiet=False).expect(0)
    found["onboarded"] = controller.play(ONBOARD, "--limit", "files,variables").expect(0)
    return found


def test_what_works_is_adopted_and_nothing_else(runs, module_controller, pairs):
    for run in (runs["predicted"], runs["adopted"]):
        statuses = {host: run.account(host)["status"] for host in pairs}
        assert statuses == {
            "files": "active",
            "variables": "active",
            "unmapped": "awaiting_upload",
            "expired": "failed",
            "nothing": "failed",
        }
        assert {host for host, number in run.changed.items() if number} == {"files", "variables"}
        assert "No pair is given. Name its files in netsuite_adopt_files" in run.account("nothing")["next_step"]
    for host in ("files", "variables"):
        assert module_controller.inventory.read_credentials(host)["active"]["certificate_id"] == pairs[host].id
    for host in ("unmapped", "expired", "nothing"):
        assert not module_controller.inventory.credentials(host).exists()


def test_then_nothing_changes(runs):
    for name in ("again", "onboarded"):
        assert sum(runs[name].changed.values()) == 0


def test_no_secret_is_anywhere_else(runs, module_controller, pairs):
    secrets = {host: pair.key for host, pair in pairs.items()} | {"passphrase": PASSPHRASE}
    for run in runs.values():
        assert betrayed(run.output + run.log, secrets) == []
    given = [module_controller.folder / f"{host}.pem" for host in pairs]
    assert betrayed_in([module_controller.folder], secrets, but=given) == {}
