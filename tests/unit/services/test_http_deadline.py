# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long the HTTP client can be held: by one attempt, by one task, and by a server that has failed already."""

from __future__ import annotations

import contextlib
import socket
import time

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.services.probes import issuer_of
from ansible_collections.m2m.netsuite.tests.unit.services.recording_client import Client

pytestmark = pytest.mark.slow

OK = b"HTTP/1.1 200 OK\r\n"


def drip(head: bytes, piece: bytes):
    """Send the head, and then a piece every few milliseconds until the client has had enough."""

    def answer(handler):
        handler.wfile.write(head)
        for _time in range(1000):
            try:
                handler.wfile.write(piece)
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(0.02)

    return answer


DRIPS = {
    "status line": drip(b"HTTP/1.1 200 ", b"x"),
    "100 Continue": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers": drip(OK + b"X-Slow: ", b"x"),
    "length": drip(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "until the end": drip(OK + b"\r\n", b"x"),
    "chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "chunk line": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n1;", b"x"),
    "trailer": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X-Slow: x\r\n"),
}


@contextlib.contextmanager
def soon(seconds: float = 5.0):
    """The body takes much less time than what drips in it would, which is 20 seconds."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("part", DRIPS)
def test_what_drips_has_a_deadline(new_server, authority, scheme, part):
    server = new_server(authority.context(authority.pair("server")) if scheme == "https" else None)
    server.answers = [DRIPS[part]]
    with soon():
        error = Client(timeout=0.3, retries=0, ca_path=authority.path).fail(server.url)
    assert (error.cause, error.transient, error.not_sent) == ("timeout", True, False)
    assert "0.3 seconds" in error.problem
    assert len(server.requests) == 1


def test_a_flood_of_100_continue_has_a_deadline(raw_server):
    with soon():
        Client(timeout=0.3, retries=0).fail(raw_server(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000_000))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_drips_has_a_deadline(new_server, authority, scheme):
    proxy = new_server(authority.context(authority.pair("proxy")) if scheme == "https" else None)
    proxy.answers = [drip(OK + b"X-Slow: ", b"x")]
    with soon():
        client = Client(timeout=0.3, retries=0, ca_path=authority.path, proxy=proxy.url)
        error = client.fail("https://netsuite.invalid/x", idempotent=False)
    assert (error.cause, error.transient, error.not_sent) == ("timeout", True, True)


def test_a_look_at_a_certificate_has_a_deadline(server):
    server.answers = [drip(OK + b"X-Slow: ", b"x")]
    with soon():
        assert issuer_of("https://netsuite.invalid", server.url, 0.3) is None


@pytest.mark.parametrize("through_a_proxy", [False, True])
def test_a_tls_handshake_without_an_end_has_a_deadline(new_server, through_a_proxy):
    """A tunnel that drips takes its share of the time: what is left of it is the handshake's."""
    with socket.create_server(("127.0.0.1", 0)) as silent, soon():
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        proxy = new_server()
        proxy.answers = [lambda handler: (handler.wfile.write(OK + b"\r\n"), time.sleep(3))]
        options = {"proxy": proxy.url} if through_a_proxy else {}
        error = Client(timeout=0.3, retries=0, **options).fail(url)
    assert (error.cause, error.not_sent) == ("timeout", True)


def test_each_attempt_has_a_deadline_of_its_own(server):
    server.answers = [DRIPS["headers"], DRIPS["length"], (200, {}, "yes")]
    with soon():
        assert Client(timeout=0.3).send(server.url).text == "yes"


def test_a_connection_that_is_kept_takes_the_next_deadline(server):
    client = Client(timeout=0.5)
    with client.http_client as http_client:
        for _time in range(3):
            assert http_client.send("GET", server.url).status == 200
            time.sleep(0.3)
    assert server.connections == 1


def test_a_body_that_nobody_reads_has_a_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent, soon():
        error = Client(timeout=0.3, retries=0).fail(
            f"http://127.0.0.1:{silent.getsockname()[1]}", body="x" * 30_000_000
        )
    assert error.cause == "timeout"


def test_a_dead_address_leaves_time_for_the_next(server, monkeypatch):
    """An IPv6 route that swallows everything must not use up what the IPv4 address needs."""
    look_up = socket.getaddrinfo

    def resolve(host, *arguments, **options):
        if host != "several.invalid":
            return look_up(host, *arguments, **options)
        addresses = [dead.getsockname(), ("127.0.0.1", server.server_port)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", place) for place in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with contextlib.ExitStack() as stack, soon():
        dead = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _time in range(3):  # a queue that is full drops whoever knocks
            queued = stack.enter_context(socket.socket())
            queued.setblocking(False)
            queued.connect_ex(dead.getsockname())
        assert Client(timeout=1, retries=0).send("http://several.invalid").status == 200
    assert len(server.requests) == 1


def test_all_requests_of_a_task_share_a_budget_of_pauses(server):
    """A task may lose as much time as one request can: here, three attempts of a second and two pauses of 30."""
    server.answers = [(503, {"Retry-After": "30"}, "no")]
    client = Client(timeout=1, retries=2)
    assert [client.send(server.url).status for _time in range(3)] == [503] * 3
    assert client.pauses == [30, 30]
    assert len(server.requests) == 3 + 1 + 1


# --- a server that has failed --------------------------------------------------------------------------------------


def gone(handler):
    """Hang up without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def test_nothing_further_is_asked_of_a_server_that_failed(server, new_server):
    server.answers, other = [gone], new_server()
    client = Client()
    first = client.fail(f"{server.url}/token")
    second = client.fail(f"{server.url}/keys", idempotent=False)
    assert (second.cause, second.problem, second.fix) == (first.cause, first.problem, first.fix)
    assert (first.not_sent, second.not_sent) == (False, True)
    assert (len(server.requests), len(client.pauses)) == (3, 2)
    assert client.send(other.url).status == 200


def test_nothing_further_is_asked_of_a_server_that_is_not_trusted(new_server, authority):
    server = new_server(authority.context(authority.pair("server")))
    client = Client()
    assert [client.fail(server.url).cause for _time in range(2)] == ["tls_untrusted"] * 2
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        (gone, {"idempotent": False}),  # an upload: the list tells whether it arrived
        ((200, {}, b"x" * 2_000_000), {}),
        ((503, {}, "no"), {}),
    ],
    ids=["a lost answer", "a long answer", "a refusal"],
)
def test_what_says_little_of_the_server_does_not_end_it(server, answer, options):
    server.answers = [answer]
    client = Client(retries=0)
    with contextlib.suppress(Exception):
        client.send(server.url, **options)
    server.answers = [(200, {}, "yes")]
    assert client.send(server.url).text == "yes"
