# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the module that keeps a script in Patchworks, here in a stand-in of it."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.patchworks import API_KEY, StandIn

SOURCE = "module.exports = 1;\n"


def company(stage: Stage, **knobs: Any) -> tuple[StandIn, dict[str, Any]]:
    """A company in the stand-in, and the options that lead to it."""
    place = stage.exits.enter_context(StandIn(**{"deploy_reads": 1, **knobs}))
    return place, {"api_url": place.api_url, "login_url": place.login_url, "api_key": API_KEY, "retries": 0}


def installed(stage: Stage, **knobs: Any) -> dict[str, Any]:
    """The options that lead to a company in which the script is in place."""
    place = company(stage, **knobs)[1]
    result = stage.run("patchworks_script", {**place, "content": SOURCE})
    assert result["changed"], result
    return place


@case("patchworks_script", "present", changed=True)
def _makes_and_deploys_a_script(stage):
    return {**company(stage)[1], "content": SOURCE}


@case("patchworks_script", "present", changed=True)
def _makes_a_further_version(stage):
    return {**installed(stage), "content": f"{SOURCE}// more", "deploy": False}


@case("patchworks_script", "present")
def _keeps_a_script(stage):
    return {**installed(stage), "content": SOURCE}


@case("patchworks_script", "absent", changed=True)
def _deletes_a_script(stage):
    return installed(stage)


@case("patchworks_script", "absent")
def _deletes_no_script(stage):
    return company(stage)[1]


@case("patchworks_script", "present", cause="call_refused")
def _is_refused_by_patchworks(stage):
    return {**company(stage)[1], "api_key": "another", "content": SOURCE}


@case("patchworks_script", "present", cause="bad_routes")
def _names_calls_that_do_not_exist(stage):
    return {**company(stage)[1], "content": SOURCE, "routes": {"nothing": "GET nothing"}}


@case("patchworks_script", "absent", cause="manual_step", modes=(False,))
def _asks_for_the_step_by_hand(stage):
    return installed(stage, can_delete=False)
