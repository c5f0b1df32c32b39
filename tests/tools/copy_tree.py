# SPDX-License-Identifier: GPL-3.0-or-later
"""Copy the checkout (uncommitted files too, ignored ones not) to a tree that ansible-test accepts.

ansible-test wants a real path ``ansible_collections/m2m/netsuite``, no symlink, and a repository of its own: inside an
ignored folder of another repository it finds no files, says "All targets skipped" and succeeds.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
_locks: list[IO[bytes]] = []


def repository_files() -> list[str]:
    """Return the paths of all files that are, or are about to be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    names = sorted(set(listing.stdout.decode().split("\0")) - {""})
    return [name for name in names if (ROOT / name).is_symlink() or (ROOT / name).is_file()]


def copy_tree(destination: Path) -> Path:
    """Make ``destination/ansible_collections/m2m/netsuite`` anew and return it; it is ours until this process ends."""
    copy = destination / "ansible_collections" / "m2m" / "netsuite"
    destination.mkdir(parents=True, exist_ok=True)
    lock = (destination / ".lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"-- waiting for another run that uses {destination}", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    _locks.append(lock)
    shutil.rmtree(copy, ignore_errors=True)
    for name in repository_files():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(ROOT / name, target, follow_symlinks=False)
        except FileNotFoundError:
            print(f"-- left out, it has just gone: {name}", file=sys.stderr)
    subprocess.run(["git", "init", "--quiet", str(copy)], check=True)
    return copy


if __name__ == "__main__":
    print(copy_tree(Path(sys.argv[1]).resolve()))
