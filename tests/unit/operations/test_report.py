# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.report, on real files."""

from __future__ import annotations

import json

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, run_operation
from ansible_collections.m2m.netsuite.tests.support.results import CERTIFICATE, NOW, SEALED, company, failed, result

FILES = {"report.html", "report.json", "junit.xml", "netsuite.prom", "renewals.ics", "worklist.md"}
DAY = 86_400


@pytest.fixture
def report(tmp_path):
    def run(results, *, days=0, check_mode=False, **more):
        context = Context(check_mode=check_mode, clock=lambda: NOW.timestamp() + days * DAY)
        path = str(tmp_path / "out/report")
        return run_operation(OPERATIONS["report"], context, results=results, path=path, **more)

    return run


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out/report"


def test_all_files_are_written_for_whoever_serves_them(report, folder):
    result = report(company(6))
    assert {path.name for path in folder.iterdir()} == FILES
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}
    assert {*result["files"]} == {*result["changed_files"]} == {str(folder / name) for name in FILES}
    assert result["needs_person"] == ["account_3", "account_4"]
    assert result["counts"] == {"active": 3, "awaiting_upload": 1, "rotating": 1, "failed": 1}


def test_permissions_that_somebody_gave_are_kept(report, folder):
    report(company(1))
    (folder / "report.html").chmod(0o600)
    report(company(2))
    assert (folder / "report.html").stat().st_mode & 0o777 == 0o600


def test_a_report_that_says_the_same_is_written_and_is_no_change(report, folder):
    report(company(6))
    before = {path.name: path.read_text() for path in folder.iterdir()}
    again = report(company(6), days=1)
    assert (again["changed"], again["changed_files"], again["changes"]) == (False, [], [])
    assert again["diff"]["before"] == again["diff"]["after"]
    differ = {path.name for path in folder.iterdir() if path.read_text() != before[path.name]}
    assert differ == FILES - {"renewals.ics"}
    assert json.loads((folder / "report.json").read_text())["made"] == "2026-11-29T08:30:00Z"


def test_a_change_is_reported_once(report):
    report({"acme": result()})
    changed = report({"acme": failed()}, days=1)
    assert changed["changed"]
    assert changed["changes"] == [{"host": "acme", "detail": "status active → failed; waiting for nobody → operator"}]
    assert changed["diff"]["before"] != changed["diff"]["after"]
    assert report({"acme": failed()}, days=2)["changes"] == []


def test_a_missing_file_is_a_change(report, folder):
    report({"acme": result()})
    (folder / "junit.xml").unlink()
    assert report({"acme": result()})["changed_files"] == [str(folder / "junit.xml")]
    assert (folder / "junit.xml").exists()


def test_check_mode_predicts_and_writes_nothing(report, folder):
    predicted = report(company(6), check_mode=True)
    assert not folder.parent.exists()
    assert {**predicted, "diff": 0} == {**report(company(6)), "diff": 0}
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert not report(company(6), days=1, check_mode=True)["changed"]
    assert report({"acme": failed()}, days=1, check_mode=True)["changed"]
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_formats_choose_the_files(report, folder):
    report(company(6), formats=["prometheus", "json", "json"])
    assert {path.name for path in folder.iterdir()} == {"netsuite.prom", "report.json"}


def test_a_report_of_a_thousand_accounts_is_read_again(report, folder):
    """It is larger than the files that this collection reads otherwise."""
    report(company(1000), formats=["json"])
    assert (folder / "report.json").stat().st_size > 1024 * 1024
    assert not report(company(1000), formats=["json"], days=1)["changed"]


def test_a_file_that_is_not_a_report_is_replaced(report, folder):
    folder.mkdir(parents=True)
    (folder / "report.json").write_text("mine")
    assert report({"acme": result()})["changed"]
    assert json.loads((folder / "report.json").read_text())["accounts"][0]["host"] == "acme"


def test_certificates_are_only_where_they_are_to_be_uploaded(report, folder):
    report(company(6))
    text = {path.name: path.read_text() for path in folder.iterdir()}
    assert not any(SEALED in one for one in text.values())
    line = CERTIFICATE.splitlines()[1]
    assert {name: one.count(line) for name, one in text.items() if line in one} == {"report.json": 1, "worklist.md": 1}
