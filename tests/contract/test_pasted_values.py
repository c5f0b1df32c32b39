# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module against secrets in the wrong place, and against what text and YAML make of a value."""

from __future__ import annotations

import dataclasses
import importlib
import json
from functools import cache
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller import Run, check, fill_in
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import variable_of
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.catalogue import COLLECTION, OPERATIONS, ROOT
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_key

KEY = key_pem(new_key())
TOKEN = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJQUzI1NiJ9.eyJpc3MiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZS1vZi1hLXRva2VuLTQ3MTEteHl6enk"
)
SECRETS = {"key": KEY, "token": TOKEN, "signature": TOKEN.rpartition(".")[2]}
#: Where a private key, and where a token may be. A failed task's message is passed on as it is.
OWN_OPTIONS = {
    "key": {"private_key_content", "certificate_content", "credentials_content", "failure"}
    | {"store_vars"},  # what another store wants to know may be a key
    "token": {"access_token", "assertion", "bootstrap_token", "api_key", "failure"}
    | {"private_key_content", "certificate_content", "content"},  # which quote nothing of what they cannot read
}
ROLES = {
    role: yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text())["argument_specs"]["main"][
        "options"
    ]
    for role in ("netsuite_account", "patchworks_handover", "netsuite_simulator")
}
TEXTS = {
    "bool": {"yes": True, "False": False, " 0\n": False, "on": True, "n": False},
    "int": {" 30 ": 30, "4096": 4096, "\ufeff365": 365},
    "float": {" 30 ": 30.0, "2.5": 2.5},
}


def run(**variables: Any) -> Run:
    return Run(loader=None, evaluate=lambda value: value, variables={"inventory_hostname": "acme", **variables})


def misplaced() -> list[tuple[str, str, str]]:
    return [
        (module, option, secret)
        for module, operation in OPERATIONS.items()
        for option, spec in operation.options.items()
        for secret, homes in OWN_OPTIONS.items()
        if option not in homes and not (secret == "token" and spec.get("no_log") and "pass" not in option)
    ]


@pytest.mark.parametrize(("module", "option", "secret"), misplaced())
def test_a_secret_in_the_wrong_option_is_named_and_goes_nowhere(module, option, secret, monkeypatch, tmp_path):
    """Before Ansible validates, which quotes values, and by whatever way an operation gets its options."""
    monkeypatch.chdir(tmp_path)
    operation = OPERATIONS[module]
    for value in (SECRETS[secret], [SECRETS[secret]], {"a": SECRETS[secret]}):
        kind = operation.options[option].get("type", "str")
        if not isinstance(value, {"list": str | list, "dict": str | dict}.get(kind, str)):
            continue
        with pytest.raises(OptionError) as caught:
            fill_in(operation, {option: value}, run())
        assert option in caught.value.problem
        options = {**dict.fromkeys(operation.options), option: value}
        result = execute(dataclasses.replace(operation, run=unreached), options, Context())
        assert result["failed"]
        assert result["cause"] in ("misplaced_secret", "bad_option")
        assert betrayed(json.dumps(result) + str(caught.value), SECRETS) == []


def unreached(options: Any, context: Context) -> dict[str, Any]:
    raise AssertionError("a secret in the wrong option reached the operation")


def test_the_variable_is_named_where_the_value_comes_from_one():
    with pytest.raises(OptionError) as caught:
        fill_in(OPERATIONS["account_credentials"], {"role_variables": True}, run(netsuite_account_vault_id=KEY))
    assert "vault_id from netsuite_account_vault_id" in caught.value.problem


def convertible() -> list[tuple[str, str, str]]:
    return [
        (module, option, spec["type"])
        for module, operation in OPERATIONS.items()
        for option, spec in operation.options.items()
        if spec.get("type") in TEXTS and option != "role_variables"
    ]


