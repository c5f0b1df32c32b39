# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Against oidc-provider, an authorization server of other people: what it takes, and why it refuses the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import access_token, token_check
from ansible_collections.m2m.netsuite.tests.interop.pairs import ALGORITHMS, WITH_RS256_TOKENS, Pair
from ansible_collections.m2m.netsuite.tests.interop.programs import AuthorizationServer, pad, parts
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.controller import Controller

TOKEN = "/services/rest/auth/oauth2/v1/token"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def send(server: AuthorizationServer, assertion: str) -> requests.Response:
    """A token request without this collection."""
    form = {"grant_type": "client_credentials", "client_assertion_type": TYPE, "client_assertion": assertion}
    return requests.post(f"{server.base_url}{TOKEN}", data=form, timeout=10)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_assertion_is_taken(
    algorithm: str, pairs: dict[str, Pair], authorization_server: AuthorizationServer
) -> None:
    answer = send(authorization_server, pairs[algorithm].assertion(authorization_server.base_url))
    assert answer.status_code == 200, (answer.text, authorization_server.said)
    assert answer.json()["access_token"].count(".") == 2


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_access_token_gets_one(
    algorithm: str, pairs: dict[str, Pair], authorization_server: AuthorizationServer
) -> None:
    options = pairs[algorithm].options(base_url=authorization_server.base_url, return_token=True)
    result = run_operation(access_token.OPERATION, **options)
    assert not result.get("failed"), (result, authorization_server.said)
    assert result["expires_in"] == 3600
    assert result["token_type"] == "Bearer"
    header, claims, _input, _signature = parts(result["access_token"])
    assert header["alg"] == "PS256"
    assert result["claims"] == claims
    assert claims["client_id"] == pairs[algorithm].client_id


def _bent(jws: str) -> str:
    head, body, signature = jws.split(".")
    return f"{head}.{body}.{signature[:20]}{'A' if signature[20] != 'A' else 'B'}{signature[21:]}"


def _with_header(jws: str, **changes: Any) -> str:
    header, _claims, _input, _signature = parts(jws)
    head = pad(json.dumps({**header, **changes}).encode())
    return ".".join([head, *jws.split(".")[1:]])


def _with_claims(jws: str, **changes: Any) -> str:
    _header, claims, _input, _signature = parts(jws)
    head, _body, signature = jws.split(".")
    return f"{head}.{pad(json.dumps({**claims, **changes}).encode())}.{signature}"


TAMPERED = {
    "signature": (_bent, "signature"),
    "a claim after signing": (lambda jws: _with_claims(jws, scope=["suite_analytics"]), "signature"),
    "exp after signing": (lambda jws: _with_claims(jws, exp=4102444800), "signature"),
    "iss": (lambda jws: _with_claims(jws, iss="somebody"), "iss (JWT issuer) must be the client_id"),
    "aud": (lambda jws: _with_claims(jws, aud="https://example.com/token"), "audience"),
    "alg": (lambda jws: _with_header(jws, alg="RS256"), "alg mismatch"),
    "alg none": (lambda jws: _with_header(jws, alg="none").rpartition(".")[0] + ".", "alg mismatch"),
    "kid": (lambda jws: _with_header(jws, kid="x" * 43), "key"),
}


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("part", TAMPERED)
def test_a_tampered_assertion_is_refused(
    part: str, algorithm: str, pairs: dict[str, Pair], authorization_server: AuthorizationServer
) -> None:
    tamper, reason = TAMPERED[part]
    text = tamper(pairs[algorithm].assertion(authorization_server.base_url))
    answer, explanation = authorization_server.reason(lambda: send(authorization_server, text))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert reason in explanation


def _refusal(server: AuthorizationServer, options: dict[str, Any]) -> tuple[dict[str, Any], str]:
    result, explanation = server.reason(
        lambda: run_operation(access_token.OPERATION, base_url=server.base_url, **options)
    )
    assert (result["failed"], result["cause"]) == (True, "token_refused"), result
    assert (result["status"], result["error"]) == (401, "invalid_client")
    return result, explanation


def test_a_signature_for_another_audience_is_refused(pairs, authorization_server):
    options = pairs["ES256"].options(audience="https://1234567.suitetalk.api.netsuite.com/token")
    assert "audience" in _refusal(authorization_server, options)[1]


def test_an_assertion_is_taken_once(pairs, authorization_server):
    text = pairs["PS256"].assertion(authorization_server.base_url)
    options = {"account_id": "1234567", "assertion": text}
    first = run_operation(access_token.OPERATION, base_url=authorization_server.base_url, **options)
    assert not first.get("failed"), first
    assert "only be used once" in _refusal(authorization_server, options)[1]


