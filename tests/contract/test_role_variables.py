# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each variable of the role netsuite_account has its effect on the operations of the role."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ansible_collections.m2m.netsuite.tests.contract.role import PREFIX, VARIABLES, Role
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, WITH_ROTATION, Pair, Stage
from ansible_collections.m2m.netsuite.tests.support.material import new_key
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao
from ansible_collections.m2m.netsuite.tests.support.person import Person
from ansible_collections.m2m.netsuite.tests.support.proxy import Proxy


@pytest.fixture
def role(tmp_path, simulator) -> Iterator[Role]:
    stage = Stage(tmp_path, simulator)
    with stage.exits:
        stage.open_account()
        yield Role(stage)


@pytest.fixture
def active(role) -> Role:
    """The same with a pair in variables that is mapped."""
    return role.with_pair(role.stage.map(role.stage.pair()))


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as running:
        yield running


def asked(proxy: Proxy) -> dict[str, list[str]]:
    """The form of the token request that went through the proxy."""
    return next(parse_qs(body.decode()) for body, _answer in proxy.bodies if b"client_assertion=" in body)


def test_assertion_and_request(active, proxy):
    """netsuite_account_algorithm, _assertion_lifetime, _scope, _audience, _proxy"""
    active.with_pair(active.stage.map(active.stage.pair("rsa", rsa=True)))
    audience = f"{active.stage.base_url}/services/rest/auth/oauth2/v1/token"
    active.set(algorithm="PS384", assertion_lifetime=120, scope=["restlets", "rest_webservices"], audience=audience)
    found = active.set(proxy=proxy.url).look()
    assert found["status"] == "active"
    assertion = asked(proxy)["client_assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert jwt.get_unverified_header(assertion)["alg"] == "PS384"
    assert claims["exp"] - claims["iat"] == 120
    assert (claims["scope"], claims["aud"]) == (["restlets", "rest_webservices"], audience)
    assert active.set(audience="https://elsewhere.example/token").look()["status"] != "active"


def test_the_login_of_a_proxy(active):
    """netsuite_account_proxy_username, _proxy_password"""
    with Proxy("me:ProxyCanary") as proxy:
        active.set(proxy=proxy.url)
        assert active.look()["diagnosis"][0]["fix"] == "Set proxy_username and proxy_password"
        assert active.set(proxy_username="me", proxy_password="ProxyCanary").look()["status"] == "active"
    assert "ProxyCanary" not in str(active.results)


def test_subject_of_a_new_certificate(role):
    """netsuite_account_common_name, _organization, _organizational_unit, _locality, _state_or_province, _country,
    _email, _valid_days, _key_type, _key_size, _signature_padding
    """
    subject = {
        "common_name": ("CN", "warehouse"),
        "organization": ("O", "Example Ltd"),
        "organizational_unit": ("OU", "Integration"),
        "locality": ("L", "Brno"),
        "state_or_province": ("ST", "South Moravia"),
        "country": ("C", "CZ"),
        "email": ("emailAddress", "it@example.com"),
    }
    role.set(**{name: value for name, (_short, value) in subject.items()}, curve="")
    role.set(key_type="RSA", key_size=3072, valid_days=100, signature_padding="pkcs1v15")
    made = role.task("account_credentials")
    certificate = x509.load_pem_x509_certificate(made["certificate"].encode())
    names = {"1.2.840.113549.1.9.1": "emailAddress"}
    found = {names.get(part.oid.dotted_string, part.rfc4514_attribute_name): part.value for part in certificate.subject}
    assert found == dict(subject.values())
    assert (certificate.not_valid_after_utc - datetime.now(timezone.utc)).days == 99
    assert certificate.public_key().key_size == 3072
    assert certificate.signature_algorithm_oid.dotted_string == "1.2.840.113549.1.1.11"  # not RSASSA-PSS


def done(result: dict[str, Any]) -> set[str]:
    """The checks that were carried out."""
    return {one["name"] for one in result["checks"] if one["status"] == "ok"}


def test_checks_are_those_asked_for(active):
    """netsuite_account_checks"""
    assert done(active.set(checks=["claims", "probe"]).look()) == {"preflight", "token", "claims", "probe"}
    assert done(active.set(checks=["signature"]).look()) == {"preflight", "token", "signature"}


def test_diagnosis_asks_the_key_set_unless_it_is_switched_off(role, proxy):
    """netsuite_account_diagnose"""
    role.with_pair(role.stage.pair()).set(proxy=proxy.url)
    role.tasks("account_credentials", "token_check")
    assert any(path.endswith("/keys") for path in proxy.seen)
    role.set(diagnose=False).tasks("account_credentials", "token_check")
    assert not any(path.endswith("/keys") for path in proxy.seen)


def test_a_failed_account_fails_the_role_unless_that_is_switched_off(active):
    """netsuite_account_fail"""
    found = active.set(role_id="1000").look()  # it is mapped to another role
    assert (found["status"], found["failed"]) == ("failed", True)
    assert "failed" not in active.set(fail=False).task("account_result")


def test_an_account_that_is_not_active_fails_where_it_has_to_be(role):
    """netsuite_account_require_active, _application"""
    waiting = role.set(application="Warehouse").look()
    assert (waiting["status"], waiting.get("failed")) == ("awaiting_upload", None)
    assert "Warehouse" in waiting["next_step"]
    assert role.set(require_active=True).task("account_result")["failed"]


def test_names_stand_in_place_of_ids(active):
    """netsuite_account_role_name, _entity_name"""
    active.stage.rename(WITH_ROTATION, "Warehouse", "Jane Doe")
    active.set(role_id=None, entity_id=None, role_name="warehouse", entity_name="Jane Doe")
    found = active.look()
    assert (found["status"], found["role"], found["entity"]) == ("active", WITH_ROTATION, ENTITY)
    assert (found["role_name"], found["entity_name"]) == ("Warehouse", "Jane Doe")
    for kind in ("role", "entity"):
        found = active.set(**{"role_name": "warehouse", "entity_name": "Jane Doe", f"{kind}_name": "Somebody"}).look()
        assert (found["status"], found["diagnosis"][0]["cause"]) == ("failed", f"token_{kind}")


def test_a_slow_answer_ends_at_the_timeout(active):
    """netsuite_account_timeout"""
    active.stage.fault("token", kind="delay", seconds=3)
    assert active.set(timeout=0.5).look()["status"] == "failed"
    assert active.set(timeout=20).look()["status"] == "active"


def test_temporary_failures_are_retried_as_often_as_asked(active):
    """netsuite_account_retries"""
    active.stage.fault("token", kind="status", status=503)
    assert active.look()["status"] == "failed"
    active.stage.fault("token", kind="status", status=503)
    assert active.set(retries=1).look()["status"] == "active"


@pytest.mark.parametrize("variable", ["tls_client_cert", "tls_client_key", "ca_path"])
def test_files_for_tls_are_read(active, variable, tmp_path):
    """netsuite_account_tls_client_cert, _tls_client_key, _ca_path"""
    pair = active.stage.pair("gateway")
    active.set(tls_client_cert=str(pair.certificate_path), tls_client_key=str(pair.key_path))
    assert active.look()["status"] == "active"
    result = active.set(**{variable: str(tmp_path / "missing.pem")}).task("token_check")
    assert result["failed"]
    assert variable in result["msg"]


def test_the_certificate_api_may_have_a_host_of_its_own(role, monkeypatch):
    """netsuite_account_certificates_url, _bootstrap_token"""
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")  # nobody is there, so nothing leaves this machine
    stage = role.stage
    del role.variables[f"{PREFIX}base_url"]
    role.set(certificates_url=stage.base_url, bootstrap_token=stage.token("3"), timeout=5)
    result = role.tasks("account_credentials", "account_reconcile")
    assert ("map", "done") in [(one["step"], one["status"]) for one in result["steps"]]


def test_the_environment_of_the_account_is_checked(role):
    """netsuite_account_environment"""
    assert role.set(environment="production").task("account_credentials")["failed"]
    assert "failed" not in role.set(environment="sandbox").task("account_credentials")


def test_the_credential_file(role, tmp_path):
    """netsuite_account_credentials_path, _encryption, _vault_id, _read_only, _private_key_passphrase"""
    looked = role.set(read_only=True).task("account_credentials")
    assert not looked["changed"]
    assert not role.path.exists()
    role.set(read_only=False).task("account_credentials")
    assert "!vault" in role.path.read_text(encoding="utf-8")
    elsewhere = tmp_path / "elsewhere.yml"
    role.set(credentials_path=str(elsewhere), encryption="file", private_key_passphrase="correct horse")
    role.task("account_credentials")
    text = elsewhere.read_text(encoding="utf-8")
    assert text.startswith("$ANSIBLE_VAULT;")
    assert "ENCRYPTED PRIVATE KEY" in role.stage.vault().decrypt(text, "")
    refused = role.set(vault_id="unknown", credentials_path=str(tmp_path / "third.yml")).task("account_credentials")
    assert refused["cause"] == "vault_missing"


def test_a_key_without_encryption_has_to_be_allowed(role):
    """netsuite_account_allow_plaintext_key"""
    role.stage.vault = lambda: None  # a run without vault secrets
    assert role.task("account_credentials")["failed"]
    assert "failed" not in role.set(allow_plaintext_key=True).task("account_credentials")
    assert "BEGIN PRIVATE KEY" in role.path.read_text(encoding="utf-8")


@pytest.mark.parametrize("wish", [{"renew_before_days": 150}, {"rotate": True}], ids=str)
def test_a_pair_is_renewed_by_date_and_on_request(role, wish):
    """netsuite_account_renew_before_days, _rotate"""
    first = role.set(valid_days=100).task("account_credentials")["certificate"]
    assert not role.set(valid_days=730).task("account_credentials")["changed"]
    role.stage.map(written(role, first))
    assert role.set(**wish).task("account_credentials")["changed"]


def written(role: Role, certificate: str) -> Pair:
    """A certificate of the credential file as the administrator gets it."""
    path = role.stage.folder / "upload.pem"
    path.write_text(certificate, encoding="utf-8")
    return Pair(path, path, "")


def test_a_replaced_certificate_lives_on_for_the_overlap(active):
    """netsuite_account_overlap_days, _forget, _certificate_id"""
    old = active.stage.pair("older")
    active.with_pair(active.stage.map(old)).set(certificate_id=old.certificate_id, rotate=True, overlap_days=3)
    result = active.tasks("account_credentials", "token_check", "account_reconcile", "account_result")
    assert [one["status"] for one in result["retiring"]] == ["waiting"]
    for _time in range(3):
        active.stage.fault("certificates.list", kind="status", status=200, body=[])
    active.set(rotate=False, overlap_days=0)
    result = active.tasks("account_credentials", "token_check", "account_reconcile", "account_result")
    assert [one["status"] for one in result["retiring"]] == ["failed"]
    active.set(forget=[old.certificate_id])
    result = active.tasks("account_credentials", "token_check", "account_reconcile", "account_result")
    assert result["retiring"] == []


def test_a_replaced_certificate_waits_for_its_consumers(active):
    """netsuite_account_consumers, _revoke"""
    old = active.stage.pair("older")
    active.with_pair(active.stage.map(old)).set(rotate=True, overlap_days=0, fail=False)
    active.variables["patchworks_handover_instances"] = ["Shop A"]
    result = active.tasks("account_credentials", "token_check", "account_reconcile", "account_result")
    assert 'waiting for Patchworks: instance "Shop A", not told yet' in result["next_step"]
    del active.variables["patchworks_handover_instances"]
    active.set(consumers=["Billing", {"name": "ERP", "reads": "store"}], rotate=False)
    result = active.tasks("account_credentials", "token_check", "account_reconcile", "account_result")
    assert [one["description"] for one in result["retiring"][0]["waits_for"]] == [
        'consumer "Billing"',
        'consumer "ERP"',
    ]
    result = active.set(revoke="after_overlap").tasks(
        "account_credentials", "token_check", "account_reconcile", "account_result"
    )
    assert result["retiring"] == []


def test_a_secret_takes_the_place_of_the_credential_file(role, tmp_path):
    """netsuite_account_store, _store_url, _store_ca_cert, _store_namespace, _store_engine_mount_point, _store_path,
    _store_auth_method, _store_token, _store_role_id, _store_secret_id, _store_role, _store_jwt
    """
    with running_openbao(tmp_path, tls=True) as server:
        admin = server.space("team")
        admin.sys.enable_secrets_engine("kv", path="keys", options={"version": "2"})
        policy = 'path "keys/data/acme" { capabilities = ["create", "read", "update"] }'
        admin.sys.create_or_update_policy("m2m", policy)
        role.set(store="kv2", store_url=server.url, store_ca_cert=server.ca_cert, store_namespace="team")
        role.set(store_engine_mount_point="keys", store_path="acme", store_token=server.token)
        made = role.task("account_credentials")
        assert (made["reason"], made["source"]) == ("missing", "kv2")
        assert not role.path.exists()
        role.set(store_token="")
        for login in (approle_login(admin), jwt_login(admin)):
            found = role.set(**login).task("account_credentials")
            assert not found.get("failed"), found
            assert found["certificate_id"] == made["certificate_id"]
        assert role.set(store_auth_method="token").task("account_credentials")["cause"] == "bad_store"


@pytest.mark.slow
def test_a_task_file_takes_the_place_of_the_credential_file(role, openbao):
    """netsuite_account_store_tasks, netsuite_account_store_vars"""
    login = {"url": openbao.url, "token": openbao.token}
    role.set(store="tasks", store_tasks=str(Path(__file__).with_name("store_tasks.yml")), store_vars=login)
    made = role.task("account_credentials")
    assert (made["reason"], made["source"]) == ("missing", "tasks")
    assert not role.path.exists()
    path = f"netsuite/{role.stage.label}"
    secret = openbao.client().secrets.kv.v2.read_secret_version(path, raise_on_deleted_version=True)
    assert secret["data"]["data"]["certificate_id"] == made["certificate_id"]
    # Whoever sets the store back to the file by mistake makes no second key.
    assert role.set(store="file").task("account_credentials")["cause"] == "kept_elsewhere"


def approle_login(admin: Any) -> dict[str, str]:
    admin.sys.enable_auth_method("approle")
    admin.auth.approle.create_or_update_approle("m2m", token_policies=["m2m"])
    role_id = admin.auth.approle.read_role_id("m2m")["data"]["role_id"]
    secret_id = admin.auth.approle.generate_secret_id("m2m")["data"]["secret_id"]
    return {"store_auth_method": "approle", "store_role_id": role_id, "store_secret_id": secret_id}


def jwt_login(admin: Any) -> dict[str, str]:
    """A login as a CI job has it."""
    key = new_key()
    public = key.public_key()
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    admin.sys.enable_auth_method("jwt")
    admin.auth.jwt.configure(jwt_validation_pubkeys=[public.public_bytes(*form).decode()])
    bound = {"bound_audiences": ["m2m"], "token_policies": ["m2m"]}
    admin.auth.jwt.create_role("ci", role_type="jwt", user_claim="sub", allowed_redirect_uris=[], **bound)
    now = int(time.time())
    claims = {"sub": "job", "aud": "m2m", "iat": now, "nbf": now, "exp": now + 600}
    return {"store_auth_method": "jwt", "store_role": "ci", "store_jwt": jwt.encode(claims, key, algorithm="ES256")}


def test_login(role):
    """_login, _login_answer, _login_client_secret, _login_redirect_uri, _login_scope, _login_timeout, _login_url"""
    uri, page = "patchworks://back", role.stage.base_url.replace("127.0.0.1", "localhost")
    role.stage.integration(client_secret="s3cret", redirect_uris=[uri])
    role.terminal = Person()
    role.tasks("account_credentials", "token_check")
    assert role.task("account_reconcile")["steps"] == []
    role.set(login=True, login_redirect_uri=uri, login_url=page, login_scope=["restlets", "rest_webservices"])
    role.set(login_timeout=17, login_answer="listener")
    assert role.task("account_reconcile")["steps"][0]["cause"] == "bad_redirect_uri"
    role.set(login_answer="paste")
    assert role.task("account_reconcile")["cause"] == "client_refused"
    role.set(login_client_secret="s3cret")
    assert [one["status"] for one in role.task("account_reconcile")["steps"]] == ["done", "ok"]
    said = "\n".join(role.terminal.shown)
    assert f"{page}/app/login/oauth2/authorize.nl?response_type=code" in said
    assert "scope=restlets%20rest_webservices&" in said
    assert "within 17 seconds" in said


def test_each_variable_has_such_a_test():
    """The tests above name theirs; the rest is what every account needs, or needs TLS and is in test_onboard."""
    shown = "".join(test.__doc__ or "" for name, test in globals().items() if name.startswith("test_"))
    usual = {"id", "base_url", "client_id", "role_id", "entity_id", "curve", "private_key", "certificate"}
    names = {variable.removeprefix(PREFIX) for variable in VARIABLES} - usual - {"validate_certs"}
    assert {name for name in names if f"_{name}" not in shown} == set()
