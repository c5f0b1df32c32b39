# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Patchworks' Core API: scripts and their versions. Which calls there are, is a table in ``core.patchworks``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from ..core import patchworks
from ..core.errors import RefusedError, TransportError
from ..core.patchworks import Route, Script, Version
from .http_client import HttpClient, Response
from .http_errors import about

_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_INCLUDE = "versions,latestVersion"
_PER_PAGE = 100
_POLL_SECONDS = (1.0, 10.0)


class ManualStepError(RefusedError):
    """A call that is not confirmed did not work, or is switched off: a person has to do it."""

    def __init__(self, route: Route, name: str, reason: str, http_status: int | None = None) -> None:
        step = route.manual.format(name=f'"{name}"')
        fix = f"{step}. Then run this again. If you know the right call, set routes.{route.name}"
        super().__init__(reason, fix, cause="manual_step", route=route.name, manual_step=step, http_status=http_status)


def login(http_client: HttpClient, url: str, field: str, username: str, password: str) -> str:
    """Log in with a person's name and password; returns the value of the Authorization header.

    Args:
        http_client: The HTTP client.
        url: Where to log in.
        field: What the name's field is called: ``username``, or ``email`` on older installations.
        username: The name.
        password: The password.

    Raises:
        RefusedError: the login was refused, or brought no token.
        TransportError: no answer came.
    """
    body = json.dumps({field: username, "password": password})
    response = _send(http_client, "POST", url, _JSON, body, "login_url")
    document = response.json()
    token = document.get("token") if isinstance(document, dict) else None
    if response.status != 200 or not token:
        said = patchworks.rejection_reason(document) or response.excerpt()
        raise RefusedError(
            f"The login at {url} was answered with HTTP {response.status} but without a token. {said}".rstrip(". "),
            "Check username and password, and whether this installation calls the field username or email"
            " (login_field); where two-factor or single sign-on stands in the way, use api_key",
            cause="login_refused",
            http_status=response.status,
        )
    return f"Bearer {token}"


