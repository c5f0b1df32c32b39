# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes between this machine and NetSuite: network, TLS, proxies, pages instead of answers, redirects, overload."""

from __future__ import annotations

import socket
import time
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.m2m.netsuite.tests.e2e.mistakes import servers
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.register import mistake
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.proxy import Proxy

Given = dict[str, Any]


# --- network


@mistake("network", "host name cannot be resolved", cause="unknown_host")
def _dns(stage: Stage) -> Given:
    return stage.options(base_url="https://no-such-account.suitetalk.invalid")


@mistake("network", "connection refused", cause="connection_refused")
def _refused(stage: Stage) -> Given:
    return stage.options(base_url=f"http://127.0.0.1:{servers.free_port()}")


@mistake("network", "no answer in time", cause="timeout")
def _silence(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.silence())
    return stage.options(base_url=f"http://127.0.0.1:{port}", timeout=0.3)


@mistake("network", "connection cut before the answer", cause="connection_lost")
def _cut(stage: Stage) -> Given:
    stage.account.fault("token", "drop", count=None)
    return stage.options()


@mistake("network", "connection cut within the answer", cause="connection_lost")
def _half(stage: Stage) -> Given:
    stage.account.fault("token", "half_body", count=None)
    return stage.options()


@mistake("network", "an answer that does not end", cause="endless_answer")
def _endless(stage: Stage) -> Given:
    stage.account.fault("token", "endless_body", count=None)
    return stage.options()


# --- TLS


def _tls(stage: Stage, *, trusted: bool, host: str = "127.0.0.1", days: tuple[int, int] = (-1, 30)) -> Given:
    context, ca_path = servers.certified(stage.folder, "Example Corp Inspection CA", host, days)
    port = stage.exit.enter_context(servers.serving(servers.saying(500, b"{}"), context))
    return stage.options(base_url=f"https://127.0.0.1:{port}", ca_path=str(ca_path) if trusted else None)


@mistake(
    "TLS", "inspected by a proxy whose CA is not trusted", cause="tls_untrusted", quotes="Example Corp Inspection CA"
)
def _inspected(stage: Stage) -> Given:
    return _tls(stage, trusted=False)


@mistake(
    "TLS",
    "inspected, and reached through another proxy",
    cause="tls_untrusted",
    quotes="Example Corp Inspection CA",
)
def _inspected_through_proxy(stage: Stage) -> Given:
    return {**_tls(stage, trusted=False), "proxy": stage.exit.enter_context(Proxy()).url}


@mistake("TLS", "certificate of another host", cause="tls_wrong_host")
def _other_host(stage: Stage) -> Given:
    return _tls(stage, trusted=True, host="portal.example")


@mistake("TLS", "server certificate expired", cause="tls_dates")
def _expired(stage: Stage) -> Given:
    return _tls(stage, trusted=True, days=(-10, -2))


@mistake("TLS", "the port does not speak TLS", cause="tls")
def _plain(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.saying(200)))
    return stage.options(base_url=f"https://127.0.0.1:{port}")


@mistake("TLS", "ca_path names no file", cause="tls_file")
def _no_ca(stage: Stage) -> Given:
    return stage.options(base_url=stage.account.https_url, ca_path=str(stage.folder / "nowhere.pem"))


# --- proxies


def _tunnel(stage: Stage, status: int) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.saying(status)))
    return stage.options(base_url=stage.account.https_url, proxy=f"http://127.0.0.1:{port}")


@mistake("proxy", "wants a login for the tunnel", cause="proxy_login")
def _tunnel_login(stage: Stage) -> Given:
    return _tunnel(stage, 407)


@mistake("proxy", "refuses the tunnel", cause="proxy")
def _tunnel_refused(stage: Stage) -> Given:
    return _tunnel(stage, 403)


@mistake("proxy", "does not run", cause="proxy_unreachable")
def _no_proxy(stage: Stage) -> Given:
    return stage.options(base_url=stage.account.https_url, proxy=f"http://127.0.0.1:{servers.free_port()}")


@mistake("proxy", "answers 407 in the server's place", cause="proxy_login")
def _answers_407(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.saying(407, Proxy_Authenticate="Basic")))
    return stage.options(proxy=f"http://127.0.0.1:{port}")


