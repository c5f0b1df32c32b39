# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rotations of many kinds side by side, played run by run; the tests look at them from several sides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support.controller import Controller, snapshot
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet, mint
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator
from ansible_collections.m2m.netsuite.tests.support.story import Story

pytestmark = pytest.mark.timeout(600)  # one long story, on a busy machine
ONBOARD, ROTATE, VERIFY = "m2m.netsuite.onboard", "m2m.netsuite.rotate", "m2m.netsuite.verify"
MADE = ("due", "othered", "refreshed", "restored")  # whose first certificates the role makes


@dataclass
class Life:
    """The accounts, and by name the runs: their output, what they wrote locally and tried to write at NetSuite."""

    fleet: Fleet
    runs: Story = field(default_factory=Story)
    wrote: dict[str, bool] = field(default_factory=dict)
    attempts: dict[str, dict[str, int]] = field(default_factory=dict)
    active: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def controller(self) -> Controller:
        return self.fleet.controller

    def account(self, host: str) -> SimulatedAccount:
        return self.fleet.accounts[host]

    def change(self, host: str, **variables: object) -> None:
        """Set further variables of a host, on top of those it has."""
        self.controller.inventory.host_file(host, "zz.yml").write_text(dump(variables))

    def tried(self) -> dict[str, int]:
        return {host: account.counters()["write_attempts"] for host, account in self.fleet.accounts.items()}

    def play(self, name: str, playbook: str, *arguments: str) -> None:
        """Play one run; afterwards what is stored as active gets a token wherever it did before."""
        before, tried = snapshot(self.controller.inventory.folder), self.tried()
        self.runs[name] = self.controller.play(playbook, *arguments, quiet=False, timeout=400)
        self.wrote[name] = snapshot(self.controller.inventory.folder) != before
        self.attempts[name] = {host: count - tried[host] for host, count in self.tried().items()}
        self.active[name] = {host: account.active_ids() for host, account in self.fleet.accounts.items()}
        self.stored[name] = {host: self.fleet.stored(host) for host in self.fleet.accounts}

    def status(self, name: str, host: str) -> str:
        return str(self.runs[name].account(host)["status"])

    def next_step(self, name: str, host: str) -> str:
        return str(self.runs[name].account(host)["next_step"])

    def pending_file(self, host: str) -> str:
        """The certificate file to be uploaded."""
        return self.controller.inventory.credentials(host).with_suffix(".auth-cert.pem").read_text()


def stage(life: Life) -> None:
    """All accounts, each with what is special about it."""
    fleet, simulator = life.fleet, life.fleet.simulator
    for host in MADE:
        knobs = {"returned_certificate_id": "other"} if host == "othered" else {}
        account = fleet.accounts[host] = simulator.account(**knobs)
        more = {"netsuite_account_valid_days": 100, "netsuite_account_renew_before_days": 5} if host == "due" else {}
        variables = {"netsuite_account_role_id": "1001", "netsuite_account_curve": "secp256r1", **more}
        token = account.bootstrap_token()
        life.controller.inventory.add(host, account.variables(netsuite_account_bootstrap_token=token, **variables))
    for host in ("asked", "unproven", "full", "rerole", "slow"):
        fleet.add(host)
    fleet.add("forbidden", role="1000")
    for host in ("expired", "expired_token"):
        fleet.add(host)
        life.account(host).refresh()
        old = new_pair(days=1, start=-2)
        given = {"netsuite_account_private_key": life.controller.vaults.encrypt(old.key)}
        token = {"netsuite_account_bootstrap_token": life.account(host).bootstrap_token()} if "_" in host else {}
        life.change(host, **given, netsuite_account_certificate=old.certificate, **token)
        life.controller.inventory.host_file(host, "zzz.yml").write_text("netsuite_account_certificate_id: ''\n")


@pytest.fixture(scope="module")
def life(simulator: Simulator, module_controller: Controller) -> Life:
    made = Life(Fleet(simulator, module_controller))
    with made.runs.going():
        stage(made)
        made.play("first", ONBOARD)

        made.change("due")
        late = {"netsuite_account_role_id": "1001", "netsuite_account_renew_before_days": 200}
        module_controller.inventory.add("due", made.account("due").variables(**late))
        for host in ("refreshed", "restored"):
            made.account(host).refresh()
        made.change("refreshed", netsuite_account_bootstrap_token="")
        made.change("restored", netsuite_account_bootstrap_token=made.account("restored").bootstrap_token())
        made.play("foreseen", ONBOARD, "--check")
        made.play("alone", ONBOARD)
        made.play("settled", ONBOARD)

        made.account("unproven").fault("token", "status", status=500, after=3, count=1)
        for _time in range(4):
            made.account("full").upload(new_pair().certificate, role=1001)
        made.change("rerole", netsuite_account_role_id="1000")
        made.change("asked", netsuite_account_role_id="", netsuite_account_entity_id="")  # those of the present token
        made.change("slow", netsuite_account_valid_days=100, netsuite_account_renew_before_days=5)
        made.account("slow").fault("certificates.upload", "status", status=400, count=1)
        made.play("asked_check", ROTATE, "--check")
        made.play("asked", ROTATE)
        made.change("slow", netsuite_account_renew_before_days=200)
        made.play("watched", VERIFY)
        made.play("again", ROTATE)

        for host in ("forbidden", "expired"):
            made.account(host).upload(made.pending_file(host), role=1000 if host == "forbidden" else 1001)
        made.account("full").revoke(made.active["again"]["full"][-1])
        made.play("helped_check", ONBOARD, "--check")
        made.play("helped", ONBOARD)

        # Its first pending certificate never came to NetSuite, which cannot be told from one that it does not show.
        made.change("slow", netsuite_account_forget=[made.stored["asked"]["slow"]["pending"]["certificate_id"]])
        module_controller.inventory.group_vars("netsuite_accounts", {"netsuite_account_overlap_days": 0})
        made.play("over_check", ONBOARD, "--check")
        made.play("over", ONBOARD)
        made.play("quiet", ONBOARD)
    return made


