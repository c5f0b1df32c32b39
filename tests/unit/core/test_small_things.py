# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import errors, libraries, timing
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import LibraryError, M2MError, TransportError

# --- times ---------------------------------------------------------------------------------------------------------


@given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.timezones()))  # noqa: DTZ001
def test_times_survive_writing(moment):
    text = timing.iso(moment)
    assert len(text) == 20
    assert timing.parse_iso(text) == moment.astimezone(timezone.utc).replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T20:00:00Z", datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
        (" 2026-11-23T20:00:00Z\n", datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
        ("2026-11-23T20:00:00+02:00", datetime(2026, 11, 23, 18, tzinfo=timezone.utc)),
        ("2026-11-23 20:00:00", datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=timezone.utc)),
        (datetime(2026, 11, 23, 20, tzinfo=timezone.utc), datetime(2026, 11, 23, 20, tzinfo=timezone.utc)),
    ],
    ids=repr,
)
def test_what_is_read_as_a_time(text, moment):
    assert timing.parse_iso(text) == moment


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-11-23T25:00:00Z", "None", "1764000000"])
def test_what_is_no_time(text):
    with pytest.raises(ValueError, match=r"."):
        timing.parse_iso(text)


@pytest.mark.parametrize("text", ["9999-12-31T23:00:00-02:00", "0001-01-01T00:00:00+02:00"])
def test_a_time_beyond_the_calendar_is_no_time(text):
    with pytest.raises(ValueError, match=r"."):
        timing.parse_iso(text)


@given(st.datetimes(timezones=st.just(timezone.utc)), st.timedeltas())
def test_any_span_after_any_time_is_a_time(moment, span):
    end = timing.later(moment, span)
    for room in (timing.DAY, -timing.DAY):
        assert abs(end + room - end) == timing.DAY
    assert len(timing.iso(end)) == 20
    if timing.DAY < moment - datetime.min.replace(tzinfo=timezone.utc) + span < timedelta(days=3_650_000):
        assert end == moment + span


@given(st.integers(-(10**6), 10**6), st.integers(0, 86399))
def test_days_are_rounded_down(days, seconds):
    assert timing.whole_days(timedelta(days=days, seconds=seconds)) == days


def test_posix_times_are_utc():
    assert timing.iso(timing.utc(0)) == "1970-01-01T00:00:00Z"
    assert timing.utc(1.5).tzinfo is timezone.utc


# --- errors --------------------------------------------------------------------------------------------------------


def test_an_error_says_what_and_what_to_do():
    error = M2MError("It broke", "Mend it", cause="broken", place="here")
    assert str(error) == "It broke. Mend it."
    assert (error.cause, error.facts) == ("broken", {"place": "here"})
    assert str(M2MError("It broke")) == "It broke."


def test_a_transport_error_says_whether_to_try_again():
    error = TransportError("It broke", "Mend it", cause="broken", transient=True)
    assert (error.transient, error.not_sent, error.facts) == (True, False, {})


def test_the_tree():
    kinds = ("OptionError", "KeyMaterialError", "VaultError", "TransportError", "RefusedError", "LibraryError")
    assert all(issubclass(getattr(errors, name), M2MError) for name in kinds)


# --- libraries -----------------------------------------------------------------------------------------------------


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
