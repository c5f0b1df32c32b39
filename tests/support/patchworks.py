# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for Patchworks' Core API: the documented shapes of scripts and versions, on loopback.

It is strict where the shapes are documented, and switchable where they are not (``Knobs``). Nothing is shared with the
client. What deploying and deleting a script looks like is a guess on both sides: the tests of those two show that the
client does what its table says, and no more.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

API_KEY, USERNAME, PASSWORD, TOKEN = "pw-key-7d41c0", "integration@example.com", "open sesame 9a2", "login-token-51f3"
NOW = "2026-11-23T20:00:00.000000Z"


@dataclass
class Knobs:
    """What is not documented, or differs between installations.

    Attributes:
        deploy_path: Path of the deployment, below the base; empty where there is none.
        deploy_reads: After how many reads of the version a deployment is over.
        deploy_failure: Why deployments fail; empty when they do not.
        deploys_by_itself: Whether a new version is deployed at once, without being asked for.
        keeps_draft: Whether asking for a deployment does nothing.
        camel: Whether the latest version is called ``latestVersion``.
        content_object: Whether the included content is an object with a ``content`` of its own.
        content_hidden: Whether it is left out.
        placeholder: Content of the version that a new script begins with; None when it begins with none.
        language: The only language that a script may have; None for any.
        can_create: Whether scripts can be created.
        can_delete: Whether scripts can be deleted.
        login_field: What the login calls the name.
        per_page: Longest page.
        filters: Whether the list can be filtered by name.
        crlf: Whether contents are stored with other line ends and blank ends.
        role_status: Answer to every authorised call when it is not 0.
    """

    deploy_path: str = "script-versions/{id}/deploy"
    deploy_reads: int = 2
    deploy_failure: str = ""
    deploys_by_itself: bool = False
    keeps_draft: bool = False
    camel: bool = False
    content_object: bool = False
    content_hidden: bool = False
    placeholder: str | None = None
    language: str | None = None
    can_create: bool = True
    can_delete: bool = True
    login_field: str = "username"
    per_page: int = 100
    filters: bool = True
    crlf: bool = False
    role_status: int = 0


@dataclass
class Company:
    """What is in the stand-in, and what was asked of it."""

    knobs: Knobs = field(default_factory=Knobs)
    scripts: dict[int, dict[str, Any]] = field(default_factory=dict)
    versions: dict[int, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(11))

    def add_script(self, name: str, content: str | None = None, **more: Any) -> int:
        """Add a script as a person does in the dashboard; returns its id."""
        number = next(self.numbers)
        self.scripts[number] = {
            "id": number,
            "name": name,
            "description": "",
            "language": "javascript-node",
            "script_template_id": None,
            "ai_created": False,
            "created_at": NOW,
            "updated_at": NOW,
            **more,
        }
        if content is not None:
            self.add_version(number, content)
        return number

    def add_version(self, script: int, content: str, status: str = "Draft") -> int:
        """Add a version; returns its id."""
        number = next(self.numbers)
        if self.knobs.crlf:
            content = content.replace("\n", "  \r\n") + "\r\n\r\n"
        self.versions[number] = {
            "id": number,
            "script_id": script,
            "version": 1 + sum(one["script_id"] == script for one in self.versions.values()),
            "status": status,
            "deploying": False,
            "deployed_at": NOW if status == "Deployed" else None,
            "deployment_failed_at": None,
            "deployment_failure_reason": None,
            "last_invoked_on": None,
            "created_at": NOW,
            "updated_at": NOW,
            "content": content,
            "reads": 0,
        }
        return number

    def latest(self, script: int) -> dict[str, Any] | None:
        """The latest version of a script."""
        mine = [one for one in self.versions.values() if one["script_id"] == script]
        return max(mine, key=lambda one: int(one["version"]), default=None)

    def writes(self) -> list[tuple[str, str]]:
        """The calls that were to change something."""
        return [call for call in self.calls if call[0] != "GET" and "login" not in call[1]]

    def start_deployment(self, version: dict[str, Any]) -> None:
        """Begin what takes a while."""
        if not self.knobs.keeps_draft:
            version.update(deploying=True, reads=0)

    def go_on(self, version: dict[str, Any]) -> None:
        """A version is looked at: time has passed."""
        if not version["deploying"]:
            return
        version["reads"] += 1
        if version["reads"] < self.knobs.deploy_reads:
            return
        version["deploying"] = False
        if self.knobs.deploy_failure:
            failure = {"deployment_failed_at": NOW, "deployment_failure_reason": self.knobs.deploy_failure}
            version.update(failure)
            return
        for one in self.versions.values():
            if one["script_id"] == version["script_id"] and one["status"] == "Deployed":
                one["status"] = "Inactive"
        version.update(status="Deployed", deployed_at=NOW)


