# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How m2m.netsuite.account_credentials protects private keys before they reach a disk."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

from ..core.errors import VaultError
from ..core.generations import Generation, Retiring
from ..services.credential_file import ENVELOPE, Stored, envelope_id, open_envelope
from .operation import Context, Options

Holder = TypeVar("Holder", Generation, Retiring)


@dataclass(frozen=True)
class KeyEncryption:
    """The protection that the options ask for: Ansible Vault, a passphrase, or by the user's leave none."""

    options: Options = field(repr=False)
    context: Context

    def check(self, stored: Stored | None) -> None:
        """Refuse to make a key that could not be put away safely, before it is made.

        Args:
            stored: The file it will go into, where that is there.

        Raises:
            VaultError: it could not be encrypted.
        """
        whole = stored.whole if stored else self.options["encryption"] == "file"
        if self.options["allow_plaintext_key"] or (self.options["private_key_passphrase"] and not whole):
            return
        if self.context.vault is None:
            raise VaultError(
                "A private key must be encrypted, and Ansible Vault is only at hand on the controller",
                "Run the task on a local connection and without become, or set private_key_passphrase",
                cause="vault_missing",
            )
        self.context.vault.check_can_encrypt(self.vault_id(stored))

    def vault_id(self, stored: Stored | None) -> str | None:
        """The vault id that encrypts: the one asked for, else the one in use, else Ansible's own choice (None)."""
        wanted = self.options["vault_id"]
        if wanted or stored is None:
            return str(wanted) if wanted else None
        in_use = stored.vault_id if stored.whole else envelope_id(stored.credentials.active.private_key)
        return in_use if in_use and self._can_encrypt(in_use) else None

    def close(self, text: str, stored: Stored | None) -> str:
        """Close an envelope around a key that goes into the file as a value of its own.

        Raises:
            VaultError: there is no secret for that, and neither a passphrase nor the user's leave to do without.
        """
        vault_id = self.vault_id(stored)
        if self.context.vault is not None and self._can_encrypt(vault_id):
            return self.context.vault.encrypt(text, vault_id)
        if self.options["private_key_passphrase"]:
            return text  # encrypted with it
        if not self.options["allow_plaintext_key"]:
            self.check(stored)
        self.context.warnings.append(
            f"The private key in {self.options['credentials_path']} is not encrypted, as allow_plaintext_key asks"
        )
        return text

    def renewed(self, stored: Stored) -> Stored:
        """The same credentials under vault_id, where they are under another one, or under none without leave."""
        wanted = self.options["vault_id"]
        if stored.whole:
            return replace(stored, vault_id=wanted) if wanted else stored
        old = stored.credentials
        credentials = replace(
            old,
            active=self._renewed(old.active, stored),
            pending=self._renewed(old.pending, stored) if old.pending else None,
            retiring=tuple(self._renewed(one, stored) for one in old.retiring),
        )
        return replace(stored, credentials=credentials)

    def _renewed(self, holder: Holder, stored: Stored) -> Holder:
        text, wanted = holder.private_key or "", self.options["vault_id"]
        if text.startswith(ENVELOPE):
            moved = bool(wanted) and envelope_id(text) != wanted
        else:
            spared = self.options["allow_plaintext_key"] or "ENCRYPTED" in text
            moved = bool(text) and not spared and self._can_encrypt(wanted)
        if not moved:
            return holder
        where = f"the private key in {self.options['credentials_path']}"
        return replace(holder, private_key=self.close(open_envelope(text, self.context.vault, where), stored))

    def _can_encrypt(self, vault_id: str | None) -> bool:
        if self.context.vault is None:
            return False
        try:
            self.context.vault.check_can_encrypt(vault_id)
        except VaultError:
            return False
        return True
