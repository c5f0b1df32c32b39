# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever comes in from outside: an error of the collection at worst, in time."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.reliability import fuzzing
from ansible_collections.m2m.netsuite.tests.reliability.targets import TARGETS, Target
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
#: Seconds that no input of a few kilobytes may take, on a busy machine.
LONGEST = 5.0
SHORT = 200


def broken_by(target: Target, data: bytes) -> str | None:
    """What does not hold for an input."""
    started = time.perf_counter()
    try:
        target.holds(data)
    except Exception as error:  # noqa: BLE001 (whatever it is: it is what is looked for)
        return f"{type(error).__name__}: {error}"[:300]
    seconds = time.perf_counter() - started
    return f"it took {seconds:.1f} s" if seconds > LONGEST else None


@pytest.mark.parametrize("name", TARGETS)
def test_any_input(campaign, name):
    target, number = TARGETS[name], 0
    broken: dict[str, bytes] = {}
    until = time.monotonic() + 150
    for number, data in enumerate(fuzzing.inputs(target.seeds, campaign.seed)):
        if number >= (target.whole if campaign.is_whole else SHORT):
            break
        if number % 500 == 0 and time.monotonic() > until:
            campaign.left_out(f"inputs: {name}: {target.whole - number:,} of {target.whole:,}, for lack of time")
            break
        if found := broken_by(target, data):
            broken.setdefault(found.partition(":")[0], data)
            assert len(broken) < 5, broken
    assert broken == {}
    campaign.count(f"inputs: {name}", number)


@cache
def atheris_path() -> str | None:
    """Where atheris is; it is fetched here, because few machines can build it."""
    folder = ROOT / ".cache/atheris"
    if not (folder / "atheris").is_dir():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--target", str(folder)]
        requirements = ["--requirement", "tests/requirements-fuzz.txt"]
        if subprocess.run([*command, *requirements], cwd=ROOT, check=False, capture_output=True).returncode:
            return None
    return str(folder)


@pytest.mark.campaign
@pytest.mark.parametrize("name", TARGETS)
def test_inputs_that_coverage_guides(campaign, tmp_path, name):
    path = atheris_path()
    if path is None:
        campaign.left_out("inputs that coverage guides: atheris cannot be installed here")
        pytest.skip("atheris cannot be installed here")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, data in enumerate(itertools.islice(fuzzing.inputs(TARGETS[name].seeds, campaign.seed), 100)):
        (corpus / str(number)).write_bytes(data)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([path, *filter(None, sys.path)])}
    program = str(Path(fuzzing.__file__))
    done = subprocess.run(
        [sys.executable, program, name, "15", str(campaign.seed), f"-artifact_prefix={tmp_path}/", str(corpus)],
        env=environment,
        capture_output=True,
        check=False,
        timeout=600,
    )
    said = (done.stdout + done.stderr).decode("utf-8", "replace")
    found = {file.name: file.read_bytes()[:500] for file in tmp_path.glob("*-*") if file.is_file()}
    assert (done.returncode, found) == (0, {}), said[-3000:]
    runs = re.findall(r"Done (\d+) runs", said)
    assert runs, said[-3000:]
    campaign.count(f"inputs: {name}, guided by coverage", int(runs[-1]))
