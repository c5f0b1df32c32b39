# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A replaced certificate stays until its consumers use the new one: real operations, the simulator, a moved clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_store
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, WITH_ROTATION, Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, validated
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao

pytestmark = pytest.mark.slow

SHOP_A, SHOP_B = 'Patchworks: instance "Shop A"', 'Patchworks: instance "Shop B"'
NEW_PAIR = {"role": WITH_ROTATION, "entity": ENTITY, "curve": "secp256r1"}


class Life:
    """One account whose days pass as the test says, and the runs of the playbooks in it."""

    def __init__(self, stage: Stage, **options: Any) -> None:
        self.stage, self.day = stage, 0.0
        place = {} if "store" in options else {"credentials_path": str(stage.folder / "credentials.yml")}
        self.options: dict[str, Any] = {**stage.account(), **NEW_PAIR, **place, **options}
        stage.open_account()
        assert self.onboard(bootstrap_token=stage.token())["status"] == "active"
        self.first = self.stored().active

    def go(self, day: float) -> None:
        """Let it be this day, here and at NetSuite."""
        self.day = day
        self.stage.set_clock(day)

    def clock(self) -> float:
        return time.time() + self.day * 86400

    def known(self, module: str) -> dict[str, Any]:
        """The options of the account that a module takes."""
        return {name: value for name, value in self.options.items() if name in OPERATIONS[module].options}

    def task(self, module: str, *, check_mode: bool = False, **more: Any) -> dict[str, Any]:
        context = Context(check_mode, vault=self.stage.vault(), clock=self.clock, sleep=lambda seconds: None)
        result = execute(OPERATIONS[module], validated(module, {**self.known(module), **more}), context)
        return {**result, "warnings": context.warnings}

    def onboard(self, *, rotate: bool = False, **more: Any) -> dict[str, Any]:
        """The playbooks onboard and rotate."""
        credentials = self.task("account_credentials", rotate=rotate)
        check = self.task("token_check", fail_on_invalid=False)
        given = {"credentials": credentials, "token_check": check}
        if credentials["unfinished"] or more:
            given["reconciled"] = self.task("account_reconcile", token_check=check, rotate=rotate, **more)
        return self.task("account_result", **given)

    def verify(self) -> dict[str, Any]:
        """The playbook verify."""
        credentials = self.task("account_credentials", state="read")
        check = self.task("token_check", fail_on_invalid=False)
        given = {"credentials": credentials, "token_check": check}
        return self.task("account_result", **given, read_only=True, require_active=True)

    def hand_over(self) -> dict[str, Any]:
        """What the playbook handover notes."""
        return self.task("account_consumers", state="told")

    def confirm(self, *names: str, **more: Any) -> dict[str, Any]:
        """The playbook confirm."""
        return self.task("account_consumers", state="confirmed", names=list(names), **more)

    def stored(self) -> Credentials:
        options = validated("account_credentials", self.known("account_credentials"))
        found = open_store(options, parse_account(self.stage.account_id), self.stage.vault()).load().credentials
        assert found is not None
        return found

    def waits(self) -> list[str]:
        """Whom the replaced certificate waits for."""
        retiring = self.onboard()["retiring"]
        return [one["description"] for one in retiring[0]["waits_for"]] if retiring else []

    def old_works(self) -> bool:
        """Whether the first pair gets a token, as somebody asks for it who has nothing but this pair."""
        key = self.first.private_key
        key = self.stage.vault().decrypt(key, "") if key.startswith("$ANSIBLE_VAULT") else key
        asked = self.stage.account(private_key_content=key, certificate_content=self.first.certificate)
        context = Context(clock=self.clock, sleep=lambda seconds: None)
        return not execute(OPERATIONS["access_token"], validated("access_token", asked), context).get("failed")


@pytest.fixture
def life(tmp_path, simulator) -> Iterator[Callable[..., Life]]:
    stage = Stage(tmp_path, simulator)
    with stage.exits:
        yield lambda **options: Life(stage, **options)


@pytest.fixture(scope="module")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


