# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A store that cannot be read is never taken for an empty one, and the error names the reason.

Tried by the store `kv2`, and by the store `tasks` with the example for community.hashi_vault, on real OpenBao servers.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_store
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import CredentialStore
from ansible_collections.m2m.netsuite.tests.contract.places import ACCOUNT, LEAST, credentials, kv2
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao

pytestmark = pytest.mark.slow

EXAMPLE = ROOT / "examples/stores/hashi_vault.yml"


def refusal(action: Callable[[], object]) -> M2MError:
    with pytest.raises(M2MError) as caught:
        action()
    assert "PRIVATE KEY" not in f"{caught.value} {caught.value!r}"
    return caught.value


def cause_of(action: Callable[[], object]) -> str:
    return refusal(action).cause


@dataclass(frozen=True)
class Way:
    """How this test reaches its secret."""

    kind: str
    path: str
    monkeypatch: pytest.MonkeyPatch

    def open(self, server: OpenBao, *, token: str = "", mount: str = "secret", ca_cert: str = "") -> CredentialStore:
        """The secret in a server. By tasks, the login is that of the last one opened."""
        token, ca_cert = token or server.token, ca_cert or server.ca_cert or ""
        if self.kind == "kv2":
            login = {"store_url": server.url, "store_token": token, "store_ca_cert": ca_cert or None}
            named: dict[str, Any] = {"store": "kv2", "store_engine_mount_point": mount, **login}
        else:
            for name, value in {"ADDR": server.url, "TOKEN": token, "CACERT": ca_cert}.items():
                self.monkeypatch.setenv(f"VAULT_{name}", value)
            more = {} if mount == "secret" else {"mount": mount}
            named = {"store": "tasks", "store_tasks": str(EXAMPLE), "store_vars": more}
        return open_store({**named, "store_path": self.path}, ACCOUNT, None)

    def check_refused(self, store: CredentialStore, cause: str, says: str, secret: str = "PRIVATE KEY") -> None:
        """Loading fails, without the secret: by kv2 with the registered cause, by a task file in that file's words."""
        error = refusal(store.load)
        if self.kind == "kv2":
            assert error.cause == cause
        else:
            assert error.cause == "store_failed"
            assert says in error.problem
        assert secret not in str(error)


@pytest.fixture(params=["kv2", "tasks"])
def way(request, stage, monkeypatch) -> Way:
    if request.param == "tasks":
        monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(request.getfixturevalue("fetched")))
    return Way(request.param, f"netsuite/{stage.folder.name}", monkeypatch)


def test_a_secret_that_was_deleted_or_holds_something_else(way, openbao):
    secrets = openbao.client().secrets.kv.v2
    way.open(openbao).save(credentials(), None)
    secrets.delete_latest_version_of_secret(way.path)
    way.check_refused(way.open(openbao), "store_deleted", "Invalid or missing path")
    secrets.create_or_update_secret(way.path, {"password": "x"})
    assert cause_of(way.open(openbao).load) == "foreign_file"


def test_an_engine_that_is_another(way, openbao):
    names = {kind: f"{kind}-{way.kind}" for kind in ("kv", "transit")}
    openbao.client().sys.enable_secrets_engine("kv", path=names["kv"], options={"version": "1"})
    openbao.client().sys.enable_secrets_engine("transit", path=names["transit"])
    way.check_refused(way.open(openbao, mount=names["kv"]), "store_version", "is not KV version 2")
    way.check_refused(way.open(openbao, mount=names["transit"]), "store_mount", "is not KV version 2")
    way.check_refused(way.open(openbao, mount="nowhere"), "store_mount", "Permission Denied")


def test_a_login_that_is_unknown_or_has_expired_or_may_not_read(way, openbao):
    expired = openbao.token_with(LEAST, ttl="1s")
    nobody = openbao.token_with('path "secret/data/elsewhere" { capabilities = ["read"] }')
    time.sleep(1.5)
    for token in (nobody, "s.nobody-knows-it", expired):
        way.check_refused(way.open(openbao, token=token), "store_denied", "Permission Denied", secret=token)


def test_a_server_that_is_away_or_sealed_or_not_to_be_trusted(way, openbao, tmp_path):
    away = OpenBao("http://127.0.0.1:1", "root")
    way.check_refused(way.open(away), "connection_refused", "Connection refused")
    with running_openbao(tmp_path, tls=True) as server:
        assert way.open(server).load().is_absent
        untrusted = OpenBao(server.url, server.token)
        way.check_refused(way.open(untrusted), "tls_untrusted", "CERTIFICATE_VERIFY_FAILED")
        server.client().sys.seal()
        way.check_refused(way.open(server), "store_sealed", "sealed")


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


@pytest.mark.parametrize("body", ['{"error": "server_error"}', '{"errors": null}', "{}", "", "<html>Not found</html>"])
def test_only_an_engine_says_that_a_secret_is_absent(stage, body):
    """A gateway that knows no way may say 404 once, and let the next question through."""
    engine = '{"data": {"type": "kv", "options": {"version": "2"}}}'
    with answering(404, body, engine=engine) as url:
        named = {"store": "kv2", "store_url": url, "store_token": "x"}
        assert cause_of(open_store(named, ACCOUNT, None).load) == "store_mount"
    with answering(404, '{"errors": []}', engine=engine) as url:
        assert open_store({**named, "store_url": url}, ACCOUNT, None).load().is_absent


def test_an_answer_without_bounds_is_not_read_to_its_end(stage):
    with answering(200, " " * 2_000_000) as url:
        error = refusal(open_store({"store": "kv2", "store_url": url, "store_token": "x"}, ACCOUNT, None).load)
    assert (error.cause, error.fix) == ("endless_answer", "Check that store_url and the proxy lead to the store")


@contextmanager
def answering(status: int, body: str, *, engine: str | None = None) -> Iterator[str]:
    """A server that says the same to everything, but it may know about the engine; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            knows = engine is not None and "/mounts/" in self.path
            said = str(engine) if knows else body
            self.send_response(200 if knows else status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_login_that_lacks_a_part(openbao, stage):
    options = kv2(openbao, stage)
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
