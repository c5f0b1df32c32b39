# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An OpenBao server, which speaks HashiCorp Vault's API, as a process of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
import requests

_SECONDS = 30.0


@dataclass(frozen=True)
class OpenBao:
    """A running server.

    Attributes:
        url: Its address.
        token: The token of its root.
        ca_cert: Whom to trust, where it speaks TLS.
    """

    url: str
    token: str
    ca_cert: str | None = None

    def client(self) -> Any:
        """A session as root."""
        return hvac.Client(url=self.url, token=self.token, verify=self.ca_cert or True)

    def run(self, *arguments: str) -> None:
        """Run its command line as root, as an administrator does."""
        environment = {"PATH": os.environ["PATH"], "VAULT_ADDR": self.url, "VAULT_TOKEN": self.token}
        subprocess.run([_program(), *arguments], env=environment, check=True, capture_output=True)

    def space(self, name: str) -> Any:
        """A session as root in a namespace, which is made."""
        self.client().sys.create_namespace(path=name)
        return hvac.Client(url=self.url, token=self.token, namespace=name, verify=self.ca_cert or True)

    def token_with(self, policy: str, *, ttl: str = "1h") -> str:
        """A token that may do what a policy says."""
        client = self.client()
        name = f"p{time.monotonic_ns()}"
        client.sys.create_or_update_policy(name, policy)
        token: str = client.auth.token.create(policies=[name], ttl=ttl, no_parent=True)["auth"]["client_token"]
        return token


@contextmanager
def running_openbao(folder: Path, *, tls: bool = False) -> Iterator[OpenBao]:
    """A development server: in memory, unsealed, with a KV version 2 engine at ``secret``."""
    port = _free_ports()
    command = [_program(), "server", "-dev"]
    command += ["-dev-root-token-id=root", f"-dev-listen-address=127.0.0.1:{port}", "-dev-no-store-token"]
    if tls:
        command += ["-dev-tls", f"-dev-tls-cert-dir={folder}"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    with (folder / "openbao.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    server = OpenBao(
        f"{'https' if tls else 'http'}://127.0.0.1:{port}", "root", str(folder / "vault-ca.pem") if tls else None
    )
    try:
        _await(server, process, folder / "openbao.log")
        yield server
    finally:
        process.kill()
        process.wait()


def _program() -> str:
    beside = Path(sys.executable).with_name("bao")
    return str(beside) if beside.exists() else str(shutil.which("bao"))


def _await(server: OpenBao, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{server.url}/v1/sys/health", timeout=1, verify=server.ca_cert or True).ok:
                return
        except (requests.RequestException, OSError):
            time.sleep(0.05)
    raise AssertionError(f"OpenBao did not start:\n{log.read_text(errors='replace')}")


def _free_ports() -> int:
    """A free port whose successor, which the server takes as well, is free too."""
    while True:
        with closing(socket.socket()) as first, closing(socket.socket()) as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
