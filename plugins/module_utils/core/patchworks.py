# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of Patchworks' Core API for custom scripts, as data and pure functions.

Each call of the API is one row of ``ROUTES``. What Patchworks documents, or a public client of others does, is
confirmed; the rest follows from the names around it and is experimental: when it does not work, the row holds what to
do by hand. A user can replace every row, so that a wrong guess needs no new release.

Source: Patchworks product documentation, "API reference" (scripts, script versions, common functionality); the public
PHP client NoDiskInDriveA/patchworks-api for the calls that the readable part of the documentation leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from . import inputs
from .accounts import is_loopback
from .errors import OptionError, RefusedError

SCRIPT_NAME = "NetSuite OAuth 2 - Generate Client Assertion"
# The description on Patchworks' own page is not known; this one is ours.
SCRIPT_DESCRIPTION = "Signs the client assertion (JWT) with which the NetSuite connector gets its access tokens."
CORE_URL = "https://core.wearepatchworks.com/api/v1"
LOGIN_URL = "https://app.wearepatchworks.com/fabric/api/login"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_DASHBOARD = "In the Patchworks dashboard, open scripts"


@dataclass(frozen=True)
class Route:
    """One call of the API.

    Attributes:
        name: What it is for.
        method: HTTP method; empty when the call is not to be made.
        path: Path below the API's base; ``{script}`` and ``{version}`` stand for ids.
        confirmed: Whether it is known to exist in this form.
        manual: What a person does instead; ``{name}`` stands for the script's name.
    """

    name: str
    method: str
    path: str
    confirmed: bool
    manual: str = ""

    def url(self, base: str, **ids: str) -> str:
        """The absolute URL of the call."""
        return f"{base}/{self.path.format(**{key: quote(value, safe='') for key, value in ids.items()})}"


_SAVE_AND_DEPLOY = f"{_DASHBOARD}, open {{name}}, paste the content over what is there, and choose save and deploy"
ROUTES: dict[str, Route] = {
    route.name: route
    for route in (
        Route("list_scripts", "GET", "scripts", True),
        Route("get_version", "GET", "script-versions/{version}", True),
        Route("create_version", "POST", "scripts/{script}/script-versions", True, _SAVE_AND_DEPLOY),
        Route(
            "update_script", "PATCH", "scripts/{script}", True, f"{_DASHBOARD}, and edit the description of {{name}}"
        ),
        # The path is confirmed, the fields of the body are taken from the documented model.
        Route(
            "create_script",
            "POST",
            "scripts",
            False,
            f"{_DASHBOARD}, choose create script, enter the name {{name}} and the language JavaScript, and create it",
        ),
        # The operation is documented, its path is not.
        Route(
            "deploy_version",
            "POST",
            "script-versions/{version}/deploy",
            False,
            f"{_DASHBOARD}, open {{name}}, and choose save and deploy",
        ),
        Route("delete_script", "DELETE", "scripts/{script}", False, f"{_DASHBOARD}, and delete {{name}}"),
    )
}


def routes(overrides: Mapping[str, Any] | None) -> dict[str, Route]:
    """The table of calls with a user's replacements, each ``METHOD path`` or empty for "do not make this call".

    Raises:
        OptionError: an unknown name, or a value that is not a method and a path.
    """
    table = dict(ROUTES)
    for name, value in (overrides or {}).items():
        if name not in table:
            raise OptionError(f"routes: {name} is unknown", f"Use {', '.join(table)}", cause="bad_routes")
        method, _blank, path = str(value or "").strip().partition(" ")
        method, path = method.upper(), path.strip().strip("/")
        known = table[name]
        if value and (method not in _METHODS or not path or not _fits(known, path)):
            raise OptionError(
                f"routes: {name} is not a method and a path like '{known.method} {known.path}'",
                "Correct it; an empty value switches the call off",
                cause="bad_routes",
            )
        table[name] = Route(name, method, path, bool(value), known.manual)
    return table


def _fits(known: Route, path: str) -> bool:
    ids = {key: "1" for key in ("script", "version") if f"{{{key}}}" in known.path}
    try:
        path.format(**ids)
    except (KeyError, IndexError, ValueError):
        return False
    return "://" not in path and not any(blank in path for blank in " \t\n")


