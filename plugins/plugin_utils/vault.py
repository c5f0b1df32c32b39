# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible Vault on the controller."""

from __future__ import annotations

from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.parsing.vault import VaultLib, match_encrypt_secret

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import VaultError

_NO_SECRET_FIX = (
    "Give this run the vault secret: --vault-id, --vault-password-file, --ask-vault-pass, or"
    " ANSIBLE_VAULT_PASSWORD_FILE"
)


class ControllerVault:
    """Ansible Vault with the secrets of this run."""

    def __init__(self, loader: Any) -> None:
        self._secrets = getattr(getattr(loader, "_vault", None), "secrets", None) or []

    def decrypt(self, text: str, where: str) -> str:
        """Decrypt an envelope.

        Raises:
            VaultError: no secret of this run decrypts it.
        """
        if not self._secrets:
            raise VaultError(
                f"{where} is encrypted with Ansible Vault but this run has no vault secret",
                _NO_SECRET_FIX,
                cause="vault_missing",
            )
        try:
            return str(VaultLib(self._secrets).decrypt(text.strip().encode()).decode("utf-8"))
        except (AnsibleError, UnicodeError):  # to encode it may fail, too: JSON can hold half a character
            raise VaultError(
                f"No vault secret of this run decrypts {where}",
                "Check the vault id and its password",
                cause="wrong_vault_secret",
            ) from None

    def encrypt(self, text: str, vault_id: str | None) -> str:
        """Encrypt a text with a vault id's secret.

        Raises:
            VaultError: there is no such secret.
        """
        name, secret = self._encrypt_secret(vault_id)
        return str(VaultLib(self._secrets).encrypt(text, secret, vault_id=name).decode("ascii"))

    def check_can_encrypt(self, vault_id: str | None) -> None:
        """Raise what ``encrypt`` would raise."""
        self._encrypt_secret(vault_id)

    def _encrypt_secret(self, vault_id: str | None) -> tuple[str | None, Any]:
        if not self._secrets:
            raise VaultError(
                "A private key must be encrypted but this run has no vault secret",
                _NO_SECRET_FIX,
                cause="vault_missing",
            )
        wanted = vault_id or C.DEFAULT_VAULT_ENCRYPT_IDENTITY
        try:
            name, secret = match_encrypt_secret(self._secrets, encrypt_vault_id=wanted)
        except AnsibleError:
            known = ", ".join(sorted({str(name) for name, _secret in self._secrets}))
            raise VaultError(
                f"This run has no vault secret with the id {wanted}",
                f"Give it with --vault-id {wanted}@FILE, or use one of: {known}",
                cause="vault_missing",
            ) from None
        return (None if name == "default" else name), secret


def envelope_of(value: Any) -> str:
    """The envelope of a variable that Ansible Vault has encrypted, as it stands in the inventory; any other as text.

    Up to ansible-core 2.18 such a variable is an ``AnsibleVaultEncryptedUnicode``, from 2.19 on an ``EncryptedString``.
    """
    envelope = getattr(value, "_ciphertext", None)
    if isinstance(envelope, bytes):
        envelope = envelope.decode("ascii")
    return str(envelope or value)
