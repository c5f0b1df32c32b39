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
import ssl
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from ..core import redaction
from ..core.accounts import is_loopback
from ..core.errors import OptionError, TransportError
from ..core.libraries import note_missing
from .transport_errors import explain, place_of

try:
    import requests
    import urllib3
except ImportError as _error:
    note_missing("requests", _error)

RETRIED_STATUSES = frozenset({429, 502, 503, 504})
_HEADERS = {"User-Agent": "m2m.netsuite (Ansible)"}
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
        except (ValueError, RecursionError):
            return None

    @property
    def clock_skew(self) -> int | None:
        """Seconds by which the server's clock, read from ``Date``, is ahead of this one; None without that header."""
        server = _posix_time(self.headers.get("date"))
        if server is None:
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
        # Without a session of requests around it, which would bring what must not be here: redirects, cookies, and a
        # ~/.netrc that replaces the Authorization header.
        self._adapter = requests.adapters.HTTPAdapter()
        self._verify = _verification(options)
        self._may_be_proxied = bool(options.proxy or getproxies())  # asked once, because it reads the whole environment
        self._certificate: str | tuple[str, str] | None = options.tls_client_cert
        if options.tls_client_cert:
            _check_client_certificate(options)
            if options.tls_client_key:
                self._certificate = (options.tls_client_cert, options.tls_client_key)

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *unused: object) -> None:
        self._adapter.close()

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
                self._sleep(_pause(attempt, None, self._clock()))
                continue
            if last or not _worth_repeating(response):
                return response
            self._sleep(_pause(attempt, response.headers.get("retry-after"), self._clock()))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _once(self, method: str, url: str, headers: dict[str, str], body: str | None) -> Response:
        sent_at = self._clock()
        try:
            with warnings.catch_warnings():
                if not self._options.validate_certs:  # that was the user's own word, and need not be commented
                    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
                answer = self._adapter.send(
                    _request(method, url, {**_HEADERS, **headers}, body),
                    stream=True,
                    timeout=self._options.timeout,
                    verify=self._verify,
                    cert=self._certificate,
                    proxies=self._proxies(url),
                )
            with answer:
                received_at = self._clock()
                text = self._read(answer, url)
                fields = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, fields, text, sent_at, received_at)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            proxied = self.proxy_of(url) is not None
            raise explain(error, url, timeout=self._options.timeout, proxied=proxied) from None

    def _read(self, answer: requests.Response, url: str) -> str:
        deadline = time.monotonic() + self._options.timeout
        parts, size = [], 0
        for part in _pieces(answer):
            size += len(part)
            parts.append(part)
            if size > _BODY_LIMIT or time.monotonic() > deadline:
                what = f"more than {_BODY_LIMIT} bytes" if size > _BODY_LIMIT else "a body that does not end"
                raise TransportError(
                    f"{place_of(url)} sent {what}",
                    "Check that base_url and the proxy lead to NetSuite",
                    cause="endless_answer",
                )
        length = answer.headers.get("Content-Length", "")
        if length.isdecimal() and size < int(length) and not (_is_bare(answer) or "Content-Encoding" in answer.headers):
            raise requests.ConnectionError("cut off")  # which urllib3 1.26 takes for a whole answer
        return b"".join(parts).decode("utf-8", errors="replace")

    @property
    def timeout(self) -> float:
        """Seconds that an answer may take."""
        return self._options.timeout

    def proxy_of(self, url: str) -> str | None:
        """The proxy that a URL is reached through."""
        return self._proxies(url).get(urlsplit(url).scheme)

    def _proxies(self, url: str) -> dict[str, str]:
        if not self._may_be_proxied:
            return {}
        if self._options.proxy:
            return {"http": self._options.proxy, "https": self._options.proxy}
        proxies = dict(requests.utils.get_environ_proxies(url))
        target = urlsplit(url)
        if target.scheme == "http" and is_loopback(target.hostname or ""):
            # Plain HTTP is allowed because it leaves no machine; no proxy of the environment shall take it elsewhere.
            proxies = {name: proxy for name, proxy in proxies.items() if _is_here(proxy)}
        return proxies


def _request(method: str, url: str, headers: dict[str, str], body: str | None) -> requests.PreparedRequest:
    """A request that is made of these and of nothing else: no cookies, no login from the URL, no hooks."""
    request = requests.PreparedRequest()
    request.method = method
    request.url = url
    request.prepare_headers(headers)
    request.prepare_body(None if body is None else body.encode(), None)
    return request


def _verification(options: HttpOptions) -> bool | str:
    if not options.validate_certs:
        return False
    return options.ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True


def _check_client_certificate(options: HttpOptions) -> None:
    """Load the client certificate once, before OpenSSL asks at the terminal for the passphrase of an encrypted key.

    Raises:
        OptionError: it cannot be loaded.
    """
    asked = []

    def passphrase() -> str:
        asked.append(True)
        return ""

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(
            options.tls_client_cert or "", options.tls_client_key, passphrase
        )
    except (OSError, ValueError) as error:
        reason = "its key is encrypted" if asked else "it is no PEM file with a certificate and its key"
        if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError)):
            reason = os.strerror(error.errno or 0)
        raise OptionError(
            f"The TLS client certificate of tls_client_cert and tls_client_key cannot be used: {reason}",
            "Give a certificate and its unencrypted key as PEM, in one file or in two",
            cause="tls_file",
        ) from None


def _is_bare(answer: requests.Response) -> bool:
    return answer.status_code in (204, 304) or answer.request.method == "HEAD"


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """A body as it comes in. requests' own way waits until a piece is full, however slowly the bytes drip in."""
    read1 = getattr(answer.raw, "read1", None)
    if read1 is None:  # urllib3 1.26
        yield from answer.iter_content(1)
        return
    while part := read1(64 * 1024, decode_content=True):
        yield part


def _is_here(proxy: str) -> bool:
    try:
        return is_loopback(urlsplit(proxy if "://" in proxy else f"//{proxy}").hostname or "")
    except ValueError:
        return False


def _worth_repeating(response: Response) -> bool:
    if response.status in RETRIED_STATUSES:
        return True
    return response.status == 400 and any(code in response.text for code in _CONCURRENCY_CODES)


def _pause(attempt: int, retry_after: str | None, now: float) -> float:
    """Seconds to wait: what the server asks for, else a random share of a bound that doubles (full jitter)."""
    asked = _asked_pause(retry_after, now)
    if asked is not None and asked >= 0:
        return min(asked, _LONGEST_PAUSE)
    return random.uniform(0.1, min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE))  # noqa: S311 (jitter, not a secret)


def _asked_pause(retry_after: str | None, now: float) -> float | None:
    try:
        return float(retry_after or "")
    except ValueError:
        moment = _posix_time(retry_after)
        return None if moment is None else moment - now


def _posix_time(text: str | None) -> float | None:
    """An HTTP date; one without a time zone is in UTC, as HTTP has it."""
    try:
        moment = parsedate_to_datetime(text or "")
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
