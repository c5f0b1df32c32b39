# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The suites stand side by side: what two of them need is in tests/support, and they do not import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PACKAGE = "ansible_collections.m2m.netsuite.tests."
SUITES = ["unit", "contract", "e2e", "interop", "bench", "reliability"]
FILES = [path for folder in (*SUITES, "support") for path in sorted((TESTS / folder).rglob("*.py"))]


def suites_imported(path: Path) -> Iterator[str]:
    """The folders below tests/ that a file imports from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [f"{node.module}.{name.name}" for name in node.names]
        for name in names:
            if name.startswith(PACKAGE):
                yield name.removeprefix(PACKAGE).split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_suite_imports_itself_and_support_only(path: Path) -> None:
    own = path.relative_to(TESTS).parts[0]
    assert set(suites_imported(path)) <= {own, "support"}
