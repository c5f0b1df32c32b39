# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to a client: where key and certificate come from, and what is wrong before anything is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError, OptionError, VaultError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, Generation
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.option_groups import ACCOUNT, CLIENT, HTTP
from ansible_collections.m2m.netsuite.plugins.module_utils.services import oauth_client
from ansible_collections.m2m.netsuite.plugins.module_utils.services.certificate_api import CertificateApi
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.file import FileStore
from ansible_collections.m2m.netsuite.plugins.module_utils.services.key_encryption import KeyEncryption

CLIENT_ID = "0123456789abcdef" * 4


class Desk:
    """Two generations of material, as files, as texts and as a credential file."""

    def __init__(self, folder, lab, vault):
        self.folder, self.lab, self.vault = folder, lab, vault
        self.keys = [lab.key("secp256r1"), lab.key("secp384r1")]
        start = lab.now - timedelta(days=1)
        self.certificates = [lab.certificate(key, start) for key in self.keys]
        self.ids = [certificates.certificate_id(certificate) for certificate in self.certificates]
        (folder / "auth-key.pem").write_text(lab.key_pem(self.keys[0]))
        (folder / "encrypted.pem").write_text(vault.encrypt(lab.key_pem(self.keys[0]), None))
        (folder / "auth-cert.pem").write_text(lab.certificate_pem(self.certificates[0]))
        self.credentials()

    def credentials(self, pending=True, noted=None, account="1234567"):
        made = [
            Generation(
                number + 1,
                noted or self.ids[number],
                self.lab.certificate_pem(self.certificates[number]),
                iso(self.lab.now),
                iso(self.lab.now),
                self.vault.encrypt(self.lab.key_pem(self.keys[number]), "prod"),
            )
            for number in range(2)
        ]
        store = FileStore(self.path("credentials.yml"), KeyEncryption(None))
        store.save(Credentials(account, made[0], made[1] if pending else None), store.load().version)

    def path(self, name):
        return str(self.folder / name)

    def options(self, **changes):
        spec = {**ACCOUNT, **CLIENT, **HTTP}
        defaults = {name: one.get("default") for name, one in spec.items()}
        return {**defaults, "account_id": "1234567", "client_id": CLIENT_ID, "access_token": None, **changes}


@pytest.fixture
def desk(tmp_path, lab, vault):
    return Desk(tmp_path, lab, vault)


def sources(desk):
    key, certificate = desk.lab.key_pem(desk.keys[0]), desk.lab.certificate_pem(desk.certificates[0])
    return {
        "paths": {"private_key_path": desk.path("auth-key.pem"), "certificate_path": desk.path("auth-cert.pem")},
        "texts": {"private_key_content": key, "certificate_content": certificate},
        "escaped texts": {"private_key_content": key.replace("\n", "\\n"), "certificate_content": certificate},
        "path and text": {"private_key_path": desk.path("auth-key.pem"), "certificate_content": certificate},
        "vaulted file": {"private_key_path": desk.path("encrypted.pem"), "certificate_content": certificate},
        "vaulted text": {
            "private_key_content": desk.vault.encrypt(key, None),
            "certificate_content": desk.vault.encrypt(certificate, None),
        },
        "credential file": {"credentials_path": desk.path("credentials.yml")},
        "id alone": {"private_key_content": key, "certificate_id": desk.ids[0]},
        "path before text": {
            "private_key_path": desk.path("auth-key.pem"),
            "private_key_content": "ignored",
            "certificate_id": desk.ids[0],
        },
    }


@pytest.mark.parametrize(
    "source",
    [
        "paths",
        "texts",
        "escaped texts",
        "path and text",
        "vaulted file",
        "vaulted text",
        "credential file",
        "id alone",
        "path before text",
    ],
)
def test_where_key_and_certificate_come_from(desk, source):
    made = oauth_client.read_client(desk.options(**sources(desk)[source]), desk.vault)
    assert made.problems(desk.lab.now) == []
    assertion = made.sign(desk.lab.now)
    assert assertion.header["kid"] == desk.ids[0]
    assert assertion.header["alg"] == "ES256"
    assert assertion.claims["iss"] == CLIENT_ID
    assert assertion.claims["aud"] == made.endpoints.token
    assert made.account.realm == "1234567"


def test_the_pending_generation(desk):
    made = oauth_client.read_client(
        desk.options(credentials_path=desk.path("credentials.yml"), generation="pending"), desk.vault
    )
    assert made.sign(desk.lab.now).header == {
        "typ": "JWT",
        "alg": "ES384",
        "kid": desk.ids[1],
        "x5t#S256": desk.ids[1],
    }


def test_only_the_key_that_is_needed_is_decrypted(desk):
    options = desk.options(credentials_path=desk.path("credentials.yml"))
    oauth_client.read_certificate(options, None)
    assert desk.vault.opened == 0
    oauth_client.read_pair(options, desk.vault)
    assert desk.vault.opened == 1