def test_the_story_comes_to_its_end(life):
    if life.runs.broken is not None:
        raise life.runs.broken


def test_checks_write_nothing_and_predict_the_changes(life):
    for name, after in (
        ("foreseen", "alone"),
        ("asked_check", "asked"),
        ("helped_check", "helped"),
        ("over_check", "over"),
    ):
        assert not life.wrote[name], name
        assert set(life.attempts[name].values()) == {0}, name
        predicted = {host for host, changed in life.runs[name].changed.items() if changed}
        assert predicted == {host for host, changed in life.runs[after].changed.items() if changed}, name


def test_no_run_fails_for_what_is_under_way(life):
    assert {name: run.rc for name, run in life.runs.items() if run.rc and name != "watched"} == {
        "first": 2,
        "foreseen": 2,
        "alone": 2,
        "settled": 2,
        "over": 2,
        "quiet": 2,
    }
    for name in (
        "first",
        "foreseen",
        "alone",
        "settled",
    ):  # an expired certificate in variables is nobody's but the user's
        failed = {host for host, figures in life.runs[name].recap.items() if figures["failures"]}
        assert failed == {"expired", "expired_token"}
        assert "expired on" in life.next_step(name, "expired")
    for name in ("over", "quiet"):  # without an overlap, what is not revoked is a failure
        assert {host for host, figures in life.runs[name].recap.items() if figures["failures"]} == {"forbidden"}


def test_it_starts_by_itself_inside_renew_before_days(life):
    result = life.runs["alone"].result("due", "Ensure key and certificate")
    assert (result["changed"], result["reason"]) == (True, "expires_soon")
    assert life.status("alone", "due") == "active"
    stored = life.stored["alone"]["due"]
    assert (stored["active"]["number"], len(stored["retiring"])) == (2, 1)
    assert len(life.active["alone"]["due"]) == 2
    assert life.runs["settled"].changed["due"] == 0


def test_credentials_in_variables_are_not_rotated_unasked(life):
    assert life.stored["settled"]["asked"] is None
    assert life.runs["alone"].changed["asked"] == 0


def test_on_request_it_is_done_in_one_run(life):
    assert life.status("asked", "asked") == "active"
    stored = life.stored["asked"]["asked"]
    assert (stored["active"]["number"], "pending" in stored, len(stored["retiring"])) == (2, False, 1)
    assert stored["retiring"][0]["certificate_id"] == life.fleet.pairs["asked"].id
    assert "is revoked from" in life.next_step("asked", "asked")


def test_a_request_is_idempotent_during_the_overlap(life):
    for host in ("asked", "due", "othered", "rerole"):
        assert life.runs["again"].changed[host] == 0, host
        assert life.stored["again"][host] == life.stored["asked"][host], host


def test_a_failing_proof_leaves_the_old_in_force_and_says_why(life):
    assert life.status("asked", "unproven") == "rotating"
    assert "is mapped, but its token check failed" in life.next_step("asked", "unproven")
    assert "HTTP 500" in life.next_step("asked", "unproven")
    stored = life.stored["asked"]["unproven"]
    assert stored["active"]["certificate_id"] == life.fleet.pairs["unproven"].id
    assert stored["pending"]["certificate_id"] in life.active["asked"]["unproven"]
    assert life.status("again", "unproven") == "active"
    assert life.stored["again"]["unproven"]["active"] == {
        **stored["pending"],
        "proven": life.stored["again"]["unproven"]["active"]["proven"],
    }


def test_verify_looks_and_touches_nothing(life):
    run = life.runs["watched"]
    assert not life.wrote["watched"]
    assert set(life.attempts["watched"].values()) == {0}
    assert run.changed == dict.fromkeys(run.changed, 0)
    under_way = {"unproven", "forbidden", "full", "slow", "expired"}
    for host in under_way:
        assert life.status("watched", host) == "rotating"
        assert "run m2m.netsuite.onboard to continue the rotation" in life.next_step("watched", host)
    assert {host for host, figures in run.recap.items() if figures["failures"]} == under_way | {"refreshed"}


