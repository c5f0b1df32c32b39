# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule about the assertion: what breaks it, which audit code it leaves, what each preset answers."""

from __future__ import annotations

import base64
import json
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

NOW = time.time


def sign_raw(stage, header: object, claims: object, signature: bytes = b"x" * 64) -> str:
    parts = [value if isinstance(value, bytes) else json.dumps(value).encode() for value in (header, claims)]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (*parts, signature))


def spoil(token: str) -> str:
    head, claims, signature = token.split(".")
    return ".".join((head, claims, signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]))


def other_key(stage):
    return jwt.encode(stage.claims(), "x" * 64, "HS256", {"kid": stage.kid})


#: name -> (how to break the assertion, condition, audit code)
CASES = {
    "not a jws": (lambda s: "abc", "assertion_malformed", "TokenRejected"),
    "two parts": (lambda s: "abc.def", "assertion_malformed", "TokenRejected"),
    "padding": (lambda s: s.sign() + "=", "assertion_malformed", "TokenRejected"),
    "header is a list": (lambda s: sign_raw(s, [], s.claims()), "assertion_malformed", "TokenRejected"),
    "claims are text": (lambda s: sign_raw(s, {"alg": "ES256"}, "x"), "assertion_malformed", "TokenRejected"),
    "member repeats": (
        lambda s: sign_raw(s, b'{"alg":"ES256","alg":"ES256"}', {}),
        "assertion_malformed",
        "TokenRejected",
    ),
    "not a number": (lambda s: sign_raw(s, b'{"alg":NaN}', {}), "assertion_malformed", "TokenRejected"),
    "not UTF-8": (lambda s: sign_raw(s, b'{"alg":"\xff"}', {}), "assertion_malformed", "TokenRejected"),
    "stray bits": (
        lambda s: sign_raw(s, b'{"alg":1}  ', {}).replace("ICA.", "ICB."),
        "assertion_malformed",
        "TokenRejected",
    ),
    "impossible length": (lambda s: "A.AAAA.AAAA", "assertion_malformed", "TokenRejected"),
    "deep nesting": (lambda s: sign_raw(s, b"[" * 3000, {}), "assertion_malformed", "TokenRejected"),
    "critical header": (lambda s: s.sign(crit=["x"], x=1), "assertion_malformed", "TokenRejected"),
    "typ missing": (lambda s: s.sign(typ=None), "assertion_typ", "InvalidTokenType"),
    "typ other": (lambda s: s.sign(typ="at+jwt"), "assertion_typ", "InvalidTokenType"),
    "HS256": (other_key, "algorithm", "UnsupportedAlgo"),
    "alg none": (
        lambda s: sign_raw(s, {"typ": "JWT", "alg": "none", "kid": s.kid}, {}),
        "algorithm",
        "UnsupportedAlgo",
    ),
    "kid missing": (lambda s: s.sign(kid=None), "key_id_missing", "MissingKeyId"),
    "kid empty": (lambda s: s.sign(kid=""), "key_id_missing", "MissingKeyId"),
    "kid unknown": (lambda s: s.sign(kid="A" * 43), "certificate_unknown", "MissingKey"),
    "kid case": (lambda s: s.sign(kid=s.kid.swapcase()), "certificate_unknown", "MissingKey"),
    "signature": (lambda s: spoil(s.sign()), "signature", "SignatureValidation"),
    "iss missing": (lambda s: s.sign(s.claims(iss=None)), "issuer", "InvalidIssuer"),
    "iss is the application id": (
        lambda s: s.sign(s.claims(iss="D0E2C9A4-2BA4-5F6F-8B0F-C86417DFA467")),
        "issuer",
        "InvalidIssuer",
    ),
    "iss unknown": (lambda s: s.sign(s.claims(iss="0" * 64)), "integration_unknown", "UnknownIntegration"),
    "aud missing": (lambda s: s.sign(s.claims(aud=None)), "audience", "InvalidAudience"),
    "aud of another account": (
        lambda s: s.sign(s.claims(aud="https://999.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token")),
        "audience",
        "InvalidAudience",
    ),
    "aud without path": (
        lambda s: s.sign(s.claims(aud=f"https://{s.label}.suitetalk.api.netsuite.com")),
        "audience",
        "InvalidAudience",
    ),
    "aud array": (lambda s: s.sign(s.claims(aud=[s.token_url])), "audience", "InvalidAudience"),
    "iat missing": (lambda s: s.sign(s.claims(iat=None)), "claims", "TokenRejected"),
    "iat fraction": (lambda s: s.sign(s.claims(iat=NOW() - 1)), "claims", "TokenRejected"),
    "iat text": (lambda s: s.sign(s.claims(exp=str(int(NOW())))), "claims", "TokenRejected"),
    "iat boolean": (lambda s: s.sign(s.claims(iat=True)), "claims", "TokenRejected"),
    "exp missing": (lambda s: s.sign(s.claims(exp=None)), "claims", "TokenRejected"),
    "exp not after iat": (
        lambda s: s.sign(s.claims(iat=int(NOW()), exp=int(NOW()) - 5)),
        "expired",
        "TokenExpired",
    ),
    "jti number": (lambda s: s.sign(s.claims(jti=5)), "claims", "TokenRejected"),
    "iat in the future": (lambda s: s.sign(s.claims(iat=int(NOW()) + 30)), "issued_in_future", "TokenNotAcceptable"),
    "nbf in the future": (lambda s: s.sign(s.claims(nbf=int(NOW()) + 30)), "not_before", "TokenNotAcceptable"),
    "expired": (lambda s: s.sign(s.claims(iat=int(NOW()) - 600, exp=int(NOW()) - 300)), "expired", "TokenExpired"),
    "over an hour": (
        lambda s: s.sign(s.claims(iat=int(NOW()) - 9, exp=int(NOW()) + 3592)),
        "lifetime",
        "TokenValidityTooBroad",
    ),
}
SCOPES = {
    "scope missing": (None, "scope_empty", "InvalidScope"),
    "scope empty list": ([], "scope_empty", "InvalidScope"),
    "scope empty text": ("", "scope_empty", "InvalidScope"),
    "scope number": (7, "scope_form", "InvalidScope"),
    "scope list of numbers": ([7], "scope_form", "InvalidScope"),
    "scope by spaces": ("rest_webservices restlets", "scope_form", "InvalidScope"),
    "scope unknown": (["SuiteAnalytics"], "scope_unknown", "InvalidScope"),
    "scope with a hole": ("restlets,,rest_webservices", "scope_unknown", "InvalidScope"),
    "mcp combined": (["mcp", "restlets"], "scope_mcp", "InvalidScope"),
    "mcp alone": (["mcp"], "scope_mcp", "InvalidScope"),
}


