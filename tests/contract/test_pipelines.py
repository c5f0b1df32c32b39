# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipelines in examples/gitlab-ci and examples/github-actions, against the schemas that both forges publish."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

CHECK = Path(sys.executable).with_name("check-jsonschema")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHECK.exists(), reason="check-jsonschema is only among the tools of .venv"),
]
PIPELINES = [
    pytest.param("gitlab-ci/gitlab-ci.yml", "vendor.gitlab-ci", ("--data-transform", "gitlab-ci"), id="GitLab"),
    pytest.param("github-actions/netsuite.yml", "vendor.github-workflows", (), id="GitHub"),
]


def check(path: Path, schema: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(CHECK), "--builtin-schema", schema, *options, str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "schema", "options"), PIPELINES)
def test_a_pipeline_is_what_the_forge_takes(tmp_path, name, schema, options):
    example = ROOT / "examples" / name
    done = check(example, schema, *options)
    assert done.returncode == 0, done.stdout
    broken = tmp_path / example.name
    broken.write_text(example.read_text().replace("image:", "images: 1 #").replace("runs-on:", "runs-at:"))
    assert check(broken, schema, *options).returncode == 1
