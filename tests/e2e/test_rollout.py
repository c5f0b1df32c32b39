# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts in one run: a hundred at once, and a few of which some fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, snapshot
from ansible_collections.m2m.netsuite.tests.support.inventory import Vaults, dump
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator, unused_id
from ansible_collections.m2m.netsuite.tests.support.story import Story

BAD = ("a_broken", "c_guarded", "d_no_role", "g_encrypted")
pytestmark = pytest.mark.timeout(600)  # a hundred accounts take a while on a busy machine
ONBOARD, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.verify"


def fill(controller: Controller, accounts: dict[str, SimulatedAccount], more: dict[str, dict[str, Any]]) -> None:
    """An inventory of many accounts, with what they have in common in one place."""
    inventory = controller.inventory
    common = {
        "netsuite_account_curve": "secp256r1",
        "netsuite_account_role_id": "1001",
        "netsuite_account_entity_id": 12,
    }
    inventory.group_vars("netsuite_accounts", common)
    for host, account in accounts.items():
        own = account.variables(**more.get(host, {}))
        inventory.hosts[host] = ["netsuite_accounts"]
        inventory.host_file(host, "main.yml").write_text(
            dump({name: value for name, value in own.items() if name not in common})
        )
    inventory.add(host, {name: value for name, value in own.items() if name not in common})


def statuses(run: Run, hosts: Any) -> dict[str, str]:
    return {host: run.account(host)["status"] for host in hosts}


def counted(run: Run) -> dict[str, int]:
    """The counts of the closing summary."""
    return dict(run.results(task="Summary")[-1]["counts"])


def summary(run: Run) -> list[str]:
    """The closing summary as it was shown."""
    lines = run.stdout.splitlines()
    begin = next(number for number, line in enumerate(lines) if line.startswith("NetSuite accounts: "))
    return lines[begin : lines.index("", begin)]


@dataclass
class Rollout:
    """A hundred accounts, and the runs over them."""

    controller: Controller
    accounts: dict[str, SimulatedAccount]
    runs: Story = field(default_factory=Story)
    written: dict[str, bool] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)

    @property
    def headless(self) -> list[str]:
        return [host for number, host in enumerate(self.accounts) if number % 2]

    @property
    def by_hand(self) -> list[str]:
        return [host for number, host in enumerate(self.accounts) if not number % 2]

    def play(self, name: str, *arguments: str) -> None:
        before = snapshot(self.controller.inventory.folder), self.write_attempts()
        self.runs[name] = self.controller.play(ONBOARD, *arguments, timeout=400).expect(0)
        self.written[name] = snapshot(self.controller.inventory.folder) != before[0]
        self.attempts[name] = self.write_attempts() - before[1]

    def write_attempts(self) -> int:
        written = next(iter(self.accounts.values())).simulator.admin("GET", "counters")["by_account"]
        return sum(written.get(account.label, {}).get("write_attempts", 0) for account in self.accounts.values())


@pytest.fixture(scope="module")
def rollout(simulator: Simulator, module_controller: Controller) -> Rollout:
    suffixes = ("", "_SB1", "_SB2", "_RP")
    accounts = {f"a{number:03d}": simulator.account(unused_id(suffixes[number % 4])) for number in range(100)}
    made = Rollout(module_controller, accounts)
    tokens = {host: {"netsuite_account_bootstrap_token": accounts[host].bootstrap_token()} for host in made.headless}
    fill(module_controller, accounts, tokens)
    with made.runs.going():
        made.play("first", "--forks", "4")
        made.play("again", "--forks", "8", "-e", "netsuite_accounts_strategy=free")
        for host in made.by_hand:
            certificate = module_controller.inventory.credentials(host).with_suffix(".auth-cert.pem")
            accounts[host].upload(certificate.read_text(), role=1001)
        made.play("uploaded", "--forks", "2", "-e", "netsuite_accounts_serial=40")
    return made


def test_the_story_comes_to_its_end(rollout):
    if rollout.runs.broken is not None:
        raise rollout.runs.broken


def test_one_run_leaves_half_active_and_half_waiting(rollout):
    run = rollout.runs["first"]
    assert statuses(run, rollout.headless) == dict.fromkeys(rollout.headless, "active")
    assert statuses(run, rollout.by_hand) == dict.fromkeys(rollout.by_hand, "awaiting_upload")
    assert counted(run) == {"active": 50, "awaiting_upload": 50, "rotating": 0, "failed": 0}
    assert rollout.attempts["first"] == 50


def test_the_second_run_changes_nothing(rollout):
    run = rollout.runs["again"]
    assert run.changed == dict.fromkeys(rollout.accounts, 0)
    assert (rollout.written["again"], rollout.attempts["again"]) == (False, 0)
    assert counted(run) == counted(rollout.runs["first"])


def test_after_the_uploads_all_are_active(rollout):
    run = rollout.runs["uploaded"]
    assert statuses(run, rollout.accounts) == dict.fromkeys(rollout.accounts, "active")
    assert run.changed == {host: int(host in rollout.by_hand) for host in rollout.accounts}
    assert summary(run) == ["NetSuite accounts: 100. 100 active."]
    assert rollout.attempts["uploaded"] == 0


