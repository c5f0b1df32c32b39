# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""m2m.netsuite.account_credentials: what it does to the folder and the file that are there."""

from __future__ import annotations

import errno
import stat

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_credentials import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services import files


@pytest.fixture
def ensure(tmp_path, lab, vault):
    def run(check_mode=False, **changes):
        options = {name: spec.get("default") for name, spec in OPERATION.options.items()}
        options |= {"account_id": "1234567", "credentials_path": str(tmp_path / "c.yml"), "key_type": "EC", **changes}
        context = Context(check_mode=check_mode, vault=vault, clock=lab.now.timestamp, sleep=pytest.fail)
        result = execute(OPERATION, options, context)
        assert not result.get("failed"), result
        return result, context.warnings

    return run


def test_a_leftover_with_a_key_in_clear_is_removed_by_the_next_run(ensure, tmp_path):
    assert ensure()[0]["changed"]
    leftover = tmp_path / "c.yml.tmp"
    leftover.write_text("a key in clear")
    assert not ensure(check_mode=True)[0]["changed"]
    assert leftover.exists(), "check mode touches nothing"
    assert not ensure()[0]["changed"]
    assert not leftover.exists()


def test_a_rotation_keeps_the_rights_of_the_file(ensure, tmp_path):
    ensure()
    (tmp_path / "c.yml").chmod(0o664)
    assert ensure(rotate=True)[0]["reason"] == "requested"
    assert stat.S_IMODE((tmp_path / "c.yml").stat().st_mode) == 0o664


def test_without_locks_the_credentials_are_made_with_a_warning(ensure, tmp_path, monkeypatch):
    def refuse(*unused):
        raise OSError(errno.ENOLCK, "no")

    monkeypatch.setattr(files.fcntl, "flock", refuse)
    result, warnings = ensure()
    assert result["reason"] == "missing"
    assert [str(tmp_path) in warning for warning in warnings] == [True]


@pytest.mark.parametrize("kind", ["a folder", "too large"])
def test_a_copy_of_the_certificate_that_cannot_be_read_is_a_warning(ensure, tmp_path, kind):
    copy = tmp_path / "c.auth-cert.pem"
    first = ensure()[0]
    copy.unlink()
    copy.mkdir() if kind == "a folder" else copy.write_bytes(b"x" * (1024 * 1024 + 1))
    for check_mode in (True, False):
        result, warnings = ensure(check_mode=check_mode)
        assert not result["changed"]
        assert [str(copy) in warning for warning in warnings] == [True]
    result, warnings = ensure(rotate=True)
    assert result["pending"]["generation"] == 2
    assert len(warnings) == 1
    copy.rmdir() if kind == "a folder" else copy.unlink()
    result, warnings = ensure()
    assert (result["reason"], warnings) == ("certificate_file", [])
    assert copy.read_text() == result["pending"]["certificate"] != first["certificate"]
