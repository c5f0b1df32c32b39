# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Naming the cause of a refused token or a failing probe.

NetSuite answers nearly every mistake with one opaque error, so the answer alone says little. What is known on this
side of the wire (the pair, the dates, the ids, the clock, the mapping list) says more; all of it is weighed together,
and the likeliest cause comes first, with the code to look for in the Login Audit Trail.

Source of the codes: Oracle NetSuite help, "Login Audit Trail" (subsect_158324637123, section_158323851171).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from .assertions import BACKDATED_SECONDS
from .preflight import Problem
from .tokens import Finding

AUDIT_TRAIL = "Setup > Users/Roles > User Management > View Login Audit Trail, Use Advanced Search, Results: add Detail"
_UPLOAD_PAGE = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"


@dataclass(frozen=True)
class Cause:
    """A possible cause.

    Attributes:
        cause: A stable word.
        evidence: What speaks for it.
        fix: What to do.
        audit_trail: The Detail code that the Login Audit Trail would show, where Oracle documents one.
        weight: Its likelihood, 0 to 100. Not shown.
    """

    cause: str
    evidence: str
    fix: str
    audit_trail: str | None = None
    weight: int = 50

    def as_result(self) -> dict[str, str | None]:
        """The cause as modules return it."""
        shown: dict[str, str | None] = asdict(self)
        shown.pop("weight")
        return shown


@dataclass(frozen=True)
class Evidence:
    """All that is known about one failure. None means: not known.

    Attributes:
        stage: What failed: ``token``, ``claims``, ``signature`` or ``probe``.
        problems: What preflight found.
        findings: What is wrong with the token itself.
        status: HTTP status of the answer.
        error: The error code in the answer's body: OAuth's ``error``, or NetSuite's ``o:errorCode``.
        is_json: Whether the answer's body was JSON.
        redirect: Where the answer points to.
        clock_skew: Seconds by which the server's clock is ahead.
        lifetime: Lifetime of the assertion, seconds.
        mapping: State of the certificate in NetSuite's list: ``active``, ``absent``, ``revoked``, ``expired``.
        once_active: Whether these credentials have worked before.
    """

    stage: str
    problems: Sequence[Problem] = ()
    findings: Sequence[Finding] = ()
    status: int | None = None
    error: str | None = None
    is_json: bool | None = None
    redirect: str | None = None
    clock_skew: int | None = None
    lifetime: int = 300
    mapping: str | None = None
    once_active: bool | None = None


_WEIGHT_OF_PROBLEM = {
    "certificate_id": 90,
    "client_id": 85,
    "validity_too_long": 25,
    "key_marking": 30,
    "id_begins_with_hyphen": 5,
}
_AUDIT_OF_PROBLEM = {
    "key_mismatch": "SignatureValidation",
    "expired": "MissingKey",
    "not_yet_valid": "MissingKey",
    "certificate_id": "MissingKey",
    "client_id": "InvalidIssuer",
    "algorithm": "UnsupportedAlgo",
    "scope": "InvalidScope",
}
_FIX_OF_FINDING = {
    "account": "Check account_id and base_url: they lead to different accounts",
    "client": "Check client_id: the token belongs to another integration record",
    "scope": "Tick the scope on the integration record, and ask for it in scope",
    "role": "Map the certificate to the role that is expected, or correct the expectation",
    "entity": "Map the certificate to the entity that is expected, or correct the expectation",
    "expiry": "Request a new token",
}
_OPAQUE = ("server_error", "invalid_client", "invalid_grant", "invalid_request", None)


def diagnose(evidence: Evidence) -> list[Cause]:
    """The possible causes of a failure, the likeliest first."""
    candidates = [*_from_problems(evidence.problems), *_from_findings(evidence.findings)]
    if evidence.status is not None:
        candidates += _from_clock(evidence)
        candidates += _from_wrong_place(evidence)
        candidates += _from_token_answer(evidence) if evidence.stage == "token" else _from_api_answer(evidence)
    named: dict[str, Cause] = {}
    for cause in sorted(candidates, key=lambda candidate: -candidate.weight):
        named.setdefault(cause.cause, cause)
    return list(named.values())


def _from_problems(problems: Iterable[Problem]) -> list[Cause]:
    return [
        Cause(
            problem.rule,
            problem.detail,
            problem.fix,
            _AUDIT_OF_PROBLEM.get(problem.rule),
            100 if problem.blocking else _WEIGHT_OF_PROBLEM.get(problem.rule, 50),
        )
        for problem in problems
    ]


def _from_findings(findings: Iterable[Finding]) -> list[Cause]:
    return [
        Cause(
            f"token_{finding.rule}",
            finding.detail,
            _FIX_OF_FINDING.get(finding.rule, "Check that base_url leads to NetSuite"),
            weight=95,
        )
        for finding in findings
    ]


def _from_clock(evidence: Evidence) -> list[Cause]:
    skew = evidence.clock_skew
    if skew is None:
        return []
    if skew < -BACKDATED_SECONDS:
        detail = f"this machine's clock is {-skew} s ahead of the server's, so the assertion comes from the future"
        return [
            Cause(
                "clock_ahead", detail, "Set this machine's clock (NTP)", "TokenNotAcceptable", 96 if skew < -30 else 65
            )
        ]
    if skew > evidence.lifetime - BACKDATED_SECONDS:
        detail = f"this machine's clock is {skew} s behind the server's, so the assertion had expired when it arrived"
        return [Cause("clock_behind", detail, "Set this machine's clock (NTP)", "TokenExpired", 96)]
    return []


