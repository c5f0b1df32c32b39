# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers that stand in the way: TLS with the wrong certificate, proxies with ideas of their own, silent ports.

Nothing here comes from the collection.
"""

from __future__ import annotations

import contextlib
import http.client
import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = tuple[int, dict[str, str], bytes]
PAGE = b"<!DOCTYPE html><html><head><title>Access policy</title></head><body>This site is blocked.</body></html>"


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers every request, CONNECT included, with what the server was given to say."""

    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, data = self.server.answer(self, body)  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_CONNECT = _serve

    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""


@contextlib.contextmanager
def serving(answer: Callable[[_Handler, bytes], Answer], tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on a free port of 127.0.0.1; yields the port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    server.answer = answer  # type: ignore[attr-defined]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


def saying(status: int, body: bytes = PAGE, **headers: str) -> Callable[[_Handler, bytes], Answer]:
    """Always the same answer; underscores in header names stand for hyphens."""
    fields = {"Content-Type": "text/html", **{name.replace("_", "-"): value for name, value in headers.items()}}
    return lambda _request, _body: (status, fields, body)


def adding_a_cookie(request: _Handler, body: bytes) -> Answer:
    """A forward proxy for plain HTTP that puts a cookie of its own into every request."""
    target = urlsplit(request.path)
    headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
    path = target.path + (f"?{target.query}" if target.query else "")
    with contextlib.closing(http.client.HTTPConnection(target.hostname or "", target.port, timeout=10)) as connection:
        connection.request(request.command, path, body or None, {**headers, "Host": target.netloc, "Cookie": "proxy=1"})
        answer = connection.getresponse()
        data = answer.read()
    fields = {
        name: value for name, value in answer.getheaders() if name.lower() not in ("content-length", "connection")
    }
    return answer.status, {**fields, "Via": "1.1 gateway.example"}, data


@contextlib.contextmanager
def silence() -> Iterator[int]:
    """A port that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def certified(
    folder: Path, authority: str, host: str = "127.0.0.1", days: tuple[int, int] = (-1, 30)
) -> tuple[ssl.SSLContext, Path]:
    """A TLS context with a certificate of an authority of its own; and the path of the authority's certificate."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, authority)])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(timezone.utc)
    start, end = (now + timedelta(days=number) for number in days)
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    base = x509.CertificateBuilder().not_valid_before(min(start, now - timedelta(days=1)))
    ca = (
        base.subject_name(ca_name)
        .issuer_name(ca_name)
        .public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        base.subject_name(name)
        .issuer_name(ca_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    ca_path, leaf_path = folder / "authority.pem", folder / "server.pem"
    ca_path.write_bytes(ca.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    leaf_path.write_bytes(secret + leaf.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf_path)
    return context, ca_path
