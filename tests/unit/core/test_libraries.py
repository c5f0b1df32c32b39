# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import LibraryError


@pytest.fixture
def nothing_missing(monkeypatch):
    monkeypatch.setattr(libraries, "_missing", {})


def test_what_is_there_is_fine(nothing_missing):
    libraries.require(libraries.CLIENT_LIBRARIES)
    libraries.require(())


def test_missing_and_old_libraries_are_named_all_at_once_with_every_way_to_install_them(nothing_missing, monkeypatch):
    monkeypatch.setattr(libraries.sys, "executable", "some/python3")
    monkeypatch.setitem(libraries.sys.modules, "requests", SimpleNamespace(__version__="2.28.1"))
    libraries.note_missing("PyJWT", ImportError("No module named 'jwt'"))
    libraries.note_missing("PyJWT", ImportError("later"))
    libraries.require(("cryptography",))
    with pytest.raises(LibraryError) as caught:
        libraries.require(("cryptography", "PyJWT", "requests"))
    assert caught.value.cause == "missing_library"
    assert caught.value.facts == {"library": "PyJWT, requests"}
    assert caught.value.problem == (
        "some/python3 lacks Python libraries: PyJWT cannot be imported (No module named 'jwt');"
        " requests is 2.28.1, and 2.31 or newer is needed"
    )
    wanted = "'PyJWT>=2.8' 'requests>=2.31'"
    for command in (
        f"some/python3 -m pip install {wanted}",
        f"pipx inject ansible {wanted}",
        f"uv pip install --python some/python3 {wanted}",
        "apt install python3-jwt python3-requests",
    ):
        assert command in caught.value.fix


def test_pipx_is_given_the_environment_that_runs(nothing_missing, monkeypatch):
    monkeypatch.setattr(libraries.sys, "prefix", "~/.local/pipx/venvs/ansible-core")
    libraries.note_missing("PyYAML", ImportError("gone"))
    with pytest.raises(LibraryError, match=r"pipx inject ansible-core 'PyYAML>=6\.0\.1'"):
        libraries.require(("PyYAML",))


def test_another_package_called_jwt_is_named(nothing_missing, monkeypatch):
    monkeypatch.setitem(libraries.sys.modules, "jwt", SimpleNamespace(__version__="9.0"))
    with pytest.raises(LibraryError) as caught:
        libraries.require(("cryptography", "PyJWT"))
    assert (caught.value.cause, caught.value.facts) == ("missing_library", {"library": "PyJWT"})
    assert "the package named jwt is in its place" in caught.value.problem


@pytest.mark.parametrize(
    ("library", "module", "version", "good"),
    [
        ("cryptography", "cryptography", "43.0.0", True),
        ("cryptography", "cryptography", "43.0", True),
        ("cryptography", "cryptography", "100.0.0.dev1", True),
        ("cryptography", "cryptography", "42.0.8", False),
        ("cryptography", "cryptography", "3.4.8", False),
        ("PyJWT", "jwt", "2.8.0", True),
        ("PyJWT", "jwt", "2.10.1", True),
        ("PyJWT", "jwt", "2.7.0", False),
        ("PyJWT", "jwt", "1.7.1", False),
        ("requests", "requests", "2.31.0", True),
        ("requests", "requests", "2.28.1", False),
        ("PyYAML", "yaml", "6.0.1", True),
        ("PyYAML", "yaml", "6.0", False),
        ("PyJWT", "jwt", "odd", True),
        ("PyJWT", "jwt", None, True),
    ],
)
def test_a_library_that_is_too_old_is_named_as_such(nothing_missing, monkeypatch, library, module, version, good):
    """Debian 12 has cryptography 38: without this its users read about an unexpected AttributeError."""
    stand_in = SimpleNamespace(PyJWT=None, **({} if version is None else {"__version__": version}))
    monkeypatch.setitem(libraries.sys.modules, module, stand_in)
    if good:
        libraries.require((library,))
        return
    with pytest.raises(LibraryError) as caught:
        libraries.require((library,))
    assert caught.value.cause == "old_library"
    assert version in caught.value.problem
    assert f"'{library}>=" in caught.value.fix
