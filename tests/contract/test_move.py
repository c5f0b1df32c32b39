# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Moving credentials: nothing is removed before every key has been read in its new home, wherever a run ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, to_document
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores import file, kv2
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_kv2
from ansible_collections.m2m.netsuite.plugins.module_utils.services.vault import decrypt_envelope
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao

pytestmark = pytest.mark.slow

EC = {"curve": "secp256r1"}
MOVER = """
path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }
path "secret/metadata/netsuite/*" { capabilities = ["delete"] }
"""


class Killed(BaseException):
    """The end of a run, which no code of the collection catches."""


class Account:
    """One account with a rotation under way in its credential file, and a path of its own in the store."""

    def __init__(self, stage: Stage, openbao: OpenBao) -> None:
        self.stage, self.path = stage, stage.folder / "host/credentials.yml"
        self.file = {"credentials_path": str(self.path)}
        self.store = {
            "store_url": openbao.url,
            "store_token": openbao.token_with(MOVER),
            "store_path": f"netsuite/{stage.label}-{stage.folder.name}",
        }
        self.ensure(**self.file)
        self.ensure(**self.file, rotate=True)
        found = self.in_file()
        assert found is not None
        self.keys = keys(found, stage)
        assert len(self.keys) == 2

    def ensure(self, **options: Any) -> dict[str, Any]:
        result = self.stage.run("account_credentials", {"account_id": self.stage.account_id, **EC, **options})
        assert not result.get("failed"), result
        return result

    def move(self, to: str, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
        given = {"account_id": self.stage.account_id, **self.file, **self.store, "to": to, **options}
        return self.stage.run("account_move", given, check_mode=check_mode)

    def in_file(self) -> Credentials | None:
        return self.stage.store(str(self.path)).load().credentials

    def in_store(self) -> Credentials | None:
        account = parse_account(self.stage.account_id)
        return open_kv2(self.store, account, self.stage.vault()).load().credentials

    def check_in_store_alone(self) -> None:
        assert list(self.path.parent.iterdir()) == []
        assert keys(self.in_store(), self.stage) == self.keys

    def check_in_file_alone(self) -> None:
        assert self.in_store() is None
        assert keys(self.in_file(), self.stage) == self.keys
        assert "PRIVATE KEY" not in self.path.read_text(encoding="utf-8")


def keys(credentials: Credentials | None, stage: Stage) -> dict[str, str]:
    """The private keys in clear."""
    assert credentials is not None
    return {
        one.certificate_id: decrypt_envelope(str(one.private_key), stage.vault(), "") for one in credentials.holders()
    }


@pytest.fixture
def account(stage, openbao) -> Account:
    return Account(stage, openbao)


def test_there_and_back_with_a_rotation_under_way(account):
    assert account.move("kv2", check_mode=True)["changed"]
    assert account.in_file() is not None
    assert account.in_store() is None
    done = account.move("kv2")
    assert (done["changed"], done["reason"]) == (True, "moved")
    account.check_in_store_alone()
    assert account.move("kv2")["changed"] is False
    assert account.move("file", check_mode=True)["changed"]
    account.check_in_store_alone()
    assert account.move("file")["changed"]
    account.check_in_file_alone()
    assert account.move("file")["changed"] is False
    shown = json.dumps(done)
    assert not any(line in shown for key in account.keys.values() for line in key.splitlines()[1:-1])


# What a move does to the world, by name; a run may end before each of these.
STEPS: dict[str, list[tuple[Any, str]]] = {
    "kv2": [(kv2.Kv2Store, "_write"), (file.FileStore, "remove"), (file.files, "remove")],
    "file": [(file.files, "write"), (kv2.Kv2Store, "remove"), (kv2.Kv2Store, "_write"), (kv2.VaultServer, "call")],
}


def killing(action: Callable[..., Any], calls: list[int], at: int, *, after: bool) -> Callable[..., Any]:
    def run(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == at and not after:
            raise Killed
        result = action(*arguments, **named)
        if len(calls) == at:
            raise Killed
        return result

    return run


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("to", "step"), [(to, step) for to, steps in STEPS.items() for step in range(len(steps))])
def test_a_move_that_ends_at_any_step_is_continued(account, monkeypatch, to, step, after):
    if to == "file":
        assert account.move("kv2")["changed"]
    owner, name = STEPS[to][step]
    for at in range(1, 9):
        calls: list[int] = []
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, killing(getattr(owner, name), calls, at, after=after))
            try:
                account.move(to)
                ended = True
            except Killed:
                ended = False
        if ended:
            break
        held = [one() for one in (account.in_file, account.in_store) if holds(one)]
        assert held, "a copy is there at any moment"
        assert all(keys(one, account.stage) == account.keys for one in held)
    assert at > 1, "the step was reached"
    assert account.move(to)["changed"] is False
    account.check_in_store_alone() if to == "kv2" else account.check_in_file_alone()


def holds(load: Callable[[], Credentials | None]) -> bool:
    try:
        return load() is not None
    except kv2.KeyMaterialError as error:
        if error.cause != "store_moved":
            raise
        return False


def test_what_differs_is_never_removed(account):
    other = {"account_id": account.stage.account_id, **EC, "store": "kv2", **account.store}
    assert account.stage.run("account_credentials", other)["reason"] == "missing"
    before = account.path.read_bytes()
    for to in ("kv2", "file"):
        refused = account.move(to)
        assert (refused["failed"], refused["cause"]) == (True, "kept_twice")
    assert account.path.read_bytes() == before
    assert account.in_store() is not None


def test_a_rotation_that_goes_on_meanwhile_is_not_lost(account, monkeypatch):
    load = file.FileStore.load
    raced: list[int] = []

    def racing(store: file.FileStore) -> Any:
        found = load(store)
        if not raced and found.credentials is not None:
            raced.append(1)
            store.save(found.credentials.proven(datetime.now(timezone.utc)), found.version)
        return found

    monkeypatch.setattr(file.FileStore, "load", racing)
    assert account.move("kv2")["changed"]
    account.check_in_store_alone()
    assert account.in_store().active.proven


def test_without_the_right_to_delete_both_copies_stay_until_it_is_given(account, openbao):
    assert account.move("kv2")["changed"]
    least = openbao.token_with(MOVER.strip().splitlines()[0])
    refused = account.move("file", store_token=least)
    assert (refused["failed"], refused["cause"]) == (True, "store_denied")
    assert keys(account.in_file(), account.stage) == account.keys
    stopped = account.stage.run(
        "account_credentials", {"account_id": account.stage.account_id, "store": "kv2", **account.store}
    )
    assert stopped["cause"] == "store_moved"
    assert account.move("file")["changed"]
    account.check_in_file_alone()


def test_a_document_in_a_variable_is_copied_and_left_to_the_user(account, tmp_path):
    found = account.in_file()
    account.path.unlink()
    given = {"credentials_content": json.dumps(to_document(found))}
    done = account.move("kv2", **given)
    assert done["changed"]
    assert "remove the variables" in done["next_step"]
    assert account.move("kv2", **given)["changed"] is False
    assert keys(account.in_store(), account.stage) == account.keys


def test_a_store_that_holds_credentials_keeps_a_file_from_being_made(account):
    assert account.move("kv2")["changed"]
    options = {"account_id": account.stage.account_id, **EC, **account.file, **account.store}
    refused = account.stage.run("account_credentials", options)
    assert (refused["failed"], refused["cause"]) == (True, "kept_elsewhere")
    assert list(Path(account.path).parent.iterdir()) == []
