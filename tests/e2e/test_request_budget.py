# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run with nothing to do may take: tasks and requests are counted, time is not (that is for ``make bench``)."""

from __future__ import annotations

import re

import pytest

from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

ACCOUNTS = 3
ONCE = 3  # the summary; the report and the notification, which nobody asked for


def published(run: str) -> int:
    """How many requests the page about costs names for a run."""
    page = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^\| {re.escape(run)} \| (\d+) \|", page, re.MULTILINE)
    return int(found)


def sent(account, before=None):
    """How often an account was asked, by route, since its counters stood as ``before``."""
    then = before["requests"] if before else {}
    counts = {route: count - then.get(route, 0) for route, count in account.counters()["requests"].items()}
    return {route: count for route, count in counts.items() if count}


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
    ("playbook", "row", "requests"),
    [
        ("m2m.netsuite.onboard", "`onboard`, nothing to do", {"token": 1, "server_time": 1}),
        ("m2m.netsuite.verify", "`verify`", {"token": 1, "server_time": 1, "keys": 1, "certificates.list": 1}),
    ],
)
def test_with_nothing_to_do(controller, settled, playbook, row, requests):
    before = {host: account.counters() for host, account in settled.items()}
    run = controller.play(playbook).expect(0)
    assert set(run.changed.values()) == {0}
    for host, account in settled.items():
        assert sent(account, before[host]) == requests
        assert account.counters()["write_attempts"] == before[host]["write_attempts"]
    assert published(row) == sum(requests.values())
    check_tasks(run)


def test_a_rotation(controller, new_account):
    account = new_account()
    token = account.bootstrap_token()
    own = account.variables(netsuite_account_key_type="EC", netsuite_account_role_id="1001")
    controller.inventory.add("acme", own)
    controller.play("m2m.netsuite.onboard", "-e", f"netsuite_account_bootstrap_token={token}").expect(0)
    before = account.counters()
    controller.play("m2m.netsuite.rotate").expect(0)
    assert sum(sent(account, before).values()) == published("`rotate`, with an overlap"), sent(account, before)


def test_until_the_certificate_is_uploaded(controller, known):
    first = controller.play("m2m.netsuite.onboard").expect(0)
    assert first.changed == dict.fromkeys(known, 1)
    for account in known.values():  # the time at NetSuite, before a key is made, and nothing else
        assert sent(account) == {"keys": 1}
    assert published("`onboard`, first run") == 1
    waiting = controller.play("m2m.netsuite.onboard").expect(0)
    assert set(waiting.changed.values()) == {0}
    check_tasks(first)
    check_tasks(waiting)


def check_tasks(run):
    """Four tasks for each account, skipped ones counted; one host also has what there is once a run."""
    counts = sorted(figures["ok"] + figures["skipped"] for figures in run.recap.values())
    assert counts == [4] * (ACCOUNTS - 1) + [4 + ONCE]
