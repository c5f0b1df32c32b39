# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold whatever NetSuite answers: nothing is forgotten before it is revoked, no step blocks the next."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.parsing.vault import VaultSecret

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import Snapshot
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault
from ansible_collections.m2m.netsuite.tests.contract.cases_online import rotating
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, Pair, Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, validated

EC = {"curve": "secp256r1"}


def run(stage: Stage, module: str, options: dict[str, Any], **more: Any) -> dict[str, Any]:
    context = Context(vault=stage.vault(), sleep=lambda seconds: None, **more)
    return execute(OPERATIONS[module], validated(module, options), context)


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    assert not result.get("failed"), result
    return [(one["step"], one["status"]) for one in result["steps"]]


def stored(options: dict[str, Any], stage: Stage) -> Snapshot:
    found = stage.store(options["credentials_path"]).load()
    assert found.credentials is not None
    return found


def retiring(options: dict[str, Any], stage: Stage) -> list[str]:
    return [one.certificate_id for one in stored(options, stage).credentials.retiring]


DONE = [("map", "done"), ("prove", "ok"), ("promote", "done"), ("retire", "done")]


def test_a_rotation_without_an_overlap_is_one_call(stage):
    options = rotating(stage, overlap_days=0)
    predicted = run(stage, "account_reconcile", options, check_mode=True)
    result = run(stage, "account_reconcile", options)
    assert steps(result) == [("prove", "ok"), *DONE]
    assert steps(predicted) == [(step, "planned") for step, _status in steps(result)]
    assert retiring(options, stage) == []
    assert result["credential_document"] == (stage.folder / "credentials.yml").read_text(encoding="utf-8")
    assert "PRIVATE KEY" not in str(result)


@pytest.mark.parametrize(
    ("route", "fault", "cause"),
    [
        ("certificates.list", {"kind": "status", "status": 200, "body": []}, "unknown_certificate"),
        ("certificates.revoke", {"kind": "status", "status": 400}, "call_refused"),
        ("certificates.revoke", {"kind": "status", "status": 403}, "call_refused"),
    ],
)
def test_what_is_not_confirmed_as_revoked_is_not_forgotten(stage, route, fault, cause):
    options = rotating(stage)
    run(stage, "account_reconcile", options)
    old = retiring(options, stage)
    for _time in range(3):  # whoever asks for it
        stage.fault(route, **fault)
    result = run(stage, "account_reconcile", {**options, "overlap_days": 0})
    assert (steps(result)[-1], result["steps"][-1]["cause"]) == (("retire", "failed"), cause)
    assert retiring(options, stage) == old


def test_what_netsuite_does_not_show_is_forgotten_when_asked(stage):
    options = rotating(stage)
    run(stage, "account_reconcile", options)
    for _time in range(2):
        stage.fault("certificates.list", kind="status", status=200, body=[])
    result = run(stage, "account_reconcile", {**options, "overlap_days": 0, "forget": retiring(options, stage)})
    assert steps(result)[-1] == ("retire", "done")
    assert retiring(options, stage) == []


def test_several_retirements_each_count(stage):
    options = rotating(stage)
    run(stage, "account_reconcile", options)
    place = {name: options[name] for name in ("account_id", "base_url", "credentials_path")}
    run(stage, "account_credentials", {**place, "rotate": True, "overlap_days": 0})
    run(stage, "account_reconcile", options)
    assert len(retiring(options, stage)) == 2
    stage.fault("certificates.revoke", kind="status", status=400)
    result = run(stage, "account_reconcile", {**options, "overlap_days": 0})
    assert [one for one in steps(result) if one[0] == "retire"] == [("retire", "failed"), ("retire", "done")]
    assert len(retiring(options, stage)) == 1


def test_the_replaced_pair_revokes_itself_where_the_new_one_may_not(stage):
    options = rotating(stage, role="1000", entity=ENTITY)
    assert steps(run(stage, "account_reconcile", options))[-1] == ("promote", "done")
    result = run(stage, "account_reconcile", {**options, "overlap_days": 0})
    assert steps(result)[-1] == ("retire", "done")


