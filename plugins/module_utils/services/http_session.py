# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A session of requests that does what it is asked and nothing else: no redirect, no cookie, no ``.netrc``.

Bodies are bounded, also those of libraries that read whatever comes.
"""

from __future__ import annotations

import io
import ssl
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from ..core.libraries import note_missing
from .attempt import Watch
from .proxies import login_headers

try:
    from requests import Response, Session
    from requests.adapters import HTTPAdapter
except ImportError as _error:
    note_missing("requests", _error)
    HTTPAdapter = Session = object  # type: ignore[assignment,misc]

BODY_LIMIT = 1024 * 1024
# Packed, a piece may hold a thousand times as much, which urllib3 1.26 unpacks at once.
_PIECE = 16 * 1024
_HEADERS = {"User-Agent": "m2m.netsuite (Ansible)"}


class TooLargeError(OSError):
    """An answer has more than ``BODY_LIMIT`` bytes."""


def read_body(answer: Response) -> bytes:
    """The body of an answer, unpacked.

    Raises:
        TooLargeError: it is larger than an answer ever is.
        HTTPError: it is cut off, or cannot be unpacked.
    """
    answer.raw.enforce_content_length = True  # urllib3 1.26 else takes an answer that is cut off for a whole one
    body = bytearray()
    for piece in answer.raw.stream(_PIECE, decode_content=True):
        body += piece
        if len(body) > BODY_LIMIT:
            answer.close()
            raise TooLargeError
    return bytes(body)


def _read_ahead(answer: Response, *_unused: Any, **options: Any) -> None:
    """Have a body that requests would read whole be read within its bounds."""
    if not options["stream"]:
        answer.raw = io.BytesIO(read_body(answer))


class HttpSession(Session):
    """Connections of one client.

    Args:
        context: Whom TLS trusts, at the server and at a proxy that is reached by TLS.
        watch: The attempt whose deadline the connections keep.
    """

    def __init__(self, context: ssl.SSLContext, watch: Watch) -> None:
        super().__init__()
        self.trust_env = False
        self.verify = context.verify_mode is not ssl.CERT_NONE
        self.headers.clear()
        self.headers.update(_HEADERS)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.hooks["response"].append(_read_ahead)
        adapter = _Adapter(context, watch)
        for scheme in ("https://", "http://"):
            self.mount(scheme, adapter)

    def get_redirect_target(self, resp: Any) -> None:
        """None, or requests would read the whole body of a redirect that it is not to follow."""


class _Adapter(HTTPAdapter):
    """Passes the shared context on, and has connections keep the deadline."""

    def __init__(self, context: ssl.SSLContext, watch: Watch) -> None:
        self._context, self._watch = context, watch
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, ssl_context=self._context, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        if not proxy.lower().startswith("socks"):
            options["proxy_ssl_context"] = self._context
        return super().proxy_manager_for(proxy, ssl_context=self._context, **options)

    def proxy_headers(self, proxy: str) -> dict[str, str]:
        return login_headers(proxy)

    def cert_verify(self, conn: Any, *_unused: Any) -> None:
        """Every request comes by here with its pool. Whom TLS trusts is in the context, and no file is read again."""
        conn.ConnectionCls = self._watch.kind(conn.ConnectionCls)
