# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pre-request script for Patchworks takes and refuses what the modules do: both read the same tables of inputs."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.m2m.netsuite.tests.interop.patchworks_script import assertion, verify_signature
from ansible_collections.m2m.netsuite.tests.interop.programs import parts
from ansible_collections.m2m.netsuite.tests.support import pasted, pem_inputs
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_key

FORMS = {
    "PKCS#8 EC": ("secp256r1", "PKCS8"),
    "SEC1": ("secp256r1", "TraditionalOpenSSL"),
    "PKCS#1": ("rsa3072", "TraditionalOpenSSL"),
}
DAMAGES = {**pem_inputs.DAMAGES, **pem_inputs.BODIES}


def written(one, form):
    """The key of a hand-over in another form of PEM."""
    key = serialization.load_pem_private_key(one.pair.key.encode(), None)
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return key.private_bytes(encoding, getattr(serialization.PrivateFormat, form), plain).decode()


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_read(runtime, handed, form, name):
    one = handed(FORMS[form][0])
    answer = runtime(one.with_(private_key=DAMAGES[name](written(one, FORMS[form][1]))))
    verify_signature(one.pair, assertion(answer))


@pytest.mark.parametrize("label", [*pem_inputs.KEY_LABELS, "CERTIFICATE", "OPENSSH PRIVATE KEY"])
@pytest.mark.parametrize("form", FORMS)
def test_what_a_key_is_counts_and_not_its_label(runtime, handed, form, label):
    one = handed(FORMS[form][0])
    text = written(one, FORMS[form][1])
    for relabelled in (pem_inputs.relabelled(text, label), text.replace("-----BEGIN ", "-----BEGIN X", 1)):
        verify_signature(one.pair, assertion(runtime(one.with_(private_key=relabelled))))


@pytest.mark.parametrize("name", [*DAMAGES])
@pytest.mark.parametrize(
    ("what", "words"), [("encrypted", "protected by a passphrase"), ("certificate", "is a certificate")]
)
def test_what_is_no_usable_key_is_named_in_every_writing(runtime, handed, what, words, name):
    one = handed()
    text = key_pem(new_key("secp256r1"), "open sesame") if what == "encrypted" else one.pair.certificate
    assert words in runtime(one.with_(private_key=DAMAGES[name](text)))["error"]


@pytest.mark.parametrize("around", pasted.AROUND)
def test_what_is_around_a_value_goes(runtime, handed, around):
    one = handed()
    names = ("account_id", "consumer_key", "certificate_id")
    values = [one.values[name.capitalize().replace("_", " ")] for name in names]
    paste = pasted.AROUND[around]
    answer = runtime(one.with_(**{name: paste(value) for name, value in zip(names, values, strict=True)}))
    header, claims, _signed, _signature = parts(assertion(answer))
    assert (header["kid"], claims["iss"]) == (one.pair.id, one.account.client_id)
    assert f"https://{one.account.label}." in claims["aud"]


@pytest.mark.parametrize("within", pasted.WITHIN)
@pytest.mark.parametrize("name", ["account_id", "consumer_key", "certificate_id"])
def test_what_is_within_an_id_is_named_by_its_place(runtime, handed, name, within):
    character, words = pasted.WITHIN[within]
    error = runtime(handed().with_(**{name: f"abcd{character}efgh"}))["error"]
    assert f"holds {words.split(' (')[0]} at position 5 of 9".replace("holds U+", "holds the character U+") in error
    assert "abcd" not in error


@pytest.mark.parametrize(
    ("value", "words"),
    [("1234567SB1", "1234567_SB1"), ("1234567rp", "1234567_RP"), ("100000.0", "a number"), (1.5, "a number")],
)
def test_an_account_id_that_lost_something(runtime, handed, value, words):
    assert words in runtime({**handed().values, "Account id": value})["error"]


def test_a_secret_as_subject_is_not_signed_into_an_assertion(runtime, handed):
    one = handed()
    error = runtime({**one.values, "assertion subject": one.pair.key})["error"]
    assert "the assertion subject is not an id" in error
