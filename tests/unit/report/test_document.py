# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as a document: what it takes from results, what it remembers, and what it calls a change."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.report import document
from ansible_collections.m2m.netsuite.plugins.module_utils.core.report.overview import overview
from ansible_collections.m2m.netsuite.plugins.module_utils.core.report.timeline import timeline
from ansible_collections.m2m.netsuite.tests.support.results import (
    NOW,
    company,
    failed,
    moment,
    overlapping,
    result,
    rotating,
    unconfirmed,
    waiting,
)

TOMORROW = NOW + timedelta(days=1)


def by_host(report):
    return {account["host"]: account for account in report["accounts"]}


def after(report, results, **more):
    """The report of the next day."""
    return document.build(results, now=TOMORROW, earlier=document.read(document.write(report)), **more)


@pytest.mark.parametrize(
    ("found", "waiting_for"),
    [
        (result(), "nobody"),
        (overlapping(), "overlap"),
        (rotating(), "next_run"),
        (waiting(), "administrator"),
        (failed(), "operator"),
        (unconfirmed(), "consumer"),
        (unconfirmed(status="failed"), "operator"),
        (result(next_step="Set netsuite_account_certificate_id to x."), "operator"),
        (None, "operator"),
    ],
)
def test_who_acts_next(found, waiting_for):
    (account,) = document.build({"acme": found}, now=NOW)["accounts"]
    assert account["waiting_for"] == waiting_for


def test_a_confirmation_is_a_change():
    before = unconfirmed()
    second = {**before["retiring"][0]["waits_for"][0], "name": "Shop B"}
    both = {
        **before,
        "retiring": [{**before["retiring"][0], "waits_for": [*before["retiring"][0]["waits_for"], second]}],
    }
    report = after(document.build({"acme": both}, now=NOW), {"acme": before})
    assert report["changes"]["entries"] == [{"host": "acme", "detail": "checks or details differ"}]


def test_a_report_survives_its_file():
    report = document.build({**company(12), "unconfirmed": unconfirmed(12)}, now=NOW)
    read = document.read(document.write(report))
    assert [{**one, "days_left": 0} for one in read["accounts"]] == [
        {**one, "days_left": 0} for one in report["accounts"]
    ]
    assert read["changes"] == report["changes"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda report: "",
        lambda report: "[]",
        lambda report: "{",
        lambda report: {**report, "format": 2},
        lambda report: {**report, "made": 5},
        lambda report: {**report, "accounts": [{"host": "acme"}]},
        lambda report: {**report, "changes": None},
        lambda report: {**report, "changes": {"since": 5, "noticed": None, "entries": []}},
        lambda report: {**report, "accounts": [{**report["accounts"][0], "not_after": "soon"}]},
        lambda report: {**report, "accounts": [{**report["accounts"][0], "retiring": [{"certificate_id": "x"}]}]},
        lambda report: {**report, "accounts": [{**report["accounts"][0], "last_success": "yesterday"}]},
        lambda report: {**report, "accounts": [{**report["accounts"][0], "checks": "ok"}]},
    ],
)
def test_a_file_that_is_not_a_report_is_not_taken_for_one(spoil):
    spoiled = spoil(document.build({"acme": failed()}, now=NOW))
    assert document.read(spoiled if isinstance(spoiled, str) else json.dumps(spoiled)) is None


def test_a_link_in_a_changed_file_is_not_followed():
    one = waiting()
    report = document.build({"acme": {**one, "upload": {**one["upload"], "page": "javascript:alert(1)"}}}, now=NOW)
    assert report["accounts"][0]["upload"] is None


def test_the_last_success_is_remembered():
    first = document.build({"acme": result(), "globex": failed()}, now=NOW)
    second = by_host(after(first, {"acme": failed(), "globex": result()}))
    assert second["acme"]["last_success"] == moment(0)
    assert second["globex"]["last_success"] == moment(1)
    assert by_host(first)["globex"]["last_success"] is None


