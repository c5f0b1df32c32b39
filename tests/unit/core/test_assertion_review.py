# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import accounts, assertions, certificates
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.assertion_review import Expected, review

CLIENT_ID = "0123456789abcdef" * 4
ACCOUNT = accounts.parse_account("1234567")
PLACES = accounts.endpoints_of(ACCOUNT)
PARTS = ["typ", "alg", "kid", "iss", "scope", "aud", "iat", "exp", "signature"]


class Bench:
    """Makes assertions that are wrong in one part, and holds them against what is expected."""

    def __init__(self, lab):
        self.lab, self.key = lab, lab.key("secp256r1")
        self.certificate = lab.certificate(self.key)
        self.expected = Expected(ACCOUNT, PLACES, lab.now, CLIENT_ID, self.certificate)

    def make(self, key=None, algorithm="ES256", header=None, exact=None, **changes):
        issued = int(self.lab.now.timestamp()) - 5
        claims = {
            "iss": CLIENT_ID,
            "scope": ["rest_webservices"],
            "aud": PLACES.token,
            "iat": issued,
            "exp": issued + 300,
            "jti": "x",
            **{
                name: issued + value if name in ("iat", "exp") and isinstance(value, int) else value
                for name, value in changes.items()
            },
            **(exact or {}),
        }
        claims = {name: value for name, value in claims.items() if value is not ...}
        headers = {"typ": "JWT", "kid": certificates.certificate_id(self.certificate), **(header or {})}
        segments = [{"alg": algorithm, **{name: value for name, value in headers.items() if value is not ...}}, claims]
        text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in segments)
        if algorithm == "none":
            return f"{text}."
        signer = jwt.get_algorithm_by_name(algorithm)
        signature = signer.sign(text.encode(), signer.prepare_key(key or self.key))
        return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    def broken(self, text):
        return {
            claim_check.part: claim_check.audit_trail
            for claim_check in review(text, self.expected)
            if claim_check.problem
        }


@pytest.fixture(scope="module")
def bench(lab):
    return Bench(lab)


def test_a_good_assertion(bench, lab):
    claim_checks = review(bench.make(), bench.expected)
    assert [claim_check.part for claim_check in claim_checks] == PARTS
    assert {claim_check.as_result()["status"] for claim_check in claim_checks} == {"ok"}
    request = assertions.Request(CLIENT_ID, certificates.certificate_id(bench.certificate), PLACES.token, ["restlets"])
    assert bench.broken(assertions.sign(request, bench.key, lab.now).text) == {}


@pytest.mark.parametrize(
    ("changes", "part", "code"),
    [
        ({"header": {"typ": ...}}, "typ", "InvalidTokenType"),
        ({"header": {"kid": ...}}, "kid", "MissingKeyId"),
        ({"header": {"kid": ""}}, "kid", "MissingKeyId"),
        ({"header": {"kid": "W" * 43}}, "kid", "MissingKey"),
        ({"iss": ...}, "iss", "InvalidIssuer"),
        ({"iss": 5}, "iss", "InvalidIssuer"),
        ({"iss": "3FA85F64-5717-4562-B3FC-2C963F66AFA6"}, "iss", "InvalidIssuer"),
        ({"iss": "f" * 64}, "iss", "InvalidIntegration or UnknownIntegration"),
        ({"scope": ...}, "scope", "InvalidScope"),
        ({"scope": []}, "scope", "InvalidScope"),
        ({"scope": 5}, "scope", "InvalidScope"),
        ({"scope": [5]}, "scope", "InvalidScope"),
        ({"scope": ["mcp"]}, "scope", "InvalidScope"),
        ({"scope": "restlets rest_webservices"}, "scope", "InvalidScope"),
        ({"aud": ...}, "aud", None),
        ({"aud": "https://7654321.suitetalk.api.netsuite.com"}, "aud", None),
        ({"aud": [PLACES.token, PLACES.token]}, "aud", None),
        ({"aud": [PLACES.token]}, "aud", None),
        ({"iat": ...}, "iat", None),
        ({"iat": 1.5}, "iat", None),
        ({"iat": "soon"}, "iat", None),
        ({"iat": 100}, "iat", "TokenNotAcceptable"),
        ({"exp": ...}, "exp", None),
        ({"exp": 10**30}, "exp", None),
        ({"exp": -100}, "exp", "TokenExpired"),
        ({"exp": 7200}, "exp", "TokenValidityTooBroad"),
    ],
    ids=repr,
)
def test_what_is_wrong_is_named(bench, changes, part, code):
    assert bench.broken(bench.make(**changes)) == {part: code}


