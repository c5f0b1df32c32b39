# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Several accounts with working credentials, and what each of them has: in its credential file and at NetSuite."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from .controller import Controller
from .inventory import Vaulted
from .material import Pair, new_pair
from .simulator import SimulatedAccount, Simulator

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def mint(account: SimulatedAccount, key: str, certificate_id: str) -> str:
    """Get a token with an EC (P-256) or an RSA key, by code that has nothing to do with the collection's."""
    loaded = serialization.load_pem_private_key(key.encode(), None)
    algorithm = "PS256" if isinstance(loaded, rsa.RSAPrivateKey) else "ES256"
    now, url = int(time.time()), f"{account.url}/services/rest/auth/oauth2/v1/token"
    claims = {"iss": account.client_id, "aud": url, "scope": ["rest_webservices"], "iat": now - 5, "exp": now + 60}
    assertion = jwt.encode(claims, loaded, algorithm, {"kid": certificate_id, "typ": "JWT"})
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    answer = requests.post(url, form, timeout=10)
    assert answer.status_code == 200, (account.label, certificate_id, answer.status_code, account.failures()[-1:])
    return str(answer.json()["access_token"])


@dataclass
class Fleet:
    """Hosts, each with an account of its own and a mapped pair in vaulted variables, ready for a first rotation."""

    simulator: Simulator
    controller: Controller
    accounts: dict[str, SimulatedAccount] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)

    def add(self, host: str, *, role: str = "1001", knobs: dict[str, Any] | None = None, **variables: object) -> str:
        """Add a host; its pair is mapped to the role."""
        account, pair = self.simulator.account(**(knobs or {})), new_pair()
        shown = account.upload(pair.certificate, role=int(role))
        given = {
            "netsuite_account_private_key": self.controller.vaults.encrypt(pair.key),
            "netsuite_account_certificate": pair.certificate,
            "netsuite_account_certificate_id": shown,
            "netsuite_account_role_id": role,
            "netsuite_account_curve": "secp256r1",
            "netsuite_account_retries": 0,
        }
        self.controller.inventory.add(host, account.variables(**{**given, **variables}))
        self.accounts[host], self.pairs[host] = account, pair
        return host

    def stored(self, host: str) -> dict[str, Any] | None:
        """The host's credential file; None where there is none."""
        inventory = self.controller.inventory
        return inventory.read_credentials(host) if inventory.credentials(host).exists() else None

    def key(self, generation: dict[str, Any]) -> str:
        """The private key of a stored generation, opened."""
        encrypted = generation["private_key"]
        return self.controller.vaults.decrypt(encrypted) if isinstance(encrypted, Vaulted) else str(encrypted)

    def mint(self, host: str) -> str:
        """Get a token with the credentials that are stored as active: in the file, or else in the variables."""
        stored, account = self.stored(host), self.accounts[host]
        if stored is None:
            return mint(account, self.pairs[host].key, account.mappings()[0]["certificate_id"])
        return mint(account, self.key(stored["active"]), stored["active"]["certificate_id"])

    def generation_ids(self, host: str) -> tuple[str, str | None, list[str]]:
        """Certificate ids in the credential file: active, pending, retiring."""
        stored = self.stored(host)
        assert stored is not None, host
        retiring = [one["certificate_id"] for one in stored.get("retiring", [])]
        return stored["active"]["certificate_id"], stored.get("pending", {}).get("certificate_id"), retiring

    def leftovers(self, host: str) -> list[Path]:
        """Files beside the credential file that have no business there."""
        folder = self.controller.inventory.credentials(host).parent
        known = {"main.yml", "netsuite_credentials.yml", "netsuite_credentials.auth-cert.pem"}
        return [path for path in folder.iterdir() if path.name not in known]