def test_accounts_that_a_run_left_out_are_kept():
    first = document.build({"acme": result(number=10), "globex": failed(), "gone": result()}, now=NOW)
    report = after(first, {"globex": result()}, keep={"acme", "globex"})
    accounts = by_host(report)
    assert list(accounts) == ["acme", "globex"]
    assert (accounts["acme"]["checked"], accounts["globex"]["checked"]) == (moment(0), moment(1))
    assert accounts["acme"]["days_left"] == by_host(first)["acme"]["days_left"] - 1
    assert report["counts"] == {"active": 2, "awaiting_upload": 0, "rotating": 0, "failed": 0}


def test_what_changed_since_the_last_report():
    first = document.build({"acme": waiting(), "globex": result(), "gone": result()}, now=NOW)
    assert first["changes"] == {"since": None, "noticed": None, "entries": []}
    second = after(first, {"acme": result(), "globex": result(), "new": result()})
    assert (second["changes"]["since"], second["changes"]["noticed"]) == (moment(0), moment(1))
    assert second["changes"]["entries"] == [
        {"host": "acme", "detail": "status awaiting upload → active; waiting for administrator → nobody"},
        {"host": "new", "detail": "is new in this report"},
        {"host": "gone", "detail": "is no longer in the inventory"},
    ]
    third = after(second, {"acme": result(), "globex": result(clock_skew=1), "new": result()})
    assert third["changes"] == second["changes"]


def test_times_and_measurements_are_not_changes():
    first = document.build(company(6), now=NOW)
    other = {host: {**one, "clock_skew": 5, "days_left": 3} for host, one in company(6).items()}
    second = after(first, other)
    assert document.stable(second) == document.stable(first)
    assert document.stable(after(first, {**other, "account_0": failed()})) != document.stable(first)


def test_the_time_line_has_a_bar_per_certificate():
    found = timeline(document.build(company(12), now=NOW))
    states = [life.state for row in found.rows for life in row.bars]
    assert (states.count("active"), states.count("pending"), states.count("retiring")) == (12, 2, 2)
    assert [row.ends for row in found.rows] == sorted(row.ends for row in found.rows)
    for life in (life for row in found.rows for life in row.bars):
        assert life.left >= 0
        assert life.width > 0
        assert life.left + life.width <= 100.01


def test_the_time_line_is_to_scale():
    """Two years from last month on: the certificate of 730 days ends within it, and today is near its beginning."""
    end = "2027-11-01T00:00:00Z"
    report = document.build({"acme": result(not_before="2026-11-01T00:00:00Z", not_after=end)}, now=NOW)
    found = timeline(report)
    ((life,),) = [row.bars for row in found.rows]
    months = {label: place for place, label in found.months if label}
    assert list(months) == ["Nov 2026", "May 2027", "Nov 2027", "May 2028"]
    assert (life.left, round(life.left + life.width, 2)) == (months["Nov 2026"], months["Nov 2027"])
    assert months["Nov 2026"] < found.today < months["May 2027"]
    assert timeline(document.build({"acme": result()}, now=NOW)).rows[0].bars[0].width < 100


def test_what_ended_long_ago_is_at_the_edge():
    report = document.build({"acme": result(not_before=moment(-900), not_after=moment(-170))}, now=NOW)
    (life,) = timeline(report).rows[0].bars
    assert (life.left, life.width) == (0.0, 0.6)
    assert report["accounts"][0]["days_left"] == -170


def test_those_that_need_a_person_come_first():
    seen = overview(document.build(company(60), now=NOW))
    statuses = [account["status"] for account in seen["accounts"]]
    assert statuses == ["failed"] * 10 + ["awaiting_upload"] * 10 + statuses[20:]
    assert set(statuses[20:]) == {"active", "rotating"}
    assert seen["needs_person"] == 20
    assert {group["name"]: group["count"] for group in seen["groups"]} == {
        "administrator": 10,
        "operator": 10,
        "next_run": 10,
        "overlap": 10,
        "nobody": 20,
    }
    ends = [account["days_left"] for account in seen["next_ends"]]
    assert ends == sorted(account["days_left"] for account in seen["accounts"])[:5]