def refuse(stage, answer, condition: str, detail: str, status: int, error: str) -> None:
    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert answer.headers["Content-Type"] == "application/json"
    entry = stage.audit()[-1]
    assert (entry["status"], entry["condition"], entry["detail"]) == ("Failure", condition, detail)
    assert (entry["route"], entry["account"]) == ("token", stage.account_id)


@pytest.mark.parametrize("case", CASES)
def test_refused_assertion(stage, case):
    breaks, condition, detail = CASES[case]
    refuse(stage, stage.ask(breaks(stage)), condition, detail, 500, "server_error")
    stage.knobs(preset="spec")
    answer = stage.ask(breaks(stage))
    refuse(stage, answer, condition, detail, 401, "invalid_client")
    assert answer.headers["WWW-Authenticate"] == f'Basic realm="{stage.account_id}"'


@pytest.mark.parametrize("case", SCOPES)
def test_refused_scope(stage, case):
    scope, condition, detail = SCOPES[case]
    for preset in ("observed", "spec"):
        stage.knobs(preset=preset)
        answer = stage.ask(stage.sign(stage.claims(scope=scope)))
        refuse(stage, answer, condition, detail, 400, "invalid_scope")


def test_scope_must_be_ticked_on_the_record(stage):
    stage.admin("PATCH", json={"integrations": [{"scopes": ["restlets"]}]})
    refuse(stage, stage.ask(), "scope_mismatch", "ScopeMismatched", 400, "invalid_scope")
    assert stage.token(scope=["restlets"])


