# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options from the variables of the role netsuite_account: what ``role_variables`` does.

A task that names thirty variables as templates costs more than the work it asks for, because every worker compiles each
template anew, which takes three milliseconds. Here they are looked up by name, and only a value that is a template
itself is evaluated; for the same reason the default of the credential file's path is made here.
"""

from __future__ import annotations

import json
import os.path
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core import inputs
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.file import check_shadowing
from ansible_collections.m2m.netsuite.plugins.plugin_utils.default_place import default_path

try:
    from ansible.errors import AnsibleValueOmittedError
except ImportError:  # up to ansible-core 2.18, omit is a text

    class AnsibleValueOmittedError(Exception):  # type: ignore[no-redef]
        """Never raised here."""


PREFIX = "netsuite_account_"
# The one variable of the other role: who uses the credentials decides when a replaced certificate is revoked.
_OF_HANDOVER = "patchworks_handover_instances"
# Options whose variable has another name than the prefix and the option's own.
_VARIABLES = {
    "account_id": "netsuite_account_id",
    "private_key_content": "netsuite_account_private_key",
    "certificate_content": "netsuite_account_certificate",
    "role": "netsuite_account_role_id",
    "entity": "netsuite_account_entity_id",
    "expected_role": "netsuite_account_role_id",
    "expected_entity": "netsuite_account_entity_id",
    "expected_role_name": "netsuite_account_role_name",
    "expected_entity_name": "netsuite_account_entity_name",
    "used_by": "netsuite_account_consumers",
    "instances": _OF_HANDOVER,
    "worked_before": "__netsuite_account_credentials.worked_before",
    "new_certificate": "__netsuite_account_credentials.new",
    "known_certificates": "__netsuite_account_credentials.known_certificates",
    "credentials": "__netsuite_account_credentials",
    "token_check": "__netsuite_account_check",
    "reconciled": "__netsuite_account_reconciled",
}
# The variables that the role reads, without the prefix: those of its meta/argument_specs.yml. Options that are not
# among them are for a task alone to give.
_NAMES = """
    algorithm allow_plaintext_key application assertion_lifetime audience base_url bootstrap_token ca_path
    certificate certificate_id certificates_url checks client_id common_name consumers country credentials
    credentials_path curve diagnose email encryption entity_id entity_name environment fail forget id key_size
    key_type locality login login_answer login_client_secret login_redirect_uri login_scope login_timeout
    login_url organization organizational_unit overlap_days private_key private_key_passphrase proxy
    proxy_password proxy_username read_only renew_before_days require_active retries revoke role_id role_name
    rotate scope signature_padding state_or_province store store_auth_method store_ca_cert
    store_engine_mount_point store_jwt store_namespace store_path store_role store_role_id store_secret_id
    store_tasks store_token store_url store_vars timeout tls_client_cert tls_client_key valid_days validate_certs
    vault_id
"""
ROLE_VARIABLES = frozenset(_NAMES.split())
_PAIR = ("private_key_content", "certificate_content", "certificate_id")
_FILE_VARIABLE = "netsuite_account_credentials"


def variable_of(option: str) -> str:
    """The role's variable for an option; after a dot, a key in it."""
    return _VARIABLES.get(option, PREFIX + option)


def is_registered(option: str) -> bool:
    """Whether an option comes from the result of an earlier task of the role."""
    return variable_of(option).startswith("__")


def _is_read(variable: str) -> bool:
    """Whether it is a variable of the role, or the result of one of its tasks."""
    return variable.startswith("__") or variable == _OF_HANDOVER or variable.removeprefix(PREFIX) in ROLE_VARIABLES


def options_from_variables(
    options: Iterable[str],
    given: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Callable[[Any], Any],
    *,
    keeps_credentials: bool,
    vaulted: Callable[[Any], str] = str,
) -> dict[str, Any]:
    """The options that a task leaves to the role's variables.

    Args:
        options: Names of all options of the operation.
        given: Options that the task gives itself; they are not looked up.
        variables: The variables of the host.
        evaluate: Evaluates a template.
        keeps_credentials: Whether the operation keeps the credential file, rather than only reading credentials.
        vaulted: Makes a text of an Ansible Vault value: its envelope, where the operation can open it.

    Raises:
        OptionError: a variable is not what it must be, or Ansible does not read the file that has the account's id.
    """
    wanted = [name for name in options if name not in given and _is_read(variable_of(name))]
    found: dict[str, Any] = {}
    if "credentials_path" in wanted:
        store = given["store"] if "store" in given else _look_up("store", variables, evaluate)
        # An operation without this option is about both places.
        in_store = "store" in options and _cleaned("store", "str", store) in ("kv2", "tasks")
        path = _path(variables, evaluate, is_needed=not in_store)
        in_file = path is not None and os.path.exists(os.path.expanduser(path))
        if path is not None and (in_file or (keeps_credentials and not in_store)):
            found["credentials_path"] = path
        content = None if in_file else _file_variable(variables.get(_FILE_VARIABLE), evaluate, vaulted)
        if content is not None:
            found["credentials_content"] = content
            if "file_is_remote" in options and not in_store:
                found["file_is_remote"] = True
        # A credential file is what counts; a pair in variables of its own may be older.
        settled = {"credentials_path", "credentials_content", *(_PAIR if in_file or content else ())}
        wanted = [name for name in wanted if name not in settled]
    for name in wanted:
        value = _look_up(name, variables, evaluate)
        if value is not None:
            found[name] = value
    if "account_id" in wanted and "account_id" not in found and (path := _path(variables, evaluate, is_needed=False)):
        check_shadowing(path, before_writing=False)  # which would be why it is not known
    reads = keeps_credentials and "state" in options and "state" not in given
    if reads and _truth("read_only", variables, evaluate):
        found["state"] = "read"
    return {name: value for name, value in found.items() if name not in given}


