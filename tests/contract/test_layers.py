# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/architecture.md: its files exist, each layer imports from those below, core knows neither I/O nor Ansible."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, ROOT

UTILS = ROOT / "plugins" / "module_utils"
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
LAYERS = ["core", "services", "operations"]
FILES = sorted(path for layer in LAYERS for path in (UTILS / layer).rglob("*.py"))
# What a pure function has no use for. datetime is a type here: the present moment is a parameter.
IMPURE = {
    "ansible",
    "http",
    "os",
    "pathlib",
    "random",
    "requests",
    "shutil",
    "socket",
    "subprocess",
    "tempfile",
    "time",
    "urllib3",
}


def imports(path: Path) -> list[tuple[str, str]]:
    """The layers (first) or packages (second) that a file imports from."""
    found = []
    parts = path.relative_to(UTILS).parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [("", name.name.split(".")[0]) for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append(("", str(node.module).split(".", maxsplit=1)[0]))
        elif isinstance(node, ast.ImportFrom):
            base = [*parts[: len(parts) - node.level], *(node.module or "").split(".")]
            found.append((base[0] or node.names[0].name, ""))
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UTILS)))
def test_a_layer_imports_only_from_those_below(path: Path) -> None:
    own = LAYERS.index(path.relative_to(UTILS).parts[0])
    above = {layer for layer, _package in imports(path) if layer in LAYERS and LAYERS.index(layer) > own}
    assert not above


@pytest.mark.parametrize(
    "path", [path for path in FILES if "core" in path.relative_to(UTILS).parts], ids=lambda path: path.name
)
def test_core_is_pure(path: Path) -> None:
    assert not IMPURE & {package for _layer, package in imports(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(UTILS)))
def test_only_the_adapters_know_ansible(path: Path) -> None:
    assert "ansible" not in {package for _layer, package in imports(path)}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/-]+/[\w./-]+|[\w.]+\.(?:py|j2))`", PAGE))))
def test_the_page_names_files_that_exist(name: str) -> None:
    places = (ROOT, ROOT / "plugins", UTILS)
    assert any((place / name).exists() for place in places) or ("/" not in name and any(UTILS.rglob(name)))


def test_the_page_names_what_runs_on_the_controller_only() -> None:
    (sentence,) = re.findall(r"^(.*)\s+are the exceptions \(`controller_only`\)", PAGE, re.MULTILINE)
    only = {name for name, operation in OPERATIONS.items() if operation.controller_only}
    assert set(re.findall(r"`(\w+)`", sentence)) == only
