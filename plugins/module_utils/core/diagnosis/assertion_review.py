# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client assertion, read claim by claim against NetSuite's rules. Nothing of it but names and times is ever quoted.

Source: Oracle NetSuite help, "The Request Token Structure" (section_162790605110), and "Login Audit Trail"
(subsect_158324637123) for the codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from .. import assertions, certificates, preflight
from ..accounts import Account, Endpoints
from ..errors import M2MError
from ..libraries import note_missing
from ..preflight import Problem
from ..timing import iso, utc

try:
    import jwt
except ImportError as _error:
    note_missing("PyJWT", _error)

_WHOLE = "whole"
# Date shows whole seconds, so the server's time is known no better than this.
_NOISE = timedelta(seconds=2)


@dataclass(frozen=True)
class Expected:
    """What an assertion is held against. None: not known, not compared.

    Attributes:
        account: The account it is for.
        places: The account's addresses.
        now: The server's time, as well as it is known.
        client_id: Client ID of the integration record.
        certificate: Certificate of the key that signed it.
    """

    account: Account
    places: Endpoints
    now: datetime
    client_id: str | None = None
    certificate: certificates.Certificate | None = None


@dataclass(frozen=True)
class Verdict:
    """Of one part of the assertion: whether it keeps its rule, and the audit-trail code when it does not."""

    part: str
    problem: Problem | None = None
    audit_trail: str | None = None

    def as_result(self) -> dict[str, str]:
        """The verdict as modules return it."""
        if self.problem is None:
            return {"part": self.part, "status": "ok", "detail": "as NetSuite wants it"}
        return {"part": self.part, "status": "failed", "detail": self.problem.detail}


def review(text: str, expected: Expected) -> list[Verdict]:
    """Judge every part of an assertion. One that is no JWT at all gets one verdict."""
    try:
        header = dict(jwt.get_unverified_header(text))
        claims = dict(jwt.decode(text, options={"verify_signature": False}))
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        detail = "the assertion is not a compact JWS with two JSON objects in it"
        return [Verdict(_WHOLE, Problem("assertion_malformed", detail, "Make it with m2m.netsuite.client_assertion"))]
    return [
        *_header(header, expected),
        *_claims(claims, expected),
        Verdict("signature", *_signature(text, header, expected)),
    ]


def _header(header: Mapping[str, Any], expected: Expected) -> list[Verdict]:
    return [
        Verdict("typ", *_typ(header.get("typ"))),
        Verdict("alg", *_alg(header.get("alg"), expected)),
        Verdict("kid", *_kid(header.get("kid"), expected)),
    ]


def _claims(claims: Mapping[str, Any], expected: Expected) -> list[Verdict]:
    rules: tuple[tuple[str, Callable[..., _Judgement]], ...] = (
        ("iss", lambda: _iss(claims.get("iss"), expected)),
        ("scope", lambda: _scope(claims.get("scope"))),
        ("aud", lambda: _aud(claims.get("aud"), expected)),
        ("iat", lambda: _iat(claims.get("iat"), expected.now)),
        ("exp", lambda: _exp(claims.get("iat"), claims.get("exp"), expected.now)),
    )
    return [Verdict(name, *rule()) for name, rule in rules]


# Quoted, because ansible-test's pylint takes | between classes for a mistake.
_Judgement: TypeAlias = "tuple[Problem | None, str | None]"
_FINE: _Judgement = (None, None)


def _broken(rule: str, detail: str, fix: str, code: str | None, *, blocking: bool = True) -> _Judgement:
    return Problem(rule, detail, fix, blocking=blocking), code


def _typ(typ: Any) -> _Judgement:
    if typ == "JWT":
        return _FINE
    # Documented; at least one product in the field leaves it out, so it is probably not enforced.
    detail = f"typ is {'missing' if typ is None else 'not JWT'}"
    return _broken("assertion_typ", detail, "Set typ to JWT", None, blocking=False)


def _alg(alg: Any, expected: Expected) -> _Judgement:
    if alg not in assertions.ALGORITHMS:
        fix = f"Sign with one of {', '.join(assertions.ALGORITHMS)}; RS256 is refused since 1 March 2025"
        return _broken("algorithm", f"alg is {str(alg)[:20]}", fix, "UnsupportedAlgo")
    if expected.certificate is not None:
        try:
            assertions.choose_algorithm(alg, certificates.public_key_facts(expected.certificate))
        except M2MError as error:
            return _broken("algorithm", preflight.lower(error.problem), error.fix, "UnsupportedAlgo")
    return _FINE


