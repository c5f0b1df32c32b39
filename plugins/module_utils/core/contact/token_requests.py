# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The questions that a request for a token asks. Most are false in one respect, to see how NetSuite refuses it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..accounts import TOKEN_PATH
from . import answers
from .question import NO_CERTIFICATE, NO_CLIENT, RESTLETS, CallQuestion, Facts, Part, TokenQuestion


def _with(name: str, value: Any) -> Callable[[Facts, int], Part]:
    """The same value whatever the account and the time."""
    return lambda _facts, _now: {name: value}


def _scope(name: str, asks: str, value: Any, shown: str, **more: Any) -> TokenQuestion:
    return TokenQuestion(
        name, asks, f"POST token, with the scope {shown} in the assertion", claims=_with("scope", value), **more
    )


SCOPES = (
    _scope(
        RESTLETS,
        "Is the scope restlets ticked, and if not, how is it refused?",
        ["restlets"],
        "[restlets]",
        condition="scope_mismatch",
    ),
    CallQuestion(
        "wrong_scope",
        "How is a token of the wrong scope refused?",
        "GET serverTime, with a token for restlets alone",
        read=answers.from_wrong_scope,
        learns=("wrong_scope_status",),
        needs=RESTLETS,
        asks_with=RESTLETS,
    ),
    _scope("scope_string", "May scope be a string?", "rest_webservices", "rest_webservices, a string"),
    _scope(
        "scope_comma",
        "May scopes be joined by a comma?",
        "rest_webservices,restlets",
        "rest_webservices,restlets",
        needs=RESTLETS,
    ),
    _scope(
        "scope_space",
        "May scopes be joined by a blank?",
        "rest_webservices restlets",
        "rest_webservices restlets",
        condition="scope_form",
        granted={"space_scope": True},
        refused={"space_scope": False},
        needs=RESTLETS,
    ),
    _scope("scope_empty", "How is an empty scope refused?", [], "[]", condition="scope_empty"),
    _scope(
        "scope_unknown",
        "How is an unknown scope refused?",
        ["no_such_scope"],
        "[no_such_scope]",
        condition="scope_unknown",
    ),
)


def _different(name: str, asks: str, what: str, condition: str | None, **more: Any) -> TokenQuestion:
    return TokenQuestion(name, asks, f"POST token, with an assertion {what}", condition, **more)


HEADERS = (
    _different(
        "typ_missing",
        "Has an assertion to say typ?",
        "without typ",
        "assertion_typ",
        granted={"require_typ": False},
        refused={"require_typ": True},
        header=_with("typ", None),
    ),
    _different(
        "typ_wrong", "How is another typ refused?", "of the typ at+jwt", "assertion_typ", header=_with("typ", "at+jwt")
    ),
    _different(
        "algorithm", "How is RS256 refused?", "of the algorithm RS256", "algorithm", header=_with("alg", "RS256")
    ),
    _different(
        "key_mismatch",
        "How is an algorithm refused that is not the key's?",
        "of the other kind of algorithm",
        "key_mismatch",
        header=lambda facts, _now: {"alg": "PS256" if facts.algorithm.startswith("ES") else "ES256"},
    ),
    _different(
        "kid_missing", "How is a missing kid refused?", "without kid", "key_id_missing", header=_with("kid", None)
    ),
    _different(
        "kid_unknown",
        "How is an unknown certificate refused?",
        "of the certificate AAA…A",
        "certificate_unknown",
        header=_with("kid", NO_CERTIFICATE),
    ),
    _different(
        "signature",
        "How is a signature refused that does not verify?",
        "with another signature",
        "signature",
        is_spoiled=True,
    ),
    _different(
        "malformed",
        "How is something refused that is no assertion?",
        "that is no JWT",
        "assertion_malformed",
        is_malformed=True,
    ),
)

