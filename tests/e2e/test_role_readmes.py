# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the roles' README files, carried out. For the simulator's tables there is tests/unit/simulator."""

from __future__ import annotations

import re
import shlex
import socket
import subprocess
from typing import Any

import yaml

from ansible_collections.m2m.netsuite.tests.support.controller import program
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT


def blocks(role: str, kind: str = "yaml") -> list[str]:
    """What a README shows of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", (ROOT / "roles" / role / "README.md").read_text(), re.DOTALL)


def example(role: str) -> list[dict[str, Any]]:
    """The play that a README shows."""
    (found,) = blocks(role)
    return list(yaml.safe_load(found))


def test_a_rehearsal_with_the_simulator(controller):
    inventory, playbook, *_configuration = blocks("netsuite_simulator")
    (commands,) = blocks("netsuite_simulator", "console")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (controller.folder / "hosts.yml").write_text(inventory.replace("8080", str(port)))
    (controller.folder / "rehearse.yml").write_text(playbook)
    play, stop = map(shlex.split, commands.splitlines())
    assert play == ["ansible-playbook", "-i", "hosts.yml", "--ask-vault-pass", "rehearse.yml"]
    assert stop[0] == "ansible"
    environment = controller.environment()
    try:
        arguments = ("-e", f"netsuite_simulator_port={port}")
        run = controller.play("rehearse.yml", *arguments, inventory="hosts.yml").expect(0)
        assert run.account("acme_sb1")["status"] == "active"
    finally:
        stopped = subprocess.run(
            [program("ansible"), *stop[1:]],
            env=environment,
            cwd=controller.folder,
            check=True,
            capture_output=True,
            text=True,
        )
    assert '"netsuite_simulator_running": false' in stopped.stdout


def test_an_account_and_its_sheet(controller, account):
    controller.inventory.add("acme", account.variables(netsuite_account_key_type="EC"))
    waiting = controller.play(controller.playbook(*example("netsuite_account"))).expect(0)
    assert waiting.result("acme", "Show where it stands")["msg"].startswith("awaiting_upload: In NetSuite account")

    account.upload(controller.inventory.credentials("acme").with_suffix(".auth-cert.pem").read_text())
    plays = [*example("netsuite_account"), *example("patchworks_handover")]
    active = controller.play(controller.playbook(*plays)).expect(0)
    assert active.result("acme", "Show where it stands")["msg"] == "active: Nothing to do."
    sheets = sorted(path.name for path in controller.folder.rglob("handover/**/*") if path.is_file())
    assert {name.rpartition(".")[2] for name in sheets} == {"html", "js", "md"}

    assert set(controller.play(controller.playbook(*plays)).expect(0).changed.values()) == {0}
