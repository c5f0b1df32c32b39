# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every store must hold, tried on the credential file, on a real OpenBao server, and on that by a task file."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, to_document
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_store
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import (
    StoreConflictError,
)
from ansible_collections.m2m.netsuite.tests.contract.places import (
    ACCOUNT,
    LEAST,
    Place,
    checked,
    credentials,
    ensured,
    kv2,
    options_of,
    quickly,
)
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage

pytestmark = pytest.mark.slow

#: By a task file in `make long` alone, because each call takes a second: test_task_store.py asks the same of real
#: stores, and test_stores_killed.py goes through onboarding, rotation and retirement.
STORES = pytest.mark.parametrize(
    "place", ["file", "kv2", pytest.param("tasks", marks=pytest.mark.campaign)], indirect=True
)


@STORES
def test_absent_create_load_and_change(place):
    assert place.open().load().is_absent
    saved = place.open().save(credentials(), None)
    found = place.open().load()
    assert (found.credentials, found.version, found.is_kept) == (saved.credentials, saved.version, True)
    changed = place.open().save(
        replace(found.credentials, pending=replace(found.credentials.active, number=2)), found.version
    )
    assert place.open().load().credentials == changed.credentials
    assert changed.version != found.version


@STORES
@pytest.mark.parametrize("is_there", [False, True])
def test_another_version_is_never_overwritten(place, is_there):
    before = place.open().save(credentials("zero"), None).version if is_there else None
    other = place.open().save(credentials("other"), before)
    with pytest.raises(StoreConflictError):
        place.open().save(credentials("late"), before)
    assert place.open().load().credentials == other.credentials


@STORES
def test_of_eight_writers_at_once_one_wins(place):
    before = place.open().save(credentials("zero"), None).version
    start = threading.Barrier(8)

    def write(number: int) -> str | None:
        store = place.open()
        store.load()
        start.wait()
        try:
            store.save(credentials(f"writer {number}"), before)
        except StoreConflictError:
            return None
        return f"writer {number}"

    with ThreadPoolExecutor(8) as pool:
        winners = [name for name in pool.map(write, range(8)) if name]
    assert len(winners) == 1
    assert place.open().load().credentials.active.certificate_id == winners[0]


def test_a_secret_is_read_by_whoever_may_and_holds_flat_values(openbao, stage):
    options = kv2(openbao, stage)
    open_store(options, ACCOUNT, None).save(credentials(), None)
    secret = openbao.client().secrets.kv.v2.read_secret_version(options["store_path"], raise_on_deleted_version=True)
    values = secret["data"]["data"]
    assert {name: values[name] for name in ("private_key", "certificate", "certificate_id")} == {
        "private_key": "PRIVATE KEY",
        "certificate": "CERTIFICATE",
        "certificate_id": "first",
    }
    assert json.loads(values["state"])["active"]["number"] == 1


def test_a_login_by_approle_with_the_least_policy(openbao, stage):
    admin = openbao.client()
    admin.sys.enable_auth_method("approle")
    admin.sys.create_or_update_policy("least", LEAST)
    admin.auth.approle.create_or_update_approle("m2m", token_policies=["least"], token_type="batch")
    role_id = admin.auth.approle.read_role_id("m2m")["data"]["role_id"]
    secret_id = admin.auth.approle.generate_secret_id("m2m")["data"]["secret_id"]
    options = kv2(openbao, stage, store_token=None, store_auth_method="approle")
    place = {**options, "store_role_id": role_id, "store_secret_id": secret_id}
    open_store(place, ACCOUNT, None).save(credentials(), None)
    assert open_store(place, ACCOUNT, None).load().credentials == credentials()


# the life of an account


def reconciled(stage: Stage, options: dict[str, Any]) -> list[tuple[str, str]]:
    result = stage.run("account_reconcile", {**options, "token_check": checked(stage, options)})
    assert not result.get("failed"), result
    return [(one["step"], one["status"]) for one in result["steps"]]


@STORES
def test_onboarding_rotation_and_retirement(place, stage):
    stage.open_account()
    options = options_of(stage, place, bootstrap_token=stage.token(), overlap_days=0)
    first = ensured(stage, options)
    assert (first["reason"], first["source"]) == ("missing", place.options.get("store", "file"))
    assert reconciled(stage, options) == [("map", "done"), ("prove", "ok")]
    assert ensured(stage, options)["changed"] is False
    rotated = ensured(stage, {**options, "rotate": True})
    assert rotated["pending"]["certificate_id"] != first["certificate_id"]
    steps = [("map", "done"), ("prove", "ok"), ("promote", "done"), ("retire", "done")]
    assert reconciled(stage, {**options, "bootstrap_token": None}) == steps
    last = ensured(stage, options)
    assert (last["certificate_id"], last["retiring"], last["changed"]) == (
        rotated["pending"]["certificate_id"],
        [],
        False,
    )


