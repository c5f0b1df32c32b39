# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: run in the foreground, or manage one in the background."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import __version__, daemon
from .config import parse_config, read_config, with_settings
from .run import HOSTS, build_world, run, state_folder, url_host
from .settings import ConfigError
from .tables import conditions_table, knobs_table
from .tls import write_private


def parser() -> argparse.ArgumentParser:
    """Build the command line."""
    result = argparse.ArgumentParser(
        prog="netsuite_simulator", description="A strict stand-in for NetSuite's OAuth 2.0 M2M endpoints, on loopback."
    )
    result.add_argument("--config", help="YAML or JSON file with preset, settings and accounts; - is standard input")
    result.add_argument("--settings", help="YAML or JSON file with knobs that beat the configuration's")
    result.add_argument("--host", default="127.0.0.1", help=f"loopback address: {', '.join(HOSTS)}")
    result.add_argument("--port", type=int, default=8080, help="HTTP port, 0 for a free one (default 8080)")
    result.add_argument("--https-port", type=int, help="HTTPS port as well, 0 for a free one")
    result.add_argument("--state-dir", type=Path, help="folder of ready file, CA and log (default: a temporary one)")
    result.add_argument("--ready-file", type=Path, help="default <state-dir>/ready.json")
    result.add_argument("--preset", choices=("spec", "observed"), help="error table; beats the configuration")
    result.add_argument("--fast-keys", action="store_true", help="sign access tokens with RSA-2048, not RSA-4096")
    result.add_argument("--persist", action="store_true", help="keep certificate mappings in <state-dir>/state.json")
    result.add_argument("--tag", default="", help=argparse.SUPPRESS)
    how = result.add_mutually_exclusive_group()
    how.add_argument(
        "--daemon",
        action="store_true",
        help="have one run in the background, as configured; return once it listens, print its state as JSON",
    )
    how.add_argument("--status", action="store_true", help="print the state of the one of --state-dir as JSON")
    how.add_argument("--stop", action="store_true", help="end the one of --state-dir, if there is one")
    how.add_argument("--list-knobs", action="store_true", help="print the knobs as a Markdown table")
    how.add_argument("--list-conditions", action="store_true", help="print the error table as a Markdown table")
    result.add_argument("--dry-run", action="store_true", help="--daemon and --stop: only tell what would change")
    result.add_argument("--version", action="version", version=__version__)
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the simulator until SIGTERM or SIGINT, or do what an option says; return the exit status."""
    options = parser().parse_args(arguments)
    if options.list_knobs or options.list_conditions:
        sys.stdout.write(knobs_table() if options.list_knobs else conditions_table())
        return 0
    if options.host not in HOSTS:
        return _complain(f"--host must be a loopback address ({', '.join(HOSTS)}), not {options.host!r}")
    managed = options.daemon or options.status or options.stop
    if (options.persist or managed) and options.state_dir is None:
        return _complain("--persist, --daemon, --status and --stop need --state-dir")
    os.umask(0o077)
    try:
        if managed:
            sys.stdout.write(json.dumps(_manage(options)) + "\n")
        else:
            run(options, parse_config(_config_text(options), options.config))
    except ConfigError as error:
        return _complain(str(error))
    except OSError as error:
        return _complain(f"cannot start: {error}")
    return 0


def _complain(message: str) -> int:
    """Say what is wrong; return the exit status for it."""
    sys.stderr.write(f"netsuite_simulator: {message}\n")
    return 2


def _config_text(options: argparse.Namespace) -> str:
    """Read the configuration from a file, from standard input, or take an empty one; put the file of knobs on top."""
    text = "{}"
    if options.config is not None:
        text = sys.stdin.read() if options.config == "-" else read_config(Path(options.config))
    if options.settings is None:
        return text
    config = parse_config(text, options.config)
    return json.dumps(with_settings(config, read_config(Path(options.settings)), options.settings))


def _manage(options: argparse.Namespace) -> dict[str, Any]:
    """Look at, end or start a simulator in the background; return its state."""
    ready_file = options.ready_file or options.state_dir / "ready.json"
    found = daemon.status(ready_file)
    if options.status:
        return found
    if options.stop:
        if not options.dry_run:
            daemon.stop(ready_file)
        return {"running": False, "changed": found["running"]}
    text = _config_text(options)
    build_world(options, parse_config(text, options.config))  # tells mistakes before anything is touched
    tag = daemon.fingerprint(text, *(getattr(options, name) for name in _IDENTITY))
    if found["running"] and found["tag"] == tag:
        return {**found, "changed": False}
    if options.dry_run:
        return {**_forecast(options), "changed": True}
    daemon.stop(ready_file)
    folder = state_folder(options.state_dir)
    write_private(folder / "config.yml", text.encode("utf-8"))
    return {**daemon.start(_command(options, folder, ready_file, tag), folder, ready_file), "changed": True}


_IDENTITY = ("host", "port", "https_port", "preset", "fast_keys", "persist")


def _command(options: argparse.Namespace, folder: Path, ready_file: Path, tag: str) -> list[str]:
    """Return the options of the process in the background."""
    words = ["--config", str(folder / "config.yml"), "--host", options.host, "--port", str(options.port)]
    words += ["--state-dir", str(folder), "--ready-file", str(ready_file), "--tag", tag]
    if options.https_port is not None:
        words += ["--https-port", str(options.https_port)]
    if options.preset is not None:
        words += ["--preset", options.preset]
    return words + ["--fast-keys"] * options.fast_keys + ["--persist"] * options.persist


def _forecast(options: argparse.Namespace) -> dict[str, Any]:
    """Return the addresses a start would give, as far as they can be known."""
    host = url_host(options.host)
    return {
        "running": False,
        "base_url": f"http://{host}:{options.port}" if options.port else None,
        "https_base_url": f"https://{host}:{options.https_port}" if options.https_port else None,
        "ca_path": str(options.state_dir.resolve() / "ca.pem") if options.https_port is not None else None,
    }
