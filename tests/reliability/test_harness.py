# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The campaign itself: mistakes that are planted into the collection are found by the class that is to find them."""

from __future__ import annotations

import os
import signal

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import (
    account_credentials,
    account_reconcile,
    account_result,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.services import attempt, certificate_api, files, http_session
from ansible_collections.m2m.netsuite.plugins.module_utils.services.key_encryption import KeyEncryption
from ansible_collections.m2m.netsuite.tests.reliability import fault_proxy, test_network
from ansible_collections.m2m.netsuite.tests.reliability.events import HALF, Point, forked, nothing, signalled
from ansible_collections.m2m.netsuite.tests.reliability.fault_proxy import FaultProxy, Trap, faults
from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now
from ansible_collections.m2m.netsuite.tests.reliability.stories import FIRST, ROTATION
from ansible_collections.m2m.netsuite.tests.reliability.test_clock import YEAR, shifted
from ansible_collections.m2m.netsuite.tests.reliability.test_clock import broken_by as broken_by_clock
from ansible_collections.m2m.netsuite.tests.reliability.test_crash_points import broken_after
from ansible_collections.m2m.netsuite.tests.reliability.test_network import behind, broken_by

pytestmark = pytest.mark.slow


def test_a_leak_into_a_file(monkeypatch, tmp_path, simulator):
    monkeypatch.setattr(KeyEncryption, "protect", lambda self, credentials, *_unused: credentials)
    life = FIRST.prepare(tmp_path, simulator, None)
    FIRST.play(life)
    assert "netsuite_credentials.yml holds a secret in clear: a key" in broken_now(life)


def test_a_leak_into_a_result(monkeypatch, tmp_path, simulator):
    real = account_result.account_status
    with FaultProxy(simulator.base_url) as proxy, Trap() as trap:
        life = behind(ROTATION, proxy, tmp_path, simulator, None, "NetSuite")
        token = life.variables["netsuite_account_bootstrap_token"]
        monkeypatch.setattr(account_result, "account_status", lambda facts: (real(facts)[0], f"The token was {token}."))
        assert broken_by(life, ROTATION.play(life), proxy, trap) == ["a result holds ['bootstrap token']"]


def test_a_write_that_is_not_atomic(monkeypatch, tmp_path, simulator):
    def write_in_place(path, text, mode, **_options):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
            stream.write(text.encode())

    monkeypatch.setattr(files, "write", write_in_place)
    whole = ROTATION.prepare(tmp_path / "whole", simulator, None)
    calls = forked(lambda: ROTATION.play(whole).status, nothing).calls
    life = ROTATION.prepare(tmp_path / "killed", simulator, None)
    ended = forked(lambda: ROTATION.play(life).status, signalled(Point(calls.index("write"), HALF), signal.SIGKILL))
    broken = broken_after(ROTATION, life, ended, signal.SIGKILL)
    assert broken
    assert "cannot be read" in broken[0] or "is lost" in broken[0]


def test_a_followed_redirect(monkeypatch, tmp_path, simulator):
    real = http_session.HttpSession.request
    monkeypatch.delattr(http_session.HttpSession, "get_redirect_target")
    monkeypatch.setattr(
        http_session.HttpSession,
        "request",
        lambda self, *given, **options: real(self, *given, **{**options, "allow_redirects": True}),
    )
    with FaultProxy(simulator.base_url) as proxy, Trap() as trap:
        life = behind(ROTATION, proxy, tmp_path, simulator, None, "NetSuite")
        proxy.order(0, faults(trap.url)["redirect 307"])
        assert any("a redirect was followed" in one for one in broken_by(life, ROTATION.play(life), proxy, trap))


def test_a_forgotten_revocation(monkeypatch, tmp_path, simulator):
    monkeypatch.setattr(account_reconcile, "revoke", lambda *_unused: {"changed": True})
    life = ROTATION.prepare(tmp_path, simulator, None)
    broken = broken_at_the_end(life, ROTATION.play(life))
    assert any("2 certificates are active at NetSuite, 1 are meant" in one for one in broken)


def test_a_repeated_post(monkeypatch, tmp_path, simulator):
    real = certificate_api.CertificateApi._call
    monkeypatch.setattr(
        certificate_api.CertificateApi,
        "_call",
        lambda self, *given: real(self, *given[:4]),  # without looking
    )
    with FaultProxy(simulator.base_url) as proxy, Trap() as trap:
        ROTATION.play(behind(ROTATION, proxy, tmp_path / "whole", simulator, None, "NetSuite"))
        upload = [request.route for request in proxy.requests].index("POST certificates")
        life = behind(ROTATION, proxy, tmp_path / "spoilt", simulator, None, "NetSuite")
        proxy.order(upload, faults(trap.url)["hung up after the work"])
        broken = broken_by(life, ROTATION.play(life), proxy, trap)
    assert "an upload was repeated after it had been carried out" in broken


def test_a_missing_deadline(monkeypatch, tmp_path, simulator):
    monkeypatch.setattr(attempt.Attempt, "left", lambda self: 60.0)
    monkeypatch.setattr(fault_proxy, "_SLOW", 6.0)
    monkeypatch.setattr(test_network, "longest", lambda *_unused: 5.0)
    with FaultProxy(simulator.base_url) as proxy, Trap() as trap:
        life = behind(ROTATION, proxy, tmp_path, simulator, None, "NetSuite")
        proxy.order(0, faults(trap.url)["slow headers"])
        assert any(one.startswith("it took ") for one in broken_by(life, ROTATION.play(life), proxy, trap))


def test_a_key_made_on_a_wrong_clock(monkeypatch, tmp_path, simulator):
    monkeypatch.setattr(account_credentials.CredentialManager, "_check_clock", lambda self: None)
    life = FIRST.prepare(tmp_path, simulator, None)
    broken = broken_by_clock(life, FIRST, shifted(3 * YEAR), is_wrong_from_the_start=True)
    assert any("a key was made by a wrong clock" in one for one in broken)


def test_an_interrupt_that_is_swallowed(monkeypatch, tmp_path, simulator):
    """What the classes see of a child is what became of it."""
    life = ROTATION.prepare(tmp_path, simulator, None)

    def stubborn():
        try:
            return ROTATION.play(life).status
        except KeyboardInterrupt:
            return "went on"

    ended = forked(stubborn, signalled(Point(5), signal.SIGINT))
    assert broken_after(ROTATION, life, ended, signal.SIGINT) == ["the interrupt was swallowed: went on"]
    assert forked(lambda: os.kill(os.getpid(), signal.SIGTERM)).signal == signal.SIGTERM
