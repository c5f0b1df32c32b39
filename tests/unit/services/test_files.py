# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import stat
import subprocess
import threading

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError, OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.services import files
from ansible_collections.m2m.netsuite.tests.support.processes import run_python

NOT_AS_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")


@pytest.fixture
def any_umask():
    before = os.umask(0)
    yield os.umask
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(os.stat(path).st_mode)


# --- reading -------------------------------------------------------------------------------------------------------


def test_reading(path):
    assert files.read_text(path, what="It") is None
    with open(path, "wb") as stream:
        stream.write("\ufeffK\u00f6ln\r\n".encode() + b"\xff\x00")
    assert files.read_text(path, what="It") == "\ufeffK\u00f6ln\r\n\ufffd\x00"
    assert files.read_required(path, what="It") == files.read_text(path, what="It")


@pytest.mark.parametrize("size", [1024 * 1024, 1024 * 1024 + 1])
def test_reading_is_bounded(path, size):
    with open(path, "wb") as stream:
        stream.truncate(size)
    if size <= 1024 * 1024:
        assert len(files.read_text(path, what="It")) == size
        return
    with pytest.raises(OptionError) as caught:
        files.read_text(path, what="The private key")
    assert caught.value.cause == "unreadable_file"
    assert f"The private key {path}" in str(caught.value)


def test_what_cannot_be_read_is_reported(tmp_path, path):
    os.mkdir(path)
    inside = os.path.join(str(tmp_path / "plain"), "x")
    (tmp_path / "plain").write_text("")
    loop = str(tmp_path / "loop")
    os.symlink(loop, loop)
    for place in (path, inside, loop, str(tmp_path / ("x" * 300)), f"{path}\0x"):
        with pytest.raises(OptionError) as caught:
            files.read_text(place, what="It")
        assert caught.value.cause == "unreadable_file"
    with pytest.raises(OptionError) as caught:
        files.read_required(str(tmp_path / "missing"), what="The certificate")
    assert caught.value.cause == "missing_file"
    assert "The certificate" in str(caught.value)


@NOT_AS_ROOT
def test_what_may_not_be_read_is_reported(path):
    files.write(path, "x", 0o600)
    os.chmod(path, 0)
    with pytest.raises(OptionError) as caught:
        files.read_text(path, what="It")
    assert "Permission denied" in str(caught.value)


# --- writing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [0o600, 0o644])
@pytest.mark.parametrize("umask", [0, 0o022, 0o077, 0o777], ids=oct)
def test_the_mode_is_the_wanted_one_whatever_the_umask(path, any_umask, umask, wanted):
    any_umask(umask)
    for content in ("one\n", "two\r\n\u00fc"):
        files.write(path, content, wanted)
        assert files.read_text(path, what="It") == content
        assert mode(path) == wanted == files.mode_of(path)
    assert os.listdir(os.path.dirname(path)) == ["file.pem"]


def test_a_secret_is_private_from_its_first_byte(path, any_umask, monkeypatch):
    """With no umask at all: the mode right after the file was made, and the target until all is written."""
    seen = []
    real_open, real_fsync = os.open, os.fsync

    def watching_open(name, flags, *arguments, **options):
        descriptor = real_open(name, flags, *arguments, **options)
        if flags & os.O_CREAT:
            seen.append(("made", name, stat.S_IMODE(os.fstat(descriptor).st_mode), os.path.exists(path)))
        return descriptor

    def watching_fsync(descriptor):
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            seen.append(("written", os.fstat(descriptor).st_size, mode(f"{path}.tmp"), os.path.exists(path)))
        return real_fsync(descriptor)

    monkeypatch.setattr(os, "open", watching_open)
    monkeypatch.setattr(os, "fsync", watching_fsync)
    files.write(path, "secret", files.PRIVATE)
    assert seen == [("made", f"{path}.tmp", 0o600, False), ("written", 6, 0o600, False)]


