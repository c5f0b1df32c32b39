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


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    # `make build` runs ansible-lint over the archive; once is enough.
    return Clone(tmp_path_factory.mktemp("release"), GALAXY_IMPORTER_RUN_ANSIBLE_LINT="false")


def test_placeholders_are_refused(clone: Clone) -> None:
    status, said = release(clone, "1.0.0", "--key", "whoever")
    assert status == 1
    for name in ("repository", "documentation", "homepage", "issues"):
        assert f"refused: a placeholder, galaxy.yml: {name}:" in said
    assert "refused: a placeholder, SECURITY.md:" in said


@pytest.mark.parametrize(
    ("version", "reason"),
    [
        ("0.1.1", "need 0.2.0 at least"),
        ("0.1.0", "need 0.2.0 at least"),
        ("1.0", "is not a version like 1.2.3"),
        ("v1.0.0", "is not a version like 1.2.3"),
    ],
)
def test_versions_that_do_not_fit_the_changes_are_refused(clone: Clone, version: str, reason: str) -> None:
    status, said = release(clone, version, "--dry-run")
    assert status == 1
    assert reason in said


def test_changes_that_are_not_committed_are_refused(clone: Clone) -> None:
    stray = clone.root / "stray.md"
    stray.touch()
    status, said = release(clone, "1.0.0", "--dry-run")
    stray.unlink()
    assert status == 1
    assert "not committed" in said


def test_a_deprecation_says_when_it_comes_due(clone: Clone) -> None:
    words = "old - use ``new``. It will be removed in 9.0.0, not before"
    soon = datetime.now(timezone.utc).date() + timedelta(days=300)
    texts = ("``undated``", f"``hasty`` {words} {soon}.", f"``fair`` {words} 2999-01-31.")
    fragment = clone.root / "changelogs/fragments/old.yml"
    fragment.write_text(yaml.safe_dump({"deprecated_features": list(texts)}))
    _status, said = release(clone, "1.0.0", "--dry-run")
    fragment.unlink()
    refused = [line for line in said.splitlines() if line.startswith("refused: a deprecation")]
    assert [re.findall("``(undated|hasty|fair)``", line) for line in refused] == [["undated"], ["hasty"]]


@pytest.mark.campaign
def test_a_rehearsal(clone: Clone, tmp_path: Path) -> None:
    status, said = release(clone, "1.0.0", "--dry-run")
    assert status == 0, said
    assert clone.git("status", "--porcelain") == ""
    assert "version: 0.1.0" in (clone.root / "galaxy.yml").read_text()

    archive = clone.root / ".cache/release/publish/m2m-netsuite-1.0.0.tar.gz"
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    assert json.loads((tmp_path / "MANIFEST.json").read_text())["collection_info"]["version"] == "1.0.0"
    changelog = (tmp_path / "CHANGELOG.md").read_text().replace("\\", "")
    assert "## v1.0.0" in changelog
    assert "## v0.1.0" in changelog
    for module in ("account_reconcile", "report"):
        assert f"* m2m.netsuite.{module} - " in changelog.split("## v0.1.0")[0]

    source = clone.root / ".cache/release/source"
    assert list((source / "changelogs/fragments").glob("*.yml")) == []
    assert (source / "tests/contract/released/1.0.0.json").stat().st_size > 10_000
    assert f"{archive.relative_to(clone.root)}" in said
    if shutil.which("gpg"):  # ansible-galaxy has accepted it
        assert archive.with_name("m2m-netsuite-1.0.0.asc").read_text().startswith("-----BEGIN PGP SIGNATURE-----")
    clone.git("pull", "--quiet", "--ff-only", str(source), "HEAD")
    assert "version: 1.0.0" in (clone.root / "galaxy.yml").read_text()
