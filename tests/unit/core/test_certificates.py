# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates that the collection makes: what is in them, their ids and subjects."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import shutil
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.certificates import Subject
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError

FULL = Subject("netsuite prod", "M\u00fcller & S\u00f6hne", "IT", "K\u00f6ln", "NRW", "DE", "it@example.org")
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl command")


@pytest.fixture(params=["RSA-3072", "secp256r1", "secp384r1", "secp521r1"])
def any_key(request, lab):
    return lab.key(request.param)


def issue(key, now, subject=FULL, **options):
    return certificates.issue(key, subject, now=now, valid_days=options.pop("valid_days", 365), **options)


# --- issuing -------------------------------------------------------------------------------------------------------


def test_an_issued_certificate_has_what_netsuite_asks_for(any_key, now):
    made = issue(any_key, now + timedelta(microseconds=999_999), valid_days=730)
    assert made.version is x509.Version.v3
    assert made.issuer == made.subject
    assert made.not_valid_before_utc == now - timedelta(days=1)
    assert made.not_valid_after_utc == now + timedelta(days=729)
    constraints = made.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert constraints.value.ca
    assert keys.same_key(made.public_key(), any_key.public_key())
    assert 0 < made.serial_number.bit_length() <= 159
    made.verify_directly_issued_by(made)


@pytest.mark.parametrize("signature_padding", ["pss", "pkcs1v15"])
def test_an_rsa_certificate_is_signed_in_the_form_asked_for(rsa_key, now, signature_padding):
    made = issue(rsa_key, now, signature_padding=signature_padding)
    digest = hashes.SHA256()
    form = padding.PSS(padding.MGF1(digest), 64) if signature_padding == "pss" else padding.PKCS1v15()
    assert isinstance(made.signature_hash_algorithm, hashes.SHA256)
    # A fixed salt length: PSS with any other one does not verify.
    made.public_key().verify(made.signature, made.tbs_certificate_bytes, form, digest)


@pytest.mark.parametrize(
    ("curve", "digest"), [("secp256r1", hashes.SHA256), ("secp384r1", hashes.SHA384), ("secp521r1", hashes.SHA512)]
)
def test_an_ec_certificate_is_signed_with_the_curve_s_hash(lab, now, curve, digest):
    made = issue(lab.key(curve), now)
    assert isinstance(made.signature_hash_algorithm, digest)
    made.public_key().verify(made.signature, made.tbs_certificate_bytes, ec.ECDSA(digest()))


@needs_openssl
def test_openssl_agrees(lab, any_key, now):
    made = issue(any_key, now)
    text = lab.openssl("x509", "-noout", "-text", "-nameopt", "RFC2253,-esc_msb,utf8", data=certificates.to_pem(made))
    assert "Version: 3 (0x2)" in text
    assert "Not Before: Nov 22 20:00:00 2026 GMT" in text
    assert "Not After : Nov 23 20:00:00 2027 GMT" in text
    assert "CA:TRUE" in text
    subject = re.search(r"Subject: (.*)", text)[1]
    organization, city = "M\u00fcller & S\u00f6hne", "K\u00f6ln"
    assert subject == f"emailAddress=it@example.org,CN=netsuite prod,OU=IT,O={organization},L={city},ST=NRW,C=DE"
    if isinstance(any_key, ec.EllipticCurvePrivateKey):
        assert "ecdsa-with-SHA" in text
    else:
        assert "rsassaPss" in text
        assert "Salt Length: 0x40" in text
        assert "Public Key Algorithm: rsaEncryption" in text


@needs_openssl
def test_openssl_verifies_the_self_signature(lab, any_key, now, tmp_path):
    path = tmp_path / "auth-cert.pem"
    path.write_text(certificates.to_pem(issue(any_key, now)))
    moment = str(int(now.timestamp()) + 60)
    assert "OK" in lab.openssl("verify", "-check_ss_sig", "-attime", moment, "-CAfile", str(path), str(path))


