# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The places that credentials may have: the options that name them, and what the role's tasks do there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, Generation
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.choose import open_store
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import CredentialStore
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, WITH_ROTATION, Stage
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao

ACCOUNT = parse_account("1234567_SB1")
TASKS = Path(__file__).with_name("store_tasks.yml")
TIME = "2026-11-23T20:00:00Z"
EC = {"curve": "secp256r1"}
LEAST = """
path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }
"""


@dataclass(frozen=True)
class Place:
    """A store, by the options that name it."""

    options: dict[str, Any]
    vault: Any

    def open(self) -> CredentialStore:
        return open_store(self.options, ACCOUNT, self.vault)


def credentials(certificate_id: str = "first", key: str = "PRIVATE KEY") -> Credentials:
    """What a store that does not look into it may be given."""
    return Credentials(ACCOUNT.realm, Generation(1, certificate_id, "CERTIFICATE", TIME, TIME, key))


def kv2(server: OpenBao, stage: Stage, **more: Any) -> dict[str, Any]:
    """The options that name a secret of this test alone."""
    path = f"netsuite/{stage.label}-{stage.folder.name}"
    return {"store": "kv2", "store_url": server.url, "store_token": server.token, "store_path": path, **more}


def tasks(server: OpenBao, stage: Stage, *, store_token: str | None = None, **more: Any) -> dict[str, Any]:
    """The same secret by a task file."""
    path = f"netsuite/{stage.label}-{stage.folder.name}"
    login = {"url": server.url, "token": store_token or server.token}
    return {"store": "tasks", "store_tasks": str(TASKS), "store_vars": login, "store_path": path, **more}


def quick(options: dict[str, Any]) -> dict[str, Any]:
    """The options that lead to the same secret without a process for each call."""
    if options.get("store") != "tasks":
        return options
    login = options["store_vars"]
    others = {name: value for name, value in options.items() if name not in ("store_tasks", "store_vars")}
    return {**others, "store": "kv2", "store_url": login["url"], "store_token": login["token"]}


def quickly(place: Place) -> Place:
    """The same secret, without a process for each call."""
    return replace(place, options=quick(place.options))


def options_of(stage: Stage, place: Place, **more: Any) -> dict[str, Any]:
    return {**stage.account(), "role": WITH_ROTATION, "entity": ENTITY, **EC, **place.options, **more}


def ensured(stage: Stage, options: dict[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
    spec = ("role", "entity", "client_id", "bootstrap_token", "token_check")
    arguments = {name: value for name, value in options.items() if name not in spec}
    return stage.run("account_credentials", arguments, check_mode=check_mode)


def checked(stage: Stage, options: dict[str, Any]) -> dict[str, Any]:
    """What ``token_check`` says of the credentials, which it only reads."""
    options = quick(options)
    given = "private_key_content" in options and options.get("store") is None  # as long as there is no file
    names = ("role", "entity", "bootstrap_token", "overlap_days", "curve", *(["credentials_path"] if given else []))
    return stage.run("token_check", {name: value for name, value in options.items() if name not in names})
