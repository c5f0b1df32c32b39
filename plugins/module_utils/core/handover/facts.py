# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a hand-over sheet may say about an account. None of it changes from one day to the next by itself."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import assertions, keys, patchworks
from ..accounts import Account, endpoints_of

_ENVIRONMENTS = {"release_preview": "release preview", "test_drive": "test drive"}
# Without it, Ansible shows the line ends of the key as \n.
_AS_TEXT = "ANSIBLE_CALLBACK_RESULT_FORMAT=yaml"


@dataclass(frozen=True)
class HandoverContext:
    """The credentials of one account, and what else its sheets depend on.

    Attributes:
        host: Inventory name of the account.
        account: The account.
        client_id: Client ID (consumer key) of the integration record.
        certificate_id: Id of the active certificate, as NetSuite shows it.
        key: What kind of key it has.
        not_after: When it expires, where that is known.
        scope: Scopes to ask for.
        options: The options of m2m.netsuite.handover_sheet.
    """

    host: str
    account: Account
    client_id: str
    certificate_id: str
    key: keys.KeyFacts
    not_after: str | None
    scope: Sequence[str]
    options: Mapping[str, Any] = field(repr=False)

    @property
    def key_file(self) -> str:
        """Name of the file that the private key is copied to on request."""
        return f"{self.host}-auth-key.pem"

    @property
    def result(self) -> Mapping[str, Any]:
        """Result of the role netsuite_account; empty where it did not run."""
        return self.options["account_result"] or {}


def facts(context: HandoverContext) -> dict[str, Any]:
    """The facts that templates may use."""
    return {**_account(context), **_status(context), **_commands(context), **_script(context)}


def limit_to(host: str) -> str:
    """The argument with which a shell command of Ansible runs on one host of the inventory, whatever its name.

    A comma keeps Ansible from splitting the name at blanks and colons, and ``?`` stands for any character.
    Source: https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
    """
    pattern = re.sub(r"^[!&@~]|[\[\]]", "?", host)
    if not re.fullmatch(r"[\w.+-]+", pattern):
        pattern += ","
    return f"--limit{'=' if pattern.startswith('-') else ' '}{shlex.quote(pattern)}"


def _account(context: HandoverContext) -> dict[str, Any]:
    account, key, options = context.account, context.key, context.options
    endpoints = endpoints_of(account, options["suitetalk_url"])
    environment = _ENVIRONMENTS.get(account.environment, account.environment)
    role, entity = (context.result.get(name) or options[name] for name in ("role", "entity"))
    return {
        "host": context.host,
        "account_label": account.label,
        "account_realm": account.realm,
        "account_shown": account.realm.replace("_", "-"),
        "spellings_differ": account.label != account.realm,
        "account_words": f"{account.realm} ({environment})",
        "environment": environment,
        "client_id": context.client_id,
        "certificate_id": context.certificate_id,
        "hyphen_first": context.certificate_id.startswith("-"),
        "valid_until": (context.not_after or context.result.get("not_after") or "")[:10],
        "key_words": str(key),
        "key_is_rsa": key.type == "RSA",
        "key_is_ec": key.type == "EC",
        "algorithm": assertions.choose_algorithm("auto", key),
        "scope": ", ".join(context.scope),
        "scope_json": json.dumps(list(context.scope)),
        "token_url": endpoints.token,
        "rest_url": endpoints.suitetalk,
        "restlets_url": endpoints.restlets,
        "role": role,
        "entity": entity,
        "role_words": f"{role}, {entity}" if role and entity else None,
        "instances": list(options["instances"]),
        "has_instances": bool(options["instances"]),
        "company": options["company"],
        "company_words": f" of {options['company']}" if options["company"] else "",
    }


def _status(context: HandoverContext) -> dict[str, Any]:
    accepted, sentence = _verdict(context)
    retiring = list(context.result.get("retiring") or ())
    ends = "; ".join(f"{entry['certificate_id']} works until {_works_until(entry)}" for entry in retiring)
    return {
        "is_accepted": accepted,
        "status_word": "Ready" if accepted else "Not ready" if context.result.get("status") else "Not checked",
        "status_sentence": sentence,
        "has_retiring": bool(retiring),
        "retiring_words": ends,
        "waits_for_confirmation": any(not entry.get("revoke_after") for entry in retiring),
        "old_and_new": _old_and_new(context, retiring) if retiring else [],
    }


def _works_until(retiring: Mapping[str, Any]) -> str:
    if moment := retiring.get("revoke_after"):
        return str(moment)[:10]
    return f"everybody is confirmed to use the new one, {str(retiring['not_after'])[:10]} at the latest"


def _old_and_new(context: HandoverContext, retiring: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """The replaced certificates beside the active one, as the rows of a table with its head."""
    ends = str(context.not_after or context.result.get("not_after") or "")[:10]
    return [
        ["", *("Old" for _one in retiring), "New"],
        ["Certificate id", *(str(one["certificate_id"]) for one in retiring), context.certificate_id],
        ["Private key", *("the one that was entered with it" for _one in retiring), "the one of this sheet"],
        ["Works until", *(_works_until(one) for one in retiring), ends],
    ]


def _verdict(context: HandoverContext) -> tuple[bool, str]:
    """Whether NetSuite takes the values on the sheet, and a sentence about it."""
    status, next_step = context.result.get("status"), str(context.result.get("next_step") or "")
    checked = context.result.get("certificate_id")
    checks = {str(check.get("name")): check.get("status") for check in context.result.get("checks") or ()}
    if status is None:
        return False, "This run did not ask NetSuite whether it accepts these values."
    if checked and checked != context.certificate_id:
        return False, f"NetSuite was asked about another certificate ({checked}). Run the playbook again."
    if checks.get("token") != "ok" or "failed" in checks.values():
        return False, f"NetSuite does not grant access tokens for these values. {next_step}".strip()
    if status == "active":
        return True, "NetSuite grants access tokens for these values."
    return True, f"NetSuite grants access tokens for these values, and a rotation is under way. {next_step}".strip()


def _commands(context: HandoverContext) -> dict[str, Any]:
    limit = limit_to(context.host)
    handover = f"ansible-playbook m2m.netsuite.handover {limit}"
    variable = context.options["private_key_variable"]
    show = f"{_AS_TEXT} ansible all {limit} -m ansible.builtin.debug -a {shlex.quote(f'var={variable}')}"
    return {
        "check_command": f"{handover} --check --diff",
        "handover_command": handover,
        "rotate_command": f"ansible-playbook m2m.netsuite.rotate {limit}",
        "confirm_command": f"ansible-playbook m2m.netsuite.confirm {limit}",
        "onboard_command": f"ansible-playbook m2m.netsuite.onboard {limit}",
        "key_file": context.key_file,
        "copy_command": f"{handover} -e patchworks_handover_reveal_key=true",
        "show_command": show if variable else None,
    }


def _script(context: HandoverContext) -> dict[str, Any]:
    script = context.options["script"] or {}
    status, version = script.get("status"), script.get("version")
    trouble = script.get("msg") if not script.get("script_id") else None
    return {
        "script_name": script.get("name") or patchworks.SCRIPT_NAME,
        "script_description": script.get("description") or patchworks.SCRIPT_DESCRIPTION,
        "script_id": script.get("script_id"),
        "script_status": status,
        "script_version": version,
        "script_words": f"version {version}" if version else "the latest version",
        "script_deployed": str(status).lower() == "deployed",
        "script_trouble": trouble,
        "script_known": bool(script.get("script_id")),
    }
