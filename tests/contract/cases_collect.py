# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the module that brings credentials home from workers."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.documents import Maker


def collect(stage: Stage, *texts: str, host: str = "acme", **more: Any) -> dict[str, Any]:
    inventory = str(stage.folder / "inventory")
    return {"documents": {host: texts[-1]}, "hosts": {"acme": inventory}, **more}


@case("collect_credentials", changed=True)
def _collects_the_first_credentials(stage):
    return collect(stage, Maker().text())


@case("collect_credentials")
def _has_collected_them_before(stage):
    options = collect(stage, Maker().text())
    assert stage.run("collect_credentials", options)["changed"]
    return options


@case("collect_credentials", changed=True)
def _collects_a_rotation(stage):
    made = Maker()
    assert stage.run("collect_credentials", collect(stage, made.text()))["changed"]
    return collect(stage, made.rotate().text())


@case("collect_credentials", cause="older_generation", judged=True)
def _refuses_an_older_generation(stage):
    made = Maker()
    first = made.text()
    assert stage.run("collect_credentials", collect(stage, made.rotate().text()))["changed"]
    return collect(stage, first)


@case("collect_credentials", cause="no_such_host", judged=True)
def _refuses_a_host_that_is_not_there(stage):
    return collect(stage, Maker().text(), host="another")


@case("collect_credentials")
def _leaves_other_hosts_alone(stage):
    return collect(stage, Maker().text(), host="another", other_hosts=["another"])


@case("collect_credentials", cause="missing_file")
def _finds_no_events(stage):
    return {"artifacts": str(stage.folder), "hosts": {}}
