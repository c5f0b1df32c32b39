# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For whom a login of this run counts, by the clock, and which logins are one."""

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.login import (
    MARGIN,
    Answer,
    from_text,
    name_of,
    to_text,
)

NOW = 1_800_000_000.0
TOKEN = Answer(NOW, {"access_token": "secret-token", "expires_in": 3600})
FAILURE = Answer(NOW, {"failed": True, "msg": "No"})


@pytest.mark.parametrize(
    ("later", "counts"),
    [
        (0, True),
        (3600 - MARGIN - 1, True),
        (3600 - MARGIN, False),
        (3600, False),
        (-MARGIN, True),
        (-MARGIN - 1, False),
    ],
)
def test_a_token_counts_until_a_minute_before_its_end(later, counts):
    assert TOKEN.counts(NOW + later, NOW + later) is counts
    assert TOKEN.counts(NOW - 100, NOW + later) is counts


def test_a_token_that_lives_for_a_minute_is_used_once():
    assert not Answer(NOW, {"access_token": "t", "expires_in": 60}).counts(NOW, NOW)


@pytest.mark.parametrize(("asked", "now", "counts"), [(-5, 1, True), (0, 0, True), (1, 1, False), (-5, -1, False)])
def test_a_failure_counts_for_those_who_waited_for_it(asked, now, counts):
    assert FAILURE.counts(NOW + asked, NOW + now) is counts


@pytest.mark.parametrize("answer", [TOKEN, FAILURE])
def test_an_answer_is_read_as_it_was_written(answer):
    assert from_text(to_text(answer)) == answer
    assert "secret-token" not in repr(answer)


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "{}", '{"at": "x", "result": {}}', '{"at": 1, "result": 5}', "null"]
)
def test_what_is_no_answer_is_none(text):
    assert from_text(text) is None


OPTIONS = {
    "account_id": "1234567_SB1",
    "client_id": "a",
    "scope": ["restlets"],
    "private_key_path": "/key",
    "retries": 3,
}


@pytest.mark.parametrize(
    "change",
    [
        {"account_id": "https://1234567-sb1.app.netsuite.com/app/center/card.nl"},
        {"retries": 0},
        {"private_key_passphrase": "x"},
        {"proxy_password": "x"},
        {"store_token": "x"},
        {"role_variables": True},
    ],
)
def test_what_does_not_decide_about_the_token_is_not_in_the_name(change):
    assert name_of({**OPTIONS, **change}, "1234567-sb1", {}) == name_of(OPTIONS, "1234567-sb1", {})


@pytest.mark.parametrize(
    ("options", "host", "files"),
    [
        ({"client_id": "b"}, "1234567-sb1", {}),
        ({"scope": ["rest_webservices"]}, "1234567-sb1", {}),
        ({"base_url": "https://example.com"}, "1234567-sb1", {}),
        ({"private_key_content": "x"}, "1234567-sb1", {}),
        ({}, "1234567", {}),
        ({}, "1234567-sb1", {"private_key_path": "another key"}),
        ({}, "1234567-sb1", {"certificate_path": "key"}),
    ],
)
def test_what_decides_about_the_token_is_in_the_name(options, host, files):
    names = {name_of(OPTIONS, "1234567-sb1", {}), name_of(OPTIONS, "1234567-sb1", {"private_key_path": "key"})}
    assert len(names) == 2
    name = name_of({**OPTIONS, **options}, host, files)
    assert name not in names
    assert len(name) == 64
