# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate API: shapes, rules, knobs."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

DAY = re.compile(r"\d{4}-\d\d-\d\d")


@pytest.fixture
def admin(stage) -> str:
    return stage.admin_token()


@pytest.fixture
def pem(tools) -> str:
    return tools.to_pem(tools.make_certificate(tools.make_key("p384"), days=100))


def refused(stage, answer, condition: str, status: int = 400, code: str = "INVALID_CONTENT") -> None:
    assert stage.last_failure() == condition
    body = answer.json()
    assert (answer.status_code, body["status"]) == (status, status)
    assert set(body) == {"type", "title", "status", "o:errorDetails"}
    assert body["o:errorDetails"][0]["o:errorCode"] == code


def day(days: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(days=days)).strftime("%Y-%m-%d")


def thumbprint(certificate) -> str:
    digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_upload_as_documented(stage, admin, tools):
    certificate = tools.make_certificate(tools.make_key("p384"), days=100)
    answer = stage.upload(admin, tools.to_pem(certificate), 1000, "-5")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == {
        "entity_role_id": {"com": stage.account_id, "ent": -5, "rol": 1000},
        "application_id": 101,
        "certificate_id": thumbprint(certificate),
        "certificate": tools.to_pem(certificate),
        "algorithm": "EC",
        "created_at": day(0),
        "valid_from": day(-1),
        "valid_until": day(99),
        "invalidated": False,
    }


def test_list_as_documented(stage, admin, tools, pem):
    identifier = stage.upload(admin, pem).json()["certificate_id"]
    application = stage.admin("GET")["integrations"][0]["application_id"]
    entries = stage.listing(admin)
    assert [entry["certificate_id"] for entry in entries] == [stage.kid, identifier]
    assert entries[1] == {
        "application": {
            "id": 101,
            "name": "Integration 101",
            "url": "/app/common/integration/integrapp.nl?id=101",
            "application_id": application,
        },
        "entity": {"id": 12, "name": "Integration User", "url": "/app/common/entity/entity.nl?id=12"},
        "role": {"id": 1000, "name": "Integration", "url": "/app/setup/role.nl?id=1000"},
        "created": day(0),
        "valid_from": day(-1),
        "valid_until": day(99),
        "revoked": False,
        "certificate_id": identifier,
        "algorithm": "EC",
    }
    assert stage.call("GET", stage.certificates_url + "?c=", admin).status_code == 200


def test_revoke_as_documented(stage, admin):
    answer = stage.revoke(admin, stage.kid)
    assert (answer.status_code, answer.text) == (200, "Successfully revoked")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert stage.listing(admin)[0]["revoked"] is True
    stage.ask()
    assert stage.last_failure() == "certificate_revoked"


def test_uploaded_certificate_mints_tokens(stage, admin, tools):
    key = tools.make_key("rsa3072")
    answer = stage.upload(admin, tools.to_pem(tools.make_certificate(key, pss_oid=True)), "1001", "12").json()
    assert answer["algorithm"] == "RSA"
    token = stage.ask(stage.sign(key=key, alg="PS512", kid=answer["certificate_id"])).json()["access_token"]
    assert len(stage.listing(token)) == 2


@pytest.mark.parametrize("kind", ["rsa2048", "p224"])
def test_key_sizes(stage, admin, tools, kind):
    answer = stage.upload(admin, tools.to_pem(tools.make_certificate(tools.make_key(kind))))
    refused(stage, answer, "certificate_key")


@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "rsa3072", "rsa4096"])
def test_good_key_sizes(stage, admin, tools, kind):
    assert stage.upload(admin, tools.to_pem(tools.make_certificate(tools.make_key(kind)))).status_code == 200


def test_bad_files(stage, admin, tools, pem):
    key = tools.make_key("p256")
    bad = {
        "certificate_format": ["", "hello", pem * 2, pem.replace("MII", "MIX", 1), "x" + pem, pem[:200]],
        "private_key": [tools.private_pem(key), pem + tools.private_pem(key)],
    }
    for condition, texts in bad.items():
        for text in texts:
            refused(stage, stage.upload(admin, text), condition)
    assert stage.upload(admin, pem.replace("\n", "\r\n")).status_code == 200


