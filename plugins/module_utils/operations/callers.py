# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose token may manage an account's certificates: a pair's, a given one, or that of a person who is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..core.errors import RefusedError
from ..core.generations import Generation, Retiring
from ..services.http_client import HttpClient
from ..services.oauth_client import pair_of, read_client
from .consent import Consent, ask_for_consent
from .operation import Context, Options, Result

# Refusals after which another holder's token may still be accepted; which of them NetSuite uses is not documented.
_NOT_ALLOWED = frozenset({401, 403, 404})


@dataclass
class Callers:
    """The tokens of one account and run, each got once and when it is needed.

    Attributes:
        consent: What a person's consent has brought, once somebody was asked.
    """

    options: Options = field(repr=False)
    context: Context
    http_client: HttpClient
    consent: Consent | None = None
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def asks_person(self) -> bool:
        """Whether a person is asked, where nobody else's token may upload."""
        return bool(self.options["login"]) and not self.options["bootstrap_token"]

    @property
    def may_upload(self) -> bool:
        """Whether there is somebody besides the active pair who may upload."""
        return bool(self.options["bootstrap_token"]) or self.asks_person

    def keep(self, certificate_id: str, token: str) -> None:
        """Keep a token that was got with a pair."""
        self._tokens[certificate_id] = token

    def kept(self, certificate_id: str) -> str | None:
        """The token that was got with a pair, where it was."""
        return self._tokens.get(certificate_id)

    def of_pair(self, holder: Generation | Retiring) -> str:
        """The token of a pair."""
        if holder.certificate_id not in self._tokens:
            where = f"the pair of certificate {holder.certificate_id}"
            client = read_client(self.options, None, pair_of(holder, self.options, self.context.vault, where))
            token, _response = client.request_token(self.http_client, self.context.clock)
            self._tokens[holder.certificate_id] = token.text
        return self._tokens[holder.certificate_id]

    def others(self) -> Iterator[str]:
        """The token that was given for the purpose, or else a person's, who is asked now."""
        if self.options["bootstrap_token"]:
            yield self.options["bootstrap_token"]
        elif self.asks_person:
            self.consent = self.consent or ask_for_consent(self.options, self.context, self.http_client)
            yield self.consent.token

    def lister(self, certificate_id: str) -> str | None:
        """A token that is there already, and may look at the list of mappings."""
        found = self.kept(certificate_id) or self.options["bootstrap_token"]
        return found or (self.consent.token if self.consent else None)


def by_whoever_may(tokens: Iterator[str], action: Callable[[str], Result]) -> Result | None:
    """The result of the first to whom NetSuite allows it. Raises what the first one met when nobody is allowed."""
    refusal: RefusedError | None = None
    try:
        for token in tokens:
            try:
                return action(token)
            except RefusedError as error:
                refusal = refusal or error
                if error.cause != "unknown_certificate" and error.facts.get("status") not in _NOT_ALLOWED:
                    break
    except RefusedError as error:  # no token for the next one
        refusal = refusal or error
    if refusal is not None:
        raise refusal
    return None
