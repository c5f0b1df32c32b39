# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client assertion, checked rule by rule.

Rules: Oracle help ``section_162790605110`` (request parameters and the JWT), ``section_162755359851``
(token request), ``subsect_158324637123`` (audit codes); RFC 7515, RFC 7518 section 3, RFC 7523 section 3.
Signatures are verified here directly, so that the salt length and the key binding are strict.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .conditions import Refusal
from .model import SCOPES, Account, CertificateMapping, Integration
from .settings import Settings, is_whole

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
_SERVICES = ("suitetalk", "restlets", "connect")
_PART = re.compile(r"[A-Za-z0-9_-]+")
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
#: JWS algorithm to curve and coordinate size (RFC 7518 section 3.4).
_CURVES = {"ES256": ("secp256r1", 32), "ES384": ("secp384r1", 48), "ES512": ("secp521r1", 66)}
ALGORITHMS = ("PS256", "PS384", "PS512", *_CURVES)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A parsed, not yet verified assertion."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


def parse(text: str) -> Assertion:
    """Take a compact JWS apart (RFC 7515 section 7.1)."""
    parts = text.split(".")
    if len(parts) != 3 or not all(_PART.fullmatch(part) for part in parts):
        raise Refusal("assertion_malformed")
    header, claims = _object(parts[0]), _object(parts[1])
    if "crit" in header or "b64" in header:
        raise Refusal("assertion_malformed", "the header asks for extensions")
    return Assertion(header, claims, f"{parts[0]}.{parts[1]}".encode("ascii"), _decode(parts[2]))


def _decode(part: str) -> bytes:
    """Decode base64url without padding, in canonical form only."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Refusal("assertion_malformed") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != part:
        raise Refusal("assertion_malformed")
    return data


def _object(part: str) -> dict[str, Any]:
    """Decode a JSON object whose member names do not repeat (RFC 7515 section 4)."""
    try:
        value = json.loads(_decode(part).decode("utf-8"), object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal("assertion_malformed") from None
    if not isinstance(value, dict):
        raise Refusal("assertion_malformed")
    return value


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a dict, refusing repeated names."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("repeated member name")
    return result


def _no_constant(name: str) -> None:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(f"{name} is not JSON")


def check(assertion: Assertion, account: Account, now: float, used_url: str) -> tuple[Integration, CertificateMapping]:
    """Check every rule in turn; return the integration and the mapping the assertion stands for.

    Scope, replay and the state of role and entity follow in :func:`scopes` and the token endpoint.
    """
    settings = account.settings
    mapping = _key(assertion, account, settings, now)
    _verify(assertion, mapping)
    integration = _issuer(assertion.claims, account, mapping)
    _audience(assertion.claims.get("aud"), account, settings, used_url)
    _times(assertion.claims, settings, now)
    if not isinstance(assertion.claims.get("jti", ""), str):
        raise Refusal("claims", "jti must be a string")
    return integration, mapping


def _key(assertion: Assertion, account: Account, settings: Settings, now: float) -> CertificateMapping:
    """Check typ, alg and kid, and find the certificate."""
    header = assertion.header
    typ = header.get("typ")
    if typ != "JWT" and (typ is not None or settings.require_typ):
        raise Refusal("assertion_typ")
    if header.get("alg") not in ALGORITHMS:
        raise Refusal("algorithm")
    kid = header.get("kid")
    if kid is None or kid == "":
        raise Refusal("key_id_missing")
    mapping = account.mapping(kid) if isinstance(kid, str) else None
    if mapping is None:
        raise Refusal("certificate_unknown")
    moment = datetime.fromtimestamp(now, timezone.utc)
    if mapping.revoked:
        raise Refusal("certificate_revoked")
    if moment >= mapping.valid_until:
        raise Refusal("certificate_expired")
    if moment < mapping.valid_from:
        raise Refusal("certificate_not_yet_valid")
    return mapping


def _verify(assertion: Assertion, mapping: CertificateMapping) -> None:
    """Verify the signature, with the algorithm bound to key type and curve (RFC 7518 section 3)."""
    algorithm: str = assertion.header["alg"]
    digest = _HASHES[algorithm[2:]]
    key = mapping.public_key
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.startswith("PS"):
            pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
            key.verify(assertion.signature, assertion.signing_input, pss, digest)
        elif isinstance(key, ec.EllipticCurvePublicKey) and _CURVES.get(algorithm, ("", 0))[0] == key.curve.name:
            size = _CURVES[algorithm][1]
            if len(assertion.signature) != 2 * size:
                raise Refusal("signature", "the signature has the wrong length")
            r, s = (int.from_bytes(half, "big") for half in (assertion.signature[:size], assertion.signature[size:]))
            key.verify(encode_dss_signature(r, s), assertion.signing_input, ec.ECDSA(digest))
        else:
            raise Refusal("key_mismatch")
    except InvalidSignature:
        raise Refusal("signature") from None


def _issuer(claims: dict[str, Any], account: Account, mapping: CertificateMapping) -> Integration:
    """Check iss: the Client ID of a usable integration that owns the certificate."""
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or not re.fullmatch(r"[0-9a-fA-F]{64}", issuer):
        raise Refusal("issuer")
    integration = account.integration(issuer)
    if integration is None:
        raise Refusal("integration_unknown")
    if mapping.client_id != integration.client_id:
        raise Refusal("integration_other")
    if integration.state != "enabled":
        raise Refusal("integration_blocked")
    if not integration.may_use_certificates(account.settings):
        raise Refusal("grant_not_allowed")
    return integration


def _audience(audience: object, account: Account, settings: Settings, used_url: str) -> None:
    """Check aud: this account's token endpoint (documented, or under another of its service hosts)."""
    if isinstance(audience, list) and len(audience) == 1 and settings.audience_array:
        audience = audience[0]
    if not isinstance(audience, str):
        raise Refusal("audience")
    if audience == used_url:
        return
    if settings.audience == "exact":
        raise Refusal("audience")
    accepted = [f"https://{account.label}.{service}.api.netsuite.com" for service in _SERVICES]
    host = audience[: -len(TOKEN_PATH)] if audience.endswith(TOKEN_PATH) else ""
    if host.lower() not in accepted:
        raise Refusal("audience")


