# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""X.509 certificates for NetSuite: issuing, reading, and the id that NetSuite gives them.

Source: Oracle NetSuite help, "OAuth 2.0 Client Credentials Setup" (subsect_162755332391) for key kinds, the two-year
limit and the PSS-signed form; RFC 7515 section 4.1.8 (``x5t#S256``) for the id.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from . import keys, pem
from .errors import KeyMaterialError, OptionError
from .libraries import note_missing
from .timing import DAY, iso, whole_days

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.x509.oid import NameOID, PublicKeyAlgorithmOID
except ImportError as _error:
    note_missing("cryptography", _error)
else:
    Certificate = x509.Certificate
    _NAME_OIDS = {
        "common_name": NameOID.COMMON_NAME,
        "organization": NameOID.ORGANIZATION_NAME,
        "organizational_unit": NameOID.ORGANIZATIONAL_UNIT_NAME,
        "locality": NameOID.LOCALITY_NAME,
        "state_or_province": NameOID.STATE_OR_PROVINCE_NAME,
        "country": NameOID.COUNTRY_NAME,
        "email": NameOID.EMAIL_ADDRESS,
    }
    _EMAIL = {NameOID.EMAIL_ADDRESS: "emailAddress"}
    _HASHES: dict[int, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
        256: hashes.SHA256,
        384: hashes.SHA384,
        521: hashes.SHA512,
    }

MAXIMUM_DAYS = 730
_LABELS = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7")
_UNREADABLE = "not readable"  # a subject whose texts are not of the types they claim
_BROKEN_NAME = (ValueError, TypeError, KeyError)  # what the library says of one; KeyError is that of older versions
DEFAULT_COMMON_NAME = "netsuite-m2m"
# The salt of Oracle's own command line (-sigopt rsa_pss_saltlen:64). It concerns the certificate's signature alone.
_PSS_SALT = 64


@dataclass(frozen=True)
class Subject:
    """The subject of a certificate. None leaves a part out."""

    common_name: str | None = None
    organization: str | None = None
    organizational_unit: str | None = None
    locality: str | None = None
    state_or_province: str | None = None
    country: str | None = None
    email: str | None = None

    def wishes(self) -> dict[str, str]:
        """The parts that are set."""
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


def issue(
    key: keys.PrivateKey,
    subject: Subject,
    *,
    now: datetime,
    valid_days: int,
    signature_padding: str = "pss",
    serial: Callable[[], int] | None = None,
) -> Certificate:
    """Issue a self-signed certificate whose id does not begin with a hyphen.

    One id in 64 begins with ``-``, which command lines take for an option (netsuite-suitecloud-sdk issue 881); such a
    certificate is issued anew with another serial number.

    Args:
        key: The private key it is for, and signs it.
        subject: Its subject; the common name has a default.
        now: The time of the question.
        valid_days: How long from then on it is valid, 1 to 730 days; see ``validity``.
        signature_padding: ``pss`` (the form of Oracle's command) or ``pkcs1v15``; RSA keys only.
        serial: Source of serial numbers; random when not given.

    Raises:
        OptionError: when a part of the subject does not fit X.509, for example a country of more than two letters.
    """
    check_days(valid_days)
    name = _name(subject)
    start, end = validity(now, valid_days)
    public_key = key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key)
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )
    while True:
        number = serial() if serial else x509.random_serial_number()
        certificate = _sign(builder.serial_number(number), key, signature_padding)
        if not certificate_id(certificate).startswith("-"):
            return certificate


def validity(now: datetime, valid_days: int) -> tuple[datetime, datetime]:
    """First and last moment of a new certificate.

    It begins a day before it is made, so that it is valid for machines whose clocks are behind. The whole life stays
    within NetSuite's limit: of 730 days, 729 are left.
    """
    now = now.replace(microsecond=0)
    start = now - DAY
    return start, min(now + timedelta(days=valid_days), start + timedelta(days=MAXIMUM_DAYS))


