# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's side (``/_admin/...``): set the stage, read the records, order faults.

It plays the human administrator and the test harness. It is not part of NetSuite. A request must come
with a loopback Host header and without an Origin, so that a web page cannot reach it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import __version__, admin_account
from .conditions import CONDITIONS, Refusal
from .settings import ConfigError
from .wire import Request, Response, json_response
from .world import World

_LOOPBACK = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Visit:
    """An administrator's request with its decoded body."""

    world: World
    request: Request
    body: Any


def handle(world: World, request: Request) -> Response:
    """Answer an administrator's request."""
    if not _LOOPBACK.fullmatch(request.host) or request.headers.get("Origin") is not None:
        return _error(403, "forbidden", "the administrator's side answers on loopback only")
    try:
        body = json.loads(request.body.decode("utf-8")) if request.body else None
        response = _dispatch(Visit(world, request, body))
    except ConfigError as error:
        return _error(400, "bad_request", str(error))
    except Refusal as refusal:
        return _error(409, refusal.condition.name, refusal.message)
    except (ValueError, RecursionError):
        return _error(400, "bad_request", "the body is not JSON")
    return response or _error(404, "not_found", f"there is no {request.method} {request.path}")


def _error(status: int, code: str, message: str) -> Response:
    """Answer with an error."""
    return json_response(status, {"error": {"code": code, "message": message}})


def _dispatch(visit: Visit) -> Response | None:
    """Find the handler of a path; None when there is none."""
    request = visit.request
    parts = request.path.removeprefix("/_admin").strip("/").split("/")
    simple = _HANDLERS.get((request.method, "/".join(parts)))
    if simple is not None:
        return simple(visit)
    if parts[0] == "faults" and len(parts) == 2 and request.method == "DELETE" and parts[1].isdecimal():
        return json_response(200, {"removed": visit.world.faults.remove(int(parts[1]))})
    account = visit.world.accounts.get(parts[1]) if parts[0] == "accounts" and len(parts) > 1 else None
    if account is None:
        return None
    return admin_account.dispatch(visit.world, account, request, visit.body, parts[2:])


def _ping(visit: Visit) -> Response:
    """Tell which process this is."""
    return json_response(200, {"pid": os.getpid(), "version": __version__, "tag": visit.world.tag})


def _state(visit: Visit) -> Response:
    """Tell accounts and mappings; there are no secrets in either."""
    world = visit.world
    accounts = {
        label: admin_account.describe(account, world.now(account)) for label, account in sorted(world.accounts.items())
    }
    return json_response(200, {"settings": world.overrides, "accounts": accounts})


def _counters(visit: Visit) -> Response:
    """Tell the counters."""
    return json_response(200, visit.world.counters.report())


def _reset_counters(visit: Visit) -> Response:
    """Set the counters to nought."""
    visit.world.counters.reset()
    return json_response(200, {"reset": True})


def _audit(visit: Visit) -> Response:
    """Tell the audit trail, of one account (``?account=label``) or of all."""
    return json_response(200, visit.world.audit.entries(visit.request.query.get("account", [None])[0]))


def _clear_audit(visit: Visit) -> Response:
    """Forget the audit trail."""
    visit.world.audit.clear()
    return json_response(200, {"cleared": True})


def _conditions(visit: Visit) -> Response:
    """Tell the table of refusals: audit code, the answer in each preset and the answer as set now."""
    overrides = visit.world.settings.errors
    table = {
        entry.name: {
            "detail": entry.detail,
            "own": entry.own,
            "spec": [entry.spec.status, entry.spec.error],
            "observed": [entry.observed.status, entry.observed.error],
            "override": overrides.get(entry.name),
            "message": entry.message,
        }
        for entry in CONDITIONS.values()
    }
    return json_response(200, table)


def _add_accounts(visit: Visit) -> Response:
    """Add an account or a list of them; ``?replace=true`` takes the place of existing ones."""
    world, body = visit.world, visit.body
    replace = visit.request.query.get("replace") == ["true"]
    accounts = world.add_accounts(body if isinstance(body, list) else [body], replace)
    world.changed()
    described = [admin_account.describe(account, world.now(account)) for account in accounts]
    return json_response(201, described if isinstance(body, list) else described[0])


def _settings(visit: Visit) -> Response:
    """Change knobs for all accounts."""
    visit.world.change_settings(visit.body)
    return json_response(200, {"settings": visit.world.overrides})


def _add_fault(visit: Visit) -> Response:
    """Add a fault rule."""
    return json_response(201, visit.world.faults.add(visit.body).describe())


def _list_faults(visit: Visit) -> Response:
    """Tell the fault rules."""
    return json_response(200, visit.world.faults.rules())


def _remove_faults(visit: Visit) -> Response:
    """Remove every fault rule."""
    return json_response(200, {"removed": visit.world.faults.remove(None)})


_HANDLERS: dict[tuple[str, str], Callable[[Visit], Response]] = {
    ("GET", "ping"): _ping,
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
