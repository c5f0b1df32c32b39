# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release, rehearsed from a clean clone: what it refuses, and what comes out of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.clone import Clone

pytestmark = pytest.mark.skipif(not (Path(sys.prefix) / "bin/antsibull-changelog").exists(), reason="tools are missing")


def release(clone: Clone, *arguments: str) -> tuple[int, str]:
    return clone.run(sys.executable, "tests/tools/release.py", *arguments)


def version_of(root: Path) -> str:
    return str(yaml.safe_load((root / "galaxy.yml").read_text())["version"])


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """In it something was added since the last release."""
    # `make build` runs ansible-lint over the archive; once is enough.
    made = Clone(tmp_path_factory.mktemp("release"), GALAXY_IMPORTER_RUN_ANSIBLE_LINT="false")
    added = {"minor_changes": ["access_token - the new option ``odd``."]}
    fragment = made.root / "changelogs/fragments/odd.yml"
    fragment.parent.mkdir(exist_ok=True)  # right after a release there are none
    fragment.write_text(yaml.safe_dump(added))
    made.git("add", "--all")
    made.git("commit", "--quiet", "--message", "An option")
    return made


@pytest.fixture(scope="module")
def least(clone: Clone) -> str:
    """The lowest version that fits an addition."""
    major, minor, _patch = version_of(clone.root).split(".")
    return f"{major}.{int(minor) + 1}.0"


@pytest.fixture(scope="module")
def following(clone: Clone, least: str) -> str:
    """The same, or what something says that it was added in, if that is higher."""
    added = clone.git("grep", "-hoE", "version_added: *[0-9.]+", "--", "plugins", "roles").split()[1::2]
    return max([least, *added], key=lambda version: [int(number) for number in version.split(".")])


def test_placeholders_are_refused(clone: Clone, following: str) -> None:
    status, said = release(clone, following, "--key", "whoever")
    assert status == 1
    for name in ("repository", "documentation", "homepage", "issues"):
        assert f"refused: a placeholder, galaxy.yml: {name}:" in said
    assert "refused: a placeholder, SECURITY.md:" in said
    assert "refused: gpg is not on the PATH, or has no secret key whoever" in said


def test_versions_that_do_not_fit_the_changes_are_refused(clone: Clone, least: str) -> None:
    last = version_of(clone.root)
    for version in (last, f"{last.rpartition('.')[0]}.9", "0.0.1"):
        status, said = release(clone, version, "--dry-run")
        assert (status, f"need {least} at least" in said) == (1, True), said
    assert "something says that it was added in" in said


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "1.0.0-rc1", ""])
def test_what_is_no_version_is_refused(clone: Clone, version: str) -> None:
    status, said = release(clone, version, "--dry-run")
    assert status == 1
    assert f"{version} is not a version like 1.2.3" in said


def test_changes_that_are_not_committed_are_refused(clone: Clone, following: str) -> None:
    stray = clone.root / "stray.md"
    stray.touch()
    status, said = release(clone, following, "--dry-run")
    stray.unlink()
    assert status == 1
    assert "not committed" in said


def test_a_deprecation_says_when_it_comes_due(clone: Clone, following: str) -> None:
    words = "old - use ``new``. It will be removed in 9.0.0, not before"
    soon = datetime.now(timezone.utc).date() + timedelta(days=300)
    texts = (
        "``undated``",
        f"``hasty`` {words} {soon}.",
        f"``vague`` {words} 2999-01-31, perhaps.",
        f"``no date`` {words} 2999-02-30.",
        f"``never`` {words.replace('9.0.0', following.partition('.')[0] + '.0.0')} 2999-01-31.",
        f"``fair`` {words} 2999-01-31.",
    )
    fragment = clone.root / "changelogs/fragments/old.yml"
    fragment.write_text(yaml.safe_dump({"deprecated_features": list(texts)}))
    _status, said = release(clone, following, "--dry-run")
    fragment.unlink()
    refused = [line for line in said.splitlines() if line.startswith("refused: a deprecation")]
    names = [re.findall("``(undated|hasty|vague|no date|never|fair)``", line) for line in refused]
    assert names == [["undated"], ["hasty"], ["vague"], ["no date"], ["never"]]


def test_a_fragment_that_cannot_be_read_is_named(clone: Clone, following: str) -> None:
    fragment = clone.root / "changelogs/fragments/broken.yml"
    fragment.write_text("minor_changes: text\n")
    status, said = release(clone, following, "--dry-run")
    fragment.unlink()
    assert (status, "changelogs/fragments/broken.yml" in said, "Traceback" in said) == (1, True, False), said


@pytest.mark.campaign
def test_a_rehearsal(clone: Clone, following: str, tmp_path: Path) -> None:
    last, head = version_of(clone.root), clone.git("rev-parse", "HEAD")
    status, said = release(clone, following, "--dry-run")
    assert status == 0, said
    assert clone.git("status", "--porcelain") == ""
    assert clone.git("rev-parse", "HEAD") == head

    archive = clone.root / f".cache/release/publish/m2m-netsuite-{following}.tar.gz"
    check_archive(archive, following, tmp_path)
    newest, _heading, older = (tmp_path / "CHANGELOG.md").read_text().replace("\\", "").partition(f"## v{last}")
    assert f"## v{following}" in newest
    assert "the new option" in newest
    assert older

    source = clone.root / ".cache/release/source"
    assert list((source / "changelogs/fragments").glob("*.yml")) == []
    assert (source / f"tests/contract/released/{following}.json").stat().st_size > 10_000
    clone.git("pull", "--quiet", "--ff-only", str(source), "HEAD")
    assert version_of(clone.root) == following

    # What is written, and nothing has followed, is built as it is.
    written = clone.git("rev-parse", "HEAD")
    status, said = release(clone, following, "--dry-run")
    assert status == 0, said
    assert str(archive.relative_to(clone.root)) in said
    check_archive(archive, following, tmp_path / "again")
    assert clone.git("-C", str(source), "rev-parse", "HEAD") == written

    # But not with other contents.
    (clone.root / "README.md").write_text("Something else")
    clone.git("commit", "--quiet", "--all", "--message", "Something else")
    status, said = release(clone, following, "--dry-run")
    assert (status, f"{following} is written, and this has changed since: README.md" in said) == (1, True), said


def check_archive(archive: Path, version: str, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    subprocess.run(["tar", "--extract", "--file", archive, "--directory", folder], check=True)
    assert json.loads((folder / "MANIFEST.json").read_text())["collection_info"]["version"] == version
    if shutil.which("gpg"):
        follow_the_page(archive, folder)


def follow_the_page(archive: Path, folder: Path) -> None:
    """Check the signature as SECURITY.md says, as somebody who has nothing but what is published."""
    published, page = archive.parent, (folder / "SECURITY.md").read_text()
    commands = re.search(r"<!-- example: security-verify -->\n```console\n(.*?)```", page, re.DOTALL)
    home = folder / "home"
    home.mkdir(mode=0o700)
    path = f"{Path(sys.prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    version = archive.name.removeprefix("m2m-netsuite-").removesuffix(".tar.gz")
    subprocess.run(
        ["bash", "-euc", commands[1].replace("1.0.0", version) if commands else "exit 1"],
        cwd=shutil.copytree(published, folder / "published"),
        env={"HOME": str(home), "PATH": path, "LC_ALL": "C.UTF-8"},
        check=True,
    )
