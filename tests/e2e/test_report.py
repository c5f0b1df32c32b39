# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report, written by real playbooks over accounts in every status, and read back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import jsonschema
import pytest
from junitparser import JUnitXml

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, Simulator

pytestmark = pytest.mark.matrix

REPORT, ONBOARD, ROTATE, VERIFY = (f"m2m.netsuite.{name}" for name in ("report", "onboard", "rotate", "verify"))
FILES = {"report.html", "report.json", "junit.xml", "netsuite.prom", "renewals.ics", "worklist.md"}
GOOD, ROTATED, WAITING, MISTAKEN = "good", "rotated", "waiting", "mistaken"
SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))


@dataclass
class Life:
    """Four accounts, and what each run left in the folder of the report."""

    controller: Controller
    fleet: Fleet
    runs: dict[str, Run] = field(default_factory=dict)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    inventories_written: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def play(self, name: str, playbook: str, *arguments: str, rc: int | None = 0) -> None:
        before = snapshot(self.controller.inventory.folder)
        self.runs[name] = self.controller.play(playbook, *arguments).expect(rc)
        if snapshot(self.controller.inventory.folder) != before:
            self.inventories_written.append(name)
        self.keep(name)

    def keep(self, name: str) -> None:
        """Keep what is in the folder of the report."""
        folder = self.controller.folder / "netsuite-report"
        self.texts[name] = {path.name: path.read_text() for path in folder.glob("*")}

    def document(self, name: str) -> dict[str, Any]:
        """report.json after a run."""
        found: dict[str, Any] = json.loads(self.texts[name]["report.json"])
        jsonschema.validate(found, SCHEMA)
        return found

    def account(self, name: str, host: str) -> dict[str, Any]:
        """What report.json says about a host after a run."""
        return next(one for one in self.document(name)["accounts"] if one["host"] == host)


@pytest.fixture(scope="module")
def life(simulator: Simulator, module_controller: Controller) -> Life:
    fleet = Fleet(simulator, module_controller)
    for host in (GOOD, ROTATED):
        fleet.add(host)
    fleet.add(MISTAKEN, netsuite_account_role_id="1000")  # mapped to 1001
    account = simulator.account()
    module_controller.inventory.add(WAITING, account.variables(netsuite_account_curve="secp256r1"))
    fleet.accounts[WAITING] = account
    made = Life(module_controller, fleet)
    made.play("without", ONBOARD, rc=2)
    made.play("predicted", REPORT, "--check", rc=2)
    made.play("first", REPORT, rc=2)
    made.play("again", REPORT, rc=2)
    made.play("limited", ROTATE, "-e", "netsuite_report=true", "--limit", ROTATED)
    other = str(module_controller.folder / "elsewhere")
    made.play(
        "elsewhere", VERIFY, "-e", f"netsuite_report_path={other}", "-e", '{"netsuite_report_formats": ["html"]}', rc=2
    )
    made.play("off", VERIFY, "-e", "netsuite_report=false", "-e", f"netsuite_report_path={other}2", rc=2)
    hosts, offline = f"{ROTATED},{WAITING}", "netsuite_report_ask_netsuite=false"
    made.requests = [fleet.accounts[host].counters()["requests"] for host in (ROTATED, WAITING)]
    made.runs["recorded"] = module_controller.play(REPORT, "-e", offline, "--limit", hosts, vault=False).expect()
    made.keep("recorded")
    return made


def test_the_switch_is_off_by_default(life):
    assert life.texts["without"] == life.texts["predicted"] == {}
    assert not (life.controller.folder / "elsewhere2").exists()


def test_the_report_is_where_ansible_was_started(life):
    assert set(life.texts["first"]) == FILES
    assert "predicted" not in life.inventories_written
    assert "first" not in life.inventories_written


