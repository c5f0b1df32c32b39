# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The callback m2m.netsuite.progress beside Ansible's own, with the settings that quieten that one."""

from __future__ import annotations

import re

import pytest

from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet

QUIET = {"ANSIBLE_DISPLAY_OK_HOSTS": "0", "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "0", "ANSIBLE_FORCE_COLOR": "0"}
LINE = re.compile(r"(\w+) \((.+)\): ([a-z ]+)\. (\d) of 5 done(?:, about \d+ s left| in \d+ s)\.")


@pytest.mark.matrix
def test_one_line_for_each_account(simulator, controller):
    fleet = Fleet(simulator, controller)
    for number in range(4):
        fleet.add(f"good{number}")
    fleet.add("bad", netsuite_account_id="not an id")
    enabled = {"ANSIBLE_CALLBACKS_ENABLED": "e2e_events,m2m.netsuite.progress"}
    serial = ("-e", "netsuite_accounts_serial=2")
    run = controller.play("m2m.netsuite.verify", *serial, env={**QUIET, **enabled}, quiet=False).expect(2)

    lines = [LINE.fullmatch(line) for line in run.stderr.splitlines()]
    assert all(lines), run.stderr
    expected = {host: (account.realm, "active") for host, account in fleet.accounts.items()}
    assert {line[1]: (line[2], line[3]) for line in lines} == {**expected, "bad": ("not an id", "failed")}
    assert [line[4] for line in lines] == list("12345")
    # Ansible's own: the plays, what failed, the summary, and a line for each account at the end.
    assert "NetSuite accounts: 5. 4 active, 1 failed." in run.stdout
    assert "ok: [" not in run.stdout
    assert "skipping: [" not in run.stdout
