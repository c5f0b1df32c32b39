# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Disks that are full or fail at each call, real ones and by the system's own error numbers; runs side by side."""

from __future__ import annotations

import errno
import itertools
import os
import resource
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.reliability import mounts
from ansible_collections.m2m.netsuite.tests.reliability.events import BEFORE, HALF, Point, failing, forked, nothing
from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now, read_store
from ansible_collections.m2m.netsuite.tests.reliability.life import Life
from ansible_collections.m2m.netsuite.tests.reliability.stories import FIRST, STORIES, Story
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
FILES = [name for name in STORIES if "file" in name and "RSA" not in name]
#: What may go wrong with each call. What a file system cannot do at all (locks, syncs) is no failure.
ERRORS = {
    "open": (errno.EACCES, errno.EMFILE, errno.EROFS, errno.EIO, errno.ENOSPC),
    "write": (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG),
    "fsync": (errno.EIO, errno.ENOSPC, errno.EDQUOT, errno.EINVAL, errno.ENOTSUP),
    "replace": (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EIO),
    "unlink": (errno.EACCES, errno.EROFS),
    "fchmod": (errno.EPERM, errno.EROFS),
    "mkdir": (errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT),
    "flock": (errno.ENOLCK, errno.ENOSYS, errno.EIO, errno.EINTR),
}


def broken_by(life: Life, said: list[str]) -> list[str]:
    """What does not hold after a run that met a fault and said these things: its status and its causes."""
    broken = [f"a defect: {said}"] if "defect" in said else []
    if said[0] != "active" and len(said) == 1:
        broken.append("no cause is named")
    return broken + broken_now(life)


def outcome(story: Story, life: Life) -> list[str]:
    """What a run says: its status, its causes."""
    played = story.play(life)
    return [played.status, *sorted(played.causes)]


@pytest.mark.parametrize("name", FILES)
def test_an_error_at_each_call(campaign, tmp_path, simulator, openbao, name):
    story, broken = STORIES[name], []
    whole = story.prepare(tmp_path / "whole", simulator, openbao)
    calls = forked(lambda: outcome(story, whole), nothing).calls
    cases = [
        (Point(number, when), error, ever_after)
        for number, call in enumerate(calls)
        for error in ERRORS.get(call, ())
        for when in ((BEFORE, HALF) if call == "write" else (BEFORE,))
        for ever_after in ((False, True) if call == "write" else (False,))
    ]
    for point, error, ever_after in campaign.each(f"file system faults: {name}", cases, short=3, seconds=60):
        what = f"{errno.errorcode[error]} {point.when} call {point.number} ({calls[point.number]})"
        life = story.prepare(tmp_path / f"{what} {ever_after}", simulator, openbao)
        ended = forked(lambda life=life: outcome(story, life), failing(point, error, ever_after=ever_after))
        found = broken_by(life, ended.value) if ended.value else [f"it ended by {ended.error or ended.signal}"]
        found = found or broken_at_the_end(life, life.play(), generations=story.generations)
        broken += [f"{what}: {one}" for one in found]
    assert broken == []


