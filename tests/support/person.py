# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person at a terminal, and their browser, as far as a login needs them."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from .controller import Controller, Run, Started

ADDRESS = re.compile(r"https?://\S+/authorize\.nl\?\S+")
PROMPT = re.compile(r"Address for \S+:")
_SECONDS = 60


@dataclass
class Sitting:
    """ansible-playbook at a terminal: what it shows, and what is typed."""

    started: Started
    master: int
    shown: bytes = b""
    _reader: Thread = field(init=False)

    def __post_init__(self) -> None:
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """What was shown so far."""
        return self.shown.decode("utf-8", "replace").replace("\r", "")

    def until(self, pattern: re.Pattern[str]) -> str:
        """Wait until something is shown; returns it."""
        deadline = time.monotonic() + _SECONDS
        while time.monotonic() < deadline:
            if found := pattern.search(self.text):
                return found[0]
            if self.started.process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"{pattern.pattern} is not shown:\n{self.text}")

    def type(self, text: str) -> None:
        """Type a line, once there is a prompt, which discards what was typed before."""
        self.until(PROMPT)
        time.sleep(0.3)
        os.write(self.master, f"{text}\r".encode())

    def finish(self, rc: int | None = 0) -> Run:
        """Wait for the end."""
        self.started.process.wait(_SECONDS)
        self._reader.join(5)
        return self.started.read(self.text, "").expect(rc)

    def _read(self) -> None:
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(self.master, 65536):
                self.shown += piece


@contextlib.contextmanager
def at_terminal(controller: Controller, playbook: str, *arguments: str, **how: Any) -> Iterator[Sitting]:
    """Start ansible-playbook at a terminal of its own; see ``Controller.start``."""
    master, slave = os.openpty()
    started = controller.start(playbook, *arguments, terminal=slave, **how)
    os.close(slave)
    try:
        yield Sitting(started, master)
    finally:
        if started.process.poll() is None:
            started.kill()
        started.process.wait(10)
        os.close(master)


def follow(address: str) -> tuple[int, str]:
    """Status and text of the page at which a browser ends whose user accepts any certificate."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=anybody))
    try:
        with opener.open(address, timeout=10) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def consent(address: str, decision: str = "allow", role: str = "3", entity: str = "-5", **changes: str) -> str:
    """Decide on the simulator's authorization page; returns the address to which the browser is sent.

    Args:
        address: The page.
        decision: ``allow`` or ``deny``.
        role: Whom the person chooses to act as.
        entity: Whom the person chooses to act for.
        changes: What the browser brings back instead of what the page sent.
    """
    form = {"decision": decision, "role": role, "entity": entity}
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(address, timeout=10).status_code == 200
        answer = session.post(address, data=form, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    location = answer.headers["Location"]
    for name, value in changes.items():
        old = dict(parse_qsl(urlsplit(location).query))[name]
        location = location.replace(f"{name}={old}", f"{name}={value}")
    return location


@dataclass
class Person:
    """Somebody at a terminal, who does ``act`` with the address that is shown, and gives back what comes of it."""

    act: Callable[[str], str] = consent
    is_there: bool = True
    shown: list[str] = field(default_factory=list)
    brought: list[str] = field(default_factory=list)

    def greet(self, text: str) -> bool:
        """See ``operation.Terminal``, as for the rest."""
        self.shown.append(text)
        return self.is_there

    def show(self, text: str) -> None:
        """Read it."""
        self.shown.append(text)

    def ask(self, text: str, seconds: int) -> str:
        """Bring what comes of it."""
        self.shown.append(text)
        self.brought.append(self.act(self.address))
        return self.brought[-1]

    @property
    def address(self) -> str:
        """The page that was to be opened."""
        return ADDRESS.findall("\n".join(self.shown))[-1]