def test_expired_certificate(stage, admin, tools):
    answer = stage.upload(admin, tools.to_pem(tools.make_certificate(stage.key, days=2, start=-3)))
    refused(stage, answer, "certificate_past")


def test_bad_bodies(stage, admin, pem):
    good = {"fileContent": pem, "role": 1000, "entity": "12"}
    bodies = [
        {},
        [good],
        {"fileContent": pem, "role": 1000},
        {**good, "other": 1},
        {**good, "fileContent": 5},
        {**good, "role": "Admin"},
        {**good, "role": True},
        {**good, "entity": 1.5},
    ]
    for body in bodies:
        refused(stage, stage.call("POST", stage.certificates_url, admin, json=body), "api_content")
    for kind, data in (("text/plain", "{}"), ("application/json", "{")):
        answer = stage.call("POST", stage.certificates_url, admin, data=data, headers={"Content-Type": kind})
        refused(stage, answer, "api_content")
    answer = stage.call("POST", f"{stage.certificates_url}/{stage.kid}/revoke", admin, data="x")
    refused(stage, answer, "api_content")


def test_unknown_role_and_entity(stage, admin, pem):
    refused(stage, stage.upload(admin, pem, 4711, 12), "role_unknown")
    refused(stage, stage.upload(admin, pem, 1000, 4711), "entity_unknown")
    stage.admin("PATCH", json={"roles": [{"id": 1000, "active": False}]})
    refused(stage, stage.upload(admin, pem), "role_unknown")


def test_record_must_allow_the_grant(stage, admin, pem):
    stage.admin("PATCH", json={"integrations": [{"client_credentials": False}]})
    refused(stage, stage.upload(admin, pem), "client_unsuitable", code="INVALID_REQUEST")


def test_five_active_certificates(stage, admin, tools):
    uploads = [tools.to_pem(tools.make_certificate(stage.key)) for _attempt in range(6)]
    answers = [stage.upload(admin, pem) for pem in uploads[:4]]
    assert [answer.status_code for answer in answers] == [200] * 4
    refused(stage, stage.upload(admin, uploads[4]), "certificate_limit", code="INVALID_REQUEST")
    stage.revoke(admin, stage.kid)
    assert stage.upload(admin, uploads[4]).status_code == 200
    refused(stage, stage.upload(admin, uploads[5]), "certificate_limit", code="INVALID_REQUEST")
    stage.knobs(max_active_certificates=6)
    assert stage.upload(admin, uploads[5]).status_code == 200
    assert len(stage.listing(admin)) == 7


def test_expired_certificates_do_not_count(stage, tools):
    for _attempt in range(4):
        stage.map(stage.key, days=30)
    stage.knobs(clock_offset=60 * 86400)
    pem = tools.to_pem(tools.make_certificate(stage.key, start=30))
    assert stage.upload(stage.admin_token(), pem).status_code == 200
    assert [entry["revoked"] for entry in stage.listing(stage.admin_token())] == [False] * 6


def test_one_certificate_one_combination(stage, admin, pem):
    other = "e" * 64
    stage.admin("PATCH", json={"integrations": [{"client_id": other}]})
    assert stage.upload(admin, pem).status_code == 200
    refused(stage, stage.upload(admin, pem, 1001, 12), "certificate_elsewhere")
    refused(stage, stage.upload(admin, pem, 1000, -5), "certificate_elsewhere")
    body = {"certificate": pem, "role": 1000, "entity": 12, "client_id": other}
    error = stage.admin("POST", "certificates", body, status=409)["error"]
    assert error["code"] == "certificate_elsewhere"


def test_duplicate_knob(stage, admin, pem):
    first = stage.upload(admin, pem).json()
    refused(stage, stage.upload(admin, pem), "certificate_duplicate")
    stage.knobs(duplicate_upload="return")
    answer = stage.upload(admin, pem)
    assert (answer.status_code, answer.json()) == (200, first)
    assert stage.simulator.admin("GET", "counters")["by_account"][stage.label]["writes"] == 1
    assert stage.simulator.admin("GET", "counters")["by_account"][stage.label]["write_attempts"] == 3


