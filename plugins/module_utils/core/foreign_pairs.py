# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A private key and its certificate as other programs keep them.

PEM and DER, key and certificate in two files or in one, PKCS#12 (RFC 7292), and any text with PEM in it, such as the
JSON of a secret store or a service-account file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from . import certificates, keys, pem
from .errors import KeyMaterialError
from .libraries import note_missing
from .text import capitalize_sentence

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
except ImportError as _error:
    note_missing("cryptography", _error)

# First bytes of Java's own key stores: JKS and JCEKS.
_JAVA = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
_BER_SEQUENCE = b"\x30\x80"  # a PKCS#12 store of indefinite length, as some programs on Windows write it
_CERTIFICATES = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PKCS7")


@dataclass(frozen=True)
class Material:
    """What a file or a variable holds, and how messages call it."""

    data: bytes = field(repr=False)
    where: str


@dataclass
class _Found:
    """Everything of use in all the material, in its order."""

    passphrase: str | None = field(repr=False)
    private: list[keys.PrivateKey] = field(default_factory=list)
    certified: list[certificates.Certificate] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.private) + len(self.certified)

    def add_key(self, key: keys.PrivateKey) -> None:
        """Add a key, unless the same was found before."""
        if not any(keys.same_key(key.public_key(), one.public_key()) for one in self.private):
            self.private.append(key)


def read(
    material: Sequence[Material], passphrase: str | None, certificate_id: str | None = None
) -> tuple[keys.PrivateKey, certificates.Certificate]:
    """Find the one pair in all that is given.

    Args:
        material: Files and variables, in any order: a key here and a certificate there, both in one, further
            certificates of a chain.
        passphrase: Opens an encrypted key or a PKCS#12 store.
        certificate_id: Which certificate is meant, where several are for the key; else it is the one that ends last.

    Raises:
        KeyMaterialError: something cannot be read, one half is missing, or the halves do not belong together.
    """
    found = _Found(passphrase)
    for one in material:
        before = len(found)
        _read(one, found)
        if before == len(found):
            _refuse(one)
    places = " and ".join(one.where for one in material)
    if not found.private or not found.certified:
        missing = "certificate" if found.private else "private key"
        raise KeyMaterialError(
            f"There is no {missing} in {places}",
            f"Give the {missing} as well: auth-key.pem and auth-cert.pem, where openssl made them as Oracle shows",
            cause=f"{missing.replace(' ', '_')}_missing",
        )
    pairs = [(key, one) for key in found.private for one in found.certified if certificates.matches(one, key)]
    if not pairs:
        raise KeyMaterialError(
            f"No certificate in {places} was issued for the private key there",
            "Give a key and a certificate that were created together, auth-key.pem and its auth-cert.pem",
            cause="key_mismatch",
        )
    if len({id(key) for key, _certificate in pairs}) > 1:
        raise KeyMaterialError(
            f"There are several pairs in {places}", "Give the one that NetSuite knows", cause="several_pairs"
        )
    named = [pair for pair in pairs if certificates.certificate_id(pair[1]) == certificate_id]
    return max(named or pairs, key=lambda pair: pair[1].not_valid_after_utc)


def _read(one: Material, found: _Found) -> None:
    """Add what a file or a variable holds."""
    blocks = [block] if (block := pem.of_der(one.data)) else pem.blocks(_text(one.data))
    for block in blocks:
        if block.label.endswith("PRIVATE KEY"):
            found.add_key(keys.load(block.text, found.passphrase, where=one.where))
        elif block.label in _CERTIFICATES:
            found.certified += certificates.parse_all(block.text, where=one.where)
        elif block.label == "PKCS12":
            _open_store(block.content, one.where, found)
    if not blocks and one.data.startswith(_BER_SEQUENCE):
        _open_store(one.data, one.where, found)


def _text(data: bytes) -> str:
    """Text in the encoding that its byte order mark shows, UTF-8 without one; shells on Windows write UTF-16."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data.decode(encoding, errors="replace")


def _open_store(data: bytes, where: str, found: _Found) -> None:
    """Add what a PKCS#12 store holds: a key, its certificate, and those of a chain.

    Raises:
        KeyMaterialError: it cannot be opened, or holds a kind of key that NetSuite refuses.
    """
    store = None
    # Without a password and with an empty one are two things, and not every program knows the difference.
    for password in [found.passphrase.encode()] if found.passphrase else [None, b""]:
        try:
            store = pkcs12.load_pkcs12(data, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue  # the library's own words are dropped on purpose, and say no more
        break
    if store is None:
        raise _unopened(where, found.passphrase)
    if store.key is not None:
        if not isinstance(store.key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
            kind = type(store.key).__name__.removesuffix("PrivateKey")
            raise KeyMaterialError(
                f"{capitalize_sentence(where)} holds a {kind} key; NetSuite takes RSA and EC",
                "Make a new pair: run the playbook onboard without adopting one",
                cause="unsupported_key",
            )
        found.add_key(store.key)
    inside = [store.cert, *store.additional_certs]
    found.certified += [one.certificate for one in inside if one is not None]


def _unopened(where: str, passphrase: str | None) -> KeyMaterialError:
    if not passphrase:
        return KeyMaterialError(
            f"{capitalize_sentence(where)} is a PKCS#12 store, and no passphrase was given",
            "Set netsuite_adopt_passphrase",
            cause="passphrase_missing",
        )
    return KeyMaterialError(
        f"The passphrase does not open {where}, or the PKCS#12 store is damaged or encrypted with a cipher that the"
        " library cryptography lacks",
        "Check netsuite_adopt_passphrase, or take the pair out with openssl pkcs12 -in STORE -nodes -out PAIR.pem",
        cause="wrong_passphrase",
    )


def _refuse(one: Material) -> None:
    """Say what something is that has neither a private key nor a certificate in it.

    Raises:
        KeyMaterialError: always.
    """
    if one.data.startswith(_JAVA):
        raise KeyMaterialError(
            f"{capitalize_sentence(one.where)} is a Java key store of the old kind",
            "Convert it with keytool -importkeystore -srckeystore OLD -destkeystore NEW.p12 -deststoretype PKCS12",
            cause="unreadable_pem",
        )
    labels = ("PRIVATE KEY", "CERTIFICATE")
    pem.find(_text(one.data), labels, what="a private key or a certificate", where=one.where)
