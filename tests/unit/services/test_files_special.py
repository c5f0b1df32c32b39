# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pipe, a folder, a socket or a device where a file should be."""

from __future__ import annotations

import os
import socket
import time

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.services import files


def fifo(path):
    os.mkfifo(path)


def folder(path):
    os.mkdir(path)


def unix_socket(path):
    os.chdir(os.path.dirname(path))  # its address has room for 107 characters
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(os.path.basename(path))


def device(path):
    os.symlink(os.ttyname(os.openpty()[1]), path)  # one that is this test's own


SPECIAL = {"a named pipe": fifo, "a folder": folder, "a socket": unix_socket, "a device": device}


@pytest.fixture(params=SPECIAL)
def special(request, path, monkeypatch):
    """What stands in the place of the file, made, and its name."""
    monkeypatch.chdir(os.path.dirname(path))
    SPECIAL[request.param](path)
    return request.param


def test_what_is_not_a_file_is_never_read_and_never_hurt(path, special, tmp_path):
    before = os.stat(path)
    new = str(tmp_path / "new")
    files.write(new, "new", 0o600)
    attempts = {
        "read": (lambda: files.read_text(path, what="The private key"), "unreadable_file"),
        "write": (lambda: files.write(path, "x", 0o600), "unwritable_file"),
        "move over": (lambda: files.rename(new, path), "unwritable_file"),
        "remove": (lambda: files.remove(os.path.realpath(path)), "unwritable_file"),
    }
    started = time.monotonic()
    for name, (attempt, cause) in attempts.items():
        with pytest.raises(OptionError) as caught:
            attempt()
        assert (caught.value.cause, special in caught.value.problem) == (cause, True), name
    assert time.monotonic() - started < 5
    after = os.stat(path)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert files.read_text(new, what="It") == "new"


def test_what_is_not_a_file_in_the_place_of_the_new_content(path, tmp_path):
    os.mkfifo(f"{path}.tmp")
    with pytest.raises(OptionError, match="named pipe"):
        files.write(path, "x", 0o600)
    assert os.listdir(tmp_path) == ["file.pem.tmp"]
