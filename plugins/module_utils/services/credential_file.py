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
import os.path
from dataclasses import dataclass
from typing import Any, Protocol

from ..core.errors import KeyMaterialError, OptionError, VaultError
from ..core.generations import Credentials, from_document, to_document
from ..core.libraries import note_missing
from . import files

try:
    import yaml
except ImportError as _error:
    note_missing("PyYAML", _error)
else:

    class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """A safe loader that hands vault envelopes on unopened."""

    _Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))
    _Loader.add_constructor("tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node))

VARIABLE = "netsuite_account_credentials"
ENVELOPE = "$ANSIBLE_VAULT;"
# How Ansible's plugin host_group_vars looks for a host's variables, after the folder of that name.
_VARS_FILES = (".yml", ".yaml", ".json")
_HEADER = (
    "# The credentials of one NetSuite account, kept by the Ansible collection m2m.netsuite.\n"
    "# Commit it with your inventory; do not edit it: it is replaced as a whole.\n"
)


class Decryptor(Protocol):
    """What is needed of Ansible Vault to read."""

    def decrypt(self, text: str, where: str) -> str:
        """Open a vault envelope."""

    def encrypt(self, text: str, vault_id: str | None) -> str:
        """Close one."""

    def check_can_encrypt(self, vault_id: str | None) -> None:
        """Raise what ``encrypt`` would raise."""


@dataclass(frozen=True)
class Stored:
    """A credential file as found: its content, whether it is encrypted as a whole, and if so, under which vault id."""

    credentials: Credentials
    whole: bool = False
    vault_id: str | None = None

    @property
    def is_vaulted(self) -> bool:
        """Whether Ansible Vault protects every key in it."""
        keys = (one.private_key for one in self.credentials.holders() if one.private_key)
        return self.whole or all(key.startswith(ENVELOPE) for key in keys)


def load(path: str, vault: Decryptor | None) -> Stored | None:
    """Read a credential file; None where there is none.

    Raises:
        KeyMaterialError: it is something else.
        VaultError: it is encrypted as a whole and cannot be opened.
    """
    text = files.read_text(path, what="the credential file")
    if text is None:
        return None
    whole = text.startswith(ENVELOPE)
    vault_id = envelope_id(text)
    if whole:
        text = open_envelope(text, vault, f"the credential file {path}")
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader that knows one more tag)
    except (yaml.YAMLError, ValueError, LookupError, TypeError, RecursionError):  # explicit tags bring the latter
        raise KeyMaterialError(
            f"The credential file {path} is not YAML", "Restore it from version control", cause="foreign_file"
        ) from None
    if not isinstance(document, dict) or list(document) != [VARIABLE]:
        raise KeyMaterialError(
            f"{path} is not a credential file of this collection: {VARIABLE} must be its only variable",
            "Choose another credentials_path, or move your own variables to another file",
            cause="foreign_file",
        )
    return Stored(from_document(document[VARIABLE], where=f"The credential file {path}"), whole, vault_id)


def check_shadowing(path: str, *, before_writing: bool) -> None:
    """Refuse a folder of host variables that hides a file of them: Ansible reads the folder and then not the file.

    Args:
        path: The credential file.
        before_writing: Whether the folder is about to be made; else only one that is there counts.

    Raises:
        OptionError: ``host_vars/<host>.yml`` stands beside the folder ``host_vars/<host>``.
    """
    folder = os.path.dirname(os.path.abspath(os.path.expanduser(path)))
    if os.path.basename(os.path.dirname(folder)) != "host_vars" or not (before_writing or os.path.isdir(folder)):
        return
    hidden = next((folder + one for one in _VARS_FILES if os.path.isfile(folder + one)), None)
    if hidden is None:
        return
    does = "does not read" if os.path.isdir(folder) else "would not read"
    raise OptionError(
        f"Ansible {does} {hidden} beside the folder {folder}, in which the credential file lies",
        f"Move the file into the folder, as {os.path.join(folder, 'vars.yml')}, or set"
        " netsuite_account_credentials_path to a file elsewhere",
        cause="host_vars_shadowed",
    )


def lacks_copy(path: str, certificate: str, warnings: list[str]) -> bool:
    """Whether the certificate has yet to be written to the file that is to be uploaded.

    What cannot be read there is left alone, with a warning: it is only a copy.

    Args:
        path: Where the copy lies.
        certificate: What it should hold.
        warnings: Where a warning is added, once.
    """
    try:
        return files.read_text(path, what="The copy of the certificate") != certificate
    except OptionError as error:
        warning = f"{error.problem}. It is left alone; remove it, and the next run writes it anew."
        if warning not in warnings:
            warnings.append(warning)
        return False


def save(path: str, stored: Stored, vault: Decryptor | None, vault_id: str | None) -> str:
    """Replace a credential file in one atomic step, readable by its owner alone unless every key in it is vaulted.

    Returns:
        The file's new text.

    Raises:
        VaultError: it is encrypted as a whole and there is no secret for that.
    """
    text = _HEADER + dump({VARIABLE: to_document(stored.credentials)})
    if stored.whole:
        if vault is None:
            raise VaultError(
                f"{path} is encrypted as a whole, which only the controller can write",
                "Run on a local connection",
                cause="vault_missing",
            )
        text = vault.encrypt(text, vault_id)
    files.write(path, text, files.PRIVATE, keep_rights=stored.is_vaulted)
    return text


def dump(document: dict[str, Any]) -> str:
    """YAML with block scalars for texts of several lines, and ``!vault`` before vault envelopes."""
    return str(
        yaml.dump(document, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=1000, explicit_start=True)
    )


def envelope_id(text: str) -> str | None:
    """The vault id that an envelope names; ``default`` where it names none. None for any other text."""
    header = text.lstrip().split("\n", 1)[0].strip()
    if not header.startswith(ENVELOPE):
        return None
    return header.split(";")[3] if header.count(";") > 2 else "default"


def open_envelope(text: str, vault: Decryptor | None, where: str) -> str:
    """Decrypt a text when it is a vault envelope; return any other text as it is.

    Raises:
        VaultError: there is no vault here, or no secret of this run opens it.
    """
    if not text.lstrip().startswith(ENVELOPE):
        return text
    if vault is None:
        raise VaultError(
            f"{where} is encrypted with Ansible Vault, which is only at hand on the controller",
            "Run the task on a local connection and without become, or give the decrypted value",
            cause="vault_missing",
        )
    return vault.decrypt(text, where)


@functools.cache
def _dumper() -> type:
    class Dumper(yaml.SafeDumper):
        """A safe dumper that writes texts as a person would."""

    def text(dumper: Any, value: str) -> Any:
        tag = "!vault" if value.startswith(ENVELOPE) else "tag:yaml.org,2002:str"
        # These three count as line ends in YAML and would come back as others; in quotes they are written as escapes.
        odd = any(character in value for character in "\x85\u2028\u2029")
        return dumper.represent_scalar(tag, value, style='"' if odd else "|" if "\n" in value else None)

    # Values from a task are of Ansible's own subclasses of str.
    Dumper.add_representer(str, text)
    Dumper.add_multi_representer(str, text)
    return Dumper
