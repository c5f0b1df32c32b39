# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's files, read back by the programs they are for, and compared with the results."""

from __future__ import annotations

import json
import re

import icalendar
import jsonschema
import pytest
from junitparser import Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.m2m.netsuite.plugins.module_utils.core.report import document, junit, metrics, renewals
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import parse_iso
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import _worklist
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT
from ansible_collections.m2m.netsuite.tests.support.results import (
    CERTIFICATE,
    NOW,
    SEALED,
    company,
    moment,
    result,
    unconfirmed,
    waiting,
)

SCHEMA = json.loads((ROOT / "docs/report.schema.json").read_text(encoding="utf-8"))
# What each of the forms has to escape somehow.
ODD = '<b>"a\\b",; {x=1}\n`_*é€' + "long " * 20 + "\x07"
RESULTS = {
    **company(12),
    ODD: result(number=90, account=ODD, next_step=f"{ODD} is to be done"),
    "unconfirmed": unconfirmed(number=91),
    "nobody looked": None,
    "no account": {"status": "failed", "account": "", "next_step": "The variable is missing."},
}
REPORT = document.build(RESULTS, now=NOW)


def expected(status: str) -> list[str]:
    return [host for host, one in RESULTS.items() if (one or {"status": "failed"})["status"] == status]


@pytest.mark.parametrize("results", [RESULTS, {}], ids=["accounts", "none"])
def test_the_document_is_as_its_schema_says(results):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = json.loads(document.write(document.build(results, now=NOW)))
    jsonschema.validate(found, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert [account["host"] for account in found["accounts"]] == list(results)
    for account in found["accounts"]:
        given = results[account["host"]] or {"status": "failed"}
        shared = {name: account[name] for name in given.keys() & account.keys() - {"retiring", "upload"}}
        assert shared == {name: given[name] for name in shared}


def test_the_schema_refuses_what_is_not_a_report():
    for wrong in ({"format": 2}, {"accounts": [{"host": "acme"}]}, {"secret": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**REPORT, **wrong}, SCHEMA)


def test_junit_has_a_case_per_account():
    suites = JUnitXml.fromstring(junit.render(REPORT).encode())
    (suite,) = suites
    cases = {case.name: case for case in suite}
    assert len(cases) == len(RESULTS) == suite.tests
    assert (suite.failures, suite.skipped) == (len(expected("failed")), len(expected("awaiting_upload")))
    for host in RESULTS:
        found = cases[host.replace("\x07", "\ufffd")].result
        status = (RESULTS[host] or {"status": "failed"})["status"]
        kinds = {"failed": Failure, "awaiting_upload": Skipped}
        assert [type(one) for one in found] == ([kinds[status]] if status in kinds else [])
    (failure,) = cases["account_4"].result
    assert (failure.type, failure.message) == ("integration_blocked", RESULTS["account_4"]["next_step"])
    assert "token: the token is as it should be" in failure.text


def test_prometheus_reads_the_metrics():
    families = {one.name: one for one in text_string_to_metric_families(metrics.render(REPORT))}
    assert {one.type for one in families.values()} == {"gauge"}
    assert all(one.documentation for one in families.values())

    def values(name: str) -> dict[str, float]:
        return {sample.labels["host"]: sample.value for sample in families[name].samples}

    known = {host: one for host, one in RESULTS.items() if one and "not_after" in one}
    assert values("netsuite_account_days_left") == {host: one["days_left"] for host, one in known.items()}
    assert values("netsuite_account_clock_skew_seconds") == dict.fromkeys(known, -2)
    ends = {host: parse_iso(one["not_after"]).timestamp() for host, one in known.items()}
    assert values("netsuite_account_not_after_timestamp_seconds") == ends
    good = {host: NOW.timestamp() for host, one in known.items() if one["status"] in ("active", "rotating")}
    assert values("netsuite_account_last_success_timestamp_seconds") == good
    statuses = {
        (sample.labels["host"], sample.labels["status"])
        for sample in families["netsuite_account_status"].samples
        if sample.value
    }
    assert statuses == {(host, (one or {"status": "failed"})["status"]) for host, one in RESULTS.items()}
    people = {host for host, value in values("netsuite_account_needs_person").items() if value}
    assert people == {*expected("failed"), *expected("awaiting_upload"), "unconfirmed", ODD}
    assert {sample.labels["account"] for sample in families["netsuite_account_days_left"].samples} >= {ODD}


def test_a_metric_without_values_is_left_out():
    text = metrics.render(document.build({}, now=NOW))
    assert [family.name for family in text_string_to_metric_families(text)] == ["netsuite_report_timestamp_seconds"]


def test_calendars_read_the_renewals():
    text = renewals.render(REPORT)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    calendar = icalendar.Calendar.from_ical(text)
    assert calendar.errors == []
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    known = {host: one for host, one in RESULTS.items() if one and "not_after" in one}
    assert len(events) == len(known)
    days = sorted(parse_iso(one["renew_from"]).date() for one in known.values())
    assert sorted(event["DTSTART"].dt for event in events.values()) == days
    summaries = {str(event["SUMMARY"]) for event in events.values()}
    shown = ODD.replace("\x07", " ")
    assert f"Renew the NetSuite certificate of {shown} ({shown})" in summaries
    assert all(event.errors == [] for event in events.values())


def test_a_calendar_entry_is_of_one_certificate():
    """Subscribed calendars replace what has the same UID, and drop what is gone."""

    def entries(**more):
        text = renewals.render(document.build({"acme": result(**more)}, now=NOW))
        return [str(event["UID"]) for event in icalendar.Calendar.from_ical(text).walk("VEVENT")]

    assert entries() == entries(clock_skew=9, status="failed")
    assert entries() != entries(certificate_id="another")


def test_the_calendar_does_not_depend_on_when_it_is_made():
    later = document.build(RESULTS, now=parse_iso(moment(1)))
    assert renewals.render(later) == renewals.render(REPORT)


def test_the_worklist_says_what_to_upload_where():
    text = _worklist(REPORT)
    for host in expected("awaiting_upload"):
        upload = RESULTS[host]["upload"]
        block = text.split(f"## {host} (")[1].split("\n## ")[0]
        assert upload["page"] in block
        assert f"`{upload['certificate_id']}`" in block
        assert f"```text\n{CERTIFICATE.strip()}\n```" in block
    assert text.count("BEGIN CERTIFICATE") == len(expected("awaiting_upload"))


def test_the_worklist_shows_names_as_they_are():
    odd = "<img src=x> *a* [b](c) `d`"
    one = waiting()
    report = document.build({odd: {**one, "upload": {**one["upload"], "application": odd, "role_name": odd}}}, now=NOW)
    page = MarkdownIt("commonmark").render(_worklist(report))
    assert "<img" not in page
    assert "<em>a" not in page
    assert page.count("&lt;img src=x&gt; *a* [b](c) `d`") == 3
    assert "the role with internal id 1000 (&lt;img" in page
    assert "the entity with internal id 12<" in page


def test_no_form_holds_the_credential_document():
    for text in (document.write(REPORT), junit.render(REPORT), metrics.render(REPORT), _worklist(REPORT)):
        assert SEALED not in text
    assert re.findall("PRIVATE KEY", document.write(REPORT)) == []
