# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts as metrics, in the text form that node_exporter's textfile collector reads.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and
https://github.com/prometheus/node_exporter#textfile-collector
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..rollout import STATUSES
from ..timing import parse_iso
from .accounts import PEOPLE

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
Sample = tuple[dict[str, str], float]
# Name, meaning and key of what is a value of an account; the ends of the names say which are moments.
_VALUES = (
    ("netsuite_account_days_left", "Whole days until the active certificate ends, negative once it has.", "days_left"),
    ("netsuite_account_not_after_timestamp_seconds", "When the active certificate ends.", "not_after"),
    (
        "netsuite_account_clock_skew_seconds",
        "Seconds by which NetSuite's clock is ahead of this machine's.",
        "clock_skew",
    ),
    ("netsuite_account_checked_timestamp_seconds", "When the account was last looked at.", "checked"),
    (
        "netsuite_account_last_success_timestamp_seconds",
        "When the account last got a token and passed every check.",
        "last_success",
    ),
)


def render(document: Mapping[str, Any]) -> str:
    """The text of netsuite.prom.

    Args:
        document: The report.
    """
    accounts = document["accounts"]
    statuses = [
        ({**_labels(account), "status": status}, float(account["status"] == status))
        for account in accounts
        for status in STATUSES
    ]
    people = [(_labels(account), float(account["waiting_for"] in PEOPLE)) for account in accounts]
    families = [
        _family("netsuite_report_timestamp_seconds", "When this report was made.", [({}, _seconds(document["made"]))]),
        _family("netsuite_account_status", "1 for the status that the account has, 0 for the others.", statuses),
        _family("netsuite_account_needs_person", "Whether the next step of the account is a person's.", people),
        *(_family(name, meaning, list(_samples(accounts, key, name))) for name, meaning, key in _VALUES),
    ]
    return "".join(families)


def _samples(accounts: list[dict[str, Any]], key: str, name: str) -> Iterator[Sample]:
    """A value of each account that has it."""
    for account in accounts:
        if (value := account[key]) is not None:
            yield _labels(account), _seconds(value) if name.endswith("_timestamp_seconds") else float(value)


def _labels(account: Mapping[str, Any]) -> dict[str, str]:
    return {"host": account["host"], "account": account["account"] or ""}


def _family(name: str, meaning: str, samples: list[Sample]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        shown = ",".join(f'{label}="{text.translate(_ESCAPES)}"' for label, text in labels.items())
        lines.append(f"{name}{{{shown}}} {value:.0f}" if shown else f"{name} {value:.0f}")
    return "\n".join(lines) + "\n" if samples else ""


def _seconds(moment: str) -> float:
    return parse_iso(moment).timestamp()