def test_a_reader_never_sees_half_a_file(path):
    """A reader looks all the time while another thread replaces the file again and again."""
    contents = ["a" * 100_000, "b" * 70_000]
    files.write(path, contents[0], 0o600)
    stop = threading.Event()
    odd = []

    def look():
        while not stop.is_set():
            text = files.read_text(path, what="It")
            if text not in contents or mode(path) != 0o600:
                odd.append(text and len(text))

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(60):
        files.write(path, contents[number % 2], 0o600)
    stop.set()
    reader.join()
    assert odd == []


def test_failures_keep_what_was_there(tmp_path, path):
    files.write(path, "old", 0o600)
    before = sorted(os.listdir(tmp_path))
    with pytest.raises(M2MError):
        files.write(path, "lone surrogate \udc80", 0o600)
    for place in (str(tmp_path / "missing" / "x"), f"{path}/x", str(tmp_path), str(tmp_path / ("x" * 300))):
        with pytest.raises(OptionError) as caught:
            files.write(place, "new", 0o600)
        assert caught.value.cause == "unwritable_file"
        assert place in str(caught.value)
    assert files.read_text(path, what="It") == "old"
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_a_failing_call_keeps_what_was_there(path, monkeypatch, call):
    files.write(path, "old", 0o600)

    def fail(*unused):
        raise OSError(errno.ENOSPC, "SecretCanary")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(OptionError) as caught:
            files.write(path, "new", 0o600)
    assert "No space left on device" in str(caught.value)
    assert "SecretCanary" not in str(caught.value)
    assert files.read_text(path, what="It") == "old"
    assert os.listdir(os.path.dirname(path)) == ["file.pem"]


def test_a_full_disk_keeps_what_was_there(path):
    """A real one as far as the process can tell: the system lets it write 10 bytes."""
    files.write(path, "old", 0o600)
    text = (
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "try: files.write(sys.argv[1], 'x' * 100, 0o600)\n"
        "except files.OptionError as error: print(error.cause, error)\n"
    )
    with run_python(text, path, stdout=subprocess.PIPE) as process:
        output = process.communicate()[0]
    assert output.startswith("unwritable_file")
    assert files.read_text(path, what="It") == "old"
    assert os.listdir(os.path.dirname(path)) == ["file.pem"]


