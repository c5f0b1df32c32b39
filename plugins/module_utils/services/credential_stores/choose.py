# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which store the options mean."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...core.accounts import Account
from ...core.generations import Credentials
from ..key_encryption import KeyEncryption
from ..vault import Vault
from .file import FileStore
from .kv2 import Kv2Store
from .store import CredentialStore, Snapshot
from .tasks import TaskStore
from .variables import VariableStore
from .vault_server import VaultLogin, VaultServer

_SECRET_STORES = frozenset({"kv2", "tasks"})


def names_store(options: Mapping[str, Any]) -> bool:
    """Whether the options name a store, rather than a key and a certificate one by one."""
    return bool(is_in_store(options) or options.get("credentials_path") or options.get("credentials_content"))


def is_in_store(options: Mapping[str, Any]) -> bool:
    """Whether the credentials are kept in a secret store, rather than in a file."""
    return options.get("store") in _SECRET_STORES


def named_store(options: Mapping[str, Any]) -> str | None:
    """The secret store that the options describe, whether or not it is the one in use."""
    if options.get("store_url"):
        return "kv2"
    return "tasks" if options.get("store_tasks") else None


def open_store(
    options: Mapping[str, Any], account: Account, vault: Vault | None, warn: Callable[[str], None] = lambda text: None
) -> CredentialStore:
    """The store that a module's options mean.

    Args:
        options: The options.
        account: The account.
        vault: Ansible Vault, where there is one.
        warn: Takes warnings for the user.
    """
    given = VariableStore.of(options, account.realm, vault)
    path = options.get("credentials_path")
    file = open_file(options, vault, warn) if path else None
    home = open_secret(options, account, vault) if is_in_store(options) else file
    if home is None:
        return given
    if file is not None and home is not file:
        return MovingStore(home, file, as_a_whole=True)
    if given.is_given:
        return MovingStore(home, given, as_a_whole=given.moves_as_a_whole, is_remote=given.file_is_remote)
    return home


def open_file(
    options: Mapping[str, Any], vault: Vault | None, warn: Callable[[str], None] = lambda text: None
) -> FileStore:
    """The credential file at ``credentials_path``."""
    return FileStore(options["credentials_path"], KeyEncryption.of(options, vault, warn), warn)


def open_secret(options: Mapping[str, Any], account: Account, vault: Vault | None) -> CredentialStore:
    """The account's secret in the store that the options name."""
    return (TaskStore.of if options["store"] == "tasks" else open_kv2)(options, account, vault)


def open_kv2(options: Mapping[str, Any], account: Account, vault: Vault | None) -> Kv2Store:
    """The account's secret in HashiCorp Vault or OpenBao."""
    server = VaultServer(VaultLogin.of(options, os.environ))
    path = options.get("store_path") or f"netsuite/{account.label}"
    return Kv2Store(server, options.get("store_engine_mount_point") or "secret", path.strip("/"), vault)


@dataclass
class MovingStore:
    """Credentials that are found elsewhere as long as a store holds none, and are kept there from then on.

    Attributes:
        home: The store.
        given: Where they are found: variables, or the credential file of an account whose home is another store by now.
        as_a_whole: Whether they move as they are. Else a new generation is what moves them.
        is_remote: Whether they come from a credential file on another machine, which is their home. Then nothing moves
            before there is a step to take; at once otherwise.
    """

    home: CredentialStore
    given: CredentialStore
    as_a_whole: bool = False
    is_remote: bool = False

    @property
    def is_writable(self) -> bool:
        """Whether new credentials can be put there."""
        return self.home.is_writable

    @property
    def document(self) -> str | None:
        """The whole as it was last saved, where every key in it is encrypted."""
        return self.home.document

    def describe(self) -> str:
        """What messages call it."""
        return self.home.describe()

    def prepare(self) -> None:
        """Remove what a run that was cut short has left behind."""
        self.home.prepare()

    def load(self) -> Snapshot:
        """What the store holds; as long as that is nothing, what is found elsewhere."""
        kept = self.home.load()
        if not kept.is_absent:
            return kept
        found = self.given.load()
        moves = self.as_a_whole and found.credentials is not None
        return Snapshot(found.credentials, None, found.source, found.where, found.certificate_id, moves)

    def check_can_save(self, snapshot: Snapshot) -> None:
        """Raise what ``save`` would raise."""
        if self.is_remote and not snapshot.is_kept:
            self.given.check_can_save(snapshot)
        self.home.check_can_save(snapshot)

    def save(self, credentials: Credentials, expected: str | None) -> Snapshot:
        """Replace what the store holds."""
        return self.home.save(credentials, expected)

    def remove(self, expected: str | None, moved_to: str) -> None:
        """Remove what the store holds."""
        self.home.remove(expected, moved_to)

    def drift(self, snapshot: Snapshot) -> str | None:
        """Whether the credentials have yet to move; what is not as it should be around those that are there."""
        if snapshot.moves:
            return None if self.is_remote else "moved"
        return self.home.drift(snapshot) if snapshot.is_kept else None

    def facts(self, snapshot: Snapshot) -> dict[str, Any]:
        """What the store says of itself."""
        return self.home.facts(snapshot)
