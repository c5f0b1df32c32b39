# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The knobs and the refusals as Markdown tables; the role's README holds a copy of each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from .conditions import CONDITIONS, Outcome
from .settings import Settings


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Write a table."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _values(field: dataclasses.Field[object]) -> str:
    """Write the values a knob takes."""
    choices = field.metadata["choices"]
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    if field.default is dataclasses.MISSING:
        return "mapping"
    kinds = {bool: "`true`, `false`", int: "whole number", float: "number"}
    kind, least = kinds[type(field.default)], field.metadata["least"]
    return kind if least is None else f"{kind}, at least {least}"


def knobs_table() -> str:
    """Return one row per knob: name, values, default, meaning."""
    rows = []
    for field in dataclasses.fields(Settings):
        default = {} if field.default is dataclasses.MISSING else field.default
        shown = default if isinstance(default, str) else json.dumps(default)
        rows.append((f"`{field.name}`", _values(field), f"`{shown}`", field.metadata["help"]))
    return _markdown(("Knob", "Values", "Default", "Meaning"), rows)


def _outcome(outcome: Outcome) -> str:
    """Write an answer."""
    return f"{outcome.status} `{outcome.error}`"


def conditions_table() -> str:
    """Return one row per refusal: condition, audit code, answers. A star marks codes of the simulator's own."""
    rows = (
        (
            f"`{entry.name}`",
            f"`{entry.detail}`" + ("*" if entry.own else ""),
            _outcome(entry.observed),
            _outcome(entry.spec) if entry.spec != entry.observed else "same",
            entry.message,
        )
        for entry in CONDITIONS.values()
    )
    return _markdown(("Condition", "Audit detail", "`observed`", "`spec`", "What it means"), rows)