#: what the administrator does -> (condition, audit code, observed answer, answer by the RFC)
CLIENT = ((500, "server_error"), (401, "invalid_client"))
STATES = {
    "feature_disabled": ({"features": {"oauth2": False}}, "FeatureDisabled", *CLIENT),
    "integration_blocked": ({"integrations": [{"state": "blocked"}]}, "IntegrationBlocked", *CLIENT),
    "grant_not_allowed": (
        {"integrations": [{"client_credentials": False}]},
        "ClientCredentialsGrantRequired",
        (400, "unauthorized_client"),
        (400, "unauthorized_client"),
    ),
    "role_or_entity": ({"entities": [{"id": 12, "active": False}]}, "EntityOrRoleDisabled", *CLIENT),
}


@pytest.mark.parametrize("condition", STATES)
def test_refused_by_the_state_of_the_account(stage, condition):
    change, detail, observed, spec = STATES[condition]
    stage.admin("PATCH", json=change)
    refuse(stage, stage.ask(), condition, detail, *observed)
    stage.knobs(preset="spec")
    refuse(stage, stage.ask(), condition, detail, *spec)


@pytest.mark.parametrize(
    "change",
    [
        {"roles": [{"id": 1000, "active": False}]},
        {"roles": [{"id": 1000, "permissions": ["OAuth 2.0 Authorized Applications Management"]}]},
        {"entities": [{"id": 12, "roles": [3]}]},
    ],
    ids=["role inactive", "role may not use OAuth", "entity has not the role"],
)
def test_role_and_entity_must_fit(stage, change):
    stage.admin("PATCH", json=change)
    refuse(stage, stage.ask(), "role_or_entity", "EntityOrRoleDisabled", 500, "server_error")


def test_certificate_of_another_integration(stage):
    other = "f" * 64
    stage.admin("PATCH", json={"integrations": [{"client_id": other, "name": "Other"}]})
    answer = stage.ask(stage.sign(stage.claims(iss=other)))
    refuse(stage, answer, "integration_other", "InvalidIntegration", 500, "server_error")
    assert stage.audit()[-1]["application"] == "Other"


def test_certificate_of_another_account(stage, make_stage, tools):
    there = make_stage()
    kid = there.map(tools.make_key("p384"))
    refuse(stage, stage.ask(stage.sign(kid=kid)), "certificate_unknown", "MissingKey", 500, "server_error")


def test_certificate_revoked(stage):
    stage.admin("POST", f"certificates/{stage.kid}/revoke")
    refuse(stage, stage.ask(), "certificate_revoked", "MissingKey", 500, "server_error")


def test_certificate_not_yet_valid(stage, tools):
    kid = stage.map(stage.key, start=1)
    refuse(stage, stage.ask(stage.sign(kid=kid)), "certificate_not_yet_valid", "MissingKey", 500, "server_error")


def test_certificate_expired(stage):
    offset = 400 * 86400
    stage.knobs(clock_offset=offset)
    now = int(time.time()) + offset
    answer = stage.ask(stage.sign(stage.claims(iat=now, exp=now + 60)))
    refuse(stage, answer, "certificate_expired", "MissingKey", 500, "server_error")


PAIRS = [
    *(("rsa3072", alg) for alg in ("PS256", "PS384", "PS512")),
    ("rsa4096", "PS256"),
    ("p256", "ES256"),
    ("p384", "ES384"),
    ("p521", "ES512"),
]


def test_algorithm_is_bound_to_key_and_curve(stage, tools):
    kids = {kind: stage.map(tools.make_key(kind)) for kind in ("rsa3072", "rsa4096", "p384", "p521")}
    kids["p256"] = stage.kid
    for kind, alg in PAIRS:
        answer = stage.ask(stage.sign(key=tools.make_key(kind), alg=alg, kid=kids[kind]))
        assert answer.status_code == 200, (kind, alg, stage.audit()[-1])
    signers = {"PS256": "rsa3072", "ES256": "p256", "ES384": "p384", "ES512": "p521"}
    for alg, signer in signers.items():
        for kind, kid in kids.items():
            if (kind, alg) not in PAIRS:
                stage.ask(stage.sign(key=tools.make_key(signer), alg=alg, kid=kid))
                assert stage.last_failure() == "key_mismatch", (kind, alg)
                assert stage.audit()[-1]["detail"] == "UnsupportedAlgo"
    stage.ask(stage.sign(key=tools.make_key("rsa3072"), alg="RS256", kid=kids["rsa3072"]))
    assert stage.last_failure() == "algorithm"


