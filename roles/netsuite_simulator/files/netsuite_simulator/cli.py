# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: read the configuration, listen, say so, and end cleanly."""

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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import __version__, daemon
from .config import read_config
from .server import AccessLog, Server
from .settings import ConfigError, check_overrides
from .store import Store
from .tls import make_context, write_private
from .world import World

_ENDS = (signal.SIGTERM, signal.SIGINT)
_HOSTS = ("127.0.0.1", "localhost", "::1")


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    result = argparse.ArgumentParser(
        prog="netsuite_simulator", description="A strict stand-in for NetSuite's OAuth 2.0 M2M endpoints, on loopback."
    )
    result.add_argument("--config", type=Path, help="YAML or JSON file with preset, settings and accounts")
    result.add_argument("--host", default="127.0.0.1", help=f"loopback address: {', '.join(_HOSTS)}")
    result.add_argument("--port", type=int, default=8080, help="HTTP port, 0 for a free one (default 8080)")
    result.add_argument("--https-port", type=int, help="HTTPS port as well, 0 for a free one")
    result.add_argument("--state-dir", type=Path, help="folder of ready file, CA and log (default: a temporary one)")
    result.add_argument("--ready-file", type=Path, help="default <state-dir>/ready.json")
    result.add_argument("--preset", choices=("spec", "observed"), help="error table; beats the configuration")
    result.add_argument("--fast-keys", action="store_true", help="sign access tokens with RSA-2048, not RSA-4096")
    result.add_argument("--persist", action="store_true", help="keep certificate mappings in <state-dir>/state.json")
    result.add_argument("--tag", default="", help="any text; /_admin/ping and --status repeat it")
    how = result.add_mutually_exclusive_group()
    how.add_argument("--daemon", action="store_true", help="start in the background; return once it listens")
    how.add_argument("--status", action="store_true", help="tell whether the one of --state-dir runs, as JSON")
    how.add_argument("--stop", action="store_true", help="end the one of --state-dir; no error when there is none")
    result.add_argument("--version", action="version", version=__version__)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until SIGTERM or SIGINT; return the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(given)
    if options.host not in _HOSTS:
        return _complain(f"--host must be a loopback address ({', '.join(_HOSTS)}), not {options.host!r}")
    in_background = options.daemon or options.status or options.stop
    if (options.persist or in_background) and options.state_dir is None:
        return _complain("--persist, --daemon, --status and --stop need --state-dir")
    os.umask(0o077)
    try:
        if in_background:
            return _manage(options, given)
        with contextlib.ExitStack() as stack:
            _run(options, stack)
    except ConfigError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"cannot start: {error}")
    return 0


def _manage(options: argparse.Namespace, given: Sequence[str]) -> int:
    """Start, end or look at a simulator in the background; print its state as JSON."""
    ready_file = options.ready_file or options.state_dir / "ready.json"
    if options.status:
        answer = daemon.status(ready_file)
    elif options.stop:
        answer = {"running": False, "stopped": daemon.stop(ready_file)}
    else:
        build_world(options)  # a mistake in the configuration is told before anything starts
        with contextlib.ExitStack() as stack:
            folder = _state_folder(options.state_dir, stack)
        answer = daemon.start([word for word in given if word != "--daemon"], folder, ready_file)
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def _complain(message: str) -> int:
    """Say what is wrong; return the exit status for it."""
    sys.stderr.write(f"netsuite_simulator: {message}\n")
    return 2


def build_world(options: argparse.Namespace) -> World:
    """Read the configuration into a world."""
    config: dict[str, Any] = read_config(options.config) if options.config else {}
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


def _run(options: argparse.Namespace, stack: contextlib.ExitStack) -> None:
    """Listen, write the ready file, wait for the end.

    The signals are blocked before any thread begins, so that none but the wait below receives them.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
    stack.callback(signal.pthread_sigmask, signal.SIG_SETMASK, before)
    world = build_world(options)
    world.signer.prepare()
    folder = _state_folder(options.state_dir, stack)
    if options.persist:
        store = Store(folder / "state.json", world)
        store.load()
        world.changed = store.save
    log = AccessLog(folder / "access.log")
    stack.callback(log.close)
    plain = _listen(Server((options.host, options.port), world, log, None), stack)
    ready: dict[str, Any] = {
        "pid": os.getpid(),
        "base_url": f"http://{_url_host(options.host)}:{plain.server_port}",
        "https_base_url": None,
        "ca_path": None,
    }
    if options.https_port is not None:
        context, ca_path = make_context(folder, options.host)
        secure = _listen(Server((options.host, options.https_port), world, log, context), stack)
        ready["https_base_url"] = f"https://{_url_host(options.host)}:{secure.server_port}"
        ready["ca_path"] = str(ca_path)
    ready_file = options.ready_file or folder / "ready.json"
    write_private(ready_file, json.dumps(ready).encode("utf-8") + b"\n")
    stack.callback(_remove_own, ready_file)
    sys.stdout.write(f"NetSuite simulator at {ready['base_url']} (ready file {ready_file})\n")
    sys.stdout.flush()
    signal.sigwait(_ENDS)


def _url_host(host: str) -> str:
    """Return a host as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def _state_folder(wanted: Path | None, stack: contextlib.ExitStack) -> Path:
    """Return the state folder, made 0700; without a wish it is temporary."""
    if wanted is None:
        folder = Path(tempfile.mkdtemp(prefix="netsuite-simulator-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        return folder
    wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    return wanted.resolve()


def _listen(server: Server, stack: contextlib.ExitStack) -> Server:
    """Serve in a thread of its own until the stack unwinds."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    return server


def _remove_own(ready_file: Path) -> None:
    """Remove the ready file, unless another process has put its own there."""
    with contextlib.suppress(OSError, ValueError):
        if json.loads(ready_file.read_text(encoding="utf-8")).get("pid") == os.getpid():
            ready_file.unlink()
