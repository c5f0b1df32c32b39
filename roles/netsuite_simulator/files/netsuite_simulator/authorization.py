# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authorization page, and the code that comes of it (authorization code grant with PKCE).

Whoever opens the page counts as logged in, and chooses role and entity on it. That the answer carries ``role``,
``entity`` and ``company`` is known from a connector's guide only.

Sources: Oracle help ``section_158081944642`` (step one), ``section_158081952044`` (step two) and
``section_157771733782`` (integration records); RFC 6749 section 4.1 and RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode

from .conditions import Refusal
from .model import Code, Integration
from .tokens import Grant, base64url, new_token_id
from .wire import Response, text_response, token_response
from .world import Call

_STATE = re.compile(r"[ -~]{22,1024}")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_PARAMETERS = {
    *("response_type", "client_id", "redirect_uri", "scope", "state"),
    *("code_challenge", "code_challenge_method", "prompt"),
}
_FIELDS = {"grant_type", "code", "redirect_uri", "code_verifier", "client_id"}
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>NetSuite simulator: consent</title>
<h1>Account {account}</h1>
<p>{application} asks for: {scope}</p>
<form method="post">
<label>Role <select name="role">{roles}</select></label>
<label>Entity <select name="entity">{entities}</select></label>
<button id="allow" name="decision" value="allow">Allow</button>
<button id="deny" name="decision" value="deny">Deny</button>
</form></html>
"""


@dataclass(frozen=True, slots=True)
class _Question:
    """A request for consent that may be answered at its redirect URI."""

    integration: Integration
    redirect_uri: str
    state: str
    scope: tuple[str, ...]
    challenge: str | None


class _SentBackError(Exception):
    """A refusal that the client learns of by way of the browser (RFC 6749 section 4.1.2.1)."""


def page(call: Call) -> Response:
    """Show the page, or take the decision that was made on it."""
    if call.request.method not in ("GET", "POST"):
        raise Refusal("method")
    query = _once(call.request.target.partition("?")[2])
    integration, uri, state = _trusted(call, query)
    try:
        question = _question(call, query, integration, uri, state)
        if call.request.method == "GET":
            return _shown(call, question)
        form = _once(call.request.body.decode("ascii", "replace"))
        if form.get("decision") != "allow":
            raise _SentBackError("access_denied")
        return _allowed(call, question, form)
    except _SentBackError as error:
        return _back(uri, {"error": str(error), "state": state})


def _once(text: str) -> dict[str, str]:
    """Read a query or a form; no field twice."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Refusal("authorization_request", "the parameters cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refusal("authorization_request", "a parameter is repeated")
    return fields


def _trusted(call: Call, query: Mapping[str, str]) -> tuple[Integration, str, str]:
    """Check what decides whether the browser may be sent back at all; the rest of the mistakes are told there."""
    integration = call.account.integration(query.get("client_id", ""))
    if integration is None:
        raise Refusal("integration_unknown")
    call.application = integration.name
    if query.get("redirect_uri") not in integration.redirect_uris:
        raise Refusal("redirect_uri")
    state = query.get("state", "")
    if not _STATE.fullmatch(state):
        raise Refusal("authorization_request", "state must have 22 to 1024 printable ASCII characters")
    return integration, query["redirect_uri"], state


def _question(call: Call, query: Mapping[str, str], integration: Integration, uri: str, state: str) -> _Question:
    """Check the request."""
    if not set(query) <= _PARAMETERS:
        raise _SentBackError("invalid_request")
    if query.get("response_type") != "code":
        raise _SentBackError("unsupported_response_type")
    if not call.account.features["oauth2"] or integration.state != "enabled" or not integration.authorization_code:
        raise _SentBackError("unauthorized_client")
    scope = tuple(query.get("scope", "").split(" "))
    if not set(scope) <= integration.scopes or ("mcp" in scope and len(scope) > 1):
        raise _SentBackError("invalid_scope")
    challenge = query.get("code_challenge")
    if challenge is None:
        if integration.public_client or call.settings.require_pkce or "code_challenge_method" in query:
            raise _SentBackError("invalid_request")
    elif not _CHALLENGE.fullmatch(challenge) or query.get("code_challenge_method") != "S256":
        raise _SentBackError("invalid_request")
    return _Question(integration, uri, state, scope, challenge)


