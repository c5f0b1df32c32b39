# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook verify over healthy accounts, and over the same ones after something has gone wrong with each."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import snapshot
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

HEALTHY = ("kept", "given")
# By host: what goes wrong, and what the report has to name.
BROKEN = {
    "revoked": "mapping_vanished",
    "blocked": "disabled_in_netsuite",
    "remapped": "token_role",
    "late": "clock_behind",
    "expired": "expired",
    "barred": "login_permission_missing",
    "open": "files",
}
HOSTS = (*HEALTHY, *BROKEN)


@pytest.fixture(scope="module")
def story(simulator, module_controller) -> SimpleNamespace:
    """All accounts onboarded; verified; broken; verified again."""
    controller = module_controller
    accounts = {host: simulator.account() for host in HOSTS}
    pair = new_pair()
    for host, account in accounts.items():
        variables: dict[str, Any] = {
            "netsuite_account_bootstrap_token": controller.vaults.encrypt(account.bootstrap_token()),
            "netsuite_account_key_type": "EC",
        }
        if host == "given":
            account.upload(pair.certificate)
            variables = {
                "netsuite_account_private_key": controller.vaults.encrypt(pair.key),
                "netsuite_account_certificate": pair.certificate,
            }
        if host == "open":
            variables |= {"netsuite_account_encryption": "value"}
        controller.inventory.add(host, account.variables(**variables))
    controller.play("m2m.netsuite.onboard").expect(0)
    for host in HOSTS:  # the bootstrap token has done its work
        path = controller.inventory.host_file(host, "main.yml")
        kept = [line for line in path.read_text().split("\n") if line]
        start = next((at for at, line in enumerate(kept) if "bootstrap_token" in line), None)
        if start is not None:
            end = next((at for at in range(start + 1, len(kept)) if not kept[at].startswith(" ")), len(kept))
            path.write_text("\n".join(kept[:start] + kept[end:]) + "\n")
    before = {host: account.counters() for host, account in accounts.items()}
    files = snapshot(controller.inventory.folder)
    healthy = controller.play("m2m.netsuite.verify")
    _break(controller, accounts)
    broken_files = snapshot(controller.inventory.folder)
    broken = controller.play("m2m.netsuite.verify")
    return SimpleNamespace(
        accounts=accounts,
        before=before,
        healthy=healthy,
        broken=broken,
        files=(files, broken_files, snapshot(controller.inventory.folder)),
    )


def _break(controller, accounts) -> None:
    accounts["revoked"].revoke(accounts["revoked"].active_ids()[0])
    accounts["blocked"].integration(state="blocked")
    accounts["late"].knobs(clock_offset=7200)
    accounts["barred"].change(roles=[{"id": 1000, "permissions": ["REST Web Services"]}])
    inventory = controller.inventory
    main = inventory.host_file("remapped", "main.yml")
    main.write_text(main.read_text().replace("'1000'", "'1001'"))
    old = new_pair(days=10, start=-20)
    inventory.host_file("expired", "netsuite_credentials.yml").unlink()
    given = {
        "netsuite_account_private_key": controller.vaults.encrypt(old.key),
        "netsuite_account_certificate": old.certificate,
    }
    inventory.add("expired", accounts["expired"].variables(**given))
    path = inventory.host_file("open", "netsuite_credentials.yml")
    key = controller.vaults.decrypt(inventory.read_credentials("open")["active"]["private_key"])
    lines, plain, inside = path.read_text().split("\n"), [], False
    for line in lines:
        if "private_key: !vault" in line:
            indent = " " * (len(line) - len(line.lstrip()))
            plain += [f"{indent}private_key: |", *(f"{indent}  {row}" for row in key.strip().split("\n"))]
            inside = True
        elif inside and (line.strip().startswith("$ANSIBLE_VAULT") or line.strip().isdigit()):
            continue
        else:
            inside = False
            plain.append(line)
    path.write_text("\n".join(plain))
    path.chmod(0o644)


def test_healthy_accounts_end_with_0(story):
    story.healthy.expect(0)
    assert {host: story.healthy.account(host)["status"] for host in HOSTS} == dict.fromkeys(HOSTS, "active")


def test_exactly_the_unhealthy_ones_fail(story):
    story.broken.expect(None)
    failed = {host for host, figures in story.broken.recap.items() if figures["failures"]}
    assert failed == set(BROKEN)


@pytest.mark.parametrize("host", BROKEN)
def test_the_report_names_what_is_wrong(host, story):
    result = story.broken.account(host)
    named = [cause["cause"] for cause in result["diagnosis"]]
    if host == "open":
        named = [check["name"] for check in result["checks"] if check["status"] == "failed"]
    assert result["status"] != "active"
    assert named[0] == BROKEN[host] or BROKEN[host] in named[:3], result
    assert len(result["next_step"]) > 30


def test_the_report_covers_everything(story):
    result = story.healthy.account("kept")
    assert [(check["name"], check["status"]) for check in result["checks"]] == [
        *((name, "ok") for name in ("preflight", "token", "claims", "signature", "probe")),
        ("certificates", "skipped"),  # the role of the token may not see them
        ("files", "ok"),
    ]
    assert result["mapping_state"] == "active"
    assert (result["role"], result["entity"], result["scope"]) == ("1000", "12", ["rest_webservices"])
    assert abs(result["clock_skew"]) <= 2
    assert result["days_left"] == 728
    late = story.broken.account("late")
    assert abs(late["clock_skew"] - 7200) <= 2
    assert late["mapping_state"] is None


def test_verify_writes_nothing(story):
    for host, account in story.accounts.items():
        now = account.counters()
        assert (now["writes"], now["write_attempts"]) == (
            story.before[host]["writes"],
            story.before[host]["write_attempts"],
        )
    first, broken, last = story.files
    assert broken == last
    assert first != broken
    for run in (story.healthy, story.broken):
        assert set(run.changed.values()) == {0}
