# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every refusal that the Login Audit Trail has a code for: netsuite-side causes, in both presets of the simulator.

One host per condition and preset. The simulator's audit trail tells that the condition was really met; the collection,
which sees only the opaque answer, has to name a cause and a fix, and that code among its suspicions.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt
import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run
from ansible_collections.m2m.netsuite.tests.support.material import Pair, new_key, new_pair, shared_key
from ansible_collections.m2m.netsuite.tests.support.messages import complaint
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

PRESETS = ("observed", "spec")
Options = dict[str, Any]
PAIR = new_pair()
STRANGER = new_pair(key=new_key())


@dataclass
class Scene:
    """One account with a mapped certificate, ready to be spoilt."""

    account: SimulatedAccount
    pair: Pair

    def client(self, **changes: Any) -> Options:
        """Options with the mapped pair."""
        options = {"private_key_content": self.pair.key, "certificate_content": self.pair.certificate, **changes}
        return self.account.options(**{name: value for name, value in options.items() if value is not None})

    def assertion(self, key: Any = None, alg: str = "ES256", header: Options | None = None, **claims: Any) -> Options:
        """Options with an assertion made by other means, which this collection would not make."""
        now = int(time.time())
        good = {
            "iss": self.account.client_id,
            "scope": ["rest_webservices"],
            "aud": f"{self.account.url}/services/rest/auth/oauth2/v1/token",
            "iat": now - 5,
            "exp": now + 295,
            "jti": str(uuid.uuid4()),
        }
        signed = jwt.encode(
            {name: value for name, value in {**good, **claims}.items() if value is not None},
            key or shared_key(),
            alg,
            {"kid": self.pair.id} if header is None else header,
        )
        return {"account_id": self.account.account_id, "base_url": self.account.url, "assertion": signed}


def _blocked(scene: Scene) -> Options:
    scene.account.integration(state="blocked")
    return scene.client()


def _untick(scene: Scene) -> Options:
    scene.account.integration(client_credentials=False)
    return scene.client()


def _scopes(scene: Scene) -> Options:
    scene.account.integration(scopes=["restlets"])
    return scene.client()


def _feature(scene: Scene) -> Options:
    scene.account.change(features={"oauth2": False})
    return scene.client()


def _entity(scene: Scene) -> Options:
    scene.account.change(entities=[{"id": 12, "active": False}])
    return scene.client()


def _role(scene: Scene) -> Options:
    scene.account.change(roles=[{"id": 1000, "active": False}])
    return scene.client()


def _revoked(scene: Scene) -> Options:
    scene.account.revoke(scene.pair.id)
    return scene.client()


def _refreshed(scene: Scene) -> Options:
    scene.account.refresh()
    return scene.client()


def _clock(offset: int) -> Callable[[Scene], Options]:
    def spoil(scene: Scene) -> Options:
        scene.account.knobs(clock_offset=offset)
        return scene.client()

    return spoil


def _other_integration(scene: Scene) -> Options:
    scene.account.change(integrations=[{"client_id": "b" * 64, "id": 202}])
    return scene.client(client_id="b" * 64)


