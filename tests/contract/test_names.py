# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules, action plugins, operations and the action group belong together; the first two hold no logic."""

from __future__ import annotations

import ast

import pytest
import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.option_groups import ACCOUNT, CLIENT, HTTP
from ansible_collections.m2m.netsuite.tests.contract.catalogue import (
    ACTIONS,
    COLLECTION,
    MODULES,
    OPERATIONS,
    ROOT,
    documentation,
)

_MODULE = """
from __future__ import annotations
from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.{name} import OPERATION

def main() -> None:
    run_module(OPERATION)
if __name__ == '__main__':
    main()
"""
_ACTION = """
from __future__ import annotations
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.{name} import OPERATION
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller_action import OperationAction

class ActionModule(OperationAction):
    operation = OPERATION
"""
# What looks at other hosts of the play can do so in an action plugin only.
_SEES_THE_PLAY = {"rollout_summary"}
# The options of the three groups. What keeps the credential file takes no files of a pair, and so not all of them.
_GROUPS = {*ACCOUNT, *CLIENT, *HTTP}
_DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def code(folder: str, name: str) -> str:
    """A plugin's code without comments, docstrings and documentation."""
    tree = ast.parse((ROOT / "plugins" / folder / f"{name}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            node.body = [entry for entry in node.body if not _is_text(entry)]
    return ast.unparse(tree)


def _is_text(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        return names <= _DOCUMENTATION and isinstance(node.value, ast.Constant)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def normal(source: str) -> str:
    return ast.unparse(ast.parse(source))


def test_each_operation_has_a_module_and_an_action_plugin():
    assert sorted(OPERATIONS) == MODULES
    assert sorted(OPERATIONS) == ACTIONS


def test_ansible_doc_reads_each_module():
    assert sorted(documentation()) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_its_documentation_and_one_call(name):
    assert code("modules", name) == normal(_MODULE.format(name=name))


@pytest.mark.parametrize("name", [name for name in ACTIONS if name not in _SEES_THE_PLAY])
def test_an_action_plugin_names_its_operation_and_nothing_else(name):
    assert code("action", name) == normal(_ACTION.format(name=name))


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