@pytest.mark.parametrize("mine", [0, 1])
def test_of_a_bundle_the_certificate_of_the_key_is_read(desk, mine):
    """Also where the certificate alone is asked for, as certificate_info and a hand-over do."""
    bundle = "".join(map(desk.lab.certificate_pem, desk.certificates))
    options = desk.options(certificate_content=bundle, private_key_content=desk.lab.key_pem(desk.keys[mine]))
    assert oauth_client.read_certificate(options, None) == desk.certificates[mine]
    assert oauth_client.read_certificate(desk.options(certificate_content=bundle), None) == desk.certificates[0]


def test_the_recorded_id_comes_before_the_computed_one(desk):
    desk.credentials(noted="T" * 43)
    made = oauth_client.read_client(desk.options(credentials_path=desk.path("credentials.yml")), desk.vault)
    assert made.sign(desk.lab.now).header["kid"] == "T" * 43
    assert made.problems(desk.lab.now) == []
    explicit = oauth_client.read_client(
        desk.options(credentials_path=desk.path("credentials.yml"), certificate_id="U" * 43), desk.vault
    )
    assert explicit.sign(desk.lab.now).header["kid"] == "U" * 43


def test_what_goes_into_the_assertion(desk):
    made = oauth_client.read_client(
        desk.options(
            **sources(desk)["paths"],
            audience="https://aud.example",
            scope=["restlets", "suite_analytics"],
            assertion_lifetime=60,
            extra_claims={"sub": "x"},
            base_url="http://127.0.0.1:1/_acct/1234567",
        ),
        None,
    )
    claims = made.sign(desk.lab.now).claims
    assert (claims["aud"], claims["sub"]) == ("https://aud.example", "x")
    assert claims["scope"] == ["restlets", "suite_analytics"]
    assert claims["exp"] - claims["iat"] == 60
    assert made.endpoints.token == "http://127.0.0.1:1/_acct/1234567/services/rest/auth/oauth2/v1/token"


PROBLEMS = [
    ({}, []),
    ({"certificate_id": "W" * 43}, ["certificate_id"]),
    ({"certificate_id": "short"}, ["certificate_id"]),
    ({"client_id": "abc"}, ["client_id"]),
    ({"client_id": "3FA85F64-5717-4562-B3FC-2C963F66AFA6"}, ["client_id"]),
    ({"algorithm": "RS256"}, ["algorithm"]),
    ({"algorithm": "PS256"}, ["algorithm"]),
    ({"scope": ["mcp"]}, ["scope"]),
    ({"scope": []}, ["scope"]),
    ({"audience": "https://7654321.suitetalk.api.netsuite.com/x"}, ["audience"]),
    ({"client_id": "abc", "algorithm": "RS256", "scope": []}, ["client_id", "algorithm", "scope"]),
]


@pytest.mark.parametrize(("changes", "rules"), PROBLEMS, ids=[str(row[0])[:50] for row in PROBLEMS])
def test_problems_by_option(desk, changes, rules):
    made = oauth_client.read_client(desk.options(**sources(desk)["paths"], **changes), None)
    assert [problem.rule for problem in made.problems(desk.lab.now)] == rules


def test_problems_of_the_pair(desk):
    lab = desk.lab

    def rules(key, certificate=None, **changes):
        text = (
            {"certificate_content": lab.certificate_pem(certificate)} if certificate else {"certificate_id": "x" * 43}
        )
        made = oauth_client.read_client(
            desk.options(**{"private_key_content": lab.key_pem(key), **text, **changes}), None
        )
        return [problem.rule for problem in made.problems(lab.now)]

    key, other = desk.keys
    assert rules(other, desk.certificates[0]) == ["key_mismatch"]
    assert rules(key, lab.certificate(key, lab.now - timedelta(days=366))) == ["expired"]
    assert rules(key, lab.certificate(key, lab.now + timedelta(days=1))) == ["not_yet_valid"]
    assert rules(key, lab.certificate(key, days=731)) == ["validity_too_long"]
    weak = lab.key("RSA-2048")
    assert rules(weak, lab.certificate(weak)) == ["key_kind"]
    assert rules(weak) == ["key_kind"]
    assert rules(key) == []
    assert rules(key, lab.certificate(key, hyphen=True)) == ["id_begins_with_hyphen"]
    assert rules(key, certificate_id="a:b") == ["certificate_id"]


def test_a_credential_file_of_another_account(desk):
    desk.credentials(account="7654321_SB1")
    made = oauth_client.read_client(desk.options(credentials_path=desk.path("credentials.yml")), desk.vault)
    (problem,) = made.problems(desk.lab.now)
    assert (problem.rule, problem.blocking) == ("account", False)


