# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client against real servers on loopback: answers, bounds, and what is tried again."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import time
import tracemalloc
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError, TransportError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import HttpClient, HttpOptions, Response
from ansible_collections.m2m.netsuite.tests.unit.services.recording_client import NOW, TOKEN, Client

LIMIT = 1024 * 1024


def gone(handler):
    """Hang up without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


# --- answers -------------------------------------------------------------------------------------------------------


def test_an_answer_is_a_value(server):
    server.answers = [(418, {"X-Odd": "1", "Content-Type": "text/plain; charset=latin-1"}, "K\u00f6ln \u2603")]
    response = Client().send(f"{server.url}/path?x=1", body="a=\u00fc", headers={"X-Mine": "yes"})
    assert (response.status, response.text) == (418, "K\u00f6ln \u2603")
    assert response.headers["x-odd"] == "1"
    assert (response.sent_at, response.received_at) == (NOW, NOW)
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("POST", "/path?x=1", "a=\u00fc")
    assert request.headers["X-Mine"] == "yes"
    assert request.headers["User-Agent"].startswith("m2m.netsuite")


def test_one_connection_is_kept_open(server):
    with HttpClient(HttpOptions()) as http_client:
        for method in ("GET", "POST", "GET"):
            http_client.send(method, server.url)
    assert len(server.requests) == 3
    assert server.connections == 1


def test_a_body_that_is_no_utf8(server):
    server.answers = [(200, {}, b"ok \xff\xfe")]
    assert Client().send(server.url).text == "ok \ufffd\ufffd"


def test_a_compressed_body(server):
    server.answers = [(200, {"Content-Encoding": "gzip"}, gzip.compress(b'{"a": 1}'))]
    assert Client().send(server.url).json() == {"a": 1}


@pytest.mark.parametrize("body", ["", "x", "{", "[" * 100_000, "\x00", "\ufeff{}"], ids=range(6))
def test_what_is_no_json(body):
    assert Response(200, {}, body).json() is None


def test_a_body_is_in_no_representation():
    assert TOKEN not in repr(Response(200, {}, TOKEN))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(server, new_server, status):
    elsewhere = new_server()
    server.answers = [(status, {"Location": f"{elsewhere.url}/steal"}, "")]
    response = Client().send(server.url, body="client_assertion=secret", headers={"Authorization": "Bearer x"})
    assert response.status == status
    assert elsewhere.requests == []
    assert len(server.requests) == 1


def test_cookies_are_not_kept(server):
    server.answers = [(200, {"Set-Cookie": "JSESSIONID=abc; Path=/"}, "{}")]
    with HttpClient(HttpOptions()) as http_client:
        http_client.send("GET", server.url)
        http_client.send("GET", server.url)
    assert [request.headers.get("Cookie") for request in server.requests] == [None, None]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer mine"}])
def test_netrc_is_ignored(server, monkeypatch, tmp_path, headers):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\ndefault login x password y\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    Client().send(server.url, headers=headers)
    assert server.requests[0].headers.get("Authorization") == headers.get("Authorization")


# --- trying again --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "idempotent"), [(429, True), (429, False), (502, True), (503, True), (504, True)])
def test_passing_refusals_are_tried_again_with_a_fresh_body(server, status, idempotent):
    server.answers = [(status, {}, "no"), (status, {}, "no"), (200, {}, "yes")]
    numbers = itertools.count(1)
    client = Client()
    assert client.send(server.url, body=lambda: f"body {next(numbers)}", idempotent=idempotent).text == "yes"
    assert [request.body for request in server.requests] == ["body 1", "body 2", "body 3"]
    assert len(client.pauses) == 2


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_does_not_know_whether_a_request_was_carried_out(server, status):
    server.answers = [(status, {}, "no")]
    client = Client()
    assert client.send(server.url, idempotent=False).status == status
    assert (len(server.requests), client.pauses) == (1, [])


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_the_last_answer_is_returned(server, retries):
    server.answers = [(503, {}, "no")]
    client = Client(retries=retries)
    assert client.send(server.url).status == 503
    assert len(server.requests) == retries + 1
    assert len(client.pauses) == retries


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 401, 403, 404, 405, 409, 500, 501])
def test_other_answers_are_final(server, status):
    server.answers = [(status, {}, "" if status in (204, 304) else '{"error": "server_error"}')]
    client = Client()
    assert client.send(server.url).status == status
    assert (len(server.requests), client.pauses) == (1, [])


@pytest.mark.parametrize(
    ("status", "body", "attempts"),
    [
        (400, '{"error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED"}}', 3),
        (400, '{"o:errorDetails": [{"o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED"}]}', 3),
        (400, '{"error": "invalid_request"}', 1),
        (500, '{"error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED"}}', 1),
        (401, "CONCURRENCY_LIMIT_EXCEEDED", 1),
    ],
)
def test_concurrency_errors_are_transient(server, status, body, attempts):
    server.answers = [(status, {}, body)]
    assert Client().send(server.url).status == status
    assert len(server.requests) == attempts


def test_a_lost_answer_is_asked_for_again(server):
    server.answers = [gone, gone, (200, {}, "yes")]
    client = Client()
    assert client.send(server.url).text == "yes"
    assert len(client.pauses) == 2


def test_a_lost_answer_of_what_must_not_be_repeated(server):
    server.answers = [gone]
    client = Client()
    error = client.fail(server.url, idempotent=False)
    assert (error.cause, error.transient, error.not_sent) == ("connection_lost", True, False)
    assert (len(server.requests), client.pauses) == (1, [])


def test_what_was_never_sent_is_repeated_in_any_case(free_port):
    client = Client()
    error = client.fail(f"http://127.0.0.1:{free_port}", idempotent=False)
    assert (error.cause, error.not_sent, len(client.pauses)) == ("connection_refused", True, 2)
    assert f"127.0.0.1:{free_port}" in str(error)


def test_a_body_that_cannot_be_made_ends_it(server):
    def fail():
        raise M2MError("no key", cause="no_key")

    with pytest.raises(M2MError) as caught:
        Client().send(server.url, body=fail)
    assert caught.value.cause == "no_key"
    assert server.requests == []


def http_date(seconds):
    return format_datetime(datetime.fromtimestamp(NOW, timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("retry_after", "pause"),
    [
        ("0", 0),
        ("7", 7),
        ("1.5", 1.5),
        (" 3 ", 3),
        ("31", 30),
        ("1e9", 30),
        ("inf", 30),
        (http_date(12), 12),
        (http_date(3600), 30),
        (http_date(0), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 30),
    ],
)
def test_retry_after_is_honoured_up_to_a_bound(server, retry_after, pause):
    server.answers = [(503, {"Retry-After": retry_after}, "no"), (200, {}, "yes")]
    client = Client()
    client.send(server.url)
    assert client.pauses == [pytest.approx(pause, abs=0.01)]


@pytest.mark.parametrize(
    "retry_after", ["-1", "nan", "soon", "", http_date(-60), "Mon, 99 Xyz 2026 99:99:99 GMT", "9" * 400]
)
def test_a_useless_retry_after_is_passed_over(server, retry_after):
    server.answers = [(503, {"Retry-After": retry_after}, "no"), (200, {}, "yes")]
    client = Client()
    client.send(server.url)
    assert 0.1 <= client.pauses[0] <= (30 if retry_after.startswith("9") else 0.5)


def test_pauses_grow_with_jitter(server):
    server.answers = [(503, {}, "no")]
    seen = [[] for _time in range(9)]
    for _time in range(5):
        client = Client(retries=9)
        client.send(server.url)
        for attempt, pause in enumerate(client.pauses):
            seen[attempt].append(pause)
            assert 0.1 <= pause <= min(0.5 * 2**attempt, 30)
    assert all(len(set(pauses)) == 5 for pauses in seen)


# --- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "good"), [(LIMIT, True), (LIMIT + 1, False), (3 * LIMIT, False)])
def test_a_body_has_a_bound(server, size, good):
    server.answers = [(200, {}, b"x" * size)]
    if good:
        assert len(Client(timeout=60).send(server.url).text) == size
        return
    error = Client().fail(server.url)
    assert (error.cause, error.transient) == ("endless_answer", False)
    assert len(server.requests) == 1


def test_a_bomb_is_not_unpacked(server):
    packed = gzip.compress(b"\0" * (64 * LIMIT))
    server.answers = [(200, {"Content-Encoding": "gzip"}, packed)]
    tracemalloc.start()
    assert Client().fail(server.url).cause == "endless_answer"
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 80 * LIMIT


@pytest.mark.parametrize("answer", ["nothing", "half a head", "half a body"])
def test_silence_has_a_deadline(server, answer):
    heads = {
        "nothing": b"",
        "half a head": b"HTTP/1.1 200 OK\r\nContent-",
        "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx",
    }
    served = []

    def say(handler):
        served.append(handler)
        handler.wfile.write(heads[answer])
        handler.wfile.flush()
        time.sleep(0.5)

    server.answers = [say]
    error = Client(timeout=0.1, retries=1).fail(server.url)
    assert (error.cause, error.transient, error.not_sent) == ("timeout", True, False)
    assert "0.1 seconds" in str(error)
    assert len(served) == 2


def test_a_body_that_is_cut_off(server):
    server.answers = [lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx")]
    assert Client().fail(server.url).cause == "connection_lost"


ODD_ANSWERS = [
    b"",
    b"\r\n\r\n",
    b"not HTTP at all\r\n\r\n",
    b"HTTP/1.1\r\n\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 99999 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70000 + b"\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n: empty\r\n\xff\xfe: x\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    b"SSH-2.0-OpenSSH_9.2\r\n",
]


@pytest.mark.parametrize("content", ODD_ANSWERS, ids=range(len(ODD_ANSWERS)))
def test_odd_answers(raw_server, content):
    with contextlib.suppress(TransportError):
        response = Client(retries=0).send(raw_server(content))
        assert isinstance(response.status, int)
        response.json(), response.clock_skew, response.excerpt()


@settings(max_examples=40)
@given(head=st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 401 X\r\nDate: "]), rest=st.binary(max_size=80))
def test_any_bytes_are_an_answer_or_an_error(raw_server, head, rest):
    url = raw_server(head + rest)
    try:
        response = Client(retries=0).send(url)
    except TransportError:
        return
    response.json(), response.clock_skew, response.excerpt()


# --- what can be wrong on the way ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "cause"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "unknown_host"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"), "unknown_host"),
        (ConnectionRefusedError(111, "Connection refused"), "connection_refused"),
        (OSError(113, "No route to host"), "unreachable"),
        (OSError(101, "Network is unreachable"), "unreachable"),
        (TimeoutError("timed out"), "timeout"),
    ],
    ids=repr,
)
def test_hosts_that_cannot_be_reached(monkeypatch, raised, cause):
    def fail(*unused, **options):
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    client = Client()
    error = client.fail("https://1234567.suitetalk.api.netsuite.com/services", idempotent=False)
    assert (error.cause, error.transient, error.not_sent) == (cause, True, True)
    assert "1234567.suitetalk.api.netsuite.com" in str(error)
    assert len(client.pauses) == 2


@pytest.mark.parametrize("token", ["abc\ndef", " abc", "abc\r\nX-Evil: 1", "\u2026"])
def test_a_header_that_cannot_be_sent(server, token):
    client = Client()
    with pytest.raises(TransportError) as caught:
        client.send(server.url, headers={"Authorization": f"{token}SecretCanary"})
    assert (caught.value.cause, caught.value.transient) == ("bad_token", False)
    assert client.pauses == []
    assert "SecretCanary" not in f"{caught.value} {caught.value!r}"
    assert server.requests == []
