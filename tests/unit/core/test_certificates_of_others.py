# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that other programs have made, and files that hold something else."""

from __future__ import annotations

import base64
import hashlib
import itertools
import shutil
import warnings
from datetime import timedelta

import cryptography
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.certificates import Subject
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl command")


def test_certificates_of_other_kinds_are_described(lab, now):
    for kind, name in (("Ed25519", "Ed25519"), ("DSA-1024", "DSA")):
        read = certificates.parse(lab.certificate_pem(lab.certificate(lab.key(kind))), where="x")
        facts = certificates.describe(read, now)
        assert (facts["key_type"], facts["key_size"], facts["curve"]) == (name, 0, None)
        assert not certificates.matches(read, lab.key("secp256r1"))


@needs_openssl
def test_an_openssl_certificate_of_an_unknown_kind_is_refused(lab, tmp_path):
    path = tmp_path / "key.pem"
    path.write_text(lab.openssl("genpkey", "-algorithm", "SM2"))
    text = lab.openssl("req", "-new", "-x509", "-key", str(path), "-subj", "/CN=x", "-sm3")
    with pytest.raises(KeyMaterialError) as caught:
        certificates.parse(text, where="certificate_path c.pem")
    assert "certificate_path c.pem" in str(caught.value)


@needs_openssl
def test_an_openssl_trusted_certificate_is_read(lab, ec_key, now):
    made = lab.certificate(ec_key)
    trusted = lab.openssl("x509", "-trustout", "-addtrust", "clientAuth", data=certificates.to_pem(made))
    assert "TRUSTED CERTIFICATE" in trusted
    assert certificates.parse(trusted, where="x") == made
    # Its label taken away, there is still more than a certificate behind it.
    assert certificates.parse(trusted.replace("TRUSTED ", ""), where="x") == made


@needs_openssl
@pytest.mark.parametrize("label", ["PKCS7", "CERTIFICATE", "CMS"])
def test_certificates_in_pkcs7_are_read(lab, ec_key, now, tmp_path, label):
    made = lab.certificate(ec_key)
    path = tmp_path / "c.pem"
    path.write_text(certificates.to_pem(made))
    text = lab.openssl("crl2pkcs7", "-nocrl", "-certfile", str(path))
    assert "BEGIN PKCS7" in text
    assert certificates.parse(text.replace("PKCS7", label), where="x") == made


def test_pkcs7_without_a_certificate_is_refused(lab):
    text = lab.openssl("crl2pkcs7", "-nocrl")
    for read in (certificates.parse, lambda text, where: keys.load(text, None, where=where)):
        with pytest.raises(KeyMaterialError) as caught:
            read(text, where="the option")
        assert "the option" in caught.value.problem


@pytest.mark.parametrize("place", range(3))
def test_the_certificate_of_the_key_is_found_in_a_bundle(lab, place):
    """An old pair's, a stranger's and the own one: whatever their order, the key decides."""
    keys_ = [lab.key("secp256r1", number) for number in range(3)]
    made = [lab.certificate(key) for key in keys_]
    bundle = "".join(map(lab.certificate_pem, made))
    found = certificates.parse_all(bundle, where="x")
    assert found == made
    assert certificates.choose(found, keys_[place]) == made[place]
    assert certificates.choose(found, lab.key("RSA-2048")) == made[0], "none of them"


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))], ids=str)
def test_of_a_chain_without_a_key_the_last_link_is_taken(lab, now, order):
    def link(name, issuer, number, signer):
        def named(text):
            return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

        builder = x509.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer)).serial_number(number)
        builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=9))
        public = lab.key("secp256r1", number).public_key()
        return builder.public_key(public).sign(lab.key("secp256r1", signer), hashes.SHA256())

    chain = [link("root", "root", 1, 1), link("middle", "root", 2, 1), link("leaf", "middle", 3, 2)]
    text = "".join(lab.certificate_pem(chain[index]) for index in order)
    assert certificates.parse(text, where="x") == chain[2]


def test_a_readable_certificate_beside_a_damaged_one(lab, ec_key):
    made = lab.certificate(ec_key)
    damaged = lab.certificate_pem(lab.certificate(lab.key("secp256r1", 1))).replace("M", "", 3)
    for text in (damaged + lab.certificate_pem(made), lab.certificate_pem(made) + damaged):
        assert certificates.parse(text, where="x") == made


