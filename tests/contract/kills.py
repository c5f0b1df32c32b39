# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed at one of the steps by which they leave a trace: a save, an upload, a revocation.

The run is a child of the test's process, which kills itself. What it has started lives on, as it does when a machine
runs out of memory or someone kills a run by its process id.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

BEFORE, AMID, AFTER = "before", "amid", "after"
#: Requests to NetSuite that write, by the last part of their path.
_WRITES = {"certificates": "upload", "revoke": "revoke"}


@dataclass
class Killed:
    """What became of a run.

    Attributes:
        status: As ``os.waitpid`` tells it.
        steps: The steps that it began.
        left: The process that carries out its last save, where it was killed amid that; it is stopped.
    """

    status: int
    steps: list[str] = field(default_factory=list)
    left: int | None = None

    def let_the_rest_end(self) -> None:
        """Let the process that has outlived it go on, and wait for its end."""
        if self.left and _is_running(self.left):
            os.kill(self.left, signal.SIGCONT)
        while self.left and _is_running(self.left):
            time.sleep(0.05)


def killed_at(number: int, moment: str, action: Callable[[], object], store: type, folder: Path) -> Killed:
    """Carry out an action in a child of this process, and kill that on its way.

    Args:
        number: Of the step, from 0.
        moment: Before it; amid it, when the request is sent and there is no answer yet; after it.
        action: What to do.
        store: The class of the store whose saves are steps.
        folder: Where the child may write down how far it has come.
    """
    log, left = folder / "steps", folder / "left"
    log.write_text("")
    left.unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads; none of them holds a lock here
        child = os.fork()
    if child == 0:
        try:
            _Steps(number, moment, log, left).install(store)
            action()
        except BaseException:  # noqa: BLE001 (the test sees that it was not killed, and the log why)
            traceback.print_exc()
        finally:
            os._exit(0)
    status = os.waitpid(child, 0)[1]
    return Killed(status, log.read_text().split(), int(left.read_text()) if left.exists() else None)


class _Steps:
    """Counts the steps of this process and ends it at one."""

    def __init__(self, number: int, moment: str, log: Path, left: Path) -> None:
        self._number, self._moment, self._log, self._left = number, moment, log, left
        self._reached, self._request = -1, ""

    def install(self, store: Any) -> None:
        """Stand before what makes the steps, for the rest of this process's life."""
        save, communicate = store.save, subprocess.Popen.communicate
        connection: Any = http.client.HTTPConnection
        putrequest, getresponse = connection.putrequest, connection.getresponse

        def saving(*given: Any) -> Any:
            self._begin("save")
            saved = save(*given)
            self._pass(AFTER)
            return saved

        def communicating(process: Any, request: Any = None, timeout: float | None = None) -> Any:
            if self._is_at(AMID):
                process.stdin.write(request)
                process.stdin.close()
                process.send_signal(signal.SIGSTOP)  # so that the test says when its save comes
                self._left.write_text(str(process.pid))
                _die()
            return communicate(process, request, timeout)

        def putting(self_: Any, method: str, url: str, *given: Any, **more: Any) -> Any:
            self._request = _WRITES.get(url.partition("?")[0].rpartition("/")[2], "") if method == "POST" else ""
            if self._request:
                self._begin(self._request)
            return putrequest(self_, method, url, *given, **more)

        def answering(self_: Any) -> Any:
            if not self._request:
                return getresponse(self_)
            self._pass(AMID)
            answer = getresponse(self_)
            self._pass(AFTER)
            return answer

        store.save = saving
        subprocess.Popen.communicate = communicating  # type: ignore[method-assign,assignment]
        connection.putrequest, connection.getresponse = putting, answering

    def _begin(self, step: str) -> None:
        self._reached += 1
        with self._log.open("a") as stream:
            stream.write(f"{step}\n")
        self._pass(BEFORE)

    def _is_at(self, moment: str) -> bool:
        return (self._reached, moment) == (self._number, self._moment)

    def _pass(self, moment: str) -> None:
        if self._is_at(moment):
            _die()


def _die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
