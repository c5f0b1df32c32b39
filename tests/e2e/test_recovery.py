# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rotation that is killed, or fails at NetSuite, at each of its steps: nothing is lost, the next run goes on."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.killed_runs import start_to_be_killed
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

pytestmark = pytest.mark.timeout(600)  # one long story, on a busy machine
ONBOARD, ROTATE = "m2m.netsuite.onboard", "m2m.netsuite.rotate"
WRITE_FILE, WRITE_CERTIFICATE = "write netsuite_credentials.yml", "write netsuite_credentials.auth-cert.pem"
CHECK = ["call POST token", "call GET serverTime"]
#: Every step of a rotation, of credentials that came in variables. With an overlap it ends at the promotion.
STEPS = [
    "call GET keys",  # the time at NetSuite
    *(WRITE_FILE, WRITE_CERTIFICATE),  # the pending pair
    *(*CHECK, WRITE_FILE),  # the active pair, and the note that it got a token
    *("call POST token", "call GET certificates", "call POST certificates"),  # the upload
    *(*CHECK, WRITE_FILE),  # the proof and the promotion
    *(
        "call GET certificates",
        "call POST revoke",
        "call GET certificates",
    ),  # the revocation, with the token of the proof
    WRITE_FILE,
]
PROMOTED, UPLOADED = 12, "9:after"
# After one step is before the next one. Only a file is half there before it is put in place.
POINTS = {f"{number}:after": number for number in range(1, len(STEPS) + 1)}
POINTS |= {f"{number}:before": number for number, step in enumerate(STEPS, 1) if step.startswith("write")}
#: What is there at the moment differs most: a pending pair in the file, its upload, its promotion, and the revocation.
SOME_POINTS = ("2:before", "3:after", "9:after", "12:before", "12:after", "14:after")
ALL = pytest.mark.campaign


@pytest.fixture
def fleet(simulator: Simulator, controller: Controller) -> Fleet:
    return Fleet(simulator, controller)


def check_rotated(fleet: Fleet, host: str, *, retiring: int, generation: int = 2) -> None:
    """Exactly one active certificate, and as many retiring as there should be; here and at NetSuite."""
    active, pending, old = fleet.generation_ids(host)
    stored = fleet.stored(host)
    assert stored is not None
    assert (stored["active"]["number"], pending, len(old)) == (generation, None, retiring), host
    assert sorted(fleet.accounts[host].active_ids()) == sorted([active, *old]), host
    assert fleet.leftovers(host) == [], host
    fleet.mint(host)


@pytest.mark.parametrize(
    "points", [pytest.param(SOME_POINTS, id="some"), pytest.param(tuple(POINTS), id="all", marks=ALL)]
)
def test_a_rotation_killed_after_a_step_is_resumed(fleet, points):
    hosts = {}
    for point in points:
        number = POINTS[point]
        overlap = 7 if number <= PROMOTED else 0
        hosts[fleet.add(f"k{point.replace(':', '_')}", netsuite_account_overlap_days=overlap)] = point
    # The id that NetSuite gave is lost with the run: only the key can tell which mapping is its own.
    hosts[fleet.add("other_id", knobs={"returned_certificate_id": "other"}, netsuite_account_overlap_days=7)] = UPLOADED
    fleet.accounts["other_id"].upload(new_pair(key=new_key()).certificate, role=1001)
    for host, point in hosts.items():
        started, steps = start_to_be_killed(fleet.controller, ROTATE, host, point)
        run = started.wait()
        assert run.rc == -9, (host, run.tail())
        assert steps.read_text().splitlines() == STEPS[: POINTS[point]], host
    for host in hosts:
        fleet.mint(host)  # whatever happened, what is stored works
    run = fleet.controller.play(ROTATE, timeout=400, quiet=False).expect(0)
    fleet.accounts["other_id"].revoke(fleet.accounts["other_id"].active_ids()[1])
    for host, point in hosts.items():
        # Without an overlap the rotation is as good as over once it is promoted, so the request begins another one.
        over = POINTS[point] > PROMOTED
        check_rotated(fleet, host, retiring=int(not over), generation=3 if over else 2)
        assert run.account(host)["status"] == "active"


#: Every step of a first run that maps its certificate with a bootstrap token.
FIRST_STEPS = [
    "call GET keys",
    *(WRITE_FILE, WRITE_CERTIFICATE),
    *("call GET certificates", "call POST certificates"),
    *(*CHECK, WRITE_FILE),
]