@pytest.mark.parametrize(("module", "option", "kind"), convertible())
def test_each_boolean_and_number_may_be_a_text(module, option, kind):
    operation = OPERATIONS[module]
    choices = operation.options[option].get("choices")
    for text, meaning in TEXTS[kind].items():
        if choices and meaning not in choices:
            continue
        found = fill_in(operation, {option: text}, run())[option]
        assert (found, type(found)) == (meaning, type(meaning))
    with pytest.raises(OptionError, match=rf"{option} is 'a few', which is not"):
        fill_in(operation, {option: "a few"}, run())


@pytest.mark.parametrize(
    "variable", [name for name, spec in ROLES["netsuite_account"].items() if spec["type"] in TEXTS]
)
def test_each_variable_of_the_role_may_be_a_text(variable):
    """And has the type of the option that it becomes."""
    kind = ROLES["netsuite_account"][variable]["type"]
    used = False
    for operation in OPERATIONS.values():
        option = next((name for name in operation.options if variable_of(name) == variable), None)
        if "role_variables" not in operation.options or option is None:
            continue
        used = True
        assert operation.options[option]["type"] == kind
        for text, meaning in TEXTS[kind].items():
            choices = operation.options[option].get("choices")
            if not choices or meaning in choices:
                assert fill_in(operation, {"role_variables": True}, run(**{variable: text}))[option] == meaning
    assert used or variable == "netsuite_account_read_only"


@pytest.mark.parametrize(
    ("text", "state"), [("yes", "read"), ("y", "read"), ("False", None), ("0", None), (" t\n", "read")]
)
def test_read_only_may_be_a_text(text, state):
    filled = fill_in(OPERATIONS["account_credentials"], {"role_variables": True}, run(netsuite_account_read_only=text))
    assert filled.get("state") == state


def test_what_ansible_refuses_has_a_cause_and_a_fix():
    for arguments in ({}, {"account_id": "1234567", "no_such_option": KEY}, {"account_id": "1", "generation": "x"}):
        with pytest.raises(OptionError) as caught:
            check(OPERATIONS["access_token"], "m2m.netsuite.access_token", arguments)
        assert (caught.value.cause, bool(caught.value.fix)) == ("bad_option", True)
        assert betrayed(str(caught.value), SECRETS) == []


# --- representations -----------------------------------------------------------------------------------------------


@cache
def dataclasses_of_plugins() -> list[type]:
    found = {}
    for folder in ("module_utils", "plugin_utils"):
        for path in sorted((ROOT / "plugins" / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            module = importlib.import_module(f"ansible_collections.{COLLECTION}.{name}")
            for value in vars(module).values():
                if isinstance(value, type) and dataclasses.is_dataclass(value) and value.__module__ == module.__name__:
                    found[f"{value.__module__}.{value.__qualname__}"] = value
    return list(found.values())


#: What carries a secret, by the names that fields have for it.
_CARRIERS = {"options", "variables", "environment", "text", "private_key", "passphrase", "token", "assertion", "sent"}
_CARRIERS |= {"given", "password", "proxy", "secret", "body", "written", "content", "data"}
_HARMLESS = {
    "Account.environment": "production or sandbox",
    "MovingStore.given": "a store, which has a representation of its own",
    "Operation.options": "the argument spec",
    "Section.text": "a sheet's prose",
    "Span.text": "a sheet's prose",
    "Version.content": "the source of a script",
}


@pytest.mark.parametrize("kind", dataclasses_of_plugins(), ids=lambda kind: kind.__qualname__)
def test_no_representation_holds_what_may_be_a_secret(kind):
    """Options, texts of tokens and keys, answers: a representation ends in logs and in tracebacks."""
    one = object.__new__(kind)
    for field in dataclasses.fields(kind):
        carries = field.name in _CARRIERS and f"{kind.__name__}.{field.name}" not in _HARMLESS
        object.__setattr__(one, field.name, KEY if carries else None)
    assert betrayed(repr(one), SECRETS) == []
