# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.patchworks_script."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..core import patchworks
from ..core.errors import M2MError, OptionError, RefusedError
from ..core.libraries import HTTP_LIBRARIES
from ..core.patchworks import Script, Version
from ..services import files, patchworks_api
from ..services.http_client import HttpClient
from ..services.oauth_client import open_http_client
from .operation import Context, Operation, Options, Result
from .option_groups import HTTP


def run(options: Options, context: Context) -> Result:
    """Bring one script into the wanted state."""
    table = patchworks.routes(options["routes"])
    base_url = patchworks.checked_url(options["api_url"], "api_url")
    login_url = patchworks.checked_url(options["login_url"], "login_url")
    content = None if options["state"] == "absent" else _content(options)
    with open_http_client(options, context.clock, context.sleep) as http_client:
        authorization = _authorization(options, http_client, login_url)
        api = patchworks_api.PatchworksApi(http_client, base_url, authorization, table, options["name"])
        sync = ScriptSync(api, options, context)
        try:
            return sync.remove() if content is None else sync.ensure(content)
        except M2MError as error:
            error.facts["changed"] = bool(sync.done) and not context.check_mode
            raise


def _content(options: Options) -> str:
    """The wanted source.

    Raises:
        OptionError: it is empty, or its file cannot be read.
    """
    text = options["content"]
    if options["path"]:
        text = files.read_required(options["path"], what="The script")
    if not (text or "").strip():
        raise OptionError("The script is empty", "Give it as content, or name its file with path", cause="empty_script")
    return str(text)


def _authorization(options: Options, http_client: HttpClient, login_url: str) -> str:
    if options["api_key"]:
        return str(options["api_key"])
    return patchworks_api.login(
        http_client, login_url, options["login_field"], options["username"], options["password"]
    )


@dataclass
class ScriptSync:
    """One script: what is there, what is wanted, and what was done about it."""

    api: patchworks_api.PatchworksApi
    options: Options = field(repr=False)
    context: Context
    done: list[str] = field(default_factory=list)

    def ensure(self, content: str) -> Result:
        """See to the script, its latest version, and the deployment of that version."""
        script = self._find()
        if script is None:
            if self.context.check_mode:
                return self._result(None, None, None, content, ["create_script", "create_version", *self._deploys()])
            script = self._create()
        version, before = self._ensure_content(script, content)
        if self.options["description"] is not None and (script.description or "") != self.options["description"]:
            if not self.context.check_mode:
                self.api.describe_script(script.id, self.options["description"])
            self.done.append("update_script")
        if self.options["deploy"] and (version is None or not version.deployed):
            version = self._deploy(version)
        return self._result(script, version, before, content, self.done)

    def remove(self) -> Result:
        """Delete the script."""
        script = self._find()
        if script is not None:
            if not self.context.check_mode:
                self.api.delete_script(script.id)
            self.done.append("delete_script")
        return self._result(None, None, script.latest if script else None, "", self.done)

    def _find(self) -> Script | None:
        return patchworks.find_script(self.api.scripts(), self.options["name"])

    def _create(self) -> Script:
        language = self.options["language"] or patchworks.javascript_spelling(self.api.any_scripts(), "javascript")
        self.api.create_script(self.options["description"], language)
        self.done.append("create_script")
        return self._found_again()

    def _found_again(self) -> Script:
        """The script as Patchworks has it after a change. What the changing calls return is not documented."""
        script = self._find()
        if script is None:
            raise RefusedError(
                f"The script {self.options['name']} was created but is not listed",
                "Look for it in the dashboard under scripts, then try again",
                cause="unexpected_answer",
            )
        return script

    def _ensure_content(self, script: Script, content: str) -> tuple[Version | None, Version | None]:
        """See to the source; returns the version that has it, and the one that was the latest before."""
        before = self.api.version(script.latest.id, content=True) if script.latest else None
        if before is not None and patchworks.same_content(before.content, content):
            return before, before
        if not self.context.check_mode:
            self.api.create_version(script.id, content)
        self.done.append("create_version")
        if self.context.check_mode:
            return None, before
        latest = self._found_again().latest
        version = self.api.version(latest.id, content=True) if latest else None
        if version is None or not patchworks.same_content(version.content, content):
            raise RefusedError(
                f"A new version of {self.options['name']} was sent, but the latest version has different content",
                "Somebody else may be editing it: look at its versions in the dashboard, then try again",
                cause="version_lost",
            )
        return version, before

    def _deploys(self) -> list[str]:
        return ["deploy_version"] if self.options["deploy"] else []

    def _deploy(self, version: Version | None) -> Version | None:
        if not (self.context.check_mode or version is None or version.deploying):
            self.api.deploy(version)
        self.done.append("deploy_version")
        if self.context.check_mode or version is None:
            return version
        return self.api.wait_until_deployed(
            version, self.options["deploy_timeout"], self.context.clock, self.context.sleep
        )

    def _result(
        self, script: Script | None, version: Version | None, before: Version | None, content: str, done: list[str]
    ) -> Result:
        old = (before.content if before else None) or ""
        changed_content = "create_version" in done or "delete_script" in done
        return {
            "changed": bool(done),
            "script_id": script.id if script else None,
            "version": version.number if version else None,
            "version_id": version.id if version else None,
            "status": version.status if version else None,
            "actions": list(done),
            "experimental": list(dict.fromkeys(self.api.experimental)),
            "diff": {
                "before_header": f"{self.options['name']}, version {before.number}" if before else "no script",
                "after_header": ", ".join(done) or "no change",
                "before": old if changed_content else "",
                "after": content if changed_content else "",
            },
        }


PATCHWORKS: dict[str, dict[str, Any]] = {
    "api_url": {"type": "str", "default": patchworks.CORE_URL},
    "api_key": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "login_url": {"type": "str", "default": patchworks.LOGIN_URL},
    "login_field": {"type": "str", "default": "username"},
    "routes": {"type": "dict"},
}
OPERATION = Operation(
    run=run,
    options={
        **PATCHWORKS,
        **HTTP,
        "name": {"type": "str", "default": patchworks.SCRIPT_NAME},
        "description": {"type": "str"},
        "language": {"type": "str"},
        "content": {"type": "str"},
        "path": {"type": "path"},
        "deploy": {"type": "bool", "default": True},
        "deploy_timeout": {"type": "float", "default": 300.0},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    libraries=HTTP_LIBRARIES,
    mutually_exclusive=(("content", "path"), ("api_key", "username")),
    required_one_of=(("api_key", "username"),),
    required_together=(("username", "password"),),
    required_if=(("state", "present", ("content", "path"), True),),
)
