# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import accounts, certificates, preflight
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError, OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.keys import KeyFacts
from ansible_collections.m2m.netsuite.plugins.module_utils.core.preflight import Problem

CLIENT_ID = "0123456789abcdef" * 4
ACCOUNT = accounts.parse_account("1234567_SB1")
PLACES = accounts.endpoints_of(ACCOUNT)
RSA = KeyFacts("RSA", 3072)
P256 = KeyFacts("EC", 256, "secp256r1")


def rules(problems):
    return [(problem.rule, problem.blocking) for problem in problems]


# --- certificates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RSA-3072", "secp256r1", "secp384r1", "secp521r1"])
def test_a_good_certificate(lab, now, kind):
    assert preflight.certificate_problems(lab.certificate(lab.key(kind)), now) == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [("RSA-2048", "2048 bits"), ("secp256k1", "secp256k1"), ("Ed25519", "Ed25519"), ("DSA-1024", "DSA")],
)
def test_kinds_netsuite_refuses(lab, now, kind, words):
    (problem,) = preflight.certificate_problems(lab.certificate(lab.key(kind)), now)
    assert (problem.rule, problem.blocking) == ("key_kind", True)
    assert words in problem.detail


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-1, [("not_yet_valid", True)]),
        (0, []),
        (86399, []),
        (86400, [("expired", True)]),
        (86401, [("expired", True)]),
    ],
)
def test_dates(lab, now, seconds, expected):
    certificate = lab.certificate(lab.key("secp256r1"), now, days=1)
    assert rules(preflight.certificate_problems(certificate, now + timedelta(seconds=seconds))) == expected


@pytest.mark.parametrize(
    ("days", "age", "expected"),
    [
        (730, 0, []),
        (730, 729, []),
        (730 + 1 / 86400, 0, [("validity_too_long", False)]),
        (731, 0, [("validity_too_long", False)]),
        (1826, 700, [("validity_too_long", False)]),
        (1826, 732, [("shortened_validity_over", False)]),
        (1826, 1826, [("expired", True), ("validity_too_long", False)]),
    ],
)
def test_validity(lab, now, days, age, expected):
    certificate = lab.certificate(lab.key("secp256r1"), now - timedelta(days=age), days=days)
    assert rules(preflight.certificate_problems(certificate, now)) == expected


def test_an_id_that_command_lines_take_for_an_option(lab, now):
    certificate = lab.certificate(lab.key("secp256r1"), hyphen=True)
    assert certificates.certificate_id(certificate).startswith("-")
    assert rules(preflight.certificate_problems(certificate, now)) == [("id_begins_with_hyphen", False)]


def test_pairs(lab):
    key, other = lab.key("secp256r1"), lab.key("secp256r1", 1)
    certificate = lab.certificate(key)
    assert preflight.pair_problems(certificate, key) == []
    (problem,) = preflight.pair_problems(certificate, other)
    assert (problem.rule, problem.blocking) == ("key_mismatch", True)
    assert certificates.certificate_id(certificate) in problem.detail


# --- ids -----------------------------------------------------------------------------------------------------------


def test_a_certificate_id_is_compared_with_the_certificate(lab):
    certificate = lab.certificate(lab.key("secp256r1"))
    own = certificates.certificate_id(certificate)
    assert preflight.id_problems(certificate, own) == []
    assert rules(preflight.id_problems(certificate, own + " ")) == [("certificate_id", False)]
    assert own in preflight.id_problems(certificate, "other")[0].detail


@pytest.mark.parametrize(
    ("certificate_id", "words"),
    [
        ("NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA", None),
        ("-" * 43, None),
        ("", "0 characters"),
        ("x" * 42, "42 characters"),
        ("x" * 44, "44 characters"),
        ("x" * 42 + "=", "43 characters"),
        ("x" * 42 + "+", "43 characters"),
        (" " + "x" * 43, "white space"),
        ("x" * 43 + "\n", "white space"),
        ("ab" * 20, "fingerprint"),
        ("AB:" * 31 + "AB", "fingerprint"),
        ("ab" * 32, "fingerprint"),
        ("\u0661" * 43, "43 characters"),
    ],
)
def test_the_form_of_a_certificate_id(certificate_id, words):
    problems = preflight.id_form_problems(certificate_id)
    assert (words is None and problems == []) or words in problems[0].detail


