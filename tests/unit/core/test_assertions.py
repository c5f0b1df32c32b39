# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import copy
import json
from dataclasses import replace
from datetime import date, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import assertions, certificates
from ansible_collections.m2m.netsuite.plugins.module_utils.core.assertions import Request
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import (
    KeyMaterialError,
    OptionError,
)

CLIENT_ID = "0123456789abcdef" * 4
AUDIENCE = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
REQUEST = Request(CLIENT_ID, "NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA", AUDIENCE, ["rest_webservices"])
HASHES = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
ALL = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
FITTING = {
    "RSA-3072": ("PS256", "PS384", "PS512"),
    "secp256r1": ("ES256",),
    "secp384r1": ("ES384",),
    "secp521r1": ("ES512",),
}


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verify_by_hand(text: str, key) -> tuple[dict, dict]:
    """RFC 7515 and RFC 7518 with the cryptography library alone. PSS with the salt as long as the hash, or nothing."""
    signed, _dot, signature = text.rpartition(".")
    header, claims = (json.loads(decoded(part)) for part in signed.split("."))
    digest = HASHES[header["alg"][2:]]()
    raw = decoded(signature)
    if isinstance(key, rsa.RSAPublicKey):
        form = padding.PSS(padding.MGF1(digest), salt_length=digest.digest_size)
        key.verify(raw, signed.encode(), form, digest)
    else:
        half = (key.curve.key_size + 7) // 8
        assert len(raw) == 2 * half
        numbers = (int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
        key.verify(utils.encode_dss_signature(*numbers), signed.encode(), ec.ECDSA(digest))
    return header, claims


# --- algorithms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FITTING)
@pytest.mark.parametrize("algorithm", [*ALL, "auto"])
def test_algorithm_table(lab, now, kind, algorithm):
    key = lab.key(kind)
    request = replace(REQUEST, algorithm=algorithm)
    if algorithm != "auto" and algorithm not in FITTING[kind]:
        with pytest.raises(OptionError) as caught:
            assertions.sign(request, key, now)
        assert caught.value.cause == "bad_algorithm"
        assert FITTING[kind][0] in caught.value.fix
        return
    made = assertions.sign(request, key, now, certificate=lab.certificate(key))
    header, claims = verify_by_hand(made.text, key.public_key())
    chosen = FITTING[kind][0] if algorithm == "auto" else algorithm
    assert header == made.header
    assert header["alg"] == chosen
    assert claims == made.claims
    assert jwt.decode(made.text, key.public_key(), [chosen], audience=AUDIENCE, options={"verify_exp": False}) == claims


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "rs256"])
@pytest.mark.parametrize("kind", ["RSA-3072", "secp256r1"])
def test_pkcs1_signatures_are_refused_with_the_reason(lab, now, algorithm, kind):
    with pytest.raises(OptionError) as caught:
        assertions.sign(replace(REQUEST, algorithm=algorithm), lab.key(kind), now)
    assert caught.value.cause == "bad_algorithm"
    assert "1 March 2025" in caught.value.problem
    assert "PS256" in caught.value.fix


@pytest.mark.parametrize("algorithm", ["none", "HS256", "EdDSA", "ES256K", "ps256", "PS1", " PS256"])
def test_unknown_algorithms_are_refused(rsa_key, now, algorithm):
    with pytest.raises(OptionError) as caught:
        assertions.sign(replace(REQUEST, algorithm=algorithm), rsa_key, now)
    assert caught.value.cause == "bad_algorithm"


def test_no_algorithm_is_auto(rsa_key, now):
    assert assertions.sign(replace(REQUEST, algorithm=""), rsa_key, now).header["alg"] == "PS256"


@pytest.mark.parametrize("kind", ["RSA-2048", "secp256k1", "secp224r1"])
def test_keys_netsuite_refuses_do_not_sign(lab, now, kind):
    with pytest.raises(KeyMaterialError) as caught:
        assertions.sign(REQUEST, lab.key(kind), now)
    assert caught.value.cause == "unsupported_key"


# --- header and claims ---------------------------------------------------------------------------------------------


