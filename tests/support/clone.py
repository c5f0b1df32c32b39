# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A clean clone of this checkout, for what is done in one: releases, first changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .simulator import ROOT

IDENTITY = {f"GIT_{who}_{what}": "somebody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Clone:
    """The checkout as it is, changes that are not committed yet included, as the only commit of a repository."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.environment = {**os.environ, **IDENTITY, **variables}
        copy = [sys.executable, ROOT / "tests/tools/copy_tree.py", folder]
        made = subprocess.run(copy, check=True, stdout=subprocess.PIPE, text=True)
        self.root = Path(made.stdout.strip())
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "All of it")

    def run(self, *command: str | Path) -> tuple[int, str]:
        """Run a command in it; returns its status, and what it said."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env=self.environment,
            check=False,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        return done.returncode, done.stdout

    def git(self, *arguments: str) -> str:
        """Run git, which must succeed."""
        status, said = self.run("git", "-c", "gc.auto=0", *arguments)
        assert status == 0, said
        return said