def test_every_module_that_signs_reads_it(place, stage):
    stage.open_account()
    onboarding = options_of(stage, quickly(place), bootstrap_token=stage.token())
    ensured(stage, onboarding)
    assert reconciled(stage, onboarding) == [("map", "done"), ("prove", "ok")]
    options = {**stage.account(), **place.options}
    for module in ("token_check", "access_token", "certificate_mapping_info", "client_assertion"):
        result = stage.run(module, options)
        assert not result.get("failed"), (module, result)


def test_check_mode_writes_nothing(place, stage):
    assert ensured(stage, options_of(stage, place), check_mode=True)["reason"] == "missing"
    assert place.open().load().is_absent


@STORES
def test_a_pair_in_variables_moves_with_its_first_rotation(place, stage):
    stage.open_account()
    pair = stage.map(stage.pair())
    given = {"private_key_content": stage.vault().encrypt(pair.key, None), "certificate_content": pair.certificate}
    options = options_of(stage, place, **given, overlap_days=7)
    assert ensured(stage, options)["source"] == "variables"
    assert place.open().load().is_absent
    assert ensured(stage, {**options, "rotate": True})["pending"] is not None
    assert ("promote", "done") in reconciled(stage, options)
    kept = place.open().load().credentials
    assert [one.certificate_id for one in kept.retiring] == [pair.certificate_id]
    assert kept.active.number == 2


def begun(stage: Stage, path: Path) -> Credentials:
    """A credential file with a rotation under way."""
    options = options_of(stage, Place({"credentials_path": str(path)}, stage.vault()), bootstrap_token=stage.token())
    ensured(stage, options)
    assert reconciled(stage, options) == [("map", "done"), ("prove", "ok")]
    ensured(stage, {**options, "rotate": True})
    return stage.store(str(path)).load().credentials


def check_moves(stage: Stage, place: Place, given: dict[str, Any], kept: Credentials) -> None:
    """A document moves into a store as it is; what check mode says of it is what happens; then the rotation goes on."""
    options = options_of(stage, place, **given, overlap_days=0)
    planned = ensured(stage, options, check_mode=True)
    assert place.open().load().is_absent
    moved = ensured(stage, options)
    shown = ("changed", "reason", "certificate_id", "generation", "pending", "new", "unfinished", "settled")
    assert {name: planned[name] for name in shown} == {name: moved[name] for name in shown}
    assert (moved["reason"], moved["unfinished"], moved["new"]) == ("moved", True, False)
    found = place.open().load().credentials
    assert [one.certificate_id for one in found.holders()] == [one.certificate_id for one in kept.holders()]
    steps = [("map", "done"), ("prove", "ok"), ("promote", "done"), ("retire", "done")]
    assert reconciled(stage, options_of(stage, quickly(place), overlap_days=0)) == steps
    last = ensured(stage, options)
    assert (last["changed"], last["generation"], last["certificate_id"]) == (False, 2, kept.pending.certificate_id)


def test_a_document_in_a_variable_moves_as_a_whole(place, stage, tmp_path):
    stage.open_account()
    kept = begun(stage, tmp_path / "origin.yml")
    check_moves(stage, place, {"credentials_content": json.dumps(to_document(kept))}, kept)


def test_a_credential_file_moves_as_a_whole(openbao, stage, tmp_path):
    stage.open_account()
    path = tmp_path / "origin.yml"
    kept = begun(stage, path)
    before = path.read_bytes()
    check_moves(stage, Place(kv2(openbao, stage), stage.vault()), {"credentials_path": str(path)}, kept)
    assert path.read_bytes() == before


@STORES
def test_a_document_that_is_due_moves_with_the_new_pair(place, stage, tmp_path):
    stage.open_account()
    kept = replace(begun(stage, tmp_path / "origin.yml"), pending=None)
    options = options_of(stage, place, credentials_content=json.dumps(to_document(kept)), rotate=True)
    assert ensured(stage, options)["reason"] == "requested"
    found = place.open().load().credentials
    assert found.active.certificate_id == kept.active.certificate_id
    assert found.pending.number == 2
