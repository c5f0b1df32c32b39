# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pages for people: what they list is there, what is there is listed, and tests follow what they say."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

sys.path.append(str(ROOT / "tests/tools"))

import check_site  # a program's module, not a package's

GUIDES = sorted((ROOT / "docs/guides").glob("*.md"))
PLAYBOOKS = sorted(path.stem for path in (ROOT / "playbooks").glob("*.yml"))
EXAMPLE = re.compile(r"<!-- example: [\w-]+ -->\n```console\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"```console\n(.*?)```", re.DOTALL)
# A playbook's variables; those of the roles, and those that all playbooks have, are described together.
VARIABLE = re.compile(r"\bnetsuite_(?!account|simulator)\w+")
LINK = re.compile(r"\]\((guides/[\w-]+\.md)[#)]")


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    """By playbook, its section of the page."""
    parts = re.split(r"^## m2m\.netsuite\.(\w+)$", text("docs/playbooks.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_page_has_every_playbook_and_no_other(sections):
    assert sorted(sections) == PLAYBOOKS
    assert sorted(re.findall(r"^\| `(\w+)` \| .* \| .* \|$", text("docs/playbooks.md"), re.MULTILINE)) == PLAYBOOKS


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_section_names_the_variables_of_its_playbook(sections, playbook):
    plays = text(f"playbooks/{playbook}.yml")
    own = set(re.findall(r"(?:register: |^ +)(netsuite_\w+)(?::|$)", plays, re.MULTILINE))
    assert {name for name in VARIABLE.findall(plays) if f"`{name}`" not in sections[playbook]} <= own


def test_every_command_for_a_playbook_is_one_that_a_guide_has(sections):
    followed = {line for guide in GUIDES for block in EXAMPLE.findall(guide.read_text()) for line in block.splitlines()}
    shown = {line for section in sections.values() for block in COMMAND.findall(section) for line in block.splitlines()}
    assert len(shown) >= len(PLAYBOOKS) - 2
    assert shown - followed == set()


def test_every_guide_is_followed_by_a_test():
    tests = "".join(path.read_text() for path in (ROOT / "tests/e2e").glob("test_*.py"))
    assert [guide.name for guide in GUIDES if f'"{guide.name}"' not in tests] == []


def test_the_start_page_leads_to_every_guide_that_is_there():
    assert sorted(set(LINK.findall(text("docs/index.md")))) == [f"guides/{guide.name}" for guide in GUIDES]


def test_the_glossary_is_in_order():
    tables = re.split(r"^## ", text("docs/glossary.md"), flags=re.MULTILINE)[1:]
    assert len(tables) == 4
    for table in tables:
        words = re.findall(r"^\| (?!Word|---)([^|]+) \|", table, re.MULTILINE)
        assert words == sorted(set(words), key=str.casefold)


def site(folder: Path, **pages: str) -> Path:
    """A site with a start page and others."""
    for name, body in {"docs/index": "", **pages}.items():
        path = folder / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body)
    return folder


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ('<a href="../a.html">', []),
        ('<a href="../a.html#here"><a href="https://example.com/x">', []),
        ('<a href="../a.html"><a href="b.html">', ["docs/index.html: the link b.html leads nowhere"]),
        (
            '<a href="../a.html#gone">',
            ["docs/index.html: the link ../a.html#gone names a place that is not there"],
        ),
        (
            '<a href="../a.html"><script src="https://example.com/x.js">',
            ["docs/index.html: loads https://example.com/x.js from elsewhere"],
        ),
        ("", ["a.html: the start page does not list it"]),
    ],
)
def test_what_is_wrong_with_a_site_is_found(tmp_path, start, found):
    pages = {"docs/index": start, "a": '<p id="here">'}
    assert check_site.problems(site(tmp_path, **pages), {"a.html"}) == found


def test_a_page_that_is_missing_is_found(tmp_path):
    assert check_site.problems(site(tmp_path), {"b.html"}) == ["b.html: is not in the site"]
