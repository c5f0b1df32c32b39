# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/features.md is complete and true: whatever is offered has a row, its files and a test that names it.

Every folder of examples has a test, too. That links lead somewhere is what ``make lint`` checks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.catalogue import CALLBACKS, LOOKUPS, MODULES, ROOT, SIDECARS

PAGE = (ROOT / "docs/features.md").read_text(encoding="utf-8")
_NAME = re.compile(r"`([^`]+)`")
#: The names in a row's first cell, and the tests in its last.
ROWS = [
    (_NAME.findall(what), re.findall(r"\]\(\.\./(tests/[^)]+)\)", tests))
    for what, tests in re.findall(r"^\| (.*) \| .*\]\(.* \| (.*\]\(.*) \|$", PAGE, re.MULTILINE)
]
TESTS = [path for path in sorted((ROOT / "tests").glob("*/**/test_*.py")) if path != Path(__file__).resolve()]
EXAMPLES = sorted(f"examples/{path.name}" for path in (ROOT / "examples").iterdir() if path.is_dir())
NOT_BY_ITSELF = {"summary"}  # a part of the other playbooks


def stems(folder: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).iterdir()}


def test_whatever_is_offered_has_a_row() -> None:
    playbooks = stems("playbooks") - NOT_BY_ITSELF
    sources = stems("extensions/eda/plugins/event_source") - {"__pycache__"}
    offered = {
        *MODULES,
        *CALLBACKS,
        *LOOKUPS,
        *SIDECARS["filter"],
        *SIDECARS["test"],
        *stems("roles"),
        *playbooks,
        *sources,
    }
    named = {name for names, _tests in ROWS for name in names}
    assert sorted({*offered, *EXAMPLES} - named) == [], "add a row to docs/features.md: what it is, its files, its test"


@pytest.mark.parametrize(("names", "tests"), [row for row in ROWS if row[0]])
def test_each_test_of_a_row_names_what_the_row_names(names: list[str], tests: list[str]) -> None:
    word = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names))
    assert [path for path in tests if not word.search((ROOT / path).read_text(encoding="utf-8"))] == []


def test_each_folder_of_examples_has_a_test() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in TESTS)
    missing = [name for name in EXAMPLES if not re.search(rf"\b{re.escape(name)}\b", text)]
    assert missing == [], "no test names these folders"
