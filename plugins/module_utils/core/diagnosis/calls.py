# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why a call with a good-looking token is refused.

Source: Oracle NetSuite help, section_156570709583 (REST errors), subsect_158521885412 (invalid tokens). A 401 does not
prove bad credentials: overload and a Cookie header have been reported to come back as one.
"""

from __future__ import annotations

from .answers import ResponseSummary
from .causes import ANSWER, FACT, Cause
from .evidence import Evidence

# Overload has been reported to come back as an invalid login after about a minute.
_SLOW_SECONDS = 30


def causes(evidence: Evidence, answer: ResponseSummary) -> list[Cause]:
    """The causes that the answer, and what is known of the token, point to."""
    if evidence.stage == "probe" and evidence.token_is_fresh:
        said = f"NetSuite granted the token, and then answered {answer.summary}"
    else:
        said = f"NetSuite answered {answer.summary}"
    if answer.status == 429 or "LIMIT_EXCEEDED" in (answer.error or ""):
        return [Cause("overloaded", said, basis=ANSWER, weight=97)]
    if answer.status == 401:
        return _from_401(evidence, answer, said)
    if answer.status == 403:
        return _from_403(evidence, answer, said)
    if answer.status >= 500:
        return [Cause("netsuite_unavailable", said, weight=90)]
    return [Cause("unexpected_answer", said, weight=40)]


def _from_401(evidence: Evidence, answer: ResponseSummary, said: str) -> list[Cause]:
    twice = ", twice" if evidence.token_is_fresh else ""
    slow = answer.seconds >= _SLOW_SECONDS
    overload = f"{said} after {answer.seconds:.0f} s" if slow else said
    found = [
        Cause("login_permission_missing", f"{said}{twice}", weight=80),
        Cause(
            "overloaded",
            f"{overload}; too many requests at once are reported in this way too",
            weight=85 if slow else 50,
        ),
    ]
    if answer.from_proxy:
        detail = f"{said}, and a proxy left traces in the answer ({'; '.join(answer.signs)})"
        found.append(
            Cause("proxy_interferes", f"{detail}; a Cookie header that it adds invalidates a login", weight=55)
        )
    if not evidence.token_is_fresh:
        detail = f"{said}, as it does for a token that was revoked, or whose integration record was blocked"
        found.append(Cause("token_blocked", detail, weight=60))
    return found


def _from_403(evidence: Evidence, answer: ResponseSummary, said: str) -> list[Cause]:
    known = answer.error in ("INSUFFICIENT_PERMISSION", None)
    wrong_domain = f"{said}; a wrong domain is reported in this way too"
    found = [
        Cause("permission_missing", said, basis=ANSWER, weight=80 if known else 55),
        Cause("rest_feature_disabled", said, weight=50),
        Cause("wrong_domain", wrong_domain, weight=45 if known else 70),
    ]
    if evidence.token_scope and "rest_webservices" not in evidence.token_scope:
        detail = f"{said}, and the token has only the scope {', '.join(evidence.token_scope)}"
        found.append(Cause("scope_too_small", detail, basis=FACT, weight=90))
    return found
