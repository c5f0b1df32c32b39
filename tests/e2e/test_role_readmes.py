# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples in the roles' README files, carried out. For the simulator's there is tests/unit/simulator."""

from __future__ import annotations

import re
from typing import Any

import yaml

from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT


def example(role: str) -> list[dict[str, Any]]:
    """The play that a README shows."""
    found = re.findall(r"```yaml\n(.*?)```", (ROOT / "roles" / role / "README.md").read_text(), re.DOTALL)
    assert len(found) == 1
    return list(yaml.safe_load(found[0]))


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