def _truth(option: str, variables: Mapping[str, Any], evaluate: Callable[[Any], Any]) -> bool:
    """A variable that is a boolean, or the text of one; a variable that is not there is false.

    Raises:
        OptionError: it is something else, which must not be taken for a no.
    """
    return bool(_cleaned(option, "bool", _look_up(option, variables, evaluate)))


def _cleaned(option: str, kind: str, value: Any) -> Any:
    """A variable that is needed before the operation gets its options."""
    name = variable_of(option)
    return inputs.clean({name: {"type": kind}}, {name: value})[name]


def _look_up(option: str, variables: Mapping[str, Any], evaluate: Callable[[Any], Any]) -> Any:
    variable, _dot, key = variable_of(option).partition(".")
    value = variables.get(variable)
    if key:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value is None or isinstance(value, bool) or variable.startswith("__"):
        return value  # what a task of the role registered holds no templates
    if not isinstance(value, (str, int, float, list, Mapping)):
        return str(value)  # an Ansible Vault value, opened when it becomes text; it is never a template
    if not _is_plain(value):
        try:
            value = evaluate(value)
        except AnsibleValueOmittedError:
            return None
        if not isinstance(value, (str, int, float, list, dict)) and value is not None:
            value = str(value)  # the same, behind a template
    # An account id that is empty is a mistake; the operation says so, and how it is spelt.
    is_empty = isinstance(value, str) and option != "account_id" and not inputs.tidy(value)
    return None if is_empty or value == variables.get("omit") else value


def _is_plain(value: Any) -> bool:
    """Whether a value certainly is not a template. To ask Ansible, thirty times a task, would cost more."""
    if isinstance(value, list):
        return all(isinstance(one, str) and "{" not in one for one in value)
    return isinstance(value, (int, float)) or (isinstance(value, str) and "{" not in value)


def _path(variables: Mapping[str, Any], evaluate: Callable[[Any], Any], *, is_needed: bool) -> str | None:
    """The credential file: where the variable says, or at its default place.

    Raises:
        OptionError: it is needed, and the host's name cannot be that of a folder.
    """
    if variable_of("credentials_path") in variables:
        path: str | None = _cleaned("credentials_path", "path", _look_up("credentials_path", variables, evaluate))
        return path
    try:
        return default_path(variables)
    except OptionError:
        if is_needed:
            raise
        return None


def _file_variable(content: Any, evaluate: Callable[[Any], Any], vaulted: Callable[[Any], str]) -> str | None:
    """The content of a credential file as JSON, where the inventory is read far from its files, as AWX does.

    It may be a template, such as a lookup in a secret store, as a whole or in its parts, and JSON text. None where the
    variable is not set. What is set and comes to nothing is passed on, and refused: there may be a key.
    """
    if content is None or content in ("", {}):
        return None
    if isinstance(content, str):
        content = evaluate(content)
        evaluate = as_it_is  # what a store holds is data, whatever it looks like
    if isinstance(content, str):
        return content or "{}"
    if not isinstance(content, (Mapping, list, int, float)):
        return str(content or "{}")  # an Ansible Vault value around the whole, opened when it becomes text
    return json.dumps(plain_values(content, evaluate, vaulted))


def plain_values(value: Any, evaluate: Callable[[Any], Any], vaulted: Callable[[Any], str]) -> Any:
    """A value, and all in it, as JSON can hold it.

    Args:
        value: The value.
        evaluate: Evaluates a template; ``as_it_is`` where texts are no templates.
        vaulted: Makes a text of an Ansible Vault value.
    """
    if isinstance(value, Mapping):
        return {str(name): plain_values(part, evaluate, vaulted) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain_values(part, evaluate, vaulted) for part in value]
    if isinstance(value, str):
        found = value if _is_plain(value) else evaluate(value)
        return found if found is value else plain_values(found, as_it_is, vaulted)
    return value if value is None or isinstance(value, (bool, int, float)) else vaulted(value)


def as_it_is(value: Any) -> Any:
    """What is data, whatever it looks like."""
    return value