# A common name's tag and bytes of the length of "12345678": broken UTF-8, signs PrintableString lacks, odd lengths.
ODD_TEXTS = {
    "UTF8String": (0x0C, b"M\xfcller &"),
    "TeletexString": (0x14, b"M\xfcller &"),
    "IA5String": (0x16, b"M\xfcller &"),
    "NumericString": (0x12, b"1234-abc"),
}
UNREADABLE_TEXTS = {
    "PrintableString": (0x13, b"M*ller @"),
    "BMPString": (0x1E, b"\xd8\x00\xd8\x00\xd8\x00\xd8\x00"),
    "UniversalString": (0x1C, b"\xff" * 8),
}


def with_common_name(lab, key, tag, content):
    """The DER of a certificate whose common name is not what it claims, and its text."""
    made = lab.certificate(key, subject={"COMMON_NAME": "12345678"})
    der = made.public_bytes(serialization.Encoding.DER).replace(b"\x0c\x0812345678", bytes([tag, 8]) + content)
    return der, f"-----BEGIN CERTIFICATE-----{base64.b64encode(der).decode()}-----END CERTIFICATE-----"


def id_of(der):
    return base64.urlsafe_b64encode(hashlib.sha256(der).digest()).decode().rstrip("=")


@pytest.mark.parametrize("kind", ODD_TEXTS)
def test_a_certificate_whose_subject_has_an_odd_text_is_usable(lab, ec_key, now, kind):
    der, text = with_common_name(lab, ec_key, *ODD_TEXTS[kind])
    read = certificates.parse(text, where="x")
    assert certificates.matches(read, ec_key)
    facts = certificates.describe(read, now)
    assert facts["certificate_id"] == id_of(der)
    assert facts["subject"]
    assert len(certificates.subject_differences(read, Subject(common_name="other"))) == 1
    assert certificates.choose([read, read], lab.key("RSA-2048")) == read


@pytest.mark.parametrize("kind", UNREADABLE_TEXTS)
def test_a_certificate_whose_subject_the_library_refuses_is_named(lab, ec_key, kind):
    der, text = with_common_name(lab, ec_key, *UNREADABLE_TEXTS[kind])
    if cryptography.__version__.startswith("43."):  # the oldest of requirements.txt reads them
        read = certificates.parse(text, where="x")
        assert certificates.certificate_id(read) == id_of(der)
        return
    with pytest.raises(KeyMaterialError) as caught:
        certificates.parse(text, where="x")
    assert caught.value.cause == "odd_subject"
    assert "subject or issuer has characters" in caught.value.problem


def test_a_country_of_three_letters_brings_no_warning(lab, ec_key, now):
    made = lab.certificate(ec_key, subject={"COUNTRY_NAME": "DE", "COMMON_NAME": "x"})
    der = made.public_bytes(serialization.Encoding.DER).replace(b"\x55\x04\x06\x13\x02DE", b"\x55\x04\x41\x13\x02DE")
    text = f"-----BEGIN CERTIFICATE-----{base64.b64encode(der).decode()}-----END CERTIFICATE-----"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "x" in certificates.describe(certificates.parse(text, where="x"), now)["subject"]


@needs_openssl
def test_a_key_marked_for_pss_alone_is_noticed(lab, rsa_key, now, tmp_path):
    path = tmp_path / "key.pem"
    options = ("-pkeyopt", "rsa_keygen_bits:2048")
    path.write_text(lab.openssl("genpkey", "-algorithm", "RSA-PSS", *options))
    marked = certificates.parse(lab.openssl("req", "-new", "-x509", "-key", str(path), "-subj", "/CN=x"), where="x")
    assert certificates.is_restricted_pss(marked)
    assert not certificates.is_restricted_pss(lab.certificate(rsa_key))


def foreign(lab):
    key = lab.key("secp256r1")
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    whole = lab.certificate_pem(lab.certificate(key))
    return {
        "private key": (lab.key_pem(key), "wrong_pem", "private key"),
        "public key": (public.decode(), "wrong_pem", "public key"),
        "signing request": (request.public_bytes(serialization.Encoding.PEM).decode(), "wrong_pem", "request"),
        "truncated": (whole[:200], "unreadable_pem", "cut off"),
        "damaged": (whole.replace("M", "!", 1), "unreadable_pem", "damaged"),
        "empty body": ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "unreadable_pem", "damaged"),
        "not ASCII": (whole.replace("M", "\u00fc", 1), "unreadable_pem", "damaged"),
    }


def test_foreign_files_are_refused_by_name(lab, canaries):
    for name, (text, cause, words) in foreign(lab).items():
        with pytest.raises(KeyMaterialError) as caught:
            certificates.parse(text, where="certificate_content")
        shown = f"{caught.value} {caught.value!r}"
        assert (caught.value.cause, words in shown, "certificate_content" in shown) == (cause, True, True), name
        assert not any(secret in shown for secret in canaries(lab.key("secp256r1"))), name