@pytest.mark.parametrize(
    "numbers",
    [pytest.param((1, 3, 5), id="some"), pytest.param(range(1, len(FIRST_STEPS) + 1), id="all", marks=ALL)],
)
def test_a_first_run_killed_after_a_step_is_resumed(fleet, numbers):
    hosts = {}
    for number in numbers:
        host = f"n{number}"
        account = fleet.accounts[host] = fleet.simulator.account()
        variables = {"netsuite_account_role_id": "1001", "netsuite_account_curve": "secp256r1"}
        token = {"netsuite_account_bootstrap_token": account.bootstrap_token()}
        hosts[fleet.controller.inventory.add(host, account.variables(**variables, **token))] = number
    for host, number in hosts.items():
        started, steps = start_to_be_killed(fleet.controller, ONBOARD, host, f"{number}:after")
        assert started.wait().rc == -9, host
        assert steps.read_text().splitlines() == FIRST_STEPS[:number], host
    made = {host: fleet.generation_ids(host) for host in hosts if fleet.stored(host)}
    assert set(hosts) - set(made) == {"n1"}  # killed before there was a key
    run = fleet.controller.play(ONBOARD, timeout=400).expect(0)
    for host in hosts:
        assert run.account(host)["status"] == "active"
        assert fleet.generation_ids(host) == made.get(
            host, fleet.generation_ids(host)
        )  # the key that was made first is the one that is used
        check_rotated(fleet, host, retiring=0, generation=1)
    assert fleet.controller.play(ONBOARD, timeout=400).expect(0).changed == dict.fromkeys(hosts, 0)


KINDS: list[tuple[str, dict[str, Any]]] = [
    ("status", {"status": 503}),
    ("status", {"status": 401}),
    ("status", {"status": 403}),
    ("html", {}),
    ("drop", {"when": "before"}),
    ("drop", {"when": "after"}),
]
#: Every request of a rotation without an overlap: the route, and how many requests of that route come before it.
CALLS = [
    *(("token", 0), ("server_time", 0)),
    *(("token", 1), ("certificates.list", 0), ("certificates.upload", 0)),
    *(("token", 2), ("server_time", 1)),
    *(("certificates.list", 1), ("certificates.revoke", 0), ("certificates.list", 2)),
]
#: How the answer to an upload may differ; here it is lost.
ANSWERS: list[dict[str, Any]] = [{"returned_certificate_id": "other"}, {"upload_status": 204}]


@pytest.mark.parametrize(
    "kinds", [pytest.param(KINDS[-1:], id="some"), pytest.param(KINDS[:-1], id="all others", marks=ALL)]
)
def test_a_fault_at_each_call_loses_nothing(fleet, simulator, kinds):
    faults = {}
    for number, (call, kind) in enumerate(itertools.product(CALLS, kinds)):
        promoting = CALLS.index(call) < 7
        overlap = 7 if promoting and number % 2 else 0
        host = fleet.add(f"f{number:02d}", netsuite_account_overlap_days=overlap)
        rule = fleet.accounts[host].fault(call[0], kind[0], after=call[1], **kind[1])
        faults[host] = (rule, overlap, call, kind)
    for number, knobs in enumerate(ANSWERS):
        host = fleet.add(f"g{number}", knobs=knobs, netsuite_account_overlap_days=0)
        rule = fleet.accounts[host].fault("certificates.upload", "drop", when="after")
        faults[host] = (rule, 0, knobs)
    run = fleet.controller.play(ROTATE, "--forks", "4", timeout=400, quiet=False)
    hits = {rule["id"]: rule["hits"] for rule in simulator.admin("GET", "faults")}
    finished = set()
    for host, (rule, overlap, *what) in faults.items():
        assert hits[rule] == 1, (host, what)
        fleet.mint(host)
        _active, pending, retiring = fleet.generation_ids(host)
        shown = run.account(host)["next_step"]
        if pending is None and (overlap or not retiring):
            finished.add(host)
        else:
            assert not shown.startswith("Nothing to do"), (host, what, shown)
    assert finished < set(faults)
    again = fleet.controller.play(ONBOARD, "--forks", "4", timeout=400).expect(0)
    for host, (_rule, overlap, *what) in faults.items():
        check_rotated(fleet, host, retiring=int(overlap > 0))
        result = again.account(host)
        assert (result["status"], result["next_step"].split(";")[0].rstrip(".")) == ("active", "Nothing to do"), what
        if host in finished:
            assert again.changed[host] == 0, (host, what)
