# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the module that moves credentials, with an OpenBao server."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.cases_offline import kept
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao


def move(stage: Stage, *steps: dict[str, Any], to: str = "kv2") -> dict[str, Any]:
    """Options that move the account's credential file, after some steps with it."""
    server = stage.exits.enter_context(running_openbao(stage.folder))
    return {**kept(stage, *steps), "store_url": server.url, "store_token": server.token, "to": to}


@case("account_move", changed=True)
def _moves_a_credential_file(stage):
    return move(stage, {})


@case("account_move")
def _leaves_moved_credentials_where_they_are(stage):
    options = move(stage, {})
    assert stage.run("account_move", options)["changed"]
    return options


@case("account_move", cause="missing_file")
def _does_not_move_what_is_not_there(stage):
    return move(stage, to="file")
