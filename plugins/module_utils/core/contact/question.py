# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a question of the contact report is. Conditions and settings are those of the simulator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..accounts import Account, Endpoints
from .answers import Reader, Settings

Part = Mapping[str, Any]
FIRST, RESTLETS = "token", "scope_restlets"
# Values that no account has; none of them is anybody's.
NO_CLIENT, NO_CERTIFICATE = "0" * 64, "A" * 43


@dataclass(frozen=True)
class Facts:
    """Whom the requests are about.

    Attributes:
        account: The account.
        endpoints: Its addresses.
        client_id: Client ID of the integration record.
        certificate_id: Certificate ID of the mapping.
        algorithm: The algorithm that the key signs with.
    """

    account: Account
    endpoints: Endpoints
    client_id: str
    certificate_id: str
    algorithm: str


def _nothing(_facts: Facts, _now: int) -> Part:
    return {}


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: Its name in the report.
        asks: What it finds out.
        request: What is sent, in words.
        condition: The simulator's name for what a refusal refuses.
        granted: Settings that follow when NetSuite does what it was asked for.
        refused: Settings that follow when it does not.
        read: Reads further settings out of the answer.
        learns: Which ones.
        needs: A question that must have been granted.
        ladder: Of the questions of one ladder, those after the first refusal are not asked.
    """

    name: str
    asks: str
    request: str
    condition: str | None = None
    granted: Settings = field(default_factory=dict)
    refused: Settings = field(default_factory=dict)
    read: Reader | None = None
    learns: tuple[str, ...] = ()
    needs: str | None = None
    ladder: str | None = None

    @property
    def settings(self) -> set[str]:
        """The settings that it may find out."""
        return {*self.granted, *self.refused, *self.learns}


@dataclass(frozen=True)
class TokenQuestion(Question):
    """A token request: the proper one, but for what is said here. A part that is None is left out.

    Attributes:
        header: What is different in the assertion's header.
        claims: What is different in its claims.
        form: What is different in the form.
        method: HTTP method.
        is_malformed: Whether the assertion is none.
        is_spoiled: Whether its signature is changed.
        is_json: Whether the form is sent as JSON.
        is_repeated: Whether the same assertion is sent twice; the second answer counts.
    """

    header: Callable[[Facts, int], Part] = _nothing
    claims: Callable[[Facts, int], Part] = _nothing
    form: Part = field(default_factory=dict)
    method: str = "POST"
    is_malformed: bool = False
    is_spoiled: bool = False
    is_json: bool = False
    is_repeated: bool = False


@dataclass(frozen=True)
class CallQuestion(Question):
    """A GET.

    Attributes:
        url: Where to.
        asks_with: The question whose token goes along; none where it is empty.
        headers: Header fields.
        needs_hosts: Whether it is only of use where the two services have hosts of their own.
    """

    url: Callable[[Facts], str] = lambda facts: facts.endpoints.server_time
    asks_with: str = FIRST
    headers: Mapping[str, str] = field(default_factory=dict)
    needs_hosts: bool = False