@pytest.mark.parametrize("days", [1, 30, 365, 728, 729, 730])
def test_good_validities(ec_key, now, days):
    made = issue(ec_key, now, valid_days=days)
    left = min(days, 729)  # a day of NetSuite's 730 is in the past
    assert (made.not_valid_before_utc, made.not_valid_after_utc) == (
        now - timedelta(days=1),
        now + timedelta(days=left),
    )
    assert certificates.describe(made, now)["days_left"] == left


@pytest.mark.parametrize("days", [-1, 0, 731, 10_000, 10**12])
def test_bad_validities(ec_key, now, days):
    with pytest.raises(OptionError) as caught:
        issue(ec_key, now, valid_days=days)
    assert caught.value.cause == "bad_validity"
    assert "730" in str(caught.value)


# --- ids -----------------------------------------------------------------------------------------------------------


@needs_openssl
def test_the_id_is_the_sha256_of_what_openssl_calls_the_certificate(lab, any_key, now):
    made = issue(any_key, now)
    der = base64.b64decode("".join(certificates.to_pem(made).splitlines()[1:-1]))
    fingerprint = lab.openssl("x509", "-noout", "-fingerprint", "-sha256", data=certificates.to_pem(made))
    from_openssl = bytes.fromhex(fingerprint.strip().partition("=")[2].replace(":", ""))
    expected = base64.urlsafe_b64encode(from_openssl).decode().rstrip("=")
    assert hashlib.sha256(der).digest() == from_openssl
    assert certificates.certificate_id(made) == expected
    # The form of every id seen so far, Oracle's published NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA among them.
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", expected)


def test_the_id_of_a_published_certificate():
    """RFC 8705, appendix A, prints a certificate and its ``x5t#S256``, which is what NetSuite calls certificate id."""
    published = """-----BEGIN CERTIFICATE-----
MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx
ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ
/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID
SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV
bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=
-----END CERTIFICATE-----
"""
    made = certificates.parse(published, where="RFC 8705")
    assert certificates.certificate_id(made) == "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"


def test_an_id_never_begins_with_a_hyphen(rsa_key, now):
    """PKCS#1 v1.5 signatures are the same each time, so that the serial number alone decides about the id."""

    def issued(*serials):
        return issue(rsa_key, now, Subject("x"), signature_padding="pkcs1v15", serial=iter(serials).__next__)

    bad = next(number for number in itertools.count(1) if plain_id(rsa_key, now, number).startswith("-"))
    good = next(number for number in itertools.count(bad + 1) if not plain_id(rsa_key, now, number).startswith("-"))
    assert certificates.certificate_id(issued(good)) == plain_id(rsa_key, now, good)
    made = issued(bad, bad, good)
    assert made.serial_number == good
    assert not certificates.certificate_id(made).startswith("-")


def plain_id(key, now, serial):
    template = issue_template(key, now)
    digest = hashes.SHA256()
    der = template.serial_number(serial).sign(key, digest, rsa_padding=padding.PKCS1v15())
    raw = hashlib.sha256(der.public_bytes(serialization.Encoding.DER)).digest()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def issue_template(key, now):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def test_many_ids_and_no_hyphen_in_front(ec_key, now):
    ids = [certificates.certificate_id(issue(ec_key, now)) for _time in range(300)]
    assert len(set(ids)) == 300
    assert not [one for one in ids if one.startswith("-")]


def test_the_id_of_one_certificate_is_the_same_in_every_writing(lab, ec_key, now):
    made = issue(ec_key, now)
    text = certificates.to_pem(made)
    for writing in (text, text.replace("\n", "\r\n"), text.replace("\n", "\\n"), f"words\n{text}words"):
        assert certificates.certificate_id(certificates.parse(writing, where="x")) == certificates.certificate_id(made)


# --- subjects ------------------------------------------------------------------------------------------------------


def test_without_a_common_name_there_is_one(ec_key, now):
    assert issue(ec_key, now, Subject()).subject.rfc4514_string() == "CN=netsuite-m2m"
    assert certificates.subject_text(Subject()) == "CN=netsuite-m2m"


