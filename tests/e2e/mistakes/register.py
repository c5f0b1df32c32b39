# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The list of planted mistakes, filled by decorators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import Mistake, Stage

NOTHING = "nothing"
BEFORE = "worked before"
SANDBOX = "worked before, a sandbox"
LIST = "mapping list"
BEFORE_AND_LIST = "worked before, mapping list"
FILE = "credential file"

MISTAKES: list[Mistake] = []
Plant = Callable[[Stage], dict[str, Any]]


def mistake(
    area: str, name: str, *, cause: str, known: str = NOTHING, mapped: bool = True, quotes: str = ""
) -> Callable[[Plant], Plant]:
    """Add the decorated function, which plants the mistake, to the list."""

    def add(plant: Plant) -> Plant:
        suffix = "" if known == BEFORE else "_SB1"
        MISTAKES.append(Mistake(area, name, known, cause, plant, mapped, quotes, suffix))
        return plant

    return add