def test_a_clock_that_jumps_past_the_end_forgets_nothing(stage):
    """Between the token check, which was by the right clock, and the retirement."""
    options = rotating(stage)
    run(stage, "account_reconcile", options)
    before = retiring(options, stage)
    result = run(stage, "account_reconcile", options, clock=lambda: time.time() + 3 * 31e6)
    assert [one for one in steps(result) if one[0] == "retire"] == [("retire", "failed")]
    assert retiring(options, stage) == before


def test_another_host_s_certificate_is_not_revoked(stage):
    options = rotating(stage, overlap_days=0)
    result = run(stage, "account_reconcile", options, other_users=lambda account, certificate_id: ["other.example"])
    assert (steps(result)[-1], result["steps"][-1]["cause"]) == (("retire", "failed"), "used_elsewhere")
    assert "other.example" in result["steps"][-1]["detail"]
    assert len(retiring(options, stage)) == 1


def test_no_pair_is_made_by_a_wrong_clock(stage):
    stage.open_account()
    path = stage.folder / "credentials.yml"
    options = {"account_id": stage.account_id, "base_url": stage.base_url, "credentials_path": str(path), **EC}
    for years in (3, -3):
        late = run(
            stage,
            "account_credentials",
            {**options, "compare_clock": True},
            clock=lambda y=years: time.time() + y * 31e6,
        )
        assert (late["cause"], path.exists()) == ("clock_skew", False)
    nobody = {**options, "base_url": "http://127.0.0.1:9", "compare_clock": True}
    assert run(stage, "account_credentials", nobody)["reason"] == "missing"


def test_no_pair_is_made_with_a_vault_password_that_does_not_open_the_present_one(stage):
    options = rotating(stage, overlap_days=0)
    assert ("promote", "done") in steps(run(stage, "account_reconcile", options))
    before = stage.store(options["credentials_path"]).load()
    other = ControllerVault(SimpleNamespace(_vault=SimpleNamespace(secrets=[("default", VaultSecret(b"mistyped"))])))
    place = {name: options[name] for name in ("account_id", "base_url", "credentials_path")}
    for check_mode in (True, False):
        context = Context(vault=other, check_mode=check_mode)
        asked = validated("account_credentials", {**place, "rotate": True, "overlap_days": 0})
        result = execute(OPERATIONS["account_credentials"], asked, context)
        assert (result.get("failed"), result.get("cause")) == (True, "wrong_vault_secret")
    assert stage.store(options["credentials_path"]).load() == before


@pytest.mark.parametrize("kind", ["not valid yet", "encrypted with another secret", "of another key"])
def test_a_pending_pair_that_cannot_be_used_is_replaced_by_a_request(stage, kind):
    options = rotating(stage)
    found = stored(options, stage)
    pending = found.credentials.pending
    if kind == "not valid yet":
        key = keys.generate("EC", 256, "secp256r1")
        start = datetime.now(timezone.utc) + timedelta(days=900)
        certificate = certificates.issue(key, certificates.Subject(), now=start, valid_days=365)
        encrypted = stage.vault().encrypt(keys.to_pem(key, None), None)
        pending = replace(pending, certificate=certificates.to_pem(certificate), private_key=encrypted)
    elif kind == "of another key":
        pending = replace(pending, private_key=found.credentials.active.private_key)
    else:
        pending = replace(pending, private_key=pending.private_key[:-6] + "000000")
    stage.store(options["credentials_path"]).save(replace(found.credentials, pending=pending), found.version)
    place = {name: options[name] for name in ("account_id", "base_url", "credentials_path")}
    assert run(stage, "account_credentials", place)["reason"] != "unusable"  # unasked, nothing is given up
    assert run(stage, "account_credentials", {**place, "rotate": True})["reason"] == "unusable"
    assert ("promote", "done") in steps(run(stage, "account_reconcile", options))