def check_days(valid_days: int) -> None:
    """Refuse a validity that NetSuite would shorten.

    Raises:
        OptionError: outside 1 to 730 days.
    """
    if not 1 <= valid_days <= MAXIMUM_DAYS:
        raise OptionError(
            f"valid_days is {valid_days}; NetSuite accepts certificates of 1 to {MAXIMUM_DAYS} days",
            f"Choose 1 to {MAXIMUM_DAYS}",
            cause="bad_validity",
        )


def subject_text(subject: Subject) -> str:
    """A subject as RFC 4514 writes it, in the way ``describe`` returns it.

    Raises:
        OptionError: when a part does not fit X.509.
    """
    return _name(subject).rfc4514_string(_EMAIL)


def parse(text: str, *, where: str) -> Certificate:
    """Read a certificate from PEM text; of several the one that issued none of the others.

    Args:
        text: PEM, with or without other blocks around it; damaged line ends are repaired.
        where: Where the text came from, for messages.

    Raises:
        KeyMaterialError: when there is no readable certificate in it.
    """
    return choose(parse_all(text, where=where))


def parse_all(text: str, *, where: str) -> list[Certificate]:
    """Read all certificates of a PEM text, at least one; arguments and errors as in ``parse``."""
    found: list[Certificate] = []
    problem = None
    for block in pem.find(text, _LABELS, what="a certificate", where=where):
        try:
            found += _read(block, where)
        except KeyMaterialError as error:
            problem = problem or error
    if problem and not found:
        raise problem
    return found


def choose(found: Sequence[Certificate], key: keys.PrivateKey | None = None) -> Certificate:
    """Of the certificates of a bundle the one that belongs to a key.

    Args:
        found: At least one certificate.
        key: The private key. Where none is given, or no certificate is its own, it is the first certificate that issued
            none of the others.
    """
    if len(found) == 1:
        return found[0]
    own = [one for one in found if key and matches(one, key)]
    leaves = [one for one in found if not any(_issued(one, other) for other in found if other is not one)]
    return (own or leaves or [*found])[0]


