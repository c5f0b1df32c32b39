# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pre-request script for Patchworks takes what people and forms make of the values, and keeps what it was given."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.m2m.netsuite.tests.interop.patchworks_script import assertion, gets_a_token
from ansible_collections.m2m.netsuite.tests.interop.programs import parts

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.mark.parametrize("kind", ["rsa3072", "secp521r1"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda pem: pem.replace("\n", ""),
        lambda pem: pem.replace("\n", " "),
        lambda pem: pem.replace("\n", "\\n"),
        lambda pem: pem.replace("\n", "\\r\\n"),
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.replace("\n", "\n\n    "),
        lambda pem: f'"{pem}"',
        json.dumps,
        lambda pem: f"\ufeff  {pem}  \n",
        lambda pem: f"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{pem}",
    ],
    ids=["joined", "blanks", "backslash-n", "backslash-r-n", "crlf", "indented", "quoted", "json", "bom", "bundle"],
)
def test_a_key_that_lost_its_line_ends_is_repaired(runtime, handed, kind, damage):
    one = handed(kind)
    answer = runtime(one.with_(private_key=damage(one.values["Private key"])))
    gets_a_token(one, answer)


@pytest.mark.parametrize("kind", ["rsa3072", "secp256r1", "secp384r1", "secp521r1"])
def test_keys_in_their_traditional_form_are_taken(runtime, handed, kind):
    one = handed(kind)
    key = serialization.load_pem_private_key(one.pair.key.encode(), None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    assert " PRIVATE KEY-----" in pem.splitlines()[0]
    answer = runtime(one.with_(private_key=parameters + pem))
    gets_a_token(one, answer)


@pytest.mark.parametrize(
    "names",
    [
        ("consumer_key", "account_id", "private_key", "certificate_id"),
        ("consumerKey", "accountId", "privateKey", "certificateId"),
        ("CLIENT_ID", "ACCOUNT-ID", "PRIVATE.KEY", "CERT_ID"),
        ("netsuite_consumer_key", "netsuite_account_id", "netsuite_private_key", "netsuite_certificate_id"),
        ("client id", "account", "Auth key", "kid"),
    ],
)
def test_variables_are_recognised_by_their_likely_names(runtime, handed, names):
    one = handed()
    others = {"token": "hidden", "base_url": "https://example.com", "consumer_secret": "not used", "empty": None}
    answer = runtime({**others, **dict(zip(names, one.values.values(), strict=True))})
    gets_a_token(one, answer)
    assert {name: answer["result"]["variables"][name] for name in others} == others


def test_an_empty_variable_leaves_room_for_another(runtime, handed):
    one = handed()
    answer = runtime({"consumer_key": " ", "client_id": one.values["Consumer key"], **one.with_(consumer_key="")})
    gets_a_token(one, answer)


@pytest.mark.parametrize("spell", [str.upper, lambda text: text.upper().replace("-", "_"), lambda text: f"  {text}\n"])
def test_the_account_id_may_be_spelled_otherwise(runtime, handed, spell):
    one = handed()
    answer = runtime(one.with_(account_id=spell(one.values["Account id"])))
    gets_a_token(one, answer)


def test_a_number_is_as_good_as_a_text(runtime, handed):
    answer = runtime({**handed().values, "Account id": 1234567})
    assert "https://1234567.suitetalk" in parts(assertion(answer))[1]["aud"]


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ("restlets", ["restlets"]),
        ("restlets,rest_webservices", ["restlets", "rest_webservices"]),
        ("rest_webservices restlets restlets", ["rest_webservices", "restlets"]),
        (["rest_webservices", "suite_analytics"], ["rest_webservices", "suite_analytics"]),
        ('["restlets"]', ["restlets"]),
        ("", ["rest_webservices"]),
    ],
)
def test_a_variable_chooses_the_scope(runtime, handed, scope, wanted):
    answer = runtime({**handed().values, "scope": scope})
    assert parts(assertion(answer))[1]["scope"] == wanted
    gets_a_token(handed(), answer)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "",
        "grant_type=client_credentials&client_assertion={{client_assertion}}&keep=1",
        "client_assertion=&keep=1",
        "<xml>a=b</xml>",
        "[1, 2]",
        {"client_assertion": "", "keep": "1"},
        '{"keep": "1"}',
    ],
    ids=str,
)
def test_the_body_keeps_its_form(runtime, handed, payload):
    answer = runtime(handed().values, payload)
    body = answer["result"]["payload"]
    if isinstance(payload, dict):
        found = dict(body)
    elif str(payload).startswith("{"):
        found = json.loads(body)
    else:
        found = {name: value for name, (value,) in parse_qs(body).items()}
    assert ("keep" in found) == ("keep" in str(payload))
    found.pop("keep", None)
    wanted = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    assert found == {**wanted, "client_assertion": assertion(answer)}
    assert answer["result"]["meta"] == {"flow": 1}


@pytest.mark.parametrize("name", ["client_assertion", "Client assertion", "jwt", "ASSERTION"])
def test_a_variable_that_waits_for_the_assertion_is_filled(runtime, handed, name):
    answer = runtime({**handed().values, name: "old"})
    assert answer["result"]["variables"][name] == assertion(answer)