def test_header_and_claims(rsa_key, now):
    made = assertions.sign(REQUEST, rsa_key, now, new_id=lambda: "fixed")
    assert made.header == {
        "typ": "JWT",
        "alg": "PS256",
        "kid": REQUEST.certificate_id,
        "x5t#S256": REQUEST.certificate_id,
    }
    issued = int(now.timestamp()) - assertions.BACKDATED_SECONDS
    assert made.claims == {
        "iss": CLIENT_ID,
        "scope": ["rest_webservices"],
        "aud": AUDIENCE,
        "iat": issued,
        "exp": issued + 300,
        "jti": "fixed",
    }
    assert all(isinstance(made.claims[name], int) for name in ("iat", "exp"))


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
    lifetime=st.integers(assertions.MINIMUM_LIFETIME, assertions.MAXIMUM_LIFETIME),
    scope=st.lists(st.sampled_from(assertions.SCOPES), min_size=1),
    extra=st.dictionaries(
        st.text().filter(lambda name: name not in {"iss", "aud", "scope", "iat", "exp", "jti", "nbf"}),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
        max_size=3,
    ),
    client_id=st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True),
    certificate_id=st.text(),
)
@settings(max_examples=60)
def test_what_is_signed_is_what_was_asked_for(lab, moment, lifetime, scope, extra, client_id, certificate_id):
    key = lab.key("secp256r1")
    request = Request(client_id, certificate_id, AUDIENCE, scope, lifetime, "auto", extra)
    before = copy.deepcopy(request)
    made = assertions.sign(request, key, moment, certificate=lab.certificate(key))
    header, claims = verify_by_hand(made.text, key.public_key())
    unchecked = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
    independent = jwt.decode(made.text, key.public_key(), ["ES256"], options=unchecked)
    assert claims == made.claims == independent
    assert header["kid"] == certificate_id
    assert {name: claims[name] for name in extra} == extra
    assert (claims["iss"], claims["aud"]) == (client_id, AUDIENCE)
    assert claims["scope"] == list(dict.fromkeys(scope))
    assert claims["exp"] - claims["iat"] == lifetime
    assert 0 <= moment.timestamp() - claims["iat"] - assertions.BACKDATED_SECONDS < 1
    assert request == before
    assert made.text.count(".") == 2
    assert "=" not in made.text


def test_each_assertion_has_an_id_of_its_own(ec_key, now):
    assert len({assertions.sign(REQUEST, ec_key, now).claims["jti"] for _time in range(500)}) == 500


def test_inputs_are_left_as_they_were(ec_key, now):
    scope, extra = ["restlets", "restlets"], {"a": [1], "b": {"c": 2}}
    made = assertions.sign(replace(REQUEST, scope=scope, extra_claims=extra), ec_key, now)
    made.claims["scope"].append("x")
    made.claims["iss"] = "y"
    assert scope == ["restlets", "restlets"]
    assert extra == {"a": [1], "b": {"c": 2}}


@pytest.mark.parametrize("claim", ["iss", "aud", "scope", "iat", "exp", "jti"])
def test_standard_claims_cannot_be_replaced(ec_key, now, claim):
    with pytest.raises(OptionError) as caught:
        assertions.sign(replace(REQUEST, extra_claims={claim: "SecretCanary", "other": 1}), ec_key, now)
    assert caught.value.cause == "bad_claims"
    assert claim in caught.value.problem
    assert "SecretCanary" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [date(2026, 1, 1), b"x", {1, 2}, float("nan"), float("inf"), object(), [[date(2026, 1, 1)]]],
    ids=["date", "bytes", "set", "nan", "infinity", "object", "inside lists"],
)
def test_claims_json_cannot_express_are_refused(ec_key, now, value):
    with pytest.raises(OptionError) as caught:
        assertions.sign(replace(REQUEST, extra_claims={"x": value}), ec_key, now)
    assert caught.value.cause == "bad_claims"


@pytest.mark.parametrize(
    "extra",
    [{"nbf": 99999999999}, {"nbf": "soon"}, {"sub": 5}, {"sub": "3;12"}, {"crit": ["b64"]}],
    ids=repr,
)
def test_any_other_claim_is_the_user_s_affair(lab, ec_key, now, extra):
    """The check with the certificate is about the signature, not about what the claims say."""
    made = assertions.sign(replace(REQUEST, extra_claims=extra), ec_key, now, certificate=lab.certificate(ec_key))
    assert verify_by_hand(made.text, ec_key.public_key())[1].items() >= extra.items()


