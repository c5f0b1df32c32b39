# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the report says at a glance: who is waiting for what, which certificates end next, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..rollout import STATUSES
from .accounts import ADMINISTRATOR, CONSUMER, NEXT_RUN, NOBODY, OPERATOR, OVERLAP, PEOPLE, WAITING_FOR

_NEXT_ENDS = 5
_NAMES = 8
_CHANGES = 20
# Who it is, and what they have to do.
WORDS = {
    ADMINISTRATOR: ("NetSuite administrator", "upload a certificate"),
    OPERATOR: ("Operator of this inventory", "correct what is wrong"),
    CONSUMER: ("Who uses the credentials", "take the new ones over, and confirm it"),
    NEXT_RUN: ("Next run", "goes on with a rotation"),
    OVERLAP: ("End of overlap", "revokes a replaced certificate"),
    NOBODY: ("Nobody", "all is well"),
}


def overview(document: Mapping[str, Any]) -> dict[str, Any]:
    """What stands on top of the page.

    Args:
        document: The report.
    """
    accounts = document["accounts"]
    ends = sorted((account for account in accounts if account["not_after"]), key=lambda account: account["not_after"])
    changes = document["changes"]
    return {
        "needs_person": sum(account["waiting_for"] in PEOPLE for account in accounts),
        "next_ends": ends[:_NEXT_ENDS],
        "groups": [group for name in WAITING_FOR if (group := _group(name, accounts))["count"]],
        "changes": {**changes, **_cut(changes["entries"], _CHANGES)},
        "accounts": sorted(accounts, key=_urgency),
    }


def _group(waiting_for: str, accounts: list[dict[str, Any]]) -> dict[str, Any]:
    hosts = [account["host"] for account in accounts if account["waiting_for"] == waiting_for]
    who, what = WORDS[waiting_for]
    # Of those that nobody has to do anything about, the number will do.
    shown = _cut(hosts, 0 if waiting_for == NOBODY else _NAMES)
    return {"name": waiting_for, "who": who, "what": what, "count": len(hosts), **shown}


def _cut(entries: list[Any], length: int) -> dict[str, Any]:
    return {"entries": entries[:length], "more": max(len(entries) - length, 0) if length else 0}


def _urgency(account: Mapping[str, Any]) -> tuple[int, int, str]:
    """Those that need a person come first, those that ended or end soon before others."""
    status = {"failed": 0, "awaiting_upload": 1}.get(account["status"], len(STATUSES))
    attention = 0 if account["waiting_for"] in PEOPLE else 1
    return attention, status, account["not_after"] or ""
