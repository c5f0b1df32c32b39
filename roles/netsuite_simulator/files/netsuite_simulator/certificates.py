# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificate mappings: the rules of an upload, and the shapes of the certificate API.

Rules: Oracle help ``subsect_162755332391`` (certificate requirements) and ``section_162686838198``
(mappings, limit of five, reuse). Shapes: ``article_11111634165`` (list), ``article_0209112025`` (upload).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from .conditions import Refusal
from .model import Account, CertificateMapping, Integration, PublicKey
from .settings import Settings
from .tokens import base64url

_ONE_CERTIFICATE = re.compile(
    r"\s*-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----\s*", re.ASCII
)
_RSA_PSS = "1.2.840.113549.1.1.10"
_CURVES = ("secp256r1", "secp384r1", "secp521r1")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A certificate that passed the rules about itself."""

    pem: str
    fingerprint: str
    public_key: PublicKey
    algorithm: str
    valid_from: datetime
    valid_until: datetime


def certificate_id(der: bytes) -> str:
    """Return the Certificate ID: SHA-256 of the DER form, base64url without padding."""
    return base64url(sha256(der).digest())


def two_years_after(moment: datetime) -> datetime:
    """Return the same day two years later (28 February for a leap day)."""
    try:
        return moment.replace(year=moment.year + 2)
    except ValueError:
        return moment.replace(year=moment.year + 2, day=28)


def inspect(pem: str, settings: Settings, now: datetime) -> Candidate:
    """Check an uploaded file: one X.509 certificate in PEM with an allowed key, not expired."""
    if "PRIVATE KEY" in pem:
        raise Refusal("private_key")
    if not _ONE_CERTIFICATE.fullmatch(pem):
        raise Refusal("certificate_format")
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode("ascii"))
        key, key_oid = certificate.public_key(), certificate.public_key_algorithm_oid.dotted_string
        der = certificate.public_bytes(Encoding.DER)
        valid_from, valid_until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except Exception:  # noqa: BLE001  whatever a damaged certificate makes the parser raise, the answer is the same
        raise Refusal("certificate_format") from None
    if isinstance(key, rsa.RSAPublicKey):
        allowed = key.key_size in (3072, 4096) and (key_oid != _RSA_PSS or settings.rsa_pss_keys)
    else:
        allowed = isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in _CURVES
    if not allowed or not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        raise Refusal("certificate_key")
    if now >= valid_until:
        raise Refusal("certificate_past")
    latest = two_years_after(valid_from if settings.two_years_from == "not_before" else now)
    if valid_until > latest:
        if settings.long_validity == "reject":
            raise Refusal("certificate_long")
        valid_until = latest
    algorithm = "RSA" if isinstance(key, rsa.RSAPublicKey) else "EC"
    return Candidate(pem, certificate_id(der), key, algorithm, valid_from, valid_until)


def load_public_key(pem: str) -> PublicKey:
    """Return the public key of a certificate that was accepted before."""
    key = x509.load_pem_x509_certificate(pem.encode("ascii")).public_key()
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        raise TypeError("not a key of a mapping")
    return key


def add_mapping(
    account: Account, integration: Integration, candidate: Candidate, role: int, entity: int, now: datetime
) -> tuple[CertificateMapping, bool]:
    """Map a certificate to integration + role + entity; the flag tells whether it is new.

    Call with the account's lock held. The same combination again gives the existing mapping.
    """
    settings = account.settings
    if not integration.may_use_certificates(account.settings) or integration.state != "enabled":
        raise Refusal("client_unsuitable")
    if role not in account.roles or not account.roles[role].active:
        raise Refusal("role_unknown")
    if entity not in account.entities or not account.pair_is_usable(role, entity):
        raise Refusal("entity_unknown")
    wanted = (integration.client_id, role, entity)
    for old in account.mappings:
        if old.fingerprint != candidate.fingerprint:
            continue
        if old.active(now):
            if (old.client_id, old.role, old.entity) == wanted:
                return old, False
            raise Refusal("certificate_elsewhere")
        if old.client_id != integration.client_id or settings.revoked_reuse == "never":
            raise Refusal("certificate_reused")
    active = sum(old.active(now) for old in account.mappings if old.client_id == integration.client_id)
    if active >= settings.max_active_certificates:
        raise Refusal("certificate_limit")
    identifier = candidate.fingerprint
    if settings.returned_certificate_id == "other":
        identifier = base64url(sha256(f"other:{identifier}".encode()).digest())
    mapping = CertificateMapping(
        certificate_id=identifier,
        fingerprint=candidate.fingerprint,
        pem=candidate.pem,
        public_key=candidate.public_key,
        algorithm=candidate.algorithm,
        client_id=integration.client_id,
        role=role,
        entity=entity,
        created=now,
        valid_from=candidate.valid_from,
        valid_until=candidate.valid_until,
    )
    account.mappings.append(mapping)
    return mapping, True


def revoke_mapping(account: Account, client_id: str | None, identifier: str, may: Callable[[int], bool]) -> bool:
    """Revoke a mapping; False when it was revoked before. Call with the account's lock held."""
    mapping = account.mapping(identifier)
    if mapping is None or (client_id is not None and mapping.client_id != client_id) or not may(mapping.entity):
        raise Refusal("mapping_unknown")
    if mapping.revoked:
        return False
    mapping.revoked = True
    return True


def _id_form(settings: Settings) -> Callable[[int], int | str]:
    """Return how ids are written: as numbers (documented) or as strings."""
    return str if settings.ids_as == "string" else int


def _day(moment: datetime) -> str:
    """Return a date without time, as the API gives them."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d")


def list_entry(account: Account, mapping: CertificateMapping) -> dict[str, Any]:
    """Return a mapping in the shape of the list (``article_11111634165``)."""
    form = _id_form(account.settings)
    integration = account.integration(mapping.client_id)
    number, name, guid = (integration.id, integration.name, integration.application_id) if integration else (0, "", "")
    role, entity = account.roles.get(mapping.role), account.entities.get(mapping.entity)
    return {
        "application": {
            "id": form(number),
            "name": name,
            "url": f"/app/common/integration/integrapp.nl?id={number}",
            "application_id": guid,
        },
        "entity": {
            "id": form(mapping.entity),
            "name": entity.name if entity else "",
            "url": f"/app/common/entity/entity.nl?id={mapping.entity}",
        },
        "role": {
            "id": form(mapping.role),
            "name": role.name if role else "",
            "url": f"/app/setup/role.nl?id={mapping.role}",
        },
        "created": _day(mapping.created),
        "valid_from": _day(mapping.valid_from),
        "valid_until": _day(mapping.valid_until),
        "revoked": mapping.revoked,
        "certificate_id": mapping.certificate_id,
        "algorithm": mapping.algorithm,
    }


def upload_entry(account: Account, mapping: CertificateMapping) -> dict[str, Any]:
    """Return a mapping in the shape of the upload answer (``article_0209112025``)."""
    form = _id_form(account.settings)
    integration = account.integration(mapping.client_id)
    return {
        "entity_role_id": {"com": account.account_id, "ent": form(mapping.entity), "rol": form(mapping.role)},
        "application_id": form(integration.id if integration else 0),
        "certificate_id": mapping.certificate_id,
        "certificate": mapping.pem,
        "algorithm": mapping.algorithm,
        "created_at": _day(mapping.created),
        "valid_from": _day(mapping.valid_from),
        "valid_until": _day(mapping.valid_until),
        "invalidated": mapping.revoked,
    }
