# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is documented of an option is what the operation takes. Ansible's own check skips part of this."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.tests.support.catalogue import MODULES, OPERATIONS, ROOT, documentation

_SECRET = re.compile(r"(?:private_key|private_key_content|passphrase|password|token|assertion|api_key|secret)$")


def facts_of_spec(spec: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "required": option.get("required", False),
            "default": repr(option.get("default")),
            "choices": list(option.get("choices") or []),
            "aliases": list(option.get("aliases") or []),
            "suboptions": facts_of_spec(option.get("options") or {}),
        }
        for name, option in spec.items()
    }


def facts_of_documentation(options: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {
        name: {
            "type": option.get("type", "str"),
            "elements": option.get("elements"),
            "required": option.get("required", False),
            "default": repr(option.get("default")),
            "choices": list(option.get("choices") or []),
            "aliases": list(option.get("aliases") or []),
            "suboptions": facts_of_documentation(option.get("suboptions") or {}),
        }
        for name, option in options.items()
    }


def all_options(spec: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Options and their suboptions, at any depth."""
    for name, option in spec.items():
        yield name, option
        yield from all_options(option.get("options") or {})


@pytest.mark.parametrize("name", MODULES)
def test_documented_options_are_the_options(name):
    documented = facts_of_documentation(documentation()[name]["doc"]["options"])
    assert documented == facts_of_spec(OPERATIONS[name].options)


def test_the_lookup_takes_the_options_of_the_module():
    """But for the token, which it always returns, and the account, which may come from the variables."""
    lookup = documentation("lookup")["access_token"]["doc"]["options"]
    module = facts_of_spec(OPERATIONS["access_token"].options)
    assert module.pop("return_token")
    documented = facts_of_documentation(lookup)
    assert documented.pop("_terms")
    assert sorted(documented) == sorted(module)
    differing = {name for name, facts in documented.items() if facts != module[name]}
    assert differing == {"account_id", "role_variables", "credentials_content"}
    assert documented["credentials_content"]["type"] == "raw"  # ansible-test knows no type json for lookups
    assert (documented["account_id"]["required"], documented["role_variables"]["default"]) == (False, "None")


def test_no_option_of_the_lookup_is_read_from_a_file_of_settings():
    for option in documentation("lookup")["access_token"]["doc"]["options"].values():
        assert not {"ini", "env", "vars"} & set(option)


@pytest.mark.parametrize("name", MODULES)
def test_each_option_is_described(name):
    options = documentation()[name]["doc"]["options"]
    assert [option for option, entry in options.items() if not "".join(entry["description"]).strip()] == []


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_secret_is_kept_out_of_logs(name):
    for key, option in all_options(OPERATIONS[name].options):
        if _SECRET.search(key) and option.get("type", "str") == "str":
            assert option.get("no_log") is True, key


@pytest.mark.parametrize("name", OPERATIONS)
def test_rules_between_options_name_options_and_values_that_exist(name):
    operation = OPERATIONS[name]
    for key, value, required, *_any in operation.required_if:
        option = operation.options[key]
        assert value in option.get("choices", [value]), f"required_if: {key}={value} never holds"
        assert set(required) <= set(operation.options)
    for terms in (*operation.mutually_exclusive, *operation.required_together, *operation.required_one_of):
        assert set(terms) <= set(operation.options)


@pytest.mark.parametrize("name", MODULES)
def test_defaults_are_among_the_choices(name):
    for key, option in all_options(OPERATIONS[name].options):
        if option.get("choices") and option.get("default") is not None:
            default = option["default"] if isinstance(option["default"], list) else [option["default"]]
            assert set(default) <= set(option["choices"]), key


@pytest.mark.parametrize("name", MODULES)
def test_requirements_are_what_the_operation_asks_for(name):
    wanted = [f"{library} >= {libraries.MINIMUM[library]}" for library in OPERATIONS[name].libraries]
    documented = documentation()[name]["doc"]["requirements"]
    assert sorted(documented) == sorted(["python >= 3.11", *wanted])


def test_requirements_and_the_oldest_libraries_under_test_are_those_of_the_code():
    listed = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    named = dict(re.findall(r"^([\w-]+)>=([\d.]+)$", listed, re.MULTILINE))
    assert named == libraries.MINIMUM
    locked = (ROOT / "tests/locks/oldest.txt").read_text(encoding="utf-8")
    oldest = dict(re.findall(r"^([\w-]+)==([\d.]+)", locked, re.MULTILINE))
    for library, version in libraries.MINIMUM.items():
        assert f"{oldest[library.lower()]}.".startswith(f"{version}."), library


def test_python_is_named_alike_everywhere():
    """In the documentation of the modules it is python >= 3.11; see above."""
    assert "Python 3.11 or newer" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert 'target-version = "py311"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", MODULES)
def test_attributes_are_stated(name):
    attributes = documentation()[name]["doc"]["attributes"]
    assert set(attributes) >= {"check_mode", "diff_mode", "idempotent", "platform", "action", "async", "vault"}
    assert (attributes["check_mode"]["support"] != "none") == OPERATIONS[name].supports_check_mode
    assert (attributes["async"]["support"] == "none") == OPERATIONS[name].controller_only
