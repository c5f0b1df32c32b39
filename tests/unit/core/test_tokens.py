# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import contextlib
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import tokens
from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import RefusedError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.tokens import Identity

CLIENT_ID = "0123456789abcdef" * 4
APPLICATION_ID = "3FA85F64-5717-4562-B3FC-2C963F66AFA6"
ACCOUNT = parse_account("1234567_SB1")
KID = "c.1234567_SB1.2026-10-04_02-30-54"
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def packed(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def good_claims(now, **changes) -> dict:
    """The claims of a real token, as Oracle documents them."""
    issued = int(now.timestamp())
    claims = {
        "sub": "1000;12",
        "aud": [f"{APPLICATION_ID};1234567_SB1", CLIENT_ID],
        "scope": ["rest_webservices"],
        "iss": "https://system.netsuite.com",
        "oit": issued,
        "iat": issued,
        "exp": issued + 3600,
        "jti": "1234567_SB1.a-c.null.1",
    }
    return {name: value for name, value in {**claims, **changes}.items() if value is not ...}


def unsigned(claims, header=None) -> str:
    return f"{packed(header or {'alg': 'RS256', 'kid': KID, 'typ': 'JWT'})}.{packed(claims)}.c2lnbmF0dXJl"


# --- the token endpoint's answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (3600, 3600),
        (3600.0, 3600),
        (3599.9, 3599),
        ("3600", 3600),
        (" 3600 ", 3600),
        ("3600.0", 3600),
        (1, 1),
        (..., 1800),
        (None, 1800),
        ("", 1800),
        ("soon", 1800),
        (True, 1800),
        ([3600], 1800),
        ({"seconds": 3600}, 1800),
        (float("nan"), 1800),
        (float("inf"), 1800),
        ("1e400", 1800),
        (1e300, 1800),
        (10**30, 1800),
        (0, 1800),
        (-3600, 1800),
    ],
    ids=repr,
)
def test_expires_in(now, value, seconds):
    document = {"access_token": unsigned(good_claims(now, exp=int(now.timestamp()) + 1800)), "token_type": "Bearer"}
    if value is not ...:
        document["expires_in"] = value
    token = tokens.from_response(document, now + timedelta(microseconds=5))
    assert token.expires_in == seconds or (seconds == 1800 and token.expires_in == 1799)
    assert token.expires_at == now + timedelta(seconds=token.expires_in)


@pytest.mark.parametrize(
    "exp", [..., None, "soon", True, [1], 1e300, float("inf"), float("nan"), -1e300, 10**40], ids=repr
)
def test_without_any_usable_expiry_an_hour_is_assumed(now, exp):
    token = tokens.from_response({"access_token": unsigned(good_claims(now, exp=exp))}, now)
    assert token.expires_in == 3600
    assert token.expires_at == now + timedelta(hours=1)


def test_a_token_that_is_no_jwt_is_taken_as_it_is(now):
    token = tokens.from_response({"access_token": "opaque", "expires_in": 60}, now)
    assert (token.text, token.claims, token.expires_in) == ("opaque", {}, 60)


@pytest.mark.parametrize(
    ("value", "shown"), [("Bearer", "Bearer"), ("bearer", "bearer"), (None, "Bearer"), (..., "Bearer"), ("", "Bearer")]
)
def test_token_type(now, value, shown):
    document = {"access_token": "x", **({} if value is ... else {"token_type": value})}
    assert tokens.from_response(document, now).token_type == shown


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "text",
        5,
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": ["x"]},
        {"error": "server_error"},
        {"accessToken": "x"},
    ],
    ids=repr,
)
def test_an_answer_without_a_token_is_refused(now, document):
    with pytest.raises(RefusedError) as caught:
        tokens.from_response(document, now)
    assert caught.value.cause == "no_token"


