# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Assertions, tokens and their checks by playbook; openssl judges the signatures, the simulator's counters the wire."""

from __future__ import annotations

import time
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support import openssl
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

pytestmark = pytest.mark.matrix

RSA, P256, P384, P521 = (new_pair(kind) for kind in ("rsa3072", "secp256r1", "secp384r1", "secp521r1"))
LOCKED = new_pair(passphrase="open sesame")
# the pair, the options, and the algorithm that comes out
ASSERTIONS: dict[str, tuple[Any, dict[str, Any], str]] = {
    "rsa": (RSA, {}, "PS256"),
    "ps384": (RSA, {"algorithm": "PS384"}, "PS384"),
    "ps512": (RSA, {"algorithm": "PS512"}, "PS512"),
    "p256": (P256, {}, "ES256"),
    "p384": (P384, {}, "ES384"),
    "p521": (P521, {"algorithm": "ES512"}, "ES512"),
    "locked": (LOCKED, {"private_key_passphrase": "open sesame"}, "ES256"),
    "short": (P256, {"assertion_lifetime": 60, "scope": ["rest_webservices", "restlets"]}, "ES256"),
    "extra": (P256, {"extra_claims": {"note": "x"}}, "ES256"),
}


@pytest.fixture(scope="module")
def accounts() -> dict[str, SimulatedAccount]:
    return {}


@pytest.fixture(scope="module")
def run(simulator: Simulator, module_controller: Controller, accounts: dict[str, SimulatedAccount]) -> Run:
    for host, (pair, options, _algorithm) in ASSERTIONS.items():
        accounts[host] = simulator.account()
        accounts[host].upload(pair.certificate)
        folder = module_controller.folder / host
        folder.mkdir()
        (folder / "key.pem").write_text(module_controller.vaults.encrypt(pair.key) if host == "p384" else pair.key)
        (folder / "cert.pem").write_text(pair.certificate)
        files = {"private_key_path": f"{folder}/key.pem", "certificate_path": f"{folder}/cert.pem"}
        module_controller.inventory.add(host, {"options": accounts[host].options(**files, **options)})
    bare = "{{ options | dict2items | rejectattr('key', 'eq', 'extra_claims') | items2dict }}"
    place = {"account_id": "{{ options.account_id }}", "base_url": "{{ options.base_url }}"}
    tasks = [
        {"name": "Sign", "m2m.netsuite.client_assertion": "{{ options }}", "register": "signed"},
        {"name": "Sign again", "m2m.netsuite.client_assertion": "{{ options }}"},
        {"name": "Sign in check mode", "m2m.netsuite.client_assertion": "{{ options }}", "check_mode": True},
        {"name": "Token", "m2m.netsuite.access_token": bare},
        {
            "name": "Token shown",
            "m2m.netsuite.access_token": {**place, "assertion": "{{ signed.assertion }}", "return_token": True},
        },
        {"name": "Check", "m2m.netsuite.token_check": bare},
    ]
    tasks[4]["register"] = "shown"
    given = {**place, "client_id": "{{ options.client_id }}", "access_token": "{{ shown.access_token }}"}
    tasks.append({"name": "Check the shown one", "m2m.netsuite.token_check": given})
    return module_controller.tasks(tasks, quiet=False).expect(0)


@pytest.mark.parametrize("host", ASSERTIONS)
def test_openssl_verifies_the_assertion(run, tmp_path, host):
    pair, _options, algorithm = ASSERTIONS[host]
    for task in ("Sign", "Sign again", "Sign in check mode"):
        token = run.result(host, task)["assertion"]
        assert openssl.header_of(token)["alg"] == algorithm
        assert openssl.verifies(token, pair.certificate, tmp_path)
    head, body, signature = token.split(".")
    spoilt = f"{head}.{body[:-2]}{'AA' if body[-2:] != 'AA' else 'BA'}.{signature}"
    assert not openssl.verifies(spoilt, pair.certificate, tmp_path)


@pytest.mark.parametrize("host", ASSERTIONS)
def test_header_and_claims_are_as_oracle_documents_them(run, accounts, host):
    pair, options, algorithm = ASSERTIONS[host]
    result = run.result(host, "Sign")
    token = result["assertion"]
    header, claims = openssl.header_of(token), openssl.claims_of(token)
    number = openssl.certificate_id(pair.certificate)
    assert header == {"typ": "JWT", "alg": algorithm, "kid": number, "x5t#S256": number}
    assert claims["iss"] == accounts[host].client_id
    assert claims["aud"] == f"{accounts[host].url}/services/rest/auth/oauth2/v1/token"
    assert claims["scope"] == options.get("scope", ["rest_webservices"])
    assert type(claims["iat"]) is type(claims["exp"]) is int
    assert claims["exp"] - claims["iat"] == options.get("assertion_lifetime", 300)
    assert -120 < claims["iat"] - time.time() < 0
    assert set(claims) == {"iss", "aud", "scope", "iat", "exp", "jti", *options.get("extra_claims", {})}
    assert (result["header"], result["claims"]) == (header, claims)