@pytest.mark.parametrize(
    ("client_id", "blocking", "words"),
    [
        (CLIENT_ID, None, None),
        (CLIENT_ID.upper(), None, None),
        ("", True, "empty"),
        ("3FA85F64-5717-4562-B3FC-2C963F66AFA6", True, "Application ID"),
        (CLIENT_ID[:-1], False, "63 characters"),
        (CLIENT_ID + " ", True, "white space"),
        ("https://system.netsuite.com", True, "not hexadecimal"),
        ("0" * 81, True, "81 characters"),
        ("g" * 64, False, "not hexadecimal"),
    ],
)
def test_client_ids(client_id, blocking, words):
    problems = preflight.client_problems(client_id)
    if words is None:
        assert problems == []
        return
    assert rules(problems) == [("client_id", blocking)]
    assert words in problems[0].detail
    assert len(client_id) < 20 or client_id.strip() not in f"{problems}"


@pytest.mark.parametrize(
    ("account_id", "base_url", "expected"),
    [
        ("1234567", None, []),
        ("1234567", "http://127.0.0.1:1", []),
        ("evil.example", None, [("account_id", True)]),
        (None, None, [("account_id", True)]),
        ("1234567", "http://evil.example", [("base_url", True)]),
    ],
)
def test_account_problems(account_id, base_url, expected):
    assert rules(preflight.account_problems(account_id, base_url)) == expected


def test_owner_problems():
    other = accounts.parse_account("1234567")
    assert (
        preflight.credential_file_problems(None, ACCOUNT) == preflight.credential_file_problems(ACCOUNT, ACCOUNT) == []
    )
    assert rules(preflight.credential_file_problems(other, ACCOUNT)) == [("account", False)]


@pytest.mark.parametrize(
    ("audience", "good"),
    [
        (PLACES.token, True),
        (PLACES.token.replace("suitetalk", "restlets"), True),
        (PLACES.token.replace("suitetalk", "connect"), True),
        (PLACES.token.replace("1234567-sb1", "1234567-SB1"), True),
        (PLACES.token.replace("1234567-sb1", "1234567"), False),
        (PLACES.token + "/", False),
        (PLACES.token.replace("https", "http"), False),
        (PLACES.suitetalk, False),
        ("", False),
    ],
)
def test_audiences(audience, good):
    assert rules(preflight.audience_problems(audience, ACCOUNT, PLACES)) == ([] if good else [("audience", False)])


def test_the_audience_of_a_server_named_by_hand():
    endpoints = accounts.endpoints_of(ACCOUNT, "http://127.0.0.1:8080/_acct/1234567-sb1")
    assert preflight.audience_problems(endpoints.token, ACCOUNT, endpoints) == []


@pytest.mark.parametrize(
    ("skew", "words"), [(None, None), (0, None), (60, None), (-60, None), (61, "61 s behind"), (-61, "61 s ahead")]
)
def test_clocks(skew, words):
    problems = preflight.clock_problems(skew)
    assert (words is None and problems == []) or words in problems[0].detail


@pytest.mark.parametrize(
    ("key", "algorithm", "scope", "expected"),
    [
        (RSA, "auto", ["restlets"], []),
        (RSA, "PS384", ["restlets"], []),
        (RSA, "RS256", ["restlets"], ["algorithm"]),
        (RSA, "ES256", ["restlets"], ["algorithm"]),
        (P256, "ES512", ["restlets"], ["algorithm"]),
        (P256, "auto", [], ["scope"]),
        (P256, "none", ["mcp"], ["algorithm", "scope"]),
    ],
)
def test_requests(key, algorithm, scope, expected):
    problems = preflight.request_problems(key, algorithm, scope)
    assert rules(problems) == [(rule, True) for rule in expected]


# --- what becomes of problems --------------------------------------------------------------------------------------


def test_only_what_blocks_stops():
    hint = Problem("hint", "a hint", "Mind it", blocking=False)
    block = Problem("expired", "the certificate expired", "Renew it")
    preflight.stop_at_blocking([])
    preflight.stop_at_blocking([hint])
    with pytest.raises((KeyMaterialError, OptionError)) as caught:
        preflight.stop_at_blocking([hint, block, Problem("other", "x", "y")])
    assert (caught.value.cause, str(caught.value)) == ("expired", "The certificate expired. Renew it.")


def test_what_is_shown_of_a_problem():
    assert Problem("r", "d", "f").as_result() == {"rule": "r", "detail": "d", "fix": "f"}


@given(st.text(), st.text(), st.text(), st.lists(st.text()))
def test_any_text_can_be_looked_at(first, second, algorithm, scope):
    preflight.client_problems(first)
    preflight.id_form_problems(first)
    preflight.account_problems(first, second)
    preflight.audience_problems(first, ACCOUNT, PLACES)
    preflight.request_problems(P256, algorithm, scope)
