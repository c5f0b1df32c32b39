# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential file: an inventory vars file that holds one account's credentials.

Plain YAML, so that it can be committed and reviewed, with the private keys as inline ``!vault`` values, so that the
next run, and AWX, read them as variables. A file encrypted as a whole with ansible-vault is read, and written back, as
such.
"""

from __future__ import annotations

import functools
import hashlib
import os.path
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ...core.errors import KeyMaterialError, OptionError, VaultError
from ...core.generations import Credentials, Generation, from_document, to_document
from ...core.libraries import note_missing
from ...core.text import capitalize_sentence
from .. import files
from ..key_encryption import KeyEncryption
from ..vault import VAULT_HEADER, decrypt_envelope, envelope_id
from .store import Snapshot, StoreConflictError

try:
    import yaml
except ImportError as _error:
    note_missing("PyYAML", _error)
else:

    class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """A safe loader that leaves vault envelopes encrypted."""

    _Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))
    _Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))

VARIABLE = "netsuite_account_credentials"
# How Ansible's plugin host_group_vars looks for a host's variables, the folder of that name aside.
_VARS_FILES = ("", ".yml", ".yaml", ".json")
_HEADER = (
    "# The credentials of one NetSuite account, kept by the Ansible collection m2m.netsuite.\n"
    "# Commit it with your inventory; do not edit it: it is replaced as a whole.\n"
)


@dataclass(frozen=True)
class FileSnapshot(Snapshot):
    """A credential file as found.

    Attributes:
        whole: Whether it is encrypted as a whole.
        vault_id: If so, under which vault id.
    """

    whole: bool = False
    vault_id: str | None = None

    @property
    def is_vaulted(self) -> bool:
        """Whether Ansible Vault protects every key in it."""
        return self.whole or all(key.startswith(VAULT_HEADER) for key in _keys(self))

    @property
    def vault_id_in_use(self) -> str | None:
        """The vault id that the credentials are under."""
        if self.whole or self.credentials is None:
            return self.vault_id
        return envelope_id(self.credentials.active.private_key)


@dataclass
class FileStore:
    """The credential file.

    Attributes:
        path: Where it is.
        encryption: How keys are protected in it.
        warn: Takes warnings for the user.
        document: Its text as it was last saved, where Ansible Vault protects every key in it.
    """

    path: str
    encryption: KeyEncryption
    warn: Callable[[str], None] = lambda text: None
    document: str | None = None
    _has_warned: bool = False

    is_writable = True

    @property
    def certificate_path(self) -> str:
        """Where the certificate lies as a file of its own, ready for the upload page."""
        return certificate_file(self.path)

    def describe(self) -> str:
        """What messages call it."""
        return f"the credential file {self.path}"

    def prepare(self) -> None:
        """Remove what a run that was cut short has left behind."""
        files.clear_leftover(self.path)

    def load(self) -> FileSnapshot:
        """What the file holds now.

        Raises:
            KeyMaterialError: it is something else.
            OptionError: it cannot be read, or hides other variables of the host.
            VaultError: it is encrypted as a whole and cannot be decrypted.
        """
        check_shadowing(self.path, before_writing=False)
        in_file = _is_of_host(self.path) and os.path.isfile(os.path.dirname(self.path))  # so that there is none
        text = None if in_file else files.read_text(self.path, what="the credential file")
        if text is None:
            return FileSnapshot(whole=self.encryption.encrypts_file)
        return self.parse(text, self.describe())

    def parse(self, text: str, where: str) -> FileSnapshot:
        """What a text holds that is, or was, the content of such a file.

        Args:
            text: The text.
            where: What messages call it.

        Raises:
            KeyMaterialError: it is something else.
            VaultError: it is encrypted as a whole and cannot be decrypted.
        """
        decrypted = decrypt_envelope(text, self.encryption.vault, where)
        return FileSnapshot(
            credentials=_from_yaml(decrypted, where),
            version=_version(text),
            source="file",
            where=where,
            whole=text.startswith(VAULT_HEADER),
            vault_id=envelope_id(text),
        )

    def check_can_save(self, snapshot: Snapshot) -> None:
        """Raise what ``save`` would raise, before there is a key that could be lost."""
        check_shadowing(self.path, before_writing=True)
        empty = FileSnapshot(credentials=snapshot.credentials, whole=self.encryption.encrypts_file)
        found = snapshot if isinstance(snapshot, FileSnapshot) else empty
        self.encryption.check(found.vault_id_in_use, whole=found.whole)

    def save(self, credentials: Credentials, expected: str | None) -> FileSnapshot:
        """Replace the file, and the certificate beside it, in one step each.

        It is readable by its owner alone unless every key in it is vaulted.
        """
        files.make_folder(os.path.dirname(self.path) or ".")
        with files.locked(self.path, self.warn):
            found = self.load()
            if found.version != expected:
                raise _changed(self.path)
            if not found.whole:
                in_use = found.vault_id_in_use or envelope_id(credentials.active.private_key)
                credentials = self.encryption.protect(credentials, _keys(found), in_use, self.describe())
            after = replace(found, credentials=credentials)
            text = self._text(credentials, found)
            files.write(self.path, text, files.PRIVATE, keep_rights=after.is_vaulted)
            self.document = text if after.is_vaulted else None
            newest = _newest(credentials).certificate
            if self._lacks_copy(newest):
                files.write(self.certificate_path, newest, files.PUBLIC)
        return replace(after, version=_version(text), source="file", where=self.describe(), vault_id=envelope_id(text))

    def remove(self, expected: str | None, moved_to: str) -> None:  # noqa: ARG002 (the protocol's)
        """Remove the copy of the certificate, then the file, so that a run that ends between them is continued."""
        with files.locked(self.path, self.warn):
            if self.load().version != expected:
                raise _changed(self.path)
            files.remove(self.certificate_path)
            files.remove(self.path)

    def drift(self, snapshot: Snapshot) -> str | None:
        """Another vault id than asked for, rights that show a key, or an old certificate to upload."""
        if not isinstance(snapshot, FileSnapshot) or snapshot.credentials is None:
            return None
        if self._has_other_encryption(snapshot):
            return "vault_id"
        if self._is_exposed(snapshot):
            return "file_mode"
        return "certificate_file" if self._lacks_copy(_newest(snapshot.credentials).certificate) else None

    def facts(self, snapshot: Snapshot) -> dict[str, Any]:
        """Where the certificate to upload is, the file's permissions, and whether they show a key."""
        mode = files.mode_of(self.path) if snapshot.is_kept else None
        return {
            "certificate_path": self.certificate_path,
            "file_mode": None if mode is None else f"{mode:04o}",
            "exposed": isinstance(snapshot, FileSnapshot) and snapshot.is_kept and self._is_exposed(snapshot),
        }

    def _text(self, credentials: Credentials, snapshot: FileSnapshot) -> str:
        text = _HEADER + dump({VARIABLE: to_document(credentials)})
        if not snapshot.whole:
            return text
        if self.encryption.vault is None:
            raise VaultError(
                f"{self.path} is encrypted as a whole, which only the controller can write",
                "Run on a local connection",
                cause="vault_missing",
            )
        return self.encryption.vault.encrypt(text, self.encryption.encrypting_id(snapshot.vault_id))

    def _has_other_encryption(self, snapshot: FileSnapshot) -> bool:
        if snapshot.whole:
            return self.encryption.vault_id not in (None, snapshot.vault_id)
        return any(self.encryption.moves(key) for key in _keys(snapshot))

    def _is_exposed(self, snapshot: FileSnapshot) -> bool:
        # Version control does not keep modes, and what is vaulted may be read by anybody.
        return not snapshot.is_vaulted and bool((files.mode_of(self.path) or 0) & 0o077)

    def _lacks_copy(self, certificate: str) -> bool:
        """Whether the certificate has yet to be written to the file that is to be uploaded.

        What cannot be read there is left alone, with a warning: it is only a copy.
        """
        try:
            return files.read_text(self.certificate_path, what="The copy of the certificate") != certificate
        except OptionError as error:
            if not self._has_warned:
                self.warn(f"{error.problem}. It is left alone; remove it, and the next run writes it again.")
            self._has_warned = True
            return False


