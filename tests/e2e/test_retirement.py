# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a replaced certificate: nobody's is revoked under their feet, and none is left over unseen."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import program
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet

ROTATE, VERIFY, ONBOARD = "m2m.netsuite.rotate", "m2m.netsuite.verify", "m2m.netsuite.onboard"
NO_OVERLAP = ("-e", "netsuite_account_overlap_days=0")


@pytest.fixture
def fleet(simulator, controller):
    found = Fleet(simulator, controller)
    found.add("first")
    return found


def test_verify_fails_once_a_revocation_is_due(fleet):
    fleet.controller.play(ROTATE).expect(0)
    assert fleet.controller.play(VERIFY).expect(0).account("first")["retiring"][0]["status"] == "waiting"
    late = fleet.controller.play(VERIFY, *NO_OVERLAP, quiet=False).expect(2).account("first")
    assert late["status"] == "active"
    assert late["retiring"][0]["status"] == "due"
    assert "was due for revocation on" in late["next_step"]
    done = fleet.controller.play(ONBOARD, *NO_OVERLAP).expect(0).account("first")
    assert [one["step"] for one in done["steps"]] == ["retire"]
    assert done["retiring"] == []
    fleet.controller.play(VERIFY, *NO_OVERLAP).expect(0)


def test_verify_lists_a_certificate_whose_key_was_lost(fleet):
    """A file that is restored and rotated again leaves a certificate in force of which nothing here tells."""
    controller, account = fleet.controller, fleet.accounts["first"]
    path = controller.inventory.credentials("first")
    controller.play(ROTATE, *NO_OVERLAP).expect(0)  # from variables to the file
    older = path.read_bytes()
    lost = controller.play(ROTATE).expect(0).account("first")["certificate_id"]
    assert controller.play(VERIFY).expect(0).account("first")["unknown_certificates"] == []
    path.write_bytes(older)

    verified = controller.play(VERIFY, quiet=False).expect(0)
    assert [one["certificate_id"] for one in verified.account("first")["unknown_certificates"]] == [lost]
    said = " ".join(verified.stderr.split())
    assert f"Account {account.account_id}: NetSuite lists 1 certificate of this integration that no host" in said

    command = re.search(r"Revoke one that nobody uses with: (ansible .*? certificate_id=)ID'", said)
    assert command
    filled = command[1].replace("INVENTORY", str(controller.inventory.path)).replace("HOST", "first")
    argv = [*shlex.split(f"{filled}{lost}'"), *controller.vaults.arguments()]
    argv[0] = str(program("ansible"))
    subprocess.run(argv, env=controller.environment(), cwd=controller.folder, check=True, capture_output=True)
    assert lost not in account.active_ids()
    assert controller.play(VERIFY).expect(0).account("first")["unknown_certificates"] == []


@pytest.mark.parametrize("known_by", ["id", "certificate", "credential file"])
def test_a_certificate_that_another_host_uses_is_not_revoked(fleet, known_by):
    controller, account = fleet.controller, fleet.accounts["first"]
    if known_by == "credential file":
        controller.play(ROTATE, *NO_OVERLAP).expect(0)
    old = account.active_ids()[0]
    for path in (controller.inventory.folder / "host_vars/first").iterdir():
        text = path.read_text()
        if known_by == "certificate":  # its id has to be computed
            text = "".join(line for line in text.splitlines(True) if "certificate_id" not in line)
        copy = controller.inventory.host_file("second", path.name)
        copy.write_text(text)
    main = controller.inventory.host_file("second", "main.yml").read_text()
    controller.inventory.add("second", {})
    controller.inventory.host_file("second", "main.yml").write_text(main)

    run = controller.play(ROTATE, "--limit", "first", *NO_OVERLAP, quiet=False).expect(2)
    result = run.account("first")
    assert (result["status"], result["retiring"][0]["status"]) == ("active", "failed")
    assert "still used by second" in result["next_step"]
    assert old in account.active_ids()
