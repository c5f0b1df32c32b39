# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private keys: which ones NetSuite takes, how they are made, read and written.

Source: Oracle NetSuite help, "OAuth 2.0 Client Credentials Setup" (subsect_162755332391): RSA with 3072 or 4096 bits,
or EC on P-256, P-384 or P-521.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from . import der, pem
from .errors import KeyMaterialError, OptionError
from .libraries import note_missing

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
except ImportError as _error:
    note_missing("cryptography", _error)
else:
    PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
    _CURVES: dict[str, ec.EllipticCurve] = {
        "secp256r1": ec.SECP256R1(),
        "secp384r1": ec.SECP384R1(),
        "secp521r1": ec.SECP521R1(),
    }

KEY_TYPES = ("RSA", "EC")
RSA_SIZES = (3072, 4096)
CURVES = ("secp256r1", "secp384r1", "secp521r1")
_LABELS = ("PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY")
# What the library opens: schemes of RFC 8018 and PKCS#12 with their hashes and ciphers; traditional ones by name.
_CIPHERS = frozenset(
    f"{root}.{last}"
    for root, numbers in {
        "1.2.840.113549.1.5": (3, 12, 13),  # pbeWithMD5AndDES, PBKDF2, PBES2
        "1.2.840.113549.1.12.1": (1, 3, 6),  # RC4-128, 3DES, RC2-40
        "1.3.6.1.4.1.11591.4": (11,),  # scrypt
        "1.2.840.113549.2": (7, 8, 9, 10, 11),  # HMAC with SHA-1 and SHA-2
        "1.2.840.113549.3": (2, 7),  # RC2, 3DES
        "2.16.840.1.101.3.4.1": (2, 22, 42),  # AES in CBC mode
    }.items()
    for last in numbers
) | {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-EDE3-CBC"}
_CIPHER_NAMES = {
    "1.2.392.200011.61.1.1.1.2": "camellia-128-cbc",
    "1.2.392.200011.61.1.1.1.4": "camellia-256-cbc",
    "1.2.410.200046.1.1.2": "aria-128-cbc",
    "1.2.410.200046.1.1.12": "aria-256-cbc",
    "1.2.410.200004.1.4": "seed-cbc",
    "1.2.156.10197.1.104.2": "sm4-cbc",
    "1.2.840.113549.2.6": "hmacWithMD5",
    "1.3.14.3.2.7": "des-cbc",
}
_LONGEST_PASSPHRASE = 1023  # OpenSSL's own bound
_REMAKE = "Make a new pair with m2m.netsuite.certificate and map its certificate in NetSuite"


@dataclass(frozen=True)
class KeyFacts:
    """What may be shown of a key: ``type`` (RSA, EC), ``size`` in bits, ``curve`` (None for RSA)."""

    type: str
    size: int
    curve: str | None = None

    def __str__(self) -> str:
        return f"EC {self.curve}" if self.curve else f"{self.type} {self.size}"


def generate(key_type: str, key_size: int, curve: str | None) -> PrivateKey:
    """Make a new private key.

    Args:
        key_type: ``RSA`` or ``EC``.
        key_size: Bits of an RSA key, one of ``RSA_SIZES``.
        curve: Curve of an EC key, one of ``CURVES``.
    """
    if key_type == "EC":
        return ec.generate_private_key(_CURVES[curve or CURVES[0]])
    return rsa.generate_private_key(public_exponent=65537, key_size=key_size)


def load(text: str, passphrase: str | None, *, where: str, prove_primes: bool = True) -> PrivateKey:
    """Read a private key.

    Args:
        text: PEM: PKCS#8 (plain or encrypted) or a traditional RSA or EC key. Damaged line ends are repaired, and what
            it holds counts, not its label.
        passphrase: Of the key, when it has one. Ignored when the key is not encrypted.
        where: Where the text came from, for messages.
        prove_primes: Whether RSA primes are proven, which costs 0.1 s and more. False is safe only where a signature
            of the key is then verified with its certificate: that is the better proof.

    Raises:
        KeyMaterialError: unreadable or foreign text, missing or wrong passphrase, a cipher that the library
            lacks, a kind of key NetSuite refuses.
    """
    block = pem.find(text, _LABELS, what="a private key", where=where)[0]
    if block.is_encrypted and not passphrase:
        raise KeyMaterialError(
            f"{where} is encrypted, but no passphrase was given",
            "Set private_key_passphrase",
            cause="passphrase_missing",
        )
    try:
        key = _opened(block, passphrase, prove_primes)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        # The library's own words are dropped on purpose: what they quote is not in our hands.
        raise _unreadable(block, where, isinstance(error, UnsupportedAlgorithm)) from None
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        kind = type(key).__name__.removesuffix("PrivateKey")
        raise KeyMaterialError(f"{where} is a {kind} key; NetSuite takes RSA and EC", _REMAKE, cause="unsupported_key")
    return key


def to_pem(key: PrivateKey, passphrase: str | None = None) -> str:
    """Write a key as PKCS#8 PEM, encrypted when a passphrase is given.

    Raises:
        OptionError: the passphrase is one that could not be used to open the key again.
    """
    encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        check_passphrase(passphrase)
        encryption = serialization.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode("ascii")


def facts(key: PrivateKey | PublicKey) -> KeyFacts:
    """Type, size and curve of a private or public key."""
    if isinstance(key, (ec.EllipticCurvePrivateKey, ec.EllipticCurvePublicKey)):
        return KeyFacts("EC", key.curve.key_size, key.curve.name)
    return KeyFacts("RSA", key.key_size)


def rejection_reason(key: KeyFacts) -> str | None:
    """Why NetSuite would refuse a key of this kind, or None."""
    if key.type == "RSA" and key.size not in RSA_SIZES:
        return f"the RSA key has {key.size} bits; NetSuite takes 3072 or 4096"
    if key.type == "EC" and key.curve not in CURVES:
        return f"the EC key is on {key.curve}; NetSuite takes P-256, P-384 and P-521"
    return None


def same_key(one: PublicKey, other: PublicKey) -> bool:
    """Whether two public keys are the same."""
    return _spki(one) == _spki(other)


def wanted_facts(key_type: str | None, key_size: int | None, curve: str | None) -> KeyFacts:
    """The kind of key that a set of options asks for, with defaults filled in.

    Raises:
        OptionError: when size or curve belongs to the other type.
    """
    key_type = key_type or ("EC" if curve and not key_size else "RSA")
    if key_type == "EC":
        if key_size:
            raise OptionError("key_size is for RSA keys", "For an EC key, set curve instead", cause="bad_key_options")
        name = curve or CURVES[0]
        return KeyFacts("EC", {"secp256r1": 256, "secp384r1": 384, "secp521r1": 521}[name], name)
    if curve:
        raise OptionError("curve is for EC keys", "Set key_type to EC, or drop curve", cause="bad_key_options")
    return KeyFacts("RSA", key_size or 4096)


def check_passphrase(passphrase: str | None) -> None:
    """Refuse a passphrase that could not be used to open the key again.

    Raises:
        OptionError: it is too long, or is not valid UTF-8 text.
    """
    encoded = (passphrase or "").encode(errors="replace")  # lone surrogates come from bytes that are not valid UTF-8
    if len(encoded) > _LONGEST_PASSPHRASE or encoded.decode() != (passphrase or ""):
        raise OptionError(
            f"private_key_passphrase is longer than {_LONGEST_PASSPHRASE} bytes, or is not valid UTF-8 text",
            "Choose another one",
            cause="bad_passphrase",
        )


def is_encrypted(text: str) -> bool:
    """Whether a text holds a private key that a passphrase protects."""
    return any(block.is_encrypted for block in pem.blocks(text))


def _opened(block: pem.Block, passphrase: str | None, prove_primes: bool) -> PrivateKeyTypes:
    password = passphrase.encode() if block.is_encrypted and passphrase else None
    # Of an encrypted traditional key the label alone says what it is, until it is open.
    labels = sorted(pem.TRADITIONAL, key=block.label.__ne__) if block.cipher else [block.label]
    for label in labels[:-1]:
        with contextlib.suppress(ValueError):
            return _load(block, label, password, prove_primes)
    return _load(block, labels[-1], password, prove_primes)


def _load(block: pem.Block, label: str, password: bytes | None, prove_primes: bool) -> PrivateKeyTypes:
    data = block.text.replace(block.label, label).encode("ascii")
    return serialization.load_pem_private_key(data, password, unsafe_skip_rsa_key_validation=not prove_primes)


def _unreadable(block: pem.Block, where: str, unsupported: bool) -> KeyMaterialError:
    """Why the library did not read a key."""
    if block.is_encrypted:
        ciphers = [block.cipher] if block.cipher else der.cipher_ids(block.content)
        unknown = [_CIPHER_NAMES.get(one, one) for one in ciphers if one not in _CIPHERS]
        if unknown or unsupported:
            return KeyMaterialError(
                f"{where} is encrypted with {', '.join(unknown or ciphers)}, which the library cryptography lacks",
                "Convert it with openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW",
                cause="unsupported_cipher",
            )
        return KeyMaterialError(
            f"The passphrase does not open {where}, or the file is damaged",
            "Check private_key_passphrase, in which blanks and quotes count",
            cause="wrong_passphrase",
        )
    if der.has_explicit_curve(block.content):
        return KeyMaterialError(
            f"{where} holds an EC key that spells out its curve (explicit parameters) instead of naming it",
            "Convert it with openssl pkey -ec_param_enc named_curve -in OLD -out NEW, or make a new pair",
            cause="unsupported_key",
        )
    if unsupported:
        return KeyMaterialError(
            f"{where} is a kind of key that the library cryptography does not know", _REMAKE, cause="unsupported_key"
        )
    return KeyMaterialError(
        f"{where} cannot be read as a private key: the PEM block is damaged",
        "Copy the file again",
        cause="unreadable_pem",
    )


def _spki(key: PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
