# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.token_check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from ..core import mapping, names, tokens
from ..core.accounts import Account, Endpoints
from ..core.diagnosis.causes import AUDIT_TRAIL, Cause
from ..core.diagnosis.diagnose import diagnose, without_guesses
from ..core.diagnosis.evidence import Evidence
from ..core.errors import OptionError, RefusedError, TransportError
from ..core.libraries import CLIENT_LIBRARIES
from ..core.preflight import Problem
from ..core.redaction import excerpt
from ..core.text import capitalize_sentence
from ..core.timing import iso, later
from ..services.certificate_api import CertificateApi
from ..services.http_client import HttpClient, Response
from ..services.name_directory import NameDirectory
from ..services.oauth_client import Pair, open_http_client, read_endpoints
from ..services.probes import answer_of, issuer_of
from ..services.rest_api import CallRefusedError, key_set, server_time
from ..services.token_endpoint import TokenRefusedError, clock_warnings
from . import naming
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, CLIENT_EXCLUSIVE, HTTP
from .token_request import TokenRequest, read_token_request

_CLAIMS, _SIGNATURE, _PROBE, _CERTIFICATES, _NAMES = "claims", "signature", "probe", "certificates", "names"
DEFAULT_CHECKS = (_CLAIMS, _SIGNATURE, _PROBE)
CHECKS = (*DEFAULT_CHECKS, _CERTIFICATES, _NAMES)
_FAILED, _OK, _SKIPPED = "failed", "ok", "skipped"
_CLEARED_BY_A_TOKEN = frozenset({"account", "audience", "certificate_id", "client_id"})
_TOO_NEW = "The certificate was made a moment ago, so it cannot be mapped yet"
# After a refusal that overload explains as well, the probe is sent once more.
_BREATHER = 2.0


def run(options: Options, context: Context) -> Result:
    """Get a token (or take the given one), and check it in every way that is asked for. It writes nothing anywhere."""
    unknown = set(options["checks"]) - set(CHECKS)
    if unknown:
        raise OptionError(
            f"checks: {', '.join(sorted(unknown))} is unknown", f"Use a list of {', '.join(CHECKS)}", cause="bad_checks"
        )
    with open_http_client(options, context.clock, context.sleep) as http_client:
        checking = TokenCheck(options, context, http_client)
        if options["new_certificate"]:
            return {**checking.result(), "skipped": True, "skip_reason": _TOO_NEW}
        checking.run()
    result = checking.result()
    return judge(result, checking) if options["fail_on_invalid"] else result


def judge(result: Result, checking: TokenCheck) -> Result:
    """A result, failed where a check failed; the likeliest cause is its message."""
    if checking.is_valid:
        return result
    first = checking.causes[0] if checking.causes else Cause("invalid", "a check failed", "See checks")
    problem = capitalize_sentence(first.evidence)
    look = f" The Login Audit Trail would say {first.audit_trail}." if first.audit_trail else ""
    return {**result, "failed": True, "msg": f"{problem}. {first.fix}.{look}", "cause": first.cause, "fix": first.fix}


