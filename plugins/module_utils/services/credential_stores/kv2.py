# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials in HashiCorp Vault or OpenBao: one secret of a KV version 2 engine per account.

The secret holds ``state``, the document as JSON text, and flat ``private_key``, ``certificate`` and ``certificate_id``
of the active pair, so that platforms, lookups and AWX read them without this collection. The server encrypts, so keys
are in no envelope there. Every write is a compare-and-swap.

Source: https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from ...core.errors import KeyMaterialError
from ...core.generations import Credentials, with_keys
from ...core.libraries import note_missing
from ..vault import Vault, decrypt_envelope
from .secret import from_secret, to_secret
from .store import Snapshot, StoreConflictError
from .vault_server import VaultServer

try:
    from hvac.exceptions import InvalidPath, InvalidRequest
except ImportError as _error:
    note_missing("hvac", _error)

_MOVED = "moved_to"


@dataclass
class Kv2Store:
    """One secret.

    Attributes:
        server: The session with the server.
        mount: Where the engine is mounted.
        path: The secret's path in it.
        vault: Ansible Vault, for keys that move here out of a file or a variable.
    """

    server: VaultServer
    mount: str
    path: str
    vault: Vault | None = field(default=None, repr=False)

    is_writable = True
    document: str | None = None

    def describe(self) -> str:
        """What messages call it."""
        return f"the secret {self.mount}/{self.path} at {self.server.place}"

    def prepare(self) -> None:
        """There is nothing to do."""

    def load(self) -> Snapshot:
        """What the secret holds. Absent is only what the engine itself says is absent.

        Raises:
            KeyMaterialError: the secret is deleted or something else, or the engine is not of version 2.
        """
        try:
            found = self.server.call(self._read)
            if found is None:
                self._check_engine()
                return Snapshot(where=self.describe())
        except InvalidRequest:
            raise self._not_served() from None
        version, content = found
        if content is None:
            raise KeyMaterialError(
                f"The secret {self.mount}/{self.path} is deleted, and may come back",
                f"Restore it (vault kv undelete -mount={self.mount} -versions={version} {self.path}; or bao),"
                f" or start anew without its keys (vault kv metadata delete -mount={self.mount} {self.path})",
                cause="store_deleted",
            )
        if isinstance(content, Mapping) and _MOVED in content:
            raise KeyMaterialError(
                f"The credentials in the secret {self.mount}/{self.path} have moved to {content[_MOVED]}",
                "Set store (netsuite_account_store) to where they are, and run the playbook move again",
                cause="store_moved",
            )
        credentials = from_secret(content, f"the secret {self.mount}/{self.path}")
        return Snapshot(credentials, version, "kv2", self.describe())

    def check_can_save(self, snapshot: Snapshot) -> None:
        """The server refuses before NetSuite sees a new certificate, so there is nothing to find out here."""

    def save(self, credentials: Credentials, expected: str | None) -> Snapshot:
        """Write the next version of the secret, unless another one is there."""
        where = f"the private key that moves to {self.describe()}"
        plain = with_keys(credentials, lambda text: decrypt_envelope(text, self.vault, where))
        return Snapshot(plain, self._write(to_secret(plain), expected), "kv2", self.describe())

    def remove(self, expected: str | None, moved_to: str) -> None:
        """Remove the secret with all its versions.

        The engine compares no version then. So the last version is one that says where the credentials are: a run that
        would have gone on from the version before is told, and stops.
        """
        if expected is not None:
            self._write({_MOVED: moved_to}, expected)
        self.server.call(
            lambda client: client.secrets.kv.v2.delete_metadata_and_all_versions(self.path, mount_point=self.mount)
        )

    def _write(self, secret: dict[str, Any], expected: str | None) -> str:
        try:
            version = self.server.call(
                lambda client: client.secrets.kv.v2.create_or_update_secret(
                    self.path, secret, cas=int(expected or 0), mount_point=self.mount
                )["data"]["version"]
            )
        except InvalidRequest as error:
            if "check-and-set" in str(error.errors):
                problem = f"The secret {self.mount}/{self.path} was changed by another run"
                raise StoreConflictError(problem, "Run again", cause="changed_meanwhile") from None
            raise self._not_served() from None
        except InvalidPath:
            raise self._no_engine() from None
        return str(version)

    def drift(self, snapshot: Snapshot) -> str | None:  # noqa: ARG002 (the protocol's)
        """Nothing surrounds the secret."""
        return None

    def facts(self, snapshot: Snapshot) -> dict[str, Any]:  # noqa: ARG002 (the protocol's)
        """There are none: the secret has no file, and the server decides who may read it."""
        return {"certificate_path": None, "file_mode": None, "exposed": False}

    def _read(self, client: Any) -> tuple[str, Any] | None:
        """Version and content; None where the engine says that there is no such secret, and nothing else."""
        try:
            answer = client.secrets.kv.v2.read_secret_version(
                self.path, mount_point=self.mount, raise_on_deleted_version=False
            )
        except InvalidPath as error:
            if error.errors != []:  # None is the 404 of something else, such as a gateway
                raise self._no_engine() from None
            return None
        return str(answer["data"]["metadata"]["version"]), answer["data"]["data"]

    def _check_engine(self) -> None:
        """Version 1 says of a missing secret what version 2 says, and takes any write without comparing.

        ``sys/internal/ui/mounts`` may be read by whoever may read a path of the engine.
        """
        path = f"/v1/sys/internal/ui/mounts/{self.mount}"
        try:
            about = self.server.call(lambda client: itemgetter("type", "options")(client.adapter.get(path)["data"]))
        except InvalidPath:  # every Vault knows this path
            raise self._no_engine() from None
        kind, options = about
        if kind != "kv" or not isinstance(options, Mapping) or options.get("version") != "2":
            raise KeyMaterialError(
                f"What is mounted at {self.mount} at {self.server.place} is not a KV engine of version 2",
                "Set store_engine_mount_point to one, or upgrade the engine (kv enable-versioning)",
                cause="store_version",
            )

    def _no_engine(self) -> KeyMaterialError:
        return KeyMaterialError(
            f"There is no KV engine at {self.mount} at {self.server.place}",
            "Correct store_engine_mount_point, or store_namespace",
            cause="store_mount",
        )

    def _not_served(self) -> KeyMaterialError:
        return KeyMaterialError(
            f"The store at {self.server.place} does not serve the secret {self.mount}/{self.path}",
            "Check store_engine_mount_point and store_path",
            cause="store_failed",
        )