def _shown(call: Call, question: _Question) -> Response:
    """Return the page."""
    account = call.account
    parts = {
        "account": html.escape(account.account_id),
        "application": html.escape(question.integration.name),
        "scope": html.escape(", ".join(question.scope)),
        "roles": "".join(_option(role.id, role.name) for role in account.roles.values() if role.active),
        "entities": "".join(_option(entity.id, entity.name) for entity in account.entities.values() if entity.active),
    }
    response = text_response(200, _PAGE.format(**parts), "text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


def _option(number: int, name: str) -> str:
    """Return one choice of the page."""
    return f'<option value="{number}">{html.escape(name)}</option>'


def _allowed(call: Call, question: _Question, form: Mapping[str, str]) -> Response:
    """Issue a code for the role and the entity that were chosen."""
    try:
        role, entity = int(form.get("role", "")), int(form.get("entity", ""))
    except ValueError:
        raise Refusal("authorization_request", "role and entity must be chosen") from None
    account = call.account
    if not account.pair_is_usable(role, entity) or not account.roles[role].may_use_oauth():
        raise Refusal("role_or_entity")
    code, now = secrets.token_hex(32), call.now()
    with account.lock:
        account.codes = {known: value for known, value in account.codes.items() if value.expires > now}
        account.codes[code] = Code(
            question.integration.client_id,
            question.redirect_uri,
            question.scope,
            question.challenge,
            role,
            entity,
            now + call.settings.code_lifetime,
        )
    whom = {"role": str(role), "entity": str(entity), "company": account.account_id}
    return _back(question.redirect_uri, {"state": question.state, **whom, "code": code})


def _back(uri: str, fields: Mapping[str, str]) -> Response:
    """Send the browser back to the client."""
    location = f"{uri}{'&' if '?' in uri else '?'}{urlencode(fields, quote_via=quote)}"
    return Response(302, headers={"Location": location, "Cache-Control": "no-store"})


def trade_code(call: Call, fields: Mapping[str, str]) -> Response:
    """Answer a token request with a code (``section_158081952044``); a code is good for one request."""
    if not set(fields) <= _FIELDS or not {"code", "redirect_uri"} <= set(fields):
        raise Refusal("form")
    integration, account, now = _client(call, fields), call.account, call.now()
    with account.lock:
        code = account.codes.pop(fields["code"], None)
    if code is None or code.expires <= now:
        raise Refusal("code_grant")
    if (code.client_id, code.redirect_uri) != (integration.client_id, fields["redirect_uri"]):
        raise Refusal("code_mismatch")
    _verify(code, fields.get("code_verifier"))
    if not integration.authorization_code:
        raise Refusal("code_grant_not_allowed")
    token_id = new_token_id(account, "a-a", now)
    grant = Grant(integration.client_id, code.role, code.entity, code.scope, "a-a", token_id)
    access_token = call.world.signer.issue(account, integration, grant, now, call.settings.token_lifetime)
    call.world.counters.add(account.label, "tokens")
    return token_response(call.settings, access_token, refresh_token=f"refresh.{secrets.token_urlsafe(48)}")


def _client(call: Call, fields: Mapping[str, str]) -> Integration:
    """Authenticate the client: HTTP Basic, or for a public one its id in the body (``section_160855594402``)."""
    header = call.request.headers.get("Authorization")
    if header is not None and "client_id" in fields:
        raise Refusal("several_authentications")
    if header is None and "client_id" not in fields:
        raise Refusal("basic_missing")
    user, password = _basic(str(header)) if header is not None else (fields["client_id"], "")
    integration = call.account.integration(user)
    if integration is None:
        raise Refusal("client_secret")
    call.application = integration.name
    right = hmac.compare_digest(password.encode(), integration.client_secret.encode())
    if not (right if password else integration.public_client):
        raise Refusal("client_secret")
    return integration


def _basic(header: str) -> tuple[str, str]:
    """Return user and password of HTTP Basic authentication (RFC 6749 section 2.3.1)."""
    scheme, _space, value = header.partition(" ")
    try:
        user, _colon, password = base64.b64decode(value, validate=True).decode("ascii").partition(":")
    except ValueError:
        raise Refusal("client_secret") from None
    if scheme.lower() != "basic":
        raise Refusal("basic_missing")
    return unquote(user), unquote(password)


def _verify(code: Code, verifier: str | None) -> None:
    """Compare the verifier with the challenge (RFC 7636 section 4.6); one without the other is refused."""
    if (code.challenge is None) != (verifier is None):
        raise Refusal("code_verifier")
    if code.challenge is None or verifier is None:
        return
    digest = base64url(hashlib.sha256(verifier.encode()).digest())
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(digest, code.challenge):
        raise Refusal("code_verifier")
