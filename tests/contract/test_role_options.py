# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the role netsuite_account become options of its tasks: those that are documented, and no others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import (
    ROLE_VARIABLES,
    options_from_variables,
    variable_of,
)
from ansible_collections.m2m.netsuite.tests.contract.role import PREFIX, TASKS, VARIABLES, options_of
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, ROOT

SAMPLES = {
    "str": "sample",
    "path": "/sample",
    "bool": True,
    "int": 17,
    "float": 1.5,
    "list": ["sample"],
    "dict": {"sample": "x"},
}


def test_the_role_reads_what_its_spec_documents():
    assert {PREFIX + name for name in ROLE_VARIABLES} == set(VARIABLES)


def test_nothing_else_is_taken_from_variables(tmp_path):
    variables = {"inventory_dir": str(tmp_path), "inventory_hostname": "acme"}
    takers = [one for one in OPERATIONS.values() if "role_variables" in one.options]
    others = {PREFIX + name: "odd" for one in takers for name in one.options} | {PREFIX + "state": "odd"}
    others = {name: value for name, value in others.items() if name not in VARIABLES}
    for one in takers:
        found = options_from_variables(
            one.options, {}, {**variables, **others}, lambda value: value, keeps_credentials=one.keeps_credentials
        )
        assert "odd" not in found.values()


def test_no_code_around_the_role_reads_other_variables():
    """Besides those that playbooks and tasks of the role set themselves, which others are meant to read."""
    own = {"netsuite_account_result"}
    folders = (
        "plugins/plugin_utils",
        "plugins/action",
        "roles/netsuite_account/tasks",
        "roles/patchworks_handover",
        "playbooks",
    )
    files = [one for name in folders for one in (ROOT / name).rglob("*") if one.suffix in (".py", ".yml")]
    read = {
        name for one in files for name in re.findall(r"(?<![\w.])netsuite_account_\w+\b(?!: )", one.read_text("utf-8"))
    }
    assert read - own - {PREFIX} <= set(VARIABLES)


def test_a_template_anywhere_in_a_value_is_evaluated():
    for value in ("{{ one }}", ["{{ one }}"], {"key": "{{ one }}"}, [{"key": "{{ one }}"}]):
        variables = {f"{PREFIX}client_id": value}
        assert options_from_variables(
            ["client_id"], {}, variables, lambda found: "evaluated", keeps_credentials=False
        ) == {"client_id": "evaluated"}


# The one that holds no option, but several: the pair in a credential file. test_users_settings has its forms.
@pytest.mark.parametrize("variable", sorted(set(VARIABLES) - {"netsuite_account_credentials"}))
def test_each_variable_becomes_an_option_of_a_task(variable, tmp_path):
    sample = SAMPLES[VARIABLES[variable]["type"]]
    variables = {"inventory_dir": str(tmp_path), "inventory_hostname": "acme"}
    before = {task: options_of(task, variables) for task in TASKS}
    after = {task: options_of(task, {**variables, variable: sample}) for task in TASKS}
    changed = {name: value for task in TASKS for name, value in after[task].items() if before[task].get(name) != value}
    changed.pop("state", None)  # what read_only comes to
    assert changed
    assert {variable_of(name) for name in changed} == {variable}
    assert all(value == sample for value in changed.values())


@pytest.mark.parametrize("store", ["kv2", "tasks", " kv2\n", "{{ a template }}"])
def test_what_a_host_has_already_goes_with_it_into_a_store(tmp_path, store):
    """Or a second key would be made beside the first. A host whose name is no folder's can have no file."""
    path, document = tmp_path / "c.yml", {"format": 1}
    variables = {"inventory_dir": str(tmp_path), "inventory_hostname": "a/b", f"{PREFIX}store": store}
    pair = {f"{PREFIX}private_key": "KEY", f"{PREFIX}certificate": "CERTIFICATE"}

    def taken(**more: Any) -> dict[str, Any]:
        operation = OPERATIONS["account_credentials"]
        evaluate = {"{{ a template }}": "kv2"}.get
        found = options_from_variables(
            operation.options, {}, {**variables, **pair, **more}, evaluate, keeps_credentials=True
        )
        return {name: value for name, value in found.items() if name.startswith(("cred", "file", "private"))}

    assert taken() == {"private_key_content": "KEY"}
    assert taken(netsuite_account_credentials=document) == {"credentials_content": '{"format": 1}'}
    assert taken(netsuite_account_credentials_path=str(path)) == {"private_key_content": "KEY"}
    path.write_text("---")
    found = taken(netsuite_account_credentials_path=str(path), netsuite_account_credentials=document)
    assert found == {"credentials_path": str(path)}