class Refusal(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, errors: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **({"errors": errors} if errors else {})}


@dataclass
class Call:
    """One request, taken apart."""

    company: Company
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any

    def answer(self) -> tuple[int, Any]:
        """The answer: status and document."""
        if self.path == "/fabric/api/login":
            return self._login()
        if not self.path.startswith("/api/v1/"):
            raise Refusal(404, "The route could not be found.")
        if self.headers.get("accept") != "application/json":
            raise Refusal(302, "Redirecting to /login")
        if self.headers.get("authorization") not in (API_KEY, f"Bearer {TOKEN}"):
            raise Refusal(401, "Unauthenticated.")
        if self.company.knobs.role_status:
            raise Refusal(self.company.knobs.role_status, "This action is unauthorized.")
        path = self.path.removeprefix("/api/v1/")
        for method, pattern, handler in self._handlers():
            found = re.fullmatch(pattern, path)
            if found and method == self.method:
                return handler(*map(int, found.groups()))
        raise Refusal(404, f"The route api/v1/{path} could not be found.")

    def _handlers(self) -> list[tuple[str, str, Callable[..., tuple[int, Any]]]]:
        knobs = self.company.knobs
        table: list[tuple[str, str, Callable[..., tuple[int, Any]]]] = [
            ("GET", "scripts", self._list),
            ("PATCH", r"scripts/(\d+)", self._update),
            ("POST", r"scripts/(\d+)/script-versions", self._add_version),
            ("GET", r"script-versions/(\d+)", self._version),
        ]
        if knobs.can_create:
            table.append(("POST", "scripts", self._create))
        if knobs.can_delete:
            table.append(("DELETE", r"scripts/(\d+)", self._delete))
        if knobs.deploy_path:
            table.append(("POST", re.escape(knobs.deploy_path).replace(r"\{id\}", r"(\d+)"), self._deploy))
        return table

    def _login(self) -> tuple[int, Any]:
        expected = {self.company.knobs.login_field: USERNAME, "password": PASSWORD}
        if self.method != "POST" or set(self.body or {}) != set(expected):
            field_name = self.company.knobs.login_field
            raise Refusal(422, "The given data was invalid.", {field_name: [f"The {field_name} field is required."]})
        if self.body != expected:
            raise Refusal(401, "These credentials do not match our records.")
        return 200, {"message": "You have successfully logged in.", "token": TOKEN, "expires_in": 86400}

    def _list(self) -> tuple[int, Any]:
        found = list(self.company.scripts.values())
        if self.company.knobs.filters and "filter[name]" in self.query:
            words = self.query["filter[name]"].split(",")
            found = [one for one in found if any(word.lower() in one["name"].lower() for word in words)]
        size = min(int(self.query.get("per_page", 15)), self.company.knobs.per_page)
        page = int(self.query.get("page", 1))
        pages = max(1, -(-len(found) // size))
        shown = [self._script(one) for one in found[(page - 1) * size : page * size]]
        meta = {"current_page": page, "last_page": pages, "per_page": size, "total": len(found)}
        return 200, {"data": shown, "links": {}, "meta": meta}

    def _script(self, script: dict[str, Any]) -> dict[str, Any]:
        included = self.query.get("include", "").split(",")
        shown = dict(script)
        if "versions" in included:
            mine = [one for one in self.company.versions.values() if one["script_id"] == script["id"]]
            shown["versions"] = [self._shown(one) for one in mine]
        if "latestVersion" in included:
            latest = self.company.latest(script["id"])
            shown["latestVersion" if self.company.knobs.camel else "latest_version"] = latest and self._shown(latest)
        return shown

    @staticmethod
    def _shown(version: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in version.items() if name not in ("content", "reads")}

    def _create(self) -> tuple[int, Any]:
        body = self.body or {}
        errors = {name: [f"The {name} field is required."] for name in ("name", "language") if not body.get(name)}
        if self.company.knobs.language not in (None, body.get("language")):
            errors["language"] = ["The selected language is invalid."]
        if errors:
            raise Refusal(422, "The given data was invalid.", errors)
        placeholder = self.company.knobs.placeholder
        number = self.company.add_script(body["name"], placeholder, **{key: body[key] for key in body if key != "name"})
        return 201, {"data": self._script(self.company.scripts[number])}

    def _update(self, number: int) -> tuple[int, Any]:
        self._known(self.company.scripts, number).update(self.body)
        return 200, {"data": self._script(self.company.scripts[number])}

    def _delete(self, number: int) -> tuple[int, Any]:
        self._known(self.company.scripts, number)
        del self.company.scripts[number]
        return 200, {"message": "The script has been deleted."}

    def _add_version(self, number: int) -> tuple[int, Any]:
        self._known(self.company.scripts, number)
        if set(self.body or {}) != {"content"} or not self.body["content"]:
            raise Refusal(422, "The given data was invalid.", {"content": ["The content field is required."]})
        version = self.company.versions[self.company.add_version(number, self.body["content"])]
        if self.company.knobs.deploys_by_itself:
            self.company.start_deployment(version)
        return 201, {"data": self._shown(version)}

    def _version(self, number: int) -> tuple[int, Any]:
        version = self._known(self.company.versions, number)
        self.company.go_on(version)
        shown = self._shown(version)
        if "content" in self.query.get("include", "").split(",") and not self.company.knobs.content_hidden:
            content = version["content"]
            shown["content"] = {"id": 1, "content": content} if self.company.knobs.content_object else content
        return 200, {"data": shown}

    def _deploy(self, number: int) -> tuple[int, Any]:
        version = self._known(self.company.versions, number)
        self.company.start_deployment(version)
        return 200, {"data": self._shown(version)}

    @staticmethod
    def _known(table: dict[int, dict[str, Any]], number: int) -> dict[str, Any]:
        if number not in table:
            raise Refusal(404, "No query results for this id.")
        return table[number]


class StandIn:
    """The stand-in as a server, for as long as a ``with`` block lasts."""

    def __init__(self, **knobs: Any) -> None:
        self.company = Company(Knobs(**knobs))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.host = f"http://127.0.0.1:{self._server.server_port}"
        self.api_url, self.login_url = f"{self.host}/api/v1", f"{self.host}/fabric/api/login"

    def __enter__(self) -> StandIn:
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        company = self.company

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                raw = self.rfile.read(length)
                url = urlsplit(self.path)
                with company.lock:
                    status, document = self._answer(url.path, url.query, raw)
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _answer(self, path: str, query: str, raw: bytes) -> tuple[int, Any]:
                company.calls.append((self.command, path))
                if company.faults:
                    return company.faults.pop(0), {"message": "Server Error"}
                try:
                    body = json.loads(raw) if raw else None
                    company.bodies.append(body)
                    fields = {name: values[-1] for name, values in parse_qs(query).items()}
                    headers = {name.lower(): value for name, value in self.headers.items()}
                    return Call(company, self.command, path, fields, headers, body).answer()
                except Refusal as refusal:
                    return refusal.status, refusal.body

            do_GET = do_POST = do_PATCH = do_DELETE = _serve

            def log_message(self, *_: object) -> None:
                pass

        return Handler
