# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one command costs, with all the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A sample reads the page tables of every process of the tree, which should not be felt.
_SAMPLE_SECONDS = 0.25


@dataclass(frozen=True)
class Cost:
    """The cost of one run.

    Attributes:
        cpu: CPU seconds, user and system, of the whole tree.
        wall: Seconds from start to end.
        largest_mb: Peak resident memory of the largest process.
        sum_mb: Peak of the proportional memory of all processes together; None where the system does not tell.
    """

    cpu: float
    wall: float
    largest_mb: float
    sum_mb: float | None


class CommandFailedError(Exception):
    """A command did not end as it should."""


def run(argv: Sequence[str], cwd: Path, environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end; its output goes to a file.

    Args:
        argv: The command.
        cwd: Where it runs.
        environment: Its whole environment.
        log: The file for its output.

    Raises:
        CommandFailedError: its exit status was not 0.
    """
    with log.open("wb") as output:
        started = time.monotonic()
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        sampler = _Sampler(process.pid)
        # wait4 tells what the process and all of its children have used, once they were waited for in turn.
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    peak = sampler.stop()
    if process.returncode:
        end = log.read_text(errors="replace")[-3000:]
        raise CommandFailedError(f"{' '.join(argv)}\nexit status {process.returncode}\n{end}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, peak)


class _Sampler(threading.Thread):
    """Looks at the memory of a session's processes, again and again."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session = str(session)
        self._peak = 0
        self._end = threading.Event()
        self.start()

    def run(self) -> None:
        """Keep the largest sum."""
        while not self._end.wait(_SAMPLE_SECONDS):
            self._peak = max(self._peak, sum(_proportional_kb(pid) for pid in self._members()))

    def stop(self) -> float | None:
        """End it; the peak in megabytes, or None where the system does not tell."""
        self._end.set()
        self.join()
        return self._peak / 1024 or None

    def _members(self) -> list[str]:
        return [name for name in os.listdir("/proc") if name.isdigit() and _session_of(name) == self._session]


def _session_of(pid: str) -> str | None:
    try:
        # After the command's name, which may hold spaces: state, parent, group, session.
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[3]
    except (OSError, IndexError):
        return None


def _proportional_kb(pid: str) -> int:
    try:
        for line in Path("/proc", pid, "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except (OSError, ValueError):  # it has ended meanwhile
        pass
    return 0
