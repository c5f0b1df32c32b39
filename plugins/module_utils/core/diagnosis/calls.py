# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a call with a good-looking token is refused.

Source: Oracle NetSuite help, section_156570709583 (REST errors), subsect_158521885412 (invalid tokens). A 401 does not
prove bad credentials: overload and a Cookie header have been reported to come back as one.
"""

from __future__ import annotations

from .answers import Answer
from .causes import ANSWER, FACT, FEATURE_PAGE, ROLE_PAGE, Cause
from .evidence import Evidence

_LATER = "Try again later, with fewer accounts at a time"
_PERMISSIONS = f"({ROLE_PAGE}, subtab Permissions > Setup)"
# Overload has been reported to come back as an invalid login after about a minute.
_SLOW_SECONDS = 30


def causes(evidence: Evidence, answer: Answer) -> list[Cause]:
    """The causes that the answer, and what is known of the token, point to."""
    if evidence.stage == "probe" and evidence.token_is_fresh:
        told = f"NetSuite granted the token, and then answered {answer.summary}"
    else:
        told = f"NetSuite answered {answer.summary}"
    if answer.status == 429 or "LIMIT_EXCEEDED" in (answer.error or ""):
        return [Cause("overloaded", told, _LATER, basis=ANSWER, weight=97)]
    if answer.status == 401:
        return _from_401(evidence, answer, told)
    if answer.status == 403:
        return _from_403(evidence, answer, told)
    if answer.status >= 500:
        return [Cause("netsuite_unavailable", told, f"{_LATER}; look at NetSuite's status page", weight=90)]
    return [Cause("unexpected_answer", told, "Check account_id and base_url", weight=40)]


def _from_401(evidence: Evidence, answer: Answer, told: str) -> list[Cause]:
    login = f"Give the role the permission Log in using OAuth 2.0 Access Tokens {_PERMISSIONS}"
    twice = ", twice" if evidence.token_is_fresh else ""
    slow = answer.seconds >= _SLOW_SECONDS
    overload = f"{told} after {answer.seconds:.0f} s" if slow else told
    found = [
        Cause("login_permission_missing", f"{told}{twice}", login, weight=80),
        Cause(
            "overloaded",
            f"{overload}; too many requests at once are reported in this way too",
            _LATER,
            weight=85 if slow else 50,
        ),
    ]
    if answer.from_proxy:
        detail = (
            f"{told}, and something on the way shows itself ({'; '.join(answer.signs)}); a Cookie header that it adds"
        )
        found.append(Cause("proxy_interferes", f"{detail} makes a login invalid", "Go around the proxy", weight=55))
    if not evidence.token_is_fresh:
        detail = f"{told}, as it does for a token that was revoked, or whose integration record was blocked"
        found.append(Cause("token_blocked", detail, "Request a new token", "TokenBlocked", weight=60))
    return found


def _from_403(evidence: Evidence, answer: Answer, told: str) -> list[Cause]:
    rest = f"Give the role the permission REST Web Services {_PERMISSIONS}"
    known = answer.error in ("INSUFFICIENT_PERMISSION", None)
    found = [
        Cause("permission_missing", told, rest, None, ANSWER, 80 if known else 55),
        Cause("rest_feature_disabled", told, f"Enable REST Web Services at {FEATURE_PAGE}", weight=50),
        Cause(
            "wrong_domain",
            f"{told}; a wrong domain is reported in this way too",
            "Check account_id and base_url",
            weight=45 if known else 70,
        ),
    ]
    if evidence.token_scope and "rest_webservices" not in evidence.token_scope:
        detail = f"{told}, and the token has only the scope {', '.join(evidence.token_scope)}"
        fix = "Ask for the scope rest_webservices, and tick it on the integration record"
        found.append(Cause("scope_too_small", detail, fix, None, FACT, 90))
    return found