CLAIMS = (
    _different(
        "audience_restlets",
        "May aud name another service host of the account?",
        "for the restlets host",
        "audience",
        granted={"audience": "any_service"},
        refused={"audience": "exact"},
        claims=lambda facts, _now: {"aud": f"https://{facts.account.label}.restlets.api.netsuite.com{TOKEN_PATH}"},
    ),
    _different(
        "audience_array",
        "May aud be an array of one?",
        "whose aud is an array",
        "audience",
        granted={"audience_array": True},
        refused={"audience_array": False},
        claims=lambda facts, _now: {"aud": [facts.endpoints.token]},
    ),
    _different(
        "audience_elsewhere",
        "How is another audience refused?",
        "for audience.invalid",
        "audience",
        claims=_with("aud", f"https://audience.invalid{TOKEN_PATH}"),
    ),
    _different(
        "issuer_malformed",
        "How is something refused that is no Client ID?",
        "of the issuer not-a-client-id",
        "issuer",
        claims=_with("iss", "not-a-client-id"),
    ),
    _different(
        "issuer_unknown",
        "How is a Client ID refused that no record has?",
        "of the issuer 000…0",
        "integration_unknown",
        claims=_with("iss", NO_CLIENT),
    ),
    _different("exp_missing", "How is a missing claim refused?", "without exp", "claims", claims=_with("exp", None)),
    _different(
        "float_dates",
        "May dates be fractions?",
        "whose iat and exp are fractions",
        "claims",
        granted={"float_dates": True},
        refused={"float_dates": False},
        claims=lambda _facts, now: {"iat": now - 5 + 0.5, "exp": now + 295 + 0.5},
    ),
    _different(
        "not_before",
        "Does nbf count, and how is it refused?",
        "whose nbf is an hour away",
        "not_before",
        claims=lambda _facts, now: {"nbf": now + 3600},
    ),
    _different(
        "expired",
        "How is an expired assertion refused?",
        "that expired an hour ago",
        "expired",
        claims=lambda _facts, now: {"iat": now - 3900, "exp": now - 3600},
    ),
    _different(
        "replay",
        "Can an assertion be used twice?",
        "twice",
        "replayed",
        granted={"reject_replay": False},
        refused={"reject_replay": True},
        is_repeated=True,
    ),
)


def _lifetime(seconds: int) -> TokenQuestion:
    return _different(
        f"lifetime_{seconds}",
        "How long may an assertion live?",
        f"that lives {seconds} seconds",
        "lifetime",
        granted={"max_assertion_lifetime": seconds},
        refused={"max_assertion_lifetime": 300} if seconds == _LIFETIMES[0] else {},
        ladder="lifetime",
        claims=lambda _facts, now: {"iat": now - 5, "exp": now - 5 + seconds},
    )


def _ahead(seconds: int) -> TokenQuestion:
    """Two seconds less are asked for, so that a tolerance of just that many does not hang on a request's way."""
    return _different(
        f"ahead_{seconds}",
        "How far may iat lie in the future?",
        f"that is made {seconds - 2} seconds from now",
        "issued_in_future",
        granted={"clock_tolerance": seconds},
        refused={"clock_tolerance": 0} if seconds == _AHEAD[0] else {},
        ladder="ahead",
        claims=lambda _facts, now: {"iat": now + seconds - 2, "exp": now + seconds - 2 + 300},
    )


# Around the two limits that Oracle's pages name; and around what other servers tolerate.
_LIFETIMES = (3599, 3600, 3601, 7200, 7201)
_AHEAD = (5, 30, 60, 120, 300, 600)

FORMS = (
    TokenQuestion(
        "form",
        "How is a form refused that lacks a field?",
        "POST token, without client_assertion",
        "form",
        form={"client_assertion": None},
    ),
    TokenQuestion(
        "grant_type",
        "How is an unknown grant refused?",
        "POST token, for the grant no_such_grant",
        "grant_type",
        form={"grant_type": "no_such_grant"},
    ),
    TokenQuestion(
        "assertion_type",
        "How is an unknown kind of assertion refused?",
        "POST token, for the assertion type urn:example",
        "assertion_type",
        form={"client_assertion_type": "urn:example"},
    ),
    TokenQuestion(
        "content_type", "How is a body refused that is no form?", "POST token, as JSON", "content_type", is_json=True
    ),
    TokenQuestion("method", "How is another method refused?", "GET token, without anything", "method", method="GET"),
)

TIMES = (*map(_lifetime, _LIFETIMES), *map(_ahead, _AHEAD))
