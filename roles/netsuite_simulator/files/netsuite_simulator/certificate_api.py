# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate rotation API: list, upload, revoke.

Sources: Oracle help ``article_92130837826`` (overview), ``article_11111634165`` (list),
``article_0209112025`` (upload), ``article_0209112818`` (revoke).
"""

from __future__ import annotations

import json
import re
from typing import Any

from .bearer import Caller, require
from .certificates import add_mapping, inspect, list_entry, revoke_mapping, upload_entry
from .conditions import Refusal
from .model import ADMINISTRATOR, MANAGE_CERTIFICATES, Integration
from .settings import is_whole
from .wire import Response, json_response, text_response
from .world import Call

_BODY = {"fileContent", "role", "entity"}
_ID = re.compile(r"-?[0-9]{1,15}")


def _enter(call: Call) -> tuple[Caller, Integration]:
    """Check the caller and the Client ID in the URL."""
    caller = require(call, "rest_webservices", MANAGE_CERTIFICATES)
    integration = call.account.integration(call.params[0])
    if integration is None:
        raise Refusal("client_unknown")
    if integration is not caller.integration and not call.settings.foreign_client:
        raise Refusal("client_foreign")
    return caller, integration


def _may_see(call: Call, caller: Caller, entity: int) -> bool:
    """Tell whether the caller manages the certificates of an entity."""
    everyone = call.settings.certificate_visibility == "all" or caller.role.id == ADMINISTRATOR
    return everyone or entity == caller.entity.id


def list_certificates(call: Call) -> Response:
    """Answer with a bare array of mappings, revoked and expired ones included."""
    caller, integration = _enter(call)
    account = call.account
    with account.lock:
        entries = [
            list_entry(account, mapping)
            for mapping in account.mappings
            if mapping.client_id == integration.client_id and _may_see(call, caller, mapping.entity)
        ]
    limit = call.settings.list_truncates
    return json_response(200, entries[:limit] if limit else entries)


def upload(call: Call) -> Response:
    """Map an uploaded certificate to a role and an entity."""
    caller, integration = _enter(call)
    body = _upload_body(call)
    role, entity = _identifier(body["role"], "role"), _identifier(body["entity"], "entity")
    if entity != caller.entity.id:
        rule = call.settings.upload_entity
        if rule == "own" or (rule == "own_or_admin" and caller.role.id != ADMINISTRATOR):
            raise Refusal("entity_foreign")
    candidate = inspect(body["fileContent"], call.settings, call.moment())
    account = call.account
    with account.lock:
        mapping, created = add_mapping(account, integration, candidate, role, entity, call.moment())
        if not created and call.settings.duplicate_upload == "refuse":
            raise Refusal("certificate_duplicate")
        if created:
            call.world.counters.add(account.label, "writes")
            call.world.changed()
        answer = upload_entry(account, mapping)
    status = call.settings.upload_status
    if call.settings.upload_body == "text" or status == 204:
        return text_response(status, "Successfully uploaded")
    return json_response(status, answer)


def _upload_body(call: Call) -> dict[str, Any]:
    """Read the JSON body: exactly fileContent, role and entity."""
    if call.request.media_type() != "application/json":
        raise Refusal("api_content", "Content-Type must be application/json.")
    try:
        body = json.loads(call.request.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal("api_content", "The request body is not JSON.") from None
    if not isinstance(body, dict) or set(body) != _BODY or not isinstance(body["fileContent"], str):
        raise Refusal("api_content", "The request body must hold fileContent, role and entity, and nothing else.")
    return body


def _identifier(value: object, name: str) -> int:
    """Return an internal id; Oracle's examples give it as a number and as a string."""
    if is_whole(value):
        return value
    if isinstance(value, str) and _ID.fullmatch(value):
        return int(value)
    raise Refusal("api_content", f"{name} must be an internal id.")


def revoke(call: Call) -> Response:
    """Revoke a mapping; the answer is plain text."""
    caller, integration = _enter(call)
    if call.request.body.strip():
        raise Refusal("api_content", "The request body must be empty.")
    account = call.account
    with account.lock:
        changed = revoke_mapping(
            account, integration.client_id, call.params[1], lambda entity: _may_see(call, caller, entity)
        )
        if changed:
            call.world.counters.add(account.label, "writes")
            call.world.changed()
    if not changed and call.settings.already_revoked == "refuse":
        raise Refusal("mapping_revoked")
    return text_response(call.settings.revoke_status, "Successfully revoked")
