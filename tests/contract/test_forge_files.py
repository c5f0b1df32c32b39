# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files for forges, editors and commits: pipelines run what a clone runs, and the hooks find what they look for.

That they are in the form that each forge wants is checked by the hooks themselves, in ``make lint``.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


GITHUB = read(".github/workflows/ci.yml")["jobs"]
GITLAB = read(".gitlab-ci.yml")
STEPS = [step for job in GITHUB.values() for step in job["steps"]]
HOOKS = {hook["id"]: hook for repository in read(".pre-commit-config.yaml")["repos"] for hook in repository["hooks"]}
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_both_forges_run_the_same_commands_which_exist() -> None:
    github = [step["run"] for step in STEPS if "run" in step]
    assert (
        github == [line for job in ("test", "matrix") for line in GITLAB[job]["script"]] == [".ci/run", "make matrix"]
    )
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert "matrix" in TARGETS


def test_actions_of_others_are_pinned_by_digest() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", action)] == []


def test_the_dev_container_is_the_machine_of_the_pipeline() -> None:
    folder = ROOT / ".devcontainer"
    made = (folder / json.loads((folder / "devcontainer.json").read_text())["build"]["dockerfile"]).read_text()
    default = GITLAB["default"]
    assert f"FROM {default['image']}\n" in made
    wanted = default["before_script"][-1].rpartition("--no-install-recommends ")[2].split()
    assert len(wanted) > 5
    programs = re.search(r"for program in (.*);", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    assert programs
    assert {*wanted, *programs[1].split()} <= set(made.split())


def test_merge_requests_have_the_same_template_everywhere() -> None:
    one, other = ".github/pull_request_template.md", ".gitlab/merge_request_templates/Default.md"
    assert (ROOT / one).read_text(encoding="utf-8") == (ROOT / other).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("hook", "text", "found"),
    [
        ("private-key", "-----BEGIN EC PRIVATE " + f"KEY-----\n{'A' * 64}", True),
        ("private-key", "-----BEGIN PRIVATE " + "KEY-----\n...", False),
        ("token", ".".join(("eyJ" + "a" * 30, "eyJ" + "b" * 30, "c" * 43)), True),
        ("token", "eyJhbGciOiJQUzI1NiJ9", False),
        ("machine-path", "path = " + "/ho" + "me/somebody", True),
        ("machine-path", "see /app/home/index.html", False),
        ("machine-path", "~" + "/.pyenv" + "/shims", True),
        ("registry", "--index" + "-url https://mirror.example.com", True),
        ("registry", "the option index_url", False),
        ("merge-conflict", "<" * 7 + " HEAD", True),
        ("merge-conflict", "=" * 7, False),
        ("trailing-whitespace", "a word ", True),
        ("trailing-whitespace", "a word", False),
    ],
)
def test_what_the_hooks_find(hook: str, text: str, found: bool) -> None:
    assert bool(re.search(HOOKS[hook]["entry"], text, re.MULTILINE)) is found
