# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real ansible-playbook processes, in a world of their own."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .inventory import Inventory, Vaults, dump
from .simulator import ROOT

HERE = Path(__file__).resolve().parent
TREE = ROOT / ".cache/tree"
_NOISE = ("[WARNING]", "[DEPRECATION", "[ERROR]: Unexpected", "Unexpected Exception", "DeprecationWarning")


def program(name: str = "ansible-playbook") -> Path:
    """A program of the ansible-core under test: beside this Python, or beside the one E2E_ANSIBLE_PLAYBOOK names."""
    playbook = os.environ.get("E2E_ANSIBLE_PLAYBOOK") or Path(sys.executable).parent / "ansible-playbook"
    return Path(playbook).parent / name


@dataclass
class Run:
    """What came of one ansible-playbook process."""

    argv: list[str]
    rc: int
    stdout: str
    stderr: str
    events: list[dict[str, Any]]
    log: str = ""

    @property
    def output(self) -> str:
        """Everything it said."""
        return f"{self.stdout}\n{self.stderr}\n{self.log}"

    @property
    def recap(self) -> dict[str, dict[str, int]]:
        """By host: ``ok``, ``failures``, ``unreachable``, ``changed``, ``skipped``, ``rescued``, ``ignored``."""
        return next((event["hosts"] for event in reversed(self.events) if event["event"] == "recap"), {})

    @property
    def changed(self) -> dict[str, int]:
        """By host, how many tasks changed something."""
        return {host: figures["changed"] for host, figures in self.recap.items()}

    def results(
        self, host: str | None = None, *, task: str | None = None, action: str | None = None, status: str | None = None
    ) -> list[dict[str, Any]]:
        """The task results that fit; ``task`` and ``action`` match the end of the name."""
        return [
            event["result"]
            for event in self.events
            if event["event"] == "result"
            and (host is None or event["host"] == host)
            and (task is None or event["task"].endswith(task))
            and (action is None or event["action"].endswith(action))
            and (status is None or event["status"] == status)
        ]

    def result(self, host: str, task: str) -> dict[str, Any]:
        """The last result of a task on a host."""
        found = self.results(host, task=task)
        assert found, f"no result of {task!r} on {host}\n{self.tail()}"
        return found[-1]

    def account(self, host: str) -> dict[str, Any]:
        """What the role found: the host's ``netsuite_account_result``."""
        found = self.results(host, action="account_result")
        assert found, f"no account result on {host}\n{self.tail()}"
        return found[-1]

    def failures(self, host: str | None = None) -> list[dict[str, Any]]:
        """The results of failed tasks."""
        return self.results(host, status="failed")

    def tail(self, length: int = 6000) -> str:
        """The end of the output, for the message of a failed assertion."""
        return f"{' '.join(self.argv)}\nrc={self.rc}\n{self.stdout[-length:]}\n{self.stderr[-length:]}"

    def expect(self, rc: int | None = 0) -> Run:
        """Assert the exit status (None: anything but 0)."""
        assert self.rc == rc if rc is not None else self.rc != 0, self.tail()
        return self


@dataclass
class Started:
    """A process under way."""

    argv: list[str]
    process: subprocess.Popen[str]
    events_path: Path
    log_path: Path
    quiet: bool = True

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it with all its workers and modules."""
        os.killpg(self.process.pid, number)

    def wait(self, timeout: float = 300) -> Run:
        """Wait for its end and read what it did. Tracebacks, and warnings where ``quiet``, fail the test."""
        try:
            stdout, stderr = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            stdout, stderr = self.process.communicate()
            raise AssertionError(f"still running after {timeout} s\n{stdout[-4000:]}\n{stderr[-4000:]}") from None
        return self.read(stdout or "", stderr or "")

    def read(self, stdout: str, stderr: str) -> Run:
        """What it did, with what it said, once it has ended."""
        lines = self.events_path.read_text().splitlines() if self.events_path.exists() else []
        log = self.log_path.read_text() if self.log_path.exists() else ""
        run = Run(self.argv, self.process.returncode, stdout, stderr, [_event(line) for line in lines], log)
        assert "Traceback (most recent call last)" not in run.output, run.tail(20000)
        noise = [line for line in run.output.splitlines() if any(sign in line for sign in _NOISE)]
        assert not (self.quiet and noise), "\n".join([*noise, run.tail()])
        return run


def _take_terminal() -> None:
    """Make standard input the terminal of this session; Ansible asks nobody in the background."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _event(line: str) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except ValueError:  # the last line of a killed run
        return {"event": "broken"}