def checked_url(value: str, option: str) -> str:
    """A base URL that credentials may be sent to.

    Raises:
        OptionError: no absolute URL, one with credentials or a query, or one without TLS.
    """
    text = inputs.compact(value, option, cause="bad_url").rstrip("/")
    fix = f"Give {option} as https://host/path; http:// is accepted for loopback addresses only"
    try:
        url = urlsplit(text)
        port_is_good = url.port != 0
    except ValueError:
        raise OptionError(f"{option} is not a URL", fix, cause="bad_url") from None
    if url.scheme not in ("http", "https") or not url.hostname or not port_is_good:
        raise OptionError(f"{option} is not an absolute http(s) URL", fix, cause="bad_url")
    if url.username is not None or url.password is not None or url.query or url.fragment:
        raise OptionError(f"{option} must not carry credentials, a query or a fragment", fix, cause="bad_url")
    if url.scheme == "http" and not is_loopback(url.hostname):
        raise OptionError(f"{option} would send credentials to {url.hostname} without TLS", fix, cause="bad_url")
    return text


def data_of(document: Any) -> Any:
    """What an answer carries: ``{"data": ...}`` unwrapped."""
    return document["data"] if isinstance(document, dict) and "data" in document else document


def last_page(document: Any) -> int:
    """How many pages a list has; 1 when the answer does not say."""
    meta = document.get("meta") if isinstance(document, dict) else None
    pages = meta.get("last_page") if isinstance(meta, dict) else None
    return pages if isinstance(pages, int) and pages > 0 else 1


@dataclass(frozen=True)
class Version:
    """One version of a script.

    Attributes:
        id: Its id.
        number: Its number, which people select.
        status: ``Draft``, ``Inactive`` or ``Deployed``.
        deploying: Whether a deployment is under way.
        failed_at: When the last deployment failed, if one did.
        failure: Why.
        content: The source, where it was asked for.
    """

    id: str
    number: int | None = None
    status: str | None = None
    deploying: bool = False
    failed_at: str | None = None
    failure: str | None = None
    content: str | None = None

    @property
    def deployed(self) -> bool:
        """Whether it runs."""
        return (self.status or "").lower() == "deployed" and not self.deploying


@dataclass(frozen=True)
class Script:
    """A script with its latest version."""

    id: str
    name: str
    description: str | None
    language: str | None
    latest: Version | None


def version_from(document: Any) -> Version | None:
    """A version out of an answer; None when it is none."""
    if not isinstance(document, dict) or document.get("id") is None:
        return None
    number = str(document.get("version"))
    content = document.get("content")
    if isinstance(content, dict):
        content = content.get("content")
    return Version(
        id=str(document["id"]),
        number=int(number) if number.isdigit() else None,
        status=_text(document.get("status")),
        deploying=bool(document.get("deploying")),
        failed_at=_text(document.get("deployment_failed_at")),
        failure=_text(document.get("deployment_failure_reason")),
        content=content if isinstance(content, str) else None,
    )


def script_from(document: Any) -> Script | None:
    """A script out of an answer; None when it is none."""
    if not isinstance(document, dict) or document.get("id") is None:
        return None
    versions = [version for one in document.get("versions") or () if (version := version_from(one))]
    latest = version_from(document.get("latest_version") or document.get("latestVersion"))
    return Script(
        id=str(document["id"]),
        name=str(document.get("name") or ""),
        description=_text(document.get("description")),
        language=_text(document.get("language")),
        latest=max([*versions, *([latest] if latest else [])], key=lambda one: one.number or 0, default=None),
    )


def find_script(scripts: Sequence[Script], name: str) -> Script | None:
    """The script of a name; the API's filter may return more than was asked for.

    Raises:
        RefusedError: several scripts have that name.
    """
    found = [script for script in scripts if script.name.strip() == name.strip()]
    if len(found) > 1:
        raise RefusedError(
            f"{len(found)} scripts are called {name} (ids {', '.join(script.id for script in found)})",
            "Rename or delete all but the one that the authentication method uses",
            cause="several_scripts",
        )
    return found[0] if found else None


def javascript_spelling(scripts: Sequence[Script], default: str) -> str:
    """How this installation spells the language, read off the scripts that are there: the value is not documented."""
    spellings = [script.language for script in scripts if script.language]
    return next((word for word in spellings if word.lower().startswith(("javascript", "node", "js"))), default)


def same_content(one: str | None, other: str) -> bool:
    """Whether two sources are the same but for line ends and blank ends, which a store may change."""
    return one is not None and _plain(one) == _plain(other)


def rejection_reason(document: Any) -> str:
    """What an error answer says: ``{"message": ..., "errors": {field: [...]}}``."""
    if not isinstance(document, dict):
        return ""
    errors = document.get("errors")
    parts = [str(document.get("message") or "").strip()]
    for field, texts in errors.items() if isinstance(errors, dict) else ():
        words = " ".join(map(str, texts)) if isinstance(texts, list) else str(texts)
        if words not in parts[0]:
            parts.append(f"{field}: {words}")
    return " ".join(part for part in parts if part)


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
