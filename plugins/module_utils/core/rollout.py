# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The closing summary over many accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .text import capitalize_sentence

STATUSES = ("active", "awaiting_upload", "rotating", "failed")
_UNKNOWN = {"status": "failed", "next_step": "The run ended before this account was looked at."}
NOTHING = "Nothing to do"
# From how many accounts on a next step that is the same but for what is an account's own is said once.
_MANY = 5


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
        groups: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
        for host, result in results.items():
            one = known(result)
            if one["status"] == status and not one["next_step"].startswith(NOTHING):
                groups.setdefault(_pattern(one), []).append((host, one))
        for pattern, members in groups.items():
            text += _once(pattern, members) if len(members) >= _MANY else [_line(*member) for member in members]
    return text


def _line(host: str, one: Mapping[str, Any]) -> str:
    return f"- {_named(host, one)}: {_words(one['status'])}. {capitalize_sentence(one['next_step'])}"


def _once(pattern: str, members: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[str]:
    """A next step for many accounts, then each with what is its own."""
    yield f"- {len(members)} accounts: {_words(members[0][1]['status'])}. {capitalize_sentence(pattern)}"
    for host, one in members:
        own = [f"{name} {value}" for name, value in _own(one).items() if name != "account" and f"<{name}>" in pattern]
        yield f"  - {_named(host, one)}{': ' if own else ''}{', '.join(own)}"


def _named(host: str, one: Mapping[str, Any]) -> str:
    return f"{host} ({one.get('account') or 'account unknown'})"


def _pattern(one: Mapping[str, Any]) -> str:
    """A next step with names in the place of what is the account's own."""
    step: str = one["next_step"]
    for name, value in _own(one).items():
        step = step.replace(value, f"<{name}>")
    return step


def _own(one: Mapping[str, Any]) -> dict[str, str]:
    """What of an account its next step may mention, by name; what may be part of another value comes after it."""
    upload, pending, retiring = one.get("upload") or {}, one.get("pending") or {}, one.get("retiring") or [{}]
    values = {
        "page": upload.get("page"),
        "file": one.get("certificate_path"),
        "new certificate id": upload.get("certificate_id") or pending.get("certificate_id"),
        "old certificate id": retiring[0].get("certificate_id"),
        "certificate id": one.get("certificate_id"),
        "end": one.get("not_after"),
        "account": one.get("account"),
    }
    return {name: str(value) for name, value in values.items() if value}


def known(result: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """A result that has a status and a next step, whatever is known of the account."""
    if not result or "status" not in result:
        return _UNKNOWN
    step = f"{NOTHING}." if result["status"] == "active" else "Its result names no next step."
    return {"next_step": step, **result}


def _words(status: str) -> str:
    return status.replace("_", " ")