def refused(stage: Stage, options: dict[str, Any]) -> dict[str, Any]:
    check = {"valid": False, "account": stage.account_id, "checks": [{"name": "token", "status": "failed"}]}
    return {**options, "token_check": check, "bootstrap_token": stage.token(), "role": "1001", "entity": ENTITY}


def test_with_a_bootstrap_token_the_pending_pair_is_mapped_though_the_active_one_is_refused(stage):
    options = rotating(stage)
    active = stored(options, stage).credentials.active.certificate_id
    stage.revoke(Pair(stage.folder, stage.folder, active))
    stage.fault("certificates.upload", kind="status", status=400)
    result = run(stage, "account_reconcile", refused(stage, options))
    assert steps(result)[:4] == [("map", "failed"), ("map", "done"), ("prove", "ok"), ("promote", "done")]
    assert result["steps"][0]["certificate_id"] == active


def test_a_revoked_certificate_leads_to_a_new_generation_where_a_token_is_there(stage):
    options = rotating(stage)
    run(stage, "account_reconcile", options)
    before = stored(options, stage).credentials.active
    stage.revoke(Pair(stage.folder, stage.folder, before.certificate_id))
    stage.fault("certificates.upload", kind="status", status=400)
    result = run(stage, "account_reconcile", {**refused(stage, options), **EC})
    assert [one for one in steps(result) if one[0] != "retire"] == [
        *(("map", "failed"), ("map", "done"), ("prove", "ok"), ("promote", "done"))
    ]
    after = stored(options, stage).credentials.active
    assert (after.number, after.certificate_id != before.certificate_id) == (before.number + 1, True)


@pytest.mark.parametrize("fault", [{"kind": "drop"}, *({"kind": "status", "status": one} for one in (502, 503, 504))])
@pytest.mark.parametrize("times", [1, 2])
def test_an_upload_that_did_not_arrive_is_sent_again(stage, fault, times):
    options = {**rotating(stage), "retries": 2}
    before = stage.requests().get("certificates.upload", 0)
    stage.fault("certificates.upload", count=times, **fault)
    assert ("promote", "done") in steps(run(stage, "account_reconcile", options))
    assert stage.requests()["certificates.upload"] == before + times + 1


@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "status", "status": 503}])
def test_an_upload_that_arrived_is_not_sent_again(stage, fault):
    options = {**rotating(stage), "retries": 2}
    before = stage.requests().get("certificates.upload", 0)
    stage.fault("certificates.upload", when="after", **fault)
    assert ("promote", "done") in steps(run(stage, "account_reconcile", options))
    assert stage.requests()["certificates.upload"] == before + 1


def test_credentials_that_are_gone_are_an_error(stage):
    options = rotating(stage)
    (stage.folder / "credentials.yml").unlink()
    result = run(stage, "account_reconcile", options)
    assert (result["failed"], result["cause"]) == (True, "missing_file")
    assert "credentials.yml is gone" in result["msg"]
    assert not run(stage, "account_reconcile", options, check_mode=True).get("failed")


def test_after_a_failed_connection_nothing_further_is_asked(stage):
    options = {**rotating(stage, overlap_days=0), "base_url": "http://127.0.0.1:9"}
    result = run(stage, "account_reconcile", options)
    assert [one for one in steps(result) if one[1] == "failed"] == [("map", "failed")]
    assert result["steps"][-1]["cause"] == "connection_refused"


def test_credentials_of_variables_are_proven_under_the_id_that_netsuite_gives(stage):
    stage.open_account(settings={"returned_certificate_id": "other"})
    pair = stage.pair()
    options = stage.account(
        private_key_content=pair.key, certificate_content=pair.certificate, checks=["claims", "probe"]
    )
    result = run(stage, "account_reconcile", refused(stage, options))
    assert steps(result) == [("map", "done"), ("prove", "ok")]
    assert result["steps"][1]["certificate_id"] == result["steps"][0]["certificate_id"] != pair.certificate_id
    assert result["token_check"]["valid"]
