# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls that an access token pays for: the probe and the account's key set."""

from __future__ import annotations

import re
from typing import Any

from ..core.errors import OptionError, RefusedError
from .http_client import HttpClient, Response
from .token_endpoint import error_code

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")


class CallRefusedError(RefusedError):
    """NetSuite refused a call. ``response`` is what it said."""

    def __init__(self, what: str, response: Response, fix: str = "") -> None:
        code = error_code(response)
        super().__init__(
            f"{what} was answered with HTTP {response.status} {code or response.excerpt()}".rstrip(),
            fix,
            cause="call_refused",
            status=response.status,
            error=code,
        )
        self.response = response


def authorization(token: str) -> dict[str, str]:
    """The header that carries a token (RFC 6750 section 2.1).

    Raises:
        OptionError: the token has characters that no token has.
    """
    token = token.strip()  # a line end behind it is a common slip, and harmless
    if not _TOKEN.fullmatch(token):
        raise OptionError(
            "The access token contains characters that no token has, or is empty",
            "Check where it was copied from: quotes, blanks and line breaks do not belong to it",
            cause="bad_token",
        )
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def server_time(http_client: HttpClient, url: str, token: str) -> Response:
    """Ask for the server's time: it needs a good token and no permission on any record (article_0528010158).

    Raises:
        CallRefusedError: NetSuite refused the token.
        TransportError: no answer came.
    """
    response = http_client.send("GET", url, headers=authorization(token))
    document = response.json()
    if response.status != 200 or not isinstance(document, dict) or "serverTime" not in document:
        raise CallRefusedError("serverTime", response)
    return response


def key_set(http_client: HttpClient, url: str, token: str) -> Any:
    """Fetch the account's JWK Set.

    The token is sent only when the set is not public: which of the two holds is not documented.

    Raises:
        CallRefusedError: NetSuite refused to show it.
        TransportError: no answer came.
    """
    response = http_client.send("GET", url, headers={"Accept": "application/json"})
    if response.status in (401, 403):
        response = http_client.send("GET", url, headers=authorization(token))
    if response.status != 200 or not isinstance(response.json(), dict):
        raise CallRefusedError("The key set", response)
    return response.json()
