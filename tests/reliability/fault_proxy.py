# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server in front of the simulator, or of OpenBao, that spoils one answer at the level of TCP."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

OK = b"HTTP/1.1 200 OK\r\n"
_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
#: How long something slow goes on at most; every client gives up before.
_SLOW = 20.0


@dataclass(frozen=True)
class Fault:
    """What becomes of an answer.

    Attributes:
        spoil: Gets the client's socket and the answer as it should be; sends what the client gets instead. Afterwards
            the connection is closed.
        processed: Whether the request is carried out first.
    """

    spoil: Callable[[socket.socket, bytes], None]
    processed: bool = True


@dataclass
class Request:
    """A request that came, and whether it went on to the server."""

    method: str
    path: str
    body: bytes = field(repr=False)
    processed: bool

    @property
    def route(self) -> str:
        """Method and last part of the path."""
        return f"{self.method} {self.path.partition('?')[0].rstrip('/').rpartition('/')[2]}"


class FaultProxy:
    """The server. It listens while the block lasts, and passes everything on but for the n-th request.

    Args:
        upstream: The address of the server behind it.
        family: Of its own address.
    """

    def __init__(self, upstream: str, family: socket.AddressFamily = socket.AF_INET) -> None:
        self._upstream, self._family = urlsplit(upstream), family
        self._lock = threading.Lock()
        self.order()

    def __enter__(self) -> FaultProxy:
        place = "127.0.0.1" if self._family == socket.AF_INET else "::1"
        self._listener = socket.create_server((place, 0), family=self._family, backlog=64)
        self.url = (
            f"http://{place if self._family == socket.AF_INET else f'[{place}]'}:{self._listener.getsockname()[1]}"
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._listener.close()

    def order(self, number: int | None = None, fault: Fault | None = None, *, ever_after: bool = False) -> None:
        """Spoil the ``number``-th request from now (from 0), or that one and all after it; forget those so far."""
        self.requests: list[Request] = []
        self._at, self._fault, self._ever_after = number, fault, ever_after

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection = self._listener.accept()[0]
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, ValueError):
            connection.settimeout(30)
            stream = connection.makefile("rb")
            while head := stream.readline():
                method, path, _version = head.decode("latin-1").split(" ", 2)
                fields = http.client.parse_headers(stream)
                body = stream.read(int(fields.get("Content-Length") or 0))
                fault = self._note(method, path, body)
                if fault is not None:
                    answer = self._forward(method, path, fields, body) if fault.processed else b""
                    fault.spoil(connection, answer)
                    return
                connection.sendall(self._forward(method, path, fields, body))

    def _note(self, method: str, path: str, body: bytes) -> Fault | None:
        with self._lock:
            at, number = self._at, len(self.requests)
            hit = at is not None and (number == at or (self._ever_after and number > at))
            fault = self._fault if hit else None
            self.requests.append(Request(method, path, body, fault is None or fault.processed))
        return fault

    def _forward(self, method: str, path: str, fields: http.client.HTTPMessage, body: bytes) -> bytes:
        upstream = http.client.HTTPConnection(str(self._upstream.hostname), self._upstream.port, timeout=30)
        with contextlib.closing(upstream):
            passed = {name: value for name, value in fields.items() if name.lower() not in _HOP}
            upstream.request(method, path, body or None, passed)
            answer = upstream.getresponse()
            data = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP]
        head = [f"HTTP/1.1 {answer.status} {answer.reason}", *(f"{name}: {value}" for name, value in kept)]
        head.append(f"Content-Length: {len(data)}")
        return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + data


class Trap:
    """A place where nobody has any business: whatever comes is kept."""

    def __enter__(self) -> Trap:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.visits: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                with self._listener.accept()[0] as connection:
                    connection.settimeout(1)
                    self.visits.append(connection.recv(65536))