def test_the_text_is_not_in_the_representation(now):
    token = tokens.from_response({"access_token": unsigned(good_claims(now))}, now)
    assert "eyJ" not in f"{token} {token!r}"


@given(json_values)
def test_any_answer_is_read_or_refused(now, document):
    with contextlib.suppress(RefusedError):
        tokens.from_response(document, now)
    token = tokens.from_response({"access_token": unsigned(document), "expires_in": document}, now)
    assert token.expires_in
    tokens.findings(token.claims, account=ACCOUNT, now=now, client_id="x", scope=["y"], role="1", entity="2")


# --- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "..",
        "a.b.c",
        "\u00fc.\u00fc.\u00fc",
        "\ud800",
        "eyJ.eyJ.eyJ",
        unsigned([1, 2]),
        unsigned("text"),
        unsigned(b"\xff"),
        unsigned(b"[" * 100_000),
        unsigned({}, {"alg": 5}),
        unsigned({}, header=b"{"),
        unsigned({}, header=b"[" * 100_000),
        unsigned({}, {"alg": "RS256", "kid": ["list"]}),
        "-----BEGIN PRIVATE KEY-----",
    ],
    ids=range(16),
)
def test_what_is_no_jwt_says_nothing(now, token):
    claims = tokens.read_claims(token)
    assert claims == {}
    assert isinstance(tokens.read_header(token), dict)
    assert tokens.findings(claims, account=ACCOUNT, now=now)[0].rule == "format"
    assert tokens.signature_finding(token, {"keys": []}).rule == "signature"


@given(st.text())
def test_any_text_can_be_looked_at(text):
    assert isinstance(tokens.read_claims(text), dict)
    assert isinstance(tokens.read_header(text), dict)
    assert tokens.signature_finding(text, {"keys": []}) is not None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"aud": f"{APPLICATION_ID};1234567_SB1, {CLIENT_ID}"}, {}),
        ({"aud": f"{APPLICATION_ID};1234567_SB1,{CLIENT_ID}"}, {}),
        ({"aud": [CLIENT_ID, f"{APPLICATION_ID};1234567_SB1"]}, {}),
        ({"aud": [CLIENT_ID]}, {"account": None, "application_id": None}),
        ({"aud": []}, {"account": None, "application_id": None, "client_id": None}),
        ({"aud": ...}, {"account": None, "application_id": None, "client_id": None}),
        ({"aud": 5}, {"account": None, "application_id": None, "client_id": None}),
        ({"sub": "3;-5"}, {"role": "3", "entity": "-5"}),
        ({"sub": "3"}, {"role": "3", "entity": None}),
        ({"sub": ""}, {"role": None, "entity": None}),
        ({"sub": ...}, {"role": None, "entity": None}),
        ({"sub": None}, {"role": None, "entity": None}),
        ({"scope": "rest_webservices,restlets"}, {"scope": ("rest_webservices", "restlets")}),
        ({"scope": "rest_webservices, restlets"}, {"scope": ("rest_webservices", "restlets")}),
        ({"scope": "restlets"}, {"scope": ("restlets",)}),
        ({"scope": ...}, {"scope": ()}),
        ({"scope": {"a": 1}}, {"scope": ()}),
        ({"exp": ...}, {"expires_at": None}),
        ({"exp": "soon"}, {"expires_at": None}),
        ({"exp": 1e300}, {"expires_at": None}),
    ],
    ids=repr,
)
def test_identity(now, changes, expected):
    usual = {
        "account": "1234567_SB1",
        "client_id": CLIENT_ID,
        "application_id": APPLICATION_ID,
        "role": "1000",
        "entity": "12",
        "scope": ("rest_webservices",),
        "issuer": "https://system.netsuite.com",
        "expires_at": now + timedelta(hours=1),
    }
    assert tokens.identity(good_claims(now, **changes)) == Identity(**{**usual, **expected})


