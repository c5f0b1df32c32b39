# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's side: accounts, records, bootstrap, refresh."""

from __future__ import annotations

import secrets

import pytest

from ansible_collections.m2m.netsuite.tests.support.canaries import JWT


def rejection_reason(simulator, method: str, path: str, json: object = None, status: int = 400) -> str:
    return simulator.admin(method, path, json, status)["error"]["message"]


def fresh() -> dict:
    return {"account_id": f"TSTDRV{secrets.randbelow(10**9)}", "client_id": secrets.token_hex(32)}


def test_shorthand_fills_in_the_rest(simulator):
    given = fresh()
    account = simulator.admin("POST", "accounts", given)
    assert account["account_id"] == given["account_id"]
    assert account["label"] == given["account_id"].lower()
    assert account["features"] == {"oauth2": True, "rest_webservices": True}
    (integration,) = account["integrations"]
    assert integration["client_id"] == given["client_id"]
    assert (integration["state"], integration["client_credentials"]) == ("enabled", True)
    assert integration["scopes"] == ["rest_webservices", "restlets", "suite_analytics"]
    roles = {role["id"]: role for role in account["roles"]}
    assert (roles[3]["name"], roles[3]["permissions"]) == ("Administrator", "all")
    assert "manage own oauth 2.0 client credentials certificates" not in roles[1000]["permissions"]
    assert "manage own oauth 2.0 client credentials certificates" in roles[1001]["permissions"]
    assert [entity["id"] for entity in account["entities"]] == [-5, 12]
    assert account["mappings"] == []


def test_full_form(simulator):
    full = {
        "account_id": f"{secrets.randbelow(10**9)}-sb2",
        "integrations": [
            {
                "client_id": secrets.token_hex(32),
                "application_id": "11111111-2222-3333-4444-555555555555",
                "id": 7,
                "name": "Patchworks",
                "state": "blocked",
                "client_credentials": False,
                "scopes": ["restlets", "mcp"],
            }
        ],
        "roles": [{"id": 5, "name": "Five", "permissions": ["REST Web Services"], "active": False}],
        "entities": [{"id": 9, "name": "Nine", "active": False, "roles": [5]}],
        "features": {"oauth2": False},
        "settings": {"preset": "spec"},
        "scripts": ["1"],
    }
    account = simulator.admin("POST", "accounts", full)
    assert account["account_id"].endswith("_SB2")
    of_code_grant = {"authorization_code": True, "public_client": False, "redirect_uris": []}
    assert account["integrations"][0] == full["integrations"][0] | {"scopes": ["mcp", "restlets"], **of_code_grant}
    assert account["roles"] == [{"id": 5, "name": "Five", "permissions": ["rest web services"], "active": False}]
    assert account["entities"] == [{"id": 9, "name": "Nine", "active": False}]
    assert account["features"] == {"oauth2": False, "rest_webservices": True}
    assert account["settings"] == {"preset": "spec"}


BAD = {
    "unknown key": ({"clientid": "x"}, "unknown key clientid"),
    "account id": ({"account_id": "evil.example/x?"}, "account_id must look like"),
    "no account id": ({"account_id": None}, "account_id must look like"),
    "client id": ({"client_id": "D0E2C9A4-2BA4-5F6F-8B0F-C86417DFA467"}, "64 hexadecimal characters"),
    "both forms": ({"integrations": []}, "either client_id or integrations"),
    "roles": ({"roles": {}}, "must be a list"),
    "role key": ({"roles": [{"id": 3, "permission": []}]}, "unknown key permission"),
    "role id": ({"roles": [{"id": "3"}]}, "must be a number"),
    "role twice": ({"roles": [{"id": 3}, {"id": 3}]}, "given twice"),
    "permissions": ({"roles": [{"id": 3, "permissions": "some"}]}, "must be a list"),
    "entity name": ({"entities": [{"id": 3, "name": ""}]}, "must be a text"),
    "entity flag": ({"entities": [{"id": 3, "active": "yes"}]}, "true or false"),
    "feature": ({"features": {"oauth3": True}}, "unknown key oauth3"),
    "knob": ({"settings": {"presett": "spec"}}, "unknown knob 'presett'"),
    "knob value": ({"settings": {"preset": "x"}}, "preset must be one of observed, spec"),
    "knob type": ({"settings": {"upload_status": "200"}}, "upload_status must be a int"),
    "knob boolean": ({"settings": {"retry_after": True}}, "retry_after must be a int"),
    "knob least": ({"settings": {"retry_after": -1}}, "at least 0"),
    "errors": ({"settings": {"errors": {"nothing": {}}}}, "unknown condition 'nothing'"),
    "errors key": ({"settings": {"errors": {"expired": {"code": 1}}}}, "status and error only"),
    "errors status": ({"settings": {"errors": {"expired": {"status": 200}}}}, "from 400 to 599"),
    "errors error": ({"settings": {"errors": {"expired": {"error": 1}}}}, "must be a string"),
}


