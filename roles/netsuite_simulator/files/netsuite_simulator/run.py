# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulator in the foreground: build the world, listen, say so, and end cleanly."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .server import AccessLog, Server
from .settings import ConfigError, check_overrides
from .store import Store
from .tls import make_context, write_private
from .world import World

HOSTS = ("127.0.0.1", "localhost", "::1")
_ENDS = (signal.SIGTERM, signal.SIGINT)


def build_world(options: argparse.Namespace, config: Mapping[str, Any]) -> World:
    """Turn a checked configuration into a world."""
    overrides = check_overrides(config.get("settings") or {}, "settings")
    preset = options.preset or config.get("preset")
    if preset is not None:
        overrides |= check_overrides({"preset": preset}, "configuration")
    accounts = config.get("accounts") or []
    if not isinstance(accounts, list):
        raise ConfigError("accounts must be a list")
    world = World(overrides, 2048 if options.fast_keys else 4096)
    world.tag = options.tag
    world.add_accounts(accounts)
    return world


def run(options: argparse.Namespace, config: Mapping[str, Any]) -> None:
    """Listen until SIGTERM or SIGINT.

    The signals are blocked before any thread begins, so that none but the wait below receives them.
    """
    with contextlib.ExitStack() as stack:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
        stack.callback(signal.pthread_sigmask, signal.SIG_SETMASK, before)
        world = build_world(options, config)
        world.signer.prepare()
        folder = _temporary_folder(stack) if options.state_dir is None else state_folder(options.state_dir)
        if options.persist:
            store = Store(folder / "state.json", world)
            store.load()
            world.changed = store.save
        ready = _listen(options, world, folder, stack)
        ready_file = options.ready_file or folder / "ready.json"
        write_private(ready_file, json.dumps(ready).encode("utf-8") + b"\n")
        stack.callback(_remove_own, ready_file)
        sys.stdout.write(f"NetSuite simulator at {ready['base_url']} (ready file {ready_file})\n")
        sys.stdout.flush()
        signal.sigwait(_ENDS)


def _listen(options: argparse.Namespace, world: World, folder: Path, stack: contextlib.ExitStack) -> dict[str, Any]:
    """Open the listeners; return what the ready file tells."""
    log = AccessLog(folder / "access.log")
    stack.callback(log.close)
    host = url_host(options.host)
    plain = _serve(Server((options.host, options.port), world, log, None), stack)
    ready: dict[str, Any] = {
        "pid": os.getpid(),
        "base_url": f"http://{host}:{plain.server_port}",
        "https_base_url": None,
        "ca_path": None,
    }
    if options.https_port is not None:
        context, ca_path = make_context(folder)
        secure = _serve(Server((options.host, options.https_port), world, log, context), stack)
        ready |= {"https_base_url": f"https://{host}:{secure.server_port}", "ca_path": str(ca_path)}
    return ready


def _serve(server: Server, stack: contextlib.ExitStack) -> Server:
    """Serve in a thread of its own until the stack unwinds."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    return server


def url_host(host: str) -> str:
    """Return a host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def state_folder(wanted: Path) -> Path:
    """Return the state folder, made 0700 when it is not there; somebody else's is refused."""
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    if wanted.stat().st_uid != os.geteuid():
        raise ConfigError(f"the state folder {wanted} belongs to another user")
    return wanted.resolve()


def _temporary_folder(stack: contextlib.ExitStack) -> Path:
    """Return a folder that goes when the simulator ends."""
    folder = Path(tempfile.mkdtemp(prefix="netsuite-simulator-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _remove_own(ready_file: Path) -> None:
    """Remove the ready file, unless another process has put its own there."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(ready_file.read_text(encoding="utf-8")).get("pid") == os.getpid():
            ready_file.unlink()
