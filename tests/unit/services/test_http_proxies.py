# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client and proxies, of the option and of the environment."""

from __future__ import annotations

import base64
import gc
import sys
import warnings
from collections.abc import Iterator

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import HttpClient, HttpOptions
from ansible_collections.m2m.netsuite.tests.unit.services.recording_client import TOKEN, Client

ELSEWHERE = "http://netsuite.invalid:8080/x"


@pytest.fixture(autouse=True, scope="module")
def sockets_of_refused_tunnels() -> Iterator[None]:
    """Collect them here; otherwise their ResourceWarning fails whichever test is running at the next collection.

    Python closes these sockets since 3.11.4. Before that it needs the help of urllib3, and 1.26 gives none.
    """
    if sys.version_info >= (3, 11, 4):
        yield
        return
    gc.disable()
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
    gc.enable()


def proxy_of(url):
    return HttpClient(HttpOptions()).proxy_of(url)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_environment_s_proxy_is_used(server, monkeypatch, name):
    monkeypatch.setenv(name, server.url)
    assert Client().send(ELSEWHERE).status == 200
    assert server.requests[0].path == ELSEWHERE


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "127.0.0.0/8", "*", "example.org, 127.0.0.1"])
def test_no_proxy_is_honoured(server, monkeypatch, free_port, no_proxy):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("no_proxy", no_proxy)
    assert Client().send(f"{server.url}/direct").status == 200
    assert server.requests[0].path == "/direct"


@pytest.mark.parametrize(
    ("no_proxy", "exempt", "not_exempt"),
    [
        ("example.org", "https://a.example.org/x", "https://example.com/x"),
        (".example.org", "https://a.example.org/x", "https://example.com/x"),
        ("example.org:8443", "https://example.org:8443/x", "https://example.org/x"),
        ("10.1.0.0/16", "https://10.1.2.3/x", "https://10.2.0.1/x"),
        ("10.1.2.3/16", "https://10.1.0.9/x", "https://10.2.0.1/x"),
        ("fd00::1", "https://[fd00::1]:8443/x", "https://[fd00::2]:8443/x"),
        ("10.0.0.0/99, ,nonsense/8,example.org", "https://example.org/x", "https://10.0.0.1/x"),
    ],
)
def test_what_no_proxy_names(monkeypatch, no_proxy, exempt, not_exempt):
    monkeypatch.setenv("https_proxy", "proxy.example.net:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    assert proxy_of(exempt) is None
    assert proxy_of(not_exempt) == "http://proxy.example.net:3128"


def test_the_option_comes_before_the_environment(server, monkeypatch, free_port):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("no_proxy", "*")
    client = Client(proxy=server.url)
    assert client.send(ELSEWHERE).status == 200
    assert client.http_client.proxy_of(ELSEWHERE) == server.url


def test_credentials_of_a_proxy_go_to_the_proxy_alone(server):
    Client(proxy=server.url.replace("//", "//user:pass@")).send(ELSEWHERE)
    assert server.requests[0].headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNz"
    assert "Authorization" not in server.requests[0].headers


@pytest.mark.parametrize("by_environment", [False, True])
@pytest.mark.parametrize("password", ["pass", "p@ss:w/rd %41", "příliš"])
@pytest.mark.parametrize("url", [ELSEWHERE, "https://netsuite.invalid/x"])
def test_a_login_for_the_proxy_is_a_pair_of_options(server, monkeypatch, url, password, by_environment):
    address = server.url.replace("//", "//other:login@")
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, address)
    where = {} if by_environment else {"proxy": server.url}
    server.answers = [(403, {}, "no")]
    client = Client(**where, proxy_username="us@er", proxy_password=password)
    if url.startswith("https"):
        assert client.fail(url).cause == "proxy"
    else:
        client.send(url)
    expected = base64.b64encode(f"us@er:{password}".encode()).decode()
    assert server.requests[0].headers["Proxy-Authorization"] == f"Basic {expected}"
    assert "Authorization" not in server.requests[0].headers
    assert password not in repr(HttpOptions(proxy_username="us@er", proxy_password=password))


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/x"])
def test_plain_http_for_this_machine_goes_to_no_proxy_elsewhere(monkeypatch, target):
    """base_url takes http:// for loopback because it leaves no machine; a proxy of the environment must not make it."""
    monkeypatch.setenv("http_proxy", "http://proxy.example.org:3128")
    assert proxy_of(target) is None
    assert proxy_of("http://netsuite.invalid/x") == "http://proxy.example.org:3128"
    for here in ("http://127.0.0.1:3128", "localhost:3128", "http://user:pass@[::1]:3128"):
        monkeypatch.setenv("http_proxy", here)
        assert proxy_of(target).endswith(here.rpartition("//")[2])
    monkeypatch.setenv("http_proxy", "http://[::1")
    assert proxy_of(target) is None


@pytest.mark.parametrize(
    ("status", "cause", "attempts"), [(407, "proxy_login", 1), (403, "proxy", 1), (502, "proxy", 3), (503, "proxy", 3)]
)
def test_a_proxy_that_refuses_a_tunnel(server, status, cause, attempts):
    server.answers = [(status, {"Proxy-Authenticate": "Basic"}, "no")]
    error = Client(proxy=server.url).fail("https://netsuite.invalid/x", idempotent=False)
    assert (error.cause, error.not_sent, len(server.requests)) == (cause, True, attempts)
    assert "netsuite.invalid" in str(error)
    assert all(request.method == "CONNECT" for request in server.requests)
    assert all(TOKEN not in str(request.headers) for request in server.requests)


def test_a_proxy_that_speaks_tls(new_server, authority):
    proxy = new_server(authority.context(authority.pair("proxy")))
    proxy.answers = [(403, {}, "no")]
    options = {"proxy": proxy.url, "ca_path": authority.path}
    assert Client(**options).fail("https://netsuite.invalid/x").cause == "proxy"
    assert [request.method for request in proxy.requests] == ["CONNECT"]
    proxy.answers = [(200, {}, "through it")]
    assert Client(**options).send("http://netsuite.invalid/x").text == "through it"


def test_a_proxy_that_speaks_tls_and_is_not_trusted(new_server, authority):
    proxy = new_server(authority.context(authority.pair("proxy")))
    error = Client(proxy=proxy.url).fail("https://netsuite.invalid/x")
    assert error.cause == "tls_untrusted"
    assert "ca_path" in error.fix
    assert proxy.requests == []


def test_a_proxy_that_is_not_there(free_port):
    error = Client(proxy=f"http://127.0.0.1:{free_port}").fail("https://netsuite.invalid/x")
    assert (error.cause, error.not_sent) == ("proxy_unreachable", True)
    assert "HTTPS_PROXY" in error.fix


@pytest.mark.parametrize("proxy", ["http://", "http://[::1", "socks5://127.0.0.1:1", "http://127.0.0.1:notaport"])
def test_a_proxy_that_is_no_address(proxy):
    client = Client(proxy=proxy)
    error = client.fail("https://netsuite.invalid/x")
    assert not error.transient
    assert client.pauses == []
    assert "proxy" in str(error).lower()


def test_a_password_that_is_no_text():
    """Half a character, as JSON can hold it."""
    error = Client(proxy="http://127.0.0.1:1", proxy_username="me", proxy_password="\ud800").fail("https://a.invalid")
    assert error.cause == "bad_proxy"