def test_thirty_days_without_a_confirmation_and_the_run_after_it(life):
    acme = life(instances=["Shop A"])
    rotated = acme.onboard(rotate=True)
    assert (rotated["status"], rotated.get("failed")) == ("active", None)
    assert f"waiting for {SHOP_A}, not told yet" in rotated["next_step"]
    assert "m2m.netsuite.handover" in rotated["next_step"]
    assert acme.hand_over()["changed"]
    for day in range(31):
        acme.go(day)
        result = acme.onboard()
        assert [one["status"] for one in result["retiring"]] == ["waiting"]
        assert result["steps"] == []
        assert acme.old_works(), f"on day {day}"
        assert not acme.verify().get("failed")
        assert f"waiting for {SHOP_A}, told on " in result["next_step"]
        assert f"({result['retiring'][0]['days_left']} days left)" in result["next_step"]
    assert acme.confirm()["changed"]
    assert acme.old_works(), "a confirmation asks NetSuite nothing"
    assert not acme.verify().get("failed"), "the next run has time for it"
    done = acme.onboard()
    assert [(one["step"], one["status"]) for one in done["steps"]] == [("retire", "done")]
    assert (done["retiring"], acme.old_works()) == ([], False)


def test_a_request_to_rotate_begins_nothing_while_somebody_has_yet_to_confirm(life):
    acme = life(instances=["Shop A"])
    acme.onboard(rotate=True)
    acme.go(20)
    assert acme.onboard(rotate=True)["pending"] is None
    assert acme.stored().active.number == 2
    acme.confirm()
    acme.onboard(rotate=True)
    assert acme.stored().active.number == 3


def test_of_two_consumers_one_confirms(life):
    acme = life(instances=["Shop A"], used_by=["Billing"])
    acme.onboard(rotate=True)
    acme.hand_over()
    acme.confirm("Billing")
    acme.go(20)
    assert acme.waits() == [SHOP_A]
    assert acme.old_works()
    assert not acme.confirm("Billing")["changed"]
    acme.confirm("Shop A")
    assert acme.waits() == []
    assert not acme.old_works()


def test_a_consumer_that_is_added_in_the_overlap_is_waited_for(life):
    acme = life(instances=["Shop A"])
    acme.onboard(rotate=True)
    acme.hand_over()
    acme.confirm()
    acme.options["instances"] = ["Shop A", "Shop B"]
    acme.go(8)
    assert acme.waits() == [SHOP_B]
    assert acme.old_works()
    assert "not told yet" in acme.onboard()["next_step"]
    acme.hand_over()
    acme.confirm("Shop B")
    assert acme.waits() == []
    assert not acme.old_works()


def test_a_consumer_that_is_not_named_any_more_is_not_waited_for(life):
    acme = life(instances=["Shop A", "Shop B"])
    acme.onboard(rotate=True)
    acme.confirm("Shop A")
    acme.options["instances"] = ["Shop A"]
    assert acme.waits() == []


def test_a_consumer_of_the_store_confirms_itself_at_the_end_of_the_overlap(life, openbao):
    path = f"netsuite/{time.monotonic_ns()}"
    store = {"store": "kv2", "store_url": openbao.url, "store_token": openbao.token, "store_path": path}
    acme = life(used_by=[{"name": "ERP", "reads": "store"}], **store)
    acme.onboard(rotate=True)
    flat = openbao.client().secrets.kv.v2.read_secret_version(path, raise_on_deleted_version=True)["data"]["data"]
    stored = acme.stored()
    assert (flat["certificate_id"], stored.note_of("ERP").told) == (stored.active.certificate_id,) * 2
    acme.go(6)
    result = acme.onboard()
    assert result["next_step"].startswith("Nothing to do; ")
    assert [one["reads_store"] for one in result["retiring"][0]["waits_for"]] == [True]
    assert acme.old_works()
    acme.go(7.1)
    assert acme.onboard()["retiring"] == []
    assert not acme.old_works()


