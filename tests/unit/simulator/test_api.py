# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bearer checks, the small REST endpoints, hosts, limits."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import pytest
import requests

CATALOG = "/services/rest/record/v1/metadata-catalog"
GOVERNANCE = "/services/rest/system/v1/governanceLimits"
RESTLET = "/app/site/hosting/restlet.nl?script=1&deploy=2"
SUITEQL = "/services/rest/query/v1/suiteql"
INVALID_LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)


def is_invalid_login(stage, answer, condition: str, detail: str) -> None:
    entry = stage.audit()[-1]
    assert (entry["status"], entry["condition"], entry["detail"]) == ("Failure", condition, detail)
    assert answer.status_code == 401
    assert answer.json() == {
        "type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15.5.2",
        "title": "Unauthorized",
        "status": 401,
        "o:errorDetails": [{"detail": INVALID_LOGIN, "o:errorCode": "INVALID_LOGIN"}],
    }
    challenge = 'error="invalid_token", error_description="Invalid login attempt."'
    assert answer.headers["WWW-Authenticate"] == f'Bearer realm="{stage.account_id}", {challenge}'


def test_server_time(stage, tools):
    answer = stage.call("GET", tools.server_time, stage.token())
    assert answer.status_code == 200
    stamp = answer.json()["serverTime"]
    assert stamp.endswith("Z")
    assert abs(datetime.fromisoformat(stamp).timestamp() - time.time()) < 5


def test_no_token(stage, tools):
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
        answer = stage.call("GET", tools.server_time, headers=headers)
        is_invalid_login(stage, answer, "login_missing", "TokenRejected")


def test_wrong_tokens(stage, make_stage, tools):
    other = make_stage()
    cases = [
        ("nonsense", "token_rejected", "TokenRejected"),
        (stage.token()[:-8] + "AAAAAAAA", "token_rejected", "TokenRejected"),
        (other.token(), "token_rejected", "TokenRejected"),
        (stage.sign(), "token_wrong_kind", "InvalidTokenType"),
        (stage.admin_token(lifetime=-5), "token_expired", "AccessTokenExpired"),
    ]
    for token, condition, detail in cases:
        answer = stage.call("GET", tools.server_time, token)
        is_invalid_login(stage, answer, condition, detail)


def test_cookie_knob(stage, tools):
    token = stage.token()
    answer = stage.call("GET", tools.server_time, token, headers={"Cookie": "a=b"})
    is_invalid_login(stage, answer, "cookie", "TokenRejected")
    stage.knobs(cookie_is_401=False)
    assert stage.call("GET", tools.server_time, token, headers={"Cookie": "a=b"}).status_code == 200


STATES = {
    "api_feature": ({"features": {"oauth2": False}}, "FeatureDisabled"),
    "api_integration": ({"integrations": [{"state": "blocked"}]}, "IntegrationBlocked"),
    "api_role_or_entity": ({"entities": [{"id": 12, "active": False}]}, "EntityOrRoleDisabled"),
    "api_login_permission": ({"roles": [{"id": 1000, "permissions": ["REST Web Services"]}]}, "InsufficientPermission"),
}


@pytest.mark.parametrize("condition", STATES)
def test_account_changes_after_the_token(stage, tools, condition):
    change, detail = STATES[condition]
    token = stage.token()
    stage.admin("PATCH", json=change)
    is_invalid_login(stage, stage.call("GET", tools.server_time, token), condition, detail)


def test_token_is_issued_without_login_permission(stage, tools):
    stage.admin("PATCH", json={"roles": [{"id": 1000, "permissions": []}]})
    is_invalid_login(
        stage, stage.call("GET", tools.server_time, stage.token()), "api_login_permission", "InsufficientPermission"
    )


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({"features": {"rest_webservices": False}}, "rest_feature"),
        ({"roles": [{"id": 1000, "permissions": ["Log in using OAuth 2.0 Access Tokens"]}]}, "api_permission"),
    ],
)
def test_forbidden(stage, tools, change, condition):
    stage.admin("PATCH", json=change)
    answer = stage.call("GET", tools.server_time, stage.token())
    body = answer.json()
    assert (answer.status_code, body["title"], stage.last_failure()) == (403, "Forbidden", condition)
    assert body["o:errorDetails"][0]["o:errorCode"] == "INSUFFICIENT_PERMISSION"


def test_wrong_scope_knob(stage, tools):
    token = stage.token(scope="restlets")
    answer = stage.call("GET", tools.server_time, token)
    assert (answer.status_code, answer.json()["o:errorDetails"][0]["o:errorCode"]) == (403, "INSUFFICIENT_PERMISSION")
    stage.knobs(wrong_scope_status=401)
    is_invalid_login(stage, stage.call("GET", tools.server_time, token), "api_scope", "ScopeMismatched")


