# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""m2m.netsuite.certificate while other things happen: full disks, killed runs, clocks that move, and runs that race."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services import files
from ansible_collections.m2m.netsuite.tests.unit.operations.certificate_harness import EC, STATES, a_good_pair, snapshot


def test_a_failure_while_writing_leaves_nothing(harness, monkeypatch):
    """The disk fills up with each of the files in turn."""
    a_good_pair(harness)
    before = {path.name: path.read_bytes() for path in harness.folder.iterdir()}
    real = files.write
    for failing in range(2):
        left = iter([real] * failing)

        def write(*arguments):
            next(left, full)(*arguments)  # noqa: B023

        with monkeypatch.context() as patched:
            patched.setattr(files, "write", write)
            result = harness.run(force=True, **EC)
        assert result["cause"] == "unwritable_file"
        assert {path.name: path.read_bytes() for path in (harness.key_path, harness.certificate_path)} == before
        assert not list(harness.folder.glob("*.new"))


def full(path, *unused):
    raise OptionError(f"{path} cannot be written: No space left on device", cause="unwritable_file")


def test_a_clock_that_moves_during_the_task(harness):
    """A certificate that comes due between the two looks is made all the same, once."""
    a_good_pair(harness)
    times = iter([harness.lab.now.timestamp() + step for step in (0, 0, *[10**8] * 50)])
    result = execute(OPERATION, harness.options(**EC), Context(clock=lambda: next(times)))
    assert not result.get("failed"), result


def test_a_pair_that_somebody_takes_apart_during_the_task(harness, monkeypatch):
    """Between the two looks, while the key is made, the certificate disappears."""
    harness.put(harness.key, harness.issue(365))
    real = keys.generate

    def generate(*arguments):
        harness.certificate_path.unlink()
        return real(*arguments)

    monkeypatch.setattr(keys, "generate", generate)
    result = harness.run(**EC)
    assert (result["failed"], result["cause"]) == (True, "changed_meanwhile")
    assert keys.same_key(harness.read_key().public_key(), harness.key.public_key())
    assert [path.name for path in harness.folder.iterdir()] == ["auth-key.pem"]


@pytest.mark.parametrize("left", ["whole pair", "key alone", "certificate alone", "certificate of another key"])
def test_what_a_killed_run_left(harness, left):
    """A whole new pair is put in place; the rest is cleared away; the old pair is never touched for it."""
    new = harness.issue(0, harness.other)
    key = {"whole pair": harness.other, "key alone": harness.other, "certificate of another key": harness.key}.get(left)
    reason = "interrupted" if left == "whole pair" else None
    a_good_pair(harness)
    if key is not None:
        Path(f"{harness.key_path}.new").write_text(keys.to_pem(key))
        Path(f"{harness.key_path}.new").chmod(0o600)
    if left != "key alone":
        Path(f"{harness.certificate_path}.new").write_text(certificates.to_pem(new))
    predicted = harness.run(check_mode=True, **EC)
    result = harness.run(**EC)
    assert (result.get("reason"), result["changed"]) == (reason, reason is not None), result
    assert (predicted["reason"], predicted["certificate_id"]) == (reason, result["certificate_id"])
    assert result["certificate_id"] == certificates.certificate_id(new if reason else harness.certificate)
    assert sorted(path.name for path in harness.folder.iterdir()) == ["auth-cert.pem", "auth-key.pem"]


def test_a_staged_pair_that_cannot_be_read_stops_everything(harness):
    a_good_pair(harness)
    Path(f"{harness.key_path}.new").write_text(keys.to_pem(harness.other, "another passphrase"))
    Path(f"{harness.certificate_path}.new").write_text(certificates.to_pem(harness.issue(0, harness.other)))
    before = snapshot(harness.folder)
    for check_mode in (True, False):
        assert harness.run(check_mode=check_mode, **EC)["cause"] == "passphrase_missing"
    assert snapshot(harness.folder) == before


def race(harness, count, **options):
    """Processes that all wait at the same line, and then run the operation on the same pair."""
    text = (
        "import json, sys\n"
        "from ansible_collections.m2m.netsuite.plugins.module_utils.operations import certificate\n"
        "from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute\n"
        "options, clock = json.loads(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "print(json.dumps(execute(certificate.OPERATION, options, Context(clock=lambda: clock))), flush=True)\n"
    )
    order = json.dumps([harness.options(**options), harness.lab.now.timestamp()])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", text, order]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    runners = [subprocess.Popen(command, **pipes) for _time in range(count)]
    assert [runner.stdout.readline() for runner in runners] == ["ready\n"] * count
    for runner in runners:
        print(file=runner.stdin, flush=True)
    results = [json.loads(runner.communicate()[0]) for runner in runners]
    assert [runner.returncode for runner in runners] == [0] * count
    return results


@pytest.mark.slow
@pytest.mark.parametrize("state", ["nothing", "over", "good"])
def test_processes_that_race_end_with_one_pair(harness, state):
    STATES[state](harness)
    results = race(harness, 3, force=state == "good", **EC)
    assert [result for result in results if result.get("failed")] == []
    certificate = certificates.parse(harness.certificate_path.read_text(), where="x")
    assert certificates.matches(certificate, harness.read_key())
    changed = [result for result in results if result["changed"]]
    if state == "good":  # forced: whoever looked before the first had finished takes that one's pair
        assert 1 <= len(changed) <= 3
    else:
        assert len(changed) == 1
        assert {result["certificate_id"] for result in results} == {certificates.certificate_id(certificate)}
    names = sorted(path.name for path in harness.folder.iterdir())
    assert not [name for name in names if name.endswith((".new", ".tmp"))]
    assert len(names) == 2 + (0 if state == "nothing" else 2 * len(changed))