def test_beside_a_consumer_of_the_store_the_others_still_have_to_confirm(life, openbao):
    path = f"netsuite/{time.monotonic_ns()}"
    store = {"store": "kv2", "store_url": openbao.url, "store_token": openbao.token, "store_path": path}
    acme = life(instances=["Shop A"], used_by=[{"name": "ERP", "reads": "store"}], **store)
    acme.onboard(rotate=True)
    acme.go(20)
    assert acme.waits() == [SHOP_A]
    acme.confirm("Shop A")
    assert acme.waits() == []
    assert not acme.old_works()


def test_nobody_reads_a_credential_file_by_himself(life):
    """Where a file is copied to, and when, nobody knows."""
    acme = life(used_by=[{"name": "ERP", "reads": "store"}])
    acme.onboard(rotate=True)
    acme.go(20)
    assert acme.waits() == ['consumer "ERP"']
    assert acme.old_works()


def test_verify_fails_in_the_last_week_of_the_old_certificate_and_it_is_never_forgotten(life):
    acme = life(instances=["Shop A"])
    acme.go(650)
    acme.onboard(rotate=True)
    acme.hand_over()
    acme.go(720)  # of 730
    assert not acme.verify().get("failed")
    acme.go(725)
    last = acme.verify()
    assert (last["failed"], last["status"]) == (True, "active")
    assert f"waiting for {SHOP_A}" in last["msg"]
    acme.go(740)
    late = acme.verify()
    assert late["failed"]
    assert "it ended on " in late["msg"]
    assert acme.first.certificate_id in [one["certificate_id"] for one in acme.onboard()["retiring"]]
    acme.confirm()
    assert acme.onboard()["retiring"] == []


def test_after_a_leak_it_takes_the_option_to_revoke_what_somebody_may_still_use(life):
    acme = life(instances=["Shop A"])
    acme.options["overlap_days"] = 0
    refused = acme.onboard(rotate=True)
    assert refused["failed"], "what was asked for did not happen"
    assert "netsuite_account_revoke=after_overlap" in refused["msg"]
    assert acme.old_works()
    acme.options["revoke"] = "after_overlap"
    assert not acme.onboard().get("failed")
    assert not acme.old_works()


def test_without_consumers_the_overlap_counts_unless_the_option_asks_for_a_confirmation(life):
    acme = life(revoke="when_confirmed")
    acme.onboard(rotate=True)
    acme.go(20)
    assert acme.waits() == ["whoever uses these credentials"]
    del acme.options["revoke"]
    assert acme.waits() == []
    assert not acme.old_works()


def test_where_the_option_asks_for_it_anybody_can_be_confirmed(life):
    acme = life(revoke="when_confirmed")
    acme.onboard(rotate=True)
    assert acme.confirm()["changed"]
    assert acme.waits() == []


def test_check_mode_predicts_notes_and_revocations(life):
    acme = life(instances=["Shop A"])
    acme.onboard(rotate=True)
    before = acme.stored()
    assert acme.task("account_consumers", check_mode=True, state="told")["changed"]
    predicted = acme.confirm(check_mode=True)
    assert acme.stored() == before
    done = acme.confirm()
    assert [one["uses"] for one in predicted["consumers"]] == [one["uses"] for one in done["consumers"]]
    assert [one["uses"] for one in done["consumers"]] == [before.active.certificate_id]
    assert not acme.confirm()["changed"]


def test_who_was_never_told_can_be_confirmed_with_a_warning(life):
    acme = life(instances=["Shop A"])
    acme.onboard(rotate=True)
    assert "No hand-over sheet" in acme.confirm()["warnings"][0]
    assert acme.confirm()["warnings"] == []


def test_an_unknown_consumer_is_no_consumer(life):
    acme = life(instances=["Shop A"])
    result = acme.confirm("Shop B")
    assert (result["cause"], "Shop A" in result["msg"]) == ("unknown_consumer", True)


def test_a_confirmation_needs_a_place_for_it(life, tmp_path):
    acme = life(instances=["Shop A"])
    acme.options["credentials_path"] = str(tmp_path / "elsewhere.yml")
    assert acme.confirm()["cause"] == "credentials_missing"
    assert acme.hand_over()["changed"] is False
