# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests, responses and the error bodies of the three API families."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import parse_qs

from .conditions import INVALID_LOGIN, Condition, Outcome, Refusal
from .settings import Settings

_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed"}
_SECTIONS = {400: 1, 401: 2, 403: 4, 404: 5, 405: 6, 429: 1}
_MALFORMED = "The request could not be understood by the server due to malformed syntax."


@dataclass(slots=True)
class Request:
    """One request as it came in."""

    method: str
    target: str
    headers: Message
    body: bytes
    scheme: str

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded query."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def host(self) -> str:
        """The Host header."""
        return str(self.headers.get("Host", ""))

    def media_type(self) -> str:
        """The media type of the body, lower case, without parameters."""
        return str(self.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


@dataclass(slots=True)
class Response:
    """One answer; ``delivery`` tells how much of it reaches the client."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    delivery: str = "whole"


def json_response(status: int, value: object, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with JSON."""
    body = json.dumps(value, separators=(",", ":")).encode("utf-8")
    return Response(status, body, "application/json", dict(headers or {}))


def token_response(settings: Settings, access_token: str, **more: str) -> Response:
    """Answer with an access token, as documented (``section_162755359851``)."""
    lifetime: int | str = settings.token_lifetime
    if settings.expires_in_type == "string":
        lifetime = str(lifetime)
    body = {"access_token": access_token, "expires_in": lifetime, "token_type": settings.token_type, **more}
    return json_response(200, body, {"Cache-Control": "no-store"})


def text_response(status: int, text: str, content_type: str = "text/plain; charset=utf-8") -> Response:
    """Answer with text; a 204 has no body."""
    if status == 204:
        return Response(204)
    return Response(status, text.encode("utf-8"), content_type)


def outcome_of(condition: Condition, settings: Settings) -> Outcome:
    """Look up status and error code: the preset, beaten by an override."""
    outcome = condition.spec if settings.preset == "spec" else condition.observed
    if condition.name == "api_scope" and settings.wrong_scope_status == 401:
        outcome = Outcome(401, "INVALID_LOGIN")
    override = settings.errors.get(condition.name, {})
    return Outcome(override.get("status", outcome.status), override.get("error", outcome.error))


def oauth_error(refusal: Refusal, settings: Settings, realm: str) -> Response:
    """Answer in the OAuth shape: ``{"error": ...}`` and nothing else (``subsect_158521832417``)."""
    outcome = outcome_of(refusal.condition, settings)
    response = json_response(outcome.status, {"error": outcome.error}, {"Cache-Control": "no-store"})
    if outcome.status == 401:
        response.headers["WWW-Authenticate"] = f'Basic realm="{realm}"'
    if outcome.status == 405:
        response.headers["Allow"] = "POST"
    return response


def rest_body(outcome: Outcome, message: str) -> dict[str, Any]:
    """Return the REST error object (``section_156570709583``)."""
    title = "Bad Request" if outcome.status == 429 else _TITLES.get(outcome.status, "Internal Server Error")
    section = f"15.5.{_SECTIONS[outcome.status]}" if outcome.status in _SECTIONS else "15.6.1"
    return {
        "type": f"https://www.rfc-editor.org/rfc/rfc9110.html#section-{section}",
        "title": title,
        "status": outcome.status,
        "o:errorDetails": [{"detail": message, "o:errorCode": outcome.error}],
    }


def rest_error(refusal: Refusal, settings: Settings, realm: str) -> Response:
    """Answer in the REST shape, with ``WWW-Authenticate`` as in ``subsect_158521885412``."""
    outcome = outcome_of(refusal.condition, settings)
    body = rest_body(outcome, _shown_message(refusal, outcome))
    if refusal.condition.name == "prefer_missing":
        body["o:errorDetails"][0]["o:errorHeader"] = "Prefer"
    response = json_response(outcome.status, body)
    response.content_type = "application/vnd.oracle.resource+json; type=error; charset=UTF-8"
    if outcome.status in (400, 401):
        code, text = {
            400: ("invalid_request", _MALFORMED),
            401: ("invalid_token", "Invalid login attempt."),
        }[outcome.status]
        challenge = f'Bearer realm="{realm}", error="{code}", error_description="{text}"'
        response.headers["WWW-Authenticate"] = challenge
    if outcome.status == 429 and settings.retry_after:
        response.headers["Retry-After"] = str(settings.retry_after)
    return response


def rewrite_as_oauth(response: Response) -> None:
    """Give a refusal of the certificate API the other body it might have: ``{"error": ...}``."""
    code = {401: "invalid_token", 403: "insufficient_scope", 404: "not_found"}.get(response.status, "invalid_request")
    response.body = json.dumps({"error": code}).encode("ascii")
    response.content_type = "application/json"


def _shown_message(refusal: Refusal, outcome: Outcome) -> str:
    """Return what the client sees: a refused login or permission never says why."""
    if outcome.status == 401:
        return INVALID_LOGIN
    return refusal.condition.message if outcome.status == 403 else refusal.message


def restlet_error(refusal: Refusal, settings: Settings) -> Response:
    """Answer in the RESTlet shape (``section_4634920277``)."""
    outcome = outcome_of(refusal.condition, settings)
    code = "INVALID_LOGIN_ATTEMPT" if outcome.error == "INVALID_LOGIN" else outcome.error
    return json_response(outcome.status, {"error": {"code": code, "message": _shown_message(refusal, outcome)}})
