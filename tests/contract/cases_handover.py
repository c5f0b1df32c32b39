# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the module that writes hand-over sheets."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.stage import CLIENT_ID, Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

TEMPLATES = ROOT / "roles/patchworks_handover/files/consumers"


def sheets(stage: Stage, **more: Any) -> dict[str, Any]:
    pair = stage.pair()
    given = {"private_key_content": pair.key, "certificate_content": pair.certificate, "client_id": CLIENT_ID}
    place = {"dest": str(stage.folder / "handover"), "template_folders": [str(TEMPLATES)]}
    return {"account_id": stage.account_id, **given, **place, **more}


@case("handover_sheet", changed=True)
def _writes_sheets(stage):
    return sheets(stage, consumers=["patchworks", "generic"])


@case("handover_sheet", changed=True)
def _tells_what_a_consumer_does_not_take(stage):
    return sheets(stage, consumers=["suitecloud"], formats=["md"])


@case("handover_sheet")
def _keeps_sheets(stage):
    options = sheets(stage)
    assert stage.run("handover_sheet", options)["changed"]
    return options


@case("handover_sheet", cause="unknown_consumer")
def _does_not_know_the_consumer(stage):
    return sheets(stage, consumers=["nobody"])


@case("handover_sheet", cause="client_id_missing")
def _needs_a_client_id(stage):
    return sheets(stage, client_id="")