def test_revoked_certificate_stays_with_its_integration(stage, admin, pem):
    other = "d" * 64
    stage.admin("PATCH", json={"integrations": [{"client_id": other}]})
    identifier = stage.upload(admin, pem).json()["certificate_id"]
    stage.revoke(admin, identifier)
    body = {"certificate": pem, "role": 1000, "entity": 12, "client_id": other}
    assert stage.admin("POST", "certificates", body, status=409)["error"]["code"] == "certificate_reused"
    stage.knobs(revoked_reuse="never")
    refused(stage, stage.upload(admin, pem), "certificate_reused")
    stage.knobs(revoked_reuse="same_integration")
    assert stage.upload(admin, pem, 1001, 12).status_code == 200
    entries = [entry for entry in stage.listing(admin) if entry["certificate_id"] == identifier]
    assert [(entry["revoked"], entry["role"]["id"]) for entry in entries] == [(True, 1000), (False, 1001)]


def test_long_validity_knobs(stage, admin, tools):
    def upload():
        return stage.upload(admin, tools.to_pem(tools.make_certificate(stage.key, days=1000, start=-100)))

    begin = datetime.now(timezone.utc) - timedelta(days=100)
    assert upload().json()["valid_until"] == begin.replace(year=begin.year + 2).strftime("%Y-%m-%d")
    stage.knobs(two_years_from="upload")
    today = datetime.now(timezone.utc)
    assert upload().json()["valid_until"] == today.replace(year=today.year + 2).strftime("%Y-%m-%d")
    stage.knobs(long_validity="reject")
    refused(stage, upload(), "certificate_long")
    assert stage.upload(admin, tools.to_pem(tools.make_certificate(stage.key, days=730))).status_code == 200


def test_upload_answer_knobs(stage, admin, tools):
    def upload():
        return stage.upload(admin, tools.to_pem(tools.make_certificate(stage.key)))

    stage.knobs(upload_status=201)
    assert (upload().status_code, upload().json()["invalidated"]) == (201, False)
    stage.knobs(upload_body="text")
    answer = upload()
    assert (answer.status_code, answer.text) == (201, "Successfully uploaded")
    stage.knobs(upload_status=204)
    answer = upload()
    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Length" not in answer.headers


def test_revoke_answer_knobs(stage, admin):
    stage.knobs(revoke_status=204)
    assert (stage.revoke(admin, stage.kid).status_code, stage.listing(admin)[0]["revoked"]) == (204, True)
    refused(stage, stage.revoke(admin, stage.kid), "mapping_revoked", code="INVALID_REQUEST")
    stage.knobs(already_revoked="accept")
    assert stage.revoke(admin, stage.kid).status_code == 204
    refused(stage, stage.revoke(admin, "A" * 43), "mapping_unknown", 404, "NONEXISTENT_ID")


def test_id_knobs(stage, admin, tools, pem):
    stage.knobs(ids_as="string", returned_certificate_id="other")
    answer = stage.upload(admin, pem).json()
    assert answer["entity_role_id"] == {"com": stage.account_id, "ent": "12", "rol": "1000"}
    assert answer["application_id"] == "101"
    entry = stage.listing(admin)[1]
    assert (entry["application"]["id"], entry["role"]["id"], entry["entity"]["id"]) == ("101", "1000", "12")
    key = tools.make_key("p384")
    assert stage.ask(stage.sign(key=key, alg="ES384", kid=answer["certificate_id"])).status_code == 200
    from cryptography import x509

    computed = thumbprint(x509.load_pem_x509_certificate(pem.encode()))
    assert computed != answer["certificate_id"]
    stage.ask(stage.sign(key=key, alg="ES384", kid=computed))
    assert stage.last_failure() == "certificate_unknown"


def test_truncated_list(stage, admin, pem):
    stage.upload(admin, pem)
    stage.knobs(list_truncates=1)
    assert [entry["certificate_id"] for entry in stage.listing(admin)] == [stage.kid]


