# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server's clock, as an answer's Date shows it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.services import http_client
from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import Response

NOW = 1_795_000_000.0


def http_date(seconds):
    return format_datetime(datetime.fromtimestamp(NOW, timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("date", "skew"),
    [
        (http_date(0), 0),
        (http_date(90), 90),
        (http_date(-90), -90),
        ("Thu, 01 Jan 1970 00:00:00 GMT", -NOW),
        ("Thu, 01 Jan 1970 00:00:00 -0000", -NOW),
        ("Thu, 01 Jan 1970 02:00:00 +0200", -NOW),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251607300799),
        (None, None),
        ("", None),
        ("soon", None),
        ("Mon, 99 Xyz 2026 99:99:99 GMT", None),
        ("1 1 1 1", None),
        ("Thu, 01 Jan 99999 00:00:00 GMT", None),
    ],
    ids=repr,
)
def test_clock_skew(monkeypatch, date, skew):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    headers = {} if date is None else {"date": date}
    found = Response(200, headers, "", sent_at=NOW, received_at=NOW + 1).clock_skew
    monkeypatch.undo()
    time.tzset()
    assert found == skew


@given(st.text())
def test_any_date_can_be_looked_at(text):
    skew = Response(200, {"date": text, "retry-after": text}, "").clock_skew
    assert skew is None or isinstance(skew, int)
    assert 0 <= http_client._pause(0, text, NOW) <= 30


def test_half_the_way_is_taken_off():
    """Date is cut to whole seconds, and read somewhere between sending and receiving."""
    response = Response(200, {"date": http_date(10)}, "", sent_at=NOW, received_at=NOW + 4)
    assert response.clock_skew == 8