def test_an_algorithm_that_is_not_registered_is_refused(pairs, authorization_server):
    options = pairs["PS256"].options(algorithm="PS512")
    assert "alg mismatch" in _refusal(authorization_server, options)[1]


def test_another_key_is_refused(pairs, authorization_server):
    client = {"client_id": pairs["PS256"].client_id, "extra_claims": {"sub": pairs["PS256"].client_id}}
    assert "alg mismatch" in _refusal(authorization_server, pairs["ES256"].options(**client))[1]
    assert "key" in _refusal(authorization_server, pairs["PS384"].options(**client, algorithm="PS256"))[1]


def test_an_expired_assertion_is_refused(pairs, authorization_server, monkeypatch):
    from ansible_collections.m2m.netsuite.plugins.module_utils.operations import client_assertion
    from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context

    past = Context(clock=lambda: 1_700_000_000.0)
    made = run_operation(
        client_assertion.OPERATION, past, **pairs["ES384"].options(base_url=authorization_server.base_url)
    )
    # The certificate was not valid then, so the assertion is made without it.
    assert made.get("failed"), made
    bare = pairs["ES384"].options(base_url=authorization_server.base_url)
    bare = {**bare, "certificate_path": None, "certificate_id": pairs["ES384"].certificate_id}
    made = run_operation(client_assertion.OPERATION, past, **{name: value for name, value in bare.items() if value})
    options = {"account_id": "1234567", "assertion": made["assertion"]}
    assert "expired" in _refusal(authorization_server, options)[1]


@pytest.mark.parametrize(("client", "algorithm"), [(None, "PS256"), (WITH_RS256_TOKENS, "RS256")])
def test_token_check_verifies_its_tokens_with_its_keys(client, algorithm, pairs, authorization_server):
    named = {"client_id": client, "extra_claims": {"sub": client}} if client else {}
    options = pairs["PS256"].options(base_url=authorization_server.base_url, **named)
    token = run_operation(access_token.OPERATION, **options, return_token=True)["access_token"]
    assert parts(token)[0]["alg"] == algorithm
    result = run_operation(token_check.OPERATION, **options, checks=["signature"])
    assert result["valid"], result
    statuses = {check["name"]: check["status"] for check in result["checks"]}
    assert statuses == {"preflight": "ok", "token": "ok", "claims": "skipped", "signature": "ok", "probe": "skipped"}


def test_token_check_refuses_a_token_that_was_bent(pairs, authorization_server):
    options = pairs["ES512"].options(base_url=authorization_server.base_url, return_token=True)
    token = run_operation(access_token.OPERATION, **options)["access_token"]
    place = {"account_id": "1234567", "base_url": authorization_server.base_url, "checks": ["signature"]}
    assert run_operation(token_check.OPERATION, access_token=token, **place)["valid"]
    bent = run_operation(token_check.OPERATION, access_token=_bent(token), fail_on_invalid=False, **place)
    assert [cause["cause"] for cause in bent["diagnosis"]] == ["token_signature"]


def test_token_check_says_that_it_is_not_netsuite(pairs, authorization_server):
    options = pairs["ES256"].options(base_url=authorization_server.base_url, checks=["claims"], fail_on_invalid=False)
    result = run_operation(token_check.OPERATION, **options)
    assert result["diagnosis"][0]["cause"] == "token_issuer"


def test_token_check_names_an_unregistered_client_among_the_first(pairs, authorization_server):
    options = pairs["ES256"].options(
        base_url=authorization_server.base_url, client_id="9" * 64, extra_claims={"sub": "9" * 64}
    )
    result = run_operation(token_check.OPERATION, **options, fail_on_invalid=False)
    assert [cause["cause"] for cause in result["diagnosis"]][:2] == ["certificate_not_mapped", "wrong_client"]


def test_a_playbook_gets_a_token(pairs, authorization_server, controller: Controller):
    controller.inventory.add("localhost", {})
    options = pairs["PS512"].options(base_url=authorization_server.base_url)
    tasks = [
        {"name": "Sign", "m2m.netsuite.client_assertion": options, "register": "signed", "no_log": True},
        {
            "name": "Exchange",
            "m2m.netsuite.access_token": {
                "account_id": "1234567",
                "base_url": authorization_server.base_url,
                "assertion": "{{ signed.assertion }}",
            },
        },
        {"name": "Get", "m2m.netsuite.access_token": options},
        {"name": "Check", "m2m.netsuite.token_check": {**options, "checks": ["signature"]}},
    ]
    run = controller.tasks(tasks, vault=False).expect(0)
    assert run.result("localhost", "Get")["claims"]["client_id"] == pairs["PS512"].client_id
    assert run.result("localhost", "Check")["valid"] is True
