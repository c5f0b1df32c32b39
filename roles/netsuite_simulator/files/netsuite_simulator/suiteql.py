# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few queries that are answered: literals, and the names of roles and entities.

Sources: Oracle help ``section_157909186990`` (SuiteQL), ``article_5085602973`` (permissions). Which table shows an
entity is a knob. A table without the permission for its records is answered as one that is not there, as is seen in
the field.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .bearer import Caller, require
from .conditions import Refusal
from .model import EMPLOYEES, MANAGE_ROLES, WORKBOOK, Account, Entity, Role
from .wire import Response, json_response
from .world import Call

_LITERAL = re.compile(r"\s*(?:'(?P<text>[^']*)'|(?P<number>-?\d+))\s+(?:as\s+)?(?P<name>[a-z_]\w*)\s*", re.IGNORECASE)
_SELECT = re.compile(
    r"\s*select\s+(?P<columns>.+?)(?:\s+from\s+(?P<table>\w+)(?:\s+where\s+(?P<where>.+?))?)?\s*;?\s*",
    re.IGNORECASE | re.DOTALL,
)
_WHERE = re.compile(
    r"(?:(?P<column>\w+)|upper\(\s*(?P<upper>\w+)\s*\))\s*=\s*(?:(?P<number>-?\d+)|'(?P<text>[^']*)'|(?P<bound>\?))",
    re.IGNORECASE,
)
# Records that a catalogue of this account lists, and of which there are none.
_EMPTY = frozenset({"customer", "inventoryitem", "invoice", "salesorder", "vendor"})
Row = dict[str, str]


def suiteql(call: Call) -> Response:
    """Answer a query: literals as in ``SELECT 1 AS one FROM dual``, or rows of a table that there is."""
    caller = require(call, "rest_webservices", WORKBOOK)
    preferences = str(call.request.headers.get("Prefer", "")).lower()
    if "transient" not in [item.strip() for item in preferences.split(",")]:
        raise Refusal("prefer_missing")
    try:
        body = json.loads(call.request.body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refusal("api_content") from None
    query = body.get("q") if isinstance(body, dict) else None
    select = _SELECT.fullmatch(query) if isinstance(query, str) else None
    parameters = body.get("params", []) if isinstance(body, dict) else []
    if call.request.media_type() != "application/json" or select is None or not isinstance(parameters, list):
        raise Refusal("api_content", "The body must hold a query in q.")
    table = str(select["table"] or "dual").lower()
    if table == "dual":
        rows = _literals(select["columns"])
    else:
        rows = _selected(select, _rows(call, caller, table), parameters)
    answer = {
        "links": [{"rel": "self", "href": call.used_url}],
        "count": len(rows),
        "hasMore": False,
        "items": rows,
        "offset": 0,
        "totalResults": len(rows),
    }
    return json_response(200, answer)


def _literals(columns: str) -> list[dict[str, Any]]:
    """Evaluate a column list of literals to its one row; column values are strings, as in NetSuite."""
    row: dict[str, Any] = {"links": []}
    for column in columns.split(","):
        match = _LITERAL.fullmatch(column)
        if match is None:
            raise Refusal("query", f"Invalid search query. Field '{column.strip()}' was not found.")
        row[match["name"].lower()] = match["text"] if match["number"] is None else match["number"]
    return [row]


def _rows(call: Call, caller: Caller, table: str) -> list[Row]:
    """Return all rows of a table, where there is one of that name, and the caller's role may see it."""
    if table in _EMPTY:
        return []
    shown = {"role": ("role", MANAGE_ROLES), call.settings.suiteql_entities: ("entity", EMPLOYEES)}
    kind, permission = shown.get(table, ("", ""))
    if not kind or not caller.role.may(permission):
        raise Refusal("query", f"Invalid search query. Search error occurred: Record '{table}' was not found.")
    return _TABLES[kind](call.account)


def _role_row(role: Role) -> Row:
    return {"id": str(role.id), "name": role.name, "isinactive": "F" if role.active else "T"}


def _entity_row(entity: Entity) -> Row:
    return {"id": str(entity.id), "entityid": entity.name, "isinactive": "F" if entity.active else "T"}


_TABLES: dict[str, Callable[[Account], list[Row]]] = {
    "role": lambda account: [_role_row(role) for role in account.roles.values()],
    "entity": lambda account: [_entity_row(entity) for entity in account.entities.values()],
}


def _selected(select: re.Match[str], rows: list[Row], parameters: list[Any]) -> list[dict[str, Any]]:
    """Apply the condition, and keep the columns that are asked for."""
    where = _WHERE.fullmatch(select["where"]) if select["where"] else None
    columns = [column.strip().lower() for column in select["columns"].split(",")]
    if select["where"]:
        if where is None:
            raise Refusal("query", "Invalid search query. The condition is not understood.")
        wanted = where["number"] or where["text"] or ""
        if len(parameters) != (1 if where["bound"] else 0):
            raise Refusal("query", "Invalid search query. The number of parameters does not fit.")
        wanted = str(parameters[0]) if where["bound"] else wanted
        column = (where["column"] or where["upper"]).lower()
        rows = [row for row in rows if _value(row, column, upper=bool(where["upper"])) == wanted]
    return [{"links": [], **{column: _value(row, column) for column in columns}} for row in rows]


def _value(row: Row, column: str, *, upper: bool = False) -> str:
    if column not in row:
        raise Refusal("query", f"Invalid search query. Field '{column}' was not found.")
    return row[column].upper() if upper else row[column]
