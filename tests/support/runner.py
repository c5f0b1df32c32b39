# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-runner: a private data directory, and jobs in it, here or on workers that have nothing but what is sent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .controller import Controller
from .inventory import Inventory, dump

_SECONDS = 900.0
#: A path for the credential file that a worker can write; the inventory is elsewhere.
WORKER_PATH = "{{ lookup('env', 'AWX_ISOLATED_DATA_DIR') }}/{{ inventory_hostname }}.yml"


@dataclass
class PrivateData:
    """A private data directory, whose inventory is from now on the controller's.

    Attributes:
        extra: Extra variables of every job.
        streams: What workers have sent, by job.
    """

    controller: Controller
    extra: Mapping[str, Any] = field(default_factory=dict)
    streams: dict[str, Path] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("env", "project", "inventory"):
            (self.folder / name).mkdir(parents=True)
        self.controller.inventory = Inventory(self.folder / "inventory")
        (self.folder / "env/cmdline").write_text(" ".join(self.controller.vaults.arguments()))
        (self.folder / "env/extravars").write_text(dump(dict(self.extra)))

    @property
    def folder(self) -> Path:
        """Where it is."""
        return self.controller.folder / "private"

    @property
    def artifacts(self) -> Path:
        """What came of the jobs."""
        return self.folder / "artifacts"

    def run(self, playbook: str, *arguments: str) -> str:
        """A job on this machine; returns what it said."""
        return self._runner("run", str(self.folder), *self._playbook(playbook), *arguments).decode()

    def on_workers(
        self,
        playbook: str,
        parts: Sequence[Sequence[str]],
        name: str,
        kill: Callable[[list[dict[str, Any]]], bool] | None = None,
    ) -> list[int | None]:
        """A job per part of the hosts, all at once, each on a worker of its own.

        Args:
            playbook: Which playbook.
            parts: The hosts of each worker.
            name: Distinguishes these jobs from others.
            kill: Ends the first worker as soon as this is true of its task results so far.

        Returns:
            The exit status of each job; None where it never ended.
        """
        idents = [f"{name}-{number}" for number in range(len(parts))]
        workers = [self._worker(playbook, ",".join(hosts), ident) for ident, hosts in zip(idents, parts, strict=True)]
        if kill:
            self._kill(workers[0], self.streams[idents[0]], kill)
        for worker in workers:
            worker.wait(_SECONDS)
        for ident in idents:
            self._runner("process", str(self.folder), "-i", ident, given=self.streams[ident].read_bytes())
        codes = [self.artifacts / ident / "rc" for ident in idents]
        return [int(path.read_text()) if path.exists() else None for path in codes]

    def results(self, task: str) -> list[dict[str, Any]]:
        """The results of a task, from the events of all jobs."""
        events = [json.loads(path.read_text()) for path in sorted(self.artifacts.glob("*/job_events/*.json"))]
        return [one["event_data"]["res"] for one in events if _is_result(one, task)]

    def _worker(self, playbook: str, hosts: str, ident: str) -> subprocess.Popen[bytes]:
        sent = self._runner("transmit", str(self.folder), *self._playbook(playbook), "-i", ident, "--limit", hosts)
        given, self.streams[ident] = (self.controller.folder / f"{ident}.{end}" for end in ("sent", "stream"))
        given.write_bytes(sent)
        with given.open("rb") as source, self.streams[ident].open("wb") as target:
            return subprocess.Popen(
                [sys.executable, "-m", "ansible_runner", "worker"],
                stdin=source,
                stdout=target,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=self.controller.tmp,
                start_new_session=True,
            )

    def _kill(
        self, worker: subprocess.Popen[bytes], stream: Path, is_time: Callable[[list[dict[str, Any]]], bool]
    ) -> None:
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline and worker.poll() is None:
            if is_time([event for event in _lines(stream) if _is_result(event)]):
                os.killpg(worker.pid, signal.SIGKILL)
                return
            time.sleep(0.02)
        raise AssertionError("the worker ended before it could be killed")

    def _playbook(self, playbook: str) -> list[str]:
        name = f"{playbook.rpartition('.')[2]}.yml"
        (self.folder / "project" / name).write_text(dump([{"import_playbook": playbook}]))
        return ["-p", name]

    def _environment(self) -> dict[str, str]:
        return self.controller.environment({"E2E_EVENTS": str(self.controller.records / "runner.events")})

    def _runner(self, *arguments: str, given: bytes = b"") -> bytes:
        argv = [sys.executable, "-m", "ansible_runner", *arguments]
        where = {"env": self._environment(), "cwd": self.controller.tmp}
        run = subprocess.run(argv, input=given, capture_output=True, check=False, **where)  # type: ignore[call-overload]
        assert b"Traceback" not in run.stdout + run.stderr, run.stdout + run.stderr
        return bytes(run.stdout)


def _lines(stream: Path) -> Iterator[dict[str, Any]]:
    """The events in what a worker has sent so far."""
    for line in stream.read_bytes().splitlines():
        if line.startswith(b'{"uuid"'):
            try:
                yield json.loads(line)
            except ValueError:  # not all of it has arrived
                return


def _is_result(event: dict[str, Any], task: str | None = None) -> bool:
    data = event.get("event_data") or {}
    return "res" in data and task in (None, data.get("task"))