def _times(claims: dict[str, Any], settings: Settings, now: float) -> None:
    """Check iat, nbf and exp against the server's clock."""
    issued, expires = (_date(claims.get(name), name, settings) for name in ("iat", "exp"))
    if issued > now + settings.clock_tolerance:
        raise Refusal("issued_in_future")
    if "nbf" in claims and _date(claims["nbf"], "nbf", settings) > now + settings.clock_tolerance:
        raise Refusal("not_before")
    if expires <= now - settings.clock_tolerance:
        raise Refusal("expired")
    if expires <= issued:
        raise Refusal("claims", "exp must be later than iat")
    if expires - issued > settings.max_assertion_lifetime:
        raise Refusal("lifetime")


def _date(value: object, name: str, settings: Settings) -> float:
    """Return a NumericDate (RFC 7519 section 2)."""
    if is_whole(value) and abs(value) < 10**12:
        return value
    if isinstance(value, float) and settings.float_dates and math.isfinite(value):
        return value
    raise Refusal("claims", f"{name} must be a whole number of seconds")


def scopes(claims: dict[str, Any], integration: Integration, settings: Settings) -> tuple[str, ...]:
    """Return the wanted scopes: an array, a string or a comma-separated string, all ticked on the record."""
    value = claims.get("scope")
    if value is None or value in ("", []):
        raise Refusal("scope_empty")
    if isinstance(value, str):
        words = re.split(r"[\s,]+", value.strip()) if settings.space_scope else value.split(",")
        value = [word.strip(" ") for word in words]
        if any(" " in word for word in value):
            raise Refusal("scope_form")
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Refusal("scope_form")
    wanted = list(dict.fromkeys(value))
    if not set(wanted) <= set(SCOPES):
        raise Refusal("scope_unknown")
    if "mcp" in wanted:
        raise Refusal("scope_mcp")
    if not set(wanted) <= integration.scopes:
        raise Refusal("scope_mismatch")
    return tuple(wanted)