def test_subject_text_is_what_describe_shows(ec_key, now):
    assert certificates.subject_text(FULL) == certificates.describe(issue(ec_key, now), now)["subject"]
    assert certificates.subject_differences(issue(ec_key, now), FULL) == []


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (Subject(), None),
        (Subject(common_name="netsuite prod"), None),
        (Subject(country="DE", email="it@example.org"), None),
        (Subject(organization=""), None),
        (Subject(common_name="other"), "common_name is netsuite prod, the task asks for other"),
        (Subject(country="AT"), "country is DE, the task asks for AT"),
        (Subject(organization="M\u00fcller"), "organization is M\u00fcller & S\u00f6hne"),
    ],
    ids=str,
)
def test_subject_differences(ec_key, now, wanted, words):
    found = certificates.subject_differences(issue(ec_key, now), wanted)
    assert found == [] if words is None else words in found[0]


def test_a_part_that_is_absent_is_a_difference(ec_key, now):
    found = certificates.subject_differences(issue(ec_key, now, Subject("x")), Subject(locality="K\u00f6ln"))
    assert found == ["locality is absent, the task asks for K\u00f6ln"]


@pytest.mark.parametrize(
    "subject",
    [
        Subject(country="DEU"),
        Subject(country="D"),
        Subject(country="\u00c4"),
        Subject(country="D!"),
        Subject(common_name="x" * 65),
        Subject(email="\u00fc@example.org"),
        Subject(common_name="\ud800"),
    ],
    ids=repr,
)
def test_a_subject_that_does_not_fit_is_refused(ec_key, now, subject):
    part = next(iter(subject.wishes()))
    for attempt in (lambda: issue(ec_key, now, subject), lambda: certificates.subject_text(subject)):
        with pytest.raises(OptionError) as caught:
            attempt()
        assert caught.value.cause == "bad_subject"
        assert part in caught.value.problem


texts = st.text(min_size=1, max_size=40)
letters = st.one_of(st.text("ABCXYZ", min_size=2, max_size=2), texts)
addresses = st.one_of(st.just("it@example.org"), texts)


@given(st.builds(Subject, common_name=texts, organization=texts, locality=texts, country=letters, email=addresses))
@settings(max_examples=60)
def test_any_subject_is_refused_or_found_again(lab, subject):
    try:
        made = issue(lab.key("secp256r1"), lab.now, subject)
    except OptionError as error:
        if error.cause != "bad_subject":
            raise
        return
    read = certificates.parse(certificates.to_pem(made), where="x")
    assert certificates.subject_differences(read, subject) == []
    assert certificates.subject_text(subject) == certificates.describe(read, lab.now)["subject"]


# --- reading -------------------------------------------------------------------------------------------------------


def test_what_is_described(any_key, now):
    made = issue(any_key, now)
    facts = certificates.describe(made, now)
    kind = keys.facts(any_key)
    assert facts == {
        "certificate_id": certificates.certificate_id(made),
        "key_type": kind.type,
        "key_size": kind.size,
        "curve": kind.curve,
        "subject": certificates.subject_text(FULL),
        "not_before": "2026-11-22T20:00:00Z",
        "not_after": "2027-11-23T20:00:00Z",
        "days_left": 365,
    }


@pytest.mark.parametrize(
    ("before_end", "days"),
    [
        (timedelta(days=1), 1),
        (timedelta(days=1, seconds=-1), 0),
        (timedelta(seconds=1), 0),
        (timedelta(0), 0),
        (timedelta(seconds=-1), -1),
        (timedelta(days=-1), -1),
        (timedelta(days=-1, seconds=-1), -2),
    ],
    ids=str,
)
def test_days_left(ec_key, now, before_end, days):
    made = issue(ec_key, now)
    assert certificates.describe(made, made.not_valid_after_utc - before_end)["days_left"] == days


def test_matches(lab, any_key, now):
    made = issue(any_key, now)
    assert certificates.matches(made, any_key)
    for kind in ("RSA-2048", "secp256r1", "secp384r1"):
        other = lab.key(kind, 1)
        assert not certificates.matches(made, other)
