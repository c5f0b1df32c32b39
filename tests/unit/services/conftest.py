# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers on loopback, with a certification authority of their own that is thrown away afterwards."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import socket
import ssl
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in (*PROXIES, *map(str.upper, PROXIES), *BUNDLES):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "file.pem")


class Server(ThreadingHTTPServer):
    """Answers as it is told: ``answers`` are taken one after the other, the last one again and again.

    An answer is ``(status, headers, body)``, or a function that gets the request handler.
    """

    daemon_threads = True
    request_queue_size = 50

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.requests, self.connections = [(200, {}, "{}")], [], 0
        self.context = context
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.server_port}"

    def get_request(self):
        connection, address = super().get_request()
        self.connections += 1
        return connection, address

    def finish_request(self, request, client_address):
        if self.context:
            request.settimeout(20)
            with contextlib.suppress(OSError), self.context.wrap_socket(request, server_side=True) as secure:
                self.RequestHandlerClass(secure, client_address, self)
        else:
            self.RequestHandlerClass(request, client_address, self)

    def handle_error(self, request, client_address):
        pass

    def __enter__(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.shutdown()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.requests.append(
            SimpleNamespace(method=self.command, path=self.path, headers=self.headers, body=body)
        )
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            self.close_connection = True
            answer(self)
            return
        status, headers, content = answer
        content = json.dumps(content) if isinstance(content, (dict, list)) else content
        data = content.encode() if isinstance(content, str) else content
        self.send_response_only(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_CONNECT = answer

    def log_message(self, *unused):
        pass


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def new_server():
    with contextlib.ExitStack() as stack:
        yield lambda context=None: stack.enter_context(Server(context))


@pytest.fixture
def raw_server():
    """A server that sends given bytes, whatever it is asked, and closes."""
    with contextlib.ExitStack() as stack:

        def serve(*contents: bytes):
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            waiting = list(contents)

            def loop():
                while True:
                    try:
                        connection = listener.accept()[0]
                    except OSError:
                        return
                    with connection, contextlib.suppress(OSError):
                        connection.settimeout(20)
                        connection.recv(65536)
                        connection.sendall(waiting.pop(0) if len(waiting) > 1 else waiting[0])

            threading.Thread(target=loop, daemon=True).start()
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield serve


@pytest.fixture
def free_port():
    """A port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Authority:
    """A certification authority in a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.key, self.name = ec.generate_private_key(ec.SECP256R1()), self._name("throw-away CA")
        self.certificate = self._issue(self.name, self.key.public_key(), [])
        self.path = self._write("ca.pem", self.certificate)

    @staticmethod
    def _name(text):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def _write(self, name, certificate, key=None, passphrase=None):
        path = self.folder / name
        data = certificate.public_bytes(serialization.Encoding.PEM) if certificate else b""
        if key:
            how = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
            data += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)
        path.write_bytes(data)
        return str(path)

    def _issue(self, name, public_key, alternatives, start=-1, end=30):
        now = datetime.now(timezone.utc)  # the TLS library asks the real clock
        authority = not alternatives
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=start))
            .not_valid_after(now + timedelta(days=end))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if authority:
            usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
            builder = builder.add_extension(usage, critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def pair(self, name, *, host="127.0.0.1", passphrase=None, **dates):
        """A certificate with its key in one file, and the key alone in another."""
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            alternative = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        certificate = self._issue(self._name(name), key.public_key(), [alternative], **dates)
        return SimpleNamespace(
            whole=self._write(f"{name}.pem", certificate, key, passphrase),
            certificate=self._write(f"{name}-cert.pem", certificate),
            key=self._write(f"{name}-key.pem", None, key, passphrase),
        )

    def context(self, pair, *, wants_client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair.whole)
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path)
        return context


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))
