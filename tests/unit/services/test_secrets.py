# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Canaries: whatever the other side does, no key, passphrase, assertion or token is in a result or a warning."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import parse_qs

import jwt
import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations import (
    access_token,
    account_credentials,
    certificate_info,
    certificate_mapping,
    certificate_mapping_info,
    client_assertion,
    operation,
    token_check,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, Operation, execute

CLIENT_ID = "0123456789abcdef" * 4
PASSPHRASE = "PassphraseCanary-1"
BOOTSTRAP = "eyJhbGciOiJSUzI1NiJ9.eyJib290c3RyYXAiOiJjYW5hcnkifQ.Ym9vdHN0cmFwLWNhbmFyeQ"


class Cast:
    """A pair, the options of every operation, and what must never be seen."""

    def __init__(self, lab, server):
        self.lab, self.server = lab, server
        self.key = lab.key("secp256r1")
        self.certificate = lab.certificate(self.key, lab.now - timedelta(days=1))
        issued = int(lab.now.timestamp())
        claims = {"sub": "3;5", "aud": ["g;1234567", CLIENT_ID], "exp": issued + 3600, "scope": ["restlets"]}
        self.token = jwt.encode({**claims, "iss": "https://system.netsuite.com"}, lab.key("RSA-2048"), "RS256")

    def options(self, module, **changes):
        defaults = {name: spec.get("default") for name, spec in module.OPERATION.options.items()}
        mine = {
            "account_id": "1234567",
            "base_url": self.server.url,
            "client_id": CLIENT_ID,
            "private_key_content": keys.to_pem(self.key, PASSPHRASE),
            "private_key_passphrase": PASSPHRASE,
            "certificate_content": certificates.to_pem(self.certificate),
            "retries": 1,
            "timeout": 30.0,
            "role": "3",
            "entity": "5",
            **changes,
        }
        return {**defaults, **{name: value for name, value in mine.items() if name in defaults}}

    def run(self, module, check_mode=False, **changes):
        context = Context(check_mode=check_mode, clock=self.lab.now.timestamp, sleep=lambda seconds: None)
        result = execute(module.OPERATION, self.options(module, **changes), context)
        return result, json.dumps([result, context.warnings])

    def secrets(self, canaries):
        sent = [
            value for request in self.server.requests for value in parse_qs(request.body).get("client_assertion", [])
        ]
        signatures = [assertion.rpartition(".")[2] for assertion in sent]
        payloads = [assertion.split(".")[1] for assertion in sent if assertion.count(".") == 2]
        tokens = [self.token, self.token.rpartition(".")[2], BOOTSTRAP, BOOTSTRAP.rpartition(".")[2]]
        encrypted = keys.to_pem(self.key, PASSPHRASE).splitlines()[1:3]
        return [*canaries(self.key), PASSPHRASE, *sent, *signatures, *payloads, *tokens, *encrypted]


@pytest.fixture
def cast(lab, server):
    return Cast(lab, server)


def say(status, make):
    """An answer made of all that the request brought along, as misbehaving proxies and debugging pages give it."""

    def answer(handler):
        request = handler.server.requests[-1]
        sent = SimpleNamespace(
            assertion=parse_qs(request.body).get("client_assertion", ["none"])[0],
            token=request.headers.get("Authorization", "none"),
            body=request.body,
        )
        headers, content = make(sent)
        data = (json.dumps(content) if not isinstance(content, str) else content).encode()
        handler.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


ANSWERS = {
    "refusal": (401, {}, {"error": "invalid_client"}),
    "echo as error": say(400, lambda request: ({}, {"error": f"bad {request.assertion} {request.token}"})),
    "echo as description": say(
        400, lambda request: ({}, {"error": "x", "error_description": f"{request.body} {request.token}"})
    ),
    "echo as error code": say(
        403, lambda request: ({}, {"o:errorDetails": [{"o:errorCode": request.token + request.assertion}]})
    ),
    "echo as text": say(500, lambda request: ({}, f"Authorization: {request.token}\n{request.body}")),
    "echo as page": say(
        403, lambda request: ({}, f"<html><title>{request.assertion} {request.token}</title>{request.body}</html>")
    ),
    "echo as redirect": say(
        302, lambda request: ({"Location": f"https://x.example/{request.assertion[:60]}?t={request.assertion}"}, "")
    ),
    "echo as header": say(
        407, lambda request: ({"Via": request.assertion, "Server": request.token, "Set-Cookie": request.token}, "x")
    ),
    "echo as a good answer": say(200, lambda request: ({}, f"{request.body} {request.token}")),
    "no JSON": (200, {}, "<html>"),
    "gone": lambda handler: handler.connection.close(),
}
MODULES = [access_token, token_check, certificate_mapping, certificate_mapping_info, certificate_info, client_assertion]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("module", MODULES, ids=[module.__name__.rpartition(".")[2] for module in MODULES])
def test_nothing_secret_is_shown_whatever_the_answer(cast, canaries, module, answer):
    for answers in ([ANSWERS[answer]], [(200, {}, {"access_token": cast.token}), ANSWERS[answer]]):
        cast.server.requests.clear()
        cast.server.answers = answers
        result, shown = cast.run(module)
        if module is client_assertion:
            shown = shown.replace(result["assertion"], "")
        assert result.get("cause") != "defect", result
        assert not [secret for secret in cast.secrets(canaries) if secret in shown]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize(
    "module",
    [certificate_mapping, certificate_mapping_info, token_check],
    ids=["mapping", "mapping_info", "token_check"],
)
def test_nothing_of_a_given_token_is_shown(cast, canaries, module, answer):
    cast.server.answers = [ANSWERS[answer]]
    given = {"private_key_content": None, "private_key_passphrase": None, "access_token": BOOTSTRAP}
    result, shown = cast.run(module, **given)
    assert result.get("cause") != "defect", result
    assert not [secret for secret in cast.secrets(canaries) if secret in shown]


WRONG = [
    {"account_id": "evil.example"},
    {"base_url": "http://evil.example"},
    {"client_id": None},
    {"client_id": "3FA85F64-5717-4562-B3FC-2C963F66AFA6"},
    {"private_key_passphrase": None},
    {"private_key_passphrase": "WrongCanary"},
    {"private_key_content": "SecretCanary"},
    {"private_key_content": "-----BEGIN PRIVATE KEY-----\nSecretCanary\n-----END PRIVATE KEY-----"},
    {"private_key_content": "$ANSIBLE_VAULT;1.1;AES256\nSecretCanary"},
    {"certificate_content": "SecretCanary"},
    {"private_key_content": None, "private_key_path": "missing.pem"},
    {"certificate_content": None},
    {"algorithm": "RS256"},
    {"scope": ["mcp"]},
    {"assertion_lifetime": 4000},
    {"extra_claims": {"iss": "SecretCanary"}},
    {"extra_claims": {"x": b"SecretCanary"}},
    {"timeout": 0},
    {"credentials_path": "missing.yml"},
]


@pytest.mark.parametrize("wrong", WRONG, ids=[str(row)[:50] for row in WRONG])
@pytest.mark.parametrize("module", MODULES, ids=[module.__name__.rpartition(".")[2] for module in MODULES])
def test_nothing_secret_is_shown_of_wrong_options(cast, canaries, module, wrong):
    cast.server.answers = [(401, {}, {"error": "invalid_client"})]
    result, shown = cast.run(module, **wrong)
    assert result.get("cause") != "defect", result
    if module is client_assertion and "assertion" in result:
        shown = shown.replace(result["assertion"], "")
    seen = [*cast.secrets(canaries), "SecretCanary", "WrongCanary"]
    assert not [secret for secret in seen if secret in shown]


def test_what_a_user_asks_for_is_returned(cast):
    cast.server.answers = [(200, {}, {"access_token": cast.token, "expires_in": "3600"})]
    assert cast.run(access_token, return_token=True)[0]["access_token"] == cast.token
    assert cast.token not in cast.run(access_token)[1]


def test_a_token_type_is_no_way_out(cast, canaries):
    cast.server.answers = [say(200, lambda request: ({}, {"access_token": "x", "token_type": request.assertion}))]
    shown = cast.run(access_token)[1]
    assert not [secret for secret in cast.secrets(canaries) if secret in shown]


def test_a_server_time_is_no_way_out(cast, canaries):
    cast.server.answers = [
        (200, {}, {"access_token": cast.token}),
        say(200, lambda request: ({}, {"serverTime": f"{request.token} {BOOTSTRAP}"})),
    ]
    result, shown = cast.run(token_check, checks=["probe"])
    assert result["checks"][-1]["status"] == "ok"
    assert not [secret for secret in cast.secrets(canaries) if secret in shown]


@pytest.mark.parametrize("check_mode", [True, False])
def test_credentials_show_no_key(cast, canaries, tmp_path, vault, check_mode):
    context = Context(check_mode=check_mode, clock=cast.lab.now.timestamp, vault=vault)
    path = tmp_path / "c.yml"
    options = cast.options(
        account_credentials,
        credentials_path=str(path),
        private_key_content=None,
        key_type="EC",
        certificate_content=None,
    )
    result = execute(account_credentials.OPERATION, options, context)
    assert result["changed"], result
    document = result.pop("credential_document")
    shown = json.dumps([result, context.warnings])
    assert PASSPHRASE not in shown
    assert "PRIVATE KEY" not in shown
    assert "$ANSIBLE_VAULT" not in shown
    if check_mode:
        assert document is None
    else:
        assert document == path.read_text()
        assert "PRIVATE KEY" not in document
        envelope = next(line for line in path.read_text().splitlines() if "ANSIBLE_VAULT" in line)
        after = path.read_text().split(envelope)[1].split()[:3]
        assert not [line for line in after if line in shown]


def test_a_defect_names_the_place_and_not_the_values(cast):
    def run(options, context):
        raise RuntimeError(f"SecretCanary {options}")

    result = execute(Operation(run=run, options={}, libraries=()), {"x": "SecretCanary"}, Context())
    assert result["cause"] == "defect"
    assert "RuntimeError at test_secrets.py:" in result["msg"]
    assert "SecretCanary" not in json.dumps(result)


def test_a_foreseen_error_becomes_a_result():
    def run(options, context):
        raise M2MError("It broke", "Mend it", cause="broken", where="here")

    result = execute(Operation(run=run, options={}, libraries=()), {}, Context())
    assert result == {
        "failed": True,
        "changed": False,
        "msg": "It broke. Mend it.",
        "cause": "broken",
        "fix": "Mend it",
        "where": "here",
    }


def test_an_operation_names_its_rules():
    made = Operation(run=lambda options, context: {}, options={}, required_if=(("a", "b", ("c",)),))
    assert made.constraints()["required_if"] == (("a", "b", ("c",)),)
    assert operation.Context().now().tzinfo is not None
