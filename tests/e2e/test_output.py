# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run prints: for people, for programs, on stderr, and when it was asked for a part of a playbook."""

from __future__ import annotations

import json
import subprocess
from xml.etree import ElementTree as ET

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import program
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

ONBOARD, ROTATE, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.rotate", "m2m.netsuite.verify"
SUMMARY = "NetSuite accounts: 2. 1 active, 1 failed."
CALLBACKS = {
    # As ansible.posix.json does: nothing until the end, then one document.
    "as_json": """
import json
from ansible.plugins.callback import CallbackBase
DOCUMENTATION = "{name: as_json, type: stdout, short_description: JSON, description: [JSON]}"
class CallbackModule(CallbackBase):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "stdout", "as_json"
    def __init__(self):
        super().__init__()
        self.results = {}
    def v2_runner_on_ok(self, result, **kwargs):
        self.results[result._task.get_name()] = json.loads(self._dump_results(result._result))
    def v2_playbook_on_stats(self, stats):
        self._display.display(json.dumps(self.results))
""",
    # As community.general.yaml does: Ansible's own, with other layout.
    "laid_out": """
from ansible.plugins.callback.default import CallbackModule as Default
DOCUMENTATION = '''
name: laid_out
type: stdout
short_description: Layout
description: [Layout]
extends_documentation_fragment: [default_callback]
'''
class CallbackModule(Default):
    CALLBACK_VERSION, CALLBACK_TYPE, CALLBACK_NAME = 2.0, "stdout", "laid_out"
""",
}


@pytest.fixture
def fleet(simulator, controller):
    found = Fleet(simulator, controller)
    found.add("good")
    return found


@pytest.fixture
def with_callbacks(fleet):
    """One account that works and one that does not, and the environment in which the callbacks are found."""
    fleet.add("bad", netsuite_account_id="not an id")
    folder = fleet.controller.folder / "callbacks"
    folder.mkdir()
    for name, text in CALLBACKS.items():
        (folder / f"{name}.py").write_text(text)
    known = fleet.controller.environment()["ANSIBLE_CALLBACK_PLUGINS"]
    return {"ANSIBLE_CALLBACK_PLUGINS": f"{known}:{folder}"}


# callbacks


def test_standard_output_stays_json_for_programs(fleet, with_callbacks):
    run = fleet.controller.play(VERIFY, env={**with_callbacks, "ANSIBLE_STDOUT_CALLBACK": "as_json"}).expect(2)
    assert json.loads(run.stdout)["Summary"]["summary"][0] == SUMMARY
    assert run.stderr == ""


@pytest.mark.parametrize(
    "setting",
    [
        {"ANSIBLE_STDOUT_CALLBACK": "laid_out"},
        {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
        {"ANSIBLE_STDOUT_CALLBACK": "minimal"},
        {"ANSIBLE_STDOUT_CALLBACK": "oneline"},
    ],
    ids=["of the default's kind", "YAML", "minimal", "oneline"],
)
def test_people_see_the_summary_once(fleet, with_callbacks, setting):
    run = fleet.controller.play(VERIFY, env={**with_callbacks, **setting}, quiet=False).expect(2)
    assert run.stdout.count(SUMMARY) == 1


def test_junit_reports_come_beside_it(fleet, with_callbacks):
    folder = fleet.controller.folder / "junit"
    enabled = {"ANSIBLE_CALLBACKS_ENABLED": "e2e_events,ansible.builtin.junit", "JUNIT_OUTPUT_DIR": str(folder)}
    run = fleet.controller.play(VERIFY, env=enabled, quiet=False).expect(2)
    assert run.stdout.count(SUMMARY) == 1
    (report,) = folder.glob("*.xml")
    assert ET.parse(report).getroot().tag == "testsuites"


def test_libraries_say_nothing_on_stderr(fleet):
    pair = new_pair(country="AUT")
    encrypted = fleet.controller.vaults.encrypt(pair.key)
    bundle = pair.certificate + new_pair(country="AUT", name="another").certificate
    mine = {"netsuite_account_private_key": encrypted, "netsuite_account_certificate": bundle}
    fleet.add("odd", **mine, netsuite_account_certificate_id="")
    fleet.accounts["odd"].revoke(fleet.accounts["odd"].active_ids()[0])
    fleet.accounts["odd"].upload(pair.certificate, role=1001)
    for playbook in (ONBOARD, VERIFY, "m2m.netsuite.handover"):
        run = fleet.controller.play(playbook, "--limit", "odd").expect(0)
        assert run.account("odd")["status"] == "active"
        assert run.stderr == ""


# parts of a playbook


@pytest.mark.parametrize("playbook", [ONBOARD, VERIFY])
@pytest.mark.parametrize("task", ["Check a token", "Reconcile with NetSuite", "Sum up"])
def test_a_run_that_starts_further_down_says_what_it_left_out(fleet, playbook, task):
    run = fleet.controller.play(playbook, "--start-at-task", task).expect(2)
    left_out = "This run left out the task Ensure key and certificate (--start-at-task, --tags, --skip-tags or --step)"
    assert run.account("good")["next_step"].startswith(left_out)
    assert run.stdout.count("good (") == 1
    assert "undefined" not in run.output


def test_a_run_that_starts_at_the_summary_knows_nothing(fleet):
    run = fleet.controller.play(ONBOARD, "--start-at-task", "Summary").expect(2)
    assert "1 failed" in run.stdout
    assert "did not look at" in run.stdout
    assert "undefined" not in run.output


@pytest.mark.parametrize(("answers", "left_out"), [("nc", "Ensure key and certificate"), ("ync", "Check a token")])
def test_a_task_that_is_declined_is_named(fleet, answers, left_out):
    """--step asks before each task: no, yes, or continue."""
    controller = fleet.controller
    argv = [program(), "-i", controller.inventory.path, *controller.vaults.arguments(), ONBOARD, "--step"]
    environment = controller.environment({"E2E_EVENTS": str(controller.records / "step.events")})
    run = subprocess.run(
        argv,
        input="\n".join([*answers, *"ccccc"]),
        env=environment,
        cwd=controller.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert f"good ({fleet.accounts['good'].realm}): failed. This run left out the task {left_out}" in run.stdout
    assert "undefined" not in run.stdout + run.stderr


def test_tags_of_other_plays_leave_the_accounts_alone(fleet):
    playbook = fleet.controller.playbook({"import_playbook": ONBOARD})
    run = fleet.controller.play(playbook, "--tags", "web").expect(0)
    assert run.results() == []
    tagged = fleet.controller.playbook({"import_playbook": ONBOARD, "tags": "netsuite"})
    assert fleet.controller.play(tagged, "--tags", "netsuite").expect(0).account("good")["status"] == "active"
