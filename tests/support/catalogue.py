# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection's modules, found by looking so that no list has to be kept up by hand, and how to run them."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, Operation, execute

COLLECTION = "m2m.netsuite"
ROOT = Path(__file__).resolve().parents[2]
#: The folder with ``ansible_collections`` in it; this very file was imported from there.
TREE = Path(__file__).parents[5]


def _stems(folder: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / folder).glob("*.py") if path.stem != "__init__")


def _operations() -> dict[str, Operation]:
    found = {}
    for name in _stems("module_utils/operations"):
        module = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.module_utils.operations.{name}")
        operation = getattr(module, "OPERATION", None)
        if isinstance(operation, Operation):
            found[name] = operation
    return found


MODULES = _stems("modules")
CALLBACKS = _stems("callback")
LOOKUPS = _stems("lookup")
#: Plugins whose documentation stands beside them, by type.
SIDECARS = {kind: sorted(path.stem for path in (ROOT / "plugins" / kind).glob("*.yml")) for kind in ("filter", "test")}
ACTIONS = _stems("action")
OPERATIONS = _operations()


def environment(**more: str) -> dict[str, str]:
    """The environment of an Ansible command that is to see this checkout."""
    here = {"ANSIBLE_COLLECTIONS_PATH": str(TREE), "ANSIBLE_NOCOLOR": "1", "ANSIBLE_DEPRECATION_WARNINGS": "0"}
    return {**os.environ, "NO_PROXY": "127.0.0.1", **here, **more}


def command(name: str) -> str:
    """An Ansible command of the same installation as the one under test."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def documentation(kind: str = "module") -> dict[str, dict[str, Any]]:
    """Per plugin of a type what ansible-doc makes of it, fragments merged: ``doc``, ``examples`` (a text), ``return``.

    One that ansible-doc cannot read is left out.
    """
    found = _ansible_doc().get(kind, {})
    return {name.removeprefix(f"{COLLECTION}."): entry for name, entry in found.items() if "doc" in entry}


@cache
def _ansible_doc() -> dict[str, dict[str, Any]]:
    """The documentation of all plugins, by type and name: one process, which takes half a second."""
    done = subprocess.run(
        [command("ansible-doc"), "--metadata-dump", "--no-fail-on-errors", COLLECTION],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout)["all"])


def validated(operation: str | Operation, arguments: dict[str, Any]) -> dict[str, Any]:
    """A task's arguments as an operation gets them: checked by Ansible, defaults filled in."""
    known = OPERATIONS[operation] if isinstance(operation, str) else operation
    outcome = ArgumentSpecValidator(known.options, **known.constraints()).validate(arguments)
    assert not outcome.error_messages, outcome.error_messages
    return dict(outcome.validated_parameters)


def run_operation(operation: Operation, context: Context | None = None, **given: Any) -> dict[str, Any]:
    """Run an operation as its action plugin does, without pauses between attempts."""
    return execute(operation, validated(operation, given), context or Context(sleep=lambda _seconds: None))
