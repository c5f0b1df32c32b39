# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client assertion, read claim by claim against NetSuite's rules. Nothing of it but names and times is ever quoted.

Source: Oracle NetSuite help, "The Request Token Structure" (section_162790605110), and "Login Audit Trail"
(subsect_158324637123) for the codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .. import assertions, certificates, preflight
from ..accounts import Account, Endpoints
from ..errors import M2MError
from ..libraries import note_missing
from ..preflight import Problem
from ..timing import iso, utc
from .registry import entry

try:
    import jwt
except ImportError as _error:
    note_missing("PyJWT", _error)

_WHOLE = "whole"
# Date shows whole seconds, so the server's time is known no better than this.
_NOISE = timedelta(seconds=2)
# What other programs count in, JavaScript's Date.now() for one. A time of this century in any of these is past the year
# 9999 in seconds, so the units cannot be confused.
_PER_SECOND = {"milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
_CENTURY = (946_684_800, 4_102_444_800)


@dataclass(frozen=True)
class Expected:
    """What an assertion is held against. None: not known, not compared.

    Attributes:
        account: The account it is for.
        endpoints: The account's addresses.
        now: The server's time, as well as it is known.
        client_id: Client ID of the integration record.
        certificate: Certificate of the key that signed it.
    """

    account: Account
    endpoints: Endpoints
    now: datetime
    client_id: str | None = None
    certificate: certificates.Certificate | None = None


@dataclass(frozen=True)
class ClaimCheck:
    """Of one part of the assertion: whether it keeps its rule."""

    part: str
    problem: Problem | None = None

    @property
    def audit_trail(self) -> str | None:
        """The code that the Login Audit Trail would show, when it does not."""
        return entry(self.problem.rule).audit_trail if self.problem else None

    def as_result(self) -> dict[str, str]:
        """The check as modules return it."""
        if self.problem is None:
            return {"part": self.part, "status": "ok", "detail": "as NetSuite requires it"}
        return {"part": self.part, "status": "failed", "detail": self.problem.detail}


def review(text: str, expected: Expected) -> list[ClaimCheck]:
    """Check every part of an assertion. One that is not a JWT at all gets one check."""
    try:
        header = dict(jwt.get_unverified_header(text))
        claims = dict(jwt.decode(text, options={"verify_signature": False}))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return [
            ClaimCheck(_WHOLE, _broken("assertion_malformed", "the assertion is not a JWT: two JSON objects, signed"))
        ]
    return [
        ClaimCheck("typ", _typ(header.get("typ"))),
        ClaimCheck("alg", _alg(header.get("alg"), expected)),
        ClaimCheck("kid", _kid(header.get("kid"), expected)),
        ClaimCheck("iss", _iss(claims.get("iss"), expected)),
        ClaimCheck("scope", _scope(claims.get("scope"))),
        ClaimCheck("aud", _aud(claims.get("aud"), expected)),
        ClaimCheck("iat", _iat(claims.get("iat"), expected.now)),
        ClaimCheck("exp", _exp(claims.get("iat"), claims.get("exp"), expected.now)),
        ClaimCheck("signature", _signature(text, header, expected)),
    ]


def _broken(rule: str, detail: str, fix: str = "", *, blocking: bool = True) -> Problem:
    return Problem(rule, detail, fix or entry(rule).fix, blocking=blocking)


def _typ(typ: Any) -> Problem | None:
    if typ == "JWT":
        return None
    # Documented; at least one product in the field leaves it out, so it is probably not enforced.
    return _broken("assertion_typ", f"typ is {'missing' if typ is None else 'not JWT'}", blocking=False)


def _alg(alg: Any, expected: Expected) -> Problem | None:
    if alg not in assertions.ALGORITHMS:
        fix = f"Sign with one of {', '.join(assertions.ALGORITHMS)}; RS256 is refused since 1 March 2025"
        return _broken("algorithm", f"alg is {str(alg)[:20]}", fix)
    if expected.certificate is not None:
        try:
            assertions.choose_algorithm(alg, certificates.public_key_facts(expected.certificate))
        except M2MError as error:
            return _broken("algorithm", preflight.lower(error.problem), error.fix)
    return None


def _kid(kid: Any, expected: Expected) -> Problem | None:
    if not isinstance(kid, str) or not kid:
        return _broken("key_id_missing", "the header has no kid")
    problems = (
        preflight.id_problems(expected.certificate, kid) if expected.certificate else preflight.id_form_problems(kid)
    )
    return problems[0] if problems else None


def _iss(iss: Any, expected: Expected) -> Problem | None:
    if not isinstance(iss, str):
        return _broken("client_id", "iss is missing or is not text", "Put the Client ID into iss")
    if problems := preflight.client_problems(iss):
        return problems[0]
    if expected.client_id and iss != expected.client_id:
        return _broken("wrong_client", "iss differs from client_id", "Use the same Client ID in both")
    return None


def _scope(scope: Any) -> Problem | None:
    values = scope.split(",") if isinstance(scope, str) else scope
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return _broken("scope", f"scope is {'missing' if scope is None else 'neither a list nor text'}")
    if isinstance(scope, str) and " " in scope.strip():
        return _broken("scope", "scope is separated by spaces, which is not known to work")
    try:
        assertions.check_scope([value.strip() for value in values])
    except M2MError as error:
        return _broken("scope", preflight.lower(error.problem), error.fix)
    return None


def _aud(aud: Any, expected: Expected) -> Problem | None:
    values = aud if isinstance(aud, list) else [aud]
    if len(values) != 1 or not isinstance(values[0], str):
        detail = "aud is missing" if aud is None else "aud is not one address"
        return _broken("audience", detail, f"Use {expected.endpoints.token}")
    if problems := preflight.audience_problems(values[0], expected.account, expected.endpoints):
        return problems[0]
    if isinstance(aud, list):
        fix = f"Use {expected.endpoints.token} as text"
        return _broken("audience_list", "aud is a list; Oracle shows text", fix, blocking=False)
    return None


def _iat(iat: Any, now: datetime) -> Problem | None:
    moment = _moment(iat)
    if moment is None:
        return _no_date("iat", iat)
    if moment - now > _NOISE:
        detail = (
            f"iat is {iso(moment)}, which is {(moment - now).total_seconds():.0f} s in the future by the server's clock"
        )
        return _broken("issued_in_future", detail)
    return None


def _exp(iat: Any, exp: Any, now: datetime) -> Problem | None:
    start, end = _moment(iat), _moment(exp)
    if end is None:
        return _no_date("exp", exp)
    if now - end >= _NOISE:
        detail = f"exp is {iso(end)}, which is {(now - end).total_seconds():.0f} s ago by the server's clock"
        return _broken("assertion_expired", detail)
    if start is not None and (end - start).total_seconds() > assertions.MAXIMUM_LIFETIME + 1:
        detail = f"exp is {(end - start).total_seconds():.0f} s after iat; Oracle asks for less than 3600"
        return _broken("assertion_lifetime", detail)
    return None


def _signature(text: str, header: Mapping[str, Any], expected: Expected) -> Problem | None:
    algorithm = header.get("alg")
    if expected.certificate is None or algorithm not in assertions.ALGORITHMS:
        return None
    try:
        assertions.verify(text, expected.certificate, str(algorithm))
    except M2MError:
        return _broken("signature", "the certificate does not verify the signature")
    return None


def _no_date(name: str, value: Any) -> Problem:
    """What is wrong with a value that is not a time in whole seconds."""
    if value is None:
        return _broken("assertion_dates", f"{name} is missing")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return _broken("assertion_dates", f"{name} is not a number")
    earliest, latest = _CENTURY
    for unit, factor in _PER_SECOND.items():
        if earliest * factor <= value < latest * factor:
            fix = f"Divide iat and exp by {factor}: NetSuite wants whole seconds"
            return _broken("assertion_dates", f"{name} is in {unit}, not in seconds", fix)
    if isinstance(value, float) and _time(value) is not None:
        return _broken("assertion_dates", f"{name} is not a whole number of seconds")
    return _broken("assertion_dates", f"{name} is outside the years 1 to 9999 when read as seconds")


def _moment(value: Any) -> datetime | None:
    return _time(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _time(seconds: float) -> datetime | None:
    try:
        return utc(seconds)
    except (ValueError, OverflowError, OSError):
        return None
