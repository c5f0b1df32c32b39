# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A child process in which something happens at the n-th system call: a signal, or an error of the file system.

The calls that count are those by which a run leaves a trace: what opens, writes, renames, links, removes, locks or
syncs a file, and what connects, sends and receives. Each is a point before it and a point after it, and a write has one
in the middle, when half of it is there.
"""

from __future__ import annotations

import fcntl
import io
import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

BEFORE, HALF, AFTER = "before", "half", "after"
_OS = ("open", "replace", "rename", "link", "unlink", "mkdir", "chmod", "fchmod", "fsync")
_SOCKET = ("connect", "sendall", "recv_into")
#: Nothing here takes a quarter of it.
_SECONDS = 60.0


@dataclass(frozen=True)
class Point:
    """A moment: before, amid or after the n-th call (from 0)."""

    number: int
    when: str = BEFORE


@dataclass
class Ended:
    """What became of a child.

    Attributes:
        calls: The calls it made, by name, in their order.
        value: What its action returned; None where it did not come to its end.
        signal: What ended it, if it was a signal.
        error: What the action raised, by name.
    """

    calls: list[str] = field(default_factory=list)
    value: Any = None
    signal: int | None = None
    error: str | None = None


class Calls:
    """Counts the calls of this process, says them, and acts at each point.

    Args:
        say: Takes the name of each call before it is made.
        act: Takes the point and the name of the call; may end the process, or raise.
    """

    def __init__(self, say: Callable[[str], None], act: Callable[[Point, str], None]) -> None:
        self._say, self._act, self._number = say, act, -1

    def install(self) -> None:
        """Stand before the system calls, for the rest of this process's life."""
        for name in _OS:
            setattr(os, name, self._around(name, getattr(os, name)))
        for name in _SOCKET:
            setattr(socket.socket, name, self._around(name, getattr(socket.socket, name)))
        fcntl.flock = self._around("flock", fcntl.flock)
        fdopen = os.fdopen

        def opened(descriptor: int, mode: str = "r", *more: Any, **options: Any) -> Any:
            if mode != "wb":
                return fdopen(descriptor, mode, *more, **options)
            return _Written(descriptor, self)

        os.fdopen = opened

    def reach(self, when: str, name: str) -> None:
        """One point."""
        self._act(Point(self._number, when), name)

    def start(self, name: str) -> None:
        """The point before a call."""
        self._number += 1
        self._say(name)
        self.reach(BEFORE, name)

    def _around(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            self.start(name)
            # The process ends here, not the machine: nothing need reach the disk, which is what takes the time.
            try:
                return None if name == "fsync" else real(*arguments, **options)
            finally:
                self.reach(AFTER, name)

        return call


class _Written(io.FileIO):
    """A file that is written in two halves."""

    def __init__(self, descriptor: int, calls: Calls) -> None:
        super().__init__(descriptor, "wb")
        self._calls = calls

    def write(self, data: Any) -> int:
        self._calls.start("write")
        middle = len(data) // 2
        super().write(data[:middle])
        self._calls.reach(HALF, "write")
        super().write(data[middle:])
        self._calls.reach(AFTER, "write")
        return len(data)


def nothing(_point: Point, _name: str) -> None:
    """Let every call happen."""


def signalled(at: Point, number: int) -> Callable[[Point, str], None]:
    """Send this process a signal at a point."""

    def act(point: Point, _name: str) -> None:
        if point == at:
            signal.raise_signal(number)

    return act


def failing(at: Point, number: int, *, ever_after: bool = False) -> Callable[[Point, str], None]:
    """Have a call fail with an error of the system: that one, or every one of its name from then on."""

    names: set[str] = set()

    def act(point: Point, name: str) -> None:
        if point == at:
            names.add(name)
        if point == at or (ever_after and point.when == at.when and name in names):
            raise OSError(number, os.strerror(number))

    return act


def forked(action: Callable[[], Any], act: Callable[[Point, str], None] | None = None, wait: bool = True) -> Any:
    """Carry out an action in a child of this process.

    Args:
        action: What it does; its result must be JSON.
        act: What happens at each point; None: the calls are not looked at, and come as they are.
        wait: Whether to wait for its end; else a function is returned that does.

    Returns:
        What became of it.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads; none of them holds a lock here
        child = os.fork()
    if child == 0:
        _be_the_child(action, act, writing)
    os.close(writing)
    return _await(child, reading) if wait else lambda: _await(child, reading)


def _be_the_child(action: Callable[[], Any], act: Callable[[Point, str], None] | None, writing: int) -> None:
    write, leave = os.write, os._exit

    def say(**what: Any) -> None:
        write(writing, json.dumps(what).encode() + b"\n")

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        if act is not None:
            Calls(lambda name: say(call=name), act).install()
        say(value=action())
    except BaseException as error:  # noqa: BLE001 (whatever it is: the parent looks at it)
        say(error=f"{type(error).__name__}: {error}"[:2000])
    finally:
        sys.stdout.flush()
        leave(0)


def _await(child: int, reading: int) -> Ended:
    deadline, data = time.monotonic() + _SECONDS, b""
    try:
        while select.select([reading], [], [], max(0.0, deadline - time.monotonic()))[0]:
            part = os.read(reading, 1 << 16)
            if not part:
                break
            data += part
        else:
            os.kill(child, signal.SIGKILL)
            raise AssertionError(
                f"a child had not come to its end after {_SECONDS:g} seconds; its last call: {data[-80:]!r}"
            )
    finally:
        os.close(reading)
        status = os.waitpid(child, 0)[1]
    ended = Ended(signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None)
    for line in data.splitlines():
        said = json.loads(line)
        if "call" in said:
            ended.calls.append(said["call"])
        ended.value, ended.error = said.get("value", ended.value), said.get("error", ended.error)
    return ended
