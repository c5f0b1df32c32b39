# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a good token request gets, and the keys that prove it."""

from __future__ import annotations

import re
import time

import jwt
import pytest

UUID = r"[0-9a-f-]{36}"


def decode(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def test_answer_as_documented(stage):
    answer = stage.ask()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert set(body) == {"access_token", "expires_in", "token_type"}
    assert (body["expires_in"], body["token_type"]) == (3600, "Bearer")
    entry = stage.audit()[-1]
    assert (entry["status"], entry["detail"], entry["application"]) == ("Success", "", "Integration 101")


def test_claims_as_documented(stage):
    now = time.time()
    token = stage.token(scope=["restlets", "rest_webservices"])
    application = stage.admin("GET")["integrations"][0]["application_id"]
    header, claims = jwt.get_unverified_header(token), decode(token)
    kid = header.pop("kid")
    assert header == {"typ": "JWT", "alg": "RS256"}
    assert re.fullmatch(rf"c\.{stage.account_id}\.\d{{4}}-\d\d-\d\d_\d\d-\d\d-\d\d", kid)
    assert list(claims) == ["sub", "aud", "scope", "iss", "oit", "exp", "iat", "jti"]
    assert claims["sub"] == "1000;12"
    assert claims["aud"] == [f"{application};{stage.account_id}", stage.client_id]
    assert claims["scope"] == ["restlets", "rest_webservices"]
    assert claims["iss"] == "https://system.netsuite.com"
    assert claims["oit"] == claims["iat"] == claims["exp"] - 3600
    assert abs(claims["iat"] - now) < 5
    assert re.fullmatch(rf"{stage.account_id}\.a-c\.null\.\d{{13}}", claims["jti"])


def test_token_of_a_browser_login(stage):
    claims = decode(stage.admin_token())
    assert claims["sub"] == "3;-5"
    assert re.fullmatch(rf"{stage.account_id}\.a-a\.{UUID}_\d{{13}}\.\d{{13}}", claims["jti"])


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
def test_key_set_verifies_the_token(stage, alg):
    stage.knobs(access_token_alg=alg)
    token = stage.token()
    answer = stage.call("GET", "/services/rest/auth/oauth2/v1/keys")
    assert answer.status_code == 200
    keys = jwt.PyJWKSet.from_dict(answer.json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    assert answer.json()["keys"][0]["use"] == "sig"
    assert jwt.decode(token, key.key, [alg], audience=stage.client_id, issuer="https://system.netsuite.com")


def test_key_set_of_two(stage):
    stage.knobs(jwks_keys=2)
    kids = [key["kid"] for key in stage.call("GET", "/services/rest/auth/oauth2/v1/keys").json()["keys"]]
    assert len(set(kids)) == 2
    assert all(kid.startswith(f"c.{stage.account_id}.") for kid in kids)


def test_key_set_may_want_a_token(stage):
    keys = "/services/rest/auth/oauth2/v1/keys"
    stage.knobs(jwks_requires_auth=True)
    assert stage.call("GET", keys).status_code == 401
    assert stage.last_failure() == "login_missing"
    assert stage.call("GET", keys, stage.token()).status_code == 200


def test_new_signing_key_ends_old_tokens(stage, tools, monkeypatch):
    stage.knobs(clock_offset=60)
    stage.admin("POST", "signing_key")
    token = stage.token()
    assert stage.call("GET", tools.server_time, token).status_code == 200
    stage.knobs(clock_offset=120)
    stage.admin("POST", "signing_key")
    assert stage.call("GET", tools.server_time, token).status_code == 401
    assert stage.last_failure() == "token_rejected"


@pytest.mark.parametrize(
    ("knob", "value", "field", "wanted"),
    [
        ("expires_in_type", "string", "expires_in", "3600"),
        ("expires_in_type", "number", "expires_in", 3600),
        ("token_type", "bearer", "token_type", "bearer"),
        ("token_lifetime", 60, "expires_in", 60),
    ],
)
def test_knobs_of_the_answer(stage, knob, value, field, wanted):
    stage.knobs(**{knob: value})
    body = stage.ask().json()
    assert body[field] == wanted
    claims = decode(body["access_token"])
    assert claims["exp"] - claims["iat"] == int(body["expires_in"])


def test_clock_offset_shifts_everything(stage, tools):
    stage.knobs(clock_offset=-7200)
    answer = stage.ask()
    assert stage.last_failure() == "issued_in_future"
    assert answer.status_code == 500
    then = int(time.time()) - 7200
    answer = stage.ask(stage.sign(stage.claims(iat=then, exp=then + 60)))
    from email.utils import parsedate_to_datetime

    assert abs(parsedate_to_datetime(answer.headers["Date"]).timestamp() - then) < 5
    token = answer.json()["access_token"]
    assert abs(decode(token)["iat"] - then) < 5
    stamp = stage.call("GET", tools.server_time, token).json()["serverTime"]
    from datetime import datetime

    assert abs(datetime.fromisoformat(stamp).timestamp() - then) < 5


def test_discovery(stage):
    document = stage.call("GET", "/.well-known/openid-configuration").json()
    assert document["issuer"] == "https://system.netsuite.com"
    assert document["token_endpoint"] == stage.token_url
    assert stage.session.get(document["jwks_uri"]).status_code == 200


def test_token_revocation_is_for_refresh_tokens(stage):
    url = f"{stage.url}/services/rest/auth/oauth2/v1/revoke"
    answer = stage.session.post(url, data={"token": "x"})
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    basic = (stage.client_id, "secret")
    assert stage.session.post(url, data={"token": "x"}, auth=basic).status_code == 200
    assert stage.session.post(url, data={"other": "x"}, auth=basic).status_code == 400
    assert stage.session.get(url).status_code == 405
