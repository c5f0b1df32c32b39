# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of values as people paste them, whichever option they arrive in."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import inputs
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.tests.support import pasted

STR, SECRET = {"type": "str"}, {"type": "str", "no_log": True}
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMDAxOzEyIn0.c2lnbmF0dXJl"


def cleaned(name, value, spec=None):
    return inputs.clean({name: spec or STR}, {name: value})[name]


def refusal(name, value, spec=None):
    with pytest.raises(OptionError) as caught:
        cleaned(name, value, spec)
    assert name in caught.value.problem
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize("around", pasted.AROUND)
@pytest.mark.parametrize(
    ("name", "value", "spec"),
    [
        ("account_id", "1234567_SB1", STR),
        ("client_id", "ab" * 32, STR),
        ("base_url", "https://example.com/x", STR),
        ("vault_id", "prod", STR),
        ("common_name", "Zo\u00eb & Sons", STR),
        ("access_token", TOKEN, SECRET),
        ("ca_path", "/etc/my ca.pem", {"type": "path"}),
        ("state", "present", {"type": "str", "choices": ["present"]}),
        ("role", "1001", STR),
        ("retries", 3, {"type": "int"}),
        ("timeout", 2.5, {"type": "float"}),
        ("deploy", True, {"type": "bool"}),
        ("scope", ["restlets"], {"type": "list", "elements": "str"}),
    ],
)
def test_what_is_around_a_value_goes(around, name, value, spec):
    text = value[0] if isinstance(value, list) else str(value)
    pasted_value = pasted.AROUND[around](text)
    assert cleaned(name, [pasted_value] if isinstance(value, list) else pasted_value, spec) == value


@pytest.mark.parametrize("within", pasted.WITHIN)
@pytest.mark.parametrize(("name", "spec"), [("client_id", STR), ("base_url", STR), ("access_token", SECRET)])
def test_what_is_within_a_value_is_named_by_its_place(within, name, spec):
    character, words = pasted.WITHIN[within]
    error = refusal(name, f"abcd{character}efgh", spec)
    assert words in error.problem
    assert "at position 5 of 9" in error.problem
    assert "abcd" not in str(error)


@given(st.text())
def test_a_clean_text_stays_as_it_is(text):
    once = inputs.tidy(text)
    assert inputs.tidy(once) == once


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\ufeff", "\u200b\n"])
def test_a_passphrase_loses_line_ends_alone(end):
    assert cleaned("private_key_passphrase", f" 'open  sesame' {end}", SECRET) == " 'open  sesame' "


@pytest.mark.parametrize("value", [1001, "1001", " 1001\n", "01001", "\ufeff1001", '"1001"'])
def test_internal_ids_compare_as_numbers(value):
    assert cleaned("expected_role", value) == "1001"
    assert cleaned("entity", f"-{str(value).strip()}" if value == "01001" else "-5") in ("-1001", "-5")


@pytest.mark.parametrize("value", ["Administrator", "customrole_x", "10 01", "1001;12", "\uff11\uff10", "0x3e9", "1e3"])
def test_what_is_not_an_internal_id(value):
    refusal("role", value)


@pytest.mark.parametrize("value", [1e5, 1001.0, True, False, float("inf")])
@pytest.mark.parametrize("name", ["account_id", "client_id", "role", "country", "proxy"])
def test_what_yaml_made_of_a_text(name, value):
    assert "quotes" in refusal(name, value).fix


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "bool",
            {"yes": True, "False": False, "0": False, 1: True, 0.0: False, "OFF\n": False, " y ": True, '"t"': True},
            ["maybe", "2", 2, "", "truefalse", "ja"],
        ),
        (
            "int",
            {" 30 ": 30, "4096": 4096, 4096.0: 4096, "+5": 5, "30.0": 30, "\u00a07": 7, "-1": -1},
            ["30 days", "30.5", "1e3", True, "", "0x10", "\uff13", 1.5, "30,0", "1_000"],
        ),
        ("float", {" 2.5 ": 2.5, "30": 30.0, "1e2": 100.0, 7: 7.0}, ["30s", "2,5", True, "", "nan", "inf"]),
    ],
)
def test_texts_become_what_they_mean_or_are_refused(kind, good, bad):
    for value, meaning in good.items():
        found = cleaned("x", value, {"type": kind})
        assert (found, type(found)) == (meaning, type(meaning))
    for value in bad:
        assert "x is " in refusal("x", value, {"type": kind}).problem