def certificate_file(path: str) -> str:
    """The file with the certificate by itself, beside a credential file."""
    return f"{os.path.splitext(path)[0]}.auth-cert.pem"


def _keys(snapshot: Snapshot) -> list[str]:
    holders = snapshot.credentials.holders() if snapshot.credentials else []
    return [one.private_key for one in holders if one.private_key]


def _newest(credentials: Credentials) -> Generation:
    return credentials.pending or credentials.active


def _changed(path: str) -> StoreConflictError:
    return StoreConflictError(f"{path} was changed by another run", "Run again", cause="changed_meanwhile")


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _from_yaml(text: str, where: str) -> Credentials:
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader that knows one more tag)
    except (yaml.YAMLError, ValueError, LookupError, TypeError, RecursionError):  # explicit tags bring the latter
        raise KeyMaterialError(
            f"{capitalize_sentence(where)} is not YAML", "Restore it from version control", cause="foreign_file"
        ) from None
    if not isinstance(document, dict) or list(document) != [VARIABLE]:
        raise KeyMaterialError(
            f"{capitalize_sentence(where)} is not a credential file of this collection: {VARIABLE} must be its only"
            " variable",
            "Choose another credentials_path, or move your own variables to another file",
            cause="foreign_file",
        )
    return from_document(document[VARIABLE], where=capitalize_sentence(where))