@dataclass
class Controller:
    """A controller with an empty home: inventory, vault ids, playbooks, and runs. Everything is below ``folder``."""

    folder: Path
    inventory: Inventory = field(init=False)
    vaults: Vaults = field(init=False)
    runs: int = 0

    def __post_init__(self) -> None:
        self.inventory = Inventory(self.folder / "inventory")
        self.vaults = Vaults(self.folder / "vaults")
        for folder in (self.home, self.tmp, self.inventory.folder, self.records):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def home(self) -> Path:
        """HOME of the runs."""
        return self.folder / "home"

    @property
    def tmp(self) -> Path:
        """TMPDIR of the runs."""
        return self.folder / "tmp"

    @property
    def records(self) -> Path:
        """Events and log files of the runs."""
        return self.folder / "records"

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """A run's environment; of the tests' own only what coverage needs is passed on."""
        inherited = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE_", "_ANSIBLE_"))}
        return {
            **inherited,
            "PATH": f"{program().parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_NOCOLOR": "1",
            # since 2.21 a module's options are in its result only where this is set: here they are always looked at
            "ANSIBLE_INJECT_INVOCATION": "1",
            # Ansible looks for jobs in the user's real home, and starts them in HOME
            "ANSIBLE_ASYNC_DIR": str(self.home / ".ansible_async"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_COLLECTIONS_PATH": str(TREE),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_CALLBACKS_ENABLED": "e2e_events",
            "ANSIBLE_CONNECTION_PLUGINS": str(HERE / "connection"),
            "ANSIBLE_PYTHON_INTERPRETER": str(program("python")),
            **(extra or {}),
        }

    def start(
        self,
        playbook: str | Path,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        vault: bool | Iterable[str] = True,
        inventory: str | Path | None = None,
        quiet: bool = True,
        terminal: int | None = None,
    ) -> Started:
        """Start ansible-playbook.

        Args:
            playbook: A path, or the name of one of the collection's (``m2m.netsuite.onboard``).
            arguments: Further arguments, for example ``--check``.
            env: Further environment.
            vault: Whether all vault ids are given to the run, or which ones.
            inventory: Another inventory than this controller's own.
            quiet: Whether a warning or a deprecation in the output fails the test.
            terminal: The terminal that the run reads from and writes to, a file descriptor; see ``person.at_terminal``.
        """
        self.runs += 1
        ids = (
            []
            if vault is False or not self.vaults.passwords
            else self.vaults.arguments(*(() if vault is True else vault))
        )
        argv = [str(program()), "-i", str(inventory or self.inventory.path), *ids, str(playbook), *arguments]
        events, log = self.records / f"{self.runs:02d}.events", self.records / f"{self.runs:02d}.log"
        environment = {"E2E_EVENTS": str(events), "ANSIBLE_LOG_PATH": str(log), **(env or {})}
        process = subprocess.Popen(
            argv,
            cwd=self.folder,
            env=self.environment(environment),
            stdin=subprocess.DEVNULL if terminal is None else terminal,
            stdout=subprocess.PIPE if terminal is None else terminal,
            stderr=subprocess.PIPE if terminal is None else terminal,
            text=True,
            start_new_session=True,
            preexec_fn=None if terminal is None else _take_terminal,  # noqa: PLW1509 (one system call)
        )
        return Started(argv, process, events, log, quiet)

    def play(self, playbook: str | Path, *arguments: str, timeout: float = 300, **how: Any) -> Run:
        """Run ansible-playbook to its end; see ``start``."""
        return self.start(playbook, *arguments, **how).wait(timeout)

    def playbook(self, *plays: dict[str, Any], name: str = "play.yml") -> Path:
        """Write a playbook."""
        path = self.folder / name
        path.write_text(dump(list(plays)))
        return path

    def tasks(self, tasks: list[dict[str, Any]], *arguments: str, hosts: str = "all", **how: Any) -> Run:
        """Run some tasks; ``play`` holds further keywords of the play (``connection: local`` is set)."""
        more = how.pop("play", {})
        play = {"hosts": hosts, "gather_facts": False, "connection": "local", **more, "tasks": tasks}
        return self.play(self.playbook(play, name=f"play{self.runs + 1:02d}.yml"), *arguments, **how)


def snapshot(*folders: Path) -> dict[str, tuple[int, int, str]]:
    """By path below some folders: mode, time of change, digest of the content. Equal snapshots: nothing was written."""
    found = {}
    for folder in folders:
        for path in sorted([folder, *folder.rglob("*")]):
            state = path.lstat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path)] = (state.st_mode, state.st_mtime_ns, digest)
    return found