@pytest.mark.parametrize(
    "value",
    [
        ["restlets", "rest_webservices"],
        "restlets,rest_webservices",
        " restlets , rest_webservices \n",
        "['restlets', 'rest_webservices']",
        '["restlets", "rest_webservices"]',
        "[restlets, rest_webservices]",
        "restlets rest_webservices",
        "restlets;rest_webservices",
        "- restlets\n- rest_webservices\n",
    ],
)
def test_a_list_may_be_a_text(value):
    assert cleaned("scope", value, {"type": "list", "elements": "str"}) == ["restlets", "rest_webservices"]


# --- secrets in the wrong place ------------------------------------------------------------------------------------


@pytest.fixture
def secrets(lab):
    key = lab.key_pem(lab.key("RSA-2048"))
    small = lab.key_pem(lab.key("secp256r1"), None, "TraditionalOpenSSL")
    return {
        "key": key,
        "EC key": small,
        "key on one line": key.replace("\n", "\\n"),
        "key without its end": key[:300],
        "body": "".join(key.splitlines()[1:-1]),
        "first line of a body": key.splitlines()[1],
        "body of an EC key": "".join(small.splitlines()[1:-1]),
        "key in base64": base64.b64encode(key.encode()).decode(),
        "key for a URL": quote(key),
        "key in JSON": json.dumps({"key": key}),
        "key with a byte order mark": "\ufeff" + key,
        "encrypted key": lab.key_pem(lab.key("secp256r1"), "x"),
        "token": TOKEN,
        "token after a word": f"Bearer {TOKEN}",
        "payload": base64.urlsafe_b64encode(b'{"sub": "1001;12", "scope": ["restlets", "rest_webservices"]}').decode(),
        "vault text": "$ANSIBLE_VAULT;1.1;AES256\n3836",
        "store token": "hvs.CAESIJ0oZGVtb1Rva2VuRm9yVGVzdHM",
    }


@pytest.mark.parametrize(
    "spec", [STR, {"type": "path"}, {"type": "int"}, {"type": "bool"}], ids=lambda one: one["type"]
)
def test_a_secret_in_another_option_is_refused_and_not_quoted(secrets, spec):
    for kind, secret in secrets.items():
        if spec["type"] in ("int", "bool") and kind in ("vault text", "body", "first line of a body"):
            continue  # not recognised before it is refused as what it is
        error = refusal("vault_id", secret, spec)
        assert secret[:20] not in str(error), kind
        assert (error.cause == "misplaced_secret") or spec["type"] in ("int", "bool"), kind


def test_a_secret_within_a_list_or_a_mapping_is_refused(secrets):
    for secret in (secrets["key"], secrets["token"]):
        for spec, value in (
            ({"type": "list", "elements": "str"}, ["x", secret]),
            ({"type": "list", "elements": "str"}, secret),
            ({"type": "dict"}, {"a": [{"b": secret}]}),
            ({"type": "dict"}, {secret: 1}),
        ):
            assert refusal("scope", value, spec).cause == "misplaced_secret"


@pytest.mark.parametrize("name", ["access_token", "api_key", "private_key_passphrase"])
def test_a_key_in_the_place_of_another_secret_is_refused(secrets, name):
    assert refusal(name, secrets["key"], SECRET).cause == "misplaced_secret"
    assert refusal(name, secrets["vault text"], SECRET).cause == "misplaced_secret"


@pytest.mark.parametrize("text", ["eyJ" + "x" * 40, "MII" + "x" * 40, "a" * 43, "MII-" + "b" * 39])
def test_a_certificate_id_that_looks_like_the_beginning_of_something_is_taken(text):
    assert cleaned("certificate_id", text) == text


def test_the_source_of_a_script_may_speak_of_keys_and_not_hold_one(secrets):
    source = "const begin = '-----BEGIN PRIVATE KEY-----';\n"
    assert cleaned("content", source) == source
    assert refusal("content", f"{source}const key = `{secrets['key']}`;").cause == "misplaced_secret"


@pytest.mark.parametrize("value", [["1001"], {"id": 1001}, ("a",), []])
def test_a_list_where_one_value_is_meant_is_refused(value):
    """Ansible would make the text of a list of it."""
    assert "which is not text" in refusal("role", value, {"type": "str"}).problem


def test_a_key_in_lines_is_seen_where_one_value_is_meant():
    lines = ["-----BEGIN PRIVATE KEY-----", "QUJD" * 16, "-----END PRIVATE KEY-----"]
    found = refusal("role", lines, {"type": "str"})
    assert found.cause == "misplaced_secret"
    assert "QUJD" not in str(found)
