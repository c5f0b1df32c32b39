# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every role with an argument spec: its defaults against its spec, and what a spec may not do with secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

_SECRET = re.compile(r"(?:private_key|private_key_content|passphrase|password|token|assertion|api_key|secret)$")
_SPECS = sorted(path for path in (ROOT / "roles").glob("*/meta/argument_specs.y*ml"))
ROLES = {path.parents[1].name: yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"] for path in _SPECS}
ENTRIES = [(role, entry) for role, entries in ROLES.items() for entry in entries]


def defaults(role: str, entry: str = "main") -> dict[str, Any]:
    """A role's defaults, as the entry point finds them: Ansible loads no other file for other entry points."""
    for suffix in ("yml", "yaml"):
        path = ROOT / "roles" / role / "defaults" / f"main.{suffix}"
        if path.exists():
            return yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return {}


def all_options(options: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Options and their suboptions, at any depth."""
    for name, option in options.items():
        yield name, option
        yield from all_options(option.get("options") or {})


def test_each_role_with_defaults_has_a_spec():
    assert sorted({path.parents[1].name for path in (ROOT / "roles").glob("*/defaults/main.y*ml")} - set(ROLES)) == []


@pytest.mark.parametrize("role", ROLES)
def test_each_default_is_in_the_spec(role):
    known = {name for spec in ROLES[role].values() for name in spec.get("options", {})}
    assert sorted(set(defaults(role)) - known) == []


@pytest.mark.parametrize(("role", "entry"), ENTRIES)
def test_the_spec_states_the_defaults_there_are(role, entry):
    options, actual = ROLES[role][entry].get("options", {}), defaults(role)
    stated = {name: option["default"] for name, option in options.items() if "default" in option}
    assert stated == {name: actual.get(name) for name in stated}
    # A default that is a template is described in words, as are those that mean "not given".
    constants = {name for name, value in actual.items() if value not in (None, "") and "{{" not in str(value)}
    assert sorted(constants & set(options) - set(stated)) == [], "the spec does not state these defaults"


@pytest.mark.parametrize(("role", "entry"), ENTRIES)
def test_each_option_is_described_and_bears_the_name_of_its_role(role, entry):
    spec = ROLES[role][entry]
    assert spec["short_description"].strip()
    for name in spec.get("options", {}):
        assert name.startswith(tuple(f"{known}_" for known in ROLES)), name
    for name, option in all_options(spec.get("options", {})):
        assert "".join(option.get("description", "")).strip(), name


@pytest.mark.parametrize(("role", "entry"), ENTRIES)
def test_secrets_are_plain_texts(role, entry):
    """ansible-core 2.17 and 2.18 refuse inline vault values where no_log is set, and print what fails another check."""
    for name, option in all_options(ROLES[role][entry].get("options", {})):
        assert "no_log" not in option, name
        if _SECRET.search(name):
            assert option.get("type") == "str", name
            assert not set(option) & {"choices", "default", "required"}, name


@pytest.mark.parametrize(("role", "entry"), ENTRIES)
def test_choices_hold_the_default(role, entry):
    for name, option in all_options(ROLES[role][entry].get("options", {})):
        if option.get("choices") and "default" in option:
            assert option["default"] in option["choices"], name
