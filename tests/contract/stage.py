# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a real run of an operation needs: files, key pairs, a vault, an account in the simulator."""

from __future__ import annotations

import itertools
import json
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ansible.parsing.vault import VaultSecret
from cryptography.hazmat.primitives.asymmetric import ed25519

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.file import FileStore
from ansible_collections.m2m.netsuite.plugins.module_utils.services.key_encryption import KeyEncryption
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, validated

CLIENT_ID = "0123456789abcdef" * 4
# Roles and an entity that the simulator's accounts have from the start.
WITHOUT_ROTATION, WITH_ROTATION, ENTITY = "1000", "1001", "12"
_numbers = itertools.count(1)


@cache
def rsa_key(number: int = 0) -> keys.PrivateKey:
    """The ``number``-th RSA key; making one takes a while."""
    return keys.generate("RSA", 3072, None)


@dataclass(frozen=True)
class Pair:
    """A key and its certificate, as texts and as files."""

    key_path: Path
    certificate_path: Path
    certificate_id: str

    @property
    def key(self) -> str:
        return self.key_path.read_text(encoding="utf-8")

    @property
    def certificate(self) -> str:
        return self.certificate_path.read_text(encoding="utf-8")

    def options(self) -> dict[str, str]:
        return {"private_key_path": str(self.key_path), "certificate_path": str(self.certificate_path)}


@dataclass
class Stage:
    """One case's folder and account.

    Attributes:
        folder: Where its files are.
        simulator: The simulator's URL; None for cases that do not need it.
        exits: Closes what the stage has opened.
        number: Tells its account from those of other cases.
    """

    folder: Path
    simulator: str | None = None
    exits: ExitStack = field(default_factory=ExitStack)
    number: int = field(default_factory=lambda: next(_numbers))

    @property
    def account_id(self) -> str:
        return f"{7000000 + self.number}_SB1"

    @property
    def label(self) -> str:
        return self.account_id.lower().replace("_", "-")

    @property
    def base_url(self) -> str:
        return f"{self.simulator}/_acct/{self.label}"

    def pair(
        self,
        name: str = "auth",
        *,
        rsa: bool = False,
        passphrase: str | None = None,
        start: timedelta = timedelta(minutes=-1),
        days: int = 365,
    ) -> Pair:
        """Make a pair."""
        key = rsa_key() if rsa else keys.generate("EC", 256, "secp256r1")
        now = datetime.now(timezone.utc) + start
        certificate = certificates.issue(key, certificates.Subject(), now=now, valid_days=days)
        found = Pair(
            self.folder / f"{name}-key.pem", self.folder / f"{name}-cert.pem", certificates.certificate_id(certificate)
        )
        found.key_path.write_text(keys.to_pem(key, passphrase), encoding="utf-8")
        found.key_path.chmod(0o600)
        found.certificate_path.write_text(certificates.to_pem(certificate), encoding="utf-8")
        return found

    def foreign_certificate(self) -> str:
        """A certificate for a kind of key that NetSuite does not take."""
        key = ed25519.Ed25519PrivateKey.generate()
        name = certificates.x509.Name([])
        now = datetime.now(timezone.utc)
        builder = certificates.x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=900))
        return certificates.to_pem(builder.sign(key, None))

    def open_account(self, **more: Any) -> None:
        """Have the account in the simulator."""
        self._administrator("accounts", {"account_id": self.account_id, "client_id": CLIENT_ID, **more})

    def map(self, pair: Pair, role: str = WITH_ROTATION) -> Pair:
        """Map a certificate, as an administrator does in the UI."""
        body = {"certificate": pair.certificate, "role": role, "entity": ENTITY}
        self._administrator(f"accounts/{self.label}/certificates", body)
        return pair

    def revoke(self, pair: Pair) -> None:
        """Revoke a certificate, as an administrator does in the UI."""
        self._administrator(f"accounts/{self.label}/certificates/{pair.certificate_id}/revoke", {})

    def token(self, role: str = WITH_ROTATION) -> str:
        """The token of a browser login."""
        answer = self._administrator(f"accounts/{self.label}/bootstrap_token", {"role": role, "entity": ENTITY})
        return str(answer["access_token"])

    def fault(self, route: str, *, count: int = 1, when: str = "before", **fault: Any) -> None:
        """Have the simulator answer the next requests to a route in this way, before or after it does the work."""
        rule = {"account": self.label, "route": route, "count": count, "when": when}
        self._administrator("faults", {**rule, "fault": fault})

    def rename(self, role: str, name: str, entity: str) -> None:
        """Give a role, which may see names from now on, and the entity names."""
        roles = [{"id": int(role), "name": name, "permissions": "all"}]
        self.change(roles=roles, entities=[{"id": int(ENTITY), "name": entity}])

    def change(self, **parts: Any) -> None:
        """Change the account: ``roles``, ``entities``, ``settings``."""
        self._administrator(f"accounts/{self.label}", parts, method="PATCH")

    def integration(self, **fields: Any) -> None:
        """Change the integration record."""
        self.change(integrations=[{"client_id": CLIENT_ID, **fields}])

    def requests(self) -> dict[str, int]:
        """The routes of the account that were asked, and how often."""
        found = self._administrator("counters", None, method="GET")["by_account"].get(self.label, {"requests": {}})
        return {route: count for route, count in found["requests"].items() if count}

    def active_ids(self) -> list[str]:
        """Ids of the certificates that are mapped and active."""
        found = self._administrator(f"accounts/{self.label}", None, method="GET")["mappings"]
        return [one["certificate_id"] for one in found if one["active"]]

    def set_clock(self, days: float) -> None:
        """Have it be as many days later in the account."""
        self.change(settings={"clock_offset": days * 86400})

    def account(self, pair: Pair | None = None, **more: Any) -> dict[str, Any]:
        """The options that name the account, the client and, where it is given, a pair."""
        return {
            "account_id": self.account_id,
            "base_url": self.base_url,
            "client_id": CLIENT_ID,
            "retries": 0,
            **(pair.options() if pair else {}),
            **more,
        }

    def run(self, module: str, arguments: dict[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
        """Run a module's operation, with a vault at hand as on the controller, and without pauses."""
        context = Context(check_mode=check_mode, vault=self.vault(), sleep=lambda seconds: None)
        return execute(OPERATIONS[module], validated(module, arguments), context)

    def store(self, path: str) -> FileStore:
        """The credential file at a path."""
        return FileStore(path, KeyEncryption(self.vault()))

    def vault(self) -> ControllerVault:
        """Ansible Vault with one secret."""
        return ControllerVault(SimpleNamespace(_vault=SimpleNamespace(secrets=[("default", VaultSecret(b"secret"))])))

    def _administrator(self, path: str, body: dict[str, Any] | None, method: str = "POST") -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.simulator}/_admin/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
