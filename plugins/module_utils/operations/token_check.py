# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.token_check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..core import preflight, tokens
from ..core.accounts import Account, Endpoints
from ..core.diagnosis import Cause, Evidence, diagnose
from ..core.errors import OptionError, TransportError
from ..core.timing import iso
from ..services.bearer import CallRefusedError, key_set, server_time
from ..services.client import Client, open_transport, read_client, read_place
from ..services.http import Response, Transport
from ..services.token_endpoint import TokenRefusedError, error_code
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, CLIENT_EXCLUSIVE, HTTP

CHECKS = ("claims", "signature", "probe")
_FAILED, _OK, _SKIPPED = "failed", "ok", "skipped"


def run(options: Options, context: Context) -> Result:
    """Get a token (or take the given one), and check it in every way that is asked for. It writes nothing anywhere."""
    unknown = set(options["checks"]) - set(CHECKS)
    if unknown:
        raise OptionError(
            f"checks: {', '.join(sorted(unknown))} is unknown", f"Use a list of {', '.join(CHECKS)}", cause="bad_checks"
        )
    with open_transport(options, context.clock, context.sleep) as transport:
        examination = Examination(options, context, transport)
        examination.run()
    result = examination.result()
    if not result["valid"] and options["fail_on_invalid"]:
        first = (
            result["diagnosis"][0]
            if result["diagnosis"]
            else {"evidence": "a check failed", "fix": "See checks", "cause": "invalid"}
        )
        problem = first["evidence"][0].upper() + first["evidence"][1:]
        result.update(failed=True, msg=f"{problem}. {first['fix']}.", cause=first["cause"], fix=first["fix"])
    return result


@dataclass
class Examination:
    """One examination: what was checked, and what was found. Each step stands on those before it."""

    options: Options
    context: Context
    transport: Transport
    checks: list[dict[str, str]] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    skew: int | None = None
    account: Account | None = None
    token: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    problems: list[preflight.Problem] = field(default_factory=list)

    def run(self) -> None:
        """Go through the steps; a failed one skips those that need it."""
        account, places = read_place(self.options)
        self.account = account
        if self.options["access_token"]:
            self.token = self.options["access_token"]
            self.claims = tokens.read_claims(self.token)
        else:
            client = read_client(self.options, self.context.vault)
            if self._preflight(client):
                self._request(client)
        steps: dict[str, Callable[[str], None]] = {
            "claims": lambda token: self._check_claims(account),
            "signature": lambda token: self._check_signature(token, places),
            "probe": lambda token: self._probe(token, places),
        }
        for name, step in steps.items():
            if name not in self.options["checks"]:
                self._note(name, _SKIPPED, "not asked for")
            elif self.token is None:
                self._note(name, _SKIPPED, "there is no token")
            else:
                step(self.token)

    def result(self) -> Result:
        """The module's result."""
        found = tokens.identity(self.claims)
        return {
            "changed": False,
            "valid": self.token is not None and all(check["status"] != _FAILED for check in self.checks),
            "account": self.account.realm if self.account else None,
            "role": found.role,
            "entity": found.entity,
            "scope": list(found.scope),
            "expires_at": iso(found.expires_at) if found.expires_at else None,
            "clock_skew": self.skew,
            "checks": self.checks,
            "diagnosis": [cause.as_result() for cause in self.causes],
        }

    def _preflight(self, client: Client) -> bool:
        problems = client.problems(self.context.now())
        blocked = any(problem.blocking for problem in problems)
        self._note(
            "preflight",
            _FAILED if blocked else _OK,
            "; ".join(problem.detail for problem in problems) or "key, certificate and options fit NetSuite's rules",
        )
        if blocked:
            self.causes = diagnose(Evidence(stage="preflight", problems=problems))
        else:
            self.context.warnings += [f"{problem.detail}. {problem.fix}." for problem in problems]
        self.problems = problems
        return not blocked

    def _request(self, client: Client) -> None:
        try:
            token, response = client.request_token(self.transport, self.context.clock)
        except TokenRefusedError as error:
            self.skew = error.response.clock_skew
            self._fail("token", "token", str(error.problem), error.response)
        except TransportError as error:
            self._unreachable("token", error)
        else:
            self.token, self.claims, self.skew = token.text, token.claims, response.clock_skew
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
        self._judge("claims", findings, "issuer, account, client, scope, expiry, role and entity are as expected")

    def _check_signature(self, token: str, places: Endpoints) -> None:
        try:
            finding = tokens.signature_finding(token, key_set(self.transport, places.keys, token))
        except CallRefusedError as error:
            self._fail("signature", "signature", error.problem, error.response)
        except TransportError as error:
            self._unreachable("signature", error)
        else:
            self._judge("signature", [finding] if finding else [], "the account's key verifies the signature")

    def _probe(self, token: str, places: Endpoints) -> None:
        try:
            response = server_time(self.transport, places.server_time, token)
        except CallRefusedError as error:
            self._fail("probe", "probe", error.problem, error.response)
        except TransportError as error:
            self._unreachable("probe", error)
        else:
            self.skew = response.clock_skew if self.skew is None else self.skew
            self._note("probe", _OK, f"the server's time is {response.json()['serverTime']}")

    def _judge(self, name: str, findings: list[tokens.Finding], praise: str) -> None:
        self._note(name, _FAILED if findings else _OK, "; ".join(finding.detail for finding in findings) or praise)
        if findings:
            self.causes += diagnose(Evidence(stage=name, findings=findings))

    def _fail(self, name: str, stage: str, detail: str, response: Response) -> None:
        self._note(name, _FAILED, detail)
        evidence = Evidence(
            stage=stage,
            problems=self.problems,
            status=response.status,
            error=error_code(response),
            is_json=response.json() is not None,
            redirect=response.headers.get("location", "") if 300 <= response.status < 400 else None,
            clock_skew=response.clock_skew,
            lifetime=self.options["assertion_lifetime"],
            once_active=self.options["once_active"],
        )
        self.causes += diagnose(evidence)

    def _unreachable(self, name: str, error: TransportError) -> None:
        self._note(name, _FAILED, error.problem)
        self.causes.append(Cause(error.cause, error.problem, error.fix))

    def _note(self, name: str, status: str, detail: str) -> None:
        self.checks.append({"name": name, "status": status, "detail": detail})


OPERATION = Operation(
    run=run,
    options={
        **ACCOUNT,
        **CLIENT,
        **HTTP,
        "access_token": {"type": "str", "no_log": True},
        "checks": {"type": "list", "elements": "str", "default": list(CHECKS)},
        "expected_role": {"type": "str"},
        "expected_entity": {"type": "str"},
        "once_active": {"type": "bool"},
        "fail_on_invalid": {"type": "bool", "default": True},
    },
    libraries=("cryptography", "PyJWT", "requests", "PyYAML"),
    mutually_exclusive=(
        *CLIENT_EXCLUSIVE,
        ("access_token", "private_key_path"),
        ("access_token", "private_key_content"),
        ("access_token", "credentials_path"),
    ),
)
