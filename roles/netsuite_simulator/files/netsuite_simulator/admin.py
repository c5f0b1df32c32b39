# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's side (``/_admin/...``): set the stage, read the records, order faults.

It plays the human administrator and the test harness. It is not part of NetSuite. A request must come
with a loopback Host header and without an Origin, so that a web page cannot reach it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any

from .certificates import add_mapping, inspect, list_entry, revoke_mapping
from .conditions import CONDITIONS, Refusal
from .config import patch_account
from .model import SCOPES, Account, Integration
from .settings import ConfigError
from .tokens import Grant, new_token_id, signing_date
from .wire import Request, Response, json_response
from .world import World

_LOOPBACK = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?")


class NotThere(Exception):
    """The administrator asked for something that does not exist."""


def handle(world: World, request: Request) -> Response:
    """Answer an administrator's request."""
    if not _LOOPBACK.fullmatch(request.host) or request.headers.get("Origin") is not None:
        return _error(403, "forbidden", "the administrator's side answers on loopback only")
    parts = tuple(request.path.removeprefix("/_admin").strip("/").split("/"))
    try:
        body = json.loads(request.body.decode("utf-8")) if request.body else None
        return _dispatch(world, request, parts, body)
    except NotThere as error:
        return _error(404, "not_found", str(error))
    except ConfigError as error:
        return _error(400, "bad_request", str(error))
    except Refusal as refusal:
        return _error(409, refusal.condition.name, refusal.message)
    except (ValueError, RecursionError):
        return _error(400, "bad_request", "the body is not JSON")


def _error(status: int, code: str, message: str) -> Response:
    """Answer with an error."""
    return json_response(status, {"error": {"code": code, "message": message}})


def _dispatch(world: World, request: Request, parts: tuple[str, ...], body: Any) -> Response:
    """Find the handler of a path."""
    simple = _SIMPLE.get((request.method, "/".join(parts)))
    if simple is not None:
        return simple(world, request, body)
    if parts[0] == "faults" and len(parts) == 2 and request.method == "DELETE" and parts[1].isdecimal():
        return json_response(200, {"removed": world.faults.remove(int(parts[1]))})
    if parts[0] == "accounts" and len(parts) >= 2:
        account = world.accounts.get(parts[1])
        if account is None:
            raise NotThere(f"there is no account {parts[1]!r}")
        action = _ACCOUNT.get((request.method, *(("*" if i == 1 else part) for i, part in enumerate(parts[2:]))))
        if action is not None:
            return action(world, account, request, body, parts)
    raise NotThere(f"there is no {request.method} {request.path}")


def _state(world: World, request: Request, body: Any) -> Response:
    """Tell accounts and mappings; there are no secrets in either."""
    accounts = {label: describe(account, world.now(account)) for label, account in sorted(world.accounts.items())}
    return json_response(200, {"settings": world.overrides, "accounts": accounts})