def check_shadowing(path: str, *, before_writing: bool) -> None:
    """Refuse a folder of host variables that hides a file of them: Ansible reads the folder and then not the file.

    Args:
        path: The credential file.
        before_writing: Whether the folder is about to be made; else only one that is there counts.

    Raises:
        OptionError: ``host_vars/<host>.yml`` stands beside the folder ``host_vars/<host>``, or a file in its place.
    """
    folder = os.path.dirname(os.path.abspath(os.path.expanduser(path)))
    if not _is_of_host(path) or not (before_writing or os.path.isdir(folder)):
        return
    hidden = next((folder + one for one in _VARS_FILES if os.path.isfile(folder + one)), None)
    if hidden is None:
        return
    does = "does not read" if os.path.isdir(folder) else "would not read"
    raise OptionError(
        f"{folder} is a file, and the credential file needs a folder of that name"
        if hidden == folder
        else f"Ansible {does} {hidden} beside the folder {folder}, in which the credential file lies",
        f"Move the file into the folder, as {os.path.join(folder, 'vars.yml')}, or set"
        " netsuite_account_credentials_path to a file elsewhere",
        cause="host_vars_shadowed",
    )


def _is_of_host(path: str) -> bool:
    """Whether a file lies in a folder of host variables, ``host_vars/<host>``."""
    folder = os.path.dirname(os.path.abspath(os.path.expanduser(path)))
    return os.path.basename(os.path.dirname(folder)) == "host_vars"


def dump(document: dict[str, Any]) -> str:
    """YAML with block scalars for texts of several lines, and ``!vault`` before vault envelopes."""
    return str(
        yaml.dump(document, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=1000, explicit_start=True)
    )


@functools.cache
def _dumper() -> type:
    class Dumper(yaml.SafeDumper):
        """A safe dumper that writes texts as a person would."""

    def text(dumper: Any, value: str) -> Any:
        tag = "!vault" if value.startswith(VAULT_HEADER) else "tag:yaml.org,2002:str"
        # These three count as line ends in YAML and would come back as others; in quotes they are written as escapes.
        odd = any(character in value for character in "\x85\u2028\u2029")
        return dumper.represent_scalar(tag, value, style='"' if odd else "|" if "\n" in value else None)

    # Values from a task are of Ansible's own subclasses of str.
    Dumper.add_representer(str, text)
    Dumper.add_multi_representer(str, text)
    return Dumper