REFUSALS = [
    ({"client_id": None}, OptionError, "client_id_missing"),
    ({"client_id": ""}, OptionError, "client_id_missing"),
    ({"account_id": "evil.example"}, OptionError, "bad_account_id"),
    ({"base_url": "http://evil.example"}, OptionError, "bad_base_url"),
    ({"assertion_lifetime": 3600}, OptionError, "bad_lifetime"),
    ({"private_key_path": None}, OptionError, "private_key_missing"),
    ({"certificate_path": None}, OptionError, "certificate_missing"),
    ({"private_key_path": "missing.pem"}, OptionError, "missing_file"),
    ({"certificate_path": "missing.pem"}, OptionError, "missing_file"),
    ({"private_key_path": "auth-cert.pem"}, KeyMaterialError, "wrong_pem"),
    ({"certificate_path": "auth-key.pem"}, KeyMaterialError, "wrong_pem"),
    ({"private_key_path": "encrypted.pem"}, VaultError, "vault_missing"),
    ({"credentials_path": "missing.yml"}, OptionError, "missing_file"),
    ({"credentials_path": "auth-key.pem"}, KeyMaterialError, "foreign_file"),
    ({"credentials_path": "credentials.yml"}, VaultError, "vault_missing"),
]


@pytest.mark.parametrize(("changes", "kind", "cause"), REFUSALS, ids=[str(row[0]) for row in REFUSALS])
def test_refusals(desk, canaries, changes, kind, cause):
    paths = {
        name: desk.path(value) if value and name.endswith("_path") else value
        for name, value in {"private_key_path": "auth-key.pem", "certificate_path": "auth-cert.pem", **changes}.items()
    }
    with pytest.raises(kind) as caught:
        oauth_client.read_client(desk.options(**paths), None)
    assert caught.value.cause == cause
    assert caught.value.fix
    shown = f"{caught.value} {caught.value!r} {caught.value.facts}"
    assert not [secret for secret in canaries(desk.keys[0]) if secret in shown]


def test_nothing_pending(desk):
    desk.credentials(pending=False)
    with pytest.raises(KeyMaterialError) as caught:
        oauth_client.read_client(
            desk.options(credentials_path=desk.path("credentials.yml"), generation="pending"), desk.vault
        )
    assert caught.value.cause == "nothing_pending"


def test_a_pending_pair_that_another_run_has_put_in_force(desk):
    """A run that goes on with a rotation names the certificate that it is about."""
    desk.credentials(pending=False)
    options = desk.options(credentials_path=desk.path("credentials.yml"), generation="active")
    in_force = oauth_client.read_client(options, desk.vault).pair.certificate_id
    named = {**options, "generation": "pending", "certificate_id": in_force}
    assert oauth_client.read_client(named, desk.vault).pair.certificate_id == in_force


def test_no_secret_is_in_a_representation(desk, canaries):
    made = oauth_client.read_client(desk.options(**sources(desk)["texts"]), None)
    shown = f"{made!r} {made.pair!r} {made.sign(desk.lab.now)!r}"
    assert not [secret for secret in canaries(desk.keys[0]) if secret in shown]


@pytest.mark.parametrize(
    "changes",
    [{"timeout": seconds} for seconds in (0, -1, float("nan"), float("inf"), 1e10)]
    + [{"retries": -1}, {"proxy_password": "pass"}],
    ids=str,
)
def test_numbers_that_make_no_sense(desk, changes):
    with pytest.raises(OptionError) as caught:
        oauth_client.open_http_client(desk.options(**changes), None, None)
    assert caught.value.cause == "bad_http_options"


def test_every_http_option_arrives(desk, authority):
    pair = authority.pair("client")
    wanted = {
        "timeout": 7.0,
        "retries": 1,
        "validate_certs": False,
        "ca_path": "ca",
        "proxy": "http://p:1",
        "proxy_username": "user",
        "proxy_password": "pass",
        "tls_client_cert": pair.certificate,
        "tls_client_key": pair.key,
    }
    with oauth_client.open_http_client(desk.options(**wanted), None, None) as http_client:
        assert vars(http_client._options) == wanted
        assert http_client.timeout == 7


# --- a session with the certificate API ----------------------------------------------------------------------------


def session(desk, server, **changes):
    options = desk.options(base_url=server.url, **changes)
    with oauth_client.open_http_client(options, desk.lab.now.timestamp, lambda seconds: None) as http_client:
        return CertificateApi.connect(options, desk.vault, http_client, desk.lab.now.timestamp).list()


def test_a_bootstrap_token_needs_no_key(desk, server):
    server.answers = [(200, {}, [])]
    assert session(desk, server, access_token="bootstrap") == []
    assert [request.headers["Authorization"] for request in server.requests] == ["Bearer bootstrap"]


def test_a_session_of_one_s_own(desk, server):
    server.answers = [(200, {}, {"access_token": "own", "expires_in": 60}), (200, {}, [])]
    assert session(desk, server, **sources(desk)["paths"]) == []
    assert [request.headers.get("Authorization") for request in server.requests] == [None, "Bearer own"]


def test_what_netsuite_surely_refuses_is_not_sent(desk, server):
    with pytest.raises(KeyMaterialError) as caught:
        session(desk, server, **sources(desk)["paths"], algorithm="RS256")
    assert caught.value.cause == "algorithm"
    assert server.requests == []


def test_a_bootstrap_token_needs_the_client(desk, server):
    with pytest.raises(OptionError) as caught:
        session(desk, server, access_token="bootstrap", client_id=None)
    assert caught.value.cause == "client_id_missing"
    assert server.requests == []
