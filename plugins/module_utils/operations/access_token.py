# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.access_token."""

from __future__ import annotations

from ..core import preflight
from ..core.libraries import CLIENT_LIBRARIES
from ..core.text import capitalize_sentence
from ..core.timing import iso
from ..services.oauth_client import open_http_client, read_client, read_endpoints
from ..services.token_endpoint import clock_warnings, request_token
from .operation import Context, Operation, Options, Result
from .option_groups import TOKEN, TOKEN_EXCLUSIVE


def run(options: Options, context: Context) -> Result:
    """Get an access token. A token changes nothing that anyone can see, so check mode gets one too."""
    lifetime = options["assertion_lifetime"]
    with open_http_client(options, context.clock, context.sleep) as http_client:
        if options["assertion"]:
            _account, endpoints = read_endpoints(options)
            token, response = request_token(
                http_client, endpoints.token, lambda now: options["assertion"], context.clock, lifetime, fixed=True
            )
        else:
            client = read_client(options, context.vault)
            problems = client.problems(context.now())
            preflight.stop_at_blocking(problems)
            context.warnings += [f"{capitalize_sentence(problem.detail)}. {problem.fix}." for problem in problems]
            token, response = client.request_token(http_client, context.clock)
    context.warnings += clock_warnings(response.clock_skew, lifetime)
    result = {
        "changed": False,
        "expires_in": token.expires_in,
        "expires_at": iso(token.expires_at),
        "token_type": token.token_type,
        "claims": token.claims,
    }
    if options["return_token"]:
        result["access_token"] = token.text
    return result


OPERATION = Operation(
    run=run,
    options={**TOKEN, "return_token": {"type": "bool", "default": False, "no_log": False}},
    libraries=CLIENT_LIBRARIES,
    mutually_exclusive=TOKEN_EXCLUSIVE,
)
