# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials that come in variables. They are read and never written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...core import certificates, keys
from ...core.errors import KeyMaterialError, OptionError
from ...core.generations import Credentials, Generation, from_document
from ...core.timing import iso
from ..vault import Vault, decrypt_envelope
from .store import Snapshot

_WHERE = "netsuite_account_credentials"


@dataclass(frozen=True)
class VariableStore:
    """The content of a credential file, or a pair by itself.

    Attributes:
        account: The account's realm.
        document: JSON text of what a credential file holds; else the pair counts.
        path: Where the credential file would be, for messages.
        file_is_remote: Whether what is given comes out of a credential file on another machine.
    """

    account: str
    content: str | None = field(default=None, repr=False)
    private_key: str | None = field(default=None, repr=False)
    passphrase: str | None = field(default=None, repr=False)
    certificate: str | None = None
    certificate_id: str | None = None
    path: str | None = None
    file_is_remote: bool = False
    vault: Vault | None = None

    is_writable = False
    document: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], account: str, vault: Vault | None) -> VariableStore:
        """From a module's options."""
        return cls(
            account,
            options.get("credentials_content"),
            options.get("private_key_content"),
            options.get("private_key_passphrase"),
            options.get("certificate_content"),
            options.get("certificate_id"),
            options.get("credentials_path"),
            bool(options.get("file_is_remote")),
            vault,
        )

    @property
    def is_given(self) -> bool:
        """Whether there is anything: a key alone, of which a certificate is still to be made, is nothing yet."""
        return bool(self.content or (self.private_key and (self.certificate or self.certificate_id)))

    @property
    def moves_as_a_whole(self) -> bool:
        """Whether a store of its own takes over what is given as it is: all of a document."""
        return bool(self.content)

    def describe(self) -> str:
        """What messages call it."""
        return f"the variable {_WHERE}" if self.content else "the given key pair"

    def prepare(self) -> None:
        """There is nothing to do."""

    def load(self) -> Snapshot:
        """What the variables hold.

        Raises:
            KeyMaterialError: they hold something else.
        """
        if not self.is_given:
            return Snapshot()
        if self.content:
            return Snapshot(self._read_document(self.content), source="variables", where=self.describe())
        if not self.certificate:
            return Snapshot(source="variables", where=self.describe(), certificate_id=self.certificate_id)
        active = self._pair(self.private_key or "", self.certificate, self.certificate_id)
        return Snapshot(Credentials(self.account, active), source="variables", where=self.describe())

    def check_can_save(self, snapshot: Snapshot) -> None:
        """Always refused.

        Raises:
            OptionError: says where new credentials could be kept.
        """
        if self.file_is_remote and not snapshot.is_absent:
            raise OptionError(
                "These credentials come from a credential file that is not on this machine"
                + (f" ({self.path} does not exist)" if self.path else ""),
                "Rotate where the credential file is kept, and give this machine the new one. Or set"
                " netsuite_account_credentials_path to a file that m2m.netsuite.collect brings home, or keep the"
                " credentials in a secret store (netsuite_account_store)",
                cause="file_is_remote",
            )
        raise OptionError(
            "There is no credential file for new credentials",
            "Set credentials_path to a permanent location or store to kv2, or give private key and certificate as"
            " vaulted variables",
            cause="credentials_missing",
        )

    def save(self, credentials: Credentials, expected: str | None) -> Snapshot:  # noqa: ARG002 (the protocol's)
        """Always refused; see ``check_can_save``."""
        self.check_can_save(Snapshot(credentials))
        raise AssertionError("check_can_save raises")

    def remove(self, expected: str | None, moved_to: str) -> None:
        """Left to whoever wrote them: other variables may stand in the same file."""

    def drift(self, snapshot: Snapshot) -> str | None:  # noqa: ARG002 (the protocol's)
        """What is in variables is left as it is."""
        return None

    def facts(self, snapshot: Snapshot) -> dict[str, Any]:  # noqa: ARG002 (the protocol's)
        """Variables have neither."""
        return {"certificate_path": None, "file_mode": None, "exposed": False}

    def _read_document(self, content: str) -> Credentials:
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict) and "format" in document:
            return from_document(document, where=f"The variable {_WHERE}")
        pair = document.get("active") if isinstance(document, dict) else None
        texts = (
            {name: value for name, value in pair.items() if isinstance(value, str)} if isinstance(pair, dict) else {}
        )
        if not (texts.get("private_key") and texts.get("certificate")):
            raise KeyMaterialError(
                f"{_WHERE} is set but does not contain an active pair of private key and certificate",
                "Correct the variable, or its source, or remove it; while it is set, no key is made",
                cause="foreign_file",
            )
        active = self._pair(texts["private_key"], texts["certificate"], texts.get("certificate_id"))
        return Credentials(self.account, active)

    def _pair(self, key: str, certificate: str, certificate_id: str | None) -> Generation:
        bundle = certificates.parse_all(certificate, where="certificate_content")
        found = bundle[0]
        if len(bundle) > 1:  # only the key shows which one is meant
            text = decrypt_envelope(key, self.vault, "private_key_content")
            found = certificates.choose(bundle, keys.load(text, self.passphrase, where="private_key_content"))
        return Generation(
            number=1,
            certificate_id=certificate_id or certificates.certificate_id(found),
            certificate=certificates.to_pem(found),
            not_after=iso(found.not_valid_after_utc),
            created=iso(found.not_valid_before_utc),
            private_key=key,
        )
