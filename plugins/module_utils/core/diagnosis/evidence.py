# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All that is known about one failure, before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..accounts import Account
from ..preflight import Problem
from ..tokens import Finding, Identity
from .answers import ResponseSummary
from .assertion_review import ClaimCheck


@dataclass(frozen=True)
class KeySetObservation:
    """What the account's JWK Set, read without credentials, shows.

    Attributes:
        status: HTTP status.
        is_key_set: Whether the answer was a key set.
        realms: Accounts that the key ids name. Their form, ``c.<account>.<date>``, is known from samples only.
    """

    status: int
    is_key_set: bool
    realms: tuple[str, ...] = ()


@dataclass(frozen=True)
class MappingObservation:
    """What the list of mappings shows to the holder of a token that was given for reading it.

    Attributes:
        holder: Whom that token speaks for.
        state: Of the certificate in the list: ``active``, ``absent``, ``revoked`` or ``expired``; None when the list
            could not be read.
        refused: HTTP status of the refusal, when it could not.
        role: Internal id of the role it is mapped to.
        entity: Internal id of the entity it is mapped to.
        elsewhere: The certificate is active under the integration that the token belongs to, not under client_id.
    """

    holder: Identity
    state: str | None = None
    refused: int | None = None
    role: str | None = None
    entity: str | None = None
    elsewhere: bool = False


@dataclass(frozen=True)
class Evidence:
    """All that is known about one failure. None means: not known.

    Attributes:
        stage: What failed: ``preflight``, ``token``, ``claims``, ``signature`` or ``probe``.
        account: The account that is meant.
        problems: What preflight found.
        claim_checks: What the review of the assertion found.
        findings: What is wrong with the token itself.
        answer: What the server said.
        clock_skew: Seconds by which the server's clock is ahead.
        lifetime: Lifetime of the assertion, seconds.
        certificate_seen: Whether the certificate is known, and was therefore compared with the key.
        worked_before: Whether these credentials have worked before.
        key_set: What the account's JWK Set shows.
        mappings: What the list of mappings shows.
        token_is_fresh: Whether the token in use was granted a moment ago.
        token_scope: Its scopes.
    """

    stage: str
    account: Account | None = None
    problems: Sequence[Problem] = ()
    claim_checks: Sequence[ClaimCheck] = ()
    findings: Sequence[Finding] = ()
    answer: ResponseSummary | None = None
    clock_skew: int | None = None
    lifetime: int = 300
    certificate_seen: bool = True
    worked_before: bool | None = None
    key_set: KeySetObservation | None = None
    mappings: MappingObservation | None = None
    token_is_fresh: bool = False
    token_scope: Sequence[str] = ()

    @property
    def realm(self) -> str:
        """The account as sentences name it."""
        if self.account is None:
            return "the account"
        return f"account {self.account.realm} ({self.account.environment.replace('_', ' ')})"