@dataclass
class TokenCheck:
    """One run of the checks: what was checked, and what was found. Each step stands on those before it.

    Attributes:
        pair: The pair that asks for the token, where it has been read already.
        is_unreachable: Whether the server did not answer, so that further questions are of no use.
    """

    options: Options = field(repr=False)
    context: Context
    http_client: HttpClient
    pair: Pair | None = None
    is_unreachable: bool = False
    checks: list[dict[str, str]] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    review: list[dict[str, str]] = field(default_factory=list)
    skew: int | None = None
    account: Account | None = None
    token: str | None = field(default=None, repr=False)
    is_fresh: bool = False
    claims: Mapping[str, Any] = field(default_factory=dict)
    suspicions: list[Problem] = field(default_factory=list)
    unknown: list[mapping.Mapping] = field(default_factory=list)
    names: dict[str, str | None] = field(default_factory=dict)

    def run(self) -> None:
        """Go through the steps; a failed one skips those that need it."""
        account, endpoints = read_endpoints(self.options)
        self.account = account
        if self.options["access_token"]:
            self.token = self.options["access_token"]
            self.claims = tokens.read_claims(self.token)
        else:
            asking = read_token_request(self.options, self.context, self.pair)
            if self._preflight(asking):
                self._request(asking)
            # A token that was granted clears what was only suspected.
            self.context.warnings += [
                f"{capitalize_sentence(problem.detail)}. {problem.fix}."
                for problem in self.suspicions
                if self.token is None or problem.rule not in _CLEARED_BY_A_TOKEN
            ]
        steps: dict[str, Callable[[str], None]] = {
            _CLAIMS: lambda token: self._check_claims(account),
            _SIGNATURE: lambda token: self._check_signature(token, endpoints),
            _PROBE: lambda token: self._probe(token, endpoints),
            _CERTIFICATES: lambda token: self._look_for_unknown_certificates(account, token, endpoints),
            _NAMES: lambda token: self._look_up_names(token, endpoints),
        }
        wanted = {*self.options["checks"], *([_NAMES] if self._expected_names() else ())}
        for name, step in steps.items():
            if name not in wanted:
                if name in DEFAULT_CHECKS:
                    self._note(name, _SKIPPED, "not asked for")
            elif self.token is None:
                self._note(name, _SKIPPED, "there is no token")
            elif self.is_unreachable:
                self._note(name, _SKIPPED, "the server did not answer")
            else:
                step(self.token)

    @property
    def is_valid(self) -> bool:
        """Whether there is a token and no check failed."""
        return self.token is not None and all(check["status"] != _FAILED for check in self.checks)

    def result(self) -> Result:
        """The module's result."""
        found = tokens.identity(self.claims)
        return {
            "changed": False,
            "valid": self.is_valid,
            "account": self.account.realm if self.account else None,
            "role": found.role,
            "entity": found.entity,
            "role_name": self.names.get("role_name"),
            "entity_name": self.names.get("entity_name"),
            "scope": list(found.scope),
            "expires_at": iso(found.expires_at) if found.expires_at else None,
            "clock_skew": self.skew,
            "no_answer": self.is_unreachable,
            "checks": self.checks,
            "unknown_certificates": [one.as_result() for one in self.unknown],
            "diagnosis": [cause.as_result() for cause in self.causes],
            "login_audit_trail": AUDIT_TRAIL if any(cause.audit_trail for cause in self.causes) else None,
            "assertion": self.review,
        }

    def _preflight(self, asking: TokenRequest) -> bool:
        found = asking.preflight()
        details = "; ".join(problem.detail for problem in found.problems)
        broken = any(problem.blocking for problem in found.problems)
        self._note(
            "preflight", _FAILED if broken else _OK, details or "key, certificate and options fit NetSuite's rules"
        )
        if broken:
            self.causes = diagnose(found)
            self.review = asking.shown_review(found)
        self.suspicions = [] if broken else list(found.problems)
        return not broken

    def _request(self, asking: TokenRequest) -> None:
        try:
            token, response = asking.request_token(self.http_client)
        except TokenRefusedError as error:
            self.skew = error.response.clock_skew
            self._note("token", _FAILED, error.problem)
            evidence = asking.evidence(self.http_client, error.response)
            self.review = asking.shown_review(evidence)
            self.causes += diagnose(evidence)
        except TransportError as error:
            self._unreachable("token", error, asking.endpoints.token)
        else:
            self.token, self.claims, self.skew = token.text, token.claims, response.clock_skew
            self.is_fresh = True
            self.context.warnings += clock_warnings(self.skew, self.options["assertion_lifetime"])
            self._note("token", _OK, f"NetSuite granted a token for {token.expires_in} seconds")

    def _check_claims(self, account: Account) -> None:
        findings = tokens.findings(
            self.claims,
            account=account,
            now=self.context.now(),
            client_id=self.options["client_id"],
            scope=self.options["scope"],
            role=self.options["expected_role"],
            entity=self.options["expected_entity"],
        )
        self._record("claims", findings, "issuer, account, client, scope, expiry, role and entity are as expected")

    def _check_signature(self, token: str, endpoints: Endpoints) -> None:
        try:
            finding = tokens.signature_finding(token, key_set(self.http_client, endpoints.keys, token))
        except CallRefusedError as error:
            self._refused("signature", error)
        except TransportError as error:
            self._unreachable("signature", error, endpoints.keys)
        else:
            self._record("signature", [finding] if finding else [], "the account's key verifies the signature")

    def _probe(self, token: str, endpoints: Endpoints) -> None:
        if "rest_webservices" not in self.options["scope"]:
            self._note("probe", _SKIPPED, "it needs the scope rest_webservices, which is not asked for")
            return
        try:
            response = self._server_time(token, endpoints)
        except CallRefusedError as error:
            self._refused("probe", error)
        except TransportError as error:
            self._unreachable("probe", error, endpoints.server_time)
        else:
            self.skew = response.clock_skew if self.skew is None else self.skew
            self._note("probe", _OK, f"the server's time is {excerpt(str(response.json()['serverTime']), 40)}")

    def _look_for_unknown_certificates(self, account: Account, token: str, endpoints: Endpoints) -> None:
        """Compare NetSuite's list with what is on record: a key that was lost leaves its certificate in force."""
        known, client_id = self.options["known_certificates"], self.options["client_id"]
        if known is None or not client_id:
            self._note(_CERTIFICATES, _SKIPPED, "it needs client_id and known_certificates")
            return
        try:
            listed = CertificateApi(self.http_client, endpoints, client_id, token).list()
        except TransportError as error:
            self._unreachable(_CERTIFICATES, error, endpoints.certificates(client_id))
            return
        except RefusedError as error:  # nothing speaks against the token: its role may lack the permission for the list
            self._note(_CERTIFICATES, _SKIPPED, str(error))
            return
        self._take_names(listed)
        there = mapping.active(listed, later(self.context.now(), timedelta(seconds=self.skew or 0)))
        self.unknown = [
            one
            for one in there
            if one.certificate_id not in known and not self.context.other_users(account, one.certificate_id)
        ]
        detail = f"NetSuite lists {len(there)} in force, all of them known here"
        if self.unknown:
            detail = mapping.describe_unknown(self.unknown)
            self.context.warnings.append(f"Account {account.realm}: {detail}. {mapping.ADVICE_ON_UNKNOWN}")
        self._note(_CERTIFICATES, _OK, detail)

    def _take_names(self, listed: list[mapping.Mapping]) -> None:
        """The list has the names that belong to its ids, which saves a query."""
        is_ = tokens.identity(self.claims)
        for one in listed:
            if one.role_name and one.role == is_.role:
                self.names["role_name"] = one.role_name
            if one.entity_name and one.entity == is_.entity:
                self.names["entity_name"] = one.entity_name

    def _expected_names(self) -> dict[str, str]:
        """The names that the token's role and entity must have, where no id is expected, which says it better."""
        return {
            kind: self.options[f"expected_{kind}_name"]
            for kind in names.KINDS
            if self.options[f"expected_{kind}_name"] and not self.options[f"expected_{kind}"]
        }

    def _look_up_names(self, token: str, endpoints: Endpoints) -> None:
        """Show names, and compare those that are expected. Where NetSuite does not tell them, numbers stay."""
        is_ = tokens.identity(self.claims)
        if "rest_webservices" not in is_.scope:
            self._note(_NAMES, _SKIPPED, "SuiteQL needs the scope rest_webservices, which the token lacks")
            return
        problems: list[str] = []
        known = {names.ROLE: is_.role, names.ENTITY: is_.entity, **self.names}
        self.names = naming.names_of(known, NameDirectory(self.http_client, endpoints, token), problems)
        told = {kind: name for kind in names.KINDS if (name := self.names[f"{kind}_name"])}
        shown = {kind: f"{kind} {names.numbered(known[kind], told.get(kind))}" for kind in names.KINDS}
        findings = [
            tokens.Finding(kind, f"the token acts with {shown[kind]}, expected the name {name!r}")
            for kind, name in self._expected_names().items()
            if kind in told and not names.are_same(told[kind], name)
        ]
        if told:
            self._record(_NAMES, findings, ", ".join(shown.values()))
        else:
            self._note(
                _NAMES, _SKIPPED, problems[0] if problems else "NetSuite shows no names for these ids to this role"
            )

    def _server_time(self, token: str, endpoints: Endpoints) -> Response:
        try:
            return server_time(self.http_client, endpoints.server_time, token)
        except CallRefusedError as error:
            if error.response.status != 401 or not self.is_fresh:
                raise
        # Too many requests at once may come back as an invalid login; a missing permission stays missing.
        self.context.sleep(_BREATHER)
        response = server_time(self.http_client, endpoints.server_time, token)
        self.context.warnings.append(
            "NetSuite refused the new token once (401) and took it a moment later, as it does when it is overloaded."
            " Run with fewer accounts at a time."
        )
        return response

    def _record(self, name: str, findings: list[tokens.Finding], praise: str) -> None:
        self._note(name, _FAILED if findings else _OK, "; ".join(finding.detail for finding in findings) or praise)
        if findings:
            self._add(diagnose(Evidence(stage=name, findings=findings)))

    def _refused(self, name: str, error: CallRefusedError) -> None:
        self._note(name, _FAILED, error.problem)
        evidence = Evidence(
            stage=name,
            account=self.account,
            answer=answer_of(error.response),
            clock_skew=error.response.clock_skew,
            token_is_fresh=self.is_fresh,
            token_scope=tokens.identity(self.claims).scope,
        )
        self._add(diagnose(evidence))

    def _unreachable(self, name: str, error: TransportError, url: str) -> None:
        self._note(name, _FAILED, error.problem)
        self.is_unreachable = True
        evidence = error.problem
        if self.options["diagnose"] and error.cause in ("tls_untrusted", "tls_wrong_host", "tls_dates"):
            issuer = issuer_of(url, self.http_client.proxy_of(url), self.http_client.timeout)
            evidence = f"{evidence}; {issuer}" if issuer else evidence
        self._add([Cause(error.cause, evidence, error.fix, basis="fact")])

    def _add(self, causes: list[Cause]) -> None:
        """Add a later step's causes; one that is known already says nothing new."""
        known = {cause.cause for cause in self.causes}
        self.causes = without_guesses([*self.causes, *(cause for cause in causes if cause.cause not in known)])

    def _note(self, name: str, status: str, detail: str) -> None:
        self.checks.append({"name": name, "status": status, "detail": detail})


