# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names in place of internal ids, and beside them, as far as NetSuite tells them. Where it does not, numbers stay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core import names
from ..core.errors import RefusedError, TransportError
from ..services.name_directory import NameDirectory
from ..services.rest_api import CallRefusedError
from .operation import Context, Options


def names_of(
    check: Mapping[str, Any], directory: NameDirectory, problems: list[str] | None = None
) -> dict[str, str | None]:
    """The names of a token's role and entity, as ``role_name`` and ``entity_name``.

    Args:
        check: The result of a token check, or its part: ``role``, ``entity``, and names that are known already.
        directory: Where to ask.
        problems: Takes a sentence on why nothing was told.
    """
    found = {f"{kind}_name": check.get(f"{kind}_name") for kind in names.KINDS}
    for kind in names.KINDS:
        if not check.get(kind) or found[f"{kind}_name"]:
            continue
        try:
            found[f"{kind}_name"] = directory.name_of(kind, check[kind])
        except (RefusedError, TransportError) as error:
            if problems is not None:
                problems.append(error.problem)
            if isinstance(error, TransportError):  # nor would the next question be answered
                break
    return found


def id_by_name(
    kind: str, options: Options, check: Mapping[str, Any], context: Context, directory: NameDirectory
) -> str | None:
    """The internal id of the role or the entity whose name is set.

    Args:
        kind: ``role`` or ``entity``.
        options: Hold the name.
        check: The last token check; what its token acts with stays where names are not told.
        context: Takes a warning about that.
        directory: Where to ask.

    Returns:
        None when no name is set, or NetSuite does not tell.

    Raises:
        RefusedError: none or several have the name, or it is not told and there is no token to go by.
        TransportError: no answer came.
    """
    name = options[f"{kind}_name"]
    if not name:
        return None
    try:
        return directory.id_of(kind, name)
    except CallRefusedError as error:
        if not check.get(kind):
            raise
        present = names.numbered(check[kind], check.get(f"{kind}_name"))
        context.warnings.append(
            f"The {kind} {name!r} was not looked up: {error.problem}. {kind.capitalize()} {present} of the present"
            " token stays."
        )
        return None
