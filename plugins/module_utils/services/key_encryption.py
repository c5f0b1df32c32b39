# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How private keys are protected before they reach a disk: Ansible Vault, a passphrase, or with leave neither."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.errors import VaultError
from ..core.generations import Credentials, with_keys
from .vault import VAULT_HEADER, Vault, decrypt_envelope, envelope_id


@dataclass(frozen=True)
class KeyEncryption:
    """The protection that a module's options ask for.

    Attributes:
        vault: Ansible Vault, where there is one.
        vault_id: Whose secret encrypts; None where that is left open.
        has_passphrase: Whether new keys are encrypted with a passphrase of their own.
        allows_plaintext: Whether a new key may be written as it is.
        encrypts_file: Whether a new file is encrypted as a whole, rather than the keys in it.
        warn: Takes the warning that a key is not encrypted.
    """

    vault: Vault | None
    vault_id: str | None = None
    has_passphrase: bool = False
    allows_plaintext: bool = False
    encrypts_file: bool = False
    warn: Callable[[str], None] = lambda text: None

    @classmethod
    def of(cls, options: Mapping[str, Any], vault: Vault | None, warn: Callable[[str], None]) -> KeyEncryption:
        """From a module's options."""
        return cls(
            vault,
            options.get("vault_id") or None,
            bool(options.get("private_key_passphrase")),
            bool(options.get("allow_plaintext_key")),
            options.get("encryption") == "file",
            warn,
        )

    def check(self, in_use: str | None, *, whole: bool) -> None:
        """Refuse to make a key that could not be put away safely, before it is made.

        Args:
            in_use: The vault id that the credentials are under.
            whole: Whether the file is encrypted as a whole.

        Raises:
            VaultError: it could not be encrypted.
        """
        if self.allows_plaintext or (self.has_passphrase and not whole):
            return
        if self.vault is None:
            raise VaultError(
                "A private key must be encrypted, and only the controller has the secrets of Ansible Vault",
                "Run the task on a local connection and without become, or set private_key_passphrase",
                cause="vault_missing",
            )
        self.vault.check_can_encrypt(self.encrypting_id(in_use))

    def encrypting_id(self, in_use: str | None) -> str | None:
        """The vault id that encrypts: the one asked for, else the one in use, else Ansible's own choice (None)."""
        if self.vault_id:
            return self.vault_id
        return in_use if in_use and self._can_encrypt(in_use) else None

    def protect(self, credentials: Credentials, known: Collection[str], in_use: str | None, where: str) -> Credentials:
        """The same credentials, every key in them encrypted as the options ask for.

        Args:
            credentials: Keys in clear, or in envelopes.
            known: Keys as they are stored by now. One of these that is in clear stays so by the user's leave, and
                moves to another vault id where one is asked for.
            in_use: The vault id that the credentials are under.
            where: What messages call the place.

        Raises:
            VaultError: a key cannot be encrypted.
        """

        def protected(text: str) -> str:
            is_stored = text in known or text.startswith(VAULT_HEADER)
            if is_stored and not self.moves(text):
                return text
            return self._encrypt(decrypt_envelope(text, self.vault, f"the private key in {where}"), in_use, where)

        return with_keys(credentials, protected)

    def _encrypt(self, text: str, in_use: str | None, where: str) -> str:
        vault_id = self.encrypting_id(in_use)
        if self.vault is not None and self._can_encrypt(vault_id):
            return self.vault.encrypt(text, vault_id)
        if self.has_passphrase:
            return text  # encrypted with it
        if not self.allows_plaintext:
            self.check(in_use, whole=False)
        self.warn(f"The private key in {where} is not encrypted, as allow_plaintext_key asks")
        return text

    def moves(self, text: str) -> bool:
        """Whether a stored key is under another vault id than asked for, or in clear without leave."""
        if text.startswith(VAULT_HEADER):
            return self.vault_id is not None and envelope_id(text) != self.vault_id
        return not self.allows_plaintext and "ENCRYPTED" not in text and self._can_encrypt(self.vault_id)

    def _can_encrypt(self, vault_id: str | None) -> bool:
        if self.vault is None:
            return False
        try:
            self.vault.check_can_encrypt(vault_id)
        except VaultError:
            return False
        return True
