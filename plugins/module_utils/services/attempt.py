# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One attempt at a request: its deadline, and connections that keep it.

A socket's timeout bounds the wait for the next byte, so a server that sends one byte at a time holds a client as long
as it likes. Here every wait gets what is left until the deadline: for a connection, a tunnel, the TLS handshake, the
status line, ``100 Continue``, headers, chunk lines and the body. Only the resolver's own bounds apply to a name.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from functools import partial
from typing import Any

from ..core.libraries import note_missing

try:
    from urllib3.exceptions import HTTPError
except ImportError as _error:
    note_missing("requests", _error)


class NoConnectionError(Exception):
    """There is no connection, so nothing was sent; ``reason`` is what the system says."""

    def __init__(self, reason: OSError) -> None:
        super().__init__()
        self.reason = reason


class Attempt:
    """What is left of the time, and whether the server may have seen the request.

    Args:
        seconds: How long the attempt may take as a whole.
    """

    def __init__(self, seconds: float) -> None:
        self._started = time.monotonic()
        self._deadline = self._started + seconds
        self.sent = False

    @property
    def elapsed(self) -> float:
        """Seconds since the attempt began."""
        return time.monotonic() - self._started

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self._deadline

    def left(self) -> float:
        """Seconds until the deadline.

        Raises:
            TimeoutError: there are none.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        return left


class Watch:
    """The attempt that is being made, as all connections of a client share it.

    Args:
        attempt: The first one.
    """

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt

    def kind(self, kind: type) -> type:
        """A library's class of connections, as one whose connections keep the deadline."""
        # From Python 3.14 on a partial in a class would be a method, and get the connection as an argument.
        namespace = {"watch": self, "response_class": staticmethod(partial(_Answer, self))}
        return kind if issubclass(kind, _Connection) else type(kind.__name__, (_Connection, kind), namespace)


class _Answer(http.client.HTTPResponse):
    """An answer of which every byte comes before the deadline."""

    def __init__(self, watch: Watch, sock: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(_Stream(watch, sock), *arguments, **options)  # type: ignore[arg-type]


class _Stream(io.RawIOBase):
    """What a connection receives."""

    def __init__(self, watch: Watch, sock: Any) -> None:
        self._watch, self._socket, self._raw = watch, sock, sock.makefile("rb", buffering=0)

    def makefile(self, *_mode: Any) -> io.BufferedReader:
        """All that ``HTTPResponse`` wants of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._socket.settimeout(self._watch.attempt.left())
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Connection(http.client.HTTPConnection):
    """In front of a connection of urllib3, plain or TLS, direct or through a proxy."""

    watch: Watch

    def _new_conn(self) -> socket.socket:
        attempt = self.watch.attempt
        try:
            if hasattr(self, "_socks_options"):  # PySocks connects
                made: socket.socket = super()._new_conn()  # type: ignore[misc]
            else:
                made = _connect(self.host, self.port, attempt)
                for option in getattr(self, "socket_options", None) or ():
                    made.setsockopt(*option)
            made.settimeout(attempt.left())
        except OSError as error:
            raise NoConnectionError(error) from None
        except HTTPError:  # PySocks' failure, in urllib3's words
            raise NoConnectionError(OSError("the proxy did not let the connection through")) from None
        return made

    def _tunnel(self) -> None:
        try:
            super()._tunnel()  # type: ignore[misc]
        finally:
            self.watch.attempt.sent = False  # only CONNECT was
        self.sock.settimeout(self.watch.attempt.left())  # for the handshake

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.watch.attempt.sent = True
        self.sock.settimeout(self.watch.attempt.left())
        super().send(data)


def _connect(host: str, port: int, attempt: Attempt) -> socket.socket:
    """A connection to the first address that takes it. A dead one uses up no more than its share of the time."""
    addresses = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    failure = OSError("no address")
    for number, (family, kind, protocol, _name, address) in enumerate(addresses):
        made = socket.socket(family, kind, protocol)
        try:
            made.settimeout(attempt.left() / (len(addresses) - number))
            made.connect(address)
        except OSError as error:
            made.close()
            failure = error
        else:
            return made
    raise failure