def test_an_interrupt_right_after_the_replacement_is_passed_on(path, monkeypatch):
    files.write(path, "old", 0o600)
    real = os.replace

    def replace(source, target):
        real(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        files.write(path, "new", 0o600)
    assert files.read_text(path, what="It") == "new"


def test_leftovers_are_cleared_and_never_followed(tmp_path, path):
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    for leftover in ("file", "link"):
        if leftover == "file":
            (tmp_path / "file.pem.tmp").write_text("left by a killed run")
        else:
            os.symlink(victim, f"{path}.tmp")
        files.write(path, leftover, 0o600)
        assert files.read_text(path, what="It") == leftover
        assert not os.path.lexists(f"{path}.tmp")
    assert victim.read_text() == "untouched"


def test_a_link_stays_and_its_target_is_replaced(tmp_path, path):
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "key.pem"
    os.symlink(target, path)
    for content in ("one", "two"):  # the first through a link that leads nowhere yet
        files.write(path, content, 0o600)
        assert os.path.islink(path)
        assert target.read_text() == content
    files.write(f"{path}.new", "three", 0o600)
    files.rename(f"{path}.new", path)
    assert os.path.islink(path)
    assert target.read_text() == "three"


def test_hard_links_keep_the_old_content(tmp_path, path):
    files.write(path, "old", 0o600)
    os.link(path, tmp_path / "other")
    files.write(path, "new", 0o600)
    assert (tmp_path / "other").read_text() == "old"


# --- copies, removal, modes ----------------------------------------------------------------------------------------


def test_keep_copy(tmp_path, path):
    files.write(path, "old", 0o600)
    copy = f"{path}.bak"
    assert files.keep_copy(path, copy) is True
    assert files.keep_copy(path, copy) is False
    files.write(path, "new", 0o600)
    assert files.read_text(copy, what="It") == "old"
    assert mode(copy) == 0o600


@pytest.mark.parametrize("number", [errno.EPERM, errno.EXDEV, errno.EOPNOTSUPP])
def test_keep_copy_where_links_do_not_work(path, monkeypatch, number):
    files.write(path, "old", 0o640)

    def fail(*unused):
        raise OSError(number, "no")

    monkeypatch.setattr(os, "link", fail)
    assert files.keep_copy(path, f"{path}.bak") is True
    assert files.read_text(f"{path}.bak", what="It") == "old"
    assert mode(f"{path}.bak") == 0o640


def test_keep_copy_of_what_a_link_leads_to(tmp_path, path):
    target = tmp_path / "target"
    target.write_text("old")
    os.symlink(target, path)
    files.keep_copy(path, f"{path}.bak")
    target.unlink()
    assert files.read_text(f"{path}.bak", what="It") == "old"


def test_what_cannot_be_changed_is_reported(tmp_path, path):
    files.write(path, "x", 0o600)
    for attempt in (
        lambda: files.rename(str(tmp_path / "missing"), path),
        lambda: files.rename(path, str(tmp_path / "missing" / "x")),
        lambda: files.keep_copy(str(tmp_path / "missing"), f"{path}.bak"),
        lambda: files.keep_copy(path, str(tmp_path / "missing" / "x")),
        lambda: files.remove(str(tmp_path)),
        lambda: files.remove(f"{path}/x"),
        lambda: files.make_folder(f"{path}/x"),
        lambda: files.restrict(str(tmp_path / "missing")),
        lambda: files.locked(str(tmp_path / "missing" / "x")).__enter__(),
        lambda: files.locked(f"{path}/x").__enter__(),
    ):
        with pytest.raises(OptionError) as caught:
            attempt()
        assert caught.value.cause == "unwritable_file"
        assert str(tmp_path) in str(caught.value)
    assert os.listdir(tmp_path) == ["file.pem"]


def test_removing(path):
    assert files.remove(path) is False
    files.write(path, "x", 0o600)
    assert files.remove(path) is True
    assert not os.path.exists(path)


def test_modes(tmp_path, path):
    assert files.mode_of(path) is None
    files.write(path, "x", 0o644)
    assert files.mode_of(path) == 0o644
    assert files.mode_of(f"{path}/x") is None, "there is no such file"
    files.restrict(path)
    assert files.mode_of(path) == 0o600
    os.symlink(tmp_path / "loop", tmp_path / "loop")
    with pytest.raises(OptionError):
        files.mode_of(str(tmp_path / "loop"))


def test_folders(tmp_path, any_umask):
    folder = tmp_path / "a" / "b"
    files.make_folder(str(folder))
    files.make_folder(str(folder))
    assert mode(folder) == 0o755
    files.make_folder(str(folder / "c"), 0o700)
    assert mode(folder / "c") == 0o700


# --- rights and leftovers ------------------------------------------------------------------------------------------


def test_rights_are_kept_where_that_is_asked_for(path):
    files.write(path, "one", 0o600, keep_rights=True)
    assert mode(path) == 0o600, "there was none"
    os.chmod(path, 0o664)
    group = 12345 if os.geteuid() == 0 else (os.getgroups() or [os.getegid()])[-1]
    owner = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(path, owner, group)
    files.write(path, "two", 0o600, keep_rights=True)
    status = os.stat(path)
    assert (stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid) == (0o664, owner, group)
    files.write(path, "three", 0o600)
    assert mode(path) == 0o600


def test_a_leftover_is_cleared_by_the_next_run(tmp_path, path):
    files.clear_leftover(str(tmp_path / "missing" / "x"))
    files.write(path, "whole", 0o600)
    (tmp_path / "file.pem.tmp").write_text("a key in clear")
    files.clear_leftover(path)
    assert os.listdir(tmp_path) == ["file.pem"]
    assert files.read_text(path, what="It") == "whole"


def test_what_another_process_is_writing_is_no_leftover(path):
    text = (
        "import time\n"
        "with files.locked(sys.argv[1]):\n"
        "    open(files.temporary_of(sys.argv[1]), 'w').write('new')\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(0.3)\n"
        "    files.os.replace(files.temporary_of(sys.argv[1]), sys.argv[1])\n"
    )
    with run_python(text, path, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "writing\n"
        files.clear_leftover(path)
        assert process.wait() == 0
    assert files.read_text(path, what="It") == "new"
