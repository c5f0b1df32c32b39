# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""README, argument specification, defaults and tests keep up with the program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

HERE = Path(__file__).resolve().parent
ROLE = HERE.parents[2] / "roles/netsuite_simulator"
README = (ROLE / "README.md").read_text(encoding="utf-8")
TESTS = "\n".join(
    path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py") if path.name != Path(__file__).name
)


@pytest.fixture
def package(monkeypatch):
    monkeypatch.syspath_prepend(str(ROLE / "files"))
    import netsuite_simulator

    return netsuite_simulator


def test_readme_holds_the_tables(package, capsys):
    from netsuite_simulator.cli import main

    for name in ("knobs", "conditions"):
        main([f"--list-{name}"])
        wanted = f"<!-- begin {name}: --list-{name} -->\n{capsys.readouterr().out}<!-- end {name} -->"
        assert wanted in README, f"put the output of --list-{name} into the README"


def test_readme_names_every_option_route_and_fault(package):
    from netsuite_simulator import cli, faults

    hidden = {"--help", "-h", "--tag", "--version"}
    for action in cli.parser()._actions:
        for word in set(action.option_strings) - hidden:
            assert f"`{word}" in README, word
    for route in set(faults.ROUTES) - {"unknown"}:
        assert f"| `{route}` |" in README, route
    for kind in faults._KINDS:
        assert f'{{"kind": "{kind}"' in README, kind


def test_every_condition_and_knob_is_tested(package):
    from netsuite_simulator.conditions import CONDITIONS
    from netsuite_simulator.settings import Settings

    for name in CONDITIONS:
        assert f'"{name}"' in TESTS, f"no test names the condition {name}"
    for name in Settings.__dataclass_fields__:
        assert re.search(rf"\b{name}\b", TESTS), f"no test names the knob {name}"


def test_specification_and_defaults_agree():
    spec = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text())["argument_specs"]
    defaults = yaml.safe_load((ROLE / "defaults/main.yml").read_text())
    options = {name: option for entry in spec.values() for name, option in entry["options"].items()}
    assert set(defaults) == set(options) - {"netsuite_simulator_base_url"}
    for name, value in defaults.items():
        if isinstance(value, str) and "{{" in value:
            assert "default" not in options[name]
        else:
            assert options[name].get("default") == value, name


def test_nothing_comes_from_the_client():
    for path in (ROLE / "files").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not any(name.startswith(("ansible", "plugins")) for name in names), path
