# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the module that notes what consumers were told, and use."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage


def noting(stage: Stage, **more: Any) -> dict[str, Any]:
    """An account with a credential file, and two consumers."""
    place = {"account_id": stage.account_id, "credentials_path": str(stage.folder / "credentials.yml")}
    assert stage.run("account_credentials", {**place, "curve": "secp256r1"})["changed"]
    return {**place, "instances": ["Shop A"], "used_by": [{"name": "Billing", "reads": "sheet"}], **more}


@case("account_consumers", "told", changed=True)
def _notes_what_consumers_were_told(stage):
    return noting(stage)


@case("account_consumers", "confirmed", changed=True)
def _notes_what_one_consumer_uses(stage):
    return noting(stage, names=["Billing"])


@case("account_consumers", "confirmed")
def _notes_nothing_twice(stage):
    options = noting(stage)
    assert stage.run("account_consumers", {**options, "state": "confirmed"})["changed"]
    return options


@case("account_consumers", "confirmed")
def _has_nobody_to_confirm(stage):
    return noting(stage, instances=[], used_by=[])


@case("account_consumers", "told")
def _notes_nothing_about_credentials_in_variables(stage):
    pair = stage.pair()
    given = {"private_key_content": pair.key, "certificate_content": pair.certificate}
    return {"account_id": stage.account_id, "instances": ["Shop A"], **given}


@case("account_consumers", "confirmed")
def _has_nothing_to_confirm_of_a_pair_in_variables(stage):
    pair = stage.pair()
    given = {"private_key_content": pair.key, "certificate_content": pair.certificate}
    return {"account_id": stage.account_id, "instances": ["Shop A"], **given}


@case("account_consumers", "confirmed", cause="credentials_missing")
def _has_no_place_for_a_confirmation(stage):
    return {"account_id": stage.account_id, "instances": ["Shop A"]}


@case("account_consumers", "confirmed", cause="unknown_consumer")
def _does_not_know_the_name(stage):
    return noting(stage, names=["Nobody"])


@case("account_consumers", "told", cause="bad_option")
def _does_not_take_another_form(stage):
    return noting(stage, used_by=[{"nom": "Shop A"}])
