# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one place where this collection talks HTTP.

A status is a value, a missing answer is an exception. Redirects are never followed, cookies and ``.netrc`` are never
used, TLS is verified, bodies are bounded, each attempt has one deadline, and a temporary failure is tried
again after a jittered pause. A server that failed for good is left alone for the rest of the task.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from ..core import redaction
from ..core.errors import TransportError
from ..core.libraries import note_missing
from .attempt import Attempt, NoConnectionError, Watch
from .http_errors import check_headers, to_error
from .http_session import HttpSession, read_body
from .proxies import check_proxy, choose_proxy
from .tls import open_context

try:
    import requests
    from urllib3.exceptions import HTTPError
except ImportError as _error:
    note_missing("requests", _error)

# What a gateway says that does not know whether a request was carried out.
_NOT_KNOWN = frozenset({502, 503, 504})
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_CONCURRENCY_CODES = ("SSS_REQUEST_LIMIT_EXCEEDED", "CONCURRENCY_LIMIT_EXCEEDED")


@dataclass(frozen=True)
class HttpOptions:
    """How to reach a server: the option group of the same names; ``timeout`` bounds one attempt as a whole."""

    timeout: float = 30.0
    retries: int = 3
    validate_certs: bool = True
    ca_path: str | None = None
    proxy: str | None = field(default=None, repr=False)
    proxy_username: str | None = None
    proxy_password: str | None = field(default=None, repr=False)
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


class HttpClient:
    """An HTTP client for one task: one connection per host, kept open.

    Failed attempts and pauses of all its requests together may take as long as those of one request; after that,
    nothing is repeated. A server that gave no answer to the last attempt is not asked again.

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
        self._watch = Watch(Attempt(0))
        self._opened: HttpSession | None = None
        self._budget = (options.retries + 1) * options.timeout + options.retries * _LONGEST_PAUSE
        self._failed: dict[tuple[str, str], TransportError] = {}  # by the server
        if options.tls_client_cert:
            self._session()  # at once, because a mistake in it is one in the options

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *unused: object) -> None:
        if self._opened is not None:
            self._opened.close()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Callable[[], str] | str | None = None,
        idempotent: bool = True,
        was_not_done: Callable[[], bool] | None = None,
    ) -> Response:
        """Send a request, again after a temporary failure.

        Args:
            method: HTTP method.
            url: Absolute URL.
            headers: Header fields.
            body: The body, or a function that makes a fresh one for each attempt (a fresh assertion, for example).
            idempotent: Whether a request that may have been carried out may be sent again. One that surely was not,
                because it was never sent or was refused by 429, is repeated in any case.
            was_not_done: Finds out, after a pause, that a request which is not idempotent was not carried out.

        Returns:
            The last answer, whatever its status.

        Raises:
            TransportError: when no answer came, after the last attempt, or to an earlier request to the same server.
        """
        self._check_not_failed(url)
        for number in range(self._options.retries + 1):
            last = number == self._options.retries
            try:
                response = self._once(method, url, dict(headers or {}), body() if callable(body) else body)
            except TransportError as error:
                is_safe = idempotent or error.not_sent
                if last or not (error.transient and self._may_repeat(number, None, is_safe, was_not_done)):
                    self._note_failure(url, error, is_final=is_safe)
                    raise
                continue
            is_refused = _is_refused_for_now(response)
            is_passing, retry_after = is_refused or response.status in _NOT_KNOWN, response.headers.get("retry-after")
            is_safe = idempotent or is_refused
            if last or not (is_passing and self._may_repeat(number, retry_after, is_safe, was_not_done)):
                return response
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _may_repeat(
        self, number: int, retry_after: str | None, is_safe: bool, was_not_done: Callable[[], bool] | None
    ) -> bool:
        if not (is_safe or was_not_done) or not self._lose(number, retry_after):
            return False
        return is_safe or (was_not_done is not None and was_not_done())

    def _lose(self, number: int, retry_after: str | None) -> bool:
        """Take a failed attempt off the budget and pause, as far as that is left; else False."""
        pause = _pause(number, retry_after, self._clock())
        self._budget -= self._watch.attempt.elapsed + pause
        if self._budget <= 0:
            return False
        self._sleep(pause)
        return True

    def _check_not_failed(self, url: str) -> None:
        error = self._failed.get(_server(url))
        if error is not None:
            raise TransportError(error.problem, error.fix, cause=error.cause, transient=error.transient, not_sent=True)

    def _note_failure(self, url: str, error: TransportError, *, is_final: bool) -> None:
        """A lost answer to what must not be repeated says little of the server, and a bad token or body nothing."""
        if is_final and error.cause not in ("bad_token", "endless_answer"):
            self._failed[_server(url)] = error

    def _once(self, method: str, url: str, headers: dict[str, str], body: str | None) -> Response:
        check_headers(headers, url)
        timeout, session = self._options.timeout, self._session()
        proxy: str | None = ""  # until it is known: what fails before then is its address
        self._watch.attempt = attempt = Attempt(timeout)
        sent_at = self._clock()
        try:
            if (proxy := self.proxy_of(url)) is not None:
                check_proxy(proxy)
            with session.request(
                method,
                url,
                headers=headers,
                data=None if body is None else body.encode(),
                auth=_leave_headers,
                proxies=None if proxy is None else {"all": proxy},
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as answer:
                received_at = self._clock()
                text = read_body(answer).decode("utf-8", errors="replace")
                fields = {name.lower(): value for name, value in answer.headers.items()}
                return Response(answer.status_code, fields, text, sent_at, received_at)
        except (NoConnectionError, OSError, ValueError, HTTPError) as error:  # requests' own are OSErrors
            raise to_error(error, url, attempt, timeout=timeout, proxied=proxy is not None) from None

    def _session(self) -> HttpSession:
        if self._opened is None:
            context = open_context(
                validate_certs=self._options.validate_certs,
                ca_path=self._options.ca_path,
                client_cert=self._options.tls_client_cert,
                client_key=self._options.tls_client_key,
            )
            self._opened = HttpSession(context, self._watch)
        return self._opened

    @property
    def timeout(self) -> float:
        """Seconds that an answer may take."""
        return self._options.timeout

    def proxy_of(self, url: str) -> str | None:
        """The proxy that a URL is reached through."""
        user, password = self._options.proxy_username, self._options.proxy_password
        return choose_proxy(url, self._options.proxy, self._proxies, login=(user, password or "") if user else None)


def _server(url: str) -> tuple[str, str]:
    return urlsplit(url)[:2]


def _leave_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """In place of requests' own idea of a login, which replaces ``Authorization`` by what a URL may hold."""
    return request


def _is_refused_for_now(response: Response) -> bool:
    if response.status == 400:
        return any(code in response.text for code in _CONCURRENCY_CODES)
    return response.status == 429


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
