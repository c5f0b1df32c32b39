# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens and the keys that sign them.

Shape: Oracle help ``section_158255317571`` (access token structure). One RSA key signs for every
account, under a key id of its own per account (``c.<COMPID>.<date>``).
"""

from __future__ import annotations

import base64
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from .conditions import Refusal
from .model import Account, Integration

ISSUER = "https://system.netsuite.com"
_DATE = "%Y-%m-%d_%H-%M-%S"


def base64url(data: bytes) -> str:
    """Encode without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom an access token speaks for."""

    client_id: str
    role: int
    entity: int
    scope: tuple[str, ...]
    kind: str
    token_id: str


class Signer:
    """The signing key. :meth:`prepare` makes it in the background, so that the server listens at once."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._key: rsa.RSAPrivateKey | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Begin to make the key."""
        threading.Thread(target=lambda: self.key, name="signing-key", daemon=True).start()

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key, made when it is first wanted."""
        if self._key is None:
            with self._lock:
                if self._key is None:
                    self._key = rsa.generate_private_key(public_exponent=65537, key_size=self._bits)
        return self._key

    def issue(self, account: Account, integration: Integration, grant: Grant, now: float, lifetime: int) -> str:
        """Sign an access token; ``grant.kind`` is ``a-c`` (client credentials) or ``a-a`` (code)."""
        issued = int(now)
        claims = {
            "sub": f"{grant.role};{grant.entity}",
            "aud": [f"{integration.application_id};{account.account_id}", integration.client_id],
            "scope": list(grant.scope),
            "iss": ISSUER,
            "oit": issued,
            "exp": issued + lifetime,
            "iat": issued,
            "jti": grant.token_id,
        }
        headers = {"kid": key_id(account)}
        return jwt.encode(claims, self.key, account.settings.access_token_alg, headers=headers)

    def read(self, token: str, account: Account, now: float) -> Grant:
        """Check a bearer token of this account and return whom it speaks for.

        An expired or foreign token is an invalid login (Oracle help ``subsect_158521885412``).
        """
        claims = self._claims(token, account)
        if now >= claims["exp"]:
            raise Refusal("token_expired")
        application, _semicolon, company = str(claims["aud"][0]).partition(";")
        integration = account.integration(str(claims["aud"][1]))
        if company != account.account_id or integration is None or application != integration.application_id:
            raise Refusal("token_rejected", "The token belongs to another account or integration.")
        token_id = str(claims["jti"])
        if issued_ms(token_id) < account.refreshed_ms and account.settings.refresh_kills_tokens:
            raise Refusal("token_blocked")
        role, _semicolon, entity = str(claims["sub"]).partition(";")
        scope = tuple(map(str, claims["scope"]))
        return Grant(integration.client_id, int(role), int(entity), scope, token_id.split(".")[1], token_id)

    def _claims(self, token: str, account: Account) -> dict[str, Any]:
        """Verify the signature and return the claims."""
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError:
            raise Refusal("token_rejected") from None
        if header.get("kid") not in key_ids(account):
            known = account.mapping(str(header.get("kid"))) is not None
            raise Refusal("token_wrong_kind" if known else "token_rejected")
        options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        try:
            claims = jwt.decode(token, self.key.public_key(), ["RS256", "PS256"], options=options)
        except jwt.PyJWTError:
            raise Refusal("token_rejected") from None
        return dict(claims)

    def key_set(self, account: Account) -> dict[str, Any]:
        """Return the account's public keys as a JWK Set (RFC 7517 section 5)."""
        numbers = self.key.public_key().public_numbers()
        modulus = base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big"))
        common = {"kty": "RSA", "use": "sig", "alg": account.settings.access_token_alg, "n": modulus, "e": "AQAB"}
        kids = key_ids(account)[: account.settings.jwks_keys]
        return {"keys": [{**common, "kid": kid} for kid in kids]}


def key_id(account: Account) -> str:
    """Return the key id under which the account's tokens are signed now."""
    return f"c.{account.account_id}.{account.signing_date}"


def key_ids(account: Account) -> list[str]:
    """Return the current key id and the one before it (Oracle overlaps two for 30 days)."""
    before = datetime.strptime(account.signing_date, _DATE).replace(tzinfo=timezone.utc) - timedelta(days=60)
    return [key_id(account), f"c.{account.account_id}.{before.strftime(_DATE)}"]


def signing_date(now: float) -> str:
    """Return the date part of a key id."""
    return datetime.fromtimestamp(now, timezone.utc).strftime(_DATE)


def new_token_id(account: Account, kind: str, now: float) -> str:
    """Return a token id in the shape seen in real tokens, for either grant."""
    milliseconds = int(now * 1000)
    if kind == "a-c":
        return f"{account.account_id}.a-c.null.{milliseconds}"
    return f"{account.account_id}.{kind}.{uuid.uuid4()}_{milliseconds}.{milliseconds}"


def issued_ms(token_id: str) -> int:
    """Return the time of issue inside a token id, in milliseconds."""
    return int(token_id.rpartition(".")[2])
