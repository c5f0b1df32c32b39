# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due, and what of it is not as it is wanted."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, renewal
from ansible_collections.m2m.netsuite.plugins.module_utils.core.certificates import Subject
from ansible_collections.m2m.netsuite.plugins.module_utils.core.keys import KeyFacts

FULL = Subject("netsuite prod", "M\u00fcller & S\u00f6hne", "IT", "K\u00f6ln", "NRW", "DE", "it@example.org")


def issue(key, now, subject=FULL, **options):
    return certificates.issue(key, subject, now=now, valid_days=options.pop("valid_days", 365), **options)


@pytest.mark.parametrize(
    ("before_end", "renew_before", "reason"),
    [
        (timedelta(days=365), 30, None),
        (timedelta(days=30, seconds=1), 30, None),
        (timedelta(days=30), 30, "expires_soon"),
        (timedelta(days=1), 30, "expires_soon"),
        (timedelta(seconds=1), 30, "expires_soon"),
        (timedelta(seconds=1), 0, None),
        (timedelta(0), 0, "expired"),
        (timedelta(0), 30, "expired"),
        (timedelta(seconds=-1), 0, "expired"),
        (timedelta(days=365), 365, "expires_soon"),
        (timedelta(days=365), 10_000, "expires_soon"),
    ],
    ids=str,
)
def test_renewal_reason(ec_key, now, before_end, renew_before, reason):
    made = issue(ec_key, now)
    moment = made.not_valid_after_utc - before_end
    assert renewal.renewal_reason(made, now=moment, renew_before_days=renew_before) == reason


@pytest.mark.parametrize(
    ("life", "left", "renew_before", "reason"),
    [
        (30, 30, 30, None),  # Oracle's own command, just made
        (30, 10.1, 30, None),
        (30, 10, 30, "expires_soon"),
        (30, 6, 5, None),
        (30, 5, 5, "expires_soon"),
        (30, 0, 30, "expired"),
        (1, 0.5, 30, None),
        (1, 0.3, 30, "expires_soon"),
        (90, 31, 30, None),
        (90, 30, 30, "expires_soon"),
        (90, 60, 60, None),
        (91, 60, 60, "expires_soon"),
        (365, 365, 400, "expires_soon"),  # asked for, of a certificate that is not short-lived
    ],
    ids=str,
)
def test_a_short_life_is_not_due_from_its_start(lab, ec_key, now, life, left, renew_before, reason):
    made = lab.certificate(ec_key, start=now + timedelta(days=left - life), days=life)
    assert renewal.renewal_reason(made, now=now, renew_before_days=renew_before) == reason


def test_no_certificate_is_a_reason(now):
    assert renewal.renewal_reason(None, now=now, renew_before_days=30) == "missing"


def test_time_zones_make_no_difference(ec_key, now):
    made = issue(ec_key, now)
    end = made.not_valid_after_utc - timedelta(days=30)
    elsewhere = end.astimezone(timezone(timedelta(hours=13)))
    assert renewal.renewal_reason(made, now=elsewhere, renew_before_days=30) == "expires_soon"
    assert isinstance(elsewhere, datetime)


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (None, 0),
        (KeyFacts("EC", 256, "secp256r1"), 0),
        (KeyFacts("EC", 384, "secp384r1"), 1),
        (KeyFacts("RSA", 4096), 1),
    ],
    ids=str,
)
def test_differences(ec_key, now, wanted, count):
    made = issue(ec_key, now)
    assert len(renewal.differences(made, wanted, Subject())) == count
    assert len(renewal.differences(made, wanted, Subject(country="AT"))) == count + 1
