# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A port of this machine to which a browser is sent back after the consent, over TLS.

NetSuite takes no redirect URI with plain HTTP, so there is a certificate, made for one login. Browsers warn of it.
"""

from __future__ import annotations

import ipaddress
import os
import queue
import secrets
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..core.consent import check_redirect_uri, listening_port
from ..core.errors import OptionError
from ..core.libraries import note_missing
from . import files

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
except ImportError as _error:
    note_missing("cryptography", _error)

_PAGE = b"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>m2m.netsuite</title>
<p>The answer has arrived. Close this window and go back to the terminal, which says what came of it.</p></html>
"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Length": str(len(_PAGE)),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'",
    "Connection": "close",
}


class ConsentListener(ThreadingHTTPServer):
    """What waits for the browser; a thread per connection, because browsers open some in advance and leave them alone.

    Args:
        redirect_uri: Where the browser is sent back to.
        tls: The server's side of TLS.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, redirect_uri: str, tls: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", listening_port(redirect_uri)), _Handler)
        self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self._base = redirect_uri.partition("?")[0].rstrip("/")
        self._path = check_redirect_uri(redirect_uri).path.rstrip("/")
        self._addresses: queue.SimpleQueue[str] = queue.SimpleQueue()

    def wait(self, seconds: float) -> str | None:
        """The address that the browser has asked for; None when none came in time."""
        try:
            return self._addresses.get(timeout=seconds)
        except queue.Empty:
            return None

    def is_answer(self, target: str) -> bool:
        """Whether the target of a request can be what the browser was sent back to."""
        path, mark, _query = target.partition("?")
        return bool(mark) and path.rstrip("/") == self._path

    def take(self, target: str) -> None:
        """Pass an answer on to who waits for it."""
        self._addresses.put(f"{self._base}?{target.partition('?')[2]}")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet: a browser that does not trust the certificate yet breaks the connection off."""


class _Handler(BaseHTTPRequestHandler):
    timeout = 30
    server_version, sys_version = "m2m.netsuite", ""
    server: ConsentListener

    def do_GET(self) -> None:
        """Thank for an answer, then pass it on; there is nothing else here."""
        if not self.server.is_answer(self.path):
            self.send_error(404)
            return
        self.send_response(200)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(_PAGE)
        self.server.take(self.path)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the code is in what would be logged."""


@contextmanager
def listening(redirect_uri: str, folder: str, now: datetime) -> Iterator[ConsentListener]:
    """Listen where a redirect URI leads, until the end of the block.

    Args:
        redirect_uri: An address of this machine with https and a port.
        folder: A private folder, for the moment in which OpenSSL reads the certificate; the system's own when empty.
        now: The time of the question.

    Raises:
        OptionError: the redirect URI leads elsewhere, or the port is taken.
    """
    port, tls = listening_port(redirect_uri), _tls(folder, now)
    try:
        listener = ConsentListener(redirect_uri, tls)
    except OSError as error:
        problem = f"Port {port} of this machine cannot be listened to: {os.strerror(error.errno or 0)}"
        fix = "End what uses it, register another port, or set netsuite_account_login_answer to paste"
        raise OptionError(problem, fix, cause="port_in_use") from None
    with listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.shutdown()
            thread.join()


def _tls(folder: str, now: datetime) -> ssl.SSLContext:
    """A server's TLS with a certificate of its own.

    OpenSSL takes a key from a file only. It is there for a moment, encrypted with a passphrase that nobody else has.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    passphrase = secrets.token_urlsafe(32)
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="netsuite-login-", dir=folder or None) as place:
        path = os.path.join(place, "listener.pem")
        files.write(path, (encrypted + certificate.public_bytes(serialization.Encoding.PEM)).decode(), files.PRIVATE)
        context.load_cert_chain(path, password=passphrase)
    return context
