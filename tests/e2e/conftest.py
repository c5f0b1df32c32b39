# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the end-to-end tests: the simulator, an account of it, and a controller with an empty home.

The helpers are in ``tests/support``; a test imports them as ``ansible_collections.m2m.netsuite.tests.support``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave time to the runs of a module's fixtures; what hangs is ended by ``Started.wait``, run by run."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator for all tests of a worker; each test makes accounts of its own."""
    with Simulator(tmp_path_factory.mktemp("simulator") / "state") as running:
        yield running


@pytest.fixture
def new_account(simulator: Simulator) -> Callable[..., SimulatedAccount]:
    """Make an account: ``new_account("1234567_SB1", preset="spec")``."""
    return simulator.account


@pytest.fixture
def account(simulator: Simulator) -> SimulatedAccount:
    """One account, with roles 3, 1000, 1001 and entities -5, 12, and no certificate."""
    return simulator.account()


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    """A controller with an empty home and inventory, and one vault id named ``default``."""
    made = Controller(tmp_path)
    made.vaults.add()
    return made


@pytest.fixture(scope="module")
def module_controller(tmp_path_factory: pytest.TempPathFactory) -> Controller:
    """The same for tests that look at one run from several sides."""
    made = Controller(tmp_path_factory.mktemp("controller"))
    made.vaults.add()
    return made


@pytest.fixture
def new_controller(tmp_path: Path) -> Callable[[str], Controller]:
    """Make further controllers, by name."""
    return functools.partial(_controller, tmp_path)


def _controller(folder: Path, name: str) -> Controller:
    made = Controller(folder / name)
    made.vaults.add()
    return made
