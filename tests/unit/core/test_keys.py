# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import warnings

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import assertions, certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import (
    KeyMaterialError,
    M2MError,
    OptionError,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.keys import KeyFacts

PASSPHRASE = "correct horse \u00fc"
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def as_read(data: bytes) -> str:
    """Bytes as the collection reads files."""
    return data.decode("utf-8", errors="replace")


# --- what is read, what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RSA-3072", "secp256r1", "secp384r1", "secp521r1", "secp256k1", "RSA-2048"])
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
@pytest.mark.parametrize("passphrase", [None, PASSPHRASE], ids=["plain", "passphrase"])
def test_every_form_of_a_key_is_read(lab, kind, form, passphrase):
    key = lab.key(kind)
    loaded = keys.load(lab.key_pem(key, passphrase, form), passphrase, where="x", prove_primes=False)
    assert keys.same_key(loaded.public_key(), key.public_key())


def test_a_passphrase_for_a_plain_key_is_ignored(lab, ec_key):
    assert keys.load(lab.key_pem(ec_key), "not needed", where="x").private_numbers() == ec_key.private_numbers()


def foreign_files(lab) -> dict[str, tuple[str, str, str]]:
    key = lab.key("secp256r1")
    certificate = lab.certificate(key)
    plain, der = serialization.NoEncryption(), serialization.Encoding.DER
    pem_form = serialization.Encoding.PEM
    request = x509.CertificateSigningRequestBuilder().subject_name(certificate.subject).sign(key, hashes.SHA256())
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    whole = lab.key_pem(key)
    return {
        "DER": (as_read(key.private_bytes(der, serialization.PrivateFormat.PKCS8, plain)), "unreadable_pem", "binary"),
        "DER of an RSA key": (
            as_read(lab.key("RSA-2048").private_bytes(der, serialization.PrivateFormat.PKCS8, plain)),
            "unreadable_pem",
            "binary",
        ),
        "PKCS#12": (
            as_read(pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, plain)),
            "unreadable_pem",
            "binary",
        ),
        "UTF-16": (as_read(whole.encode("utf-16")), "unreadable_pem", "another encoding"),
        "OpenSSH": (
            key.private_bytes(pem_form, serialization.PrivateFormat.OpenSSH, plain).decode(),
            "wrong_pem",
            "OpenSSH",
        ),
        "public key": (key.public_key().public_bytes(pem_form, spki).decode(), "wrong_pem", "holds a public key"),
        "signing request": (request.public_bytes(pem_form).decode(), "wrong_pem", "holds a certificate request"),
        "certificate": (lab.certificate_pem(certificate), "wrong_pem", "holds a certificate"),
        "vault": ("$ANSIBLE_VAULT;1.1;AES256\n3132\n", "unreadable_pem", "Ansible Vault"),
        "empty": ("", "unreadable_pem", "is empty"),
        "truncated": (whole[: len(whole) // 2], "unreadable_pem", "cut off"),
        "truncated body": (whole.replace(whole.splitlines()[2], ""), "unreadable_pem", "damaged"),
        "Ed25519": (lab.key_pem(lab.key("Ed25519")), "unsupported_key", "Ed25519"),
        "DSA": (lab.key_pem(lab.key("DSA-1024")), "unsupported_key", "DSA"),
        "unknown kind": (lab.openssl("genpkey", "-algorithm", "X448"), "unsupported_key", "X448"),
    }


def test_foreign_files_are_refused_by_name(lab, canaries):
    for name, (text, cause, words) in foreign_files(lab).items():
        with pytest.raises(KeyMaterialError) as caught:
            keys.load(text, None, where="private_key_path k.pem")
        shown = f"{caught.value} {caught.value!r}"
        assert caught.value.cause == cause, name
        assert "private_key_path k.pem" in shown, name
        assert words in shown, name
        assert not any(secret in shown for secret in canaries(lab.key("secp256r1"))), name


@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
@pytest.mark.parametrize(
    ("passphrase", "cause"),
    [
        (None, "passphrase_missing"),
        ("", "passphrase_missing"),
        ("Wr0ngCanary", "wrong_passphrase"),
        (PASSPHRASE + " ", "wrong_passphrase"),
        ("x" * 5000, "wrong_passphrase"),
        ("\ud800", "wrong_passphrase"),
    ],
    ids=["none", "empty", "wrong", "nearly", "endless", "surrogate"],
)
def test_passphrases(lab, ec_key, canaries, form, passphrase, cause):
    text = lab.key_pem(ec_key, PASSPHRASE, form)
    with pytest.raises(KeyMaterialError) as caught:
        keys.load(text, passphrase, where="private_key_content")
    assert caught.value.cause == cause
    shown = f"{caught.value} {caught.value!r}"
    assert "private_key_content" in shown
    assert "private_key_passphrase" in caught.value.fix
    assert not any(secret in shown for secret in [*canaries(ec_key), PASSPHRASE, "Wr0ngCanary"])


# --- negative vectors ----------------------------------------------------------------------------------------------


@st.composite
def changes(draw, length=4000):
    """A few characters of a PEM body replaced, at places given as shares of its length."""
    count = draw(st.integers(1, 3))
    positions = draw(st.lists(st.integers(0, length), min_size=count, max_size=count))
    return [(place / length, draw(st.sampled_from(BASE64))) for place in positions]


def apply(text: str, positions: list[tuple[float, str]]) -> str:
    lines = text.splitlines()
    body = list("".join(lines[1:-1]))
    for share, character in positions:
        body[min(int(share * len(body)), len(body) - 1)] = character
    packed = "".join(body)
    rows = [packed[start : start + 64] for start in range(0, len(packed), 64)]
    return "\n".join([lines[0], *rows, lines[-1], ""])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["RSA-3072", "secp256r1", "secp521r1"])
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
@settings(max_examples=60)
@given(positions=changes())
def test_a_damaged_key_is_refused_or_never_signs_wrongly(lab, kind, form, positions):
    """Primes are not proven where a certificate is at hand: the signature it verifies is the proof."""
    key = lab.key(kind)
    certificate = lab.certificate(key)
    request = assertions.Request("a" * 64, "id", "https://x.example", ["restlets"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loaded = keys.load(apply(lab.key_pem(key, None, form), positions), None, where="x", prove_primes=False)
            assertions.sign(request, loaded, lab.now, certificate=certificate)
    except M2MError as error:
        if error.cause not in {"unreadable_pem", "unsupported_key", "key_mismatch", "damaged_key"}:
            raise


@pytest.mark.slow
@settings(max_examples=15)
@given(positions=changes())
def test_a_damaged_rsa_key_without_certificate_is_refused_or_sound(lab, positions):
    key = lab.key("RSA-2048")
    try:
        loaded = keys.load(apply(lab.key_pem(key), positions), None, where="x")
    except M2MError:
        return
    message = b"proof"
    padding = certificates.padding.PKCS1v15()
    loaded.public_key().verify(loaded.sign(message, padding, hashes.SHA256()), message, padding, hashes.SHA256())


@given(place=st.floats(0.5, 1), character=st.sampled_from(BASE64))
def test_a_damaged_encrypted_key_is_refused(lab, ec_key, place, character):
    text = lab.key_pem(ec_key, "x")
    damaged = apply(text, [(place, character)])
    try:
        loaded = keys.load(damaged, "x", where="w")
    except M2MError as error:
        if error.cause not in {"wrong_passphrase", "unreadable_pem", "unsupported_key"}:
            raise
        return
    assert damaged == text or keys.same_key(loaded.public_key(), ec_key.public_key())


@given(positions=changes())
def test_a_damaged_certificate_is_refused_or_described(lab, positions):
    subject = {"COUNTRY_NAME": "DE", "ORGANIZATION_NAME": "M\u00fcller", "EMAIL_ADDRESS": "a@b.example"}
    certificate = lab.certificate(lab.key("secp256r1"), subject=subject)
    text = apply(lab.certificate_pem(certificate), positions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            read = certificates.parse(text, where="x")
        except M2MError:
            return
        facts = certificates.describe(read, lab.now)
        certificates.matches(read, lab.key("secp256r1"))
        certificates.subject_differences(read, certificates.Subject(common_name="x"))
        certificates.is_restricted_pss(read)
    assert set(facts) >= {"certificate_id", "subject", "not_after"}


def test_a_subject_with_a_text_of_no_known_type_is_described(lab):
    data = lab.certificate(lab.key("secp256r1"), subject={"COMMON_NAME": "odd"}).public_bytes(
        serialization.Encoding.DER
    )
    read = x509.load_der_x509_certificate(data.replace(b"\x0c\x03odd", b"\x96\x03odd"))
    assert certificates.describe(read, lab.now)["subject"] == "not readable"
    assert certificates.subject_differences(read, certificates.Subject(common_name="x"))


# --- making and writing --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("curve", keys.CURVES)
def test_ec_keys_are_made_on_the_curve_asked_for(curve):
    made = keys.generate("EC", 0, curve)
    assert keys.facts(made) == keys.wanted_facts("EC", None, curve) == keys.facts(made.public_key())


def test_rsa_keys_are_made_in_the_size_asked_for():
    made = keys.generate("RSA", 3072, None)
    assert keys.facts(made) == KeyFacts("RSA", 3072)
    assert made.public_key().public_numbers().e == 65537


def test_ec_without_a_curve_is_p256():
    assert keys.facts(keys.generate("EC", 0, None)).curve == "secp256r1"


@given(st.text(min_size=1, max_size=100).filter(lambda text: text.isprintable()))
@settings(max_examples=25)
def test_a_written_key_is_read_again(lab, passphrase):
    key = lab.key("secp256r1")
    written = keys.to_pem(key, passphrase)
    assert written.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert keys.load(written, passphrase, where="x").private_numbers() == key.private_numbers()
    with pytest.raises(KeyMaterialError):
        keys.load(written, passphrase + "x", where="x")


def test_a_written_key_is_pkcs8_and_openssl_reads_it(lab, ec_key):
    assert keys.to_pem(ec_key).startswith("-----BEGIN PRIVATE KEY-----\n")
    assert "-----BEGIN PUBLIC KEY-----" in lab.openssl("pkey", "-pubout", data=keys.to_pem(ec_key))
    encrypted = keys.to_pem(ec_key, "s3cret")
    assert "-----BEGIN PUBLIC KEY-----" in lab.openssl("pkey", "-pubout", "-passin", "pass:s3cret", data=encrypted)


@pytest.mark.parametrize("passphrase", ["x" * 5000, "\ud800"], ids=["endless", "surrogate"])
def test_an_unusable_passphrase_is_refused_before_anything_is_written(ec_key, passphrase):
    with pytest.raises(OptionError) as caught:
        keys.to_pem(ec_key, passphrase)
    assert caught.value.cause == "bad_passphrase"
    assert "private_key_passphrase" in str(caught.value)


# --- kinds ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (KeyFacts("RSA", 3072), None),
        (KeyFacts("RSA", 4096), None),
        (KeyFacts("EC", 256, "secp256r1"), None),
        (KeyFacts("EC", 384, "secp384r1"), None),
        (KeyFacts("EC", 521, "secp521r1"), None),
        (KeyFacts("RSA", 2048), "2048 bits"),
        (KeyFacts("RSA", 1024), "1024 bits"),
        (KeyFacts("RSA", 3071), "3071 bits"),
        (KeyFacts("RSA", 8192), "8192 bits"),
        (KeyFacts("EC", 256, "secp256k1"), "secp256k1"),
        (KeyFacts("EC", 224, "secp224r1"), "secp224r1"),
        (KeyFacts("EC", 256, "brainpoolP256r1"), "brainpoolP256r1"),
    ],
    ids=str,
)
def test_what_netsuite_takes(facts, words):
    reason = keys.rejection_reason(facts)
    assert reason is None if words is None else words in reason


@pytest.mark.parametrize(
    ("wanted", "facts"),
    [
        ((None, None, None), KeyFacts("RSA", 4096)),
        (("RSA", None, None), KeyFacts("RSA", 4096)),
        (("RSA", 3072, None), KeyFacts("RSA", 3072)),
        ((None, 3072, None), KeyFacts("RSA", 3072)),
        (("EC", None, None), KeyFacts("EC", 256, "secp256r1")),
        (("EC", None, "secp521r1"), KeyFacts("EC", 521, "secp521r1")),
        ((None, None, "secp384r1"), KeyFacts("EC", 384, "secp384r1")),
    ],
    ids=str,
)
def test_wanted_kinds(wanted, facts):
    assert keys.wanted_facts(*wanted) == facts


@pytest.mark.parametrize(
    "wanted", [("EC", 3072, None), ("RSA", None, "secp256r1"), ("RSA", 3072, "secp256r1"), (None, 3072, "secp256r1")]
)
def test_contradictions_are_refused(wanted):
    with pytest.raises(OptionError) as caught:
        keys.wanted_facts(*wanted)
    assert caught.value.cause == "bad_key_options"


def test_same_key_compares_public_keys(lab, ec_key, rsa_key):
    assert keys.same_key(ec_key.public_key(), lab.key("secp256r1").public_key())
    assert not keys.same_key(ec_key.public_key(), lab.key("secp256r1", 1).public_key())
    assert not keys.same_key(ec_key.public_key(), rsa_key.public_key())
    assert isinstance(ec_key, ec.EllipticCurvePrivateKey)
