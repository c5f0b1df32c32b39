# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private key and its certificate as two files.

Two files cannot be replaced in one step. So a new pair is written beside the old one first, under names ending in
``.new``, and then moved into place, key before certificate. The new certificate is written last, after the copies of
the old pair: from then on a run that is killed is completed by the next one, before that it is undone. From what lies
there it is always clear which pair is whole.
"""

from __future__ import annotations

import hashlib
import os.path
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from ..core import certificates, keys
from ..core.errors import KeyMaterialError, OptionError, VaultError
from . import files
from .vault import VAULT_HEADER, Vault, decrypt_envelope


@dataclass(frozen=True)
class PairOnDisk:
    """What lies at the two paths. ``key`` is None where there is no key file."""

    key: keys.PrivateKey | None
    certificate: certificates.Certificate | None
    encrypted: bool = False
    vaulted: bool = False
    key_mode: int | None = None

    def same_as(self, other: PairOnDisk) -> bool:
        """Whether the same key and the same certificate lie there."""
        if self.key is None or other.key is None:
            return self.key is other.key and self.certificate == other.certificate
        same = keys.same_key(self.key.public_key(), other.key.public_key())
        return same and self.certificate == other.certificate


@dataclass(frozen=True)
class PairFiles:
    """The two paths of a pair, and what protects the key.

    Attributes:
        key_path: Where the private key is.
        certificate_path: Where the certificate is.
        passphrase: Encrypts the key itself.
        encrypt_with_vault: Whether the key file is to be an Ansible Vault envelope.
        vault_id: Whose secret encrypts it.
        vault: Ansible Vault, on the controller.
    """

    key_path: str
    certificate_path: str
    passphrase: str | None = field(default=None, repr=False)
    encrypt_with_vault: bool = False
    vault_id: str | None = None
    vault: Vault | None = None

    def __post_init__(self) -> None:
        if os.path.realpath(self.key_path) == os.path.realpath(self.certificate_path):
            raise OptionError(
                f"private_key_path and certificate_path are the same file, {self.key_path}",
                "Give each a file of its own",
                cause="same_path",
            )

    def locked(self, warn: Callable[[str], None] = lambda _text: None) -> AbstractContextManager[None]:
        """Keep other processes away from the pair; ``warn`` takes the warning that this cannot be done."""
        return files.locked(self.key_path, warn)

    def read(self) -> PairOnDisk:
        """Read both halves.

        Raises:
            KeyMaterialError: a half is unreadable or foreign, or the halves do not match.
            VaultError: the key's envelope cannot be decrypted.
        """
        return self._read(self.key_path, self.certificate_path)

    def interrupted(self) -> bool:
        """Whether a run was cut short after it had begun to put a new pair in place."""
        return files.mode_of(_staged(self.certificate_path)) is not None

    def staged(self) -> PairOnDisk | None:
        """The whole new pair that a run which was cut short has left to be put in place; None where there is none.

        Raises:
            KeyMaterialError, VaultError: what lies there cannot be read.
        """
        if not self.interrupted():
            return None
        try:
            whole = self._read(_staged(self.key_path), _staged(self.certificate_path))
            if whole.key is None:  # it may be in place already, and its certificate not yet
                whole = self._read(self.key_path, _staged(self.certificate_path))
        except KeyMaterialError as error:
            if error.cause != "key_mismatch":
                raise
            return None
        return whole if whole.key is not None else None

    def recover(self) -> bool:
        """Complete, or clear away, what a killed run left behind. True when a new pair was put in place.

        Raises:
            KeyMaterialError, VaultError: what lies there cannot be read; nothing is touched then.
        """
        staged = [_staged(path) for path in (self.key_path, self.certificate_path)]
        completed = self.staged() is not None
        if completed:
            if files.mode_of(staged[0]) is not None:
                files.rename(staged[0], self.key_path)
            files.rename(staged[1], self.certificate_path)
        # Without its certificate in place a staged key was never usable by anyone.
        for path in (*reversed(staged), *map(files.temporary_of, (self.key_path, self.certificate_path, *staged))):
            files.remove(path)
        return completed

    def replace(self, key: keys.PrivateKey, certificate: certificates.Certificate, backup: bool) -> list[str]:
        """Put a new pair in place.

        Returns:
            Paths of the copies that were made of the old files.
        """
        try:
            files.write(_staged(self.key_path), self._encrypt(keys.to_pem(key, self.passphrase)), files.PRIVATE)
            copies = self._back_up() if backup else []
            files.write(_staged(self.certificate_path), certificates.to_pem(certificate), files.PUBLIC)
        except BaseException:
            for path in (self.certificate_path, self.key_path):
                files.remove(_staged(path))
            raise
        files.rename(_staged(self.key_path), self.key_path)
        files.rename(_staged(self.certificate_path), self.certificate_path)
        return copies

    def add_certificate(self, certificate: certificates.Certificate) -> None:
        """Write the certificate of a key that is there already."""
        files.write(self.certificate_path, certificates.to_pem(certificate), files.PUBLIC)

    def rewrite_key(self, key: keys.PrivateKey) -> None:
        """Write the same key again, with the protection that is asked for."""
        files.write(self.key_path, self._encrypt(keys.to_pem(key, self.passphrase)), files.PRIVATE)

    def remove(self, backup: bool) -> list[str]:
        """Remove both files. Returns the paths of copies made before."""
        copies = self._back_up() if backup else []
        for path in (self.certificate_path, self.key_path):
            for leftover in (_staged(path), files.temporary_of(path), files.temporary_of(_staged(path))):
                files.remove(leftover)
            files.remove(path)
        return copies

    def _read(self, key_path: str, certificate_path: str) -> PairOnDisk:
        key_text = files.read_text(key_path, what="The private key")
        certificate_text = files.read_text(certificate_path, what="The certificate")
        bundle = []
        if certificate_text is not None:
            bundle = certificates.parse_all(certificate_text, where=f"certificate_path {certificate_path}")
        if key_text is None:
            return PairOnDisk(None, certificates.choose(bundle) if bundle else None)
        where = f"private_key_path {key_path}"
        decrypted = decrypt_envelope(key_text, self.vault, where)
        key = keys.load(decrypted, self.passphrase, where=where, prove_primes=not bundle)
        certificate = certificates.choose(bundle, key) if bundle else None
        if certificate is not None and not certificates.matches(certificate, key):
            raise KeyMaterialError(
                f"The certificate {certificate_path} was not issued for the private key {key_path}",
                "Restore the half that belongs to the other, or move both away; nothing was changed",
                cause="key_mismatch",
            )
        return PairOnDisk(
            key,
            certificate,
            keys.is_encrypted(decrypted),
            key_text.lstrip().startswith(VAULT_HEADER),
            files.mode_of(key_path),
        )

    def check_can_encrypt(self) -> None:
        """Raise what encrypting would raise, before there is a key.

        Raises:
            VaultError: there is no vault, or no secret in it to encrypt with.
        """
        if self.encrypt_with_vault:
            self._required_vault().check_can_encrypt(self.vault_id)

    def _encrypt(self, text: str) -> str:
        return self._required_vault().encrypt(text, self.vault_id) if self.encrypt_with_vault else text

    def _required_vault(self) -> Vault:
        if self.vault is None:
            raise VaultError(
                "encrypt_with_vault needs Ansible Vault, which is only available on the controller",
                "Run the task on a local connection and without become, or protect the key with private_key_passphrase",
                cause="vault_missing",
            )
        return self.vault

    def _back_up(self) -> list[str]:
        copies = []
        name = self._backup_name()
        for path in (self.key_path, self.certificate_path):
            if files.mode_of(path) is not None:
                copies.append(f"{path}.{name}.bak")
                files.keep_copy(path, copies[-1])
                if path == self.key_path:
                    files.restrict(copies[-1])
        return copies

    def _backup_name(self) -> str:
        """Another name for each pair, so that a copy which is there already is a copy of the same."""
        text = files.read_text(self.certificate_path, what="The certificate")
        try:
            if text is not None:
                return certificates.certificate_id(certificates.parse(text, where=self.certificate_path))[:12]
        except KeyMaterialError:
            pass  # what is to be removed may be anything
        content = (files.read_text(self.key_path, what="The private key") or "") + (text or "")
        return f"key-{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def _staged(path: str) -> str:
    """Where the new content of a file waits: beside the file itself where the path is a link, to move in one step."""
    return f"{os.path.realpath(path)}.new"
