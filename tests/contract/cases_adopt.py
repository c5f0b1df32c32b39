# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of account_adopt. The forms of pairs that it reads are in tests/interop/test_adopted_pairs.py."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import case
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, Pair, Stage


def adopting(stage: Stage, pair: Pair, **more: Any) -> dict[str, Any]:
    """The options that adopt the files of a pair."""
    files = [str(pair.key_path), str(pair.certificate_path)]
    return stage.account(files=files, credentials_path=str(stage.folder / "credentials.yml"), **more)


@case("account_adopt", changed=True)
def _adopts_two_files(stage):
    stage.open_account()
    return adopting(stage, stage.map(stage.pair()), expected_role="1001", expected_entity=ENTITY)


@case("account_adopt", changed=True)
def _adopts_variables(stage):
    stage.open_account()
    pair = stage.map(stage.pair(passphrase="open sesame"))
    given = {"private_key_content": stage.vault().encrypt(pair.key, None), "certificate_content": pair.certificate}
    path = str(stage.folder / "credentials.yml")
    return stage.account(credentials_path=path, private_key_passphrase="open sesame", encryption="file", **given)


@case("account_adopt")
def _finds_the_pair_adopted(stage):
    stage.open_account()
    options = adopting(stage, stage.map(stage.pair()))
    assert stage.run("account_adopt", options)["reason"] == "adopted"
    return {name: value for name, value in options.items() if name != "files"}


@case("account_adopt")
def _does_not_adopt_what_netsuite_does_not_know(stage):
    stage.open_account()
    return adopting(stage, stage.pair(), fail_on_invalid=False)


@case("account_adopt", cause="certificate_not_mapped", judged=True)
def _fails_for_what_netsuite_does_not_know(stage):
    stage.open_account()
    return adopting(stage, stage.pair())


@case("account_adopt", cause="already_kept")
def _does_not_replace_another_pair(stage):
    stage.open_account()
    assert stage.run("account_adopt", adopting(stage, stage.map(stage.pair())))["changed"]
    return adopting(stage, stage.map(stage.pair("other")))


@case("account_adopt", cause="private_key_missing")
def _is_given_nothing(stage):
    return stage.account(credentials_path=str(stage.folder / "credentials.yml"))


@case("account_adopt", cause="credentials_missing")
def _has_no_place_for_the_pair(stage):
    return {name: value for name, value in adopting(stage, stage.pair()).items() if name != "credentials_path"}


@case("account_adopt", cause="wrong_environment")
def _does_not_adopt_for_another_kind_of_account(stage):
    return adopting(stage, stage.pair(), environment="production")
