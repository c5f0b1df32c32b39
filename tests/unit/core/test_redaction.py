# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core.redaction import excerpt

HEAD, BODY, TAIL = "eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJjYW5hcnkifQ", "c2lnbmF0dXJlLWNhbmFyeQ"
TOKEN = f"{HEAD}.{BODY}.{TAIL}"
KEY = "-----BEGIN PRIVATE KEY-----\nMIIEcanarycanary\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("  many \n lines\tof  it ", "many lines of it"),
        (f"before {TOKEN} after", "before (removed) after"),
        (f"client_assertion={TOKEN}&x=1", "client_assertion=(removed)&x=1"),
        (f'{{"access_token":"{TOKEN}"}}', '{"access_token":"(removed)"}'),
        (f"{HEAD}.{BODY}", "(removed)"),
        (f"{HEAD}.{BODY}.", "(removed)"),
        (f"{TOKEN}{TOKEN}", "(removed)"),
        (f"a {KEY} b", "a (removed) b"),
        (KEY.replace("\n", "\\n"), "(removed)\\n"),
        (KEY[:40], "(removed)"),
        (f"x {KEY[:50]} and {TOKEN}", "x (removed)"),
        ("Authorization: Bearer opaque-token_1", "Authorization: Bearer (removed)"),
        ("authorization: bearer\topaque", "authorization: bearer (removed)"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic (removed)"),
        ('{"Authorization": "Bearer opaque"}', '{"Authorization": "Bearer (removed)"}'),
        ('WWW-Authenticate: Bearer realm="123456"', 'WWW-Authenticate: Bearer realm="123456"'),
        ("a bearer of news", "a bearer of news"),
        ("red \x1b[31malert\x1b[0m \x07\x00", "red [31malert [0m"),
        ("bidi \u202eevil \u2066x", "bidi evil x"),
        ("K\u00f6ln \u2603", "K\u00f6ln \u2603"),
    ],
    ids=range(22),
)
def test_excerpts(text, shown):
    assert excerpt(text) == shown


@pytest.mark.parametrize("length", [10, 80, 200])
def test_length(length):
    assert excerpt("x" * length, length) == "x" * length
    assert excerpt("x" * (length + 1), length) == "x" * (length - 3) + "..."
    assert len(excerpt("\u00fc" * 5000, length)) == length


@given(st.text(), st.text(), st.integers(0, 40))
def test_no_part_of_a_secret_comes_through_wherever_it_stands(before, after, cut):
    for secret in (TOKEN, KEY):
        shown = excerpt(f"{before} {secret[: len(secret) - cut]} {after}", 10**6)
        assert TAIL[:8] not in shown
        assert BODY[:12] not in shown
        assert "MIIEcanary" not in shown


def test_a_secret_far_into_a_text_comes_through_nowhere():
    assert BODY not in excerpt("x" * 150 + TOKEN)
    assert excerpt("x " * 40_000 + TOKEN).endswith("...")


@pytest.mark.parametrize(
    "piece", ["eyJ", "eyJhbGciOiJSUzI1NiJ9", "eyJhbGciOiJSUzI1NiJ9.", "-----BEGIN", "Bearer ", "a.b."]
)
def test_large_hostile_texts_take_no_time(piece):
    started = time.process_time()
    excerpt(piece * (1024 * 1024 // len(piece)))
    assert time.process_time() - started < 1
