# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in assertions that another program made."""

from __future__ import annotations

import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.m2m.netsuite.tests.e2e.mistakes.register import mistake
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_key, new_pair

Given = dict[str, Any]
MADE = "the assertion"


@mistake("assertion", "signed with RS256", known=MADE, cause="algorithm")
def _a_rs256(stage: Stage) -> Given:
    key = key_pem(rsa.generate_private_key(65537, 3072))
    return _assertion(stage, stage.sign(key=key, alg="RS256"))


@mistake("assertion", "no kid", known=MADE, cause="key_id_missing")
def _a_kid(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(kid=None))


@mistake("assertion", "kid of another certificate", known=MADE, cause="certificate_id")
def _a_other_kid(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(kid=new_pair().id))


@mistake("assertion", "signed with another key", known=MADE, cause="signature")
def _a_signature(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(key=key_pem(new_key())))


@mistake("assertion", "iss is the Application ID", known=MADE, cause="client_id")
def _a_iss(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(stage.claims(iss="1C61CD58-044D-497A-BA29-7A3E9A9BB924")))


@mistake("assertion", "scope missing", known=MADE, cause="scope")
def _a_scope(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(stage.claims(scope=None)))


@mistake("assertion", "expired", known=MADE, cause="assertion_expired")
def _a_expired(stage: Stage) -> Given:
    now = int(time.time())
    return _assertion(stage, stage.sign(stage.claims(iat=now - 600, exp=now - 300)))


@mistake("assertion", "iat in the future", known=MADE, cause="issued_in_future")
def _a_future(stage: Stage) -> Given:
    now = int(time.time())
    return _assertion(stage, stage.sign(stage.claims(iat=now + 120, exp=now + 420)))


@mistake("assertion", "exp three hours after iat", known=MADE, cause="assertion_lifetime")
def _a_lifetime(stage: Stage) -> Given:
    now = int(time.time())
    return _assertion(stage, stage.sign(stage.claims(iat=now - 5, exp=now + 10800)))


@mistake("assertion", "dates with fractions", known=MADE, cause="assertion_dates")
def _a_floats(stage: Stage) -> Given:
    now = time.time()
    return _assertion(stage, stage.sign(stage.claims(iat=now - 5.5, exp=now + 300.5)))


@mistake("assertion", "dates in milliseconds", known=MADE, cause="assertion_dates", quotes="iat is in milliseconds")
def _a_milliseconds(stage: Stage) -> Given:
    now = time.time_ns() // 10**6
    return _assertion(stage, stage.sign(stage.claims(iat=now - 5000, exp=now + 300_000)))


@mistake("assertion", "exp alone in milliseconds", known=MADE, cause="assertion_dates", quotes="exp is in milliseconds")
def _a_half_milliseconds(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(stage.claims(exp=time.time_ns() // 10**6 + 300_000)))


@mistake("assertion", "dates in microseconds", known=MADE, cause="assertion_dates", quotes="iat is in microseconds")
def _a_microseconds(stage: Stage) -> Given:
    now = time.time_ns() // 10**3
    return _assertion(stage, stage.sign(stage.claims(iat=now - 5 * 10**6, exp=now + 300 * 10**6)))


@mistake("assertion", "dates as text", known=MADE, cause="assertion_dates", quotes="iat is not a number")
def _a_text_dates(stage: Stage) -> Given:
    now = int(time.time())
    return _assertion(stage, stage.sign(stage.claims(iat=str(now - 5), exp=str(now + 300))))


@mistake(
    "assertion", "exp after the year 9999", known=MADE, cause="assertion_dates", quotes="outside the years 1 to 9999"
)
def _a_far_future(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(stage.claims(exp=253_402_300_800)))


@mistake(
    "assertion", "exp as large as a number can be", known=MADE, cause="assertion_dates", quotes="outside the years"
)
def _a_no_date(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(stage.claims(exp=1e300)))


@mistake("assertion", "exp before 1970", known=MADE, cause="assertion_expired")
def _a_negative(stage: Stage) -> Given:
    return _assertion(stage, stage.sign(stage.claims(exp=-300)))


def _assertion(stage: Stage, text: str) -> Given:
    """Send it past the collection too, so that the simulator's audit trail shows what NetSuite would say of it."""
    stage.send(text)
    return stage.assertion_options(text)
