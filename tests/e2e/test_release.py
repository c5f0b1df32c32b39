# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A release, rehearsed from a clean clone: what it refuses, and what comes out of it."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tarfile
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
def following(clone: Clone) -> str:
    """The lowest version that may follow."""
    major, minor, _patch = version_of(clone.root).split(".")
    return f"{major}.{int(minor) + 1}.0"


def test_placeholders_are_refused(clone: Clone, following: str) -> None:
    status, said = release(clone, following, "--key", "whoever")
    assert status == 1
    for name in ("repository", "documentation", "homepage", "issues"):
        assert f"refused: a placeholder, galaxy.yml: {name}:" in said
    assert "refused: a placeholder, SECURITY.md:" in said


def test_versions_that_do_not_fit_the_changes_are_refused(clone: Clone, following: str) -> None:
    last = version_of(clone.root)
    for version in (last, f"{last.rpartition('.')[0]}.9", "0.0.1"):
        status, said = release(clone, version, "--dry-run")
        assert (status, f"need {following} at least" in said) == (1, True), said


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
    texts = ("``undated``", f"``hasty`` {words} {soon}.", f"``fair`` {words} 2999-01-31.")
    fragment = clone.root / "changelogs/fragments/old.yml"
    fragment.write_text(yaml.safe_dump({"deprecated_features": list(texts)}))
    _status, said = release(clone, following, "--dry-run")
    fragment.unlink()
    refused = [line for line in said.splitlines() if line.startswith("refused: a deprecation")]
    assert [re.findall("``(undated|hasty|fair)``", line) for line in refused] == [["undated"], ["hasty"]]


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


def check_archive(archive: Path, version: str, folder: Path) -> None:
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    assert json.loads((folder / "MANIFEST.json").read_text())["collection_info"]["version"] == version
    if shutil.which("gpg"):  # ansible-galaxy has accepted it
        signature = archive.with_name(f"m2m-netsuite-{version}.asc").read_text()
        assert signature.startswith("-----BEGIN PGP SIGNATURE-----")
