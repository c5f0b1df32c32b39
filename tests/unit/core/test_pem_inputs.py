# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of PEM inputs: each is read as what it was before, under whatever label it arrives."""

from __future__ import annotations

import cryptography
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError
from ansible_collections.m2m.netsuite.tests.support import pem_inputs

PASSPHRASE = "correct horse"
FORMS = {
    "PKCS#8": ("secp256r1", "PKCS8", None),
    "SEC1": ("secp256r1", "TraditionalOpenSSL", None),
    "PKCS#1": ("RSA-2048", "TraditionalOpenSSL", None),
    "PKCS#8 RSA": ("RSA-2048", "PKCS8", None),
    "encrypted PKCS#8": ("secp256r1", "PKCS8", PASSPHRASE),
}


def same(text, key, passphrase=None):
    loaded = keys.load(text, passphrase, where="x", prove_primes=False)
    return loaded.private_numbers() == key.private_numbers()


@pytest.fixture(params=FORMS)
def written(request, lab):
    """A key, its PEM text, and its passphrase."""
    kind, form, passphrase = FORMS[request.param]
    return lab.key(kind), lab.key_pem(lab.key(kind), passphrase, form), passphrase


@pytest.mark.parametrize("name", [*pem_inputs.DAMAGES, *pem_inputs.BODIES])
def test_a_key_is_read(written, name):
    key, text, passphrase = written
    assert same({**pem_inputs.DAMAGES, **pem_inputs.BODIES}[name](text), key, passphrase)


def test_a_plus_that_a_form_lost_may_be_the_last_character(lab):
    key = ec.derive_private_key(200, ec.SECP256R1())  # its one + is there
    text = lab.key_pem(key, None, "PKCS8")
    assert text.count("+") == text.count("+\n-----END") == 1
    assert same(text.replace("+", " "), key)


@pytest.mark.parametrize("name", [*pem_inputs.DAMAGES, *pem_inputs.BODIES])
@pytest.mark.parametrize("kind", ["secp256r1", "RSA-2048"])
def test_a_certificate_is_read(lab, kind, name):
    made = lab.certificate(lab.key(kind))
    text = {**pem_inputs.DAMAGES, **pem_inputs.BODIES}[name](lab.certificate_pem(made))
    assert certificates.parse(text, where="x") == made


@pytest.mark.parametrize("name", sorted(set(pem_inputs.DAMAGES) - pem_inputs.NOT_WITH_HEADERS))
def test_a_traditional_encrypted_key_is_read(lab, name):
    key = lab.key("RSA-2048")
    text = lab.key_pem(key, PASSPHRASE, "TraditionalOpenSSL")
    assert "DEK-Info" in text
    assert same(pem_inputs.DAMAGES[name](text), key, PASSPHRASE)


@pytest.mark.parametrize("label", [*pem_inputs.KEY_LABELS, "CERTIFICATE", "OPENSSH PRIVATE KEY"])
def test_what_a_key_is_counts_and_not_its_label(written, label):
    key, text, passphrase = written
    assert same(pem_inputs.relabelled(text, label), key, passphrase)
    mixed = text.replace("-----BEGIN ", "-----BEGIN X", 1)  # sed on one of the two lines
    assert same(mixed, key, passphrase)


@pytest.mark.parametrize("label", pem_inputs.KEY_LABELS)
@pytest.mark.parametrize("kind", ["secp256r1", "RSA-2048"])
def test_a_traditional_encrypted_key_under_another_label(lab, kind, label):
    key = lab.key(kind)
    text = lab.key_pem(key, PASSPHRASE, "TraditionalOpenSSL")
    assert same(pem_inputs.relabelled(text, label), key, PASSPHRASE)


@pytest.mark.parametrize("label", pem_inputs.CERTIFICATE_LABELS)
def test_what_a_certificate_is_counts_and_not_its_label(lab, ec_key, label):
    made = lab.certificate(ec_key)
    assert certificates.parse(pem_inputs.relabelled(lab.certificate_pem(made), label), where="x") == made


def test_an_exchange_is_noticed_by_the_content(lab, ec_key):
    key = pem_inputs.relabelled(lab.key_pem(ec_key), "CERTIFICATE")
    certificate = pem_inputs.relabelled(lab.certificate_pem(lab.certificate(ec_key)), "PRIVATE KEY")
    with pytest.raises(KeyMaterialError, match="holds a private key where a certificate is needed"):
        certificates.parse(key, where="x")
    with pytest.raises(KeyMaterialError, match="holds a certificate where a private key is needed"):
        keys.load(certificate, None, where="x")


@pytest.mark.parametrize("label", ["PRIVATE KEY", "RSA PRIVATE KEY"])
def test_an_encrypted_key_under_another_label_asks_for_its_passphrase(lab, ec_key, label):
    text = pem_inputs.relabelled(lab.key_pem(ec_key, PASSPHRASE), label)
    assert keys.is_encrypted(text)
    for passphrase, cause in ((None, "passphrase_missing"), ("wrong", "wrong_passphrase")):
        with pytest.raises(KeyMaterialError) as caught:
            keys.load(text, passphrase, where="x")
        assert caught.value.cause == cause


