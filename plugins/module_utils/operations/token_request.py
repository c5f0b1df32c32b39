# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who asks for the token that m2m.netsuite.token_check checks, and what is known when it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..core import assertions, certificates, preflight
from ..core.accounts import Account, Endpoints
from ..core.diagnosis import assertion_review
from ..core.diagnosis.answers import ResponseSummary
from ..core.diagnosis.assertion_review import ClaimCheck, Expected
from ..core.diagnosis.evidence import Evidence, KeySetObservation, MappingObservation
from ..core.errors import M2MError
from ..core.timing import later
from ..core.tokens import AccessToken
from ..services.credential_stores.choose import names_store
from ..services.http_client import HttpClient, Response
from ..services.oauth_client import Client, Pair, read_certificate, read_client, read_endpoints
from ..services.probes import answer_of, key_set_at, mappings_for
from ..services.token_endpoint import request_token
from .operation import Context, Options

# The parts of an assertion that the clock decides about.
_DATES = ("iat", "exp")


@dataclass
class TokenRequest:
    """Someone with an assertion: made here by ``client``, or made elsewhere and ``external_assertion``.

    Attributes:
        sent: The assertion that was sent last.
    """

    options: Options = field(repr=False)
    context: Context
    account: Account
    endpoints: Endpoints
    client: Client | None = None
    external_assertion: str | None = field(default=None, repr=False)
    certificate: certificates.Certificate | None = None
    sent: str = field(default="", repr=False)
    problems: Sequence[preflight.Problem] = ()

    def preflight(self) -> Evidence:
        """What is known to be wrong before anything is sent."""
        now = self.context.now()
        claim_checks: Sequence[ClaimCheck] = ()
        if self.client is not None:
            self.problems = self.client.problems(now)
        else:
            # Whether the dates are right is for the server's clock to say.
            claim_checks = [
                one for one in self._claim_checks(self.external_assertion or "", now) if one.part not in _DATES
            ]
            self.problems = [one.problem for one in claim_checks if one.problem]
            if self.certificate is not None:
                self.problems += preflight.certificate_problems(self.certificate, now)
        return Evidence(stage="preflight", account=self.account, problems=self.problems, claim_checks=claim_checks)

    def request_token(self, http_client: HttpClient) -> tuple[AccessToken, Response]:
        """Exchange the assertion; see ``token_endpoint.request_token``."""
        lifetime, fixed = self.options["assertion_lifetime"], self.external_assertion is not None
        return request_token(http_client, self.endpoints.token, self._sign, self.context.clock, lifetime, fixed=fixed)

    def evidence(self, http_client: HttpClient, response: Response) -> Evidence:
        """All there is to know about a refusal."""
        answer = answer_of(response)
        skew = response.clock_skew
        look = self.options["diagnose"] and _is_opaque(answer)
        key_set = key_set_at(http_client, self.endpoints.keys) if look or answer.status == 404 else None
        return Evidence(
            stage="token",
            account=self.account,
            problems=self.problems,
            claim_checks=self._new_claim_checks(skew),
            answer=answer,
            clock_skew=None if self.external_assertion else skew,
            lifetime=self.options["assertion_lifetime"],
            certificate_seen=self._certificate() is not None,
            worked_before=self.options["worked_before"],
            key_set=key_set,
            mappings=self._mappings(http_client, key_set) if look else None,
        )

    def shown_review(self, evidence: Evidence) -> list[dict[str, str]]:
        """The assertion part by part, as the module returns it; none of its values is in it."""
        claim_checks = (
            evidence.claim_checks
            if evidence.stage == "preflight"
            else self._claim_checks(self.sent, self.context.now())
        )
        return [claim_check.as_result() for claim_check in claim_checks]

    def _sign(self, now: datetime) -> str:
        self.sent = self.client.sign(now).text if self.client is not None else self.external_assertion or ""
        return self.sent

    def _claim_checks(self, text: str, now: datetime) -> list[ClaimCheck]:
        expected = Expected(self.account, self.endpoints, now, self.options["client_id"], self._certificate())
        return assertion_review.review(text, expected)

    def _certificate(self) -> certificates.Certificate | None:
        return self.certificate if self.client is None else self.client.pair.certificate

    def _new_claim_checks(self, skew: int | None) -> list[ClaimCheck]:
        """What the review of the sent assertion adds to preflight and to the measured clock."""
        known = {problem.rule for problem in self.problems}
        own = _DATES if self.external_assertion is None else ()
        claim_checks = self._claim_checks(self.sent, later(self.context.now(), timedelta(seconds=skew or 0)))
        return [one for one in claim_checks if one.problem and one.problem.rule not in known and one.part not in own]

    def _mappings(self, http_client: HttpClient, key_set: KeySetObservation | None) -> MappingObservation | None:
        """The list of mappings, where there is a token that reads it and the address is the account's."""
        if key_set is not None and key_set.realms and self.account.realm not in key_set.realms:
            return None
        token, certificate_id = self._list_token(http_client), self._certificate_id()
        if not token or not certificate_id:
            return None
        return mappings_for(
            http_client,
            self.endpoints,
            token,
            client_id=self.options["client_id"],
            certificate_id=certificate_id,
            now=self.context.now(),
        )

    def _certificate_id(self) -> str | None:
        if self.client is not None:
            return self.client.request.certificate_id
        return certificates.certificate_id(self.certificate) if self.certificate is not None else None

    def _list_token(self, http_client: HttpClient) -> str | None:
        """The token that was given for the purpose; in a rotation, one of the active pair."""
        if self.options["bootstrap_token"] or not self.options["client_id"]:
            token: str | None = self.options["bootstrap_token"]
            return token
        if not names_store(self.options) or self.options["generation"] != "pending":
            return None
        try:
            active = read_client({**self.options, "generation": "active", "certificate_id": None}, self.context.vault)
            return active.request_token(http_client, self.context.clock)[0].text
        except M2MError:
            return None


def read_token_request(options: Options, context: Context, pair: Pair | None = None) -> TokenRequest:
    """Read who asks from the options; ``pair`` takes the place of those that name one.

    Raises:
        M2MError: an option is missing or bad, or key or certificate cannot be read.
    """
    if not options["assertion"]:
        client = read_client(options, context.vault, pair)
        return TokenRequest(options, context, client.account, client.endpoints, client=client)
    account, endpoints = read_endpoints(options)
    if options["client_id"]:
        assertions.check_client_id(options["client_id"])
    named = options["certificate_path"] or options["certificate_content"]
    certificate = read_certificate(options, context.vault) if named else None
    return TokenRequest(
        options, context, account, endpoints, external_assertion=options["assertion"], certificate=certificate
    )


def _is_opaque(answer: ResponseSummary) -> bool:
    """Whether an answer is NetSuite's, by its looks, and leaves open what is wrong."""
    return (
        answer.kind in ("json", "empty")
        and answer.status in (400, 401, 403, 404, 500)
        and answer.error not in ("invalid_scope", "unauthorized_client")
    )
