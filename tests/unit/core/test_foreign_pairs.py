# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is no pair, or more than one: named, and never quoted. Good ones are in tests/interop/test_adopted_pairs.py."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import pkcs12

from ansible_collections.m2m.netsuite.plugins.module_utils.core import foreign_pairs
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.foreign_pairs import Material
from ansible_collections.m2m.netsuite.tests.support.material import Pair, new_key, new_pair

SECRET = "open sesame"
OLD = new_pair()
RENEWED = new_pair(days=700)  # of the same key
OTHER = new_pair(key=new_key())


def store(pair: Pair | None = None, passphrase: str | None = SECRET, key: object = None) -> bytes:
    """A PKCS#12 store."""
    pair = pair or OLD
    key = key or serialization.load_pem_private_key(pair.key.encode(), None)
    certificate = foreign_pairs.certificates.parse(pair.certificate, where="")
    how = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"netsuite", key, None if key else certificate, None, how)


def read(*data: bytes | str, passphrase: str | None = None, certificate_id: str | None = None) -> Pair:
    material = [
        Material(one.encode() if isinstance(one, str) else one, f"file {number}") for number, one in enumerate(data, 1)
    ]
    key, certificate = foreign_pairs.read(material, passphrase, certificate_id)
    return Pair(foreign_pairs.keys.to_pem(key), foreign_pairs.certificates.to_pem(certificate))


@pytest.mark.parametrize(
    ("given", "cause", "said"),
    [
        ((OLD.key,), "certificate_missing", "There is no certificate in file 1. Give the certificate as well"),
        ((OLD.certificate,), "private_key_missing", "There is no private key in file 1."),
        ((OLD.key, OTHER.certificate), "key_mismatch", "No certificate in file 1 and file 2 was issued for"),
        ((OLD.key + OLD.certificate, OTHER.key + OTHER.certificate), "several_pairs", "There are several pairs"),
        ((OLD.key, "nothing"), "unreadable_pem", "file 2 is not PEM text. Give a private key or a certificate"),
        ((b"\xfe\xed\xfe\xed\0\0\0\2",), "unreadable_pem", "File 1 is a Java key store of the old kind. Convert"),
        ((store(),), "passphrase_missing", "File 1 is a PKCS#12 store, and no passphrase was given"),
        ((b"\x30\x80" + bytes(90),), "passphrase_missing", "File 1 is a PKCS#12 store"),
        ((store(key=ed25519.Ed25519PrivateKey.generate(), passphrase=None),), "unsupported_key", "holds a Ed25519 key"),
        ((new_pair(passphrase=SECRET).key,), "passphrase_missing", "file 1 is encrypted, but no passphrase was given"),
    ],
)
def test_what_is_not_one_pair_is_named(given, cause, said):
    with pytest.raises(KeyMaterialError) as caught:
        read(*given)
    assert caught.value.cause == cause
    assert said in str(caught.value)


def test_a_wrong_passphrase_is_not_quoted():
    with pytest.raises(KeyMaterialError) as caught:
        read(store(), passphrase="not this one")
    assert caught.value.cause == "wrong_passphrase"
    assert "not this one" not in str(caught.value)


def test_of_several_certificates_for_the_key_the_named_or_the_last_one_counts():
    bundle = (OLD.certificate, OLD.key, RENEWED.certificate, OTHER.certificate)
    assert read(*bundle) == RENEWED
    assert read(*bundle, certificate_id=OLD.id) == OLD


def test_a_key_that_comes_twice_is_one():
    assert read(OLD.key, OLD.certificate, OLD.key) == OLD


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_text_of_windows_is_read(encoding):
    assert read((OLD.certificate + OLD.key).encode(encoding)) == OLD
