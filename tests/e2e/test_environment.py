# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What surrounds a task: environment, module_defaults, delegate_to, async, no_log, the home folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.proxy import Proxy
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount

pytestmark = pytest.mark.matrix

PAIR = new_pair()
TOKEN, PROBE = "POST /_acct/{}/services/rest/auth/oauth2/v1/token", "GET /_acct/{}/services/rest/system/v1/serverTime"
ROUTES = ("local", "e2e_remote")


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as running:
        yield running


@pytest.fixture
def client(account: SimulatedAccount) -> dict[str, Any]:
    """Options that get a token."""
    account.upload(PAIR.certificate, role=1001)
    return account.options(private_key_content=PAIR.key, certificate_content=PAIR.certificate)


def check(client: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    """A task that asks for a token and probes it."""
    return {"name": name, "m2m.netsuite.token_check": {**client, "checks": ["probe"]}, **more}


@pytest.mark.parametrize("route", ROUTES)
def test_a_proxy_in_the_tasks_environment(controller, account, client, proxy, route):
    controller.inventory.add("acme", {"ansible_connection": route})
    run = controller.tasks(
        [
            check(client, "Through it", environment={"http_proxy": proxy.url}),
            check(client, "Without it"),
            check(client, "Past it", environment={"http_proxy": proxy.url, "no_proxy": "127.0.0.1"}),
        ]
    ).expect(0)
    assert all(run.result("acme", task)["valid"] for task in ("Through it", "Without it", "Past it"))
    assert proxy.seen == [TOKEN.format(account.label), PROBE.format(account.label)]
    assert account.counters()["requests"] == {"token": 3, "server_time": 3}


@pytest.mark.parametrize("route", ROUTES)
def test_proxy_and_ca_bundle_over_tls(controller, account, client, simulator, proxy, route):
    controller.inventory.add("acme", {"ansible_connection": route})
    secure = {**client, "base_url": account.https_url}
    trusted = {"REQUESTS_CA_BUNDLE": simulator.ca_path}
    run = controller.tasks(
        [
            check(secure, "By environment", environment={"https_proxy": proxy.url, **trusted}),
            check({**secure, "proxy": proxy.url, "ca_path": simulator.ca_path}, "By options"),
            check(secure, "Untrusted", ignore_errors=True),
        ]
    ).expect(0)
    assert run.result("acme", "By environment")["valid"]
    assert run.result("acme", "By options")["valid"]
    assert not run.result("acme", "Untrusted")["valid"]
    port = simulator.https_base_url.rpartition(":")[2]
    assert set(proxy.seen) == {f"CONNECT 127.0.0.1:{port}"}


@pytest.mark.parametrize("route", ROUTES)
def test_a_proxy_that_demands_a_login(controller, account, client, simulator, route):
    controller.inventory.add("acme", {"ansible_connection": route})
    client["retries"] = 0
    login = {"proxy_username": "me@example", "proxy_password": "Proxy Canary:/@ 7"}
    secure = {"base_url": account.https_url, "ca_path": simulator.ca_path}
    with Proxy(":".join(login.values())) as proxy:
        by_environment = {"http_proxy": proxy.url, "https_proxy": proxy.url}
        run = controller.tasks(
            [
                check({**client, **login, "proxy": proxy.url}, "By options"),
                check({**client, **login}, "By environment", environment=by_environment),
                check({**client, **login, **secure, "proxy": proxy.url}, "Over TLS"),
                check({**client, "proxy": proxy.url}, "Nobody", ignore_errors=True),
                check({**client, **secure, "proxy": proxy.url}, "Nobody over TLS", ignore_errors=True),
            ],
            "-vvvvv",
            quiet=False,
        ).expect(0)
        assert proxy.refused == 2
    for task in ("By options", "By environment", "Over TLS"):
        assert run.result("acme", task)["valid"], task
    for task in ("Nobody", "Nobody over TLS"):
        assert run.result("acme", task)["cause"] == "proxy_login"
        assert run.result("acme", task)["fix"] == "Set proxy_username and proxy_password"
    secrets = {"password": login["proxy_password"]}
    assert betrayed(run.output + json.dumps(run.events), secrets) == []


def test_the_play_and_the_role_go_through_the_proxy_as_well(controller, account, proxy):
    account.upload(PAIR.certificate)
    variables = {
        "netsuite_account_private_key": controller.vaults.encrypt(PAIR.key),
        "netsuite_account_certificate": PAIR.certificate,
    }
    controller.inventory.add("acme", account.variables(**variables, netsuite_account_proxy=proxy.url))
    run = controller.play("m2m.netsuite.verify").expect(0)
    assert run.account("acme")["status"] == "active"
    through = proxy.seen
    assert len(through) == sum(account.counters()["requests"].values()) > 2
    controller.inventory.add("acme", account.variables(**variables))
    run = controller.play("m2m.netsuite.verify", env={"http_proxy": proxy.url}).expect(0)
    assert proxy.seen == through


def test_a_netrc_file_is_left_alone(controller, account, client):
    netrc = controller.home / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    controller.inventory.add("inside", {})
    controller.inventory.add("outside", {"ansible_connection": "e2e_remote"})
    controller.tasks([check(client, "Check")]).expect(0)
    assert account.failures() == []


def members() -> list[str]:
    """The modules of the action group."""
    return list(yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["action_groups"]["netsuite"])


def test_module_defaults_reach_every_member_of_the_group(controller: Controller, client):
    """Each member is called with nothing but what it needs beyond the groups' options, by both routes."""
    own: dict[str, dict[str, Any]] = {"certificate_mapping": {"role": "1001", "entity": "12"}}
    controller.inventory.add("inside", {})
    controller.inventory.add("outside", {"ansible_connection": "e2e_remote"})
    defaults = {**client, "timeout": 20, "retries": 1, "validate_certs": True}
    tasks = [{"name": name, f"m2m.netsuite.{name}": own.get(name, {})} for name in members()]
    run = controller.tasks(tasks, play={"module_defaults": {"group/m2m.netsuite.netsuite": defaults}}).expect(0)
    assert {
        "access_token",
        "certificate_mapping",
        "certificate_mapping_info",
        "client_assertion",
        "token_check",
    } <= set(members())
    for host in ("inside", "outside"):
        for name in members():
            assert run.results(host, task=name, status="ok")
        assert run.result(host, "token_check")["valid"]


def test_other_ways_to_run_a_task(controller: Controller, account, client):
    """Delegated, in the background, in a loop, in secret; each falls back to the route that fits."""
    controller.inventory.add("far", {"ansible_connection": "e2e_remote"})
    controller.inventory.add("near", {})
    shown = {"m2m.netsuite.access_token": {**client, "return_token": True}}
    run = controller.tasks(
        [
            check(client, "Delegated", delegate_to="localhost"),
            check(client, "In the background", **{"async": 30, "poll": 1}),
            check({**client, "expected_role": "{{ item }}"}, "In a loop", loop=["1001", 1001]),
            {"name": "In secret", **shown, "no_log": True},
            {
                "name": "Until it works",
                "m2m.netsuite.token_check": {**client, "fail_on_invalid": False, "checks": []},
                "register": "found",
                "until": "found.valid",
                "retries": 3,
                "delay": 0,
            },
        ],
        play={"strategy": "free"},
    ).expect(0)
    for host in ("far", "near"):
        for task in ("Delegated", "In the background", "Until it works"):
            assert run.result(host, task)["valid"], (host, task)
        assert "access_token" not in run.result(host, "In secret")
    assert "invocation" not in run.result("far", "Delegated")


def test_the_summary_in_the_background(controller: Controller):
    """It collects the results of the play on the controller, wherever it is run then."""
    for host, status in (("acme", "active"), ("globex", "failed")):
        known = {"status": status, "account": host, "next_step": "-"}
        controller.inventory.add(host, {"netsuite_account_result": known})
    run = controller.tasks(
        [
            {"name": "Waited for", "m2m.netsuite.rollout_summary": {}, "async": 30, "poll": 1, "run_once": True},
            {"name": "Left alone", "m2m.netsuite.rollout_summary": {}, "async": 30, "poll": 0, "run_once": True},
        ],
    ).expect(0)
    counted = run.result("acme", "Waited for")["counts"]
    assert (counted["active"], counted["failed"]) == (1, 1)
    assert run.result("acme", "Left alone")["started"]
