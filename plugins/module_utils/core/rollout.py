# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The closing summary over many accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .text import capitalize_sentence

STATUSES = ("active", "awaiting_upload", "rotating", "failed")
_UNKNOWN = {"status": "failed", "next_step": "The run ended before this account was looked at."}
NOTHING = "Nothing to do"


def counts(results: Mapping[str, Mapping[str, Any] | None]) -> dict[str, int]:
    """How many accounts stand where.

    Args:
        results: By inventory host, the result of account_result; None where there is none.
    """
    found = [known(result)["status"] for result in results.values()]
    return {status: found.count(status) for status in STATUSES}


def lines(results: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """The summary for a screen: the counts, then each account with something to do, and its next step."""
    numbers = counts(results)
    parts = [f"{number} {_words(status)}" for status, number in numbers.items() if number or status == "active"]
    text = [f"NetSuite accounts: {len(results)}. {', '.join(parts)}."]
    for status in STATUSES:
        for host, result in results.items():
            one = known(result)
            if one["status"] != status or one["next_step"].startswith(NOTHING):
                continue
            account = one.get("account") or "account unknown"
            text.append(f"- {host} ({account}): {_words(status)}. {capitalize_sentence(one['next_step'])}")
    return text


def known(result: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A result that has a status and a next step, whatever is known of the account."""
    if not result or "status" not in result:
        return _UNKNOWN
    step = f"{NOTHING}." if result["status"] == "active" else "Its result names no next step."
    return {"next_step": step, **result}


def _words(status: str) -> str:
    return status.replace("_", " ")
