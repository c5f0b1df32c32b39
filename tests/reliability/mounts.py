# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small file systems that only one process sees: full ones, and read-only ones. They are gone with the process."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from ansible_collections.m2m.netsuite.tests.reliability.events import forked

_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
_READ_ONLY, _REMOUNT, _PRIVATE, _RECURSIVE = 1, 32, 1 << 18, 1 << 14
_FILLER = "filler"


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(status: int) -> None:
    if status:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _mount(folder: str, kind: str, flags: int, data: str = "") -> None:
    _check(_library().mount(kind.encode(), folder.encode(), kind.encode(), flags, data.encode()))


def own() -> None:
    """Give this process mounts of its own. It must have one thread.

    Raises:
        OSError: this user may not.
    """
    user, group = os.geteuid(), os.getegid()
    _check(_library().unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)))
    if user:  # root within, this user without
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
    _mount("/", "none", _PRIVATE | _RECURSIVE)


def tmpfs(folder: Path, size: int) -> None:
    """Mount an empty file system of so many bytes."""
    _mount(str(folder), "tmpfs", 0, f"size={size},nr_inodes=64")


def are_allowed() -> bool:
    """Whether this user may mount file systems of its own."""

    def attempt() -> bool:
        own()
        tmpfs(Path("/tmp"), 4096)
        return True

    return forked(attempt).value is True


def fill(folder: Path, pages: int) -> None:
    """Use up the space but for so many pages."""
    with (folder / _FILLER).open("wb", buffering=0) as stream:
        try:
            while True:
                stream.write(b"x" * 4096)
        except OSError:
            stream.truncate(max(0, stream.tell() - pages * 4096))


def use_up_inodes(folder: Path, files: int) -> None:
    """Use up the files that there may be but for so many."""
    (folder / _FILLER).mkdir()
    made = []
    try:
        while True:
            made.append(folder / _FILLER / str(len(made)))
            made[-1].touch()
    except OSError:
        for path in made[len(made) - 1 - files : -1]:
            path.unlink()


def make_read_only(folder: Path) -> None:
    """From now on it is read-only."""
    _mount(str(folder), "tmpfs", _REMOUNT | _READ_ONLY)


def repair(folder: Path) -> None:
    """Make it larger, and let it be written to."""
    _mount(str(folder), "tmpfs", _REMOUNT, "size=4194304,nr_inodes=1000")
