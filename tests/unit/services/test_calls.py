# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent to NetSuite, and how its answers are taken: token endpoint, probe, key set, certificate API."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from email.utils import format_datetime
from urllib.parse import parse_qsl

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import endpoints_of, parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError, RefusedError, TransportError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import utc
from ansible_collections.m2m.netsuite.plugins.module_utils.services import rest_api, token_endpoint
from ansible_collections.m2m.netsuite.plugins.module_utils.services.certificate_api import CertificateApi
from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import HttpClient, HttpOptions, Response
from ansible_collections.m2m.netsuite.plugins.module_utils.services.rest_api import CallRefusedError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.token_endpoint import TokenRefusedError

NOW = 1_795_000_000.0
LIFETIME = 300
GOOD = {"access_token": "opaque", "expires_in": 3600, "token_type": "Bearer"}
REFUSAL = {"error": "server_error"}
CLIENT_ID = "0123456789abcdef" * 4
ID = "NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA"


@pytest.fixture
def http_client():
    with HttpClient(HttpOptions(timeout=30, retries=2), clock=lambda: NOW + 0.5, sleep=lambda seconds: None) as made:
        yield made


def dated(seconds, content=None, status=400):
    """An answer of a server whose clock is ahead by some seconds."""
    return status, {"Date": format_datetime(utc(NOW + seconds), usegmt=True)}, REFUSAL if content is None else content


# --- the token endpoint --------------------------------------------------------------------------------------------


class Signer:
    """Notes as of when it was asked for an assertion; each is another one."""

    def __init__(self):
        self.moments = []

    def __call__(self, now):
        self.moments.append(now.timestamp() - NOW)
        return f"eyJhbGciOiJQUzI1NiJ9.canary-{len(self.moments)}.a+b/c=&d"


def ask(server, http_client, **options):
    signer = Signer()
    try:
        found = token_endpoint.request_token(
            http_client, f"{server.url}/token", signer, lambda: NOW, LIFETIME, **options
        )
    except RefusedError as error:
        found = error
    return found, signer


def test_the_request_is_oracle_s(server, http_client):
    server.answers = [(200, {}, GOOD)]
    (token, response), _signer = ask(server, http_client)
    (request,) = server.requests
    assert request.method == "POST"
    assert request.path == "/token"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Authorization" not in request.headers
    assert dict(parse_qsl(request.body, strict_parsing=True)) == {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "eyJhbGciOiJQUzI1NiJ9.canary-1.a+b/c=&d",
    }
    assert (token.text, token.expires_in, response.status) == ("opaque", 3600, 200)
    assert token.expires_at == utc(NOW) + timedelta(hours=1)


def test_each_attempt_sends_a_fresh_assertion(server, http_client):
    server.answers = [(503, {}, ""), (429, {}, ""), (200, {}, GOOD)]
    ask(server, http_client)
    bodies = [dict(parse_qsl(request.body))["client_assertion"] for request in server.requests]
    assert len(set(bodies)) == 3


@pytest.mark.parametrize(
    ("skew", "moments"),
    [
        (0, [0]),
        (-4, [0]),
        (-6, [0, -6]),
        (-90, [0, -90]),
        (-600, [0, -600]),
        (-601, [0]),
        (-100_000, [0]),
        (60, [0]),
        (290, [0]),
        (291, [0, 291]),
        (600, [0, 600]),
        (601, [0]),
    ],
)
def test_a_clock_that_explains_a_refusal_is_worked_around_once(server, http_client, skew, moments):
    server.answers = [dated(skew)]
    error, signer = ask(server, http_client)
    assert isinstance(error, TokenRefusedError)
    assert signer.moments == moments
    assert len(server.requests) == len(moments)


