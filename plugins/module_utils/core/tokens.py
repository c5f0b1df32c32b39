# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access tokens: what NetSuite answers, and what can be read from a token without asking NetSuite.

Source: Oracle NetSuite help, "POST Request to the Token Endpoint" (section_162755359851) and "The Access and ID Token"
(section_158255317571).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .accounts import TOKEN_PATH, Account
from .errors import RefusedError
from .libraries import note_missing
from .redaction import excerpt
from .timing import later, utc

try:
    import jwt
except ImportError as _error:
    note_missing("PyJWT", _error)
try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
except ImportError as _error:
    note_missing("cryptography", _error)

# Oracle's table says PS256; every token seen so far says RS256.
SIGNATURE_ALGORITHMS = ("RS256", "PS256")
ISSUER = "https://system.netsuite.com"
_DEFAULT_LIFETIME = 3600
_LONGEST_LIFETIME = 366 * 24 * 3600  # anything longer is a mistake, or milliseconds


@dataclass(frozen=True)
class AccessToken:
    """An access token. Its text is a credential: the representation leaves it out."""

    text: str
    token_type: str
    expires_in: int
    expires_at: datetime
    claims: dict[str, Any]

    def __repr__(self) -> str:
        return f"AccessToken(token_type={self.token_type!r}, expires_at={self.expires_at!r}, claims={self.claims!r})"


@dataclass(frozen=True)
class Identity:
    """Whom a token speaks for. Parts that the token does not state are None."""

    account: str | None = None
    client_id: str | None = None
    application_id: str | None = None
    role: str | None = None
    entity: str | None = None
    scope: tuple[str, ...] = ()
    issuer: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Finding:
    """One thing about a token that is not as expected: which claim, and how."""

    rule: str
    detail: str


def from_response(document: Any, now: datetime) -> AccessToken:
    """Read the token endpoint's good answer, in every published form of it.

    Args:
        document: The decoded JSON.
        now: When the answer arrived.

    Raises:
        RefusedError: when there is no token in it.
    """
    text = document.get("access_token") if isinstance(document, Mapping) else None
    if not isinstance(text, str) or not text:
        raise RefusedError(
            "The token endpoint answered 200 without an access_token",
            "Check that base_url leads to NetSuite",
            cause="no_token",
        )
    claims = read_claims(text)
    expires_in = _seconds(document.get("expires_in"))
    if expires_in is None:
        end = _moment(claims.get("exp"))
        expires_in = int((end - now).total_seconds()) if end else _DEFAULT_LIFETIME
    token_type = excerpt(str(document.get("token_type") or "Bearer"), 40)
    expires_at = later(now.replace(microsecond=0), timedelta(seconds=expires_in))
    return AccessToken(text, token_type, expires_in, expires_at, claims)


def read_claims(token: str) -> dict[str, Any]:
    """The claims of a token, unverified; empty when it is not a JWT."""
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return {}


def read_header(token: str) -> dict[str, Any]:
    """The header of a token, unverified; empty when it is not a JWT."""
    try:
        return dict(jwt.get_unverified_header(token))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return {}


def identity(claims: Mapping[str, Any]) -> Identity:
    """Read account, client, role, entity and scope from a token's claims.

    ``sub`` is ``role;entity``; ``aud`` holds ``application id;account`` and the client id, as a list or as one
    comma-separated string.
    """
    role, _separator, entity = str(claims.get("sub") or "").partition(";")
    account = client_id = application_id = None
    for part in _words(claims.get("aud"), ","):
        if ";" in part:
            application_id, _separator, account = part.partition(";")
        else:
            client_id = part
    return Identity(
        account=account,
        client_id=client_id,
        application_id=application_id,
        role=role or None,
        entity=entity or None,
        scope=tuple(_words(claims.get("scope"), ",")),
        issuer=claims.get("iss"),
        expires_at=_moment(claims.get("exp")),
    )


