# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import LibraryError


@pytest.fixture
def nothing_missing(monkeypatch):
    monkeypatch.setattr(libraries, "_missing", {})


def test_what_is_there_is_fine(nothing_missing):
    libraries.require(libraries.CLIENT_LIBRARIES)
    libraries.require(())


def test_a_missing_library_is_named_with_its_interpreter_and_the_command(nothing_missing, monkeypatch):
    monkeypatch.setattr(libraries.sys, "executable", "some/python3")
    libraries.note_missing("PyJWT", ImportError("No module named 'jwt'"))
    libraries.note_missing("PyJWT", ImportError("later"))
    libraries.require(("cryptography",))
    with pytest.raises(LibraryError) as caught:
        libraries.require(("cryptography", "PyJWT"))
    assert caught.value.cause == "missing_library"
    assert caught.value.facts == {"library": "PyJWT"}
    assert "some/python3" in caught.value.problem
    assert "No module named 'jwt'" in caught.value.problem
    assert "some/python3 -m pip install 'PyJWT>=2.8'" in caught.value.fix


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
        ("PyYAML", "yaml", "5.4.1", True),
        ("PyYAML", "yaml", "5.3.1", False),
        ("PyJWT", "jwt", "odd", True),
        ("PyJWT", "jwt", None, True),
    ],
)
def test_a_library_that_is_too_old_is_told_as_such(nothing_missing, monkeypatch, library, module, version, good):
    """Debian 12 has cryptography 38: without this its users read about an unexpected AttributeError."""
    stand_in = type("Module", (), {} if version is None else {"__version__": version})
    monkeypatch.setitem(libraries.sys.modules, module, stand_in)
    if good:
        libraries.require((library,))
        return
    with pytest.raises(LibraryError) as caught:
        libraries.require((library,))
    assert caught.value.cause == "old_library"
    assert version in caught.value.problem
    assert f"'{library}>=" in caught.value.fix
