# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the module that writes the report."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.results import company, failed


def report(stage: Stage, **more: Any) -> dict[str, Any]:
    return {"results": company(6), "path": str(stage.folder / "report"), **more}


@case("report", changed=True)
def _writes_a_report(stage):
    return report(stage)


@case("report")
def _says_the_same_again(stage):
    assert stage.run("report", report(stage))["changed"]
    return report(stage)


@case("report", changed=True)
def _says_what_changed(stage):
    assert stage.run("report", report(stage))["changed"]
    return report(stage, results={**company(6), "account_0": failed()})


@case("report", changed=True)
def _writes_about_no_account(stage):
    return report(stage, results={}, formats=["html", "json"])


@case("report", cause="unwritable_file", modes=(False,))
def _cannot_write_into_a_file(stage):
    stage.folder.joinpath("file").write_text("mine\n", encoding="utf-8")
    return report(stage, path=str(stage.folder / "file/report"))
