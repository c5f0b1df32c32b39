# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what goes wrong between the server and the client.

A rule names an account (or any), a route (or ``*``), how many requests to let pass first and how many
to hit, and whether the work is done before the answer is lost.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .conditions import Outcome
from .settings import ConfigError, is_whole
from .wire import Response, rest_body

ROUTES = (
    "token",
    "keys",
    "token.revoke",
    "openid_configuration",
    "certificates.list",
    "certificates.upload",
    "certificates.revoke",
    "server_time",
    "suiteql",
    "metadata_catalog",
    "governance_limits",
    "restlet",
    "unknown",
)
_KINDS: dict[str, set[str]] = {
    "status": {"status", "body", "headers", "content_type"},
    "drop": set(),
    "half_body": set(),
    "delay": {"seconds"},
    "html": {"status"},
    "redirect": {"location", "status"},
    "endless_body": set(),
}
_LONGEST_DELAY = 3600
_RULE = {"account", "route", "count", "after", "when", "fault"}
_PAGE = "<!DOCTYPE html>\n<html><head><title>NetSuite</title></head><body><h1>NetSuite</h1></body></html>\n"


@dataclass(slots=True)
class FaultRule:
    """One rule, with how often it was met and how often it hit."""

    id: int
    account: str | None
    route: str
    count: int | None
    after: int
    when: str
    fault: dict[str, Any]
    seen: int = 0
    hits: int = 0

    def describe(self) -> dict[str, Any]:
        """Return the rule as JSON data."""
        return {name: getattr(self, name) for name in self.__slots__}


class FaultBook:
    """The rules in force, tried in the order in which they came."""

    def __init__(self) -> None:
        self._rules: list[FaultRule] = []
        self._lock = threading.Lock()
        self._ids = itertools.count(1)

    def add(self, value: object) -> FaultRule:
        """Check and add a rule."""
        rule = _parse(value, next(self._ids))
        with self._lock:
            self._rules.append(rule)
        return rule

    def rules(self) -> list[dict[str, Any]]:
        """Describe the rules."""
        with self._lock:
            return [rule.describe() for rule in self._rules]

    def remove(self, number: int | None) -> int:
        """Remove one rule, or all; return how many went."""
        with self._lock:
            before = len(self._rules)
            self._rules = [rule for rule in self._rules if number is not None and rule.id != number]
            return before - len(self._rules)

    def match(self, label: str, route: str) -> FaultRule | None:
        """Return the rule that hits this request, counting it."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.account not in (None, label) or rule.route not in ("*", route):
                    continue
                rule.seen += 1
                if rule.seen <= rule.after or (rule.count is not None and rule.hits >= rule.count):
                    continue
                rule.hits += 1
                return rule
        return None


def _parse(value: object, number: int) -> FaultRule:
    """Check a rule as an administrator gives it."""
    if not isinstance(value, Mapping) or not set(value) <= _RULE:
        raise ConfigError(f"a fault must be a mapping with {', '.join(sorted(_RULE))}")
    account, route = value.get("account"), value.get("route", "*")
    if account is not None and not isinstance(account, str):
        raise ConfigError("account must be a label or null")
    if route != "*" and route not in ROUTES:
        raise ConfigError(f"unknown route {route!r}; known are * and {', '.join(ROUTES)}")
    count, after, when = value.get("count", 1), value.get("after", 0), value.get("when", "before")
    if not ((count is None or (is_whole(count) and count > 0)) and is_whole(after) and after >= 0):
        raise ConfigError("count must be a positive number or null, after must be 0 or more")
    if when not in ("before", "after"):
        raise ConfigError("when must be before or after")
    return FaultRule(number, account, route, count, after, when, _parse_fault(value.get("fault")))


def _parse_fault(value: object) -> dict[str, Any]:
    """Check the fault itself."""
    if not isinstance(value, Mapping) or value.get("kind") not in _KINDS:
        raise ConfigError(f"fault.kind must be one of {', '.join(_KINDS)}")
    kind = str(value["kind"])
    unknown = set(value) - _KINDS[kind] - {"kind"}
    if unknown:
        raise ConfigError(f"fault {kind}: unknown key {', '.join(sorted(map(str, unknown)))}")
    status = value.get("status")
    if (kind == "status" or status is not None) and not (is_whole(status) and 200 <= status <= 599):
        raise ConfigError(f"fault {kind}: status must be a number from 200 to 599")
    seconds = value.get("seconds")
    if kind == "delay" and not ((is_whole(seconds) or isinstance(seconds, float)) and 0 <= seconds <= _LONGEST_DELAY):
        raise ConfigError(f"fault delay: seconds must be a number from 0 to {_LONGEST_DELAY}")
    if kind == "redirect" and not isinstance(value.get("location"), str):
        raise ConfigError("fault redirect: location must be a URL")
    if not isinstance(value.get("headers", {}), Mapping):
        raise ConfigError("fault status: headers must be a mapping")
    return dict(value)


def apply(rule: FaultRule, work: Callable[[], Response], oauth_style: bool) -> Response:
    """Answer a request that a rule hits; the work is done first when the rule says so."""
    fault, kind = rule.fault, rule.fault["kind"]
    if kind in ("delay", "half_body"):
        if kind == "delay" and rule.when == "before":
            time.sleep(fault["seconds"])
        response = work()
        if kind == "delay" and rule.when == "after":
            time.sleep(fault["seconds"])
        if kind == "half_body":
            response.delivery = "half"
        return response
    if rule.when == "after":
        work()
    if kind == "drop":
        return Response(200, delivery="none")
    if kind == "endless_body":
        return Response(200, b"0123456789abcdef" * 4096, "application/json", delivery="endless")
    if kind == "html":
        return Response(fault.get("status", 200), _PAGE.encode(), "text/html; charset=utf-8")
    if kind == "redirect":
        return Response(fault.get("status", 302), headers={"Location": fault["location"]})
    return _status(fault, oauth_style)


def _status(fault: dict[str, Any], oauth_style: bool) -> Response:
    """Answer with a given status; without a body the family's own error shape is used."""
    status, body = fault["status"], fault.get("body")
    headers = {str(name): str(value) for name, value in fault.get("headers", {}).items()}
    if status in (204, 304):
        return Response(status, headers=headers)
    if body is None:
        body = {"error": "server_error"} if oauth_style else rest_body(Outcome(status, "UNEXPECTED_ERROR"), "Fault.")
    content_type = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
    data = body if isinstance(body, str) else json.dumps(body)
    return Response(status, data.encode("utf-8"), fault.get("content_type", content_type), headers)