def test_the_summary_shows_the_next_step_of_each_that_is_not_active(rollout):
    lines = summary(rollout.runs["first"])
    assert lines[0] == "NetSuite accounts: 100. 50 active, 50 awaiting upload."
    assert lines[1].startswith("- 50 accounts: awaiting upload. In NetSuite account <account>, as Administrator, open")
    expected = [f"  - {host} ({rollout.accounts[host].realm}): page https://" for host in rollout.by_hand]
    assert [line[: len(start)] for line, start in zip(lines[2:], expected, strict=True)] == expected
    for host, line in zip(rollout.by_hand, lines[2:], strict=True):
        assert f"host_vars/{host}/netsuite_credentials.auth-cert.pem" in line
        assert rollout.runs["first"].account(host)["certificate_id"] in line


def test_the_bootstrap_token_is_forgotten(rollout):
    controller = rollout.controller
    for host in rollout.headless[:5]:
        token = (controller.inventory.host_file(host, "main.yml").read_text().split("bootstrap_token: ")[1]).split()[0]
        texts = [path.read_text() for path in controller.inventory.folder.rglob("*.*") if path.name != "main.yml"]
        assert not any(token in text for text in texts)
        assert token not in rollout.runs["first"].output


@pytest.fixture
def mixed(new_account: Any, controller: Controller) -> dict[str, SimulatedAccount]:
    """Seven accounts: the first fails, one is not what it should be, of two a variable is no good, one waits."""
    names = ("a_broken", "b_good", "c_guarded", "d_no_role", "e_waiting", "f_good", "g_encrypted")
    accounts = {name: new_account() for name in names}
    more: dict[str, dict[str, Any]] = {
        name: {"netsuite_account_bootstrap_token": accounts[name].bootstrap_token()}
        for name in names
        if name != "e_waiting"
    }
    accounts["a_broken"].integration(state="blocked")
    more["c_guarded"]["netsuite_account_environment"] = "production"
    more["d_no_role"]["netsuite_account_entity_id"] = "{{ nowhere_defined }}"
    fill(controller, accounts, more)
    controller.inventory.host_file("d_no_role", "entity.yml").write_text(
        'netsuite_account_entity_id: "{{ nowhere_defined }}"\n'
    )
    stranger = Vaults(controller.folder / "stranger")
    stranger.add("default", "another password")
    controller.inventory.host_file("g_encrypted", "zz_encrypted.yml").write_text(
        dump({"netsuite_account_id": stranger.encrypt(accounts["g_encrypted"].account_id)})
    )
    return accounts


@pytest.mark.matrix
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-e", "netsuite_accounts_serial=1"), id="serial 1"),
        pytest.param(("-e", "netsuite_accounts_strategy=free", "--forks", "2"), id="free"),
    ],
)
def test_what_fails_stops_nobody_else(mixed, controller, arguments):
    run = controller.play(ONBOARD, *arguments).expect(2)
    assert statuses(run, ("b_good", "e_waiting", "f_good")) == {
        "b_good": "active",
        "e_waiting": "awaiting_upload",
        "f_good": "active",
    }
    assert counted(run) == {"active": 2, "awaiting_upload": 1, "rotating": 0, "failed": 4}
    assert {host for host, figures in run.recap.items() if figures["failures"]} == set(BAD)
    lines = {line.split(" ")[1]: line for line in summary(run)[1:]}
    assert set(lines) == {*BAD, "e_waiting"}
    assert "HTTP 401" in lines["a_broken"]
    assert "is a sandbox" in lines["c_guarded"]
    assert f"({mixed['d_no_role'].realm}): failed. " in lines["d_no_role"]
    assert "nowhere_defined" in lines["d_no_role"]
    assert "(account unknown): failed. " in lines["g_encrypted"]


def test_a_rerun_goes_on_where_it_stopped(mixed, controller):
    limited = controller.play(ONBOARD, "--limit", "b_good,e_waiting").expect(0)
    assert counted(limited) == {"active": 1, "awaiting_upload": 1, "rotating": 0, "failed": 0}
    assert set(limited.recap) == {"b_good", "e_waiting"}
    for account in (mixed["c_guarded"], mixed["f_good"]):
        assert account.counters()["requests"] == {}
    controller.play(ONBOARD).expect(2)
    mixed["a_broken"].integration(state="enabled")
    controller.inventory.host_file("d_no_role", "entity.yml").write_text("netsuite_account_entity_id: 12\n")
    run = controller.play(ONBOARD).expect(2)
    assert statuses(run, ("a_broken", "b_good", "d_no_role", "f_good")) == dict.fromkeys(
        ("a_broken", "b_good", "d_no_role", "f_good"), "active"
    )
    assert (run.changed["b_good"], run.changed["f_good"]) == (0, 0)
    assert counted(run) == {"active": 4, "awaiting_upload": 1, "rotating": 0, "failed": 2}


def test_the_guard_refuses_before_anything_is_sent_or_written(mixed, controller):
    before = snapshot(controller.inventory.folder)
    for playbook in (ONBOARD, "m2m.netsuite.rotate", VERIFY):
        run = controller.play(playbook, "--limit", "c_guarded").expect(2)
        assert run.account("c_guarded")["status"] == "failed"
        assert "is a sandbox" in run.account("c_guarded")["next_step"]
    assert mixed["c_guarded"].counters()["requests"] == {}
    assert snapshot(controller.inventory.folder) == before


def test_verify_keeps_the_status_of_what_it_fails_for(mixed, controller):
    controller.play(ONBOARD, "--limit", "b_good,e_waiting").expect(0)
    run = controller.play(VERIFY, "--limit", "b_good,e_waiting,f_good").expect(2)
    assert counted(run) == {"active": 1, "awaiting_upload": 1, "rotating": 0, "failed": 1}
    assert "Run the playbook onboard" in run.account("f_good")["next_step"]
