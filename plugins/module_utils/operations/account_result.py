# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core import names
from ..core.account_status import RunFacts, account_status, is_unconfirmed, unrevoked, upload_page, waits_in_words
from ..core.accounts import parse_account
from ..core.errors import OptionError
from ..core.next_step import MAP, RETIRE
from .operation import Context, Operation, Options, Result
from .option_groups import ROLE_VARIABLES

# What is never done by itself.
_DRILL = (
    "If its key has leaked, do not wait: run the playbook rotate with -e netsuite_account_overlap_days=0"
    " -e netsuite_account_revoke=after_overlap, which revokes it at once and cuts off who still uses it."
)


def run(options: Options, context: Context) -> Result:
    """Sum one account up. It reads and writes nothing."""
    facts = _run_facts(options, has_paths=context.files_stay)
    status, next_step = _with_refusal(facts, *account_status(facts))
    credentials, check = facts.credentials, facts.check
    checks = [*(check.get("checks") or []), *_file_check(credentials)]
    if options["read_only"] and status == "active" and credentials.get("exposed"):
        status = "failed"
        next_step = f"{checks[-1]['detail']}: chmod 600 it, or run the playbook onboard, which does it."
    result: Result = {
        "changed": False,
        "status": status,
        "account": facts.account,
        "certificate_id": _id_by_netsuite(facts) or credentials.get("certificate_id"),
        "certificate": credentials.get("certificate"),
        "not_before": credentials.get("not_before"),
        "not_after": credentials.get("not_after"),
        "renew_from": credentials.get("renew_from"),
        "days_left": credentials.get("days_left"),
        "certificate_path": credentials.get("certificate_path"),
        **_whom(facts),
        "scope": check.get("scope") or options["scope"],
        "mapping_state": _mapping_state(check),
        "clock_skew": check.get("clock_skew"),
        "checks": checks,
        "unknown_certificates": check.get("unknown_certificates") or [],
        "diagnosis": check.get("diagnosis") or [],
        "generation": credentials.get("generation"),
        "pending": _pending(credentials),
        "upload": _upload(facts) if status == "awaiting_upload" else None,
        "retiring": [_retiring(facts, one) for one in credentials.get("retiring") or []],
        "steps": list(facts.steps),
        "credential_document": credentials.get("credential_document"),
        "next_step": next_step,
    }
    retiring = credentials.get("retiring") or []
    overdue = any(one.get("overdue", one["due"] and not one["over"]) for one in retiring)
    unconfirmed = any(is_unconfirmed(one) and not one["over"] for one in retiring) and not options["read_only"]
    # After a leak (no overlap), and for whoever asks for all to be well, what should be revoked by now is a failure.
    leaking = (overdue or unconfirmed) and options["overlap_days"] == 0 and not context.check_mode
    if leaking and unconfirmed:
        result["next_step"] = next_step = f"{next_step} {_DRILL}"
    last_call = any(one.get("last_call") for one in retiring)
    wanting = options["require_active"] and (status != "active" or overdue or last_call)
    predicts = context.check_mode and not options["read_only"]
    fails = status == "failed" or leaking or credentials.get("refusal")
    if (fails and options["fail"]) or (wanting and not predicts):
        result.update(failed=True, msg=f"{facts.account}: {status.replace('_', ' ')}. {next_step}")
    return result


def _with_refusal(facts: RunFacts, status: str, next_step: str) -> tuple[str, str]:
    """The status and the next step, where a rotation was to begin and could not."""
    refusal = facts.credentials.get("refusal")
    if not refusal:
        return status, next_step
    return status, refusal["msg"] if status == "active" else f"{refusal['msg']} {next_step}"