def reset(connection: socket.socket, _answer: bytes) -> None:
    """Reset the connection."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close(_connection: socket.socket, _answer: bytes) -> None:
    """Hang up."""


def silence(connection: socket.socket, _answer: bytes) -> None:
    """Say nothing until the client hangs up."""
    connection.settimeout(_SLOW)
    connection.recv(1)


def says(data: bytes) -> Callable[[socket.socket, bytes], None]:
    """Send something else."""
    return lambda connection, _answer: connection.sendall(data)


def body(
    data: bytes, head: bytes = OK + b"Content-Type: application/json\r\n"
) -> Callable[[socket.socket, bytes], None]:
    """Send another body."""
    return says(head + b"Content-Length: %d\r\n\r\n" % len(data) + data)


def status(
    number: int, *more: str, data: bytes = b'{"error": "server_error"}'
) -> Callable[[socket.socket, bytes], None]:
    """Send another status."""
    lines = [
        f"HTTP/1.1 {number} Fault",
        "Content-Type: application/json",
        *more,
        f"Content-Length: {len(data)}",
        "",
        "",
    ]
    return says("\r\n".join(lines).encode() + data)


def drip(at: bytes, piece: bytes = b"") -> Callable[[socket.socket, bytes], None]:
    """Send the answer up to a mark, and then a byte at a time."""

    def spoil(connection: socket.socket, answer: bytes) -> None:
        start = answer.index(at) + len(at)
        connection.sendall(answer[:start])
        deadline = time.monotonic() + _SLOW
        while time.monotonic() < deadline:
            connection.sendall(piece or b"x")
            time.sleep(0.02)

    return spoil


def cut(at: bytes) -> Callable[[socket.socket, bytes], None]:
    """Send the answer up to just behind a mark."""
    return lambda connection, answer: connection.sendall(answer[: answer.index(at) + len(at) + 2])


def endless(head: bytes, piece: bytes) -> Callable[[socket.socket, bytes], None]:
    """Send without an end."""

    def spoil(connection: socket.socket, _answer: bytes) -> None:
        connection.sendall(head)
        deadline = time.monotonic() + _SLOW
        while time.monotonic() < deadline:
            connection.sendall(piece * 256)

    return spoil


def twice(connection: socket.socket, answer: bytes) -> None:
    """Send the answer, and another one that nobody asked for."""
    connection.sendall(answer + OK + b"Content-Length: 2\r\n\r\n[]")


def faults(elsewhere: str) -> dict[str, Fault]:
    """Every fault, by name.

    Args:
        elsewhere: Where redirects lead.
    """
    bomb = gzip.compress(b"\0" * 50_000_000)
    packed = OK + b"Content-Encoding: gzip\r\n"
    return {
        **{
            f"status {number}": Fault(status(number), False)
            for number in (400, 401, 403, 404, 409, 429, 500, 502, 503, 504)
        },
        **{f"status {number} after the work": Fault(status(number)) for number in (500, 502, 503, 504)},
        **{
            f"redirect {number}": Fault(status(number, f"Location: {elsewhere}"), False)
            for number in (301, 302, 303, 307, 308)
        },
        **{
            f"Retry-After {value}": Fault(status(503, f"Retry-After: {value}"), False)
            for value in (
                "0",
                "86400",
                "-5",
                "nan",
                "inf",
                "1e400",
                "soon",
                "Wed, 21 Oct 2026 07:28:30 GMT",
                "Mon, 99 Foo",
            )
        },
        "status 429 and a pause": Fault(status(429, "Retry-After: 1"), False),
        "reset before the work": Fault(reset, False),
        "reset after the work": Fault(reset),
        "hung up before the work": Fault(close, False),
        "hung up after the work": Fault(close),
        "silence before the work": Fault(silence, False),
        "silence after the work": Fault(silence),
        "slow status line": Fault(drip(b"HTTP/1.1 ")),
        "slow headers": Fault(drip(b"\r\n", b"X")),
        "slow body": Fault(drip(b"\r\n\r\n", b" ")),
        "slow 100 Continue": Fault(drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
        "cut in the head": Fault(cut(b"HTTP/1.1 200")),
        "cut in the headers": Fault(cut(b"\r\n")),
        "cut in the body": Fault(cut(b"\r\n\r\n")),
        "too large": Fault(body(b"[" + b" " * 2_000_000 + b"]")),
        "endless body": Fault(endless(OK + b"\r\n", b"0123456789abcdef")),
        "endless headers": Fault(endless(OK, b"X-More: and more\r\n")),
        "endless chunks": Fault(endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"4\r\nmore\r\n")),
        "a gzip bomb": Fault(body(bomb, packed)),
        "gzip that is none": Fault(body(b"not packed at all", packed)),
        "an unknown encoding": Fault(body(b"{}", OK + b"Content-Encoding: zzz\r\n")),
        "HTML": Fault(body(b"<!DOCTYPE html><html><body>Sign in</body></html>", OK + b"Content-Type: text/html\r\n")),
        "HTML 502": Fault(status(502, data=b"<html>Bad gateway</html>"), False),
        "UTF-16": Fault(body('{"access_token": "x"}'.encode("utf-16"))),
        "bytes that are no text": Fault(body(b'{"a": "\xff\xfe\x00"}')),
        "nothing": Fault(body(b"")),
        "null": Fault(body(b"null")),
        "a number": Fault(body(b"17")),
        "a nest": Fault(body(b"[" * 100_000)),
        "a wrong shape": Fault(body(b'{"items": {"certificate_id": [1]}, "access_token": {"x": 1}, "keys": 5}')),
        "another protocol": Fault(says(b"SSH-2.0-OpenSSH_9.6\r\n"), False),
        "an answer without a head": Fault(says(b"{}\r\n"), False),
        "a bad chunk": Fault(says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")),
        "a bad length": Fault(says(OK + b"Content-Length: many\r\n\r\n{}")),
        "two answers": Fault(twice),
    }
