# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A forward proxy that works and counts: plain requests by absolute URI, TLS by CONNECT."""

from __future__ import annotations

import base64
import http.client
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_HOP = {"proxy-authorization", "connection", "proxy-connection", "keep-alive", "transfer-encoding", "content-length"}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._forward()

    def do_POST(self) -> None:
        self._forward()

    def parse_request(self) -> bool:
        """Whether the request is one, and of somebody who may use the proxy."""
        if not super().parse_request():
            return False
        if self.server.login is not None:
            expected = base64.b64encode(self.server.login.encode()).decode()
            if self.headers.get("Proxy-Authorization") != f"Basic {expected}":
                self.server.refused += 1
                self.close_connection = True
                self.send_response(407)
                self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return False
        return True

    def do_CONNECT(self) -> None:
        host, _colon, port = self.path.rpartition(":")
        self.server.seen.append(f"CONNECT {self.path}")
        with socket.create_connection((host, int(port)), timeout=10) as upstream:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pump, args=(upstream, self.connection), daemon=True)
            back.start()
            _pump(self.connection, upstream)
            back.join(10)
        self.close_connection = True

    def _forward(self) -> None:
        url = urlsplit(self.path)
        self.server.seen.append(f"{self.command} {url.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        upstream = http.client.HTTPConnection(str(url.hostname), url.port, timeout=10)
        fields = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
        upstream.request(self.command, url.path, body or None, fields)
        answer = upstream.getresponse()
        data = answer.read()
        upstream.close()
        self.server.bodies.append((body, data))
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    seen: list[str]
    bodies: list[tuple[bytes, bytes]]
    login: str | None
    refused: int


class Proxy:
    """The proxy, on a free port, for as long as the block lasts. ``seen`` lists what went through.

    Args:
        login: ``user:password`` that it demands, by Basic authentication.
    """

    def __init__(self, login: str | None = None) -> None:
        self._login = login

    def __enter__(self) -> Proxy:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.seen, self._server.bodies = [], []
        self._server.login, self._server.refused = self._login, 0
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def seen(self) -> list[str]:
        """What went through so far, and is forgotten with this."""
        found, self._server.seen = self._server.seen, []
        return found

    @property
    def refused(self) -> int:
        """How many requests came without the login."""
        return self._server.refused

    @property
    def bodies(self) -> list[tuple[bytes, bytes]]:
        """The bodies of plain requests and of their answers."""
        return self._server.bodies
