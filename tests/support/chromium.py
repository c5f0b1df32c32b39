# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A headless Chromium, driven by the Chrome DevTools Protocol over two pipes (``--remote-debugging-pipe``)."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome")
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-proxy-server")
_SECONDS = 60
# Once per page: fill in what is empty, and press the button.
_PRESS = """
(() => {
  const button = document.querySelector(SELECTOR);
  if (!button || button.dataset.pressed) { return; }
  for (const field of document.querySelectorAll('input:not([type=hidden])')) { field.value ||= 'somebody'; }
  button.dataset.pressed = 'yes';
  button.click();
})()
"""


class Chromium:
    """A browser with an empty profile. It trusts any certificate, as a person does who goes on after the warning."""

    def __init__(self, folder: Path) -> None:
        self._numbers = itertools.count(1)
        (its_read, write), (read, its_write) = os.pipe(), os.pipe()
        command = [str(PROGRAM), *_OPTIONS, "--ignore-certificate-errors", "--remote-debugging-pipe"]
        command += [f"--user-data-dir={folder}", "about:blank"]
        # Chromium reads from descriptor 3 and writes to 4.
        shell = ["bash", "-c", f'exec "$@" 3<&{its_read} 4>&{its_write}', "-", *command]
        self._process = subprocess.Popen(
            shell, pass_fds=(its_read, its_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(its_read)
        os.close(its_write)
        self._to, self._from = os.fdopen(write, "wb", 0), os.fdopen(read, "rb")

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):
            self.ask("Browser.close")
        self._process.wait(20)
        self._to.close()
        self._from.close()

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """One command, and its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        self._to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._hear()
            if answer.get("id") == number:
                return dict(answer.get("result") or {})

    def go(self, address: str, end: str, selector: str) -> str:
        """Open an address in a window of its own and press a button on each page, until it ends somewhere.

        Args:
            address: Where to begin.
            end: How the address begins at which to stop.
            selector: The button, as a CSS selector.
        """
        with self._window(address) as (target, session):
            deadline = time.monotonic() + _SECONDS
            while time.monotonic() < deadline:
                url = str(self.ask("Target.getTargetInfo", targetId=target)["targetInfo"]["url"])
                if url.startswith(end):
                    return url
                self.ask("Runtime.evaluate", session, expression=_PRESS.replace("SELECTOR", json.dumps(selector)))
                time.sleep(0.1)
            raise AssertionError(f"the browser is at {url}")

    @contextlib.contextmanager
    def _window(self, address: str) -> Iterator[tuple[str, str]]:
        context = self.ask("Target.createBrowserContext")["browserContextId"]  # without the cookies of others
        target = self.ask("Target.createTarget", url=address, browserContextId=context)["targetId"]
        session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        try:
            yield target, session
        finally:
            self.ask("Target.disposeBrowserContext", browserContextId=context)

    def _hear(self) -> dict[str, Any]:
        message = b""
        while not message.endswith(b"\0"):
            piece = self._from.read(1)
            assert piece, "the browser has ended"
            message += piece
        return dict(json.loads(message[:-1]))