def limited(size: int) -> None:
    """No file of this process may grow beyond a size."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.mark.parametrize("name", ["first run, file", "rotation, whole file"])
def test_a_limit_of_file_sizes(campaign, tmp_path, simulator, openbao, name):
    story, broken = STORIES[name], []
    for size in campaign.each(f"file system faults: largest file, {name}", range(0, 16_384, 1024), short=2, seconds=30):
        life = story.prepare(tmp_path / str(size), simulator, openbao)
        ended = forked(lambda life=life, size=size: (limited(size), outcome(story, life))[1])
        found = broken_by(life, ended.value) if ended.value else [f"it ended by {ended.error or ended.signal}"]
        found = found or broken_at_the_end(life, life.play(), generations=story.generations)
        broken += [f"{size} bytes: {one}" for one in found]
    assert broken == []


def on_a_mount(story: Story, folder: Path, simulator: Simulator, spoil: Callable[[Path], None]) -> list[str]:
    """In a child with mounts of its own: a run on a file system that is spoilt first, and one on the same, repaired."""
    mounts.own()
    mounts.tmpfs(folder, size=512 * 1024)
    life = story.prepare(folder, simulator, None)
    spoil(folder)
    broken = broken_by(life, outcome(story, life))
    mounts.repair(folder)
    return broken or broken_at_the_end(life, life.play(), generations=story.generations)


#: What is done to a real file system (tmpfs, in pages of 4 KiB) before the run.
SPOILT: dict[str, Callable[[Path], None]] = {
    **{f"full but for {pages} pages": lambda folder, pages=pages: mounts.fill(folder, pages) for pages in range(6)},
    "read-only": mounts.make_read_only,
    **{
        f"full but for {files} files": lambda folder, files=files: mounts.use_up_inodes(folder, files)
        for files in range(3)
    },
}


@pytest.mark.parametrize("name", ["first run, file", "rotation, file", "rotation, whole file", "retirement, file"])
def test_a_real_file_system(campaign, tmp_path, simulator, name):
    if not mounts.are_allowed():
        campaign.left_out("file systems of their own (full, read-only): this user may not mount any here")
        pytest.skip("this user may not mount file systems here")
    story, broken = STORIES[name], []
    for what in campaign.each(f"file system faults: mounted, {name}", SPOILT, short=2, seconds=30):
        folder = tmp_path / what
        folder.mkdir()
        ended = forked(lambda folder=folder, what=what: on_a_mount(story, folder, simulator, SPOILT[what]))
        found = ended.value if ended.value is not None else [f"it ended by {ended.error or ended.signal}"]
        broken += [f"{what}: {one}" for one in found]
    assert broken == []


def a_socket(path: Path) -> None:
    """A socket of that name; its folder may be too long for its address."""
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(path.parent)
        listener.bind(path.name)
        os.chdir(here)


#: What stands in the place of a file; whether the run may go on all the same.
IN_PLACE: dict[str, Callable[[Path], None]] = {
    "a folder": lambda path: path.mkdir(),
    "a full folder": lambda path: (path.mkdir(), (path / "x").write_text("x")),
    "a named pipe": os.mkfifo,
    "a socket": a_socket,
    "a link to a device": lambda path: path.symlink_to("/dev/full"),
    "a link into nowhere": lambda path: path.symlink_to("/nonexistent/file"),
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to another file": lambda path: (path.with_name("other").write_text("not ours"), path.symlink_to("other")),
}
PLACES = ("netsuite_credentials.yml", "netsuite_credentials.yml.tmp", "netsuite_credentials.auth-cert.pem")


def test_what_stands_in_the_place_of_a_file(campaign, tmp_path, simulator):
    """It is named, or replaced where a link may be; nothing behind a link is harmed; nothing hangs."""
    broken = []
    cases = [(place, what) for place in PLACES for what in IN_PLACE]
    for place, what in campaign.each("file system faults: in the place of a file", cases, short=4, seconds=60):
        life = FIRST.prepare(tmp_path / f"{place} {what}", simulator, None)
        IN_PLACE[what](life.folder / place)
        said = outcome(FIRST, life)
        found = ["a defect"] if "defect" in said else []
        if said[0] != "active" and len(said) == 1:
            found.append("no cause is named")
        other = life.folder / "other"
        if other.exists() and place.endswith(".tmp") and other.read_text() != "not ours":
            found.append("what a link led to was overwritten")
        if life.account.active_ids() and not read_store(life):
            found.append("a certificate was mapped whose key is nowhere")
        broken += [f"{what} at {place}: {one}" for one in found]
    assert broken == []


NOBODY, GROUP = 65534, 65533


def test_another_owner(campaign, simulator):
    """Folders and files that a user may not write, or shares with a group: by a user who is not root."""
    if os.geteuid():
        campaign.left_out("files of another owner: only root can make them")
        pytest.skip("only root can give files away")
    cases = [(folder, file) for folder in (0o755, 0o775, 0o1777, 0o2775) for file in (0o600, 0o640, 0o644)]
    broken = []
    for folder_mode, file_mode in campaign.each("file system faults: another owner", cases, short=2, seconds=30):
        with tempfile.TemporaryDirectory() as name:
            top = Path(name)
            top.chmod(0o755)
            life = STORIES["rotation, file"].prepare(top, simulator, None)
            life.path.chmod(file_mode)
            os.chown(life.folder, 0, GROUP)
            life.folder.chmod(folder_mode)
            ended = forked(
                lambda life=life: (
                    os.setgroups([GROUP]),
                    os.setgid(GROUP),
                    os.setuid(NOBODY),
                    outcome(STORIES["rotation, file"], life),
                )[-1]
            )
            found = [] if ended.value else [f"it ended by {ended.error or ended.signal}"]
            if ended.value and ("defect" in ended.value or (ended.value[0] != "active" and len(ended.value) == 1)):
                found.append(f"no cause is named: {ended.value}")
            found = found or [*broken_now(life), *broken_at_the_end(life, life.play(), generations=2)]
            found = [one for one in found if "may be read by others" not in one]  # what is vaulted keeps its rights
            broken += [f"folder {folder_mode:o}, file {file_mode:o}: {one}" for one in found]
    assert broken == []


@pytest.mark.parametrize(
    ("store", "runs"),
    [
        *itertools.product(("file", "whole file", "kv2"), ("6 rotations", "6 first runs")),
        ("file", "re-encryption with rotation"),
        ("whole file", "re-encryption with rotation"),
    ],
)
def test_runs_side_by_side(campaign, tmp_path, simulator, openbao, store, runs):
    broken = []
    for number in campaign.each(f"runs side by side: {runs}, {store}", range(4), short=1, seconds=20):
        life = Life.begin(tmp_path / str(number) / "host", simulator, store, openbao, retries=1)
        if runs != "6 first runs":
            assert life.play().status == "active"
        life.vaults.add("new")
        variables = {
            "6 rotations": [{"rotate": True}] * 6,
            "6 first runs": [{}] * 6,
            "re-encryption with rotation": [{"rotate": True}, {"vault_id": "new"}] * 2,
        }[runs]
        waiting = [forked(lambda given=given, life=life: life.play(**given).status, wait=False) for given in variables]
        ended = [wait() for wait in waiting]
        found = [f"one ended by {one.error or one.signal}" for one in ended if one.value is None]
        found = found or broken_now(life, meant=3)
        again = life.play(vault_id="new") if runs.startswith("re-") else life.play()
        again = again if again.status == "active" else life.play()
        found = found or broken_at_the_end(life, again)
        broken += found
    assert broken == []