# --- scope, lifetime, client id ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "claim"),
    [
        (["rest_webservices"], ["rest_webservices"]),
        (("restlets",), ["restlets"]),
        (["restlets", "rest_webservices"], ["restlets", "rest_webservices"]),
        (["restlets", "restlets"], ["restlets"]),
        (list(assertions.SCOPES), list(assertions.SCOPES)),
    ],
    ids=str,
)
def test_good_scopes(scope, claim):
    assert assertions.check_scope(scope) == claim


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ([], "empty"),
        ((), "empty"),
        ("", "empty"),
        (["mcp"], "mcp cannot"),
        (["rest_webservices", "mcp"], "mcp cannot"),
        (["SuiteAnalytics"], "'SuiteAnalytics' is not a NetSuite scope"),
        (["rest_webservices,restlets"], "not a NetSuite scope"),
        (["rest_webservices restlets"], "not a NetSuite scope"),
        (["RestLets"], "not a NetSuite scope"),
        ([None], "not a NetSuite scope"),
        ([1], "not a NetSuite scope"),
        ("restlets", "not a NetSuite scope"),
    ],
    ids=str,
)
def test_bad_scopes(scope, words):
    with pytest.raises(OptionError) as caught:
        assertions.check_scope(scope)
    assert caught.value.cause == "bad_scope"
    assert words in caught.value.problem
    assert "rest_webservices" in caught.value.fix


@pytest.mark.parametrize("seconds", [30, 300, 3599])
def test_good_lifetimes(ec_key, now, seconds):
    claims = assertions.sign(replace(REQUEST, lifetime=seconds), ec_key, now).claims
    assert claims["exp"] - claims["iat"] == seconds


@pytest.mark.parametrize("seconds", [-300, 0, 1, 29, 3600, 3601, 10**9])
def test_bad_lifetimes(ec_key, now, seconds):
    with pytest.raises(OptionError) as caught:
        assertions.sign(replace(REQUEST, lifetime=seconds), ec_key, now)
    assert caught.value.cause == "bad_lifetime"


@pytest.mark.parametrize(
    ("client_id", "cause"),
    [
        ("", "client_id_missing"),
        ("  ", "client_id_missing"),
        ("3FA85F64-5717-4562-B3FC-2C963F66AFA6", "application_id_as_client_id"),
        (" 3fa85f64-5717-4562-b3fc-2c963f66afa6\n", "application_id_as_client_id"),
    ],
    ids=repr,
)
def test_what_is_surely_no_client_id(ec_key, now, client_id, cause):
    with pytest.raises(OptionError) as caught:
        assertions.sign(replace(REQUEST, client_id=client_id), ec_key, now)
    assert caught.value.cause == cause


@pytest.mark.parametrize(
    ("client_id", "like"),
    [
        (CLIENT_ID, True),
        (CLIENT_ID.upper(), True),
        (CLIENT_ID[:-1], False),
        (CLIENT_ID + "0", False),
        (CLIENT_ID + "\n", False),
        ("g" * 64, False),
        ("\u0661" * 64, False),
    ],
    ids=range(7),
)
def test_the_form_of_a_client_id(client_id, like):
    assert assertions.looks_like_client_id(client_id) is like


# --- the check before anything leaves ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FITTING)
@pytest.mark.parametrize("other", ["RSA-3072", "secp256r1", "Ed25519", "RSA-2048"])
def test_a_certificate_of_another_key_is_caught(lab, now, kind, other):
    key = lab.key(kind)
    certificate = lab.certificate(lab.key(other, 1))
    with pytest.raises(KeyMaterialError) as caught:
        assertions.sign(REQUEST, key, now, certificate=certificate)
    assert caught.value.cause == "key_mismatch"
    assert "eyJ" not in str(caught.value)


def test_a_key_that_signs_wrongly_is_caught(lab, now):
    """A damaged RSA key, loaded without the proof of its primes, keeps its public half."""
    numbers = lab.key("RSA-3072").private_numbers()
    damaged = rsa.RSAPrivateNumbers(
        numbers.p, numbers.q, numbers.d ^ 2, numbers.dmp1 ^ 2, numbers.dmq1, numbers.iqmp, numbers.public_numbers
    ).private_key(unsafe_skip_rsa_key_validation=True)
    certificate = lab.certificate(lab.key("RSA-3072"))
    assert certificates.matches(certificate, damaged)
    with pytest.raises(KeyMaterialError) as caught:
        assertions.sign(REQUEST, damaged, now, certificate=certificate)
    assert caught.value.cause in ("key_mismatch", "damaged_key")


def test_the_text_is_not_in_the_representation(ec_key, now):
    made = assertions.sign(REQUEST, ec_key, now)
    signature = made.text.rpartition(".")[2]
    assert signature not in repr(made)
    assert made.text not in f"{made} {made!r}"
