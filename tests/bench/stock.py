# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The chain that one writes today with the PyPI package ``ansible``: ``stock/chain.yml``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from world import Fleet, Outcome

# The release that goes with the ansible-core in tests/locks.
ANSIBLE = "12.3.0"
_HERE = Path(__file__).resolve().parent / "stock"
_COLLECTION = "ansible_collections/community/crypto/"


def install(cache: Path) -> str:
    """Take community.crypto out of the package ``ansible``; returns the path for ANSIBLE_COLLECTIONS_PATH."""
    folder = cache / f"ansible-{ANSIBLE}"
    if not (folder / _COLLECTION / "MANIFEST.json").exists():
        download = cache / "download"
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"),
                *("--no-deps", "--dest", str(download), f"ansible=={ANSIBLE}"),
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )
        with zipfile.ZipFile(next(download.glob("ansible-*.whl"))) as wheel:
            wheel.extractall(folder, [name for name in wheel.namelist() if name.startswith(_COLLECTION)])
        shutil.rmtree(download)
    return str(folder)


@dataclass(frozen=True)
class Chain:
    """The stock chain over a fleet."""

    fleet: Fleet

    def activate(self, keys: Mapping[str, str]) -> None:
        """Make certificates with the chain's own tasks, and map them as an administrator does."""
        pairs = self.fleet.folder / "pairs"
        pairs.mkdir()
        for host in self.fleet.accounts:
            path = pairs / f"{host}.key.pem"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(keys[host])
        self._play("--tags", "pair")
        for host, account in self.fleet.accounts.items():
            account.upload((pairs / f"{host}.cert.pem").read_text())

    def play(self) -> Outcome:
        """Run the whole chain; keys and certificates are there, so it gets and tries a token and changes nothing.

        Raises:
            AssertionError: it changed something, or a token was not accepted.
        """
        outcome = self._play()
        if outcome.changed or outcome.requests != 2:
            raise AssertionError("the stock chain is not in its steady state")
        return outcome

    def _play(self, *arguments: str) -> Outcome:
        script = f"sign_script={_HERE / 'sign.py'}"
        return self.fleet.play(str(_HERE / "chain.yml"), "-e", script, *arguments)
