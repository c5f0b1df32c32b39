# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Processes that take turns at a file, and file systems that have no locks or cannot be synced."""

from __future__ import annotations

import errno
import os
import stat
import subprocess

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.services import files
from ansible_collections.m2m.netsuite.tests.support.processes import run_python


def test_processes_take_turns(path):
    """Without the lock, four processes that read, wait and write lose most of their steps."""
    files.write(path, "0", 0o600)
    text = (
        "import time\n"
        "for _time in range(15):\n"
        "    with files.locked(sys.argv[1]):\n"
        "        number = int(files.read_text(sys.argv[1], what=''))\n"
        "        time.sleep(0.001)\n"
        "        files.write(sys.argv[1], str(number + 1), 0o600)\n"
    )
    processes = [run_python(text, path) for _time in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    assert files.read_text(path, what="It") == "60"
    assert os.listdir(os.path.dirname(path)) == ["file.pem"]


def test_a_killed_process_leaves_no_lock(path):
    text = "with files.locked(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    with run_python(text, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "held\n"
        process.kill()
        process.wait()
    with files.locked(path):
        assert os.listdir(os.path.dirname(path)) == []


def test_an_error_inside_releases_the_lock(path):
    with pytest.raises(ZeroDivisionError), files.locked(path):
        raise ZeroDivisionError
    with files.locked(path):
        pass


def test_a_lock_that_somebody_holds_is_waited_for(path):
    text = "import time\nwith files.locked(sys.argv[1]):\n    print('held', flush=True)\n    time.sleep(0.5)\n"
    with run_python(text, path, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "held\n"
        with files.locked(path):
            process.wait(1)  # its lock ended before ours began


def test_a_lock_that_is_never_released_is_named(path, monkeypatch):
    monkeypatch.setattr(files, "LOCK_WAIT", 0.2)
    text = "with files.locked(sys.argv[1]):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    with run_python(text, path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(OptionError) as caught, files.locked(path):
            pass
        process.stdin.close()
        assert caught.value.cause == "locked_folder"
        assert f"The folder {os.path.dirname(path)} " in caught.value.problem
        assert f"process {process.pid}" in caught.value.problem or not os.path.exists("/proc/locks")


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.EBADF, errno.ENOSYS])
def test_without_locks_there_is_a_warning(path, monkeypatch, number):
    """As network file systems answer, of which none can be mounted here."""
    refuse(monkeypatch, files.fcntl, "flock", number)
    warnings: list[str] = []
    with files.locked(path, warnings.append):
        files.write(path, "x", 0o600)
    assert len(warnings) == 1
    assert os.path.dirname(path) in warnings[0]
    with files.locked(path):  # nobody to tell
        assert files.read_text(path, what="It") == "x"


def test_another_failure_of_a_lock_is_reported(path, monkeypatch):
    refuse(monkeypatch, files.fcntl, "flock", errno.EIO)
    with pytest.raises(OptionError, match="Input/output error"), files.locked(path):
        pass


def refuse(monkeypatch, module, call, number):
    def fail(*unused):
        raise OSError(number, "no")

    monkeypatch.setattr(module, call, fail)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.ENOSYS])
def test_a_folder_that_cannot_be_synced_is_no_failure(path, monkeypatch, number):
    real = os.fsync

    def fsync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, "no")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    files.write(path, "one", 0o600)
    files.write(f"{path}.new", "two", 0o600)
    files.rename(f"{path}.new", path)
    assert files.read_text(path, what="It") == "two"
