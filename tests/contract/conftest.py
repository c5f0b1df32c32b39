# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator, started once per process of the test run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ansible_collections.m2m.netsuite.tests.contract.catalogue import ROOT


@pytest.fixture(scope="session")
def simulator(tmp_path_factory) -> Iterator[str]:
    """The URL of a running simulator without accounts."""
    folder = tmp_path_factory.mktemp("simulator")
    ready, log = folder / "ready.json", folder / "log"
    program = ROOT / "roles/netsuite_simulator/files/netsuite_simulator"
    arguments = ["--port", "0", "--state-dir", str(folder), "--fast-keys"]
    with log.open("wb") as stream:
        process = subprocess.Popen([sys.executable, str(program), *arguments], stdout=stream, stderr=stream)
    try:
        deadline = time.monotonic() + 30
        while not ready.exists():
            assert process.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, "the simulator does not get ready"
            time.sleep(0.02)
        yield json.loads(ready.read_text(encoding="utf-8"))["base_url"]
    finally:
        process.terminate()
        process.wait(timeout=10)