NOW = 1_764_000_000
OUTSIDE = "outside the years 1 to 9999"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (NOW * 10**3, "in milliseconds"),
        (float(NOW * 10**3), "in milliseconds"),
        (NOW * 10**3 + 0.5, "in milliseconds"),
        (NOW * 10**6, "in microseconds"),
        (NOW * 10**9, "in nanoseconds"),
        (NOW + 0.5, "not a whole number of seconds"),
        (str(NOW), "not a number"),
        (str(NOW * 1000), "not a number"),
        (True, "not a number"),
        (None, "missing"),
        (253_402_300_800, OUTSIDE),  # one second after the year 9999
        (1e30, OUTSIDE),
        (10**400, OUTSIDE),
        (-(10**15), OUTSIDE),
        (float("inf"), OUTSIDE),
        (float("nan"), OUTSIDE),
    ],
    ids=repr,
)
@pytest.mark.parametrize("name", ["iat", "exp"])
def test_what_is_wrong_with_a_date_is_said(bench, name, value, said):
    (problem,) = [one.problem for one in review(bench.make(exact={name: value}), bench.expected) if one.problem]
    assert (problem.rule, problem.blocking) == ("assertion_dates", True)
    assert f"{name} is {said}" in problem.detail
    unit = {"in milliseconds": 10**3, "in microseconds": 10**6, "in nanoseconds": 10**9}.get(said)
    assert (f"Divide iat and exp by {unit}" in problem.fix) is bool(unit)


@pytest.mark.parametrize("now", [-62_135_596_800, 0, NOW, 253_402_300_799])
@pytest.mark.parametrize("value", [-62_135_596_800, -10, 0, NOW, 253_402_300_799])
def test_far_dates_on_either_side_are_compared(bench, value, now):
    expected = replace(bench.expected, now=datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=now))
    found = {one.part: one.problem for one in review(bench.make(exact={"iat": value, "exp": value}), expected)}
    assert (found["iat"].rule if found["iat"] else None) == ("issued_in_future" if value > now else None)
    assert (found["exp"].rule if found["exp"] else None) == ("assertion_expired" if value < now else None)


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": "restlets"},
        {"scope": "restlets,rest_webservices"},
        {"aud": PLACES.token.replace("suitetalk", "restlets")},
        {"exp": 3600},
    ],
    ids=repr,
)
def test_what_oracle_shows_somewhere_is_fine(bench, changes):
    assert bench.broken(bench.make(**changes)) == {}


def test_signatures(bench, lab):
    assert bench.broken(bench.make(key=lab.key("secp256r1", 1))) == {"signature": "SignatureValidation"}
    assert bench.broken(bench.make(lab.key("RSA-2048"), "RS256")) == {"alg": "UnsupportedAlgo"}
    assert bench.broken(bench.make(algorithm="none")) == {"alg": "UnsupportedAlgo"}
    assert bench.broken(bench.make("x" * 32, "HS256")) == {"alg": "UnsupportedAlgo"}
    assert "alg" in bench.broken(bench.make(lab.key("RSA-2048"), "PS256"))


def test_without_a_certificate_the_form_of_the_id_is_checked(bench):
    blind = Expected(ACCOUNT, PLACES, bench.lab.now)
    assert [one.part for one in review(bench.make(), blind) if one.problem] == []
    broken = [one for one in review(bench.make(header={"kid": "a:b"}), blind) if one.problem]
    assert [one.part for one in broken] == ["kid"]


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJ.eyJ.x", "\u00fc", "-----BEGIN PRIVATE KEY-----SecretCanary"])
def test_what_is_not_an_assertion(bench, text):
    (claim_check,) = review(text, bench.expected)
    assert claim_check.problem.rule == "assertion_malformed"
    assert "SecretCanary" not in str(claim_check.as_result())


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@settings(max_examples=60)
@given(json_values, st.sampled_from(["iss", "scope", "aud", "iat", "exp", "kid", "typ"]))
def test_any_value_in_any_part_can_be_checked(bench, value, part):
    changes = {"header": {part: value}} if part in ("kid", "typ") else {part: value}
    for claim_check in review(bench.make(**changes), bench.expected):
        assert claim_check.problem is None or len(claim_check.problem.detail) < 300
