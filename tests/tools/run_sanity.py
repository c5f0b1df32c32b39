# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all of ansible-test's sanity tests on a copy of the checkout, and make sure that they did run.

Two processes share the work: pylint takes as long as everything else. A run in which a test is missing fails, because
ansible-test calls "All targets skipped" a success. Arguments name single tests: ``run_sanity.py validate-modules``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from copy_tree import ROOT, copy_tree
from prime_pip import prime

CACHE = ROOT / ".cache"
HOME = CACHE / "home"
REPORTS = CACHE / "reports"
PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"
SLOW = "pylint"
# Warnings that mean "not tested"; the collection has no PowerShell, which is what pwsh would be for.
NOT_TESTED = re.compile(r"^WARNING: (?:Required program (?!.pwsh)|Skipping|All targets skipped).*$", re.MULTILINE)
RAN = re.compile(r'^Running sanity test "([\w-]+)"', re.MULTILINE)


def ansible_test(room: str, *arguments: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Start ``ansible-test sanity`` in a fresh copy of the checkout; return the process and its log file."""
    copy = copy_tree(CACHE / "sanity" / room)
    log = REPORTS / f"sanity-{room}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            ["ansible-test", "sanity", "--color", "no", *arguments],
            cwd=copy,
            env=dict(os.environ, HOME=str(HOME)),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    return process, log


def all_tests() -> set[str]:
    """Return the names of the sanity tests of this ansible-core that are on by default."""
    process, log = ansible_test("list", "--list-tests")
    status = process.wait()
    listing = log.read_text(encoding="utf-8")
    names = set(re.findall(r"^([\w-]+)$", listing, re.MULTILINE))
    if status or len(names) < 20:
        raise SystemExit(f"ansible-test sanity --list-tests: expected 20 tests or more\n{listing}")
    return names


def problems(logs: str, expected: set[str]) -> list[str]:
    """Return why a run that ended with success is none."""
    found = [f"{name}: did not run" for name in sorted(expected - set(RAN.findall(logs)))]
    return found + sorted(set(NOT_TESTED.findall(logs)))


def main(chosen: list[str]) -> int:
    """Run the chosen tests, or all; return the exit status."""
    started = time.monotonic()
    REPORTS.mkdir(parents=True, exist_ok=True)
    prime(HOME)
    expected = set(chosen) or all_tests()
    common = ("--local", "--python", PYTHON)
    if chosen:
        rooms = {"chosen": [word for name in chosen for word in ("--test", name)]}
    else:
        rooms = {"slow": ["--test", SLOW], "rest": ["--skip-test", SLOW]}
    runs = [ansible_test(room, *common, *words) for room, words in rooms.items()]
    statuses = [process.wait() for process, log in runs]
    logs = "\n".join(log.read_text(encoding="utf-8") for process, log in runs)
    found = [line for line in logs.splitlines() if line.startswith(("ERROR", "FATAL"))] + problems(logs, expected)
    if any(statuses) or found:
        print("\n".join(found) or logs)
        print(f"The whole log: {REPORTS.relative_to(ROOT)}/sanity-*.log")
        return 1
    print(f"{len(expected)} sanity tests passed on Python {PYTHON} in {time.monotonic() - started:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
