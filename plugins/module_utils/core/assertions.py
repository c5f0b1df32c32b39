# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Client assertions: the signed JWT that asks NetSuite for an access token (RFC 7523 section 2.2).

Source: Oracle NetSuite help, "The Request Token Structure" (section_162790605110).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import certificates, keys
from .errors import KeyMaterialError, OptionError
from .libraries import note_missing

try:
    import jwt
except ImportError as _error:
    note_missing("PyJWT", _error)

ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
SCOPES = ("rest_webservices", "restlets", "suite_analytics")
# Oracle asks for less than an hour between iat and exp.
MINIMUM_LIFETIME, MAXIMUM_LIFETIME = 30, 3599
# NetSuite refuses an assertion from the future; a few seconds back absorb an ordinary clock.
BACKDATED_SECONDS = 5

_ALGORITHM_OF_CURVE = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RESERVED_CLAIMS = frozenset({"iss", "aud", "scope", "iat", "exp", "jti"})
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_CLIENT_ID = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_FOR_URLS = re.compile(r"[A-Za-z0-9_-]{1,80}")  # it becomes part of one
_RS_REASON = (
    "NetSuite refuses RSA signatures with PKCS#1 v1.5 padding since 1 March 2025",
    "Use PS256, PS384 or PS512 with the same RSA key, or leave algorithm at auto",
)