@pytest.mark.parametrize("salt", [20, 64, 222], ids=["sha1 size", "certificate's", "maximum"])
def test_pss_salt_is_as_long_as_the_hash(stage, tools, salt):
    key = tools.make_key("rsa3072")
    kid = stage.map(key)
    unsigned = sign_raw(stage, {"typ": "JWT", "alg": "PS256", "kid": kid}, stage.claims()).rpartition(".")[0]
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    signature = base64.urlsafe_b64encode(key.sign(unsigned.encode(), scheme, hashes.SHA256())).rstrip(b"=").decode()
    refuse(stage, stage.ask(f"{unsigned}.{signature}"), "signature", "SignatureValidation", 500, "server_error")


def test_der_encoded_ecdsa_signature(stage):
    unsigned = sign_raw(stage, {"typ": "JWT", "alg": "ES256", "kid": stage.kid}, stage.claims()).rpartition(".")[0]
    signature = stage.key.sign(unsigned.encode(), ec_with_sha256())
    assertion = f"{unsigned}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    refuse(stage, stage.ask(assertion), "signature", "SignatureValidation", 500, "server_error")


def ec_with_sha256():
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA

    return ECDSA(hashes.SHA256())


#: knob -> (value that refuses, value that accepts, claims or header that make the difference, condition)
KNOBS = {
    "require_typ": (True, False, lambda s: s.sign(typ=None), "assertion_typ"),
    "float_dates": (False, True, lambda s: s.sign(s.claims(iat=NOW() - 1.5)), "claims"),
    "audience": ("exact", "any_service", lambda s: s.sign(s.claims(aud=service_url(s, "restlets"))), "audience"),
    "audience_array": (False, True, lambda s: s.sign(s.claims(aud=[s.token_url])), "audience"),
    "space_scope": (False, True, lambda s: s.sign(s.claims(scope="restlets rest_webservices")), "scope_form"),
    "max_assertion_lifetime": (200, 3600, lambda s: s.sign(), "lifetime"),
    "clock_tolerance": (0, 60, lambda s: s.sign(s.claims(iat=int(NOW()) + 20)), "issued_in_future"),
}


def service_url(stage, service: str, label: str = "") -> str:
    return f"https://{label or stage.label}.{service}.api.netsuite.com/services/rest/auth/oauth2/v1/token"


@pytest.mark.parametrize("knob", KNOBS)
def test_knob_in_both_positions(stage, knob):
    refusing, accepting, make, condition = KNOBS[knob]
    stage.knobs(**{knob: refusing})
    assert stage.ask(make(stage)).status_code == 500 or condition == "scope_form"
    assert stage.last_failure() == condition
    stage.knobs(**{knob: accepting})
    answer = stage.ask(make(stage))
    assert answer.status_code == 200, stage.audit()[-1]


def test_tolerance_holds_for_exp_too(stage):
    now = int(time.time())
    assertion = stage.sign(stage.claims(iat=now - 60, exp=now - 20))
    stage.ask(assertion)
    assert stage.last_failure() == "expired"
    stage.knobs(clock_tolerance=60)
    assert stage.ask(assertion).status_code == 200


def test_exp_before_iat_within_the_tolerance(stage):
    stage.knobs(clock_tolerance=60)
    now = int(time.time())
    stage.ask(stage.sign(stage.claims(iat=now, exp=now - 10)))
    assert stage.last_failure() == "claims"


@pytest.mark.parametrize("service", ["suitetalk", "restlets", "connect"])
def test_audience_may_be_any_service_host_in_any_case(stage, service):
    assert stage.token(aud=service_url(stage, service))
    assert stage.token(aud=service_url(stage, service, stage.label.upper()))


@pytest.mark.parametrize(
    "scope", [["restlets", "rest_webservices"], "restlets", "rest_webservices,restlets", "restlets, rest_webservices"]
)
def test_scope_forms(stage, scope):
    wanted = scope if isinstance(scope, list) else [word.strip() for word in scope.split(",")]
    assert jwt.decode(stage.token(scope=scope), options={"verify_signature": False})["scope"] == wanted


