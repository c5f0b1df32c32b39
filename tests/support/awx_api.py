# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX's REST API, for the modules of the collection ``awx.awx``: it stores, finds and relates objects.

What it refuses follows AWX's source (release 24.6.1): ``awx/main/fields.py`` for credential types, and in ``awx/api``
``serializers.py`` for schedules, ``views/__init__.py`` for surveys and for the credentials of a job template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema
from dateutil.rrule import rrulestr
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

TOKEN = "a-token-of-awx"
_TEMPLATES = ("job_templates", "workflow_job_templates", "projects", "inventory_sources")
_NAME = "^[a-zA-Z_]+[a-zA-Z0-9_]*$"
_TEXT = {"type": "string"}
_INPUTS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "required": {"type": "array", "items": _TEXT},
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "label"],
                "properties": {
                    "type": {"enum": ["string", "boolean"]},
                    "format": {"enum": ["ssh_private_key", "url"]},
                    "choices": {"type": "array"},
                    "id": {"type": "string", "pattern": _NAME, "not": {"const": "tower"}},
                    "label": _TEXT,
                    "help_text": _TEXT,
                    "multiline": {"type": "boolean"},
                    "secret": {"type": "boolean"},
                    "ask_at_runtime": {"type": "boolean"},
                    "default": {},
                },
            },
        },
    },
}
_INJECTORS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "file": {
            "additionalProperties": False,
            "patternProperties": {r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$": _TEXT},
        },
        "env": {"additionalProperties": False, "patternProperties": {"^(?!ANSIBLE_)[a-zA-Z_]+[a-zA-Z0-9_]*$": _TEXT}},
        "extra_vars": {"additionalProperties": False, "patternProperties": {_NAME: _TEXT}},
    },
}
_ANSWERS = {"text": str, "textarea": str, "password": str, "integer": int, "float": float}
_MANAGED = {
    "Source Control": ("username", "password", "ssh_key_data", "ssh_key_unlock"),
    "Machine": ("username", "password", "ssh_key_data", "ssh_key_unlock"),
    "Vault": ("vault_password", "vault_id"),
}


class RefusedError(Exception):
    """What AWX does not take."""


