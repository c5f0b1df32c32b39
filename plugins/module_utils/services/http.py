# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place where this collection talks HTTP.

A status is a value, a missing answer is an exception. Redirects are never followed, cookies and ``.netrc`` are never
used, TLS is verified, bodies are bounded, and what failed for a passing reason is tried again after a jittered pause.
"""

from __future__ import annotations

import json
import os
import random
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

from ..core import redaction
from ..core.errors import TransportError
from ..core.libraries import note_missing

try:
    import requests
    import urllib3
except ImportError as _error:
    note_missing("requests", _error)

RETRIED_STATUSES = frozenset({429, 502, 503, 504})
_BODY_LIMIT = 1024 * 1024
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_CONCURRENCY_CODES = ("SSS_REQUEST_LIMIT_EXCEEDED", "CONCURRENCY_LIMIT_EXCEEDED")


@dataclass(frozen=True)
class HttpOptions:
    """How to reach a server: the option group of the same names."""

    timeout: float = 30.0
    retries: int = 3
    validate_certs: bool = True
    ca_path: str | None = None
    proxy: str | None = None
    tls_client_cert: str | None = None
    tls_client_key: str | None = None


@dataclass(frozen=True)
class Response:
    """An answer. Its body may hold a token: the representation leaves it out.

    Attributes:
        status: HTTP status.
        headers: Header fields, names in lower case.
        text: The body.
        sent_at: POSIX time at which the request was sent.
        received_at: POSIX time at which its headers had come back.
    """

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)
    sent_at: float = 0.0
    received_at: float = 0.0

    def json(self) -> Any:
        """The decoded body, or None when it is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None

    @property
    def clock_skew(self) -> int | None:
        """Seconds by which the server's clock, read from ``Date``, is ahead of this one; None without that header."""
        try:
            server = parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, TypeError, ValueError):
            return None
        # Date is cut to whole seconds; half a second is its mean error.
        return round(server + 0.5 - (self.sent_at + self.received_at) / 2)

    def excerpt(self, length: int = 200) -> str:
        """The beginning of the body on one line, with anything like a token or a key struck out."""
        return redaction.excerpt(self.text, length)


class Transport:
    """An HTTP client for one task: one connection per host, kept open.

    Args:
        options: How to reach the server.
        clock: Source of POSIX times.
        sleep: How to pause; a parameter so that tests need not wait.
    """

    def __init__(
        self,
        options: HttpOptions,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._session = requests.Session()
        # Off, because it would also let ~/.netrc replace the Authorization header. Proxies are looked up below.
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers["User-Agent"] = "m2m.netsuite (Ansible)"
        self._session.verify = _verification(options)
        if options.tls_client_cert:
            key = options.tls_client_key
            self._session.cert = (options.tls_client_cert, key) if key else options.tls_client_cert

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *unused: object) -> None:
        self._session.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], str] | str | None = None,
        repeatable: bool = True,
    ) -> Response:
        """Send a request, again where it failed for a passing reason.

        Args:
            method: HTTP method.
            url: Absolute URL.
            headers: Header fields.
            body: The body, or a function that makes a fresh one for each attempt (a fresh assertion, for example).
            repeatable: Whether a request whose answer was lost may be sent again. A refusal by one of
                ``RETRIED_STATUSES`` was not carried out, so it is repeated in any case.

        Returns:
            The last answer, whatever its status.

        Raises:
            TransportError: when no answer came, after the last attempt.
        """
        for attempt in range(self._options.retries + 1):
            last = attempt == self._options.retries
            try:
                response = self._once(method, url, dict(headers or {}), body() if callable(body) else body)
            except TransportError as error:
                if last or not (error.passing and (repeatable or error.unsent)):
                    raise
                self._sleep(_pause(attempt, None))
                continue
            if last or not _worth_repeating(response):
                return response
            self._sleep(_pause(attempt, response.headers.get("retry-after")))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, method: str, url: str, headers: dict[str, str], body: str | None) -> Response:
        sent_at = self._clock()
        try:
            with warnings.catch_warnings():
                if not self._options.validate_certs:  # that was the user's own word, and need not be commented
                    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
                answer = self._session.request(
                    method,
                    url,
                    data=None if body is None else body.encode(),
                    headers=headers,
                    timeout=self._options.timeout,
                    proxies=self._proxies(url),
                    allow_redirects=False,
                    stream=True,
                )
            with answer:
                received_at = self._clock()
                text = self._read(answer, url)
                fields = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, fields, text, sent_at, received_at)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _explain(error, url, self._options) from None

    def _read(self, answer: requests.Response, url: str) -> str:
        deadline = time.monotonic() + self._options.timeout
        parts, size = [], 0
        for part in answer.iter_content(64 * 1024):
            size += len(part)
            parts.append(part)
            if size > _BODY_LIMIT or time.monotonic() > deadline:
                what = f"more than {_BODY_LIMIT} bytes" if size > _BODY_LIMIT else "a body that does not end"
                raise TransportError(
                    f"{_place(url)} sent {what}",
                    "Check that base_url and the proxy lead to NetSuite",
                    cause="endless_answer",
                )
        return b"".join(parts).decode("utf-8", errors="replace")

    @property
    def timeout(self) -> float:
        """Seconds that an answer may take."""
        return self._options.timeout

    def proxy_of(self, url: str) -> str | None:
        """The proxy that a URL is reached through."""
        return self._proxies(url).get(urlsplit(url).scheme)

    def _proxies(self, url: str) -> dict[str, str]:
        if self._options.proxy:
            return {"http": self._options.proxy, "https": self._options.proxy}
        return dict(requests.utils.get_environ_proxies(url))


