# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address that asks for consent, and every address that can come back."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import consent
from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import endpoints_of, parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.consent import ConsentError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError

ACCOUNT = parse_account("1234567_SB1")
PAGE = endpoints_of(ACCOUNT).authorization
URI = "https://localhost:8765/"
ASKED = consent.new_question(PAGE, "c" * 64, URI, ["restlets", "rest_webservices"])
GOOD = {"state": ASKED.state, "role": "3", "entity": "-5", "company": "1234567_SB1", "code": "CodeCanary"}


def back(uri: str = URI, **changes: str | None) -> str:
    fields = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    return f"{uri}?{urlencode(fields)}"


def test_the_address_is_as_documented():
    url = urlsplit(ASKED.address)
    assert PAGE == "https://1234567-sb1.app.netsuite.com/app/login/oauth2/authorize.nl"
    assert ASKED.address.startswith(f"{PAGE}?response_type=code&client_id=")
    query = {name: value for name, [value] in parse_qs(url.query).items()}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(ASKED.verifier.encode()).digest()).rstrip(b"=").decode()
    assert query == {
        "response_type": "code",
        "client_id": "c" * 64,
        "redirect_uri": URI,
        "scope": "restlets rest_webservices",
        "state": ASKED.state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    assert "scope=restlets%20rest_webservices&" in url.query
    assert 22 <= len(ASKED.state) <= 1024
    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", ASKED.verifier)
    other = consent.new_question(PAGE, "c" * 64, URI, ["rest_webservices"])
    assert not {ASKED.state, ASKED.verifier} & {other.state, other.verifier}


def test_what_is_secret_is_in_no_representation():
    answer = consent.read_answer(back(), ASKED, ACCOUNT)
    assert "CodeCanary" not in repr(answer)
    assert ASKED.verifier not in repr(ASKED)
    assert ASKED.verifier not in ASKED.address


@pytest.mark.parametrize(
    "address",
    [
        back(),
        f"  '{back()}'\n",
        back().replace("&role", "&\r\n role"),
        back("https://localhost:8765"),
        back(company="1234567-sb1"),
        back(company=None),
        back() + "#_=_",
    ],
)
def test_a_good_answer(address):
    answer = consent.read_answer(address, ASKED, ACCOUNT)
    assert (answer.code, answer.role, answer.entity) == ("CodeCanary", "3", "-5")
    assert ASKED.form(answer.code) == {
        "grant_type": "authorization_code",
        "code": "CodeCanary",
        "redirect_uri": URI,
        "code_verifier": ASKED.verifier,
    }


def test_ids_that_are_none_are_left_out():
    answer = consent.read_answer(back(role="3;drop", entity=None), ASKED, ACCOUNT)
    assert (answer.role, answer.entity) == (None, None)


def test_a_redirect_uri_with_a_query_of_its_own():
    asked = replace(ASKED, redirect_uri="https://example.com/back?to=ansible")
    address = f"https://example.com/back?to=ansible&{urlencode(GOOD)}"
    assert consent.read_answer(address, asked, ACCOUNT).code == "CodeCanary"


REFUSED = {
    "nothing": (" \n", "no_answer", "No address was given"),
    "another page": (back("https://example.com/"), "foreign_address", "begins with https://localhost:8765/"),
    "the page itself": (ASKED.address, "foreign_address", "is not an address that begins with"),
    "a code alone": ("CodeCanary", "foreign_address", "Copy the whole address"),
    "a field twice": (back() + "&code=x", "foreign_address", "twice"),
    "no state": (back(state=None), "wrong_state", "belongs to another login"),
    "another state": (back(state="x" * 43), "wrong_state", "belongs to another login"),
    "a state with other letters": (back(state="ä" * 43), "wrong_state", "belongs to another login"),
    "denied": (back(error="access_denied", code=None), "consent_denied", "the consent was denied"),
    "scope": (back(error="invalid_scope", code=None), "consent_refused", "Tick the box REST Web Services"),
    "grant": (back(error="unauthorized_client", code=None), "consent_refused", "Authorization Code Grant"),
    "something else": (back(error="\x1b[31mserver_error", code=None), "consent_refused", "[31mserver_error"),
    "another account": (back(company="7654321"), "wrong_account", "for account 7654321, not for 1234567_SB1"),
    "no code": (back(code=None), "no_code", "The address holds no code"),
    "an empty code": (back(code=""), "no_code", "The address holds no code"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_answers(case):
    address, cause, words = REFUSED[case]
    with pytest.raises(ConsentError) as caught:
        consent.read_answer(address, ASKED, ACCOUNT)
    assert caught.value.cause == cause
    assert words in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert "CodeCanary" not in str(caught.value)


@pytest.mark.parametrize(
    "uri", [URI, "https://127.0.0.1:1/", "https://example.com/a/b?c=d", "patchworks://back", "com.a:/b"]
)
def test_redirect_uris(uri):
    assert consent.check_redirect_uri(uri).geturl().rstrip("/") == uri.rstrip("/")


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("http://localhost:8765/", "which NetSuite refuses"),
        ("HTTP://localhost:8765/", "which NetSuite refuses"),
        ("https://", "not an address"),
        ("https://localhost:0/", "not an address"),
        ("https://localhost:99999/", "not an address"),
        ("https://me:word@localhost/", "not an address"),
        ("https://localhost/#here", "not an address"),
        ("localhost", "not an address"),
        ("javascript:alert(1)", "not an address"),
        ("", "not an address"),
    ],
)
def test_refused_redirect_uris(uri, words):
    with pytest.raises(OptionError, match=words) as caught:
        consent.check_redirect_uri(uri)
    assert caught.value.cause == "bad_redirect_uri"


def test_where_a_listener_listens():
    assert consent.listening_port(URI) == 8765
    for uri in ("https://example.com:8765/", "https://localhost/", "patchworks://localhost:8765/"):
        with pytest.raises(OptionError, match="does not lead to a port of this machine"):
            consent.listening_port(uri)


def test_a_scope_that_cannot_upload():
    with pytest.raises(OptionError, match="does not hold rest_webservices"):
        consent.new_question(PAGE, "c" * 64, URI, ["restlets"])
