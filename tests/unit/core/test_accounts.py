# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import (
    Account,
    check_environment,
    endpoints_of,
    is_loopback,
    parse_account,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError

STRICT_LABEL = re.compile(r"\A[a-z0-9]+(-[a-z0-9]+)*\Z", re.ASCII)
HOSTS = ("suitetalk", "restlets")


def prepared_host(url: str) -> str | None:
    """The host that the HTTP library would really connect to."""
    prepared = requests.Request("POST", url).prepare().url
    return urlsplit(prepared).hostname


SPELLINGS = [
    ("1234567", "1234567", "1234567", "production"),
    ("123456", "123456", "123456", "production"),
    ("  1234567\n", "1234567", "1234567", "production"),
    (1234567, "1234567", "1234567", "production"),
    ("1234567_SB1", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("1234567-SB1", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("1234567-sb1", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("1234567_sb12", "1234567-sb12", "1234567_SB12", "sandbox"),
    ("1234567_SB", "1234567-sb", "1234567_SB", "sandbox"),
    ("1234567_RP", "1234567-rp", "1234567_RP", "release_preview"),
    ("1234567-rp2", "1234567-rp2", "1234567_RP2", "release_preview"),
    ("TSTDRV1431250", "tstdrv1431250", "TSTDRV1431250", "test_drive"),
    ("td2950894", "td2950894", "TD2950894", "test_drive"),
    ("TSTDRV1431250_SB1", "tstdrv1431250-sb1", "TSTDRV1431250_SB1", "sandbox"),
    ("demo123", "demo123", "DEMO123", "production"),
    ("a" * 63, "a" * 63, "A" * 63, "production"),
    ("https://1234567.app.netsuite.com/app/center/card.nl?sc=-29&whence=", "1234567", "1234567", "production"),
    ("https://1234567-sb1.app.netsuite.com", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("https://1234567-SB1.app.netsuite.com/", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("HTTPS://1234567-sb1.APP.NETSUITE.COM:443/app#x", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("1234567-sb1.app.netsuite.com", "1234567-sb1", "1234567_SB1", "sandbox"),
    ("tstdrv1431250.app.netsuite.com/app/center", "tstdrv1431250", "TSTDRV1431250", "test_drive"),
]

HOSTILE = {
    "none": None,
    "true": True,
    "float": 1234567.5,
    "empty": "",
    "Python's None as text": "None",
    "JSON's null as text": "null",
    "JavaScript's undefined as text": "undefined",
    "blank": "   ",
    "userinfo": "1234567@evil.example",
    "userinfo in url": "https://1234567.app.netsuite.com@evil.example/",
    "password in url": "https://x:y@1234567.app.netsuite.com/",
    "userinfo before app host": "https://evil@1234567.app.netsuite.com/",
    "fragment": "evil.example#",
    "fragment hides host": "https://evil.example#.app.netsuite.com",
    "query hides host": "https://evil.example?.app.netsuite.com",
    "path hides host": "https://evil.example/.app.netsuite.com",
    "slash": "1234567/x",
    "suffix only": ".app.netsuite.com",
    "suffix in another domain": "https://1234567.app.netsuite.com.evil.example/",
    "no dot before suffix": "https://evilapp.netsuite.com/",
    "two labels": "https://evil.1234567.app.netsuite.com/",
    "suitetalk host": "https://1234567.suitetalk.api.netsuite.com/",
    "plain http": "http://1234567.app.netsuite.com/",
    "other scheme": "ftp://1234567.app.netsuite.com/",
    "port": "https://1234567.app.netsuite.com:8443/",
    "port zero": "https://1234567.app.netsuite.com:0/",
    "port too large": "https://1234567.app.netsuite.com:99999/",
    "port no number": "https://1234567.app.netsuite.com:x/",
    "unicode digits": "\u0661\u0662\u0663\u0664",
    "full-width digits": "\uff11\uff12\uff13",
    "full-width dot": "1234567\uff0eevil",
    "ideographic dot": "1234567\u3002evil\u3002example",
    "kelvin sign": "\u212a1234567",
    "long s": "1234567_\u017fb1",
    "dotless i": "t\u0131",
    "newline inside": "1234567\nevil",
    "carriage return inside": "1234567\rHost: evil.example",
    "newline in url": "https://12345\n67.app.netsuite.com/",
    "tab inside": "1234\t567",
    "tab in url": "https://1234\t567.app.netsuite.com/",
    "nul": "1234567\x00",
    "space inside": "1234567 SB1",
    "percent": "1234567%2eevil%2eexample",
    "percent in url": "https://1234567%2eapp.netsuite.com/",
    "backslash": "evil.example\\.app.netsuite.com",
    "backslash in url": "https://evil.example\\.app.netsuite.com/",
    "ipv4": "127.0.0.1",
    "ipv6": "[::1]",
    "ipv6 bare": "::1",
    "broken ipv6 url": "https://[::1.app.netsuite.com/",
    "colon": "1234567:80",
    "leading hyphen": "-1234567",
    "trailing hyphen": "1234567-",
    "trailing underscore": "1234567_",
    "double hyphen": "1234567--sb1",
    "double underscore": "1234567__SB1",
    "punycode": "xn--1234567",
    "64 characters": "a" * 64,
    "endless": "1" * 100_000,
    "comma": "1234567,sb1",
    "semicolon": "1234567;sb1",
    "quote": "1234567'",
    "jinja": "{{ account }}",
    "dots": "..",
}


@pytest.mark.parametrize(
    ("spelling", "label", "realm", "environment"), SPELLINGS, ids=[repr(row[0])[:40] for row in SPELLINGS]
)
def test_every_spelling_gives_one_account(spelling, label, realm, environment):
    account = parse_account(spelling)
    assert account == Account(label, realm, environment)
    assert parse_account(account.label) == parse_account(account.realm) == account
    found = endpoints_of(account)
    for service in HOSTS:
        url = getattr(found, service)
        assert url == f"https://{label}.{service}.api.netsuite.com"
        assert prepared_host(url) == urlsplit(url).hostname == f"{label}.{service}.api.netsuite.com"


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_account_ids_are_refused(value):
    with pytest.raises(OptionError) as caught:
        parse_account(value)
    assert caught.value.cause == "bad_account_id"
    assert "account_id" in caught.value.problem
    assert "1234567_SB1" in caught.value.fix
    assert len(str(caught.value)) < 400, "a message must not repeat an endless value"
    assert "\n" not in str(caught.value)


def assert_safe(value: str) -> None:
    try:
        account = parse_account(value)
    except OptionError:
        return
    assert STRICT_LABEL.fullmatch(account.label)
    assert len(account.label) <= 63
    assert account.realm == account.label.upper().replace("-", "_")
    found = endpoints_of(account)
    for url, service in ((found.token, "suitetalk"), (found.keys, "suitetalk"), (found.certificates("c"), "restlets")):
        parts = urlsplit(url)
        assert parts.hostname == f"{account.label}.{service}.api.netsuite.com"
        assert (parts.scheme, parts.username, parts.port, parts.query, parts.fragment) == ("https", None, None, "", "")
        assert prepared_host(url) == parts.hostname


@given(st.text())
def test_any_text_is_refused_or_gives_a_strict_host(value):
    assert_safe(value)


@given(st.text(alphabet="aZ09-_./:@#?%\\[] \t\n\u0661\uff0e", max_size=30))
def test_any_text_of_dangerous_characters_is_refused_or_gives_a_strict_host(value):
    assert_safe(value)
    assert_safe(f"https://{value}.app.netsuite.com/")
    assert_safe(f"https://1234567.app.netsuite.com{value}")
    assert_safe(f"1234567{value}")


@given(st.from_regex(STRICT_LABEL).filter(lambda text: len(text) <= 63), st.booleans(), st.booleans())
def test_every_label_survives_every_spelling(label, upper, underscore):
    spelling = label.replace("-", "_") if underscore else label
    assert parse_account(spelling.upper() if upper else spelling).label == label
    assert parse_account(f"https://{label}.app.netsuite.com/app").label == label


BASES = [
    ("https://netsuite.example", "https://netsuite.example"),
    ("https://netsuite.example/", "https://netsuite.example"),
    ("  https://netsuite.example/  ", "https://netsuite.example"),
    ("https://netsuite.example:8443/prefix/", "https://netsuite.example:8443/prefix"),
    ("https://10.0.0.1/x", "https://10.0.0.1/x"),
    ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]:8443/x"),
    ("HTTPS://NetSuite.example/Prefix", "https://NetSuite.example/Prefix"),
    ("https://under_score.example", "https://under_score.example"),
    ("http://127.0.0.1:8080/_acct/1234567-sb1", "http://127.0.0.1:8080/_acct/1234567-sb1"),
    ("http://127.8.8.8", "http://127.8.8.8"),
    ("http://localhost:1", "http://localhost:1"),
    ("http://LOCALHOST", "http://LOCALHOST"),
    ("http://[::1]:8080", "http://[::1]:8080"),
    ("http://[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]"),
]


@pytest.mark.parametrize(("given_base", "used"), BASES, ids=[row[0].strip() for row in BASES])
def test_good_base_urls(given_base, used):
    found = endpoints_of(parse_account("1234567"), given_base)
    assert found.suitetalk == found.restlets == used
    assert found.token == f"{used}/services/rest/auth/oauth2/v1/token"
    assert prepared_host(found.token) == urlsplit(used).hostname


BAD_BASES = {
    "no scheme": "netsuite.example",
    "no host": "https:///path",
    "one slash": "https:/netsuite.example",
    "relative": "/services",
    "ftp": "ftp://netsuite.example",
    "file": "file:///etc/passwd",
    "javascript": "javascript:alert(1)",
    "http to the net": "http://netsuite.example",
    "http localhost in a domain": "http://localhost.evil",
    "http localhost with a dot": "http://localhost.",
    "http 127.0.0.1 in a domain": "http://127.0.0.1.evil.example",
    "http mapped public address": "http://[::ffff:10.0.0.1]",
    "http decimal ip": "http://2130706433",
    "http hexadecimal ip": "http://0x7f000001",
    "http octal ip": "http://0177.0.0.1",
    "http short ip": "http://127.1",
    "http any address": "http://0.0.0.0",
    "http private address": "http://192.168.0.1",
    "http userinfo": "http://127.0.0.1@evil.example",
    "http backslash": "http://127.0.0.1\\@evil.example",
    "http fragment": "http://127.0.0.1#@evil.example",
    "http ipv6 lookalike": "http://[::2]",
    "user": "https://user@netsuite.example",
    "password": "https://user:pass@netsuite.example",
    "empty user": "https://@netsuite.example",
    "query": "https://netsuite.example/?a=b",
    "fragment": "https://netsuite.example/#a",
    "port zero": "https://netsuite.example:0",
    "port too large": "https://netsuite.example:65536",
    "port no number": "https://netsuite.example:http",
    "newline": "https://netsuite.example\n.evil.example",
    "tab": "https://net\tsuite.example",
    "space": "https://netsuite .example",
    "delete character": "https://netsuite\x7f.example",
    "percent in host": "https://netsuite%2eexample",
    "umlaut": "https://nets\u00fcite.example",
    "full-width dot": "https://netsuite\uff0eexample",
    "broken ipv6": "https://[::1",
    "no ipv6": "https://[netsuite.example]",
    "ipv6 zone": "https://[fe80::1%25eth0]",
    "leading dot": "https://.netsuite.example",
    "two dots": "https://netsuite..example",
    "star": "https://*.netsuite.example",
    "label too long": f"https://{'a' * 64}.example",
    "name too long": f"https://{'a.' * 130}example",
    "comma": "https://a,b.example",
}


@pytest.mark.parametrize("base", BAD_BASES.values(), ids=BAD_BASES.keys())
@pytest.mark.parametrize("option", ["base_url", "certificates_url"])
def test_bad_base_urls_are_refused(base, option):
    account = parse_account("1234567")
    with pytest.raises(OptionError) as caught:
        endpoints_of(account, base) if option == "base_url" else endpoints_of(account, None, base)
    assert caught.value.cause == "bad_base_url"
    assert option in str(caught.value)
    assert "pass@" not in str(caught.value)


@given(st.text(alphabet="ab1.-_:/@#?%\\[]\t \u0661\uff0e", max_size=25), st.sampled_from(["http", "https", "HTTP"]))
def test_any_base_url_is_refused_or_leads_where_it_says(rest, scheme):
    try:
        found = endpoints_of(parse_account("1234567"), f"{scheme}://{rest}")
    except OptionError:
        return
    parts = urlsplit(found.token)
    assert prepared_host(found.token) == parts.hostname
    assert parts.scheme == "https" or is_loopback(parts.hostname)
    assert parts.username is None
    assert not parts.query
    assert not parts.fragment
    assert parts.path.endswith("/services/rest/auth/oauth2/v1/token")


@given(st.text(), st.text(min_size=1))
def test_ids_in_paths_are_quoted(client_id, certificate_id):
    found = endpoints_of(parse_account("1234567"))
    parts = urlsplit(found.revoke(client_id, certificate_id))
    assert parts.hostname == "1234567.restlets.api.netsuite.com"
    assert not parts.query
    assert not parts.fragment
    assert re.fullmatch(r"/services/rest/auth/oauth2/v1/clients/[^/]*/certificates/[^/]+/revoke", parts.path)


@pytest.mark.parametrize(
    ("spelling", "expected", "good"),
    [
        ("1234567", "production", True),
        ("1234567", None, True),
        ("1234567", "", True),
        ("1234567_SB1", "sandbox", True),
        ("1234567_RP", "release_preview", True),
        ("TSTDRV1", "test_drive", True),
        ("1234567", "sandbox", False),
        ("1234567_SB1", "production", False),
        ("1234567_SB1", "release_preview", False),
    ],
)
def test_the_environment_is_what_the_caller_believes(spelling, expected, good):
    if good:
        check_environment(parse_account(spelling), expected)
        return
    with pytest.raises(OptionError) as caught:
        check_environment(parse_account(spelling), expected)
    assert caught.value.cause == "wrong_environment"
    assert expected in str(caught.value)


def test_certificates_url_moves_the_certificate_api_alone():
    found = endpoints_of(parse_account("1234567"), None, "https://1234567.suitetalk.api.netsuite.com/")
    assert found.certificates("c").startswith("https://1234567.suitetalk.api.netsuite.com/services/")
    both = endpoints_of(parse_account("1234567"), "https://a.example", "https://b.example")
    assert (both.suitetalk, both.restlets) == ("https://a.example", "https://b.example")
    assert both.server_time == "https://a.example/services/rest/system/v1/serverTime"