# the code that Oracle documents, and how to get there
CONDITIONS: dict[str, tuple[str, Callable[[Scene], Options]]] = {
    "HS256": ("UnsupportedAlgo", lambda scene: scene.assertion("a shared secret of 32 characters!", "HS256")),
    "RS256": ("UnsupportedAlgo", lambda scene: scene.assertion(shared_key("rsa3072"), "RS256")),
    "another curve": ("UnsupportedAlgo", lambda scene: scene.assertion(shared_key("secp384r1"), "ES384")),
    "no kid": ("MissingKeyId", lambda scene: scene.assertion(header={})),
    "unmapped": (
        "MissingKey",
        lambda scene: scene.client(private_key_content=STRANGER.key, certificate_content=STRANGER.certificate),
    ),
    "revoked": ("MissingKey", _revoked),
    "refreshed": ("MissingKey", _refreshed),
    "wrong certificate id": ("MissingKey", lambda scene: scene.client(certificate_id="x" * 43)),
    "id in the wrong case": (
        "MissingKey",
        lambda scene: scene.client(certificate_content=None, certificate_id=scene.pair.id.swapcase()),
    ),
    "wrong key": (
        "SignatureValidation",
        lambda scene: scene.client(
            private_key_content=STRANGER.key, certificate_content=None, certificate_id=scene.pair.id
        ),
    ),
    "expired assertion": ("TokenExpired", lambda scene: scene.assertion(iat=1_700_000_000, exp=1_700_000_300)),
    "assertion of tomorrow": (
        "TokenNotAcceptable",
        lambda scene: scene.assertion(iat=int(time.time()) + 86400, exp=int(time.time()) + 86700),
    ),
    "clock far ahead": ("TokenNotAcceptable", _clock(-3000)),
    "clock far behind": ("TokenExpired", _clock(3000)),
    "two hours": ("TokenValidityTooBroad", lambda scene: scene.assertion(exp=int(time.time()) + 7201)),
    "not a client id": ("InvalidIssuer", lambda scene: scene.client(client_id="acme-integration")),
    "application id": ("InvalidIssuer", lambda scene: scene.assertion(iss=str(uuid.uuid4()).upper())),
    "unknown client": ("UnknownIntegration", lambda scene: scene.client(client_id="a" * 64)),
    "client of another record": ("InvalidIntegration", _other_integration),
    "no scope": ("InvalidScope", lambda scene: scene.assertion(scope=[])),
    "unknown scope": ("InvalidScope", lambda scene: scene.assertion(scope=["everything"])),
    "scope not ticked": ("ScopeMismatched", _scopes),
    "blocked": ("IntegrationBlocked", _blocked),
    "grant not ticked": ("ClientCredentialsGrantRequired", _untick),
    "feature off": ("FeatureDisabled", _feature),
    "entity inactive": ("EntityOrRoleDisabled", _entity),
    "role inactive": ("EntityOrRoleDisabled", _role),
}
# Oracle documents no code for the first; the others cannot be suspected from what is known on this side.
UNTOLD = {"grant not ticked", "another curve", "wrong key", "client of another record"}


def _api(*, token: str | None = None, **more: Any) -> Callable[[Scene], Options]:
    def give(scene: Scene) -> Options:
        access_token = token or scene.account.bootstrap_token(1000, 12, **more)
        return {"account_id": scene.account.account_id, "base_url": scene.account.url, "access_token": access_token}

    return give


def _blocked_later(scene: Scene) -> Options:
    options = _api()(scene)
    scene.account.integration(state="blocked")
    return options


def _refreshed_later(scene: Scene) -> Options:
    options = _api()(scene)
    scene.account.refresh()
    return options


def _assertion_as_token(scene: Scene) -> Options:
    options = scene.assertion()
    assertion = options.pop("assertion")
    return {**options, "access_token": assertion}


def _without_permission(scene: Scene) -> Options:
    scene.account.change(roles=[{"id": 1000, "permissions": ["REST Web Services"]}])
    return scene.client(checks=["probe"])


# refusals of a token that was got before; the probe meets them
CALLS: dict[str, tuple[str, Callable[[Scene], Options]]] = {
    "expired token": ("AccessTokenExpired", _api(lifetime=-60)),
    "no token at all": ("TokenRejected", _api(token="not-a-token-but-a-longer-word")),
    "scope of another service": ("ScopeMismatched", _api(scope=["restlets"])),
    "blocked later": ("IntegrationBlocked", _blocked_later),
    "token from before a refresh": ("TokenBlocked", _refreshed_later),
    "assertion as token": ("InvalidTokenType", _assertion_as_token),
    "role may not log in": ("InsufficientPermission", _without_permission),
}


def host_of(name: str, preset: str) -> str:
    return f"{name.replace(' ', '_')}.{preset}"


