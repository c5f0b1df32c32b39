# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The campaign's page: nothing that failed counts, nothing that was left out is passed over."""

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.tests.reliability import campaign as program
from ansible_collections.m2m.netsuite.tests.reliability.conftest import Campaign

REPORT = """<testsuites><testsuite>
<testcase classname="tests.reliability.test_crash_points" name="test_a">
  <properties><property name="count: crash points: rotation" value="250"/>
  <property name="left out" value="crash points: rotation: 7 of 257 cases, for lack of time"/>
  <property name="seconds of the slowest run" value="3.5"/></properties></testcase>
<testcase classname="tests.reliability.test_crash_points" name="test_b">
  <properties><property name="count: crash points: first run" value="200"/>
  <property name="load: accounts" value="1000"/><property name="load: bare tasks, seconds" value="61.5"/></properties>
</testcase>
<testcase classname="tests.reliability.test_network" name="test_c"><failure/>
  <properties><property name="count: network faults: rotation" value="900"/></properties></testcase>
<testcase classname="tests.unit.services.test_http_client" name="test_d"/>
<testcase classname="tests.reliability.test_network" name="test_e"><skipped message="no ::1 here"/></testcase>
</testsuite></testsuites>"""
pytestmark = pytest.mark.slow


@pytest.fixture
def findings(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    found = program.Findings()
    found.read(tmp_path / "report.xml")
    return found


def test_what_failed_does_not_count(findings):
    assert findings.failed == ["tests.reliability.test_network.test_c"]
    assert (findings.total("crash points"), findings.total("faults")) == (450, 1)
    assert [line.partition(" ")[0] for line in findings.missing()] == ["1", "0", "0"]


def test_what_was_left_out_has_a_line(findings):
    table = findings.table("On this machine.")
    assert "- crash points: rotation: 7 of 257 cases, for lack of time" in table
    assert "- test_e: no ::1 here" in table
    assert "**Failed: tests.reliability.test_network.test_c.**" in table
    assert "Largest of all seconds of the slowest run: 3.5." in table
    assert "| accounts | 1,000 |\n| bare tasks, seconds | 61.5 |" in table


def test_the_same_seed_draws_the_same_cases():
    noted = {}
    drawn = [list(Campaign(3, False, noted.__setitem__).each("x: y", range(99), short=9, seconds=9)) for _time in "ab"]
    assert drawn[0] == drawn[1] != list(range(9))
    assert noted == {"count: x: y": 9}
    assert sorted(Campaign(3, True, noted.__setitem__).each("x: y", range(99), short=9, seconds=9)) == list(range(99))
    assert list(Campaign(3, True, noted.__setitem__).each("x: y", range(99), short=9, seconds=-1)) == []
    assert noted == {"count: x: y": 0, "left out": "x: y: 99 of 99 cases, for lack of time"}
