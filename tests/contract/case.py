# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a case is: a function that sets the stage and returns a module's options, and what is to come of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.option_groups import ACCOUNT, HTTP
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS

Setting = Callable[[Stage], dict[str, Any]]
# The validity of a certificate that has expired.
PAST = {"start": timedelta(days=-40), "days": 10}


@dataclass(frozen=True)
class Case:
    """One run.

    Attributes:
        module: Which module.
        name: What it shows.
        set_stage: Prepares everything and returns the options but for ``state``.
        state: The option of that name; None where the module has none, or its default is meant.
        check_mode: Whether it runs in check mode.
        changed: Whether it reports a change.
        cause: The failure's cause; None for a success.
        judged: Whether the failure is a verdict, returned with everything that led to it.
        online: Whether it needs the simulator.
    """

    module: str
    name: str
    set_stage: Setting
    state: str | None = None
    check_mode: bool = False
    changed: bool = False
    cause: str | None = None
    judged: bool = False
    online: bool = False

    def __str__(self) -> str:
        return f"{self.module}: {self.name}{' (check mode)' if self.check_mode else ''}"


CASES: list[Case] = []


def case(
    module: str,
    state: str | None = None,
    *,
    changed: bool = False,
    cause: str | None = None,
    judged: bool = False,
    modes: tuple[bool, ...] = (False, True),
) -> Callable[[Setting], Setting]:
    """Add the decorated function twice: outside check mode and in it. Both have to come to the same.

    Unless ``modes`` says that only one of the two comes to this.
    """

    def add(function: Setting) -> Setting:
        name, online = (
            function.__name__.strip("_").replace("_", " "),
            set(HTTP | ACCOUNT) <= set(OPERATIONS[module].options),
        )
        for check_mode in modes:
            CASES.append(Case(module, name, function, state, check_mode, changed, cause, judged, online))
        return function

    return add


def collect() -> None:
    """Import every file of cases beside this one: that fills ``CASES``."""
    for path in sorted(Path(__file__).parent.glob("cases_*.py")):
        importlib.import_module(f"ansible_collections.m2m.netsuite.tests.contract.{path.stem}")