def test_the_server_s_time_may_help(server, http_client):
    server.answers = [dated(-90), dated(-90, GOOD, 200)]
    (token, response), _signer = ask(server, http_client)
    assert token.text == "opaque"
    assert response.clock_skew == -90


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        (dated(-90, "<html>a proxy's time</html>"), {}),
        (dated(-90, ""), {}),
        (dated(-90), {"fixed": True}),
        (dated(-90, GOOD, 200), {}),
        ((400, {"Date": "soon"}, REFUSAL), {}),
    ],
    ids=["page", "empty", "one assertion alone", "granted", "no date"],
)
def test_no_second_attempt(server, http_client, answer, options):
    server.answers = [answer]
    _found, signer = ask(server, http_client, **options)
    assert len(signer.moments) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 302, 201, 204])
def test_any_other_status_is_a_refusal(server, http_client, status):
    server.answers = [(status, {}, "" if status == 204 else {**GOOD, "error": "server_error"})]
    error, signer = ask(server, http_client)
    assert isinstance(error, TokenRefusedError)
    assert error.cause == "token_refused"
    assert error.facts["status"] == status
    assert error.response.status == status
    assert "token_check" in error.fix
    assert not {"canary", "opaque"} & set(f"{error} {error!r}".split("-"))
    assert len(signer.moments) == 1


@pytest.mark.parametrize(
    "content", ["", "<html>", {}, [], {"access_token": ""}, {"access_token": None}, REFUSAL], ids=repr
)
def test_a_good_answer_without_a_token_is_a_refusal(server, http_client, content):
    server.answers = [(200, {}, content)]
    error, _signer = ask(server, http_client)
    assert isinstance(error, TokenRefusedError)
    assert error.cause == "no_token"


def test_what_comes_back_is_not_quoted(server, http_client):
    server.answers = [lambda handler: echo(handler, handler.server.requests[-1].body)]
    error, _signer = ask(server, http_client)
    assert "canary" not in f"{error} {error!r} {error.facts}"


def echo(handler, body):
    handler.send_response(400)
    handler.end_headers()
    handler.wfile.write(f"bad request: {body} client_assertion=eyJhbGciOiJQUzI1NiJ9.eyJjYW5hcnkiOjF9.canary".encode())


def test_no_answer_is_no_refusal(http_client, free_port):
    with pytest.raises(TransportError):
        token_endpoint.request_token(http_client, f"http://127.0.0.1:{free_port}", Signer(), lambda: NOW, LIFETIME)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"error": "invalid_client"}, "invalid_client"),
        ({"error": {"code": "INVALID_LOGIN_ATTEMPT", "message": "m"}}, "INVALID_LOGIN_ATTEMPT"),
        ({"error": {"message": "m"}}, None),
        ({"error": ""}, ""),
        ({"error": 5}, "5"),
        ({"o:errorDetails": [{"o:errorCode": "INVALID_LOGIN"}]}, "INVALID_LOGIN"),
        ({"o:errorDetails": [], "o:errorCode": "USER_ERROR"}, "USER_ERROR"),
        ({"o:errorDetails": [{"o:errorCode": "A"}], "o:errorCode": "USER_ERROR"}, "A"),
        ({"o:errorDetails": ["x"]}, None),
        ({"o:errorDetails": {"o:errorCode": "A"}}, None),
        ({"title": "Unauthorized"}, None),
        ([], None),
        ("text", None),
        ({"error": "x" * 500}, "x" * 97 + "..."),
        ({"error": "bad\x1b[31m\nword"}, "bad [31m word"),
        ({"error": "no: eyJhbGciOiJQUzI1NiJ9.eyJjYW5hcnkiOjF9.c2ln"}, "no: (removed)"),
    ],
    ids=range(16),
)
def test_error_codes(document, code):
    assert token_endpoint.error_code(Response(400, {}, json.dumps(document))) == code


