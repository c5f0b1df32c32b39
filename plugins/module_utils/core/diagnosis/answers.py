# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading an HTTP answer for what it shows about who gave it, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..redaction import excerpt

_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_REALM = re.compile(r'\brealm="([A-Za-z0-9_-]{1,63})"')
# Fields that programs on the way add. None of them proves anything by itself.
_PROXY_FIELDS = ("via", "proxy-authenticate", "proxy-connection", "x-squid-error", "x-bluecoat-via")
_PROXY_SERVERS = ("squid", "zscaler", "bluecoat", "blue coat", "fortigate", "fortiproxy", "mitmproxy", "webproxy")


@dataclass(frozen=True)
class ResponseSummary:
    """What an HTTP answer shows, without its body.

    Attributes:
        status: HTTP status.
        error: Error code in the body: OAuth's ``error``, or NetSuite's ``o:errorCode``.
        kind: The body is ``json``, ``html``, ``text`` or ``empty``.
        title: Title of an HTML page.
        realm: Realm of ``WWW-Authenticate``, which is NetSuite's account id (subsect_158521885412).
        redirect: Where the answer points to, without the query.
        signs: Header fields that hint at a program on the way, or at who answered.
        seconds: How long the answer took.
    """

    status: int
    error: str | None = None
    kind: str = "json"
    title: str | None = None
    realm: str | None = None
    redirect: str | None = None
    signs: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def summary(self) -> str:
        """Status and error code, or what stands in the place of one."""
        if self.error:
            return f"HTTP {self.status} {self.error}"
        what = {"json": "without an error code", "html": "with a web page", "text": "with plain text"}
        return f"HTTP {self.status} {what.get(self.kind, 'with an empty body')}"

    @property
    def from_proxy(self) -> bool:
        """Whether something hints at a proxy."""
        return any(sign.partition(":")[0].lower() in _PROXY_FIELDS for sign in self.signs) or any(
            name in sign.lower() for sign in self.signs for name in _PROXY_SERVERS
        )


def read(
    status: int, headers: Mapping[str, str], text: str, *, error: str | None, is_json: bool, seconds: float
) -> ResponseSummary:
    """Read an answer.

    Args:
        status: HTTP status.
        headers: Header fields, names in lower case.
        text: The body.
        error: Error code in the body.
        is_json: Whether the body is JSON.
        seconds: How long the answer took.
    """
    realm = _REALM.search(headers.get("www-authenticate", ""))
    title = None if is_json else _TITLE.search(text[:20000])
    return ResponseSummary(
        status=status,
        error=error,
        kind=_kind(headers.get("content-type", ""), text, is_json),
        title=excerpt(title.group(1), 80) if title else None,
        realm=realm.group(1) if realm else None,
        redirect=_place(headers.get("location", "")) if 300 <= status < 400 and status != 304 else None,
        signs=_signs(headers, is_json),
        seconds=seconds,
    )


def _kind(content_type: str, text: str, is_json: bool) -> str:
    if is_json:
        return "json"
    if not text.strip():
        return "empty"
    looks_html = "<html" in text[:2000].lower() or text.lstrip()[:9].lower() == "<!doctype"
    return "html" if looks_html or "html" in content_type.lower() else "text"


def _signs(headers: Mapping[str, str], is_json: bool) -> tuple[str, ...]:
    found = [f"{name.title()}: {excerpt(headers[name], 60)}" for name in _PROXY_FIELDS if name in headers]
    if headers.get("server") and (not is_json or found):
        found.append(f"Server: {excerpt(headers['server'], 60)}")
    if headers.get("set-cookie") and not is_json:
        found.append(f"Set-Cookie: {excerpt(headers['set-cookie'].partition('=')[0], 40)}")
    return tuple(found)


def _place(location: str) -> str:
    try:
        parts = urlsplit(location)
        host = parts.hostname
    except ValueError:
        return "another place"
    return f"{host}{excerpt(parts.path, 60)}" if host else excerpt(parts.path, 60) or "another place"