def _verification(options: HttpOptions) -> bool | str:
    if not options.validate_certs:
        return False
    return options.ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True


def _worth_repeating(response: Response) -> bool:
    if response.status in RETRIED_STATUSES:
        return True
    return response.status == 400 and any(code in response.text for code in _CONCURRENCY_CODES)


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait: what the server asks for, else a random share of a bound that doubles (full jitter)."""
    if retry_after is not None:
        try:
            asked = float(retry_after)
        except ValueError:
            try:
                asked = parsedate_to_datetime(retry_after).timestamp() - time.time()
            except (TypeError, ValueError):
                asked = -1.0
        if asked >= 0:
            return min(asked, _LONGEST_PAUSE)
    return random.uniform(0.1, min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))  # noqa: S311 (jitter, not a secret)


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _explain(error: Exception, url: str, options: HttpOptions) -> TransportError:
    """Turn a library's exception into a sentence. Its own text tells the kind of failure and is never shown."""
    place, text = _place(url), str(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return _explain_proxy(text, place)
    if isinstance(error, requests.exceptions.SSLError) or "SSLError" in text:
        return _explain_tls(text, place)
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return _transport(
            f"No connection to {place} within {options.timeout:g} seconds",
            "Check network, firewall and proxy",
            "timeout",
            unsent=True,
        )
    if isinstance(error, (requests.exceptions.Timeout, TimeoutError)) or "timed out" in text:
        return _transport(
            f"{place} did not answer within {options.timeout:g} seconds", "Try again, or raise timeout", "timeout"
        )
    if "Name or service not known" in text or "NameResolutionError" in text or "Temporary failure in name" in text:
        fix = "Check the account id, the network, and name resolution on the machine that runs the task"
        return _transport(f"The host name {place} cannot be resolved", fix, "unknown_host", unsent=True)
    if "Connection refused" in text:
        return _transport(
            f"{place} refuses connections", "Check base_url, port and firewall", "connection_refused", unsent=True
        )
    if isinstance(error, OSError) and "TLS" in text and "invalid path" in text:
        return _transport(
            "A TLS file named in ca_path, tls_client_cert or tls_client_key does not exist",
            "Correct the path",
            "tls_file",
            passing=False,
        )
    return _transport(
        f"The connection to {place} was lost before a whole answer arrived", "Try again", "connection_lost"
    )


def _explain_proxy(text: str, place: str) -> TransportError:
    fix = "Check proxy, HTTPS_PROXY and NO_PROXY"
    if "Tunnel connection failed: 407" in text or "407 Proxy Authentication" in text:
        problem = f"The proxy wants a login before it lets the request to {place} through"
        return _transport(
            problem, f"{fix}: user and password go into the URL", "proxy_login", passing=False, unsent=True
        )
    if "Tunnel connection failed" in text:
        problem = f"The proxy did not let the request to {place} through"
        fix = f"Have the proxy allow {place}, or go around it with NO_PROXY"
        return _transport(problem, fix, "proxy", passing="failed: 5" in text, unsent=True)
    return _transport(f"The proxy on the way to {place} cannot be reached", fix, "proxy_unreachable", unsent=True)


def _explain_tls(text: str, place: str) -> TransportError:
    if "Hostname mismatch" in text or "doesn't match" in text or "IP address mismatch" in text:
        problem, cause = f"The TLS certificate of {place} is for another host", "tls_wrong_host"
        fix = "Check base_url; if a proxy inspects TLS, exempt this host"
    elif "certificate has expired" in text or "certificate is not yet valid" in text:
        problem, cause = f"The TLS certificate of {place} is outside its dates", "tls_dates"
        fix = "Check this machine's clock; else the server or an inspecting proxy needs a new certificate"
    elif "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
        problem, cause = f"The TLS certificate of {place} is not trusted", "tls_untrusted"
        fix = "If a proxy inspects TLS, name its CA in ca_path; keep validate_certs on"
    else:
        problem, cause = f"The TLS handshake with {place} failed", "tls"
        fix = "Check that the port speaks TLS and that no proxy breaks it"
    return _transport(problem, fix, cause, passing=False)


def _transport(problem: str, fix: str, cause: str, *, passing: bool = True, unsent: bool = False) -> TransportError:
    return TransportError(problem, fix, cause=cause, passing=passing, unsent=unsent)
