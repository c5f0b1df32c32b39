# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ansible-builder makes of the collection, and of the definition of an execution environment."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

BUILDER = Path(sys.executable).with_name("ansible-builder")
EXAMPLE = ROOT / "examples/execution-environment"
pytestmark = pytest.mark.skipif(not BUILDER.exists(), reason="ansible-builder is only among the tools of .venv")
# What ansible-builder leaves to the image, because Ansible brings it.
WITH_ANSIBLE = {"PyYAML"}


def builder(*arguments: str, cwd: Path) -> str:
    done = subprocess.run([str(BUILDER), *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_collection_says_what_it_needs(tmp_path):
    place = tmp_path / "ansible_collections/m2m/netsuite"
    (place / "meta").mkdir(parents=True)
    for name in ("meta/execution-environment.yml", "requirements.txt", "galaxy.yml"):
        shutil.copy(ROOT / name, place / name)
    # Without the first of them, ansible-builder would take this file by its name.
    (place / "bindep.txt").write_text("never-asked-for\n")
    found = yaml.safe_load(builder("introspect", str(tmp_path), cwd=tmp_path))
    asked = {re.split(r"[ #]", line)[0] for line in found["python"]}
    assert asked == {f"{name}>={least}" for name, least in libraries.MINIMUM.items() if name not in WITH_ANSIBLE}
    assert found["system"] == []


def test_the_definition_is_one_that_ansible_builder_takes(tmp_path):
    folder = tmp_path / "environment"
    shutil.copytree(EXAMPLE, folder)
    (folder / "m2m-netsuite.tar.gz").write_bytes(b"the archive")
    builder("create", "--context", "context", "--output-filename", "Containerfile", cwd=folder)
    lines = (folder / "context/Containerfile").read_text().splitlines()
    assert any('PYCMD="/usr/bin/python3.12"' in line for line in lines)
    assert any(line.startswith("ARG PYPKG=") and "python3.12" in line for line in lines)
    made = folder / "context/_build"
    (wanted,) = yaml.safe_load((made / "requirements.yml").read_text())["collections"]
    assert (wanted["type"], (made / wanted["name"]).read_bytes()) == ("file", b"the archive")
    assert (made / "requirements.txt").read_text().split() == [f"hvac>={libraries.OPTIONAL['hvac']}"]
    assert "git-core" in (made / "bindep.txt").read_text()