def _from_wrong_place(evidence: Evidence) -> list[Cause]:
    if evidence.redirect is not None:
        detail = f"HTTP {evidence.status} points to {evidence.redirect or 'another place'}; redirects are not followed"
        return [Cause("redirected", detail, "Check account_id and base_url; a proxy may ask for a login", weight=97)]
    if evidence.is_json is False and evidence.status not in (204, 304):
        detail = f"HTTP {evidence.status} came with a body that is not JSON, as proxies and web pages send it"
        return [Cause("not_netsuite", detail, "Check account_id, base_url and proxy", weight=97)]
    return []


def _from_token_answer(evidence: Evidence) -> list[Cause]:
    answer = f"the token endpoint answered HTTP {evidence.status} {evidence.error or 'without an error code'}"
    if evidence.status == 429 or evidence.status in (502, 503, 504):
        return [Cause("overloaded", answer, "Try again later, with fewer accounts at a time", weight=97)]
    if evidence.status == 404:
        return [Cause("wrong_account", answer, "Check account_id and base_url", weight=95)]
    if evidence.error == "invalid_scope":
        fix = "Tick the scope on the integration record (Setup > Integration > Manage Integrations), or ask for fewer"
        return [Cause("scope_not_allowed", answer, fix, "ScopeMismatched", 95)]
    if evidence.error == "unauthorized_client":
        fix = "Tick Client Credentials (Machine to Machine) Grant on the integration record"
        return [Cause("grant_not_ticked", answer, fix, None, 95)]
    causes = [*_from_mapping(evidence, answer)]
    if evidence.error in _OPAQUE:
        causes += _usual_suspects(answer)
    return causes


def _from_mapping(evidence: Evidence, answer: str) -> list[Cause]:
    upload = f"Upload the certificate at {_UPLOAD_PAGE}"
    if evidence.mapping in ("absent", "revoked", "expired"):
        detail = f"NetSuite's list shows the certificate as {evidence.mapping}; {answer}"
        return [Cause(f"mapping_{evidence.mapping}", detail, upload, "MissingKey", 94)]
    if evidence.mapping == "active":
        return [
            Cause(
                "integration_or_role",
                f"the certificate is mapped; {answer}",
                _INTEGRATION_FIX,
                "IntegrationBlocked",
                80,
            )
        ]
    if evidence.once_active:
        detail = f"these credentials have worked before and nothing has changed on this side; {answer}"
        fix = f"{upload} again: a sandbox refresh or a revocation removes it"
        return [Cause("mapping_vanished", detail, fix, "MissingKey", 75)]
    return [
        Cause(
            "certificate_not_mapped",
            f"{answer}, as it does for a certificate it does not know",
            upload,
            "MissingKey",
            70,
        )
    ]


_INTEGRATION_FIX = (
    "Check that the integration record is Enabled with Client Credentials ticked, that role and entity are active, and"
    " that the OAuth 2.0 feature is on"
)


def _usual_suspects(answer: str) -> list[Cause]:
    client = "Compare client_id with the integration record; reset the credentials if the Client ID is lost"
    return [
        Cause("wrong_client", f"{answer}, as it does for an unknown client", client, "InvalidIntegration", 50),
        Cause(
            "integration_blocked",
            f"{answer}, as it does for a blocked integration or a grant that is not ticked",
            _INTEGRATION_FIX,
            "IntegrationBlocked",
            45,
        ),
        Cause(
            "wrong_account",
            f"{answer}, as it does for a certificate of another account",
            "Check account_id",
            "MissingKey",
            40,
        ),
        Cause(
            "role_or_entity_inactive",
            f"{answer}, as it does when role or entity is inactive",
            _INTEGRATION_FIX,
            "EntityOrRoleDisabled",
            35,
        ),
        Cause(
            "feature_disabled",
            f"{answer}, as it does when the OAuth 2.0 feature is off",
            _INTEGRATION_FIX,
            "FeatureDisabled",
            30,
        ),
    ]


def _from_api_answer(evidence: Evidence) -> list[Cause]:
    answer = (
        f"NetSuite accepted the credentials, and then answered HTTP {evidence.status} {evidence.error or ''}".rstrip()
    )
    if evidence.status == 429:
        return [Cause("overloaded", answer, "Try again later, with fewer accounts at a time", weight=97)]
    if evidence.status == 401:
        login = "Give the role the permission Log in using OAuth 2.0 Access Tokens"
        return [
            Cause("login_permission_missing", answer, login, "TokenRejected", 80),
            Cause(
                "overloaded", f"{answer}; overload is reported in this way too", "Try again after a minute", None, 50
            ),
            Cause("token_expired", answer, "Request a new token", "AccessTokenExpired", 45),
        ]
    if evidence.status == 403:
        scope = "Give the role the permission REST Web Services, and ask for the scope rest_webservices"
        return [
            Cause("permission_missing", answer, scope, None, 80),
            Cause(
                "wrong_domain",
                f"{answer}; a wrong domain is reported in this way too",
                "Check account_id and base_url",
                None,
                45,
            ),
        ]
    if evidence.status is not None and evidence.status >= 500:
        return [Cause("netsuite_unavailable", answer, "Try again later; look at NetSuite's status page", weight=90)]
    return [Cause("unexpected_answer", answer, "Check base_url", weight=40)]
