# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking NetSuite for an access token (section_162755359851)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ..core import preflight, redaction, tokens
from ..core.assertions import BACKDATED_SECONDS
from ..core.errors import RefusedError
from ..core.timing import utc
from .http_client import HttpClient, Response

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
# Further off than this, the clock has to be set rather than worked around.
_LARGEST_SKEW = 600


class TokenRefusedError(RefusedError):
    """The token endpoint said no. ``response`` is what it said."""

    def __init__(self, response: Response, unreadable: RefusedError | None = None) -> None:
        code = error_code(response)
        problem = f"The token endpoint answered HTTP {response.status} {code or response.excerpt()}".rstrip()
        super().__init__(
            unreadable.problem if unreadable else problem,
            unreadable.fix if unreadable else "m2m.netsuite.token_check names the likely cause",
            cause=unreadable.cause if unreadable else "token_refused",
            status=response.status,
            error=code,
        )
        self.response = response


def request_token(
    http_client: HttpClient,
    url: str,
    sign: Callable[[datetime], str],
    clock: Callable[[], float],
    lifetime: int,
    *,
    fixed: bool = False,
) -> tuple[tokens.AccessToken, Response]:
    """Exchange an assertion for an access token.

    Each attempt sends a fresh assertion. When the answer is a refusal and its ``Date`` shows that this machine's clock
    explains it, one more attempt is made with the server's time.

    Args:
        http_client: The HTTP client.
        url: The token endpoint.
        sign: Makes an assertion as of a moment.
        clock: Source of POSIX times.
        lifetime: Lifetime of the assertions, seconds.
        fixed: ``sign`` has one assertion only, so that another attempt at another time would be the same again.

    Raises:
        TokenRefusedError: the answer was anything but a token.
        TransportError: no answer came.
    """

    def ask(shift: int) -> Response:
        def body() -> str:
            fields = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": sign(utc(clock()) + timedelta(seconds=shift)),
            }
            return urlencode(fields)

        return http_client.send("POST", url, headers=FORM, body=body)

    response = ask(0)
    skew = response.clock_skew
    # Another server's page shows another server's time.
    refused = response.status != 200 and response.json() is not None and not fixed
    if refused and skew is not None and _explains(skew, lifetime):
        response = ask(skew)
    if response.status != 200:
        raise TokenRefusedError(response)
    try:
        return tokens.from_response(response.json(), utc(clock())), response
    except RefusedError as error:
        raise TokenRefusedError(response, error) from None


def clock_warnings(skew: int | None, lifetime: int) -> list[str]:
    """What a person should know about the clock, though a token was granted."""
    if skew is None or not (_explains(skew, lifetime) or preflight.clock_problems(skew)):
        return []
    clock = f"This machine's clock is {abs(skew)} s {'behind' if skew > 0 else 'ahead of'} NetSuite's"
    return [f"{clock}. Up to {_LARGEST_SKEW} s are corrected with NetSuite's own time. Set the clock (NTP)."]


def error_code(response: Response) -> str | None:
    """The error code of an answer, from OAuth's or from NetSuite's error document."""
    document: Any = response.json()
    if not isinstance(document, dict):
        return None
    error = document.get("error")
    if isinstance(error, dict):
        error = error.get("code")
    details = document.get("o:errorDetails")
    if error is None and isinstance(details, list) and details and isinstance(details[0], dict):
        error = details[0].get("o:errorCode")
    error = error if error is not None else document.get("o:errorCode")
    return None if error is None else redaction.excerpt(str(error), 100)


def _explains(skew: int, lifetime: int) -> bool:
    return -_LARGEST_SKEW <= skew < -BACKDATED_SECONDS or lifetime - BACKDATED_SECONDS - 5 < skew <= _LARGEST_SKEW
