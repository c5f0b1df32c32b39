# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The end of a replaced certificate: nobody's is revoked under their feet, and none is left over unseen."""

from __future__ import annotations

import pytest

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
