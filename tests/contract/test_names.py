# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules, action plugins, operations and the action group belong together; the first two hold no logic.

So do filters and tests, and the files with their documentation.
"""

from __future__ import annotations

import importlib

import pytest
import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.option_groups import ACCOUNT, CLIENT, HTTP
from ansible_collections.m2m.netsuite.tests.support.catalogue import (
    ACTIONS,
    CALLBACKS,
    COLLECTION,
    LOOKUPS,
    MODULES,
    OPERATIONS,
    ROOT,
    SIDECARS,
    documentation,
)

# The options of the three groups. What keeps the credential file takes no files of a pair, and so not all of them.
_GROUPS = {*ACCOUNT, *CLIENT, *HTTP}


def test_each_operation_has_a_module_and_an_action_plugin():
    assert sorted(OPERATIONS) == MODULES
    assert sorted(OPERATIONS) == ACTIONS


def test_ansible_doc_reads_each_module():
    assert sorted(documentation()) == MODULES


def test_ansible_doc_reads_each_other_plugin():
    assert sorted(documentation("lookup")) == LOOKUPS
    assert sorted(documentation("callback")) == CALLBACKS
    for kind, names in SIDECARS.items():
        assert sorted(documentation(kind)) == names


@pytest.mark.parametrize(("kind", "attribute"), [("filter", "FilterModule"), ("test", "TestModule")])
def test_each_filter_and_each_test_is_documented_under_its_name(kind, attribute):
    found: list[str] = []
    for path in (ROOT / "plugins" / kind).glob("*.py"):
        module = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.{kind}.{path.stem}")
        found += getattr(getattr(module, attribute)(), f"{kind}s")()
    assert sorted(found) == SIDECARS[kind]
    for name, entry in documentation(kind).items():
        assert f"{COLLECTION}.{name}" in entry["examples"]


@pytest.mark.parametrize("name", MODULES)
def test_module_and_action_plugin_run_the_operation_of_their_name(name):
    plugins = f"ansible_collections.{COLLECTION}.plugins"
    assert importlib.import_module(f"{plugins}.action.{name}").ActionModule.operation is OPERATIONS[name]
    assert importlib.import_module(f"{plugins}.modules.{name}").OPERATION is OPERATIONS[name]


def test_the_action_group_is_the_modules_of_an_account():
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    members = sorted(name for name, operation in OPERATIONS.items() if set(operation.options) >= _GROUPS)
    assert runtime["action_groups"]["netsuite"] == members


@pytest.mark.parametrize("name", MODULES)
def test_a_member_of_the_action_group_takes_every_option_of_the_three_groups(name):
    """Defaults for the group reach each member, and Ansible refuses a task whose defaults the module does not know."""
    membership = documentation()[name]["doc"].get("attributes", {}).get("action_group", {}).get("membership", [])
    options = OPERATIONS[name].options
    if set(options) >= _GROUPS:
        assert membership == [f"{COLLECTION}.netsuite"]
        assert {option: options.get(option) for option in (*ACCOUNT, *CLIENT, *HTTP)} == {**ACCOUNT, **CLIENT, **HTTP}
    else:
        assert membership == []