@dataclass(frozen=True)
class Request:
    """What goes into an assertion.

    Attributes:
        client_id: Client ID (consumer key) of the integration record; becomes ``iss``.
        certificate_id: Certificate ID of the mapping; becomes ``kid``.
        audience: The token endpoint's URL; becomes ``aud``.
        scope: Scopes to ask for.
        lifetime: Seconds between ``iat`` and ``exp``.
        algorithm: JWS algorithm, or ``auto`` to follow the key.
        extra_claims: Further claims; the standard ones cannot be replaced.
    """

    client_id: str
    certificate_id: str
    audience: str
    scope: Sequence[str]
    lifetime: int = 300
    algorithm: str = "auto"
    extra_claims: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Assertion:
    """A signed assertion. Its text is a credential: the representation leaves it out."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    def __repr__(self) -> str:
        return f"Assertion(header={self.header!r}, claims={self.claims!r})"


def sign(
    request: Request,
    key: keys.PrivateKey,
    now: datetime,
    *,
    certificate: certificates.Certificate | None = None,
    new_id: Callable[[], str] | None = None,
) -> Assertion:
    """Build and sign an assertion.

    Args:
        request: What goes into it.
        key: The private key whose certificate is mapped.
        now: The time of signing.
        certificate: When given, the signature is verified with it before anything leaves.
        new_id: Source of ``jti`` values; a random UUID when not given.

    Raises:
        OptionError: a value NetSuite documents as refused: algorithm, scope, lifetime, client id.
        KeyMaterialError: a kind of key NetSuite refuses, or a key whose signature the certificate does not verify.
    """
    facts = keys.facts(key)
    if problem := keys.rejection_reason(facts):
        raise KeyMaterialError(
            f"The private key cannot be used: {problem}",
            "Make a new pair with m2m.netsuite.certificate",
            cause="unsupported_key",
        )
    check_client_id(request.client_id)
    check_lifetime(request.lifetime)
    issued = int(now.timestamp()) - BACKDATED_SECONDS
    claims: dict[str, Any] = {
        **_checked_claims(request.extra_claims or {}),
        "iss": request.client_id,
        "scope": check_scope(request.scope),
        "aud": request.audience,
        "iat": issued,
        "exp": issued + request.lifetime,
        "jti": new_id() if new_id else str(uuid.uuid4()),
    }
    algorithm = choose_algorithm(request.algorithm, facts)
    # Servers differ in which of the two they read; they are the same value (RFC 7515 section 4.1.8).
    header = {"typ": "JWT", "alg": algorithm, "kid": request.certificate_id, "x5t#S256": request.certificate_id}
    text = _encode(claims, key, algorithm, header)
    if certificate is not None:
        verify(text, certificate, algorithm)
    return Assertion(text, header, claims)


def verify(text: str, certificate: certificates.Certificate, algorithm: str) -> None:
    """Verify an assertion's signature with a certificate; its claims are not looked at.

    Raises:
        KeyMaterialError: the signature is of another key.
    """
    try:
        # The signature alone: what the claims say (nbf among extra_claims, for example) is the user's affair.
        jwt.PyJWS().decode(text, certificate.public_key(), algorithms=[algorithm])  # type: ignore[arg-type]
    except (jwt.PyJWTError, TypeError):
        raise KeyMaterialError(
            "The certificate does not verify what the private key signs: they do not match, or the key is damaged",
            "Use a key and certificate that were created together, auth-key.pem and its auth-cert.pem",
            cause="key_mismatch",
        ) from None


def choose_algorithm(wanted: str, key: keys.KeyFacts) -> str:
    """The JWS algorithm for a key (RFC 7518 section 3.1; section_0312092212 for the pairs NetSuite takes).

    Raises:
        OptionError: when the wanted one is refused by NetSuite or does not fit the key.
    """
    wanted = wanted or "auto"
    if wanted.upper().startswith("RS"):
        raise OptionError(f"algorithm {wanted}: {_RS_REASON[0]}", _RS_REASON[1], cause="bad_algorithm")
    fitting = (_ALGORITHM_OF_CURVE[key.curve],) if key.curve in _ALGORITHM_OF_CURVE else ("PS256", "PS384", "PS512")
    if wanted == "auto":
        return fitting[0]
    if wanted not in ALGORITHMS:
        raise OptionError(
            f"NetSuite does not accept the algorithm {wanted!r}",
            f"Use auto or one of {', '.join(ALGORITHMS)}",
            cause="bad_algorithm",
        )
    if wanted not in fitting:
        raise OptionError(
            f"algorithm {wanted} does not fit the key, which is {key}",
            f"Use auto or {', '.join(fitting)}",
            cause="bad_algorithm",
        )
    return wanted


def check_scope(scope: Sequence[str]) -> list[str]:
    """The scopes as the list that goes into the assertion.

    Raises:
        OptionError: when there is none, or one that client credentials cannot ask for.
    """
    unknown = [value for value in scope if value not in SCOPES]
    if unknown:
        reason = (
            "mcp cannot be used with client credentials"
            if "mcp" in unknown
            else f"{', '.join(map(repr, unknown))} is not a NetSuite scope"
        )
        raise OptionError(f"scope: {reason}", f"Use a list of {', '.join(SCOPES)}", cause="bad_scope")
    if not scope:
        raise OptionError("scope is empty", f"Give a list of {', '.join(SCOPES)}", cause="bad_scope")
    return list(dict.fromkeys(map(str, scope)))


def check_lifetime(seconds: int) -> None:
    """Refuse an assertion lifetime that NetSuite would not take.

    Raises:
        OptionError: outside 30 to 3599 seconds.
    """
    if not MINIMUM_LIFETIME <= seconds <= MAXIMUM_LIFETIME:
        raise OptionError(
            f"assertion_lifetime is {seconds} seconds; NetSuite accepts less than one hour",
            f"Choose {MINIMUM_LIFETIME} to {MAXIMUM_LIFETIME}; 300 is enough",
            cause="bad_lifetime",
        )


def check_client_id(client_id: str) -> None:
    """Refuse what is surely not a Client ID, before it goes into a URL or an assertion.

    Raises:
        OptionError: empty, no id at all, or an Application ID (a GUID), which the record shows beside the Client ID.
    """
    if is_application_id(client_id):
        raise OptionError(
            "client_id has the form of an Application ID (a GUID)",
            "Use the Client ID (consumer key), 64 hexadecimal characters: it is shown once, when the record is saved",
            cause="application_id_as_client_id",
        )
    if not client_id or not client_id.strip():
        raise OptionError(
            "client_id is empty",
            "Set it to the Client ID (consumer key) of the integration record",
            cause="client_id_missing",
        )
    if not _FOR_URLS.fullmatch(client_id):
        what = "has characters that are not hexadecimal" if len(client_id) <= 80 else f"has {len(client_id)} characters"
        what = "begins or ends with white space" if client_id != client_id.strip() else what
        raise OptionError(
            f"client_id {what}",
            "Copy the Client ID (consumer key) of the integration record again: it has 64 hexadecimal characters",
            cause="bad_client_id",
        )


def is_application_id(client_id: str) -> bool:
    """Whether a value has the form of an integration record's Application ID."""
    return bool(_GUID.fullmatch(client_id.strip()))


def looks_like_client_id(client_id: str) -> bool:
    """Whether a value has the form of every Client ID seen so far: 64 hexadecimal characters."""
    return bool(_CLIENT_ID.fullmatch(client_id))


def _checked_claims(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    if clash := _RESERVED_CLAIMS.intersection(extra):
        raise OptionError(
            f"extra_claims must not replace {', '.join(sorted(clash))}",
            "Remove them; they have options of their own",
            cause="bad_claims",
        )
    try:
        json.dumps(extra, allow_nan=False)
    except (TypeError, ValueError):
        raise OptionError(
            "extra_claims holds a value that JSON cannot express, such as a date",
            "Give texts, whole numbers, booleans, lists and dictionaries; quote a date, or give seconds",
            cause="bad_claims",
        ) from None
    return extra


def _encode(claims: dict[str, Any], key: keys.PrivateKey, algorithm: str, header: dict[str, Any]) -> str:
    try:
        text: str = jwt.encode(claims, key, algorithm=algorithm, headers=header)
    except ValueError:
        raise KeyMaterialError(
            "The private key cannot sign: it is damaged", "Restore it from a backup", cause="damaged_key"
        ) from None
    return text
