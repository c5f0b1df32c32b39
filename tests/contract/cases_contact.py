# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of contact. What it finds out is in test_contact.py."""

from __future__ import annotations

from ansible_collections.m2m.netsuite.tests.contract.case import case


@case("contact", changed=True)
def _asks_and_writes(stage):
    stage.open_account()
    return stage.account(stage.map(stage.pair()), path=str(stage.folder / "contact"))


@case("contact", modes=(False,))
def _says_the_same_again(stage):
    stage.open_account()
    options = stage.account(stage.map(stage.pair()), path=str(stage.folder / "contact"))
    assert stage.run("contact", options)["changed"]
    return options


@case("contact", cause="token_refused", modes=(False,))
def _is_refused_the_first_token(stage):
    stage.open_account()
    return stage.account(stage.pair(), path=str(stage.folder / "contact"))


@case("contact", cause="no_token", modes=(False,))
def _is_answered_without_a_token(stage):
    stage.open_account()
    stage.fault("token", kind="status", status=200, body="{}")
    return stage.account(stage.map(stage.pair()), path=str(stage.folder / "contact"))


@case("contact", cause="client_id_missing")
def _does_not_know_the_client(stage):
    return {**stage.account(stage.pair()), "client_id": ""}