def test_it_says_what_the_results_say(life):
    document, run = life.document("first"), life.runs["first"]
    assert document["counts"] == {"active": 2, "awaiting_upload": 1, "rotating": 0, "failed": 1}
    for account in document["accounts"]:
        result = run.account(account["host"])
        shared = account.keys() & result.keys() - {"checks", "diagnosis", "steps", "retiring"}
        assert {name: account[name] for name in shared} == {name: result[name] for name in shared}
        checks = {check["name"]: check["status"] for check in account["checks"]}
        assert checks == {check["name"]: check["status"] for check in result["checks"]}
    assert life.account("first", MISTAKEN)["diagnosis"][0]["cause"]
    assert life.account("first", GOOD)["checked"] == life.account("first", GOOD)["last_success"] == document["made"]


def test_the_worklist_has_the_certificate_that_is_to_be_uploaded(life):
    text = life.texts["first"]["worklist.md"]
    active = life.controller.inventory.read_credentials(WAITING)["active"]
    assert active["certificate"].strip() in text
    assert active["certificate_id"] in text
    label = life.fleet.accounts[WAITING].label
    assert f"https://{label}.app.netsuite.com/app/oauth2/clientcredentials/setup.nl" in text
    assert text.count("BEGIN CERTIFICATE") == 1


def test_junit_fails_the_account_that_failed(life):
    (suite,) = JUnitXml.fromstring(life.texts["first"]["junit.xml"].encode())
    assert {case.name: case.is_passed for case in suite} == {GOOD: True, ROTATED: True, MISTAKEN: False, WAITING: False}
    assert suite.failures == 1


def test_a_second_run_with_nothing_new_is_no_change(life):
    assert life.runs["predicted"].results(task="Report")[-1]["changed"]
    assert life.runs["first"].results(task="Report")[-1]["changed"]
    assert not life.runs["again"].results(task="Report")[-1]["changed"]
    assert life.document("again")["made"] > life.document("first")["made"]


def test_a_run_with_limit_does_not_forget_the_others(life):
    accounts = {one["host"]: one for one in life.document("limited")["accounts"]}
    assert set(accounts) == {GOOD, ROTATED, MISTAKEN, WAITING}
    assert accounts[GOOD]["checked"] == life.document("again")["made"] < accounts[ROTATED]["checked"]
    assert [one["step"] for one in accounts[ROTATED]["steps"] if one["status"] == "done"]
    assert accounts[ROTATED]["waiting_for"] in ("overlap", "nobody")
    changes = {one["host"]: one["detail"] for one in life.document("limited")["changes"]["entries"]}
    assert set(changes) == {ROTATED}
    assert "certificate" in changes[ROTATED]


def test_a_path_alone_turns_it_on(life):
    folder = life.controller.folder / "elsewhere"
    assert [path.name for path in folder.iterdir()] == ["report.html"]
    assert "NetSuite accounts" in (folder / "report.html").read_text()
    assert life.texts["elsewhere"] == life.texts["limited"]


def test_what_is_on_record_needs_no_vault_secret_and_no_netsuite(life):
    counts = {host: life.fleet.accounts[host].counters()["requests"] for host in (ROTATED, WAITING)}
    assert list(counts.values()) == life.requests
    before, after = (life.account(name, ROTATED) for name in ("limited", "recorded"))
    assert (after["status"], [check["name"] for check in after["checks"]]) == ("active", ["files"])
    assert before["certificate_id"] == after["certificate_id"]
    assert before["last_success"] == after["last_success"] == before["checked"] < after["checked"]
    assert life.account("recorded", WAITING)["upload"]["certificate_id"]


def test_no_file_and_no_output_shows_a_secret(life):
    secrets = {host: pair.key for host, pair in life.fleet.pairs.items()}
    secrets |= {f"{host} client": account.client_id for host, account in life.fleet.accounts.items()}
    for host in (ROTATED, WAITING):
        secrets[f"{host} new"] = life.fleet.key(life.fleet.stored(host)["active"])
    for name, texts in life.texts.items():
        assert betrayed(life.runs[name].output, secrets) == [], name
        for file, text in texts.items():
            assert betrayed(text, secrets) == [], (name, file)
            assert "ANSIBLE_VAULT" not in text