class AwxApi:
    """The objects of an AWX.

    Args:
        project: The files of its only project.
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self.objects: dict[str, list[dict[str, Any]]] = {}
        self.related: dict[str, list[int]] = {}
        self.surveys: dict[str, Any] = {}
        self.add("organizations", {"name": "Default"})
        for name, fields in _MANAGED.items():
            inputs = {"fields": [{"id": field, "label": field, "secret": True} for field in fields]}
            self.add("credential_types", {"name": name, "inputs": inputs, "injectors": {}})

    def named(self, kind: str, name: str) -> dict[str, Any]:
        """The object of a kind with a name."""
        return next(one for one in self.objects[kind] if one.get("name") == name)

    def names(self, kind: str, about: Mapping[str, Any], relation: str) -> list[str]:
        """The names, or identifiers, of what an object is related to."""
        ids = self.related.get(f"{about['url']}{relation}/", [])
        return sorted(str(one.get("identifier") or one["name"]) for one in self.objects[kind] if one["id"] in ids)

    def add(self, kind: str, content: dict[str, Any]) -> dict[str, Any]:
        """Store an object.

        Raises:
            RefusedError: AWX would not.
        """
        self._check(kind, content)
        number = sum(map(len, self.objects.values())) + 1
        url = f"/api/v2/{kind}/{number}/"
        made = {
            **content,
            "id": number,
            "url": url,
            "type": kind.rstrip("s"),
            "summary_fields": {},
            "related": {"survey_spec": f"{url}survey_spec/"},
            "scm_revision": "",
        }
        if kind == "inventory_sources":
            made["organization"] = self._by_id("inventories", content["inventory"])["organization"]
        self.objects.setdefault(kind, []).append(made)
        return made

    def find(self, kind: str, query: Mapping[str, str]) -> list[dict[str, Any]]:
        """The objects that fit a query."""
        known = _TEMPLATES if kind == "unified_job_templates" else (kind,)
        return [
            one
            for name in known
            for one in self.objects.get(name, [])
            if all(str(one.get(field)) == value for field, value in query.items() if field != "page_size")
        ]

    def relate(self, kind: str, number: int, relation: str, other: int) -> None:
        """Associate an object with another."""
        known = self.related.setdefault(f"/api/v2/{kind}/{number}/{relation}/", [])
        if (kind, relation) == ("job_templates", "credentials"):
            types = [self._by_id("credentials", one)["credential_type"] for one in (*known, other)]
            if len(types) > len(set(types)):
                raise RefusedError("Cannot assign multiple credentials of one type.")
        known.append(other)

    def _by_id(self, kind: str, number: int) -> dict[str, Any]:
        return next(one for one in self.objects[kind] if one["id"] == number)

    def _check(self, kind: str, content: dict[str, Any]) -> None:
        if kind == "credential_types":
            check_credential_type(content)
        elif kind == "credentials":
            known = self._by_id("credential_types", content["credential_type"])["inputs"]["fields"]
            if unknown := set(content["inputs"]) - {field["id"] for field in known}:
                raise RefusedError(f"Additional properties are not allowed ({unknown})")
        elif kind == "job_templates" and not (self.project / content["playbook"]).is_file():
            raise RefusedError("Playbook not found for project.")
        elif kind == "schedules":
            check_rule(content["rrule"])


def check_credential_type(content: Mapping[str, Any]) -> None:
    """Check a credential type as AWX does.

    Raises:
        RefusedError: it is not one.
    """
    try:
        jsonschema.validate(content["inputs"], _INPUTS)
        jsonschema.validate(content["injectors"], _INJECTORS)
    except jsonschema.ValidationError as error:
        raise RefusedError(error.message) from None
    fields = [field["id"] for field in content["inputs"].get("fields", [])]
    if len(fields) > len(set(fields)):
        raise RefusedError("field IDs must be unique")
    files = {name.partition(".")[2]: "a path" for name in content["injectors"].get("file", {})}
    known = {**dict.fromkeys(fields, "EXAMPLE"), "tower": {"filename": files}}
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for injected in content["injectors"].values():
        for template in injected.values():
            sandbox.from_string(template).render(known)


def check_rule(rule: str) -> None:
    """Check the recurrence of a schedule as AWX does.

    Raises:
        RefusedError: AWX does not take it.
    """
    if not re.match(r"DTSTART(;TZID=[^:]+:\d{8}T\d{6}|:\d{8}T\d{6}Z) RRULE:\S*INTERVAL=\d", rule):
        raise RefusedError("Valid DTSTART and INTERVAL required in rrule.")
    if re.search(r"SECONDLY|EXDATE|RDATE|BYDAY=\d", rule):
        raise RefusedError("not supported in rrule")
    rrulestr(rule.replace(" ", "\n"))


def check_survey(survey: Mapping[str, Any]) -> None:
    """Check a survey as AWX does.

    Raises:
        RefusedError: AWX does not take it.
    """
    if not (isinstance(survey.get("name"), str) and isinstance(survey.get("description"), str) and survey.get("spec")):
        raise RefusedError("a survey has a name, a description and questions")
    for question in survey["spec"]:
        if not all(isinstance(question.get(name), str) for name in ("type", "question_name", "variable")):
            raise RefusedError("a question lacks something")
        if not isinstance(question.get("required"), bool) or question["type"] not in _ANSWERS:
            raise RefusedError("a question's kind")
        if not isinstance(question.get("default", _ANSWERS[question["type"]]()), _ANSWERS[question["type"]]):
            raise RefusedError("a question's default")


class _Handler(BaseHTTPRequestHandler):
    api: AwxApi

    def do_GET(self) -> None:
        kind, number, relation = self._path()
        if relation == "survey_spec":
            self._answer(200, self.api.surveys.get(self._url(), {}))
        elif relation:
            self._answer(200, _page([{"id": one} for one in self.api.related.get(self._url(), [])]))
        elif number:
            self._answer(200, _shown(self.api.find(kind, {"id": number})[0]))
        else:
            found = self.api.find(kind, dict(parse_qsl(urlsplit(self.path).query)))
            self._answer(200, _page([_shown(one) for one in found]))

    def do_POST(self) -> None:
        kind, number, relation = self._path()
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            if relation == "survey_spec":
                check_survey(content)
                self.api.surveys[self._url()] = content
                self._answer(200, {})
            elif relation:
                self.api.relate(kind, int(number), relation, content["id"])
                self._answer(204)
            else:
                self._answer(201, _shown(self.api.add(kind, content)))
        except RefusedError as error:
            self._answer(400, {"detail": str(error)})

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _url(self) -> str:
        return urlsplit(self.path).path

    def _path(self) -> tuple[str, str, str]:
        parts = [*self._url().removeprefix("/api/v2/").strip("/").split("/"), "", ""]
        return parts[0], parts[1], parts[2]

    def _answer(self, status: int, content: Any = None) -> None:
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            status, content = 401, {}
        self.send_response(status)
        body = b"" if content is None else json.dumps(content).encode()
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _page(found: list[dict[str, Any]]) -> dict[str, Any]:
    return {"count": len(found), "results": found, "next": None, "previous": None}


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    """An object as AWX shows it, without its secrets."""
    if "credential_type" in one:
        return {**one, "inputs": dict.fromkeys(one["inputs"], "$encrypted$")}
    return one


@contextmanager
def running(project: Path) -> Iterator[tuple[AwxApi, str]]:
    """A server on loopback, and its address."""
    api = AwxApi(project)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"api": api}))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield api, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
