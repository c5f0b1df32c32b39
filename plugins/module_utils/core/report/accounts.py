# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report says about one account: an entry of report.json, from which the other forms are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..account_status import is_unconfirmed
from ..rollout import NOTHING, known
from ..timing import iso, parse_iso, whole_days

# What of a result goes into the report as it is: not the credential document, and certificates only for an upload.
_VALUES = (
    "status",
    "account",
    "certificate_id",
    "not_before",
    "renew_from",
    "not_after",
    "role",
    "entity",
    "role_name",
    "entity_name",
    "mapping_state",
    "clock_skew",
    "generation",
    "next_step",
)
_CHECK = ("name", "status", "detail")
_CAUSE = ("cause", "evidence", "fix")
_STEP = ("step", "certificate_id", "status", "detail")
_PENDING = ("certificate_id", "not_before", "not_after")
_RETIRING = ("certificate_id", "not_after", "replaced", "revoke_after", "status", "detail")
_CONSUMER = ("name", "description", "told_on", "reads_store")
_UPLOAD = ("page", "role", "entity", "role_name", "entity_name", "application", "certificate_id", "certificate")
# Who has to act, in the order in which the report names them.
ADMINISTRATOR, OPERATOR, CONSUMER = "administrator", "operator", "consumer"
NEXT_RUN, OVERLAP, NOBODY = "next_run", "overlap", "nobody"
WAITING_FOR = (ADMINISTRATOR, OPERATOR, CONSUMER, NEXT_RUN, OVERLAP, NOBODY)
PEOPLE = (ADMINISTRATOR, OPERATOR, CONSUMER)


def entry(host: str, result: Mapping[str, Any] | None, *, now: datetime, last_success: str | None) -> dict[str, Any]:
    """What the report says about an account.

    Args:
        host: Its inventory name.
        result: The result of account_result, or an earlier entry; None where there is none.
        now: The time of the report.
        last_success: When an earlier report last saw it get a token, where that is known.
    """
    found = known(result)
    checked = found.get("checked") or iso(now)
    made = {
        "host": host,
        **{name: found.get(name) for name in _VALUES},
        "checked": checked,
        "last_success": checked if _succeeded(found) else last_success,
        "days_left": days_left(found.get("not_after"), now),
        "scope": list(found.get("scope") or ()),
        "checks": _rows(found.get("checks"), _CHECK),
        "diagnosis": _rows(found.get("diagnosis"), _CAUSE),
        "steps": _rows(found.get("steps"), _STEP),
        "pending": _row(found.get("pending"), _PENDING),
        "retiring": [_retiring(one) for one in found.get("retiring") or ()],
        "upload": _upload(found),
    }
    return {**made, "waiting_for": waiting_for(made)}


def days_left(end: str | None, now: datetime) -> int | None:
    """Whole days until a moment; None where it is not known."""
    return whole_days(parse_iso(end) - now) if end else None


def facts(account: Mapping[str, Any]) -> dict[str, Any]:
    """What of an entry counts as a change when it differs: no moment of looking, no measurement, no wording."""
    return {
        **{name: account[name] for name in ("status", "account", "certificate_id", "not_after", "role", "entity")},
        "waiting_for": account["waiting_for"],
        "checks": {check["name"]: check["status"] for check in account["checks"]},
        "causes": [one["cause"] for one in account["diagnosis"]],
        "pending": (account["pending"] or {}).get("certificate_id"),
        "retiring": [
            [one["certificate_id"], one["status"], *(consumer["name"] for consumer in one["waits_for"])]
            for one in account["retiring"]
        ],
        "upload": (account["upload"] or {}).get("certificate_id"),
    }


def _succeeded(found: Mapping[str, Any]) -> bool:
    """Whether the account got a token, and nothing that was checked with it failed."""
    checks = {check["name"]: check["status"] for check in found.get("checks") or ()}
    return checks.get("token") == "ok" and "failed" not in checks.values()


def waiting_for(account: Mapping[str, Any]) -> str:
    """Who has to act next, one of WAITING_FOR.

    Args:
        account: At least status, next step and retiring certificates of a result that is known.
    """
    status, retiring = account["status"], account["retiring"]
    if status == "awaiting_upload":
        return ADMINISTRATOR
    if status == "rotating":
        return NEXT_RUN
    if status == "active" and retiring and all(is_unconfirmed(one) for one in retiring):
        return CONSUMER
    if status != "active" or not str(account["next_step"]).startswith(NOTHING):
        return OPERATOR
    return OVERLAP if retiring else NOBODY


def _retiring(retiring: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: retiring.get(name) for name in _RETIRING}
    return {**values, "waits_for": _rows(retiring.get("waits_for"), _CONSUMER)}


def _upload(found: Mapping[str, Any]) -> dict[str, Any] | None:
    upload = _row(found.get("upload"), _UPLOAD)
    return upload if upload and str(upload["page"]).startswith("https://") else None  # it becomes a link


def _rows(values: Sequence[Mapping[str, Any]] | None, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: value.get(name) for name in names} for value in values or ()]


def _row(value: Mapping[str, Any] | None, names: Sequence[str]) -> dict[str, Any] | None:
    return {name: value.get(name) for name in names} if value else None