OPERATION = Operation(
    run=run,
    options={
        **ACCOUNT,
        **CLIENT,
        **HTTP,
        "access_token": {"type": "str", "no_log": True},
        "assertion": {"type": "str", "no_log": True},
        "extra_claims": {"type": "dict"},
        "checks": {"type": "list", "elements": "str", "default": list(DEFAULT_CHECKS)},
        "known_certificates": {"type": "list", "elements": "str"},
        "expected_role": {"type": "str"},
        "expected_entity": {"type": "str"},
        "expected_role_name": {"type": "str"},
        "expected_entity_name": {"type": "str"},
        "worked_before": {"type": "bool", "aliases": ["once_active"]},
        "new_certificate": {"type": "bool", "default": False},
        "diagnose": {"type": "bool", "default": True},
        "bootstrap_token": {"type": "str", "no_log": True},
        "certificates_url": {"type": "str"},
        "fail_on_invalid": {"type": "bool", "default": True},
    },
    libraries=CLIENT_LIBRARIES,
    mutually_exclusive=(
        *CLIENT_EXCLUSIVE,
        *(
            (given, own)
            for given in ("access_token", "assertion")
            for own in ("private_key_path", "private_key_content", "credentials_path", "credentials_content")
        ),
        ("access_token", "assertion"),
    ),
)
