# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys, pem
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError, M2MError

DAMAGES = {
    "untouched": lambda text: text,
    "escaped newlines": lambda text: text.replace("\n", "\\n"),
    "escaped carriage returns": lambda text: text.replace("\n", "\\r\\n"),
    "escaped newlines before real ones": lambda text: text.replace("\n", "\\n\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "doubled newlines": lambda text: text.replace("\n", "\n\n"),
    "spaces for newlines": lambda text: text.replace("\n", " "),
    "tabs for newlines": lambda text: text.replace("\n", "\t"),
    "no newlines": lambda text: text.replace("\n", ""),
    "indented": lambda text: "\n".join(f"    {line}" for line in text.splitlines()),
    "trailing blanks": lambda text: text.replace("\n", "   \n"),
    "byte order mark": lambda text: "\ufeff" + text,
    "text before": lambda text: "Bag Attributes\n    friendlyName: netsuite\n" + text,
    "text after": lambda text: text + "\nsome words -- and -----dashes-----\n",
    "quoted": lambda text: f'"{text}"',
    "no newline at the end": lambda text: text.rstrip("\n"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL", "passphrase"])
def test_damaged_keys_are_repaired(lab, ec_key, form, damage):
    passphrase = "correct horse" if form == "passphrase" else None
    text = lab.key_pem(ec_key, passphrase, "PKCS8" if passphrase else form)
    loaded = keys.load(damage(text), passphrase, where="the test")
    assert loaded.private_numbers() == ec_key.private_numbers()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damaged_certificates_are_repaired(lab, ec_key, damage):
    certificate = lab.certificate(ec_key)
    assert certificates.parse(damage(lab.certificate_pem(certificate)), where="the test") == certificate


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "no newlines"])
def test_damaged_traditional_encrypted_keys_are_repaired(lab, ec_key, damage):
    """Its two header lines are part of the key; without any white space their end cannot be told."""
    text = lab.key_pem(ec_key, "correct horse", "TraditionalOpenSSL")
    assert "DEK-Info" in text
    loaded = keys.load(DAMAGES[damage](text), "correct horse", where="the test")
    assert loaded.private_numbers() == ec_key.private_numbers()


@pytest.mark.parametrize("order", ["key first", "certificate first"])
@pytest.mark.parametrize("damage", ["untouched", "escaped newlines", "no newlines"])
def test_key_and_certificate_in_one_text(lab, ec_key, order, damage):
    certificate = lab.certificate(ec_key)
    parts = [lab.key_pem(ec_key), lab.certificate_pem(certificate)]
    text = DAMAGES[damage]("".join(parts if order == "key first" else reversed(parts)))
    assert keys.load(text, None, where="x").private_numbers() == ec_key.private_numbers()
    assert certificates.parse(text, where="x") == certificate


def test_the_first_of_several_certificates_is_taken(lab, ec_key):
    first, second = lab.certificate(ec_key), lab.certificate(lab.key("secp256r1", 1))
    text = lab.certificate_pem(first) + lab.certificate_pem(second)
    assert certificates.parse(text, where="x") == first


def test_ec_parameters_before_an_ec_key(lab):
    text = lab.openssl("ecparam", "-name", "prime256v1", "-genkey")
    assert "EC PARAMETERS" in text
    assert keys.facts(keys.load(text, None, where="x")).curve == "secp256r1"


FOREIGN = {
    "empty": ("", "is empty"),
    "blank": (" \n\t", "is empty"),
    "byte order mark alone": ("\ufeff", "is empty"),
    "vault": ("$ANSIBLE_VAULT;1.1;AES256\n3132\n", "still encrypted with Ansible Vault"),
    "vault behind blanks": ("\ufeff \n$ANSIBLE_VAULT;1.1;AES256\n3132\n", "still encrypted with Ansible Vault"),
    "OpenSSH public key": ("ssh-rsa AAAAB3NzaC1yc2E someone@somewhere", "OpenSSH public key"),
    "OpenSSH EC public key": ("ecdsa-sha2-nistp256 AAAA someone", "OpenSSH public key"),
    "cut off": ("-----BEGIN PRIVATE KEY-----\nMIIE\n", "cut off"),
    "cut off in its first line": ("-----BEGIN PRIV", "cut off"),
    "other end": ("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END CERTIFICATE-----\n", "cut off"),
    "words": ("hello", "is not PEM text"),
    "base64 alone": ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "is not PEM text"),
    "jinja": ("{{ netsuite_key }}", "is not PEM text"),
    "binary": ("0\ufffd\x04\x00", "is binary"),
    "UTF-16": ("\ufffd\ufffd-\x00-\x00-\x00", "is binary"),
}


@pytest.mark.parametrize(("text", "words"), FOREIGN.values(), ids=FOREIGN.keys())
@pytest.mark.parametrize("wanted", ["a private key", "a certificate"])
def test_foreign_texts_are_named(text, words, wanted):
    read = keys.load if wanted == "a private key" else certificates.parse
    arguments = (text, None) if wanted == "a private key" else (text,)
    with pytest.raises(KeyMaterialError) as caught:
        read(*arguments, where="the option")
    assert caught.value.cause == "unreadable_pem"
    assert caught.value.problem.startswith("the option ")
    assert words in caught.value.problem
    assert caught.value.fix


def test_headers_of_a_block_stay_on_lines_of_their_own(lab, ec_key):
    text = lab.key_pem(ec_key, "secret", "TraditionalOpenSSL")
    assert pem.blocks(text)[0].text == text


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for read in (lambda: keys.load(text, "x", where="w"), lambda: certificates.parse(text, where="w")):
        with pytest.raises(M2MError):
            read()


@given(
    st.sampled_from(["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE"]),
    st.one_of(st.text(), st.binary().map(lambda data: base64.b64encode(data).decode())),
    st.sampled_from([None, "", "x", "x" * 2000, "\ud800"]),
)
def test_any_body_is_read_or_refused(label, body, passphrase):
    text = f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"
    for read in (lambda: keys.load(text, passphrase, where="w"), lambda: certificates.parse(text, where="w")):
        with pytest.raises(M2MError):
            read()


@pytest.mark.parametrize("piece", ["-----BEGIN A-----", "-----BEGIN A-----x", "-----END A-----", "-" * 17, "BEGIN "])
def test_large_hostile_texts_take_no_time(piece):
    started = time.process_time()
    pem.blocks(piece * (1024 * 1024 // len(piece)))
    assert time.process_time() - started < 2