class PatchworksApi:
    """The scripts of one Patchworks company.

    Args:
        http_client: The HTTP client.
        base_url: Base of the Core API.
        authorization: Value of the Authorization header: an API key as it is, or ``Bearer`` and a login token.
        routes: The table of calls.
        name: Name of the script, for messages.
    """

    def __init__(
        self, http_client: HttpClient, base_url: str, authorization: str, routes: Mapping[str, Route], name: str
    ) -> None:
        self._http_client = http_client
        self._base_url = base_url
        self._headers = {**_JSON, "Authorization": authorization}
        self._routes = routes
        self._name = name
        self.experimental: list[str] = []

    def scripts(self) -> list[Script]:
        """All scripts that may be meant: those of the name, or all where the name cannot be filtered by."""
        query = {"include": _INCLUDE, "per_page": str(_PER_PAGE), "filter[name]": self._name}
        if "," in self._name:  # the API reads a comma as "or"
            del query["filter[name]"]
        return self._all(query)

    def any_scripts(self) -> list[Script]:
        """A page of the company's scripts, whatever their names."""
        document = self._call("list_scripts", query={"per_page": str(_PER_PAGE)}).json()
        return [script for one in patchworks.data_of(document) or () if (script := patchworks.script_from(one))]

    def version(self, version_id: str, *, content: bool = False) -> Version:
        """One version, with its source where that is asked for.

        Raises:
            RefusedError: the answer holds none.
        """
        query = {"include": "content"} if content else {}
        document = self._call("get_version", {"version": version_id}, query=query).json()
        version = patchworks.version_from(patchworks.data_of(document))
        if version is None or (content and version.content is None):
            what = "its content" if version else "it"
            raise RefusedError(
                f"Patchworks was asked for version {version_id} of {self._name} and did not return {what}",
                "Check routes.get_version; if the key's role may not read scripts, use one that may",
                cause="unexpected_answer",
            )
        return version

    def create_script(self, description: str | None, language: str) -> None:
        """Make the script. Its versions are another call."""
        body = {"name": self._name, "description": description or "", "language": language}
        self._call("create_script", body=body)

    def describe_script(self, script_id: str, description: str) -> None:
        """Change the script's description."""
        self._call("update_script", {"script": script_id}, body={"description": description})

    def create_version(self, script_id: str, content: str) -> None:
        """Add a version with a new source."""
        self._call("create_version", {"script": script_id}, body={"content": content})

    def delete_script(self, script_id: str) -> None:
        """Delete the script."""
        self._call("delete_script", {"script": script_id})

    def deploy(self, version: Version) -> None:
        """Ask for the deployment of a version, which then goes on by itself."""
        self._call("deploy_version", {"version": version.id}, body={})

    def wait_until_deployed(
        self, before: Version, timeout: float, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> Version:
        """Wait for the end of a deployment.

        Args:
            before: The version before the deployment was asked for.
            timeout: Seconds to wait.
            clock: Source of POSIX times.
            sleep: How to pause.

        Raises:
            ManualStepError: the deployment failed, did not start, or did not end in time.
        """
        route, deadline, pause = self._routes["deploy_version"], clock() + timeout, _POLL_SECONDS[0]
        while True:
            version = self.version(before.id)
            if version.deployed:
                return version
            number = version.number if version.number is not None else version.id
            what = f"The deployment of version {number} of {self._name}"
            if not version.deploying and version.failed_at and version.failed_at != before.failed_at:
                why = version.failure or "Patchworks does not say why"
                raise ManualStepError(route, self._name, f"{what} failed: {why}")
            if clock() >= deadline:
                state = f"has not finished after {timeout:g} seconds" if version.deploying else "did not happen"
                raise ManualStepError(route, self._name, f"{what} {state}")
            sleep(pause)
            pause = min(pause * 1.5, _POLL_SECONDS[1])

    def _all(self, query: dict[str, str]) -> list[Script]:
        found: list[Script] = []
        page = pages = 1
        while page <= pages:
            document = self._call("list_scripts", query={**query, "page": str(page)}).json()
            listed = patchworks.data_of(document)
            if not isinstance(listed, list):
                raise RefusedError(
                    "The list of scripts is not a list",
                    "Check api_url and routes.list_scripts",
                    cause="unexpected_answer",
                )
            found += [script for one in listed if (script := patchworks.script_from(one))]
            page, pages = page + 1, patchworks.last_page(document)
        return found

    def _call(
        self,
        name: str,
        ids: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, str] | None = None,
    ) -> Response:
        """Make a call of the table.

        Raises:
            ManualStepError: it is experimental, or switched off, and did not work.
            RefusedError: Patchworks refused it.
            TransportError: no answer came.
        """
        route = self._routes[name]
        if not route.method:
            raise ManualStepError(route, self._name, f"The call {name} is switched off in routes")
        if not route.confirmed:
            self.experimental.append(name)
        url = route.url(self._base_url, **(ids or {})) + (f"?{urlencode(query)}" if query else "")
        text = None if body is None else json.dumps(body)
        response = _send(self._http_client, route.method, url, self._headers, text, "api_url")
        if 200 <= response.status < 300:
            return response
        said = patchworks.rejection_reason(response.json()) or response.excerpt()
        problem = f"{route.method} {url.partition('?')[0]} was answered with HTTP {response.status}. {said}".rstrip(
            ". "
        )
        if not route.confirmed and response.status not in (401, 403):
            problem = f"{name} is experimental and did not work: {problem}"
            raise ManualStepError(route, self._name, problem, http_status=response.status)
        raise RefusedError(problem, _advice(response.status), cause="call_refused", http_status=response.status)


def _send(
    http_client: HttpClient, method: str, url: str, headers: Mapping[str, str], body: str | None, option: str
) -> Response:
    """Send a request. The shared client's advice is about NetSuite; here it has to name this module's option."""
    try:
        return http_client.send(method, url, headers=headers, body=body, idempotent=method == "GET")
    except TransportError as error:
        raise about(error, "Patchworks", option) from None


def _advice(status: int) -> str:
    if status == 401:
        return "Check api_key, or username and password; an API key is sent as it is, without the word Bearer"
    if status == 403:
        return "Custom scripts need a manager's or administrator's rights, and a subscription that has them"
    if status == 422:
        return "Correct these fields"
    if status == 413:
        return "The script is larger than Patchworks accepts"
    if 300 <= status < 400 or status == 404:
        return "Check api_url, and routes where you have changed them"
    return "Try again; if it persists, contact Patchworks"