@pytest.fixture(scope="module")
def accounts() -> dict[str, SimulatedAccount]:
    return {}


@pytest.fixture(scope="module")
def run(simulator: Simulator, module_controller: Controller, accounts: dict[str, SimulatedAccount]) -> Run:
    """One run: for each condition and preset, access_token and token_check."""
    for name, (_code, spoil) in {**CONDITIONS, **CALLS}.items():
        for preset in PRESETS:
            account = simulator.account(preset=preset)
            account.upload(PAIR.certificate)
            host = host_of(name, preset)
            accounts[host] = account
            module_controller.inventory.add(host, {"options": spoil(Scene(account, PAIR)), "name": name})
    tasks = [
        {
            "name": "Token",
            "m2m.netsuite.access_token": "{{ options }}",
            "ignore_errors": True,
            "when": "name not in calls",
            "vars": {"calls": list(CALLS)},
        },
        {"name": "Check", "m2m.netsuite.token_check": "{{ options }}", "ignore_errors": True},
    ]
    return module_controller.tasks(tasks, "-vvv", "--forks", "10", quiet=False).expect(0)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", CONDITIONS)
def test_netsuite_refuses_for_the_reason_meant(run, accounts, name, preset):
    failures = accounts[host_of(name, preset)].failures()
    assert failures
    assert set(failures) == {CONDITIONS[name][0]}


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", CONDITIONS)
def test_the_message_names_a_cause_and_a_fix(run, name, preset):
    host = host_of(name, preset)
    for task in ("Token", "Check"):
        assert run.results(host, task=task, status="ignored"), f"{task} succeeded"
        assert complaint(run.result(host, task)) is None
    assert "HTTP" in run.result(host, "Token")["msg"]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", [name for name in CONDITIONS if name not in UNTOLD])
def test_the_diagnosis_holds_the_code_of_the_audit_trail(run, name, preset):
    diagnosis = run.result(host_of(name, preset), "Check")["diagnosis"]
    assert any(CONDITIONS[name][0] in (cause["audit_trail"] or "") for cause in diagnosis), diagnosis


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("unmapped", "certificate_not_mapped"),
        ("wrong certificate id", "certificate_id"),
        ("clock far ahead", "clock_ahead"),
        ("clock far behind", "clock_behind"),
        ("not a client id", "client_id"),
        ("scope not ticked", "scope_not_allowed"),
        ("grant not ticked", "grant_not_ticked"),
    ],
)
def test_what_is_certain_without_netsuite_comes_first(run, name, cause, preset):
    assert run.result(host_of(name, preset), "Check")["diagnosis"][0]["cause"] == cause


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", CALLS)
def test_a_refused_call_is_diagnosed_as_well(run, accounts, name, preset):
    host = host_of(name, preset)
    result = run.result(host, "Check")
    assert complaint(result) is None
    assert CALLS[name][0] in accounts[host].failures()
    assert "failed" in [check["status"] for check in result["checks"]]
    assert result["valid"] is False


def test_no_secret_is_shown(run):
    secrets = {"mapped key": PAIR.key, "other key": STRANGER.key}
    given = [event["result"].get("invocation") for event in run.events if event["event"] == "result"]
    assert given == [None] * len(given)
    assert betrayed(run.output, secrets) == []


@pytest.mark.parametrize("offset", [-300, 400])
def test_a_clock_that_is_a_little_off_is_worked_around(controller, new_account, offset):
    account = new_account(clock_offset=offset)
    account.upload(PAIR.certificate)
    options = account.options(private_key_content=PAIR.key, certificate_content=PAIR.certificate)
    run = controller.tasks(
        [{"name": "Check", "m2m.netsuite.token_check": options}], hosts="localhost", quiet=False
    ).expect(0)
    assert abs(run.result("localhost", "Check")["clock_skew"] - offset) <= 2
    assert account.failures() == (["TokenNotAcceptable"] if offset < 0 else ["TokenExpired"])