@pytest.mark.parametrize(
    ("skew", "words"),
    [
        (None, None),
        (0, None),
        (-5, None),
        (5, None),
        (60, None),
        (-6, "6 s ahead of"),
        (-90, "90 s ahead of"),
        (61, "61 s behind"),
        (295, "295 s behind"),
        (5000, "5000 s behind"),
    ],
)
def test_clock_warnings(skew, words):
    warnings = token_endpoint.clock_warnings(skew, LIFETIME)
    assert (words is None and warnings == []) or words in warnings[0]


# --- calls with a token --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["abc", "abc\n", " eyJ.a-b_c.d~e+f/g= ", "a=="])
def test_good_tokens(token):
    assert rest_api.authorization(token)["Authorization"] == f"Bearer {token.strip()}"


@pytest.mark.parametrize(
    "token", ["", " ", "a b", "a\nb", '"abc"', "Bearer abc", "\u2026", "a\x00", "a=b", "{{ token }}"]
)
def test_bad_tokens(token):
    with pytest.raises(OptionError) as caught:
        rest_api.authorization(f"{token}")
    assert caught.value.cause == "bad_token"
    assert not token.strip() or token not in str(caught.value)


def test_the_probe(server, http_client):
    server.answers = [(200, {}, {"serverTime": "2026-11-23T20:00:00Z"})]
    assert rest_api.server_time(http_client, f"{server.url}/serverTime", "tok").json()["serverTime"]
    assert server.requests[0].headers["Authorization"] == "Bearer tok"
    assert server.requests[0].method == "GET"


@pytest.mark.parametrize(
    "answer",
    [
        (401, {}, {"o:errorDetails": [{"o:errorCode": "INVALID_LOGIN"}]}),
        (200, {}, "<html>login</html>"),
        (200, {}, {"time": "x"}),
        (200, {}, ["serverTime"]),
        (302, {"Location": "https://system.netsuite.com/"}, ""),
        (204, {}, ""),
    ],
    ids=range(6),
)
def test_a_probe_that_is_refused(server, http_client, answer):
    server.answers = [answer]
    with pytest.raises(CallRefusedError) as caught:
        rest_api.server_time(http_client, server.url, "TokenCanary")
    assert caught.value.cause == "call_refused"
    assert caught.value.facts["status"] == answer[0]
    assert "TokenCanary" not in str(caught.value)


def test_a_public_key_set_is_fetched_without_the_token(server, http_client):
    server.answers = [(200, {}, {"keys": []})]
    assert rest_api.key_set(http_client, server.url, "tok") == {"keys": []}
    assert ["Authorization" in request.headers for request in server.requests] == [False]


@pytest.mark.parametrize("status", [401, 403])
def test_a_protected_key_set_is_fetched_with_the_token(server, http_client, status):
    server.answers = [(status, {}, ""), (200, {}, {"keys": []})]
    assert rest_api.key_set(http_client, server.url, "tok") == {"keys": []}
    assert [request.headers.get("Authorization") for request in server.requests] == [None, "Bearer tok"]


@pytest.mark.parametrize("answer", [(404, {}, ""), (200, {}, "x"), (200, {}, []), (401, {}, "")])
def test_no_key_set(server, http_client, answer):
    server.answers = [answer]
    with pytest.raises(CallRefusedError):
        rest_api.key_set(http_client, server.url, "tok")


# --- the certificate API -------------------------------------------------------------------------------------------

LISTED = {"certificate_id": ID, "role": {"id": 3}, "entity": {"id": -5}, "revoked": False, "valid_until": "2027-01-01"}


@pytest.fixture
def api(server, http_client):
    return CertificateApi(http_client, endpoints_of(parse_account("1234567"), server.url), CLIENT_ID, "TokenCanary")


def never() -> bool:
    return False


BASE = f"/services/rest/auth/oauth2/v1/clients/{CLIENT_ID}/certificates"


def test_list(server, api):
    server.answers = [(200, {}, [LISTED])]
    (one,) = api.list()
    assert (one.certificate_id, one.role, one.entity) == (ID, "3", "-5")
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("GET", BASE, "")
    assert request.headers["Authorization"] == "Bearer TokenCanary"


