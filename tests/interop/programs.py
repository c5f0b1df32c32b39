# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other people's programs as processes that are asked line by line."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

HERE = Path(__file__).resolve().parent
# JWS algorithm to coordinate size (RFC 7518 section 3.4).
COORDINATE = {"ES256": 32, "ES384": 48, "ES512": 66}


@dataclass
class Program:
    """A Node program that speaks JSON, one document per line. What it says beside its answers is kept in ``said``."""

    name: str
    said: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Program:
        self._process = subprocess.Popen(
            ["node", str(HERE / "node" / self.name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.terminate()
        self._process.wait(10)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask one question."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """The next line it says."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"{self.name} has ended"
        return dict(json.loads(line))


class AuthorizationServer(Program):
    """oidc-provider, with the clients it is to know."""

    def __init__(self, clients: list[dict[str, Any]]) -> None:
        super().__init__("authorization_server.mjs")
        self.clients = clients

    def __enter__(self) -> AuthorizationServer:
        super().__enter__()
        self.base_url: str = self.ask({"clients": self.clients})["issuer"]
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._listener.join(10)
        super().__exit__()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(json.loads(line))

    def reason(self, act: Callable[[], Any]) -> tuple[Any, str]:
        """What comes of an act, and why the server refused it."""
        before = len(self.said)
        result = act()
        for _time in range(200):
            if len(self.said) > before:
                return result, str(self.said[-1]["refused"])
            self._listener.join(0.01)
        return result, ""


def openssl(*arguments: str, data: bytes = b"", good: bool = True) -> bytes:
    """What the openssl command says; fails unless it ends as expected."""
    done = subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=False)
    assert (done.returncode == 0) is good, (arguments, done.stdout, done.stderr)
    return done.stdout if good else done.stdout + done.stderr


def parts(jws: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Header, claims, signing input and signature of a compact JWS, taken apart by hand (RFC 7515 section 7.1)."""
    head, body, signature = jws.split(".")
    return json.loads(unpad(head)), json.loads(unpad(body)), f"{head}.{body}".encode(), unpad(signature)


def unpad(text: str) -> bytes:
    """Decode base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pad(data: bytes) -> str:
    """Encode base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def der_signature(signature: bytes, algorithm: str) -> bytes:
    """The form that openssl reads: for ECDSA r and s as DER, else the signature itself."""
    size = COORDINATE.get(algorithm)
    if size is None:
        return signature
    assert len(signature) == 2 * size
    return encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