def to_pem(certificate: Certificate) -> str:
    """Write a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def certificate_id(certificate: Certificate) -> str:
    """The id NetSuite shows for a certificate, which is also the assertion's ``kid``.

    It is the base64url form, without padding, of the SHA-256 of the DER bytes (RFC 7515 ``x5t#S256``).
    """
    digest = hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def describe(certificate: Certificate, now: datetime) -> dict[str, Any]:
    """The facts of a certificate under the names that every module of this collection returns."""
    key = public_key_facts(certificate)
    subject = _parts_of(certificate)
    return {
        "certificate_id": certificate_id(certificate),
        "key_type": key.type,
        "key_size": key.size,
        "curve": key.curve,
        "subject": _UNREADABLE if subject is None else subject.rfc4514_string(_EMAIL),
        "not_before": iso(certificate.not_valid_before_utc),
        "not_after": iso(certificate.not_valid_after_utc),
        "days_left": whole_days(certificate.not_valid_after_utc - now),
    }


def public_key_facts(certificate: Certificate) -> keys.KeyFacts:
    """Type, size and curve of a certificate's public key; other kinds than RSA and EC by their name, with size 0."""
    public_key = certificate.public_key()
    if isinstance(public_key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        return keys.facts(public_key)
    return keys.KeyFacts(type(public_key).__name__.removesuffix("PublicKey"), 0)


def is_restricted_pss(certificate: Certificate) -> bool:
    """Whether its key is marked for RSA-PSS alone, which Oracle shows for SuiteScript only."""
    return certificate.public_key_algorithm_oid == PublicKeyAlgorithmOID.RSASSA_PSS


def matches(certificate: Certificate, key: keys.PrivateKey) -> bool:
    """Whether a certificate was issued for a private key."""
    public_key = certificate.public_key()
    known = isinstance(public_key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey))
    return known and keys.same_key(public_key, key.public_key())  # type: ignore[arg-type]


def subject_differences(certificate: Certificate, wanted: Subject) -> list[str]:
    """Which wished parts of the subject a certificate does not have, as sentences."""
    differences = []
    subject = _parts_of(certificate) or x509.Name([])
    for part, value in wanted.wishes().items():
        actual = [str(entry.value) for entry in subject.get_attributes_for_oid(_NAME_OIDS[part])]
        if actual != [value]:
            differences.append(f"{part} is {', '.join(actual) or 'absent'}, the task asks for {value}")
    return differences


def _read(block: pem.Block, where: str) -> list[Certificate]:
    try:
        with warnings.catch_warnings():  # of what is odd and harmless, such as a serial number of 0
            warnings.simplefilter("ignore")
            if block.label == "PKCS7":
                from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415 (rare)

                found = pkcs7.load_der_pkcs7_certificates(block.content)
            else:
                found = [x509.load_pem_x509_certificate(block.data)]
            for one in found:
                # The library reads these parts when they are asked for, which would be too late to complain.
                one.public_key(), one.not_valid_before_utc, one.not_valid_after_utc
    except (ValueError, TypeError) as error:
        if "AttributeTypeValue" in str(error):
            raise KeyMaterialError(
                f"{where} holds a certificate whose subject or issuer has characters that its kind of text does not"
                " allow (such as * or @ in a PrintableString), which the library cryptography cannot read",
                "Make a new pair, or a new certificate for the same key, and map it in NetSuite",
                cause="odd_subject",
            ) from None
        raise KeyMaterialError(
            f"{where} cannot be read as a certificate: the PEM block is damaged",
            "Copy the file again",
            cause="unreadable_pem",
        ) from None
    except Exception as error:  # noqa: BLE001 (UnsupportedAlgorithm, InvalidVersion and relatives have no common base)
        raise KeyMaterialError(
            f"{where} holds a certificate of an unknown type ({type(error).__name__})",
            "Use an RSA or EC certificate",
            cause="unsupported_key",
        ) from None
    return found


def _issued(issuer: Certificate, other: Certificate) -> bool:
    """Whether a certificate may have issued another one, by their names."""
    subject = _parts_of(issuer)
    with contextlib.suppress(*_BROKEN_NAME):
        return subject is not None and subject == other.issuer
    return False


def _parts_of(certificate: Certificate) -> x509.Name | None:
    """The subject; None where its texts are not of the types they claim. NetSuite does not evaluate it."""
    try:
        with warnings.catch_warnings():  # of a country that has three letters
            warnings.simplefilter("ignore")
            return certificate.subject
    except _BROKEN_NAME:
        return None


def _name(subject: Subject) -> x509.Name:
    wishes = {"common_name": DEFAULT_COMMON_NAME, **subject.wishes()}
    attributes = []
    for part in (
        "country",
        "state_or_province",
        "locality",
        "organization",
        "organizational_unit",
        "common_name",
        "email",
    ):
        if part in wishes:
            try:
                # Of country and email the library looks at the characters only when it signs.
                wishes[part].encode("ascii" if part in ("country", "email") else "utf-8")
                if part == "country" and not wishes[part].isalpha():
                    raise ValueError(part)
                attributes.append(x509.NameAttribute(_NAME_OIDS[part], wishes[part]))
            except ValueError:
                raise OptionError(
                    f"{part} does not fit a certificate: it is too long, or contains characters X.509 does not allow",
                    "Shorten or correct it; country must be two letters, email must be ASCII",
                    cause="bad_subject",
                ) from None
    return x509.Name(attributes)


def _sign(builder: x509.CertificateBuilder, key: keys.PrivateKey, signature_padding: str) -> Certificate:
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return builder.sign(key, _HASHES[key.curve.key_size]())
    digest = hashes.SHA256()
    if signature_padding == "pkcs1v15":
        return builder.sign(key, digest, rsa_padding=padding.PKCS1v15())
    return builder.sign(key, digest, rsa_padding=padding.PSS(padding.MGF1(digest), _PSS_SALT))
