# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of roles and entities, of which NetSuite's pages show the names and its interfaces want the internal ids.

SuiteQL tells them (section_157909186990). Oracle confirms that a role needs a permission for each kind of record, and
not which of the tables below a certain role sees, so what one of them does not show is looked for in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .errors import RefusedError
from .redaction import excerpt

ROLE, ENTITY = "role", "entity"
KINDS = (ROLE, ENTITY)
_SHOWN = 5
_LONGEST = 100
PERMISSIONS = (
    "Give the role of the token the permissions REST Web Services, SuiteAnalytics Workbook, and Manage Roles or"
    " Employees, or set internal ids in place of names"
)


@dataclass(frozen=True)
class Table:
    """Where SuiteQL may show names: a table, and its column."""

    table: str
    column: str

    def everything(self) -> dict[str, Any]:
        """The query for all names, as its request's body. Its first page has up to a thousand."""
        return {"q": f"SELECT id, {self.column} FROM {self.table}"}  # noqa: S608 (nothing in it comes from outside)

    def by_id(self, number: str) -> dict[str, Any]:
        """The query for the name of an internal id."""
        return {"q": f"{self.everything()['q']} WHERE id = {int(number)}"}

    def by_name(self, name: str) -> dict[str, Any]:
        """The query for all that have a name, whatever the case of its letters."""
        return {"q": f"{self.everything()['q']} WHERE UPPER({self.column}) = ?", "params": [name.upper()]}

    def rows(self, document: Any) -> list[tuple[str, str]]:
        """Internal id and name of each row of an answer.

        Raises:
            RefusedError: it is not the answer to a query.
        """
        items = document.get("items") if isinstance(document, Mapping) else None
        if not isinstance(items, list):
            raise RefusedError(
                "SuiteQL answered with something that is not a list of rows",
                "Check that base_url leads to NetSuite",
                cause="unexpected_answer",
            )
        found = []
        for item in items:
            row = {str(key).lower(): value for key, value in item.items()} if isinstance(item, Mapping) else {}
            name = clean(row.get(self.column))
            if name and row.get("id") is not None:
                found.append((str(row["id"]), name))
        return found


# An entity with a login is an employee as a rule, and may be a vendor, a customer or a partner.
TABLES: Mapping[str, tuple[Table, ...]] = {
    ROLE: (Table("role", "name"),),
    ENTITY: (Table("employee", "entityid"), Table("entity", "entityid")),
}


def clean(name: Any) -> str | None:
    """A name that NetSuite gave, as it may be shown; None where there is none."""
    return excerpt(name, _LONGEST).strip() or None if isinstance(name, str) else None


def are_same(one: str, other: str) -> bool:
    """Whether two names are one: case and blanks at the ends do not matter."""
    return one.strip().casefold() == other.strip().casefold()


def numbered(number: str | None, name: str | None) -> str:
    """An internal id, with its name where that is known."""
    return f"{number} ({name})" if name else str(number)


def only(kind: str, name: str, rows: Iterable[tuple[str, str]]) -> str | None:
    """The internal id of the one that has a name; None where none has it.

    Raises:
        RefusedError: several have it.
    """
    same = {number for number, other in rows if are_same(other, name)}
    found = sorted(same, key=lambda number: (len(number), number))
    if len(found) > 1:
        raise RefusedError(
            f"{kind.capitalize()} {name!r} is not the only one of this name: NetSuite shows internal ids"
            f" {', '.join(found)}",
            f"Give its internal id instead, netsuite_account_{kind}_id",
            cause="name_ambiguous",
        )
    return found[0] if found else None


def unknown(kind: str, name: str, rows: Iterable[tuple[str, str]]) -> RefusedError:
    """What is raised where nobody has a name, with those that are nearly it."""
    there = {other.casefold(): numbered(number, other) for number, other in rows}
    near = [there[key] for key in get_close_matches(name.casefold(), there, n=_SHOWN)]
    return RefusedError(
        f"NetSuite shows no {kind} of the name {name!r} to this token",
        f"Did you mean {' or '.join(near)}" if near else f"Give its internal id instead, netsuite_account_{kind}_id",
        cause="name_unknown",
    )
