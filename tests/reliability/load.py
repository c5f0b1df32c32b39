# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many accounts at once behind a slow network that loses answers, and what a run over them takes."""

from __future__ import annotations

import os
import random
import re
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ansible_collections.m2m.netsuite.tests.reliability.fault_proxy import Fault, FaultProxy, faults

# Seconds between two looks at the controller; a look takes a millisecond.
_PAUSE = 0.2
#: What a client can tell to be over once the request is sent again.
TEMPORARY = frozenset(
    {
        *("status 429", "status 502", "status 503", "status 504", "status 503 after the work"),
        *("reset before the work", "reset after the work", "hung up before the work", "hung up after the work"),
        "cut in the body",
    }
)
# What would measure the harness: it sends megabytes, or has the client wait for half a minute. test_network.py has it.
_TOO_LONG = re.compile(r"endless|slow|silence|gzip bomb|too large|a nest|Retry-After")


def chosen(elsewhere: str, *, temporary: bool) -> list[Fault]:
    """The faults of a run, in a fixed order."""
    known = faults(elsewhere)
    names = [name for name in sorted(known) if name in TEMPORARY or not (temporary or _TOO_LONG.search(name))]
    return [known[name] for name in names]


class LoadProxy(FaultProxy):
    """A server in front of the simulator that answers late, and spoils some answers.

    Which ones depends on the seed, the address and how often it was asked for, and not on who comes first. At one
    address it spoils at most three in a row: a server that is gone for good is another class.

    Args:
        upstream: The address of the server behind it.
        latency: Seconds by which it delays each request.
        seed: Draws the faults.
    """

    _MOST_IN_A_ROW = 3

    def __init__(self, upstream: str, latency: float, seed: int) -> None:
        super().__init__(upstream)
        self._latency, self._seed = latency, seed
        self.spoil([], 0.0)
        self.open = self.peak = 0

    def spoil(self, which: list[Fault], share: float) -> None:
        """Spoil a share of the answers from now on; forget the requests so far."""
        self.order()
        self._which, self._share, self.spoilt = which, share, 0
        self._asked: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.open += 1
            self.peak = max(self.peak, self.open)
        try:
            super()._serve(connection)
        finally:
            with self._lock:
                self.open -= 1

    def _note(self, method: str, path: str, body: bytes) -> Fault | None:
        time.sleep(self._latency)
        address = f"{method} {path}"
        super()._note(method, path, body)
        with self._lock:
            self._asked[address] += 1
            lot = random.Random(f"{self._seed} {self._share} {address} {self._asked[address]}")
            if lot.random() >= self._share or self._in_a_row[address] == self._MOST_IN_A_ROW:
                self._in_a_row[address] = 0
                return None
            self._in_a_row[address] += 1
            self.spoilt += 1
        return lot.choice(self._which)


@dataclass
class Watched:
    """One run of ansible-playbook, and what it took.

    Attributes:
        output: What it said.
        returncode: Its exit status.
        wall: Seconds from start to end.
        cpu: Seconds of all its processes.
        resident: Kilobytes of its own process, from the first worker on.
        descriptors: How many it had open, likewise.
        left: Processes of it that were still there afterwards.
    """

    output: str = ""
    returncode: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    resident: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def growth(self) -> int:
        """Kilobytes by which the controller's process grew while the workers were at work."""
        return max(self.resident) - self.resident[0]


def watch(argv: list[str], folder: Path, environment: Mapping[str, str], log: Path, timeout: float) -> Watched:
    """Run a command to its end and look at its process all the while.

    Args:
        argv: The command.
        folder: Where it runs.
        environment: Its whole environment.
        log: The file for its output.
        timeout: Seconds that it may take.
    """
    watched, started = Watched(), time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    over = threading.Event()
    looking = threading.Thread(target=_look, args=(process.pid, watched, over))
    looking.start()
    timer = threading.Timer(timeout, process.kill)
    timer.start()
    _pid, status, usage = os.wait4(process.pid, 0)
    watched.wall = time.monotonic() - started
    timer.cancel()
    over.set()
    looking.join()
    process.returncode = watched.returncode = os.waitstatus_to_exitcode(status)
    watched.cpu = usage.ru_utime + usage.ru_stime
    watched.output = log.read_text(errors="replace")
    watched.left = [pid for pid in os.listdir("/proc") if pid.isdigit() and _session_of(pid) == str(process.pid)]
    return watched


def _look(pid: int, watched: Watched, over: threading.Event) -> None:
    place, page = Path(f"/proc/{pid}"), os.sysconf("SC_PAGE_SIZE") // 1024
    while not over.wait(_PAUSE):
        try:
            is_at_work = bool(watched.resident) or (place / f"task/{pid}/children").read_text().strip()
            if is_at_work:
                watched.resident.append(int((place / "statm").read_text().split()[1]) * page)
                watched.descriptors.append(len(os.listdir(place / "fd")))
        except OSError:  # it has just ended
            return


def _session_of(pid: str) -> str | None:
    try:
        # After the command's name, which may hold spaces: state, parent, group, session.
        return Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()[3]
    except (OSError, IndexError):
        return None