@pytest.mark.parametrize(
    ("changes", "wanted", "rules"),
    [
        ({}, {}, []),
        ({}, {"client_id": CLIENT_ID, "scope": ["rest_webservices"], "role": "1000", "entity": "12"}, []),
        ({"iss": "https://evil.example"}, {}, ["issuer"]),
        ({"iss": ...}, {}, ["issuer"]),
        ({"iss": ["https://system.netsuite.com"]}, {}, ["issuer"]),
        ({"iss": "https://system.netsuite.com/"}, {}, ["issuer"]),
        ({"aud": [f"{APPLICATION_ID};1234567", CLIENT_ID]}, {}, ["account"]),
        ({"aud": [f"{APPLICATION_ID};1234567-sb1", CLIENT_ID]}, {}, []),
        ({"aud": [f"{APPLICATION_ID};", CLIENT_ID]}, {}, ["account"]),
        ({"aud": [CLIENT_ID]}, {}, ["account"]),
        ({}, {"client_id": "f" * 64}, ["client"]),
        ({"aud": [f"{APPLICATION_ID};1234567_SB1"]}, {"client_id": CLIENT_ID}, ["client"]),
        ({"aud": [f"{APPLICATION_ID};1234567_SB1"]}, {}, []),
        ({"exp": 0}, {}, ["expiry"]),
        ({"exp": ...}, {}, ["expiry"]),
        ({"exp": "never"}, {}, ["expiry"]),
        ({}, {"scope": ["restlets"]}, ["scope"]),
        ({}, {"scope": ["rest_webservices", "restlets"]}, ["scope"]),
        ({"scope": ["restlets", "rest_webservices"]}, {"scope": ["rest_webservices"]}, []),
        ({}, {"role": "3"}, ["role"]),
        ({}, {"entity": "-5"}, ["entity"]),
        ({"sub": "1000;-5"}, {"entity": "-5"}, []),
        ({"sub": "12;1000"}, {"role": "1000", "entity": "12"}, ["role", "entity"]),
        ({"sub": ...}, {"role": "1000", "entity": "12"}, ["role", "entity"]),
    ],
    ids=repr,
)
def test_findings(now, changes, wanted, rules):
    found = tokens.findings(good_claims(now, **changes), account=ACCOUNT, now=now, **wanted)
    assert [one.rule for one in found] == rules
    assert all(CLIENT_ID not in one.detail for one in found)


@pytest.mark.parametrize(("seconds", "rules"), [(3599, []), (3600, ["expiry"]), (3601, ["expiry"])])
def test_expiry_boundary(now, seconds, rules):
    moment = now + timedelta(seconds=seconds)
    assert [one.rule for one in tokens.findings(good_claims(now), account=ACCOUNT, now=moment)] == rules


# --- signatures ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def signing_key(lab):
    return lab.key("RSA-2048")


def jwk(key, kid=KID, **changes) -> dict:
    document = json.loads(jwt.get_algorithm_by_name("RS256").to_jwk(key.public_key()))
    return {**document, "kid": kid, "use": "sig", **changes}


def signed(key, claims, algorithm="RS256", kid=KID, **header) -> str:
    return jwt.encode(claims, key, algorithm, headers={"kid": kid, **header})


@pytest.mark.parametrize("algorithm", ["RS256", "PS256"])
def test_a_good_signature(now, signing_key, algorithm):
    token = signed(signing_key, good_claims(now), algorithm)
    assert tokens.signature_finding(token, {"keys": [jwk(signing_key)]}) is None
    other = jwk(signing_key, "older")
    assert tokens.signature_finding(token, {"keys": [other, jwk(signing_key, alg=algorithm)]}) is None


