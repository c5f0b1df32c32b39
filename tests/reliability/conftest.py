# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a campaign goes, what it counts, and the servers that it runs against.

``make test`` runs the short form: of each class a sample, the same each time. ``make reliability`` sets
``RELIABILITY_CAMPAIGN`` to the seed of the whole.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

Case = TypeVar("Case")
SEED = os.environ.get("RELIABILITY_CAMPAIGN")


@dataclass(frozen=True)
class Campaign:
    """How far to go, and what was done.

    Attributes:
        seed: Of everything that is drawn by lot.
        is_whole: Whether this is the campaign, or its short form.
        note: Takes what goes into the report.
    """

    seed: int
    is_whole: bool
    note: Callable[[str, Any], None]

    def count(self, what: str, number: int) -> None:
        """Count cases that held."""
        self.note(f"count: {what}", number)

    def left_out(self, why: str) -> None:
        """Say what could not be tried here."""
        self.note("left out", why)

    def each(self, what: str, cases: Iterable[Case], *, short: int, seconds: float) -> Iterator[Case]:
        """The cases of a test, in an order drawn by lot, as long as there is time.

        Args:
            what: The class of the campaign, a colon, and a name.
            cases: All that there are.
            short: How many are taken in the short form.
            seconds: How long the whole campaign has for them.
        """
        drawn = list(cases)
        random.Random(self.seed).shuffle(drawn)
        chosen, until = drawn if self.is_whole else drawn[:short], time.monotonic() + seconds
        done = 0
        for case in chosen:
            if time.monotonic() > until and self.is_whole:
                self.left_out(f"{what}: {len(chosen) - done} of {len(chosen)} cases, for lack of time")
                break
            yield case
            done += 1
        self.count(what, done)


@pytest.fixture
def campaign(record_property: Callable[[str, Any], None]) -> Campaign:
    """This test's share of the campaign."""
    return Campaign(int(SEED or 20), SEED is not None, record_property)


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all tests of a worker; each case makes an account of its own."""
    with Simulator(tmp_path_factory.mktemp("simulator") / "state") as running:
        yield running


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    """One OpenBao server for all tests of a worker; each case has a secret of its own."""
    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server
