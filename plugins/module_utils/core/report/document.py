# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a document, which is what report.json holds. docs/report.schema.json describes it."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from ..rollout import STATUSES, counts
from ..timing import iso, parse_iso, utc
from . import metrics, renewals
from .accounts import WAITING_FOR, entry, facts
from .timeline import timeline

FORMAT = 1
Document = dict[str, Any]
_WORDS = {"status": "status", "certificate_id": "certificate", "not_after": "end", "waiting_for": "waiting for"}
_SPOKEN = frozenset((*STATUSES, *WAITING_FOR))
_EPOCH = utc(0)


def build(
    results: Mapping[str, Mapping[str, Any] | None],
    *,
    now: datetime,
    earlier: Mapping[str, Any] | None = None,
    keep: Collection[str] = (),
) -> Document:
    """The report on many accounts.

    Args:
        results: By inventory host, the result of account_result; None where there is none.
        now: The time of the report.
        earlier: The report before this one, as ``read`` returns it.
        keep: Hosts whose entries are taken over from the earlier report where this run has no result of them.
    """
    before = {account["host"]: account for account in (earlier or {}).get("accounts", ())}
    found: dict[str, Mapping[str, Any] | None] = {
        **{host: account for host, account in before.items() if host in keep},
        **results,
    }
    accounts = [
        entry(host, result, now=now, last_success=before.get(host, {}).get("last_success"))
        for host, result in found.items()
    ]
    return {
        "format": FORMAT,
        "made": iso(now),
        "counts": counts({account["host"]: account for account in accounts}),
        "changes": _changes(before, accounts, earlier, now),
        "accounts": accounts,
    }


def write(document: Document) -> str:
    """The text of report.json."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def read(text: str | None) -> Document | None:
    """The inverse of ``write``; None for anything that is no report of this format."""
    try:
        document = json.loads(text or "")
        if document["format"] != FORMAT:
            return None
        changes = [{"host": str(one["host"]), "detail": str(one["detail"])} for one in document["changes"]["entries"]]
        moments = {name: _moment(document["changes"][name]) for name in ("since", "noticed")}
        accounts = [
            entry(str(account["host"]), account, now=_EPOCH, last_success=account["last_success"])
            for account in document["accounts"]
        ]
        found = {"made": document["made"], "changes": {**moments, "entries": changes}, "accounts": accounts}
        # What somebody has changed in it may be of any shape: what these can render can be taken over.
        for render in (metrics.render, renewals.render, timeline):
            render(found)
        return found
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _moment(value: str | None) -> str | None:
    return None if value is None else iso(parse_iso(value))


def stable(document: Mapping[str, Any]) -> list[str]:
    """What a report says but for times and measurements, line by line: two reports that agree in it say the same."""
    return [f"{account['host']}: {json.dumps(facts(account), sort_keys=True)}" for account in document["accounts"]]


def _changes(
    before: Mapping[str, Mapping[str, Any]],
    accounts: list[dict[str, Any]],
    earlier: Mapping[str, Any] | None,
    now: datetime,
) -> dict[str, Any]:
    """What is new since the earlier report. Where nothing is, what that one said about the last changes still holds."""
    if earlier is None:
        return {"since": None, "noticed": None, "entries": []}
    entries = [found for account in accounts if (found := _change(before.get(account["host"]), account))]
    gone = before.keys() - {account["host"] for account in accounts}
    entries += [{"host": host, "detail": "is no longer in the inventory"} for host in before if host in gone]
    if not entries:
        return dict(earlier["changes"])
    return {"since": earlier["made"], "noticed": iso(now), "entries": entries}


def _change(before: Mapping[str, Any] | None, account: Mapping[str, Any]) -> dict[str, str] | None:
    if before is None:
        return {"host": account["host"], "detail": "is new in this report"}
    old, new = facts(before), facts(account)
    if old == new:
        return None
    parts = [
        f"{word} {_shown(old[name])} → {_shown(new[name])}" for name, word in _WORDS.items() if old[name] != new[name]
    ]
    return {"host": account["host"], "detail": "; ".join(parts) or "checks or details differ"}


def _shown(value: str | None) -> str:
    return "unknown" if value is None else value.replace("_", " ") if value in _SPOKEN else value