@mistake("proxy", "answers with its own page", cause="proxy_page", quotes="Access policy")
def _block_page(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.saying(403, Via="1.1 gateway.example")))
    return stage.options(proxy=f"http://127.0.0.1:{port}")


@mistake("proxy", "adds a cookie, which makes the login invalid", cause="proxy_interferes")
def _cookie(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.adding_a_cookie))
    return stage.options(proxy=f"http://127.0.0.1:{port}", checks=["claims", "probe"])


# --- pages instead of answers


@mistake("page", "a login page with status 200", cause="not_netsuite")
def _page(stage: Stage) -> Given:
    stage.account.fault("token", "html", count=None)
    return stage.options()


@mistake("page", "base_url leads to a web site", cause="not_netsuite")
def _site(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.saying(404)))
    return stage.options(base_url=f"http://127.0.0.1:{port}")


@mistake("page", "the network wants a login (511)", cause="captive_portal")
def _portal(stage: Stage) -> Given:
    port = stage.exit.enter_context(servers.serving(servers.saying(511)))
    return stage.options(base_url=f"http://127.0.0.1:{port}")


@mistake("page", "a page in place of the probe's answer", cause="not_netsuite")
def _probe_page(stage: Stage) -> Given:
    stage.account.fault("server_time", "html", count=None)
    return stage.options()


@mistake("redirect", "to a login page", cause="redirected", quotes="login.example/start")
def _redirect(stage: Stage) -> Given:
    stage.account.fault("token", "redirect", count=None, location="https://login.example/start?from=netsuite")
    return stage.options()


@mistake("redirect", "of the probe, to another data centre", cause="redirected")
def _redirected_probe(stage: Stage) -> Given:
    place = "https://7654321.suitetalk.api.netsuite.com/services/rest/system/v1/serverTime"
    stage.account.fault("server_time", "redirect", count=None, location=place)
    return stage.options()


# --- overload and outage


@mistake("overload", "429 for the token", cause="overloaded")
def _busy(stage: Stage) -> Given:
    stage.account.fault("token", "status", count=None, status=429, body={"error": "too_many_requests"})
    return stage.options()


@mistake("overload", "429 for the probe", cause="overloaded")
def _busy_probe(stage: Stage) -> Given:
    _occupy(stage)
    stage.account.knobs(concurrency_limit=1)
    return stage.options(checks=["probe"])


@mistake("overload", "401 for the probe, and again a moment later", cause="overloaded")
def _busy_401(stage: Stage) -> Given:
    _occupy(stage)
    stage.account.knobs(concurrency_limit=1, overload_as_401=True)
    return stage.options(checks=["probe"])


@mistake("overload", "maintenance page (503)", cause="netsuite_unavailable")
def _maintenance(stage: Stage) -> Given:
    stage.account.fault("token", "html", count=None, status=503)
    return stage.options()


@mistake("overload", "500 for the probe", cause="netsuite_unavailable")
def _broken_probe(stage: Stage) -> Given:
    stage.account.fault("server_time", "status", count=None, status=500)
    return stage.options()


@mistake("domain", "403 for the probe, as the wrong domain gives it", cause="wrong_domain")
def _domain(stage: Stage) -> Given:
    body = {"error": {"code": "WRONG_DOMAIN", "message": "This request belongs to another domain."}}
    stage.account.fault("server_time", "status", count=None, status=403, body=body)
    return stage.options()


def _occupy(stage: Stage) -> None:
    """Hold the account's only slot with a request that takes longer than the test; it is let go when that ends."""
    number = stage.account.fault("metadata_catalog", "delay", seconds=20)
    place = urlsplit(stage.account.url)
    lines = [
        f"GET {place.path}/services/rest/record/v1/metadata-catalog HTTP/1.1",
        f"Host: {place.netloc}",
        f"Authorization: Bearer {stage.account.bootstrap_token(1000, 12)}",
    ]
    connection = stage.exit.enter_context(socket.create_connection((place.hostname or "", place.port or 80), 10))
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    while not any(rule["id"] == number and rule["hits"] for rule in stage.simulator.admin("GET", "faults")):
        time.sleep(0.01)
