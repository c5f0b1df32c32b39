# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory on disk, with vaulted variables as a person writes them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret


class Vaulted(str):
    """An Ansible Vault envelope; written as an inline ``!vault`` value."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes envelopes with their tag and texts of several lines as blocks."""


def _text(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(Vaulted, lambda dumper, value: dumper.represent_scalar("!vault", str(value), style="|"))


def dump(document: object) -> str:
    """YAML as Ansible reads it."""
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=1000))


class Vaults:
    """Vault ids with their password files.

    Args:
        folder: Where the password files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords: dict[str, str] = {}

    def add(self, vault_id: str = "default", password: str | None = None) -> Path:
        """Add a vault id; returns its password file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.passwords[vault_id] = password or f"vault-password-of-{vault_id}-7ab1"
        path = self.folder / f"{vault_id}.password"
        path.write_text(self.passwords[vault_id] + "\n")
        path.chmod(0o600)
        return path

    def arguments(self, *vault_ids: str) -> list[str]:
        """Command line options that give a run these vault ids, or all of them."""
        return [
            word
            for vault_id in (vault_ids or self.passwords)
            for word in ("--vault-id", f"{vault_id}@{self.folder / vault_id}.password")
        ]

    def encrypt(self, text: str, vault_id: str | None = None) -> Vaulted:
        """Close an envelope with a vault id (the first one, when none is named)."""
        vault_id = vault_id or next(iter(self.passwords))
        secret = VaultSecret(self.passwords[vault_id].encode())
        label = None if vault_id == "default" else vault_id
        return Vaulted(VaultLib([(vault_id, secret)]).encrypt(text, secret, vault_id=label).decode())

    def decrypt(self, text: str) -> str:
        """Open an envelope with any of the vault ids."""
        known = [(vault_id, VaultSecret(password.encode())) for vault_id, password in self.passwords.items()]
        return str(VaultLib(known).decrypt(text.strip().encode()).decode())


class Inventory:
    """Hosts with their variables: ``hosts.yml``, and one file per host below ``host_vars``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.hosts: dict[str, list[str]] = {}

    @property
    def path(self) -> Path:
        """What goes after ``-i``."""
        return self.folder / "hosts.yml"

    def add(
        self, host: str, variables: dict[str, Any] | None = None, *, groups: tuple[str, ...] = ("netsuite_accounts",)
    ) -> str:
        """Add a host, or replace its variables; returns its name."""
        self.hosts[host] = list(groups)
        self.host_file(host, "main.yml").write_text(dump(variables or {}))
        children: dict[str, Any] = {group: {"hosts": {}} for names in self.hosts.values() for group in names}
        for name, names in self.hosts.items():
            for group in names:
                children[group]["hosts"][name] = {}
        self.path.write_text(dump({"all": {"hosts": {name: {} for name in self.hosts}, "children": children}}))
        return host

    def host_file(self, host: str, name: str) -> Path:
        """A file of a host's variables; its folder is made."""
        path = self.folder / "host_vars" / host / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def group_vars(self, group: str, variables: dict[str, Any]) -> None:
        """Set variables of a group (``all`` is one)."""
        path = self.folder / "group_vars" / f"{group}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump(variables))

    def credentials(self, host: str) -> Path:
        """The credential file of a host, at its default place."""
        return self.folder / "host_vars" / host / "netsuite_credentials.yml"

    def read_credentials(self, host: str) -> dict[str, Any]:
        """The content of a credential file; its keys are still closed."""
        document = yaml.load(self.credentials(host).read_text(), Loader=VaultLoader)
        return dict(document["netsuite_account_credentials"])


class VaultLoader(yaml.SafeLoader):
    """Hands envelopes on unopened."""


VaultLoader.add_constructor("!vault", lambda loader, node: Vaulted(node.value))