def test_replay_knob(stage):
    assertion = stage.sign()
    assert [stage.ask(assertion).status_code for _attempt in range(2)] == [200, 200]
    stage.knobs(reject_replay=True)
    assert [stage.ask(assertion).status_code for _attempt in range(2)] == [200, 500]
    assert (stage.last_failure(), stage.audit()[-1]["detail"]) == ("replayed", "TokenRejected")
    stage.ask(stage.sign(stage.claims(jti=None)))
    assert stage.last_failure() == "replayed"


def test_override_beats_the_preset(stage):
    stage.knobs(errors={"expired": {"status": 400, "error": "invalid_grant"}, "signature": {"status": 418}})
    now = int(time.time())
    answer = stage.ask(stage.sign(stage.claims(iat=now - 9, exp=now - 5)))
    refuse(stage, answer, "expired", "TokenExpired", 400, "invalid_grant")
    refuse(stage, stage.ask(spoil(stage.sign())), "signature", "SignatureValidation", 418, "server_error")


FORMS = {
    "no assertion": ({"client_assertion": None}, "form", "invalid_request"),
    "empty assertion": ({"client_assertion": ""}, "form", "invalid_request"),
    "assertion under its other name": ({"client_assertion": None, "assertion": "x"}, "form", "invalid_request"),
    "scope field": ({"scope": "restlets"}, "form", "invalid_request"),
    "client_id field": ({"client_id": "0" * 64}, "form", "invalid_request"),
    "repeated field": ({"grant_type": ["client_credentials", "client_credentials"]}, "form", "invalid_request"),
    "no grant_type": ({"grant_type": None}, "form", "invalid_request"),
    "no assertion type": ({"client_assertion_type": None}, "form", "invalid_request"),
    "other assertion type": ({"client_assertion_type": "urn:x"}, "assertion_type", "invalid_request"),
    "password grant": ({"grant_type": "password"}, "grant_type", "unsupported_grant_type"),
}


@pytest.mark.parametrize("case", FORMS)
def test_refused_form(stage, case):
    fields, condition, error = FORMS[case]
    answer = stage.ask(**fields)
    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert stage.last_failure() == condition


def test_code_grants_want_basic_authentication(stage):
    stage.admin("PATCH", json={"integrations": [{"client_secret": "x"}]})
    for fields in (
        {"grant_type": "authorization_code", "code": "c", "redirect_uri": "https://localhost:8765/"},
        {"grant_type": "refresh_token"},
    ):
        answer = stage.session.post(stage.token_url, data=fields)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
        assert answer.headers["WWW-Authenticate"] == f'Basic realm="{stage.account_id}"'
        assert stage.last_failure() == "basic_missing"
        broken = {"Authorization": "Basic %%%"}
        assert stage.session.post(stage.token_url, data=fields, headers=broken).status_code == 401
        answer = stage.session.post(stage.token_url, data=fields, auth=(stage.client_id, "x"))
        assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})
        assert stage.last_failure() == "code_grant"


def test_request_line_and_headers(stage):
    answer = stage.session.get(stage.token_url)
    assert (answer.status_code, answer.headers["Allow"], stage.last_failure()) == (405, "POST", "method")
    answer = stage.session.post(stage.token_url, json={"grant_type": "client_credentials"})
    assert (answer.json(), stage.last_failure()) == ({"error": "invalid_request"}, "content_type")
    answer = stage.session.post(stage.token_url + "?a=b", data={"grant_type": "client_credentials"})
    assert (answer.json(), stage.last_failure()) == ({"error": "invalid_request"}, "form")
    form = {"grant_type": "client_credentials", "client_assertion": stage.sign(), "client_assertion_type": "x"}
    answer = requests.post(stage.token_url, data=form, auth=("a", "b"), timeout=10)
    assert (answer.json(), stage.last_failure()) == ({"error": "invalid_request"}, "several_authentications")
    body = "grant_type=client_credentials&%"
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    answer = stage.session.post(stage.token_url, data=body, headers=headers)
    assert (answer.json(), stage.last_failure()) == ({"error": "invalid_request"}, "form")