def test_no_two_assertions_are_the_same(run):
    found = [
        openssl.claims_of(result["assertion"])["jti"]
        for host in ASSERTIONS
        for result in run.results(host, action="client_assertion")
    ]
    assert len(set(found)) == len(found) == 3 * len(ASSERTIONS)


def test_a_token_is_returned_only_where_it_was_asked_for(run):
    for host in ASSERTIONS:
        assert "access_token" not in run.result(host, "Token")
        token = run.result(host, "Token shown")["access_token"]
        assert openssl.claims_of(token) == run.result(host, "Token shown")["claims"]
        for result in (run.result(host, task) for task in ("Token", "Token shown")):
            assert (result["changed"], result["expires_in"], result["token_type"]) == (False, 3600, "Bearer")
        assert token not in str([run.result(host, task) for task in ("Token", "Check", "Check the shown one")])


@pytest.mark.parametrize("task", ["Check", "Check the shown one"])
def test_the_check_says_whose_token_it_is(run, accounts, task):
    for host in ASSERTIONS:
        result = run.result(host, task)
        assert result["valid"] is True
        assert result["account"] == accounts[host].realm
        assert (result["role"], result["entity"]) == ("1000", "12")
        assert result["scope"][0] == "rest_webservices"
        assert abs(result["clock_skew"]) <= 1
        states = {check["name"]: check["status"] for check in result["checks"]}
        assert {states[name] for name in ("claims", "signature", "probe")} == {"ok"}
        assert result["diagnosis"] == []


def test_nothing_is_written_at_netsuite(run, accounts):
    assert run.changed == dict.fromkeys(ASSERTIONS, 0)
    assert {account.counters()["write_attempts"] for account in accounts.values()} == {0}


# Forms that Oracle's pages leave open: all of them are taken.
FORMS: dict[str, dict[str, Any]] = {
    "as strings": {"expires_in_type": "string", "token_type": "bearer"},
    "ps256": {"access_token_alg": "PS256", "jwks_requires_auth": True},
    "two keys": {"jwks_keys": 2},
    "strict": {"audience": "exact", "reject_replay": True, "preset": "spec"},
    "half an hour": {"token_lifetime": 1800},
}
# What passes by itself: the fault, and how many requests for a token it takes.
PASSING: dict[str, tuple[dict[str, Any], int]] = {
    "busy once": ({"kind": "status", "status": 429, "headers": {"Retry-After": "0"}}, 2),
    "busy twice": ({"kind": "status", "status": 503, "count": 2}, 3),
    "bad gateway": ({"kind": "status", "status": 502}, 2),
    "gateway timeout": ({"kind": "status", "status": 504, "body": "<html></html>"}, 2),
    "dropped": ({"kind": "drop"}, 2),
    "cut off": ({"kind": "half_body"}, 2),
    "answer lost": ({"kind": "drop", "when": "after"}, 2),
}
# What does not: it is asked once.
LASTING: dict[str, dict[str, Any]] = {
    "refused": {"kind": "status", "status": 401, "count": None},
    "server error": {"kind": "status", "status": 500, "count": None},
    "redirected": {"kind": "redirect", "count": None},
}


def test_forms_faults_and_redirects(controller, new_account):
    """One run: every published form is taken, what passes is waited for, nothing is sent to where a redirect points."""
    elsewhere = new_account()
    elsewhere.upload(P256.certificate)
    accounts = {name: new_account(**FORMS.get(name, {})) for name in (*FORMS, *PASSING, *LASTING)}
    for name, account in accounts.items():
        account.upload(P256.certificate)
        fault = PASSING[name][0] if name in PASSING else LASTING.get(name)
        if fault:
            target = {"location": f"{elsewhere.url}/services/rest/auth/oauth2/v1/token"} if name == "redirected" else {}
            account.fault("token", **{**fault, **target})
        options = account.options(private_key_content=P256.key, certificate_content=P256.certificate)
        controller.inventory.add(name.replace(" ", "_"), {"options": options})
    task = {"name": "Check", "m2m.netsuite.token_check": "{{ options }}", "ignore_errors": True}
    run = controller.tasks([task], "--forks", "10", quiet=False).expect(0)
    results = {name: run.result(name.replace(" ", "_"), "Check") for name in accounts}
    assert {name for name, result in results.items() if result["valid"]} == {*FORMS, *PASSING}
    asked = {name: account.counters()["requests"]["token"] for name, account in accounts.items()}
    assert asked == {
        **dict.fromkeys((*FORMS, *LASTING), 1),
        **{name: number for name, (_fault, number) in PASSING.items()},
    }
    assert elsewhere.counters()["requests"] == {}
    assert results["redirected"]["diagnosis"][0]["cause"] == "redirected"
