# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each fault of the network at each request of a run, to NetSuite and to the secret store.

The run takes no longer than its deadlines allow, names a cause, does nothing twice, follows no redirect, says no
secret, and leaves a state from which the next run comes to its end.
"""

from __future__ import annotations

import json
import socket

import pytest

from ansible_collections.m2m.netsuite.tests.reliability.fault_proxy import Fault, FaultProxy, Trap, faults, reset
from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now, read_store
from ansible_collections.m2m.netsuite.tests.reliability.life import Life, Played
from ansible_collections.m2m.netsuite.tests.reliability.stories import STORIES, Story
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
#: Seconds: of one attempt, and what a run may take besides its attempts on a busy machine.
TIMEOUT, SLACK = 1, 5.0
HTTP = {"timeout": TIMEOUT, "retries": 1}
NETSUITE = ("first run, file", "rotation, file", "retirement, file")
STORE = ("first run, kv2", "rotation, kv2", "retirement, kv2")


def behind(story: Story, proxy: FaultProxy, folder, simulator, openbao, part: str) -> Life:
    """A host that has come as far as the run, and reaches NetSuite or its store through the proxy."""
    life = story.prepare(folder, simulator, openbao, **HTTP)
    if part == "the store":
        life.variables["netsuite_account_store_url"] = proxy.url
    else:
        life.variables["netsuite_account_base_url"] = f"{proxy.url}/_acct/{life.account.label}"
    proxy.order()
    return life


def longest(played: Played, proxy: FaultProxy) -> float:
    """Seconds that a run may take: each task gives up a server after the attempts of one request."""
    return len(played.results) * (HTTP["retries"] + 1) * TIMEOUT + SLACK


def sent_twice(proxy: FaultProxy) -> list[str]:
    """Uploads that were sent again after they had been carried out."""
    done, broken = set(), []
    for request in proxy.requests:
        if request.route == "POST certificates":
            if request.body in done:
                broken.append("an upload was repeated after it had been carried out")
            if request.processed:
                done.add(request.body)
    return broken


def broken_by(life: Life, played: Played, proxy: FaultProxy, trap: Trap) -> list[str]:
    """What does not hold right after a run that met a fault."""
    broken = []
    if played.seconds > longest(played, proxy):
        broken.append(f"it took {played.seconds:.1f} s")
    if trap.visits:
        broken.append(f"a redirect was followed: {trap.visits.pop()[:60]!r}")
    said = json.dumps(played.results, default=str)
    if "defect" in played.causes or "Unexpected" in said or "Traceback" in said:
        broken.append(f"a defect: {played.summary}")
    if played.failure and not (played.failure.get("cause") and played.failure.get("fix")):
        broken.append(f"a failure without a cause: {played.failure}")
    if played.status != "active" and not played.causes:
        broken.append(f"no cause is named: {played.summary.get('next_step')}")
    secrets = {one.certificate_id: one.key for one in read_store(life) if one.key}
    secrets["bootstrap token"] = life.variables["netsuite_account_bootstrap_token"]
    if found := betrayed(said, secrets):
        broken.append(f"a result holds {found}")
    return broken + sent_twice(proxy) + broken_now(life)


def undisturbed(story: Story, proxy: FaultProxy, folder, simulator, openbao, part: str) -> list[str]:
    life = behind(story, proxy, folder, simulator, openbao, part)
    assert story.play(life).status == "active"
    return [request.route for request in proxy.requests]


@pytest.mark.parametrize(
    ("part", "name"), [*(("NetSuite", name) for name in NETSUITE), *(("the store", name) for name in STORE)]
)
def test_each_fault_at_each_request(campaign, tmp_path, simulator, openbao, part, name):
    story = STORIES[name]
    upstream = openbao.url if part == "the store" else simulator.base_url
    with FaultProxy(upstream) as proxy, Trap() as trap:
        routes = undisturbed(story, proxy, tmp_path / "whole", simulator, openbao, part)
        cases = [(number, fault) for number in range(len(routes)) for fault in faults(trap.url).items()]
        label = f"network faults: {name}, at {part}"
        broken, slowest = [], 0.0
        for number, (what, fault) in campaign.each(label, cases, short=2, seconds=100):
            life = behind(story, proxy, tmp_path / f"{number} {what[:20]}", simulator, openbao, part)
            proxy.order(number, fault)
            played = story.play(life)
            slowest = max(slowest, played.seconds)
            assert len(proxy.requests) > number, (what, number)
            found = broken_by(life, played, proxy, trap)
            proxy.order()
            found = found or broken_at_the_end(life, life.play(), generations=story.generations)
            broken += [f"{what} at request {number} ({routes[number]}): {one}" for one in found]
    assert broken == []
    campaign.note("seconds of the slowest run", round(slowest, 1))


@pytest.mark.parametrize(("part", "name"), [("NetSuite", "rotation, file"), ("the store", "rotation, kv2")])
def test_a_server_that_goes_away_for_good(campaign, tmp_path, simulator, openbao, part, name):
    """From the n-th request on, nothing answers any more."""
    story = STORIES[name]
    upstream = openbao.url if part == "the store" else simulator.base_url
    with FaultProxy(upstream) as proxy, Trap() as trap:
        routes = undisturbed(story, proxy, tmp_path / "whole", simulator, openbao, part)
        label, broken = f"network faults: {name}, {part} gone for good", []
        for number in campaign.each(label, range(len(routes)), short=1, seconds=60):
            life = behind(story, proxy, tmp_path / str(number), simulator, openbao, part)
            proxy.order(number, Fault(reset, False), ever_after=True)
            found = broken_by(life, story.play(life), proxy, trap)
            proxy.order()
            found = found or broken_at_the_end(life, life.play(), generations=story.generations)
            broken += [f"gone at request {number} ({routes[number]}): {one}" for one in found]
    assert broken == []


def test_over_ipv6(campaign, tmp_path, simulator, openbao):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        campaign.left_out("IPv6: this machine has no ::1")
        pytest.skip("this machine has no ::1")
    story = STORIES["rotation, file"]
    with FaultProxy(simulator.base_url, socket.AF_INET6) as proxy:
        life = behind(story, proxy, tmp_path, simulator, openbao, "NetSuite")
        assert story.play(life).status == "active"
        assert len(proxy.requests) > 5
        assert broken_at_the_end(life, life.play(), generations=2) == []
    campaign.count("network faults: over IPv6", 1)
