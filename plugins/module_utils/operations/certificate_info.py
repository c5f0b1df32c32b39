# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.certificate_info."""

from __future__ import annotations

from typing import Any

from ..core import certificates, preflight
from ..core.accounts import endpoints_of, parse_account
from ..core.libraries import CLIENT_LIBRARIES
from ..services.oauth_client import read_certificate, read_pair
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT

_NAMES = (
    "private_key_path",
    "private_key_content",
    "private_key_passphrase",
    "certificate_path",
    "certificate_content",
    "certificate_id",
    "client_id",
    "algorithm",
    "scope",
)


def run(options: Options, context: Context) -> Result:
    """Read a certificate and hold it, and whatever comes with it, against NetSuite's rules."""
    now = context.now()
    certificate = read_certificate(options, context.vault)
    if options["private_key_path"] or options["private_key_content"]:
        problems = read_pair(options, context.vault).problems(now)
    else:
        problems = preflight.certificate_problems(certificate, now)
    if options["certificate_id"]:
        problems += preflight.id_problems(certificate, options["certificate_id"])
    if options["client_id"]:
        problems += preflight.client_problems(options["client_id"])
    problems += preflight.request_problems(
        certificates.public_key_facts(certificate), options["algorithm"], options["scope"]
    )
    return {
        "changed": False,
        **_place(options, problems),
        "certificate": certificates.to_pem(certificate),
        **certificates.describe(certificate, now),
        "valid": not problems,
        "problems": [problem.as_result() for problem in problems],
    }


def _place(options: Options, problems: list[preflight.Problem]) -> dict[str, Any]:
    """The account as NetSuite spells it, and its addresses; a bad one is added to the problems."""
    found = preflight.account_problems(options["account_id"], options["base_url"]) if options["account_id"] else []
    problems += found
    if found or not options["account_id"]:
        return {"account": None, "environment": None, "endpoints": None}
    account = parse_account(options["account_id"])
    endpoints = endpoints_of(account, options["base_url"])
    return {
        "account": account.realm,
        "environment": account.environment,
        "endpoints": {
            "token": endpoints.token,
            "key_set": endpoints.keys,
            "suitetalk": endpoints.suitetalk,
            "restlets": endpoints.restlets,
        },
    }


OPERATION = Operation(
    run=run,
    options={
        **{name: CLIENT[name] for name in _NAMES},
        "account_id": {"type": "str"},
        "base_url": ACCOUNT["base_url"],
    },
    libraries=CLIENT_LIBRARIES,
    mutually_exclusive=(("private_key_path", "private_key_content"), ("certificate_path", "certificate_content")),
    required_one_of=(("certificate_path", "certificate_content"),),
)
