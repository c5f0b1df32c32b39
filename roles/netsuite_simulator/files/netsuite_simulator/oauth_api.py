# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth endpoints: token, keys, token revocation and discovery.

Sources: Oracle help ``section_162755359851`` (client credentials token request), ``subsect_158521832417``
(errors), ``section_161071224088`` (revoke), ``section_160855370280`` (discovery); RFC 6749 and RFC 7523.
"""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl

from . import assertions, authorization
from .bearer import authenticate
from .conditions import Refusal
from .model import CertificateMapping, Integration
from .tokens import ISSUER, Grant, new_token_id
from .wire import Response, json_response, token_response
from .world import Call

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_FIELDS = {"grant_type", "client_assertion_type", "client_assertion"}
_REMEMBERED_TOKENS = 10000


def token(call: Call) -> Response:
    """Answer a token request (``section_162755359851``)."""
    fields = _form(call)
    grant_type = fields.get("grant_type")
    if grant_type is None:
        raise Refusal("form", "grant_type is missing")
    if grant_type == "authorization_code":
        return authorization.trade_code(call, fields)
    if grant_type == "refresh_token":
        raise Refusal("code_grant" if _basic_user(call) else "basic_missing")
    if grant_type != "client_credentials":
        raise Refusal("grant_type")
    if call.request.headers.get("Authorization") is not None:
        raise Refusal("several_authentications")
    if set(fields) != _FIELDS:
        missing = ", ".join(sorted(_FIELDS - set(fields)))
        raise Refusal("form", f"missing form field: {missing}" if missing else "unknown form field")
    if fields["client_assertion_type"] != ASSERTION_TYPE:
        raise Refusal("assertion_type")
    return _client_credentials(call, fields["client_assertion"])


def _form(call: Call) -> dict[str, str]:
    """Read the form: POST, the right content type, no field twice or empty (RFC 6749 section 3.2)."""
    if call.request.method != "POST":
        raise Refusal("method")
    if call.request.media_type() != "application/x-www-form-urlencoded":
        raise Refusal("content_type")
    if "?" in call.request.target:
        raise Refusal("form", "parameters belong into the body")
    try:
        text = call.request.body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, errors="strict") if text else []
    except ValueError:
        raise Refusal("form", "the body is not form-encoded") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Refusal("form", "a form field is repeated")
    if not all(fields.values()):
        raise Refusal("form", "a form field is empty")
    return fields


def _client_credentials(call: Call, text: str) -> Response:
    """Check the assertion and issue a token."""
    account, now = call.account, call.now()
    if not account.features["oauth2"]:
        raise Refusal("feature_disabled")
    assertion = assertions.parse(text)
    issuer = assertion.claims.get("iss")
    known = account.integration(issuer) if isinstance(issuer, str) else None
    call.application = known.name if known else ""
    integration, mapping = assertions.check(assertion, account, now, call.used_url)
    scope = assertions.scopes(assertion.claims, integration, call.settings)
    role_ok = account.pair_is_usable(mapping.role, mapping.entity) and account.roles[mapping.role].may_use_oauth()
    if not role_ok:
        raise Refusal("role_or_entity")
    if call.settings.reject_replay:
        _use_once(call, integration, assertion.claims, now)
    return _issue(call, integration, mapping, scope, now)


def _use_once(call: Call, integration: Integration, claims: dict[str, object], now: float) -> None:
    """Refuse an assertion that was used before (RFC 7523 section 3, item 7)."""
    jti, expires = claims.get("jti"), claims["exp"]
    if not jti or not isinstance(expires, (int, float)):
        raise Refusal("replayed", "without a jti a replay cannot be recognised")
    with call.account.lock:
        used = call.account.used_assertions
        for key in [key for key, until in used.items() if until < now]:
            del used[key]
        key = f"{integration.client_id} {jti}"
        if key in used:
            raise Refusal("replayed")
        used[key] = expires + call.settings.clock_tolerance


def _issue(
    call: Call, integration: Integration, mapping: CertificateMapping, scope: tuple[str, ...], now: float
) -> Response:
    """Sign the token and answer as documented."""
    account, settings = call.account, call.settings
    token_id = new_token_id(account, "a-c", now)
    grant = Grant(integration.client_id, mapping.role, mapping.entity, scope, "a-c", token_id)
    access_token = call.world.signer.issue(account, integration, grant, now, settings.token_lifetime)
    if settings.revocation_kills_tokens:
        with account.lock:
            account.token_origin[access_token[-64:]] = mapping.certificate_id
            while len(account.token_origin) > _REMEMBERED_TOKENS:
                account.token_origin.popitem(last=False)
    call.world.counters.add(account.label, "tokens")
    return token_response(settings, access_token)


def keys(call: Call) -> Response:
    """Answer with the account's JWK Set."""
    if call.settings.jwks_requires_auth:
        authenticate(call)
    return json_response(200, call.world.signer.key_set(call.account))


def revoke(call: Call) -> Response:
    """Revoke a refresh token; this grant has none, so there is never anything to do (RFC 7009)."""
    fields = _form(call)
    user = _basic_user(call)
    if user is None or call.account.integration(user) is None:
        raise Refusal("basic_missing")
    if "token" not in fields:
        raise Refusal("form", "token is missing")
    return Response(200)


def _basic_user(call: Call) -> str | None:
    """Return the user of HTTP Basic authentication; the secret is not checked, there is none here."""
    scheme, _space, value = str(call.request.headers.get("Authorization", "")).partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode("utf-8").partition(":")[0] or None
    except (binascii.Error, ValueError):
        return None


def openid_configuration(call: Call) -> Response:
    """Answer with a minimal discovery document (RFC 8414 section 2)."""
    base = call.used_url.removesuffix("/.well-known/openid-configuration")
    oauth = f"{base}/services/rest/auth/oauth2/v1"
    document = {
        "issuer": ISSUER,
        "token_endpoint": f"{oauth}/token",
        "jwks_uri": f"{oauth}/keys",
        "revocation_endpoint": f"{oauth}/revoke",
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(assertions.ALGORITHMS),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [call.settings.access_token_alg],
    }
    return json_response(200, document)
