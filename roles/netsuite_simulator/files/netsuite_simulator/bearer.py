# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling: the checks every API endpoint makes before it answers.

Sources: Oracle help ``subsect_158521885412`` (invalid tokens), ``section_157771510070`` (permissions),
``article_92130837826`` (what the certificate API needs).
"""

from __future__ import annotations

from dataclasses import dataclass

from .conditions import Refusal
from .model import LOG_IN, REST_WEB_SERVICES, Entity, Integration, Role
from .tokens import Grant
from .world import Call


@dataclass(frozen=True, slots=True)
class Caller:
    """The integration, role and entity behind a good token."""

    integration: Integration
    role: Role
    entity: Entity
    grant: Grant


def token_of(call: Call) -> str:
    """Return the bearer token of the request (RFC 6750 section 2.1)."""
    if call.settings.cookie_is_401 and call.request.headers.get("Cookie") is not None:
        raise Refusal("cookie")
    values = call.request.headers.get_all("Authorization") or []
    scheme, _space, token = str(values[0]).partition(" ") if len(values) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal("login_missing")
    return token.strip()


def authenticate(call: Call) -> Caller:
    """Check the token, the integration record, role and entity; any failure is an invalid login."""
    token = token_of(call)
    account = call.account
    grant = call.world.signer.read(token, account, call.now())
    integration = account.integration(grant.client_id)
    if integration is None:
        raise Refusal("token_rejected")
    call.application = integration.name
    if not account.features["oauth2"]:
        raise Refusal("api_feature")
    if integration.state != "enabled":
        raise Refusal("api_integration")
    if not account.pair_is_usable(grant.role, grant.entity):
        raise Refusal("api_role_or_entity")
    role = account.roles[grant.role]
    if not role.may(LOG_IN) or not role.may_use_oauth():
        raise Refusal("api_login_permission")
    if account.settings.revocation_kills_tokens and token_is_orphan(call, token):
        raise Refusal("token_blocked")
    return Caller(integration, role, account.entities[grant.entity], grant)


def token_is_orphan(call: Call, token: str) -> bool:
    """Tell whether the certificate that minted a token has been revoked since."""
    certificate_id = call.account.token_origin.get(token[-64:])
    mapping = call.account.mapping(certificate_id) if certificate_id else None
    return mapping is not None and mapping.revoked


def require(call: Call, scope: str, *permissions: str) -> Caller:
    """Authenticate, then require a scope, the feature behind it and permissions of the role."""
    caller = authenticate(call)
    if scope not in caller.grant.scope:
        raise Refusal("api_scope")
    if scope == "rest_webservices":
        if not call.account.features["rest_webservices"]:
            raise Refusal("rest_feature")
        permissions = (REST_WEB_SERVICES, *permissions)
    if not all(caller.role.may(permission) for permission in permissions):
        raise Refusal("api_permission")
    return caller
