# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Naming the cause of a refused token or a failing probe.

NetSuite answers nearly every mistake with one opaque error, so the answer alone says little. What is known on this
side of the wire (the pair, the dates, the ids, the clock, the mapping list) says more; all of it is weighed together,
and the likeliest cause comes first. What each cause means and how it is fixed is in ``registry.py``.

Source: Oracle NetSuite help, subsect_158521832417 for the token endpoint's errors. Oracle does not document which of
them answers which mistake of this flow; whatever rests on experience instead is marked as a heuristic.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..assertions import BACKDATED_SECONDS
from ..preflight import Problem
from ..tokens import Finding
from . import calls, tokens
from .assertion_review import ClaimCheck
from .causes import ANSWER, FACT, HEURISTIC, Cause
from .evidence import Evidence

# How likely a suspicion of preflight explains a refusal. What blocks explains it for sure.
_WEIGHT_OF_PROBLEM = {
    "account": 92,
    "certificate_id": 90,
    "client_id": 88,
    "shortened_validity_over": 86,
    "audience": 85,
    "key_marking": 30,
    "validity_too_long": 25,
    "id_begins_with_hyphen": 5,
}
# Of an assertion that was made elsewhere, a broken rule explains a refusal better than anything else.
_WEIGHT_OF_CLAIM = {"assertion_typ": 60, "audience_list": 60, "issued_in_future": 97, "assertion_expired": 97}
_UNAVAILABLE = (502, 503, 504)
_PROVEN, _SUPPORTED = 90, 80
# A token that is not as expected may be a good token all the same, so what comes after has causes of its own.
_INDEPENDENT = frozenset({"token_issuer", "token_client", "token_scope", "token_role", "token_entity"})


def diagnose(evidence: Evidence) -> list[Cause]:
    """The possible causes of a failure, the likeliest first."""
    listed = evidence.mappings is not None and evidence.mappings.state == "active"
    candidates = [
        *_from_problems(evidence.problems, listed),
        *_from_claim_checks(evidence.claim_checks),
        *_from_findings(evidence.findings),
    ]
    if evidence.answer is not None:
        candidates += _from_clock(evidence) if evidence.stage == "token" else []
        candidates += _from_wrong_place(evidence)
        rules = tokens if evidence.stage == "token" else calls
        candidates += rules.causes(evidence, evidence.answer)
    named: dict[str, Cause] = {}
    for cause in sorted(candidates, key=lambda candidate: -candidate.weight):
        named.setdefault(cause.cause, cause)
    return without_guesses(list(named.values()))


def without_guesses(causes: list[Cause]) -> list[Cause]:
    """Once a cause is proven that explains everything after it, the usual suspects say nothing more."""
    proven = any(
        cause.weight >= _PROVEN and cause.basis != HEURISTIC and cause.cause not in _INDEPENDENT for cause in causes
    )
    return [cause for cause in causes if not proven or cause.weight > _SUPPORTED or cause.basis != HEURISTIC]


def _from_problems(problems: Iterable[Problem], listed: bool) -> list[Cause]:
    # A certificate id that NetSuite lists is right, whatever is computed here.
    weights = {**_WEIGHT_OF_PROBLEM, **({"certificate_id": 20, "shortened_validity_over": 10} if listed else {})}
    return [
        Cause(
            problem.rule,
            problem.detail,
            problem.fix,
            FACT if problem.blocking else HEURISTIC,
            100 if problem.blocking else weights.get(problem.rule, 50),
        )
        for problem in problems
    ]


def _from_claim_checks(claim_checks: Iterable[ClaimCheck]) -> list[Cause]:
    return [
        Cause(
            claim_check.problem.rule,
            f"in the assertion, {claim_check.problem.detail}",
            claim_check.problem.fix,
            FACT if claim_check.problem.blocking else HEURISTIC,
            _WEIGHT_OF_CLAIM.get(claim_check.problem.rule, 99 if claim_check.problem.blocking else 91),
        )
        for claim_check in claim_checks
        if claim_check.problem is not None
    ]


def _from_findings(findings: Iterable[Finding]) -> list[Cause]:
    # Nothing else that is read from a token of the wrong kind means anything.
    return [
        Cause(f"token_{finding.rule}", finding.detail, basis=FACT, weight=98 if finding.rule == "kind" else 95)
        for finding in findings
    ]


def _from_clock(evidence: Evidence) -> list[Cause]:
    skew = evidence.clock_skew
    # Another server's page shows another server's time.
    if skew is None or evidence.answer is None or evidence.answer.kind not in ("json", "empty"):
        return []
    if skew < -BACKDATED_SECONDS:
        detail = f"this machine's clock is {-skew} s ahead of the server's, so the assertion comes from the future"
        return [Cause("clock_ahead", detail, basis=FACT, weight=96 if skew < -30 else 65)]
    if skew > evidence.lifetime - BACKDATED_SECONDS:
        detail = f"this machine's clock is {skew} s behind the server's, so the assertion had expired when it arrived"
        return [Cause("clock_behind", detail, basis=FACT, weight=96)]
    return []


def _from_wrong_place(evidence: Evidence) -> list[Cause]:
    """Causes that lie before NetSuite, or beside it."""
    answer = evidence.answer
    if answer is None:
        return []
    signs = f" ({'; '.join(answer.signs)})" if answer.signs else ""
    if answer.status == 407:
        return [Cause("proxy_login", f"a proxy wants a login{signs}", basis=ANSWER, weight=99)]
    if answer.status == 511:
        detail = "HTTP 511: the network wants a login before it lets anything through (RFC 6585)"
        return [Cause("captive_portal", detail, basis=ANSWER, weight=99)]
    if answer.realm and evidence.account and answer.realm.upper().replace("-", "_") != evidence.account.realm:
        detail = f"the answer names account {answer.realm} in WWW-Authenticate, not {evidence.account.realm}"
        fix = "Check account_id and base_url: they lead to different accounts"
        return [Cause("wrong_account", detail, fix, ANSWER, 98)]
    if answer.redirect is not None:
        detail = f"HTTP {answer.status} points to {answer.redirect}; redirects are not followed{signs}"
        return [Cause("redirected", detail, basis=FACT, weight=97)]
    if answer.kind == "html":
        title = f' titled "{answer.title}"' if answer.title else ""
        detail = f"HTTP {answer.status} came with a web page{title}{signs}"
        if answer.from_proxy:
            return [Cause("proxy_page", detail, weight=97)]
        return [Cause("not_netsuite", detail, weight=60 if answer.status in _UNAVAILABLE else 97)]
    if answer.kind in ("text", "empty") and answer.status not in (204, 304):
        return [Cause("not_netsuite", f"{answer.summary} is not how NetSuite answers{signs}", weight=48)]
    return []
