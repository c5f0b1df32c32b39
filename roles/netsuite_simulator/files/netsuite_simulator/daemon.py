# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in the background: start it, ask for it, end it.

The ready file names a process; it counts only when the process that listens there says the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from .settings import ConfigError

_POLL = 0.02
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def status(ready_file: Path) -> dict[str, Any]:
    """Return ``{"running": True, pid, base_url, ..., tag}``, or ``{"running": False}``."""
    try:
        ready = json.loads(ready_file.read_text(encoding="utf-8"))
        with _DIRECT.open(f"{ready['base_url']}/_admin/ping", timeout=5) as answer:
            ping = json.loads(answer.read())
        if ping["pid"] == ready["pid"]:
            return {"running": True, **ready, "tag": ping["tag"]}
    except (OSError, ValueError, TypeError, KeyError):
        pass
    return {"running": False}


def fingerprint(config: str, *options: object) -> str:
    """Return what tells one set-up from another: configuration, options and the program itself."""
    digest = sha256(repr((config, options)).encode("utf-8"))
    for path in sorted(Path(__file__).resolve().parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def stop(ready_file: Path, patience: float = 10.0) -> None:
    """End the simulator of a ready file, if there is one; a left-over file goes."""
    found = status(ready_file)
    if not found["running"]:
        ready_file.unlink(missing_ok=True)
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(found["pid"], signal.SIGTERM)
    deadline = time.monotonic() + patience
    while status(ready_file)["running"] or ready_file.exists():
        if time.monotonic() > deadline:
            raise ConfigError(f"process {found['pid']} does not end")
        time.sleep(_POLL)


def start(arguments: Sequence[str], folder: Path, ready_file: Path, patience: float = 30.0) -> dict[str, Any]:
    """Start a simulator in a session of its own; return its status once it listens."""
    output = folder / "output.log"
    command = [sys.executable, str(Path(__file__).resolve().parent), *arguments]
    with output.open("wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    deadline = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < deadline:
        if ready_file.exists():
            found = status(ready_file)
            if found["running"]:
                return found
        time.sleep(_POLL)
    if process.poll() is None:
        process.terminate()
    said = output.read_text(encoding="utf-8", errors="replace").strip().removeprefix("netsuite_simulator: ")
    raise ConfigError(said[-2000:] or f"the simulator did not start within {patience:.0f} seconds")
