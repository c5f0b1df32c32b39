# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run with nothing to do may take: tasks and requests are counted, time is not (that is for ``make bench``)."""

from __future__ import annotations

import pytest

ACCOUNTS = 3
ONCE = 3  # the summary; the report and the notification, which nobody asked for


@pytest.fixture
def known(controller, new_account):
    """Accounts that are in the inventory, by host."""
    accounts = {f"host{number}": new_account() for number in range(ACCOUNTS)}
    for host, account in accounts.items():
        controller.inventory.add(host, account.variables(netsuite_account_key_type="EC"))
    return accounts


@pytest.fixture
def settled(controller, known):
    """Accounts with working credentials, by host."""
    controller.play("m2m.netsuite.onboard").expect(0)
    for host, account in known.items():
        account.upload(controller.inventory.credentials(host).with_suffix(".auth-cert.pem").read_text())
    controller.play("m2m.netsuite.onboard").expect(0)
    return known


@pytest.mark.parametrize(
    ("playbook", "requests"),
    [
        ("m2m.netsuite.onboard", {"token": 1, "server_time": 1}),
        ("m2m.netsuite.verify", {"token": 1, "server_time": 1, "keys": 1, "certificates.list": 1}),
    ],
)
def test_with_nothing_to_do(controller, settled, playbook, requests):
    before = {host: account.counters() for host, account in settled.items()}
    run = controller.play(playbook).expect(0)
    assert set(run.changed.values()) == {0}
    for host, account in settled.items():
        after = account.counters()
        sent = {route: count - before[host]["requests"].get(route, 0) for route, count in after["requests"].items()}
        assert {route: count for route, count in sent.items() if count} == requests
        assert after["write_attempts"] == before[host]["write_attempts"]
    check_tasks(run)


def test_until_the_certificate_is_uploaded(controller, known):
    first = controller.play("m2m.netsuite.onboard").expect(0)
    assert first.changed == dict.fromkeys(known, 1)
    for account in known.values():  # the time at NetSuite, before a key is made, and nothing else
        assert {route: count for route, count in account.counters()["requests"].items() if count} == {"keys": 1}
    waiting = controller.play("m2m.netsuite.onboard").expect(0)
    assert set(waiting.changed.values()) == {0}
    check_tasks(first)
    check_tasks(waiting)


def check_tasks(run):
    """Four tasks for each account, skipped ones counted; one host also has what there is once a run."""
    counts = sorted(figures["ok"] + figures["skipped"] for figures in run.recap.values())
    assert counts == [4] * (ACCOUNTS - 1) + [4 + ONCE]
