# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking NetSuite for the names of roles and entities, by SuiteQL.

It needs the scope rest_webservices, and the permissions REST Web Services, SuiteAnalytics Workbook and that for the
kind of record (section_157909186990, article_5085602973). Never tried on a live account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from ..core import names
from ..core.accounts import Endpoints
from .http_client import HttpClient
from .rest_api import CallRefusedError, authorization

Rows = list[tuple[str, str]]
Query = dict[str, Any]
_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
# A table that a role may not see is answered as one that is not there; other refusals are about the token.
_OF_THE_TABLE = frozenset({400, 404})


class NameDirectory:
    """The names that a token's role may see.

    Args:
        http_client: The HTTP client.
        endpoints: The account's addresses.
        token: An access token with the scope rest_webservices.
    """

    def __init__(self, http_client: HttpClient, endpoints: Endpoints, token: str) -> None:
        self._http_client = http_client
        self._endpoints = endpoints
        self._token = token

    def name_of(self, kind: str, number: str) -> str | None:
        """The name of a role or an entity; None where no table has it.

        Raises:
            CallRefusedError: NetSuite refused to tell.
            TransportError: no answer came.
        """
        if not _NUMBER.fullmatch(number):
            return None
        for _table, rows in self._asked(kind, lambda table: table.by_id(number)):
            if rows:
                return rows[0][1]
        return None

    def id_of(self, kind: str, name: str) -> str:
        """The internal id of the only role or entity of a name.

        Raises:
            RefusedError: none or several have it, or NetSuite refused to tell.
            TransportError: no answer came.
        """
        seen: Rows = []
        for table, rows in self._asked(kind, lambda table: table.by_name(name)):
            if (found := names.only(kind, name, rows)) is not None:
                return found
            seen += self._ask(table, table.everything())
        raise names.unknown(kind, name, seen)

    def _asked(self, kind: str, query: Callable[[names.Table], Query]) -> Iterator[tuple[names.Table, Rows]]:
        """The rows of each table that this token sees. Raises the refusal where it sees none."""
        refusal: CallRefusedError | None = None
        sees_one = False
        for table in names.TABLES[kind]:
            try:
                rows = self._ask(table, query(table))
            except CallRefusedError as error:
                if error.response.status not in _OF_THE_TABLE:
                    raise
                refusal = refusal or error
            else:
                sees_one = True
                yield table, rows
        if refusal is not None and not sees_one:
            raise refusal

    def _ask(self, table: names.Table, query: Query) -> Rows:
        headers = {**authorization(self._token), "Content-Type": "application/json", "Prefer": "transient"}
        response = self._http_client.send("POST", self._endpoints.suiteql, headers=headers, body=json.dumps(query))
        if response.status != 200:
            raise CallRefusedError("SuiteQL", response, names.PERMISSIONS)
        return table.rows(response.json())
