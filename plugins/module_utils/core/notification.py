# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody wants to hear of a run: the accounts that it changed, and those that wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .report.accounts import PEOPLE, waiting_for
from .rollout import known

_FACTS = ("account", "status", "certificate_id", "not_after", "next_step")


def changed(results: Mapping[str, Mapping[str, Any] | None]) -> list[dict[str, Any]]:
    """The accounts whose credentials, or whose mappings at NetSuite, the run has changed; none in check mode.

    Args:
        results: By inventory host, the result of account_result; None where there is none.
    """
    found = [_about(host, result) for host, result in results.items()]
    return [one for one in found if one["done"]]


def needs_person(results: Mapping[str, Mapping[str, Any] | None]) -> list[dict[str, Any]]:
    """The accounts whose next step a person has to take; see ``changed``."""
    found = {host: {"retiring": [], **known(result)} for host, result in results.items()}
    return [_about(host, one) for host, one in found.items() if waiting_for(one) in PEOPLE]


def _about(host: str, result: Mapping[str, Any] | None) -> dict[str, Any]:
    one = known(result)
    return {"host": host, **{name: one.get(name) for name in _FACTS}, "done": _done(one)}


def _done(result: Mapping[str, Any]) -> list[str]:
    """The steps that were done, after ``keep`` for a credential document that was written."""
    kept = ["keep"] if result.get("credential_document") else []
    return kept + [step["step"] for step in result.get("steps") or () if step["status"] == "done"]
