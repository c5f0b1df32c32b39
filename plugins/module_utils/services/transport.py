# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place where this collection talks HTTP.

A status is a value, a missing answer is an exception. Redirects are never followed, cookies and ``.netrc`` are never
used, TLS is verified, bodies are bounded, and what failed for a passing reason is tried again after a jittered pause.
"""

from __future__ import annotations

import json
import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.request import getproxies

from ..core import redaction
from ..core.errors import TransportError
from ..core.libraries import note_missing
from .proxies import choose_proxy, open_pools
from .tls import open_context
from .transport_errors import check_headers, explain, place_of

try:
    import urllib3
except ImportError as _error:
    note_missing("urllib3", _error)

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
        self._proxies = getproxies()  # asked once, because it reads the whole environment
        self._tls: ssl.SSLContext | None = None
        self._pools: dict[str | None, urllib3.PoolManager] = {}  # by the proxy on the way
        if options.tls_client_cert:
            self._open_context()  # at once, because a mistake in it is one in the options

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *unused: object) -> None:
        for pool in self._pools.values():
            pool.clear()

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
        check_headers(headers, url)
        sent_at = self._clock()
        try:
            answer = self._open_pools(url).request(
                method,
                url,
                headers={**_HEADERS, **headers},
                body=None if body is None else body.encode(),
                timeout=self._options.timeout,
                retries=False,
                redirect=False,
                preload_content=False,
                enforce_content_length=True,  # urllib3 1.26 else takes an answer that is cut off for a whole one
            )
            with answer:
                received_at = self._clock()
                text = self._read(answer, url)
                fields = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status, fields, text, sent_at, received_at)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            proxied = self.proxy_of(url) is not None
            raise explain(error, url, timeout=self._options.timeout, proxied=proxied) from None

    def _open_pools(self, url: str) -> urllib3.PoolManager:
        """The connections through the proxy that is on the way to a URL, or through none."""
        proxy = self.proxy_of(url)
        if proxy not in self._pools:
            self._pools[proxy] = open_pools(proxy, self._open_context())
        return self._pools[proxy]

    def _open_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = open_context(
                validate_certs=self._options.validate_certs,
                ca_path=self._options.ca_path,
                client_cert=self._options.tls_client_cert,
                client_key=self._options.tls_client_key,
            )
        return self._tls

    def _read(self, answer: urllib3.BaseHTTPResponse, url: str) -> str:
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
        return b"".join(parts).decode("utf-8", errors="replace")

    @property
    def timeout(self) -> float:
        """Seconds that an answer may take."""
        return self._options.timeout

    def proxy_of(self, url: str) -> str | None:
        """The proxy that a URL is reached through."""
        return choose_proxy(url, self._options.proxy, self._proxies)


def _pieces(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    """A body as it comes in, and not piece by full piece, however slowly the bytes drip in."""
    read1 = getattr(answer, "read1", None)
    if read1 is None:  # urllib3 1.26
        yield from answer.stream(1, decode_content=True)
        return
    while part := read1(64 * 1024, decode_content=True):
        yield part


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
