# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and certificates made by the ``cryptography`` library directly; nothing here comes from the collection."""

from __future__ import annotations

import base64
import functools
import hashlib
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

CURVES: dict[str, type[Any]] = {"secp256r1": ec.SECP256R1, "secp384r1": ec.SECP384R1, "secp521r1": ec.SECP521R1}
Key = Any


def shared_key(kind: str = "secp256r1") -> Key:
    """A key that all tests of this process may share: ``rsa3072``, ``rsa4096``, or the name of a curve."""
    return _shared_key(kind)


@functools.cache
def _shared_key(kind: str) -> Key:
    return new_key(kind)


def new_key(kind: str = "secp256r1") -> Key:
    """A new private key of a kind."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key(CURVES[kind]())


def key_pem(key: Key, passphrase: str | None = None) -> str:
    """A private key as PKCS#8 PEM."""
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        protection = serialization.BestAvailableEncryption(passphrase.encode())
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)
    return pem.decode()


@dataclass(frozen=True)
class Pair:
    """A private key and its certificate, as PEM."""

    key: str
    certificate: str

    @property
    def id(self) -> str:
        """The certificate id: base64url of SHA-256 over the DER, without padding."""
        return certificate_id(self.certificate)


def new_pair(
    kind: str = "secp256r1",
    *,
    key: Key = None,
    days: float = 365,
    start: float = -1,
    passphrase: str | None = None,
    name: str = "e2e",
    country: str | None = None,
) -> Pair:
    """A key (a shared one of that kind, unless given) with a new self-signed certificate.

    Args:
        kind: ``rsa3072``, ``rsa4096``, or the name of a curve.
        key: Its key.
        days: How long the certificate lives.
        start: When it begins, in days from now.
        passphrase: Encrypts the key's PEM.
        name: The certificate's common name.
        country: Its country, of any length; more than two letters make libraries warn.
    """
    key = key or shared_key(kind)
    subject = _name(name, country)
    begin = datetime.now(timezone.utc) + timedelta(days=start)
    builder = x509.CertificateBuilder(subject, subject, key.public_key())
    builder = builder.not_valid_before(begin).not_valid_after(begin + timedelta(days=days))
    while True:
        certificate = builder.serial_number(x509.random_serial_number()).sign(key, hashes.SHA256())
        pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
        # One id in 64 begins with a hyphen, and the collection warns of it.
        if not certificate_id(pem).startswith("-"):
            return Pair(key_pem(key, passphrase), pem)


def _name(name: str, country: str | None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    with warnings.catch_warnings(action="ignore"):
        if country:
            parts.insert(0, x509.NameAttribute(NameOID.COUNTRY_NAME, country, _validate=False))
    return x509.Name(parts)


def certificate_id(pem: str) -> str:
    """The id of a certificate."""
    der = x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER)
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()
