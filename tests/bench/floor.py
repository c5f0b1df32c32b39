# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The floor: what Ansible itself takes for as many tasks that do nothing."""

from __future__ import annotations

from world import GROUP, Fleet, Outcome

from ansible_collections.m2m.netsuite.tests.support.inventory import dump


def play(fleet: Fleet, tasks: int) -> Outcome:
    """Run that many bare ``set_fact`` tasks over a fleet, with the same inventory."""
    task = {"ansible.builtin.set_fact": {"nothing": 1}}
    book = {"hosts": GROUP, "connection": "local", "gather_facts": False, "tasks": [task] * tasks}
    (fleet.folder / "floor.yml").write_text(dump([book]))
    return fleet.play("floor.yml")