@pytest.mark.parametrize(
    "changes",
    [{"exp": 0}, {"nbf": 99999999999}, {"iat": 99999999999}, {"sub": 5}, {"jti": 5}, {"aud": 5}, {"iss": 7.5}],
    ids=repr,
)
def test_the_signature_is_judged_by_itself(now, signing_key, changes):
    payload = packed(good_claims(now, **changes))
    text = f"{packed({'alg': 'RS256', 'kid': KID})}.{payload}"
    signature = signing_key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    assert tokens.signature_finding(f"{text}.{packed(signature)}", {"keys": [jwk(signing_key)]}) is None


def confused(claims, key) -> str:
    """HS256 with the public key as the secret: the classic."""
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = f"{packed({'alg': 'HS256', 'kid': KID})}.{packed(claims)}"
    return f"{text}.{packed(hmac.digest(public, text.encode(), 'sha256'))}"


def bad_signatures(lab, now, key):
    claims = good_claims(now)
    good = signed(key, claims)
    head, body, tail = good.split(".")
    other = packed(good_claims(now, sub="3;-5"))
    ec_jwk = json.loads(jwt.get_algorithm_by_name("ES256").to_jwk(lab.key("secp256r1").public_key()))
    keys = [jwk(key)]
    return {
        "other key": (signed(lab.key("RSA-2048", 1), claims), keys, "does not verify"),
        "changed claims": (f"{head}.{other}.{tail}", keys, "does not verify"),
        "no signature": (f"{head}.{body}.", keys, "does not verify"),
        "cut signature": (f"{head}.{body}.{tail[:-4]}", keys, ""),
        "unknown kid": (signed(key, claims, kid="c.other"), keys, "has no key c.other"),
        "no kid": (f"{packed({'alg': 'RS256'})}.{body}.{tail}", keys, "has no key None"),
        "alg none": (f"{packed({'alg': 'none', 'kid': KID})}.{body}.", keys, "signed with none"),
        "HS256 confusion": (confused(claims, key), keys, "signed with HS256"),
        "RS512": (signed(key, claims, "RS512"), keys, "signed with RS512"),
        "ES256": (signed(lab.key("secp256r1"), claims, "ES256"), keys, "signed with ES256"),
        "garbage": ("garbage", keys, "truncated or not a JWT"),
        "no alg": (f"{packed({'kid': KID})}.{body}.{tail}", keys, "signed with None"),
        "empty set": (good, [], "cannot be read"),
        "no set": (good, None, "cannot be read"),
        "set of texts": (good, ["x"], "cannot be read"),
        "kid is a list": (good, [jwk(key, kid=["x"])], "cannot be read"),
        "key without numbers": (good, [{"kty": "RSA", "kid": KID}], "cannot be read"),
        "number is garbage": (good, [jwk(key, n="!!!")], "cannot be read"),
        "EC key under the kid": (good, [{**ec_jwk, "kid": KID}], "not an RSA key"),
        "secret under the kid": (good, [{"kty": "oct", "k": "c2VjcmV0" * 8, "kid": KID}], "not an RSA key"),
    }


def test_bad_signatures(lab, now, signing_key):
    for name, (token, keys, words) in bad_signatures(lab, now, signing_key).items():
        found = tokens.signature_finding(token, {"keys": keys})
        assert found is not None, name
        assert found.rule == "signature", name
        assert words in found.detail or "not an RSA key" in words, (name, found.detail)
        assert "eyJ" not in found.detail, name


@pytest.mark.parametrize("key_set", [None, [], "x", {}, {"keys": None}, {"keys": {}}, {"error": "x"}], ids=repr)
def test_any_other_document_is_no_key_set(now, signing_key, key_set):
    found = tokens.signature_finding(signed(signing_key, good_claims(now)), key_set)
    assert "cannot be read" in found.detail


@given(json_values)
def test_any_key_set_can_be_looked_at(now, lab, key_set):
    token = signed(lab.key("RSA-2048"), good_claims(now))
    assert tokens.signature_finding(token, key_set) is not None
    assert tokens.signature_finding(token, {"keys": [key_set, {"kty": "RSA", "kid": KID, "n": key_set, "e": key_set}]})
