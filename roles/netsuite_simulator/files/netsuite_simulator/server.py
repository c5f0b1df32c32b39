# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side: one thread per connection, keep-alive, one write per answer."""

from __future__ import annotations

import contextlib
import http
import socket
import socketserver
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TextIO

from . import __version__, app
from .wire import Request, Response, json_response
from .world import World

_BODY_LIMIT = 1024 * 1024
_ENDLESS_LIMIT = 1024 * 1024 * 1024
_PHRASES = {entry.value: entry.phrase for entry in http.HTTPStatus}


class AccessLog:
    """One line per request: time, method, path, status. No query, no headers, no bodies."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)
        self._lock = threading.Lock()

    def close(self) -> None:
        """Write no more."""
        with self._lock:
            self._file.close()

    def write(self, method: str, path: str, status: int, seconds: float) -> None:
        """Write a line."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = f"{stamp} {method} {path.encode('ascii', 'backslashreplace').decode()} {status} {seconds * 1000:.1f}ms\n"
        with self._lock, contextlib.suppress(ValueError):
            self._file.write(line)


class Server(ThreadingHTTPServer):
    """A listener; hand it a TLS context to make it HTTPS."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 512
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], world: World, log: AccessLog, tls: ssl.SSLContext | None) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.world, self.log, self.scheme = world, log, "https" if tls else "http"
        super().__init__(address, Handler)
        if tls is not None:
            # the handshake happens at the first read, in the connection's own thread
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)

    def server_bind(self) -> None:
        """Bind without the reverse look-up that the base class makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about clients that go away; tell anything else."""
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Reads a request, lets the app answer it, writes the answer."""

    protocol_version = "HTTP/1.1"
    server_version = f"NetSuiteSimulator/{__version__}"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 60
    server: Server

    def _serve(self) -> None:
        """Serve one request."""
        started = time.perf_counter()
        body = self._read_body()
        if isinstance(body, Response):
            self.close_connection = True
            response = body
        else:
            request = Request(self.command, self.path, self.headers, body, self.server.scheme)
            try:
                response = app.handle(self.server.world, request)
            except Exception:  # noqa: BLE001  a bug here must not look like a dropped connection
                self.server.handle_error(self.request, self.client_address)
                response = json_response(500, {"error": "simulator_bug"})
        self._deliver(response)
        self.server.log.write(self.command, self.path.partition("?")[0], response.status, time.perf_counter() - started)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _read_body(self) -> bytes | Response:
        """Read the body by its Content-Length."""
        if self.headers.get("Transfer-Encoding") is not None:
            return json_response(411, {"error": "length_required"})
        lengths = self.headers.get_all("Content-Length") or ["0"]
        if len(lengths) != 1 or not lengths[0].isascii() or not lengths[0].isdecimal():
            return json_response(400, {"error": "invalid_request"})
        if int(lengths[0]) > _BODY_LIMIT:
            return json_response(413, {"error": "too_large"})
        data = self.rfile.read(int(lengths[0]))
        return data if len(data) == int(lengths[0]) else json_response(400, {"error": "invalid_request"})

    def _deliver(self, response: Response) -> None:
        """Write the answer, or as much of it as the fault allows."""
        if response.delivery == "none":
            self.close_connection = True
            return
        if response.delivery == "endless":
            self._deliver_endless(response)
            return
        head, body = self._head(response, len(response.body)), response.body
        if self.command == "HEAD":
            body = b""
        if response.delivery == "half":
            self.close_connection = True
            body = body[: len(body) // 2]
        self.wfile.write(head + body)

    def _head(self, response: Response, length: int | None) -> bytes:
        """Write status line and headers."""
        headers = {"Server": self.server_version, "Date": self.date_time_string(), **response.headers}
        if response.content_type is not None:
            headers.setdefault("Content-Type", response.content_type)
        if length is not None and response.status not in (204, 304):
            headers["Content-Length"] = str(length)
        if self.close_connection or response.delivery != "whole":
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {response.status} {_PHRASES.get(response.status, 'Unknown')}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    def _deliver_endless(self, response: Response) -> None:
        """Send a body that does not end, until the client has had enough."""
        self.close_connection = True
        self.wfile.write(self._head(response, None))
        for _chunk in range(_ENDLESS_LIMIT // len(response.body)):
            self.wfile.write(response.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent; the access log has its own line."""
