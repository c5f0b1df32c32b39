# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.accounts import parse_account
from ..core.errors import OptionError
from ..core.outcome import Situation, judge
from .operation import Context, Operation, Options, Result
from .option_groups import ROLE_VARIABLES


def run(options: Options, context: Context) -> Result:
    """Sum one account up. It reads and writes nothing."""
    options = _without_another_account_s(options)
    situation = _situation(options, context)
    status, next_step = judge(situation)
    credentials, check = situation.credentials, situation.check
    checks = [*(check.get("checks") or []), *_file_check(credentials)]
    if options["read_only"] and status == "active" and credentials.get("exposed"):
        status = "failed"
        next_step = f"{checks[-1]['detail']}: chmod 600 it, or run the playbook onboard, which does it."
    result: Result = {
        "changed": False,
        "status": status,
        "account": situation.account,
        "certificate_id": _id_by_netsuite(options) or credentials.get("certificate_id"),
        "not_after": credentials.get("not_after"),
        "days_left": credentials.get("days_left"),
        "certificate_path": credentials.get("certificate_path"),
        "role": check.get("role") or options["role"],
        "entity": check.get("entity") or options["entity"],
        "scope": check.get("scope") or options["scope"],
        "mapping_state": _mapping_state(check),
        "clock_skew": check.get("clock_skew"),
        "checks": checks,
        "diagnosis": check.get("diagnosis") or [],
        "generation": credentials.get("generation"),
        "retiring": credentials.get("retiring") or [],
        "next_step": next_step,
    }
    wanting = options["require_active"] and status != "active"
    predicts = context.check_mode and not options["read_only"]
    if (status == "failed" and options["fail"]) or (wanting and not predicts):
        result.update(failed=True, msg=f"{situation.account} is {status}: {next_step}")
    return result


def _without_another_account_s(options: Options) -> Options:
    """A host may stand for several accounts, one after the other: what was changed for one is not the next one's."""
    if options["changes_of"] in (None, options["account_id"]):
        return options
    return {**options, **dict.fromkeys(("mapping", "upload", "pending_check", "revocation"))}


def _situation(options: Options, context: Context) -> Situation:
    """What the run has learnt about the account; a stage that was skipped has taught nothing."""
    check, mapping, proof = (options[name] or {} for name in ("token_check", "mapping", "pending_check"))
    failure = options["failure"]
    try:
        account = parse_account(options["account_id"])
        realm, label = account.realm, account.label
    except OptionError as error:
        realm, label, failure = options["account_id"], "", failure or str(error)
    return Situation(
        account=realm,
        label=label,
        role=options["role"],
        entity=options["entity"],
        application=options["application"],
        credentials=options["credentials"] or {},
        check={} if check.get("skipped") else check,
        pending_check={} if proof.get("skipped") else proof,
        failure=failure,
        mapping={} if context.check_mode and mapping.get("changed") else mapping,
        upload=options["upload"] or {},
        revocation=options["revocation"] or {},
    )


def _id_by_netsuite(options: Options) -> str | None:
    """The id that NetSuite gave a certificate just now, where no credential file takes note of it."""
    if (options["credentials"] or {}).get("source") != "variables":
        return None
    named: str | None = ((options["mapping"] or {}).get("mapping") or {}).get("certificate_id")
    return named


def _file_check(credentials: Mapping[str, Any]) -> list[dict[str, str]]:
    """Whether the credential file's permissions suit what is in it, as one more check."""
    mode = credentials.get("file_mode")
    if mode is None:
        return []
    if credentials.get("exposed"):
        detail = f"the credential file has mode {mode}, and a private key in it is not encrypted"
        return [{"name": "files", "status": "failed", "detail": detail}]
    return [{"name": "files", "status": "ok", "detail": f"the credential file has mode {mode}, which suits it"}]


def _mapping_state(check: Mapping[str, Any]) -> str | None:
    """What is known of the certificate's mapping: a token proves it, the list of mappings may disprove it."""
    if any(one["name"] == "token" and one["status"] == "ok" for one in check.get("checks") or []):
        return "active"
    causes = [one["cause"] for one in check.get("diagnosis") or []]
    return next((state for state in ("absent", "revoked", "expired") if f"mapping_{state}" in causes), None)


OPERATION = Operation(
    run=run,
    options={
        **ROLE_VARIABLES,
        "account_id": {"type": "str", "required": True},
        "role": {"type": "str"},
        "entity": {"type": "str"},
        "application": {"type": "str"},
        "scope": {"type": "list", "elements": "str", "default": []},
        "credentials": {"type": "dict"},
        "token_check": {"type": "dict", "no_log": False},
        "pending_check": {"type": "dict"},
        "failure": {"type": "str"},
        "mapping": {"type": "dict"},
        "upload": {"type": "dict"},
        "revocation": {"type": "dict"},
        "changes_of": {"type": "str"},
        "read_only": {"type": "bool", "default": False},
        "require_active": {"type": "bool", "default": False},
        "fail": {"type": "bool", "default": True},
    },
    libraries=(),
)