# --- ciphers and curves --------------------------------------------------------------------------------------------

# The oldest cryptography of requirements.txt reads with OpenSSL what newer ones read themselves, or not at all.
OLDEST = cryptography.__version__.startswith("43.")
UNKNOWN_CIPHERS = {
    "camellia-256-cbc": ("-v2", "camellia-256-cbc"),
    "aria-256-cbc": ("-v2", "aria-256-cbc"),
    "2.16.840.1.101.3.4.1.44": ("-v2", "aes-256-cfb"),
    "hmacWithMD5": ("-v2", "aes-256-cbc", "-v2prf", "hmacWithMD5"),
}


def refusal(text, key, where):
    """Why an encrypted key is not read; None where this version of the library reads it, as older ones do."""
    try:
        assert keys.load(text, "x", where=where).private_numbers() == key.private_numbers()
    except KeyMaterialError as error:
        return error
    return None


@pytest.mark.parametrize("name", UNKNOWN_CIPHERS)
def test_a_cipher_that_the_library_lacks_is_named(lab, ec_key, name):
    text = lab.openssl("pkcs8", "-topk8", *UNKNOWN_CIPHERS[name], "-passout", "pass:x", data=lab.key_pem(ec_key))
    error = refusal(text, ec_key, "private_key_path k.pem")
    if error is None and OLDEST:
        return
    assert error.cause == "unsupported_cipher"
    assert f"private_key_path k.pem is encrypted with {name}, which" in error.problem
    assert "aes-256-cbc" in error.fix


@pytest.mark.parametrize("cipher", ["camellia256", "aria256"])
def test_a_traditional_cipher_that_the_library_lacks_is_named(lab, cipher):
    text = lab.key_pem(lab.key("RSA-2048"))
    text = lab.openssl("rsa", "-traditional", f"-{cipher}", "-passout", "pass:x", data=text)
    error = refusal(text, lab.key("RSA-2048"), "k.pem")
    if error is None and OLDEST:
        return
    assert error.cause == "unsupported_cipher"
    assert f"{cipher[:-3].upper()}-256-CBC" in error.problem


KNOWN_CIPHERS = (
    *(("-v2", cipher) for cipher in ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc")),
    ("-v1", "PBE-SHA1-3DES"),
    ("-scrypt",),
    ("-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512"),
)


@pytest.mark.parametrize("how", KNOWN_CIPHERS, ids=" ".join)
def test_with_a_known_cipher_a_wrong_passphrase_is_named(lab, ec_key, how):
    text = lab.openssl("pkcs8", "-topk8", *how, "-passout", "pass:x", data=lab.key_pem(ec_key))
    assert same(text, ec_key, "x")
    with pytest.raises(KeyMaterialError) as caught:
        keys.load(text, "y", where="k.pem")
    assert caught.value.cause == "wrong_passphrase"


@pytest.mark.parametrize("form", ["SEC1", "PKCS#8"])
def test_a_curve_that_is_spelt_out_gets_a_word(lab, form):
    """The library reads those of NetSuite's curves, or older ones none; of others the cause is named."""
    text = lab.openssl("ecparam", "-name", "secp256k1", "-genkey", "-noout", "-param_enc", "explicit")
    if form == "PKCS#8":
        text = lab.openssl("pkcs8", "-topk8", "-nocrypt", data=text)
    with pytest.raises(KeyMaterialError) as caught:
        keys.load(text, None, where="k.pem")
    assert caught.value.cause == "unsupported_key"
    assert "explicit parameters" in caught.value.problem
    assert "named_curve" in caught.value.fix


# --- what is named -------------------------------------------------------------------------------------------------


def test_other_formats_are_named(lab, ec_key, tmp_path):
    path = tmp_path / "pair.pem"
    path.write_text(lab.key_pem(ec_key) + lab.certificate_pem(lab.certificate(ec_key)))
    lab.openssl("pkcs12", "-export", "-in", str(path), "-passout", "pass:x", "-out", str(tmp_path / "pair.p12"))
    store = lab.openssl("base64", "-in", str(tmp_path / "pair.p12"))
    certificate_store = lab.openssl("crl2pkcs7", "-nocrl", "-certfile", str(path))
    putty = "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"
    for text, words in (
        (store, "PKCS#12"),
        (certificate_store, "PKCS#7"),
        (putty, "PuTTY"),
        ("-----END PRIVATE KEY-----", "cut off"),
    ):
        with pytest.raises(KeyMaterialError) as caught:
            keys.load(text, None, where="the option")
        assert words in caught.value.problem
        assert caught.value.problem.startswith("the option ")
