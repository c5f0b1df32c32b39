# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every store must hold, tried on the credential file, on a real OpenBao server, and on that by a task file."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import (
    Credentials,
    Generation,
    to_document,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_store
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import (
    StoreConflictError,
)
from ansible_collections.m2m.netsuite.tests.contract.places import (
    ACCOUNT,
    LEAST,
    Place,
    checked,
    ensured,
    kv2,
    options_of,
)
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao

pytestmark = pytest.mark.slow

TIME = "2026-11-23T20:00:00Z"


def credentials(certificate_id: str = "first", key: str = "PRIVATE KEY") -> Credentials:
    return Credentials(ACCOUNT.realm, Generation(1, certificate_id, "CERTIFICATE", TIME, TIME, key))


def cause_of(action: Callable[[], object]) -> str:
    with pytest.raises(M2MError) as caught:
        action()
    assert "PRIVATE KEY" not in f"{caught.value} {caught.value!r}"
    return caught.value.cause


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


@pytest.mark.parametrize("is_there", [False, True])
def test_another_version_is_never_overwritten(place, is_there):
    before = place.open().save(credentials("zero"), None).version if is_there else None
    other = place.open().save(credentials("other"), before)
    with pytest.raises(StoreConflictError):
        place.open().save(credentials("late"), before)
    assert place.open().load().credentials == other.credentials


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


def test_what_may_be_there_is_never_taken_for_absent(openbao, stage):
    options = kv2(openbao, stage)
    admin = openbao.client()
    admin.sys.enable_secrets_engine("kv", path="old", options={"version": "1"})
    admin.sys.enable_secrets_engine("transit", path="other")
    open_store(options, ACCOUNT, None).save(credentials(), None)
    admin.secrets.kv.v2.delete_latest_version_of_secret(options["store_path"])
    foreign = {**options, "store_path": f"{options['store_path']}-foreign"}
    admin.secrets.kv.v2.create_or_update_secret(foreign["store_path"], {"password": "x"})
    nobody = openbao.token_with('path "secret/data/elsewhere" { capabilities = ["read"] }')
    expected = {
        "store_deleted": options,
        "foreign_file": foreign,
        "store_version": {**options, "store_engine_mount_point": "old"},
        "store_mount": {**options, "store_engine_mount_point": "nowhere"},
        "store_denied": {**options, "store_token": nobody},
        "connection_refused": {**options, "store_url": "http://127.0.0.1:1"},
    }
    found = {name: cause_of(open_store(place, ACCOUNT, None).load) for name, place in expected.items()}
    assert found == {name: name for name in expected}
    other = {**options, "store_engine_mount_point": "other"}
    assert cause_of(open_store(other, ACCOUNT, None).load) == "store_mount"


def test_the_message_about_a_deleted_secret_has_the_command_that_restores_it(openbao, stage):
    options = kv2(openbao, stage)
    before = open_store(options, ACCOUNT, None).save(credentials(), None)
    open_store(options, ACCOUNT, None).save(credentials("second"), before.version)
    openbao.client().secrets.kv.v2.delete_latest_version_of_secret(options["store_path"])
    for shown, after in ((r"\(vault (kv undelete [^;]+);", "second"), (r"\(vault (kv metadata delete [^)]+)\)", None)):
        with pytest.raises(M2MError) as caught:
            open_store(options, ACCOUNT, None).load()
        openbao.run(*re.search(shown, caught.value.fix)[1].split())
        found = open_store(options, ACCOUNT, None).load().credentials
        assert (found.active.certificate_id if found else None) == after
        if found:
            openbao.client().secrets.kv.v2.delete_latest_version_of_secret(options["store_path"])