def describe(account: Account, now: float) -> dict[str, Any]:
    """Return an account as JSON data."""
    moment = datetime.fromtimestamp(now, timezone.utc)
    with account.lock:
        return {
            "account_id": account.account_id,
            "label": account.label,
            "integrations": [
                {name: getattr(entry, name) for name in Integration.__slots__ if name != "scopes"}
                | {"scopes": sorted(entry.scopes)}
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


def _counters(world: World, request: Request, body: Any) -> Response:
    """Tell the counters."""
    return json_response(200, world.counters.report())


def _reset_counters(world: World, request: Request, body: Any) -> Response:
    """Set the counters to nought."""
    world.counters.reset()
    return json_response(200, {"reset": True})


def _audit(world: World, request: Request, body: Any) -> Response:
    """Tell the audit trail, of one account (``?account=label``) or of all."""
    return json_response(200, world.audit.entries(request.query.get("account", [None])[0]))


def _clear_audit(world: World, request: Request, body: Any) -> Response:
    """Forget the audit trail."""
    world.audit.clear()
    return json_response(200, {"cleared": True})


def _conditions(world: World, request: Request, body: Any) -> Response:
    """Tell the table of refusals: audit code and the answer in each preset."""
    table = {
        entry.name: {
            "detail": entry.detail,
            "own": entry.own,
            "spec": [entry.spec.status, entry.spec.error],
            "observed": [entry.observed.status, entry.observed.error],
            "message": entry.message,
        }
        for entry in CONDITIONS.values()
    }
    return json_response(200, table)


def _add_accounts(world: World, request: Request, body: Any) -> Response:
    """Add an account or a list of them; ``?replace=true`` takes the place of existing ones."""
    replace = request.query.get("replace") == ["true"]
    accounts = world.add_accounts(body if isinstance(body, list) else [body], replace)
    world.changed()
    described = [describe(account, world.now(account)) for account in accounts]
    return json_response(201, described if isinstance(body, list) else described[0])


def _settings(world: World, request: Request, body: Any) -> Response:
    """Change knobs for all accounts."""
    world.change_settings(body)
    return json_response(200, {"settings": world.overrides})


def _add_fault(world: World, request: Request, body: Any) -> Response:
    """Add a fault rule."""
    return json_response(201, world.faults.add(body).describe())


def _list_faults(world: World, request: Request, body: Any) -> Response:
    """Tell the fault rules."""
    return json_response(200, world.faults.rules())


def _remove_faults(world: World, request: Request, body: Any) -> Response:
    """Remove every fault rule."""
    return json_response(200, {"removed": world.faults.remove(None)})


def _show_account(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Tell one account."""
    return json_response(200, describe(account, world.now(account)))


def _patch_account(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Change an account."""
    with world.lock, account.lock:
        patch_account(account, body, world.overrides)
    return _show_account(world, account, request, None, parts)


def _delete_account(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Remove an account."""
    with world.lock:
        world.accounts.pop(account.label, None)
    world.changed()
    return json_response(200, {"removed": account.label})


def _refresh(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Refresh a sandbox: every mapping vanishes (``section_162686838198``)."""
    with account.lock:
        gone = len(account.mappings)
        account.mappings.clear()
        account.refreshed_ms = int(world.now(account) * 1000)
        world.changed()
    return json_response(200, {"removed_mappings": gone})


def _new_signing_key(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Sign under a new key id from now on; tokens of the old one stop being valid."""
    account.signing_date = signing_date(world.now(account))
    return json_response(200, {"signing_date": account.signing_date})


def _integration(account: Account, body: Mapping[str, Any]) -> Integration:
    """Find the integration a request means: by client_id, or the only one."""
    wanted = body.get("client_id")
    if wanted is None and len(account.integrations) == 1:
        return account.integrations[0]
    found = account.integration(str(wanted)) if wanted is not None else None
    if found is None:
        raise ConfigError("client_id must name an integration of the account")
    return found


def _body(value: object, known: set[str]) -> dict[str, Any]:
    """Return the body as a mapping with known keys."""
    data = {} if value is None else value
    if not isinstance(data, dict) or not set(data) <= known:
        raise ConfigError(f"the body must be a mapping with {', '.join(sorted(known))}")
    return data


def _number(data: Mapping[str, Any], name: str) -> int:
    """Return an internal id given as a number or as a string."""
    value = data.get(name)
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,15}", str(value)):
        raise ConfigError(f"{name} must be an internal id, not {value!r}")
    return int(str(value))


def _upload(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Map a certificate as an administrator does in the UI; again is no change (200 instead of 201).

    ``?dry_run=true`` checks and answers without mapping.
    """
    data = _body(body, {"certificate", "role", "entity", "client_id"})
    integration, role, entity = _integration(account, data), _number(data, "role"), _number(data, "entity")
    moment = datetime.fromtimestamp(world.now(account), timezone.utc)
    candidate = inspect(str(data.get("certificate", "")), account.settings, moment)
    with account.lock:
        mapping, created = add_mapping(account, integration, candidate, role, entity, moment)
        answer = list_entry(account, mapping)
        if created and request.query.get("dry_run") == ["true"]:
            account.mappings.remove(mapping)
        elif created:
            world.changed()
    return json_response(201 if created else 200, answer)


def _revoke(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Revoke a mapping as an administrator does in the UI; again is no change."""
    with account.lock:
        if account.mapping(parts[3]) is None:
            raise NotThere(f"there is no certificate {parts[3]!r}")
        changed = revoke_mapping(account, None, parts[3], lambda entity: True)
        if changed:
            world.changed()
    return json_response(200, {"certificate_id": parts[3], "revoked": True, "changed": changed})


def _bootstrap(world: World, account: Account, request: Request, body: Any, parts: tuple[str, ...]) -> Response:
    """Issue the token a browser login (authorization code) would give."""
    data = _body(body, {"role", "entity", "client_id", "scope", "lifetime"})
    integration, role, entity = _integration(account, data), _number(data, "role"), _number(data, "entity")
    scope, lifetime = data.get("scope", ["rest_webservices"]), data.get("lifetime", account.settings.token_lifetime)
    if not isinstance(scope, list) or not set(map(str, scope)) <= set(SCOPES):
        raise ConfigError(f"scope must be a list of {', '.join(SCOPES)}")
    if type(lifetime) is not int:
        raise ConfigError("lifetime must be a number of seconds (a negative one gives an expired token)")
    if not account.pair_is_usable(role, entity):
        raise ConfigError("role and entity must exist and be active")
    now = world.now(account)
    grant = Grant(integration.client_id, role, entity, tuple(scope), "a-a", new_token_id(account, "a-a", now))
    token = world.signer.issue(account, integration, grant, now, lifetime)
    return json_response(201, {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"})


_SIMPLE: dict[tuple[str, str], Callable[[World, Request, Any], Response]] = {
    ("GET", "state"): _state,
    ("GET", "counters"): _counters,
    ("POST", "counters/reset"): _reset_counters,
    ("GET", "audit"): _audit,
    ("DELETE", "audit"): _clear_audit,
    ("GET", "conditions"): _conditions,
    ("POST", "accounts"): _add_accounts,
    ("PATCH", "settings"): _settings,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _remove_faults,
}
_AccountAction = Callable[[World, Account, Request, Any, tuple[str, ...]], Response]
_ACCOUNT: dict[tuple[str, ...], _AccountAction] = {
    ("GET",): _show_account,
    ("PATCH",): _patch_account,
    ("DELETE",): _delete_account,
    ("POST", "refresh"): _refresh,
    ("POST", "signing_key"): _new_signing_key,
    ("POST", "certificates"): _upload,
    ("POST", "certificates", "*", "revoke"): _revoke,
    ("POST", "bootstrap_token"): _bootstrap,
}
