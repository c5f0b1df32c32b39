# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What may be told of an account on a hand-over sheet. Nothing here changes from day to day by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import assertions, keys, patchworks
from ..accounts import Account, endpoints_of

_ENVIRONMENTS = {"release_preview": "release preview", "test_drive": "test drive"}
# Without it the key's line ends are shown as \n.
_AS_TEXT = "ANSIBLE_CALLBACK_RESULT_FORMAT=yaml"
_ONE_HOST = "ansible-playbook m2m.netsuite.{playbook} --limit {host}"


@dataclass(frozen=True)
class About:
    """Everything that goes into the facts of one account.

    Attributes:
        host: Inventory name of the account.
        account: The account.
        client_id: Client ID (consumer key) of the integration record.
        certificate_id: Id of the certificate in force, as NetSuite shows it.
        key: What kind of key it has.
        not_after: Until when it is valid, as far as that is known.
        scope: Scopes to ask for.
        suitetalk_url: Replaces the account's service address.
        role: Internal id of the role.
        entity: Internal id of the entity.
        key_file: Name of the file that the private key is copied to on request.
        key_variable: Inventory variable that holds the private key; empty when it is in none.
        result: What the role netsuite_account found.
        script: What m2m.netsuite.patchworks_script returned, or ``version`` and ``status`` as somebody noted them.
        instances: Names of the instances that use the credentials.
        company: Name of the company that they belong to.
    """

    host: str
    account: Account
    client_id: str
    certificate_id: str
    key: keys.KeyFacts
    not_after: str | None
    scope: Sequence[str]
    suitetalk_url: str | None
    role: str | None
    entity: str | None
    key_file: str
    key_variable: str
    result: Mapping[str, Any] = field(default_factory=dict)
    script: Mapping[str, Any] = field(default_factory=dict)
    instances: Sequence[str] = ()
    company: str | None = None


def facts(about: About) -> dict[str, Any]:
    """The facts that templates may use."""
    return {**_account(about), **_status(about), **_private_key(about), **_script(about)}


def _account(about: About) -> dict[str, Any]:
    account, places = about.account, endpoints_of(about.account, about.suitetalk_url)
    key = about.key
    environment = _ENVIRONMENTS.get(account.environment, account.environment)
    role, entity = about.result.get("role") or about.role, about.result.get("entity") or about.entity
    return {
        "host": about.host,
        "account_label": account.label,
        "account_realm": account.realm,
        "account_shown": account.realm.replace("_", "-"),
        "spellings_differ": account.label != account.realm,
        "account_words": f"{account.realm} ({environment})",
        "environment": environment,
        "client_id": about.client_id,
        "certificate_id": about.certificate_id,
        "hyphen_first": about.certificate_id.startswith("-"),
        "valid_until": (about.not_after or "")[:10],
        "key_words": str(key),
        "key_is_rsa": key.type == "RSA",
        "key_is_ec": key.type == "EC",
        "algorithm": assertions.choose_algorithm("auto", key),
        "scope": ", ".join(about.scope),
        "scope_json": json.dumps(list(about.scope)),
        "token_url": places.token,
        "rest_url": places.suitetalk,
        "restlets_url": places.restlets,
        "role": role,
        "entity": entity,
        "role_words": f"{role}, {entity}" if role and entity else None,
        "instances": list(about.instances),
        "has_instances": bool(about.instances),
        "company": about.company,
        "company_words": f" of {about.company}" if about.company else "",
    }


def _status(about: About) -> dict[str, Any]:
    accepted, sentence = _verdict(about)
    retiring = [one for one in about.result.get("retiring") or () if one.get("revoke_after")]
    ends = "; ".join(f"{one['certificate_id']} works until {str(one['revoke_after'])[:10]}" for one in retiring)
    return {
        "is_accepted": accepted,
        "status_word": "Ready" if accepted else "Not ready" if about.result.get("status") else "Not checked",
        "status_sentence": sentence,
        "has_retiring": bool(retiring),
        "retiring_words": ends,
        "check_command": _ONE_HOST.format(playbook="handover", host=about.host) + " --check --diff",
        "handover_command": _ONE_HOST.format(playbook="handover", host=about.host),
        "rotate_command": _ONE_HOST.format(playbook="rotate", host=about.host),
    }


def _verdict(about: About) -> tuple[bool, str]:
    """Whether NetSuite takes the values on the sheet, and a sentence about it."""
    status, next_step = about.result.get("status"), str(about.result.get("next_step") or "")
    checked = about.result.get("certificate_id")
    checks = {str(one.get("name")): one.get("status") for one in about.result.get("checks") or ()}
    if status is None:
        return False, "This run did not ask NetSuite whether it accepts these values."
    if checked and checked != about.certificate_id:
        return False, f"NetSuite was asked about another certificate ({checked}). Run the playbook again."
    if checks.get("token") != "ok" or "failed" in checks.values():
        return False, f"NetSuite does not grant access tokens for these values. {next_step}".strip()
    if status == "active":
        return True, "NetSuite grants access tokens for these values."
    return True, f"NetSuite grants access tokens for these values, and a rotation is under way. {next_step}".strip()


def _private_key(about: About) -> dict[str, Any]:
    copy = _ONE_HOST.format(playbook="handover", host=about.host) + " -e patchworks_handover_reveal_key=true"
    to_file = (
        f"To copy it to the file `{about.key_file}` beside this sheet, readable by you alone, run this with your"
        " inventory and vault options; without `-e` and what follows, it removes the file again:"
    )
    ways = [(to_file, copy)]
    if about.key_variable:
        show = f"{_AS_TEXT} ansible {about.host} -m ansible.builtin.debug -a var={about.key_variable}"
        ways.append(("To see it in the terminal, with the same options:", show))
    return {"key_file": about.key_file, "key_ways": ways, "copy_command": copy}


def _script(about: About) -> dict[str, Any]:
    script = about.script
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
