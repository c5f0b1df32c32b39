# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.client_assertion."""

from __future__ import annotations

from ..core import preflight
from ..core.libraries import CLIENT_LIBRARIES
from ..core.text import capitalize_sentence
from ..core.timing import iso, utc
from ..services.oauth_client import read_client
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, CLIENT_EXCLUSIVE, HTTP


def run(options: Options, context: Context) -> Result:
    """Sign an assertion. It changes nothing, so check mode does the same."""
    client = read_client(options, context.vault)
    now = context.now()
    problems = client.problems(now)
    preflight.stop_at_blocking(problems)
    context.warnings += [f"{capitalize_sentence(problem.detail)}. {problem.fix}." for problem in problems]
    assertion = client.sign(now)
    return {
        "changed": False,
        "assertion": assertion.text,
        "header": assertion.header,
        "claims": assertion.claims,
        "expires_at": iso(utc(assertion.claims["exp"])),
    }


OPERATION = Operation(
    run=run,
    # HTTP is taken, and unused, so that module_defaults can be set for the whole action group.
    options={**ACCOUNT, **CLIENT, **HTTP, "extra_claims": {"type": "dict"}},
    libraries=CLIENT_LIBRARIES,
    mutually_exclusive=CLIENT_EXCLUSIVE,
)