def test_suiteql(stage):
    token, query = stage.token(), {"q": "SELECT 1 AS one, 'a b' name FROM dual"}
    answer = stage.call("POST", SUITEQL, token, json=query)
    detail = answer.json()["o:errorDetails"][0]
    assert (answer.status_code, detail["o:errorCode"], detail["o:errorHeader"]) == (400, "INVALID_REQUEST", "Prefer")
    assert 'error="invalid_request"' in answer.headers["WWW-Authenticate"]
    assert stage.last_failure() == "prefer_missing"
    prefer = {"Prefer": "transient"}
    body = stage.call("POST", SUITEQL + "?limit=1", token, json=query, headers=prefer).json()
    assert set(body) == {"links", "count", "hasMore", "items", "offset", "totalResults"}
    assert body["items"] == [{"links": [], "one": "1", "name": "a b"}]
    other = {"q": "SELECT id FROM customer"}
    assert stage.call("POST", SUITEQL, token, json=other, headers=prefer).json()["items"] == []
    for data in ("{", '{"q": 5}', "[]", '{"q": "DROP TABLE x"}'):
        headers = prefer | {"Content-Type": "application/json"}
        answer = stage.call("POST", SUITEQL, token, data=data, headers=headers)
        assert (answer.status_code, stage.last_failure()) == (400, "api_content")
    assert stage.call("GET", SUITEQL, token).status_code == 405


def test_suiteql_tells_names_to_a_role_that_may_see_them(stage):
    prefer = {"Prefer": "transient"}

    def ask(query: str, *parameters: str, token: str | None = None):
        body = {"q": query, "params": list(parameters)} if parameters else {"q": query}
        return stage.call("POST", SUITEQL, token or stage.admin_token(), json=body, headers=prefer)

    (role,) = ask("SELECT id, name FROM role WHERE id = 1000").json()["items"]
    assert role == {"links": [], "id": "1000", "name": role["name"]}
    by_name = "SELECT ID FROM Role WHERE UPPER(Name) = ?"
    assert ask(by_name, role["name"].upper()).json()["items"] == [{"links": [], "id": "1000"}]
    assert ask(by_name, role["name"]).json()["items"] == ([] if role["name"] != role["name"].upper() else [role])
    people = [one["id"] for one in ask("SELECT id, entityid FROM employee").json()["items"]]
    assert {"-5", "12"} <= set(people)
    stage.admin("PATCH", json={"settings": {"suiteql_entities": "entity"}})
    assert len(ask("SELECT id, entityid FROM entity").json()["items"]) == len(people)
    for query in (
        "SELECT id, entityid FROM employee",
        "SELECT id FROM nothing",
        "SELECT colour FROM role",
        "SELECT id FROM role WHERE colour = 1",
        "SELECT id FROM role WHERE id LIKE 1",
        "SELECT id FROM role WHERE id = ?",
        "SELECT colour",
    ):
        assert (ask(query).status_code, stage.last_failure()) == (400, "query")
    answer = ask("SELECT id, name FROM role", token=stage.token())
    assert "Record 'role' was not found" in answer.json()["o:errorDetails"][0]["detail"]
    stage.admin("PATCH", json={"roles": [{"id": 1000, "permissions": ["log in using oauth 2.0 access tokens"]}]})
    assert ask("SELECT 1 AS one", token=stage.token()).status_code == 403


def test_catalog_and_limits(stage):
    token = stage.token()
    items = stage.call("GET", CATALOG, token).json()["items"]
    assert items[0]["name"] == "customer"
    assert stage.call("GET", GOVERNANCE, token).status_code == 403
    assert stage.call("GET", GOVERNANCE, stage.admin_token()).json()["accountConcurrencyLimit"] == 5


def test_restlet(stage):
    token = stage.token(scope="restlets")
    answer = stage.call("PUT", RESTLET, token)
    assert answer.json() == {"script": "1", "deploy": "2", "method": "PUT", "role": 1000, "entity": 12}
    answer = stage.call("GET", RESTLET)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_LOGIN_ATTEMPT")
    answer = stage.call("GET", RESTLET, stage.token())
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "INSUFFICIENT_PERMISSION")
    answer = stage.call("GET", RESTLET.partition("&")[0], token)
    assert (answer.status_code, stage.last_failure()) == (400, "restlet_arguments")
    stage.admin("PATCH", json={"scripts": ["7"]})
    answer = stage.call("GET", RESTLET, token)
    assert answer.json()["error"]["code"] == "SSS_INVALID_SCRIPTLET_ID"
    assert stage.last_failure() == "restlet_unknown"
    assert stage.call("GET", RESTLET.replace("script=1", "script=7"), token).status_code == 200


def by_host(stage, service: str, method: str, path: str, token: str | None = None, **options):
    headers = {"Host": f"{stage.label}.{service}.api.netsuite.com"}
    return stage.call(method, stage.simulator.base_url + path, token, headers=headers, **options)