def _kid(kid: Any, expected: Expected) -> _Judgement:
    if not isinstance(kid, str) or not kid:
        fix = "Put the Certificate ID into the header as kid"
        return _broken("key_id_missing", "the header has no kid", fix, "MissingKeyId")
    problems = (
        preflight.id_problems(expected.certificate, kid) if expected.certificate else preflight.id_form_problems(kid)
    )
    return (problems[0], "MissingKey") if problems else _FINE


def _iss(iss: Any, expected: Expected) -> _Judgement:
    if not isinstance(iss, str):
        return _broken("client_id", "iss is missing or no text", "Put the Client ID into iss", "InvalidIssuer")
    if problems := preflight.client_problems(iss):
        return problems[0], "InvalidIssuer"
    if expected.client_id and iss != expected.client_id:
        detail = "iss is another Client ID than client_id"
        return _broken("client_id", detail, "Use one of the two", "InvalidIntegration")
    return _FINE


def _scope(scope: Any) -> _Judgement:
    values = scope.split(",") if isinstance(scope, str) else scope
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        detail = f"scope is {'missing' if scope is None else 'neither a list nor a text'}"
        return _broken("scope", detail, "Use a list of scopes", "InvalidScope")
    if isinstance(scope, str) and " " in scope.strip():
        detail = "scope is joined with spaces, which nothing shows to work"
        return _broken("scope", detail, "Use a list of scopes", "InvalidScope")
    try:
        assertions.check_scope([value.strip() for value in values])
    except M2MError as error:
        return _broken("scope", preflight.lower(error.problem), error.fix, "InvalidScope")
    return _FINE


def _aud(aud: Any, expected: Expected) -> _Judgement:
    values = aud if isinstance(aud, list) else [aud]
    if len(values) != 1 or not isinstance(values[0], str):
        detail = "aud is missing" if aud is None else "aud is not one address"
        return _broken("audience", detail, f"Use {expected.places.token}", None)
    problems = preflight.audience_problems(values[0], expected.account, expected.places)
    if problems:
        return problems[0], None
    if isinstance(aud, list):
        detail = "aud is a list; Oracle shows a text"
        return _broken("audience_list", detail, f"Use {expected.places.token} as a text", None, blocking=False)
    return _FINE


def _iat(iat: Any, now: datetime) -> _Judgement:
    moment = _moment(iat)
    if moment is None:
        return _broken("assertion_dates", "iat is missing or no whole number of seconds", "Use whole seconds", None)
    if moment > now + _NOISE:
        detail = (
            f"iat is {iso(moment)}, which is {(moment - now).total_seconds():.0f} s in the future by the server's clock"
        )
        return _broken("issued_in_future", detail, "Set the clock that made the assertion (NTP)", "TokenNotAcceptable")
    return _FINE


def _exp(iat: Any, exp: Any, now: datetime) -> _Judgement:
    start, end = _moment(iat), _moment(exp)
    if end is None:
        return _broken("assertion_dates", "exp is missing or no whole number of seconds", "Use whole seconds", None)
    if end <= now - _NOISE:
        detail = f"exp is {iso(end)}, which is {(now - end).total_seconds():.0f} s ago by the server's clock"
        return _broken("assertion_expired", detail, "Make a fresh assertion for each request", "TokenExpired")
    if start is not None and (end - start).total_seconds() > assertions.MAXIMUM_LIFETIME + 1:
        detail = f"exp is {(end - start).total_seconds():.0f} s after iat; Oracle asks for less than 3600"
        return _broken("assertion_lifetime", detail, "Let exp be 300 s after iat", "TokenValidityTooBroad")
    return _FINE


def _signature(text: str, header: Mapping[str, Any], expected: Expected) -> _Judgement:
    algorithm = header.get("alg")
    if expected.certificate is None or algorithm not in assertions.ALGORITHMS:
        return _FINE
    try:
        assertions.verify(text, expected.certificate, str(algorithm))
    except M2MError:
        fix = "Sign with the private key that belongs to the certificate"
        return _broken("signature", "the certificate does not verify the signature", fix, "SignatureValidation")
    return _FINE


def _moment(value: Any) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    try:
        return utc(value)
    except (ValueError, OverflowError, OSError):
        return None
