# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator and a secret store, each started once per process of the test run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.contract.places import LEAST, Place, kv2, tasks
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a running simulator without accounts."""
    with Simulator(tmp_path_factory.mktemp("simulator") / "state") as running:
        yield running.base_url


@pytest.fixture(scope="session")
def openbao(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenBao]:
    """A development server. Tests choose paths of their own in it."""
    with running_openbao(tmp_path_factory.mktemp("openbao")) as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, simulator: str) -> Iterator[Stage]:
    """One account, which a test opens, and a folder."""
    found = Stage(tmp_path, simulator)
    with found.exits:
        yield found


@pytest.fixture(scope="session")
def fetched() -> Path:
    """What the examples for stores need, and is not on PyPI by itself."""
    subprocess.run([sys.executable, "tests/tools/stores.py"], cwd=ROOT, check=True)
    return ROOT / ".cache/stores"


@pytest.fixture(params=["file", "kv2", "tasks"])
def place(request: pytest.FixtureRequest, tmp_path: Path, stage: Stage) -> Place:
    """Each store in turn."""
    if request.param == "file":
        return Place({"credentials_path": str(tmp_path / "c.yml")}, stage.vault())
    server = request.getfixturevalue("openbao")
    token = server.token_with(LEAST)
    named = tasks if request.param == "tasks" else kv2
    return Place(named(server, stage, store_token=token), stage.vault())