@pytest.mark.parametrize("case", BAD)
def test_refused_account(simulator, case):
    change, text = BAD[case]
    assert text in rejection_reason(simulator, "POST", "accounts", fresh() | change)


def test_lists_of_accounts_are_all_or_nothing(simulator):
    good, taken = fresh(), fresh()
    simulator.admin("POST", "accounts", taken)
    assert "is there already" in rejection_reason(simulator, "POST", "accounts", [good, taken])
    label = good["account_id"].lower()
    assert label not in simulator.admin("GET", "state")["accounts"]
    assert len(simulator.admin("POST", "accounts?replace=true", [good, taken])) == 2
    assert simulator.admin("DELETE", f"accounts/{label}") == {"removed": label}
    rejection_reason(simulator, "GET", f"accounts/{label}", status=404)


def test_patch_is_all_or_nothing(stage):
    before = stage.admin("GET")
    change = {"features": {"oauth2": False}, "roles": [{"id": 3, "active": "no"}]}
    stage.admin("PATCH", json=change, status=400)
    assert stage.admin("GET") == before
    for bad in ({"integrations": [{"state": "off"}]}, {"entities": [5]}, {"x": 1}, [], {"settings": []}):
        stage.admin("PATCH", json=bad, status=400)


def test_patch_adds_and_merges(stage):
    change = {
        "integrations": [{"client_id": "a" * 64, "name": "Second"}],
        "roles": [{"id": 1000, "name": "Renamed"}, {"id": 77}],
        "entities": [{"id": 13}],
    }
    account = stage.admin("PATCH", json=change)
    assert [entry["id"] for entry in account["integrations"]] == [101, 102]
    roles = {role["id"]: role for role in account["roles"]}
    assert roles[1000]["name"] == "Renamed"
    assert "rest web services" in roles[1000]["permissions"]
    assert 77 in roles
    assert stage.token()


def test_settings_layers(stage, simulator):
    try:
        simulator.admin("PATCH", "settings", {"token_type": "bearer"})
        assert stage.ask().json()["token_type"] == "bearer"
        stage.knobs(token_type="Bearer")
        assert stage.ask().json()["token_type"] == "Bearer"
        stage.knobs(token_type=None)
        assert stage.ask().json()["token_type"] == "bearer"
    finally:
        simulator.admin("PATCH", "settings", {"token_type": None})
    assert stage.ask().json()["token_type"] == "Bearer"
    assert "unknown knob" in rejection_reason(simulator, "PATCH", "settings", {"x": 1})


def test_upload_by_the_administrator(stage, tools):
    pem = tools.to_pem(tools.make_certificate(tools.make_key("p384")))
    body = {"certificate": pem, "role": "1000", "entity": 12, "client_id": stage.client_id}
    planned = stage.admin("POST", "certificates?dry_run=true", body, status=201)
    assert len(stage.admin("GET")["mappings"]) == 1
    mapping = stage.admin("POST", "certificates", body, status=201)
    assert mapping == planned
    assert (mapping["role"]["id"], mapping["entity"]["id"], mapping["algorithm"]) == (1000, 12, "EC")
    assert stage.admin("POST", "certificates", body, status=200) == mapping
    assert stage.admin("POST", "certificates?dry_run=true", body, status=200) == mapping
    state = stage.admin("GET")["mappings"]
    assert state[1] == mapping | {"client_id": stage.client_id, "active": True}


def test_upload_by_the_administrator_follows_the_rules(stage, tools):
    pem = tools.to_pem(tools.make_certificate(tools.make_key("rsa2048")))
    body = {"certificate": pem, "role": 1000, "entity": 12}
    assert stage.admin("POST", "certificates", body, status=409)["error"]["code"] == "certificate_key"
    stage.admin("POST", "certificates", body | {"role": "x"}, status=400)
    stage.admin("POST", "certificates", body | {"client_id": "x"}, status=400)
    stage.admin("POST", "certificates", body | {"other": 1}, status=400)