def test_visibility_knob(stage, tools):
    stage.map(tools.make_key("p384"), role=3, entity=-5)
    token = stage.admin_token(role=1001, entity=12)
    assert [entry["entity"]["id"] for entry in stage.listing(token)] == [12]
    hidden = stage.listing(stage.admin_token())[1]["certificate_id"]
    refused(stage, stage.revoke(token, hidden), "mapping_unknown", 404, "NONEXISTENT_ID")
    stage.knobs(certificate_visibility="all")
    assert [entry["entity"]["id"] for entry in stage.listing(token)] == [12, -5]
    assert stage.revoke(token, hidden).status_code == 200


def test_for_whom_a_certificate_may_be_uploaded(stage, admin, tools):
    def upload(token, entity):
        return stage.upload(token, tools.to_pem(tools.make_certificate(stage.key)), 1000, entity)

    plain = stage.admin_token(role=1001, entity=12)
    refused(stage, upload(plain, -5), "entity_foreign", 403, "INSUFFICIENT_PERMISSION")
    assert [upload(plain, 12).status_code, upload(admin, 12).status_code] == [200, 200]
    stage.knobs(upload_entity="own")
    refused(stage, upload(admin, 12), "entity_foreign", 403, "INSUFFICIENT_PERMISSION")
    stage.knobs(upload_entity="any")
    assert upload(plain, -5).status_code == 200


def test_other_clients(stage, admin):
    other = "c" * 64
    url = stage.certificates_url.replace(stage.client_id, other)
    refused(stage, stage.call("GET", url, admin), "client_unknown", 404, "NONEXISTENT_ID")
    stage.admin("PATCH", json={"integrations": [{"client_id": other}]})
    refused(stage, stage.call("GET", url, admin), "client_foreign", 403, "INSUFFICIENT_PERMISSION")
    stage.knobs(foreign_client=True)
    assert stage.call("GET", url, admin).json() == []


def test_permissions(stage):
    plain = stage.admin_token(role=1000, entity=12)
    refused(stage, stage.call("GET", stage.certificates_url, plain), "api_permission", 403, "INSUFFICIENT_PERMISSION")
    scope = stage.admin_token(scope=["restlets"])
    refused(stage, stage.call("GET", stage.certificates_url, scope), "api_scope", 403, "INSUFFICIENT_PERMISSION")


def test_oauth_style_errors(stage):
    stage.knobs(rotation_error_style="oauth")
    answer = stage.call("GET", stage.certificates_url)
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_token"})
    answer = stage.call("GET", stage.certificates_url, stage.admin_token(role=1000, entity=12))
    assert (answer.status_code, answer.json()) == (403, {"error": "insufficient_scope"})
    answer = stage.upload(stage.admin_token(), "x")
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_rsa_pss_key_knob(stage, admin, tools):
    der = tools.make_certificate(tools.make_key("rsa3072")).public_bytes(Encoding.DER)
    plain, restricted = (bytes.fromhex(f"2a864886f70d0101{oid}") for oid in ("010500", "0a3000"))
    assert der.count(plain) == 1
    text = base64.encodebytes(der.replace(plain, restricted)).decode()
    pem = f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"
    refused(stage, stage.upload(admin, pem), "certificate_key")
    stage.knobs(rsa_pss_keys=True)
    assert stage.upload(admin, pem).status_code == 200


def test_revocation_and_issued_tokens(stage, tools):
    stage.knobs(revocation_kills_tokens=True)
    token = stage.token()
    assert stage.call("GET", tools.server_time, token).status_code == 200
    stage.admin("POST", f"certificates/{stage.kid}/revoke")
    assert stage.call("GET", tools.server_time, token).status_code == 401
    assert (stage.last_failure(), stage.audit()[-1]["detail"]) == ("token_blocked", "TokenBlocked")
    stage.knobs(revocation_kills_tokens=False)
    assert stage.call("GET", tools.server_time, token).status_code == 200


def test_other_methods(stage, admin):
    answer = stage.call("DELETE", stage.certificates_url, admin)
    assert (answer.status_code, answer.headers["Allow"], stage.last_failure()) == (405, "GET, POST", "api_method")
    answer = stage.call("GET", f"{stage.certificates_url}/{stage.kid}/revoke", admin)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    answer = stage.call("GET", f"{stage.certificates_url}/{stage.kid}", admin)
    assert (answer.status_code, stage.last_failure()) == (404, "not_found")