@pytest.mark.parametrize("answer", [(204, ""), (307, ""), (200, "<html>Log in</html>"), (200, "{}"), (200, "[1]")])
@pytest.mark.parametrize("login", [{}, {"store_auth_method": "approle", "store_role_id": "x", "store_secret_id": "y"}])
def test_what_is_no_store_is_never_taken_for_an_empty_one(stage, answer, login):
    with answering(*answer) as url:
        options = {"store": "kv2", "store_url": url, "store_token": "x", **login}
        store = open_store(options, ACCOUNT, None)
        assert cause_of(store.load) == "store_failed"
        assert cause_of(lambda: store.save(credentials(), None)) == "store_failed"


@pytest.mark.parametrize("status", [200, 400, 404])
@pytest.mark.parametrize(
    "body", ["17", '{"data": 5}', '{"data": {"type": "kv", "options": []}}', "[" * 100_000], ids=range(4)
)
def test_what_something_else_answers_has_a_cause(stage, status, body):
    with answering(status, body) as url:
        options = {"store": "kv2", "store_url": url, "store_token": "x"}
        for action in (
            open_store(options, ACCOUNT, None).load,
            lambda: open_store(options, ACCOUNT, None).save(credentials(), None),
        ):
            assert cause_of(action) in ("store_failed", "store_mount", "store_version")


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """A server that says the same to everything; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_login_that_has_expired_or_lacks_a_part(openbao, stage):
    options = kv2(openbao, stage)
    token = openbao.token_with(LEAST)
    openbao.client().auth.token.revoke(token)
    assert cause_of(open_store({**options, "store_token": token}, ACCOUNT, None).load) == "store_denied"
    for login, cause in (
        ({"store_auth_method": "approle", "store_role_id": "x", "store_secret_id": "y"}, "store_login"),
        ({"store_auth_method": "approle"}, "bad_store"),
        ({"store_auth_method": "jwt", "store_role": "ci"}, "bad_store"),
        ({"store_auth_method": "kubernetes", "store_role": "ci"}, "bad_store"),
        ({"store_url": "http://vault.example:8200"}, "bad_store"),
        ({"store_url": "vault.example"}, "bad_store"),
    ):
        place = {**options, "store_token": None, **login}
        assert cause_of(lambda place=place: open_store(place, ACCOUNT, None).load()) == cause, login


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


def test_tls_and_a_sealed_server(tmp_path, stage):
    with running_openbao(tmp_path, tls=True) as server:
        options = kv2(server, stage, store_ca_cert=server.ca_cert)
        assert open_store(options, ACCOUNT, None).load().is_absent
        assert cause_of(open_store({**options, "store_ca_cert": None}, ACCOUNT, None).load) == "tls_untrusted"
        server.client().sys.seal()
        assert cause_of(open_store(options, ACCOUNT, None).load) == "store_sealed"


# the life of an account


def reconciled(stage: Stage, options: dict[str, Any]) -> list[tuple[str, str]]:
    result = stage.run("account_reconcile", {**options, "token_check": checked(stage, options)})
    assert not result.get("failed"), result
    return [(one["step"], one["status"]) for one in result["steps"]]


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
    for module in ("token_check", "access_token", "certificate_mapping_info", "client_assertion"):
        names = ("role", "entity", "bootstrap_token", "overlap_days", "curve")
        result = stage.run(module, {name: value for name, value in options.items() if name not in names})
        assert not result.get("failed"), (module, result)


def test_check_mode_writes_nothing(place, stage):
    assert ensured(stage, options_of(stage, place), check_mode=True)["reason"] == "missing"
    assert place.open().load().is_absent


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
    assert reconciled(stage, options_of(stage, place, overlap_days=0)) == steps
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


def test_a_document_that_is_due_moves_with_the_new_pair(place, stage, tmp_path):
    stage.open_account()
    kept = replace(begun(stage, tmp_path / "origin.yml"), pending=None)
    options = options_of(stage, place, credentials_content=json.dumps(to_document(kept)), rotate=True)
    assert ensured(stage, options)["reason"] == "requested"
    found = place.open().load().credentials
    assert found.active.certificate_id == kept.active.certificate_id
    assert found.pending.number == 2