def test_revocation_by_the_administrator(stage):
    path = f"certificates/{stage.kid}/revoke"
    assert stage.admin("POST", path) == {"certificate_id": stage.kid, "revoked": True, "changed": True}
    assert stage.admin("POST", path)["changed"] is False
    assert stage.admin("POST", "certificates/x/revoke", status=409)["error"]["code"] == "mapping_unknown"


@pytest.mark.parametrize("kills", [True, False])
def test_sandbox_refresh(stage, tools, kills):
    stage.knobs(refresh_kills_tokens=kills)
    token = stage.token()
    assert stage.admin("POST", "refresh") == {"removed_mappings": 1}
    assert stage.admin("GET")["mappings"] == []
    assert stage.ask().status_code == 500
    assert stage.last_failure() == "certificate_unknown"
    assert stage.call("GET", tools.server_time, token).status_code == (401 if kills else 200)
    assert stage.call("GET", tools.server_time, stage.admin_token()).status_code == 200


def test_bootstrap_token(stage, tools):
    token = stage.admin_token(scope=["restlets"], client_id=stage.client_id, lifetime=5)
    assert stage.call("GET", "/app/site/hosting/restlet.nl?script=1&deploy=1", token).status_code == 200
    for bad in ({"role": 9}, {"scope": "restlets"}, {"scope": ["x"]}, {"lifetime": "5"}, {"client_id": "x"}):
        stage.admin("POST", "bootstrap_token", {"role": 3, "entity": -5} | bad, status=400)
    stage.admin("POST", "bootstrap_token", {"role": 3}, status=400)


def test_counters(stage, simulator, tools):
    token = stage.admin_token()
    stage.token()
    stage.ask("x")
    pem = tools.to_pem(tools.make_certificate(tools.make_key("p384")))
    identifier = stage.upload(token, pem).json()["certificate_id"]
    stage.upload(token, pem)
    stage.revoke(token, identifier)
    stage.call("GET", tools.server_time)
    counters = simulator.admin("GET", "counters")
    assert counters["by_account"][stage.label] == {
        "requests": {"token": 2, "certificates.upload": 2, "certificates.revoke": 1, "server_time": 1},
        "writes": 2,
        "write_attempts": 3,
        "tokens": 1,
    }
    assert counters["writes"] >= 2
    assert counters["requests"]["token"] >= 2
    assert simulator.admin("POST", "counters/reset") == {"reset": True}
    assert simulator.admin("GET", "counters")["by_account"] == {}


def test_audit_trail(stage, simulator):
    stage.token()
    entry = stage.audit()[0]
    assert {"time", "account", "route", "status", "detail", "application"} <= set(entry)
    everything = simulator.admin("GET", "audit")
    assert entry in everything
    simulator.admin("DELETE", "audit")
    assert stage.audit() == []


def test_condition_table(simulator):
    table = simulator.admin("GET", "conditions")
    assert table["certificate_unknown"]["detail"] == "MissingKey"
    assert table["certificate_unknown"]["spec"] == [401, "invalid_client"]
    assert table["certificate_unknown"]["observed"] == [500, "server_error"]


def test_only_for_loopback_programs(simulator):
    url = f"{simulator.base_url}/_admin/state"
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        answer = simulator.session.get(url, headers=headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")
    assert simulator.session.get(url, headers={"Host": "localhost:1"}).status_code == 200


def test_unknown_requests(simulator, stage):
    for method, path in (
        ("GET", "nothing"),
        ("PUT", "state"),
        ("GET", ""),
        ("POST", f"accounts/{stage.label}/nothing"),
    ):
        simulator.admin(method, path, status=404)
    answer = simulator.session.post(f"{simulator.base_url}/_admin/accounts", data="{")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


def test_state_holds_no_secrets(simulator, stage):
    token = stage.token()
    text = simulator.session.get(f"{simulator.base_url}/_admin/state").text
    assert stage.kid in text
    for secret in ("PRIVATE KEY", token, "access_token"):
        assert secret not in text
    assert JWT.search(token)
    assert not JWT.search(text)