@pytest.mark.parametrize(
    ("role", "sent"),
    [
        ("1000", 1000),
        ("-5", -5),
        ("customrole_x", "customrole_x"),
        ("--5", "--5"),
        ("\u00b2", "\u00b2"),
        ("9" * 5000, "9" * 5000),
    ],
    ids=range(6),
)
def test_upload(server, api, role, sent):
    server.answers = [(201, {}, {"certificate_id": ID, "entity_role_id": {"ent": -5, "rol": 1000}})]
    assert api.upload("-----BEGIN\nx", role, "-5", never).certificate_id == ID
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", BASE)
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == {"fileContent": "-----BEGIN\nx", "role": sent, "entity": "-5"}


@pytest.mark.parametrize("content", ["", "Created", {}, [], {"certificate_id": None}, {"status": "ok"}], ids=repr)
def test_an_upload_whose_answer_does_not_say(server, api, content):
    server.answers = [(200, {}, content)]
    assert api.upload("x", "3", "5", never) is None


LOST = [lambda handler: handler.connection.close(), (502, {}, ""), (503, {}, ""), (504, {}, "")]


@pytest.mark.parametrize("lost", LOST, ids=["no answer", "502", "503", "504"])
def test_an_upload_whose_answer_is_lost_is_repeated_only_when_it_has_not_arrived(server, api, lost):
    created = (201, {}, {"certificate_id": ID, "entity_role_id": {"ent": -5, "rol": 1000}})
    looked = iter([True, False])
    server.answers = [lost, lost, created]
    with suppress(CallRefusedError):
        assert api.upload("x", "3", "5", lambda: next(looked)) is None
    assert (len(server.requests), list(looked)) == (2, [])
    server.requests.clear()
    server.answers = [lost, lost, created]
    assert api.upload("x", "3", "5", lambda: True).certificate_id == ID
    assert len(server.requests) == 3


def test_an_upload_that_was_never_sent_is_an_error(http_client, free_port):
    endpoints = endpoints_of(parse_account("1234567"), f"http://127.0.0.1:{free_port}")
    with pytest.raises(TransportError) as caught:
        CertificateApi(http_client, endpoints, CLIENT_ID, "tok").upload("x", "3", "5", never)
    assert caught.value.not_sent


@pytest.mark.parametrize("answer", [(200, {}, "Successfully revoked"), (204, {}, ""), (200, {}, {})])
def test_revoke(server, api, answer):
    server.answers = [answer]
    api.revoke(ID)
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("POST", f"{BASE}/{ID}/revoke", "")
    assert request.headers["Content-Length"] == "0"
    assert request.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 302])
@pytest.mark.parametrize("call", ["list", "upload", "revoke"])
def test_refusals(server, api, status, call):
    server.answers = [(status, {}, {"o:errorDetails": [{"o:errorCode": "ODD_CODE", "detail": "TokenCanary"}]})]
    arguments = {"list": (), "upload": ("PemCanary", "3", "5", never), "revoke": (ID,)}[call]
    with pytest.raises(CallRefusedError) as caught:
        getattr(api, call)(*arguments)
    shown = f"{caught.value} {caught.value!r} {caught.value.facts}"
    assert f"HTTP {status} ODD_CODE" in shown
    assert "TokenCanary" not in shown
    assert "PemCanary" not in shown
    assert len(server.requests) == 1
    assert (status not in (401, 403)) or caught.value.fix


@pytest.mark.parametrize("content", ["", "x", {}, {"error": "x"}, [{}], [None]], ids=repr)
def test_a_list_that_is_none(server, api, content):
    server.answers = [(200, {}, content)]
    with pytest.raises(RefusedError) as caught:
        api.list()
    assert caught.value.cause == "unexpected_answer"
