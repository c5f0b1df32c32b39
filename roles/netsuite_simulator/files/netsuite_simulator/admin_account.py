# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator does inside one account (``/_admin/accounts/<label>/...``)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .certificates import add_mapping, inspect, list_entry, revoke_mapping
from .config import patch_account
from .model import SCOPES, Account, Integration
from .settings import ConfigError, is_whole
from .tokens import Grant, new_token_id, signing_date
from .wire import Request, Response, json_response
from .world import World

_SHOWN = [name for name in Integration.__slots__ if name not in ("scopes", "client_secret")]


@dataclass(frozen=True, slots=True)
class Visit:
    """An administrator's request about one account; ``item`` is the certificate id in the path."""

    world: World
    account: Account
    request: Request
    body: Any
    item: str

    def now(self) -> float:
        """The account's time in seconds."""
        return self.world.now(self.account)

    def moment(self) -> datetime:
        """The account's time as a date in UTC."""
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def fields(self, *known: str) -> dict[str, Any]:
        """The body as a mapping with known keys only."""
        data = {} if self.body is None else self.body
        if not isinstance(data, dict) or not set(data) <= set(known):
            raise ConfigError(f"the body must be a mapping with {', '.join(known)}")
        return data


def dispatch(world: World, account: Account, request: Request, body: Any, parts: list[str]) -> Response | None:
    """Find the handler of the path below the account; None when there is none."""
    item = parts[1] if len(parts) > 1 else ""
    pattern = "/".join("*" if place == 1 else part for place, part in enumerate(parts))
    handler = _HANDLERS.get((request.method, pattern))
    return handler(Visit(world, account, request, body, item)) if handler else None


def describe(account: Account, now: float) -> dict[str, Any]:
    """Return an account as JSON data."""
    moment = datetime.fromtimestamp(now, timezone.utc)
    with account.lock:
        return {
            "account_id": account.account_id,
            "label": account.label,
            "integrations": [
                {name: getattr(entry, name) for name in _SHOWN} | {"scopes": sorted(entry.scopes)}
                for entry in account.integrations
            ],
            "roles": [
                {
                    "id": role.id,
                    "name": role.name,
                    "active": role.active,
                    "permissions": "all" if role.permissions is None else sorted(role.permissions),
                }
                for role in account.roles.values()
            ],
            "entities": [
                {"id": entity.id, "name": entity.name, "active": entity.active} for entity in account.entities.values()
            ],
            "features": account.features,
            "settings": account.overrides,
            "mappings": [
                list_entry(account, mapping) | {"client_id": mapping.client_id, "active": mapping.active(moment)}
                for mapping in account.mappings
            ],
        }


def _show(visit: Visit) -> Response:
    """Tell one account."""
    return json_response(200, describe(visit.account, visit.now()))


def _change(visit: Visit) -> Response:
    """Change an account."""
    with visit.world.lock, visit.account.lock:
        patch_account(visit.account, visit.body, visit.world.overrides)
    return _show(visit)


def _remove(visit: Visit) -> Response:
    """Remove an account."""
    with visit.world.lock:
        visit.world.accounts.pop(visit.account.label, None)
    visit.world.changed()
    return json_response(200, {"removed": visit.account.label})


def _refresh(visit: Visit) -> Response:
    """Refresh a sandbox: every mapping vanishes (``section_162686838198``)."""
    account = visit.account
    with account.lock:
        gone = len(account.mappings)
        account.mappings.clear()
        account.refreshed_ms = int(visit.now() * 1000)
        visit.world.changed()
    return json_response(200, {"removed_mappings": gone})


def _new_signing_key(visit: Visit) -> Response:
    """Sign under a new key id from now on; tokens of the old one stop being valid."""
    visit.account.signing_date = signing_date(visit.now())
    return json_response(200, {"signing_date": visit.account.signing_date})


def _integration(account: Account, body: Mapping[str, Any]) -> Integration:
    """Find the integration a request means: by client_id, or the only one."""
    wanted = body.get("client_id")
    if wanted is None and len(account.integrations) == 1:
        return account.integrations[0]
    found = account.integration(str(wanted)) if wanted is not None else None
    if found is None:
        raise ConfigError("client_id must name an integration of the account")
    return found


def _number(data: Mapping[str, Any], name: str) -> int:
    """Return an internal id given as a number or as a string."""
    value = data.get(name)
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,15}", str(value)):
        raise ConfigError(f"{name} must be an internal id, not {value!r}")
    return int(str(value))


def _upload(visit: Visit) -> Response:
    """Map a certificate as an administrator does in the UI; again is no change (200 instead of 201).

    ``?dry_run=true`` checks and answers without mapping.
    """
    account, data = visit.account, visit.fields("certificate", "role", "entity", "client_id")
    integration, role, entity = _integration(account, data), _number(data, "role"), _number(data, "entity")
    moment = visit.moment()
    candidate = inspect(str(data.get("certificate", "")), account.settings, moment)
    with account.lock:
        mapping, created = add_mapping(account, integration, candidate, role, entity, moment)
        answer = list_entry(account, mapping)
        if created and visit.request.query.get("dry_run") == ["true"]:
            account.mappings.remove(mapping)
        elif created:
            visit.world.changed()
    return json_response(201 if created else 200, answer)


def _anyone(_entity: int) -> bool:
    """Let the administrator manage everybody's certificates."""
    return True


def _revoke(visit: Visit) -> Response:
    """Revoke a mapping as an administrator does in the UI; again is no change."""
    with visit.account.lock:
        changed = revoke_mapping(visit.account, None, visit.item, _anyone)
        if changed:
            visit.world.changed()
    return json_response(200, {"certificate_id": visit.item, "revoked": True, "changed": changed})


def _bootstrap(visit: Visit) -> Response:
    """Issue the token a browser login (authorization code) would give."""
    account, data = visit.account, visit.fields("role", "entity", "client_id", "scope", "lifetime")
    integration, role, entity = _integration(account, data), _number(data, "role"), _number(data, "entity")
    scope, lifetime = data.get("scope", ["rest_webservices"]), data.get("lifetime", account.settings.token_lifetime)
    if not isinstance(scope, list) or not set(map(str, scope)) <= set(SCOPES):
        raise ConfigError(f"scope must be a list of {', '.join(SCOPES)}")
    if not is_whole(lifetime):
        raise ConfigError("lifetime must be a number of seconds (a negative one gives an expired token)")
    if not account.pair_is_usable(role, entity):
        raise ConfigError("role and entity must exist and be active")
    now = visit.now()
    grant = Grant(integration.client_id, role, entity, tuple(scope), "a-a", new_token_id(account, "a-a", now))
    token = visit.world.signer.issue(account, integration, grant, now, lifetime)
    return json_response(201, {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"})


_HANDLERS: dict[tuple[str, str], Callable[[Visit], Response]] = {
    ("GET", ""): _show,
    ("PATCH", ""): _change,
    ("DELETE", ""): _remove,
    ("POST", "refresh"): _refresh,
    ("POST", "signing_key"): _new_signing_key,
    ("POST", "certificates"): _upload,
    ("POST", "certificates/*/revoke"): _revoke,
    ("POST", "bootstrap_token"): _bootstrap,
}
