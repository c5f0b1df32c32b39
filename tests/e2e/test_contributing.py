# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CONTRIBUTING.md, followed to the letter from a clean clone to the commit of a first change."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.clone import Clone
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

pytestmark = pytest.mark.campaign
TABLE = "tests/unit/core/test_accounts.py"
ROW = '    ("TD2950894 ", "td2950894", "TD2950894", "{kind}"),\n'
ELSEWHERE = {"make lint", "make test"}  # the whole of both is run by everybody
SETTINGS = {
    "PYTEST_ADDOPTS": "-k test_accounts",  # the others are run elsewhere
    "GIT_EDITOR": "sh -c 'echo A first change > \"$0\"'",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def blocks() -> list[list[str]]:
    """The commands of the section about a first change, by block."""
    section = re.split(r"^## ", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    assert section.startswith("Ten minutes to a first change")
    found = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
    return [[line.partition(" #")[0].strip() for line in block.splitlines()] for block in found]


def change(clone: Clone, kind: str) -> None:
    """Add a row to the table of account ids that are taken, or correct it."""
    path = clone.root / TABLE
    text = re.sub(ROW.format(kind=r"\w+").replace("(", r"\(").replace(")", r"\)"), "", path.read_text(encoding="utf-8"))
    path.write_text(text.replace("SPELLINGS = [\n", f"SPELLINGS = [\n{ROW.format(kind=kind)}"), encoding="utf-8")


def test_a_first_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*(name for name in os.environ if name.startswith(("ANSIBLE_", "PRE_COMMIT"))), "VENV", "VIRTUAL_ENV"]:
        monkeypatch.delenv(name, raising=False)
    clone = Clone(tmp_path, **SETTINGS)
    prepare, (trial,), commit = blocks()
    for command in prepare:
        status, said = clone.run("bash", "-c", command)
        assert status == 0, f"{command}\n{said}"
    change(clone, "sandbox")
    status, said = clone.run("bash", "-c", trial)
    assert status != 0
    assert "test_every_spelling_gives_one_account['TD2950894 ']" in said
    change(clone, "test_drive")
    assert set(commit) >= ELSEWHERE
    for command in (trial, *(command for command in commit if command not in ELSEWHERE)):
        status, said = clone.run("bash", "-c", command)
        assert status == 0, f"{command}\n{said}"
    assert clone.git("log", "-1", "--format=%s", "--stat").split("\n")[0] == "A first change"
    assert clone.git("status", "--porcelain") == ""