def test_hosts_answer_their_own_paths(stage, tools):
    token = stage.token(scope="rest_webservices,restlets")
    assert by_host(stage, "suitetalk", "GET", tools.server_time, token).status_code == 200
    assert by_host(stage, "restlets", "GET", tools.server_time, token).status_code == 404
    assert by_host(stage, "restlets", "GET", RESTLET, token).status_code == 200
    answer = by_host(stage, "suitetalk", "GET", RESTLET, token)
    assert (answer.status_code, stage.last_failure()) == (403, "restlet_domain")
    certificates = stage.certificates_url.removeprefix(stage.url)
    for service in ("restlets", "suitetalk"):
        assert by_host(stage, service, "GET", certificates, stage.admin_token()).status_code == 200
    stage.knobs(certificates_on_suitetalk=False)
    assert by_host(stage, "suitetalk", "GET", certificates, stage.admin_token()).status_code == 404
    assert by_host(stage, "restlets", "GET", certificates, stage.admin_token()).status_code == 200
    assert by_host(stage, "restlets", "POST", "/services/rest/auth/oauth2/v1/token").status_code == 404


def test_audience_by_host(stage):
    url = f"https://{stage.label}.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
    stage.knobs(audience="exact")
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": stage.sign(stage.claims(aud=url)),
    }
    answer = by_host(stage, "suitetalk", "POST", "/services/rest/auth/oauth2/v1/token", data=form)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/_acct/", "/_acct/nobody/services", "/services/rest/system/v1/serverTime"])
def test_unknown_accounts(simulator, path):
    answer = simulator.session.get(simulator.base_url + path)
    assert (answer.status_code, answer.json()) == (404, {"error": "unknown_account"})


def test_unknown_paths(stage):
    for path in (
        "/",
        "/services/rest",
        "/services/rest/auth/oauth2/v1/clients/x/y",
        "/services/rest/auth/oauth2/v2/token",
    ):
        answer = stage.call("GET", path)
        assert (answer.status_code, stage.last_failure()) == (404, "not_found")
        assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "NOT_FOUND"


def crowd(stage, faults, path: str, token: str, route: str) -> requests.Response:
    """Hold one request in flight, make another meanwhile and return that one's answer."""
    faults(stage, route, "delay", seconds=0.15)
    first = threading.Thread(
        target=lambda: requests.get(stage.url + path, headers={"Authorization": f"Bearer {token}"})
    )
    first.start()
    time.sleep(0.06)
    answer = stage.call("GET", path, token)
    first.join()
    return answer


def test_concurrency_limit(stage, faults, tools):
    token = stage.token(scope="rest_webservices,restlets")
    assert crowd(stage, faults, tools.server_time, token, "server_time").status_code == 200
    stage.knobs(concurrency_limit=1)
    answer = crowd(stage, faults, tools.server_time, token, "server_time")
    body = answer.json()
    assert (answer.status_code, body["title"], body["status"]) == (429, "Bad Request", 429)
    detail = {
        "detail": "Concurrent request limit exceeded. Request blocked.",
        "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED",
    }
    assert body["o:errorDetails"] == [detail]
    assert "Retry-After" not in answer.headers
    stage.knobs(retry_after=7)
    assert crowd(stage, faults, tools.server_time, token, "server_time").headers["Retry-After"] == "7"
    answer = crowd(stage, faults, RESTLET, token, "restlet")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "SSS_REQUEST_LIMIT_EXCEEDED")
    stage.knobs(overload_as_401=True)
    answer = crowd(stage, faults, tools.server_time, token, "server_time")
    assert (answer.status_code, answer.json()["o:errorDetails"][0]["detail"]) == (401, INVALID_LOGIN)
    conditions = [entry["condition"] for entry in stage.audit() if entry["status"] == "Failure"]
    assert conditions == ["concurrency", "concurrency", "restlet_concurrency", "token_rejected"]


def test_token_requests_may_count(stage, faults):
    stage.knobs(concurrency_limit=1, concurrency_counts_tokens=False)
    for counts, status in ((False, 200), (True, 429)):
        stage.knobs(concurrency_counts_tokens=counts)
        faults(stage, "token", "delay", seconds=0.15)
        first = threading.Thread(target=lambda: requests.post(stage.token_url))
        first.start()
        time.sleep(0.06)
        assert stage.ask().status_code == status
        first.join()


def test_protocol_limits(stage):
    answer = requests.post(stage.token_url, data=iter([b"a"]))
    assert answer.status_code == 411
    answer = requests.post(stage.token_url, data=b"a" * (1024 * 1024 + 1))
    assert answer.status_code == 413
    answer = requests.post(stage.token_url, headers={"Content-Length": "x"})
    assert answer.status_code == 400
    assert stage.call("HEAD", "/services/rest/auth/oauth2/v1/keys").content == b""