def _run_facts(options: Options, *, has_paths: bool) -> RunFacts:
    """What the run has learnt about the account; a stage that was skipped has taught nothing."""
    failure = options["failure"]
    try:
        account = parse_account(options["account_id"])
        realm, label = account.realm, account.label
    except OptionError as error:
        realm, label, failure = options["account_id"], "", failure or str(error)
    failure = failure or (_left_out(options) if options["asked"] else None)
    # A host may stand for several accounts, one after the other: what was found of one says nothing about the next.
    found = {
        name: value if (value := options[name] or {}).get("account") in (None, realm) else {}
        for name in ("credentials", "token_check", "reconciled")
    }
    reconciled = found["reconciled"]
    check = reconciled.get("token_check") or found["token_check"]
    credentials = reconciled.get("credentials") or found["credentials"]
    document = reconciled.get("credential_document") or found["credentials"].get("credential_document")
    (role, role_name), (entity, entity_name) = (_wanted(kind, options, check) for kind in names.KINDS)
    return RunFacts(
        account=realm,
        label=label,
        role=role,
        entity=entity,
        role_name=role_name,
        entity_name=entity_name,
        application=options["application"],
        credentials={**credentials, "credential_document": document},
        check={} if check.get("skipped") else check,
        steps=reconciled.get("steps") or (),
        failure=failure,
        asked=options["asked"],
        has_paths=has_paths,
    )


def _whom(facts: RunFacts) -> dict[str, str | None]:
    """The role and the entity that the token acts with, else those to map to."""
    check = facts.check
    return {
        "role": check.get("role") or facts.role,
        "entity": check.get("entity") or facts.entity,
        "role_name": check.get("role_name") if check.get("role") else facts.role_name,
        "entity_name": check.get("entity_name") if check.get("entity") else facts.entity_name,
    }


def _wanted(kind: str, options: Options, check: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Internal id and name of the role or the entity to map to, as far as they are set or known from a token."""
    number, name = check.get(kind), check.get(f"{kind}_name")
    wanted, wanted_name = options[kind], options[f"{kind}_name"]
    if wanted:
        return wanted, name if number == wanted else None
    if wanted_name:
        return (number if name and names.are_same(name, wanted_name) else None), wanted_name
    return number, name


def _left_out(options: Options) -> str | None:
    """What the role did not do, because the command line asked for a part of it."""
    tasks = {"credentials": "Ensure key and certificate", "token_check": "Check a token"}
    missing = [task for name, task in tasks.items() if options[name] is None]
    if not options["role_variables"] or not missing:
        return None
    return (
        f"This run left out the task {missing[0]} (--start-at-task, --tags, --skip-tags or --step), so the"
        " state of the account is unknown. Run the playbook as a whole."
    )


def _id_by_netsuite(facts: RunFacts) -> str | None:
    """The id that NetSuite gave a certificate just now, where no credential file takes note of it."""
    in_variables = facts.credentials.get("source") == "variables"
    return facts.done(MAP).get("certificate_id") if in_variables else None


def _pending(credentials: Mapping[str, Any]) -> dict[str, Any] | None:
    pending = credentials.get("pending")
    return {name: pending[name] for name in ("certificate_id", "not_before", "not_after")} if pending else None


def _upload(facts: RunFacts) -> dict[str, Any]:
    """What somebody has to upload, and where."""
    generation = facts.credentials.get("pending") or facts.credentials
    return {
        "page": upload_page(facts.label),
        "role": facts.role,
        "entity": facts.entity,
        "role_name": facts.role_name,
        "entity_name": facts.entity_name,
        "application": facts.application,
        "certificate_id": generation.get("certificate_id"),
        "certificate": generation.get("certificate"),
    }


def _retiring(facts: RunFacts, retiring: Mapping[str, Any]) -> dict[str, Any]:
    """A replaced certificate, and what keeps it."""
    if is_unconfirmed(retiring):
        return {**retiring, "status": "waiting", "detail": waits_in_words(retiring)}
    if not retiring["due"]:
        return {**retiring, "status": "waiting", "detail": f"it is revoked from {retiring['revoke_after']} on"}
    failed = facts.step(RETIRE, retiring["certificate_id"]).get("status") == "failed"
    return {**retiring, "status": "failed" if failed else "due", "detail": unrevoked(facts, retiring)}


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
        "role_name": {"type": "str"},
        "entity_name": {"type": "str"},
        "application": {"type": "str"},
        "scope": {"type": "list", "elements": "str", "default": []},
        "credentials": {"type": "dict"},
        "token_check": {"type": "dict", "no_log": False},
        "reconciled": {"type": "dict"},
        "overlap_days": {"type": "int", "default": 7},
        "failure": {"type": "str"},
        "asked": {"type": "bool", "default": True},
        "read_only": {"type": "bool", "default": False},
        "require_active": {"type": "bool", "default": False},
        "fail": {"type": "bool", "default": True},
    },
    libraries=(),
)
