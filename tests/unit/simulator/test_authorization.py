# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authorization page and the code grant, with PKCE made here."""

from __future__ import annotations

import base64
import hashlib
import time
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest

URI = "https://localhost:8765/"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PAGE = "/app/login/oauth2/authorize.nl"
ALLOW = {"decision": "allow", "role": "3", "entity": "-5"}


@pytest.fixture
def code_stage(stage):
    """An integration record that may use the code grant, with the secret "s"."""
    stage.admin("PATCH", json={"integrations": [{"client_secret": "s", "redirect_uris": [URI, "patchworks://back"]}]})
    return stage


def question(stage, **changes):
    query = {
        "response_type": "code",
        "client_id": stage.client_id,
        "redirect_uri": URI,
        "scope": "rest_webservices",
        "state": "s" * 22,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in query.items() if value is not None}


def visit(stage, decision=None, **changes):
    """Open the page, or decide on it; the answer, which is not followed."""
    method = "GET" if decision is None else "POST"
    query = question(stage, **changes)
    return stage.session.request(
        method, stage.url + PAGE, params=query, data=decision, allow_redirects=False, timeout=10
    )


def sent_back(answer):
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def trade(stage, code, auth=True, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": URI, "code_verifier": VERIFIER} | changes
    form = {name: value for name, value in form.items() if value is not None}
    return stage.session.post(stage.token_url, data=form, auth=(stage.client_id, "s") if auth else None, timeout=10)


def test_consent_brings_a_token(code_stage):
    shown = visit(code_stage)
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "no-store")
    assert code_stage.account_id in shown.text
    assert '<option value="1001">Integration with certificate rotation</option>' in shown.text
    back = sent_back(visit(code_stage, ALLOW))
    code = back.pop("code")
    assert back == {"state": "s" * 22, "role": "3", "entity": "-5", "company": code_stage.account_id}
    answer = trade(code_stage, code)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"access_token", "expires_in", "token_type", "refresh_token"}
    claims = jwt.decode(body["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["scope"]) == ("3;-5", ["rest_webservices"])
    assert ".a-a." in claims["jti"]
    assert code_stage.listing(body["access_token"])
    assert (trade(code_stage, code).status_code, code_stage.last_failure()) == (400, "code_grant")


def test_a_custom_scheme_and_several_scopes(code_stage):
    answer = visit(code_stage, ALLOW, redirect_uri="patchworks://back", scope="restlets rest_webservices")
    assert answer.headers["Location"].startswith("patchworks://back?state=")
    answer = trade(code_stage, sent_back(answer)["code"], redirect_uri="patchworks://back")
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    assert claims["scope"] == ["restlets", "rest_webservices"]


SHOWN_HERE = {
    "another client": ({"client_id": "0" * 64}, "integration_unknown"),
    "another redirect URI": ({"redirect_uri": URI + "x"}, "redirect_uri"),
    "a short state": ({"state": "s" * 21}, "authorization_request"),
    "a long state": ({"state": "s" * 1025}, "authorization_request"),
    "no state": ({"state": None}, "authorization_request"),
}


@pytest.mark.parametrize("case", SHOWN_HERE)
def test_a_browser_is_sent_to_known_places_only(code_stage, case):
    changes, condition = SHOWN_HERE[case]
    answer = visit(code_stage, **changes)
    assert (answer.status_code >= 400, code_stage.last_failure()) == (True, condition)


SENT_BACK = {
    "response_type": ({"response_type": "token"}, "unsupported_response_type"),
    "an unknown parameter": ({"nonce": "n"}, "invalid_request"),
    "no challenge": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "an unknown scope": ({"scope": "everything"}, "invalid_scope"),
    "scopes with a comma": ({"scope": "restlets,rest_webservices"}, "invalid_scope"),
}


@pytest.mark.parametrize("case", SENT_BACK)
def test_the_client_learns_of_the_rest(code_stage, case):
    changes, error = SENT_BACK[case]
    assert sent_back(visit(code_stage, **changes)) == {"error": error, "state": "s" * 22}


def test_denied(code_stage):
    assert sent_back(visit(code_stage, {"decision": "deny"})) == {"error": "access_denied", "state": "s" * 22}
    code_stage.admin("PATCH", json={"integrations": [{"authorization_code": False}]})
    assert sent_back(visit(code_stage))["error"] == "unauthorized_client"


def test_the_page_takes_role_and_entity_that_are_there(code_stage):
    for whom, condition in (({"role": "x"}, "authorization_request"), ({"role": "999"}, "role_or_entity")):
        assert visit(code_stage, ALLOW | whom).status_code >= 400
        assert code_stage.last_failure() == condition


REFUSED = {
    "another redirect URI": ({"redirect_uri": "patchworks://back"}, "code_mismatch"),
    "another verifier": ({"code_verifier": "w" * 43}, "code_verifier"),
    "no verifier": ({"code_verifier": None}, "code_verifier"),
    "an unknown field": ({"scope": "rest_webservices"}, "form"),
    "a client twice": ({"client_id": "x"}, "several_authentications"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_code_is_for_who_asked_for_it(code_stage, case):
    changes, condition = REFUSED[case]
    code = sent_back(visit(code_stage, ALLOW))["code"]
    assert (trade(code_stage, code, **changes).status_code, code_stage.last_failure()) == (400, condition)


def test_a_code_ends(code_stage):
    code_stage.knobs(code_lifetime=1)
    code = sent_back(visit(code_stage, ALLOW))["code"]
    code_stage.knobs(clock_offset=1.0)
    assert (trade(code_stage, code).status_code, code_stage.last_failure()) == (400, "code_grant")


def test_a_box_that_is_cleared_meanwhile(code_stage):
    code = sent_back(visit(code_stage, ALLOW))["code"]
    code_stage.admin("PATCH", json={"integrations": [{"authorization_code": False}]})
    assert (trade(code_stage, code).status_code, code_stage.last_failure()) == (400, "code_grant_not_allowed")


def test_clients(code_stage):
    """A confidential one has a secret; a public one names itself, and has no certificates."""
    code = sent_back(visit(code_stage, ALLOW))["code"]
    answer = trade(code_stage, code, auth=False, client_id=code_stage.client_id)
    assert (answer.status_code, code_stage.last_failure()) == (401, "client_secret")
    assert trade(code_stage, code).status_code == 200
    code_stage.admin("PATCH", json={"integrations": [{"public_client": True}]})
    code = sent_back(visit(code_stage, ALLOW))["code"]
    assert trade(code_stage, code, auth=False, client_id=code_stage.client_id).status_code == 200
    assert (code_stage.ask().status_code, code_stage.last_failure()) == (400, "grant_not_allowed")
    code_stage.knobs(public_client_credentials=True)
    assert code_stage.ask().status_code == 200


def test_pkce_is_optional_where_it_still_is(code_stage):
    code_stage.knobs(require_pkce=False)
    without = {"code_challenge": None, "code_challenge_method": None}
    code = sent_back(visit(code_stage, ALLOW, **without))["code"]
    assert trade(code_stage, code).status_code == 400
    code = sent_back(visit(code_stage, ALLOW, **without))["code"]
    assert trade(code_stage, code, code_verifier=None).status_code == 200


def test_redirect_uris_are_https_or_a_custom_scheme(code_stage):
    body = {"integrations": [{"redirect_uris": ["http://localhost:8765/"]}]}
    assert "https://" in code_stage.admin("PATCH", json=body, status=400)["error"]["message"]
    assert "client_secret" not in code_stage.admin("GET")["integrations"][0]


def test_an_expired_code_is_one_of_time(code_stage):
    """The page's clock is the account's."""
    code_stage.knobs(clock_offset=-3600.0)
    code = sent_back(visit(code_stage, ALLOW))["code"]
    body = trade(code_stage, code).json()
    assert jwt.decode(body["access_token"], options={"verify_signature": False})["iat"] < time.time() - 3500
