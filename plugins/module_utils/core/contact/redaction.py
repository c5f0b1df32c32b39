# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of an answer may leave the house: its form, error codes and messages, without whom they are about.

Of a body only the members that say how NetSuite answers are quoted, all others by their kind alone. What is quoted has
every name and id replaced by a placeholder, the same one for the same value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from ..accounts import Account, Endpoints
from ..redaction import excerpt
from .answers import Answer, listed

# Members that are quoted: they hold words of the protocol, and messages.
_QUOTED = frozenset(
    {
        *("alg", "algorithm", "detail", "error", "error_description", "expires_in", "integrationLimitType", "kty"),
        *(
            "o:errorCode",
            "o:errorHeader",
            "o:errorPath",
            "scope",
            "status",
            "title",
            "token_type",
            "typ",
            "type",
            "use",
        ),
    }
)
_LISTS_OF_WORDS = re.compile(r"[a-z_]+_supported")
_HEADERS = ("allow", "cache-control", "content-type", "retry-after", "www-authenticate")
_LONGEST = 300
_MOST_MEMBERS = 40
# Hosts that say nothing about an account.
_PUBLIC = ("docs.oracle.com", "www.rfc-editor.org", "www.w3.org")
_PATTERNS: tuple[tuple[str, str], ...] = (
    (r"(?i)(?<=error id: )[\w.-]*\w", "ERROR_ID"),
    (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", "EMAIL"),
    (r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "ID"),
    (r"(?i)\b(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z]{2,}(?=[:/\s\"']|\.?$)", "HOST"),
    (r"\b\d{1,3}(?:\.\d{1,3}){3}\b", "ADDRESS"),
    (r'(?<=realm=")[^"]*(?=")', "REALM"),
    (r"(?<![\w-])[\w-]{32,}(?![\w-])", "ID"),
    (r"(?<!\d)\d{5,}(?:_[A-Za-z0-9]+)?(?!\d)", "NUMBER"),
)
_PLACEHOLDER = re.compile(r"(?:ERROR_ID|EMAIL|ID|HOST|ADDRESS|REALM|NUMBER)_[0-9]+")


class Redactor:
    """Replaces what tells whom a report is about.

    Args:
        known: By value, its placeholder.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        longest_first = sorted((value for value in known if value.strip()), key=len, reverse=True)
        self._known = {value.lower(): known[value] for value in longest_first}
        each = "|".join(re.escape(value) for value in longest_first)
        self._pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{each})(?![A-Za-z0-9])", re.IGNORECASE) if each else None
        self._seen: dict[tuple[str, str], str] = {}

    def __call__(self, text: str) -> str:
        """The text without names, ids, hosts and credentials, on one line and not too long."""
        text = excerpt(text, _LONGEST)
        if self._pattern is not None:
            text = self._pattern.sub(lambda found: self._known[found[0].lower()], text)
        for pattern, kind in _PATTERNS:
            text = re.sub(pattern, self._replacement(kind), text)
        return text

    def _replacement(self, kind: str) -> Callable[[re.Match[str]], str]:
        def replace(found: re.Match[str]) -> str:
            value = found[0]
            if value.lower() in _PUBLIC or value in self._known.values() or _PLACEHOLDER.fullmatch(value):
                return value
            return self._seen.setdefault((kind, value.lower()), f"{kind}_{self._count(kind) + 1}")

        return replace

    def _count(self, kind: str) -> int:
        return sum(one == kind for one, _value in self._seen)


def known_values(
    account: Account, endpoints: Endpoints, ids: Mapping[str, str], answers: Iterable[Answer]
) -> dict[str, str]:
    """What is known to tell whom a report is about, with placeholders.

    Args:
        account: The account.
        endpoints: Its addresses.
        ids: Further values with their placeholders.
        answers: Answers of the certificate API, and those with tokens.
    """
    known = {account.label: "ACCOUNT", account.realm: "ACCOUNT", **ids}
    for place in (endpoints.suitetalk, endpoints.restlets):
        known.setdefault(place.partition("://")[2].partition("/")[0], "HOST")
    for answer in answers:
        audience = answer.claims.get("aud")
        for part in audience if isinstance(audience, list) else []:
            known.setdefault(str(part).partition(";")[0], "APPLICATION_ID")
        for entry in listed(answer.document):
            _note(known, str(entry.get("certificate_id") or ""), "CERTIFICATE_ID")
            for part in entry.values():
                if isinstance(part, Mapping):
                    for name in ("name", "application_id"):
                        _note(known, str(part.get(name) or ""), name.upper())
    return known


def _note(known: dict[str, str], value: str, kind: str) -> None:
    if value and value not in known:
        known[value] = f"{kind}_{sum(one.startswith(kind) for one in known.values()) + 1}"


def shown(answer: Answer, redact: Redactor) -> dict[str, Any]:
    """An answer as the report shows it."""
    headers = {name: redact(answer.headers[name]) for name in _HEADERS if name in answer.headers}
    found: dict[str, Any] = {"status": answer.status, "headers": headers, "body": _shape(answer.document, redact)}
    if answer.token_header:
        found["token"] = {
            "header": _shape(answer.token_header, redact),
            "claims": _shape(answer.claims, redact),
        }
    return found


def _shape(value: Any, redact: Redactor, name: str = "") -> Any:
    """A JSON value as its kind, but for the members that are quoted; of a list, its first element."""
    if isinstance(value, Mapping):
        members = list(value.items())[:_MOST_MEMBERS]
        return {redact(str(key)): _shape(part, redact, str(key)) for key, part in members}
    if isinstance(value, list):
        if _LISTS_OF_WORDS.fullmatch(name) or name in _QUOTED:
            return [_shape(part, redact, "type") for part in value[:_MOST_MEMBERS]]
        return [_shape(part, redact, name) for part in value[:1]]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return redact(value) if name in _QUOTED else _kind(value)
    return value if name in _QUOTED else "number"


def _kind(text: str) -> str:
    try:
        date.fromisoformat(text)
    except ValueError:
        return "string"
    return "date"