def findings(
    claims: Mapping[str, Any],
    *,
    account: Account,
    now: datetime,
    client_id: str | None = None,
    scope: Sequence[str] = (),
    role: str | None = None,
    entity: str | None = None,
) -> list[Finding]:
    """Compare a token's claims with what is expected of it.

    Args:
        claims: The token's claims.
        account: The account it must be of.
        now: The time of the question.
        client_id: The client it must be of; not compared when None.
        scope: Scopes it must carry.
        role: Internal id of the role it must act with; not compared when None.
        entity: Internal id of the entity it must act for; not compared when None.
    """
    if not claims:
        return [Finding("format", "the token is not a JWT, so it cannot be read")]
    if any(audience.endswith(TOKEN_PATH) for audience in _words(claims.get("aud"), ",")):
        return [
            Finding(
                "kind", "what was given as the token is a client assertion, which is what a token is requested with"
            )
        ]
    is_ = identity(claims)
    found = []
    if is_.issuer != ISSUER:
        found.append(Finding("issuer", f"the token is issued by {is_.issuer}, not by {ISSUER}"))
    if is_.account is None:
        found.append(Finding("account", "the token does not name an account in aud"))
    elif is_.account.upper().replace("-", "_") != account.realm:
        found.append(Finding("account", f"the token belongs to account {is_.account}, not of {account.realm}"))
    if client_id and is_.client_id != client_id:
        found.append(Finding("client", "the token belongs to another client than client_id"))
    if is_.expires_at is None or is_.expires_at <= now:
        found.append(Finding("expiry", "the token has expired" if is_.expires_at else "the token has no expiry"))
    missing = [value for value in scope if value not in is_.scope]
    if missing:
        found.append(Finding("scope", f"the token lacks the scope {', '.join(missing)}"))
    if role and is_.role != role:
        found.append(Finding("role", f"the token acts with role {is_.role}, expected {role}"))
    if entity and is_.entity != entity:
        found.append(Finding("entity", f"the token acts for entity {is_.entity}, expected {entity}"))
    return found


def signature_finding(token: str, key_set: Any) -> Finding | None:
    """Verify a token's signature against the account's JWK Set (RFC 7517); None when it holds.

    Args:
        token: The token.
        key_set: The decoded JWK Set.
    """
    header = read_header(token)
    if not header:
        return Finding("signature", "the token is truncated or not a JWT, so its signature cannot be verified")
    if header.get("alg") not in SIGNATURE_ALGORITHMS:
        return Finding("signature", f"the token is signed with {header.get('alg')}; NetSuite uses RS256 or PS256")
    try:
        keys = {key.key_id: key.key for key in jwt.PyJWKSet.from_dict(key_set).keys}
    except (jwt.PyJWTError, AttributeError, LookupError, TypeError, ValueError, UnsupportedAlgorithm):
        return Finding("signature", "the account's key set cannot be read")
    key = keys.get(header.get("kid"))
    if key is None:
        return Finding("signature", f"the account's key set has no key {header.get('kid')}")
    if not isinstance(key, rsa.RSAPublicKey):
        return Finding("signature", f"the key {header.get('kid')} of the account's key set is not an RSA key")
    try:
        # The signature alone: the claims are compared by findings(), with the clock as a parameter.
        jwt.PyJWS().decode(token, key, algorithms=[header["alg"]])
    except jwt.PyJWTError:
        return Finding("signature", "the token's signature does not verify with the account's key")
    return None


def _words(value: Any, separator: str) -> list[str]:
    if isinstance(value, str):
        value = value.split(separator)
    return [str(part).strip() for part in value] if isinstance(value, Sequence) else []


def _moment(seconds: Any) -> datetime | None:
    try:
        return utc(seconds) if _is_number(seconds) else None
    except (ValueError, OverflowError, OSError):  # a number that is not a time, such as 1e300
        return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _seconds(value: Any) -> int | None:
    try:
        seconds = None if value is None or isinstance(value, bool) else int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if seconds is not None and 0 < seconds <= _LONGEST_LIFETIME else None
