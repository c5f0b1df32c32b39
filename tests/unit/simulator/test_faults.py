# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: each kind, before and after the work, counted and skipped."""

from __future__ import annotations

import time

import pytest
import requests


def test_status(stage, faults):
    faults(stage, "token", "status", status=500)
    answer = stage.ask()
    assert (answer.status_code, answer.json()) == (500, {"error": "server_error"})
    assert stage.ask().status_code == 200


@pytest.mark.parametrize("route", ["server_time", "*"])
def test_status_of_the_api(stage, faults, tools, route):
    token = stage.token()
    faults(stage, route, "status", status=503, headers={"Retry-After": "3"})
    answer = stage.call("GET", tools.server_time, token)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["status"]) == (503, "3", 503)


def test_status_with_a_body(stage, faults):
    faults(stage, "keys", "status", status=200, body="hello", content_type="text/x")
    faults(stage, "keys", "status", status=200, body={"a": 1})
    faults(stage, "keys", "status", status=204)
    keys = "/services/rest/auth/oauth2/v1/keys"
    answer = stage.call("GET", keys)
    assert (answer.text, answer.headers["Content-Type"]) == ("hello", "text/x")
    assert stage.call("GET", keys).json() == {"a": 1}
    assert stage.call("GET", keys).status_code == 204


def test_after_and_count(stage, faults, simulator):
    faults(stage, "token", "status", status=500, after=1, count=2)
    assert [stage.ask().status_code for _attempt in range(4)] == [200, 500, 500, 200]
    (rule,) = simulator.admin("GET", "faults")
    assert (rule["seen"], rule["hits"]) == (4, 2)
    assert simulator.admin("DELETE", f"faults/{rule['id']}") == {"removed": 1}


def test_without_end_and_other_accounts(stage, faults, make_stage, simulator):
    faults(stage, "*", "status", status=500, count=None)
    assert [stage.ask().status_code for _attempt in range(3)] == [500] * 3
    assert make_stage().ask().status_code == 200
    assert simulator.admin("DELETE", "faults") == {"removed": 1}
    assert stage.ask().status_code == 200


def test_any_account(stage, simulator):
    try:
        simulator.admin("POST", "faults", {"route": "token", "fault": {"kind": "status", "status": 502}})
        assert stage.ask().status_code == 502
    finally:
        simulator.admin("DELETE", "faults")


def test_drop_before_and_after_the_work(stage, faults, tools):
    token = stage.admin_token()
    pem = tools.to_pem(tools.make_certificate(tools.make_key("p384")))
    for when, mappings in (("before", 1), ("after", 2)):
        faults(stage, "certificates.upload", "drop", when=when)
        with pytest.raises(requests.ConnectionError):
            stage.upload(token, pem)
        assert len(stage.listing(token)) == mappings
    counters = stage.simulator.admin("GET", "counters")["by_account"][stage.label]
    assert (counters["writes"], counters["write_attempts"]) == (1, 2)


def test_half_body(stage, faults):
    faults(stage, "token", "half_body")
    try:
        answer = stage.ask()
    except (requests.exceptions.ChunkedEncodingError, requests.ConnectionError):
        return
    # urllib3 1.26 hands on what came
    assert len(answer.content) < int(answer.headers["Content-Length"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_delay(stage, faults, when):
    faults(stage, "token", "delay", seconds=0.2, when=when)
    begin = time.monotonic()
    assert stage.ask().status_code == 200
    assert time.monotonic() - begin > 0.2


@pytest.mark.parametrize("status", [200, 403])
def test_html(stage, faults, status):
    faults(stage, "token", "html", status=status)
    answer = stage.ask()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "<html>" in answer.text


def test_redirect(stage, faults):
    faults(stage, "token", "redirect", location="http://127.0.0.1:1/", status=307)
    answer = requests.post(stage.token_url, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://127.0.0.1:1/")


def test_endless_body(stage, faults):
    faults(stage, "token", "endless_body")
    with requests.post(stage.token_url, stream=True) as answer:
        assert answer.status_code == 200
        assert "Content-Length" not in answer.headers
        assert (
            sum(len(chunk) for _number, chunk in zip(range(100), answer.iter_content(65536), strict=False)) == 6553600
        )


BAD = [
    [],
    {"fault": {"kind": "drop"}, "other": 1},
    {"fault": {"kind": "drop"}, "account": 5},
    {"fault": {"kind": "drop"}, "route": "nowhere"},
    {"fault": {"kind": "drop"}, "count": 0},
    {"fault": {"kind": "drop"}, "after": -1},
    {"fault": {"kind": "drop"}, "when": "during"},
    {"fault": {"kind": "explode"}},
    {"fault": {"kind": "drop", "status": 500}},
    {"fault": {"kind": "status"}},
    {"fault": {"kind": "status", "status": 500, "headers": []}},
    {"fault": {"kind": "delay"}},
    {"fault": {"kind": "delay", "seconds": -1}},
    {"fault": {"kind": "delay", "seconds": True}},
    {"fault": {"kind": "redirect"}},
    {},
]


@pytest.mark.parametrize("rule", BAD)
def test_refused_rule(simulator, rule):
    assert simulator.admin("POST", "faults", rule, status=400)["error"]["code"] == "bad_request"