def test_without_the_permission_a_person_uploads(life):
    for name in ("asked", "again"):
        assert life.status(name, "forbidden") == "awaiting_upload"
        pending = life.stored[name]["forbidden"]["pending"]["certificate_id"]
        shown = life.next_step(name, "forbidden")
        assert "The active certificate is valid until" in shown
        assert "choose Create New" in shown
        assert f"must then show the certificate id {pending}" in shown
    assert life.runs["again"].changed["forbidden"] == 0
    assert life.status("helped", "forbidden") == "active"
    assert life.stored["helped"]["forbidden"]["active"]["certificate_id"] == pending


def test_a_revocation_that_is_refused_is_reported_and_tried_again(life):
    for name in ("over", "quiet"):
        assert life.status(name, "forbidden") == "active"
        assert "was not revoked, and the next run will try again" in life.next_step(name, "forbidden")
        assert "Manage own OAuth 2.0 Client Credentials certificates" in life.next_step(name, "forbidden")
        assert len(life.stored[name]["forbidden"]["retiring"]) == 1


def test_five_of_five_is_refused_before_the_upload(life):
    assert life.attempts["asked"]["full"] == life.attempts["again"]["full"] == 0
    assert life.status("asked", "full") == "rotating"
    shown, own = life.next_step("asked", "full"), life.fleet.pairs["full"].id
    spare = [one for one in life.active["asked"]["full"] if one != own]
    assert len(spare) == 4
    assert all(f"{one} (until " in shown for one in spare)
    assert own not in shown  # the active certificate is not suggested for revocation
    assert life.status("helped", "full") == "active"


def test_a_sandbox_refresh_is_noticed(life):
    assert life.status("alone", "refreshed") == "awaiting_upload"
    assert "worked before" in life.next_step("alone", "refreshed")
    made = life.stored["first"]["refreshed"]["active"]["certificate_id"]
    assert f"must then show the certificate id {made}" in life.next_step("alone", "refreshed")
    assert life.runs["settled"].changed["refreshed"] == 0


def test_after_a_refresh_a_bootstrap_token_brings_the_same_certificate_back(life):
    assert life.status("alone", "restored") == "active"
    assert life.active["alone"]["restored"] == [life.stored["first"]["restored"]["active"]["certificate_id"]]
    assert life.stored["alone"]["restored"] == life.stored["first"]["restored"]
    assert life.attempts["alone"]["restored"] == 1


def test_an_id_that_netsuite_gives_is_used(life):
    first = life.stored["first"]["othered"]["active"]["certificate_id"]
    assert life.active["first"]["othered"] == [first]
    assert f"NetSuite lists the certificate as {first}" in life.runs["first"].output
    for name in ("alone", "settled"):
        assert (life.runs[name].changed["othered"], life.status(name, "othered")) == (0, "active")
    second = life.stored["asked"]["othered"]["active"]["certificate_id"]
    assert life.active["asked"]["othered"] == [first, second]
    assert life.active["over"]["othered"] == [second]


def test_the_role_changes_with_a_rotation(life):
    assert life.status("asked", "rerole") == "active"
    assert life.runs["asked"].account("rerole")["role"] == "1000"


def test_an_expired_certificate_is_replaced(life):
    assert life.status("asked", "expired") == "awaiting_upload"
    assert "expired on" in life.next_step("asked", "expired")
    assert life.status("helped", "expired") == "active"
    assert life.stored["helped"]["expired"].get("retiring") is None  # it was over before
    assert life.status("asked", "expired_token") == "active"
    assert len(life.active["asked"]["expired_token"]) == 1


def test_a_pending_certificate_that_waited_too_long_is_replaced(life):
    first, second = life.stored["asked"]["slow"]["pending"], life.stored["again"]["slow"]["active"]
    assert first["certificate_id"] != second["certificate_id"]
    retiring = [one["certificate_id"] for one in life.stored["again"]["slow"]["retiring"]]
    assert retiring == [first["certificate_id"], life.fleet.pairs["slow"].id]
    assert life.status("again", "slow") == "active"


def test_after_the_overlap_the_old_certificate_is_revoked(life):
    for host in ("asked", "due", "unproven", "full", "othered", "slow"):
        active = life.stored["over"][host]["active"]["certificate_id"]
        others = {"full": 3}.get(host, 0)
        assert active in life.active["over"][host]
        assert len(life.active["over"][host]) == 1 + others, host
        assert "retiring" not in life.stored["over"][host]
        assert life.runs["quiet"].changed[host] == 0


def test_in_the_end_every_account_works(life):
    for host in life.fleet.accounts:
        if host != "refreshed":
            assert life.status("quiet", host) == "active", host
            life.fleet.mint(host) if host in life.fleet.pairs else mint(
                life.account(host),
                life.fleet.key(life.stored["quiet"][host]["active"]),
                life.stored["quiet"][host]["active"]["certificate_id"],
            )
