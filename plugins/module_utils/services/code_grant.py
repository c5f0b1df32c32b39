# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trading the code of a person's consent in for an access token (section_158081952044)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from urllib.parse import quote, urlencode

from ..core import tokens
from ..core.accounts import Account
from ..core.consent import NEEDED_SCOPE, ConsentError, Question
from ..core.errors import RefusedError
from ..core.timing import utc
from .http_client import HttpClient, Response
from .token_endpoint import FORM, error_code

_REASONS = {
    "invalid_grant": (
        "NetSuite did not take the code: it has expired, was used before, or belongs to another request",
        "Run the playbook login again, and bring the address back at once",
        "code_refused",
    ),
    "invalid_client": (
        "NetSuite did not accept the client of the login",
        "Set netsuite_account_login_client_secret to the client secret of the integration record",
        "client_refused",
    ),
}


def trade_code(
    http_client: HttpClient,
    url: str,
    question: Question,
    code: str,
    *,
    account: Account,
    client_secret: str | None,
    clock: Callable[[], float],
) -> tokens.AccessToken:
    """Trade a code in. A refresh token that comes with the answer is dropped.

    Args:
        http_client: The HTTP client.
        url: The token endpoint.
        question: What the code is the answer to.
        code: The code.
        account: The account that the token must be of.
        client_secret: Secret of a confidential client; None for a public one, which only names itself.
        clock: Source of POSIX times.

    Raises:
        ConsentError: NetSuite does not take the code or the client, or the token is not what is needed.
        TransportError: no answer came.
    """
    form, headers = question.form(code), dict(FORM)
    if client_secret:
        login = f"{quote(question.client_id, safe='')}:{quote(client_secret, safe='')}"  # RFC 6749 section 2.3.1
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    else:
        form["client_id"] = question.client_id
    # Sent once: a code that arrives again may end the token that it brought the first time (RFC 6749 section 4.1.2).
    response = http_client.send("POST", url, headers=headers, body=urlencode(form), idempotent=False)
    if response.status != 200:
        raise _refusal(response)
    try:
        token = tokens.from_response(response.json(), utc(clock()))
    except RefusedError as error:
        raise ConsentError(error.problem, error.fix, cause=error.cause) from None
    _check(token, account)
    return token


def _refusal(response: Response) -> ConsentError:
    code = error_code(response)
    problem = f"The token endpoint answered HTTP {response.status} {code or response.excerpt()}".rstrip()
    problem, fix, cause = _REASONS.get(
        code or "", (problem, "See the Login Audit Trail in NetSuite, which names the reason", "token_refused")
    )
    return ConsentError(problem, fix, cause=cause)


def _check(token: tokens.AccessToken, account: Account) -> None:
    """Refuse a token of another account, or one that cannot upload; a token that cannot be read is not judged."""
    is_ = tokens.identity(token.claims)
    if is_.account is not None and is_.account.upper().replace("-", "_") != account.realm:
        raise ConsentError(
            f"The consent is for account {is_.account}, not for {account.realm}",
            f"Run the playbook login again, and choose a role of {account.realm} in NetSuite",
            cause="wrong_account",
        )
    if is_.scope and NEEDED_SCOPE not in is_.scope:
        raise ConsentError(
            f"The token of the login lacks the scope {NEEDED_SCOPE}",
            "Tick the box REST Web Services on the integration record",
            cause="bad_scope",
        )
