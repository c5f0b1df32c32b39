# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The closing summary over many accounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATUSES = ("active", "awaiting_upload", "rotating", "failed")
_UNKNOWN = {"status": "failed", "next_step": "The run ended before this account was looked at."}


def counts(results: Mapping[str, Mapping[str, Any] | None]) -> dict[str, int]:
    """How many accounts stand where.

    Args:
        results: By inventory host, the result of account_result; None where there is none.
    """
    found = [(result or _UNKNOWN)["status"] for result in results.values()]
    return {status: found.count(status) for status in STATUSES}


def lines(results: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """The summary for a screen: the counts, then each account that is not active with its next step."""
    numbers = counts(results)
    told = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in numbers.items() if number or status == "active")
    text = [f"NetSuite accounts: {len(results)}. {told}."]
    for status in STATUSES[1:]:
        for host, result in results.items():
            result = result or _UNKNOWN
            if result["status"] == status:
                text.append(f"- {host} ({result.get('account') or 'account unknown'}) is {status.replace('_', ' ')}. {result['next_step']}")
    return text
