# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the collection needs of Ansible Vault, and its envelopes."""

from __future__ import annotations

from typing import Protocol

from ..core.errors import VaultError

VAULT_HEADER = "$ANSIBLE_VAULT;"


class Vault(Protocol):
    """Ansible Vault with the secrets of a run. Only the controller has one."""

    def decrypt(self, text: str, where: str) -> str:
        """Decrypt a vault envelope.

        Raises:
            VaultError: no secret of this run decrypts it.
        """

    def encrypt(self, text: str, vault_id: str | None) -> str:
        """Encrypt with the named vault id's secret, or with the one Ansible would choose.

        Raises:
            VaultError: there is no such secret.
        """

    def check_can_encrypt(self, vault_id: str | None) -> None:
        """Raise what ``encrypt`` would raise, without a text to encrypt."""


def envelope_id(text: str) -> str | None:
    """The vault id that an envelope names; ``default`` where it names none. None for any other text."""
    header = text.lstrip().split("\n", 1)[0].strip()
    if not header.startswith(VAULT_HEADER):
        return None
    return header.split(";")[3] if header.count(";") > 2 else "default"


def decrypt_envelope(text: str, vault: Vault | None, where: str) -> str:
    """Decrypt a text when it is a vault envelope; return any other text as it is.

    Raises:
        VaultError: there is no vault here, or no secret of this run decrypts it.
    """
    if not text.lstrip().startswith(VAULT_HEADER):
        return text
    if vault is None:
        raise VaultError(
            f"{where} is encrypted with Ansible Vault, whose secrets only the controller has",
            "Run the task on a local connection and without become, or give the decrypted value",
            cause="vault_missing",
        )
    return vault.decrypt(text, where)
