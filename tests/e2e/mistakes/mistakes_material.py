# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes on this side: key, certificate, certificate id, client id, account and scope."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import account_credentials
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.register import BEFORE, FILE, LIST, mistake
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.inventory import Vaults
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_key, new_pair

Given = dict[str, Any]


def _pair(stage: Stage, key: Any, **how: Any) -> Given:
    pair = new_pair(key=key, **how)
    return stage.options(private_key_content=pair.key, certificate_content=pair.certificate)


# --- key


@mistake("key", "RSA key of 2048 bits", cause="key_kind")
def _short_rsa(stage: Stage) -> Given:
    return _pair(stage, rsa.generate_private_key(65537, 2048))


@mistake("key", "EC key on a curve that NetSuite does not take", cause="key_kind")
def _odd_curve(stage: Stage) -> Given:
    return _pair(stage, ec.generate_private_key(ec.SECP256K1()))


@mistake("key", "Ed25519 key", cause="unsupported_key")
def _ed25519(stage: Stage) -> Given:
    return stage.options(private_key_content=key_pem(ed25519.Ed25519PrivateKey.generate()))


@mistake("key", "private key of another pair", cause="key_mismatch")
def _other_key(stage: Stage) -> Given:
    return stage.options(private_key_content=key_pem(new_key()))


@mistake("key", "private key of another pair, no certificate given", cause="wrong_key")
def _other_key_unseen(stage: Stage) -> Given:
    key = key_pem(new_key())
    return stage.options(private_key_content=key, certificate_content=None, certificate_id=stage.pair.id)


@mistake("key", "private key of another pair, no certificate given", known=LIST, cause="wrong_key")
def _other_key_listed(stage: Stage) -> Given:
    key = key_pem(new_key())
    return stage.listing(private_key_content=key, certificate_content=None, certificate_id=stage.pair.id)


@mistake("key", "passphrase missing", cause="passphrase_missing")
def _no_passphrase(stage: Stage) -> Given:
    return stage.options(private_key_content=key_pem(new_key(), "secret words"))


@mistake("key", "wrong passphrase", cause="wrong_passphrase")
def _wrong_passphrase(stage: Stage) -> Given:
    key = key_pem(new_key(), "secret words")
    return stage.options(private_key_content=key, private_key_passphrase="other words")


@mistake("key", "key file cut short", cause="unreadable_pem")
def _cut_key(stage: Stage) -> Given:
    lines = stage.pair.key.splitlines()
    return stage.options(private_key_content="\n".join([lines[0], lines[1][:-8], lines[-1]]))


@mistake("key", "in OpenSSH format", cause="wrong_pem")
def _openssh(stage: Stage) -> Given:
    key = serialization.load_pem_private_key(stage.pair.key.encode(), None)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return stage.options(private_key_content=pem.decode())


@mistake("key", "no such file", cause="missing_file")
def _no_file(stage: Stage) -> Given:
    return stage.options(private_key_content=None, private_key_path=str(stage.folder / "auth-key.pem"))


@mistake("key", "encrypted with Ansible Vault, no vault secret given", cause="vault_missing")
def _vaulted(stage: Stage) -> Given:
    vaults = Vaults(stage.folder)
    vaults.add()
    return stage.options(private_key_content=str(vaults.encrypt(stage.pair.key)))


# --- certificate


@mistake("certificate", "a signing request in its place", cause="wrong_pem")
def _request(stage: Stage) -> Given:
    key = serialization.load_pem_private_key(stage.pair.key.encode(), None)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "netsuite")])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    return stage.options(certificate_content=request.public_bytes(serialization.Encoding.PEM).decode())


@mistake("certificate", "certificate and key exchanged", cause="wrong_pem")
def _exchanged(stage: Stage) -> Given:
    return stage.options(private_key_content=stage.pair.certificate, certificate_content=stage.pair.key)


@mistake("certificate", "public key in place of the certificate", cause="wrong_pem")
def _public_key(stage: Stage) -> Given:
    key = serialization.load_pem_private_key(stage.pair.key.encode(), None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return stage.options(certificate_content=key.public_bytes(serialization.Encoding.PEM, form).decode())


@mistake("certificate", "expired", cause="expired")
def _expired(stage: Stage) -> Given:
    return _pair(stage, new_key(), days=10, start=-20)


@mistake("certificate", "expired", known=BEFORE, cause="expired")
def _expired_before(stage: Stage) -> Given:
    return {**_expired(stage), "worked_before": True}


@mistake("certificate", "not valid yet", cause="not_yet_valid")
def _not_yet(stage: Stage) -> Given:
    return _pair(stage, new_key(), start=5)


@mistake(
    "certificate",
    "valid for five years, of which NetSuite's two are over",
    cause="shortened_validity_over",
    mapped=False,
)
def _shortened(stage: Stage) -> Given:
    return _pair(stage, new_key(), days=1826, start=-800)


@mistake("certificate", "renewed on this side, not uploaded", cause="certificate_not_mapped")
def _renewed(stage: Stage) -> Given:
    return stage.options(certificate_content=new_pair().certificate)


# --- certificate id


@mistake("certificate id", "a letter mistyped", cause="certificate_id")
def _typo(stage: Stage) -> Given:
    wrong = "x" if stage.pair.id[0] != "x" else "y"
    return stage.options(certificate_id=wrong + stage.pair.id[1:])


@mistake("certificate id", "of the certificate before the renewal", cause="certificate_id")
def _old_id(stage: Stage) -> Given:
    return stage.options(certificate_id=new_pair().id)


@mistake("certificate id", "a hexadecimal fingerprint, no certificate given", cause="certificate_id")
def _fingerprint(stage: Stage) -> Given:
    return stage.options(certificate_content=None, certificate_id=secrets.token_hex(20))


@mistake("certificate id", "cut short, no certificate given", cause="certificate_id")
def _cut_id(stage: Stage) -> Given:
    return stage.options(certificate_content=None, certificate_id=stage.pair.id[:-1])


@mistake("certificate id", "of another certificate, no certificate given", cause="certificate_not_mapped")
def _unknown_id(stage: Stage) -> Given:
    return stage.options(certificate_content=None, certificate_id=new_pair().id)


# --- client id


@mistake("client id", "the Application ID (a GUID)", cause="client_id")
def _guid(stage: Stage) -> Given:
    return stage.options(client_id="1C61CD58-044D-497A-BA29-7A3E9A9BB924")


@mistake("client id", "cut short", cause="client_id")
def _cut_client(stage: Stage) -> Given:
    return stage.options(client_id=stage.account.client_id[:60])


@mistake("client id", "the client secret, or a digit mistyped", cause="wrong_client")
def _secret(stage: Stage) -> Given:
    return stage.options(client_id=secrets.token_hex(32))


@mistake("client id", "the client secret, or a digit mistyped", known=LIST, cause="wrong_client")
def _secret_listed(stage: Stage) -> Given:
    return stage.listing(client_id=secrets.token_hex(32))


def _second(stage: Stage) -> str:
    other = secrets.token_hex(32)
    stage.account.change(integrations=[{"client_id": other}])
    return other


@mistake("client id", "of another integration record", cause="wrong_client")
def _other_client(stage: Stage) -> Given:
    return stage.options(client_id=_second(stage))


@mistake("client id", "of another integration record", known=LIST, cause="wrong_client")
def _other_client_listed(stage: Stage) -> Given:
    other = _second(stage)
    token = stage.account.bootstrap_token(client_id=stage.account.client_id)
    return stage.options(client_id=other, bootstrap_token=token)


@mistake("client id", "replaced by resetting the record's credentials", known=BEFORE, cause="wrong_client")
def _reset(stage: Stage) -> Given:
    return stage.options(client_id=secrets.token_hex(32), worked_before=True)


@mistake("client id", "replaced by resetting the record's credentials", known=LIST, cause="wrong_client")
def _reset_listed(stage: Stage) -> Given:
    return stage.listing(client_id=secrets.token_hex(32), worked_before=True)


# --- account


@mistake("account", "an e-mail address", cause="bad_account_id")
def _email(stage: Stage) -> Given:
    return stage.options(account_id="ada@example.com")


@mistake("account", "the address of the generic login page", cause="bad_account_id")
def _generic(stage: Stage) -> Given:
    return stage.options(account_id="https://system.netsuite.com/app/center/card.nl")


@mistake("account", "an account that does not exist at the address", cause="wrong_account")
def _no_account(stage: Stage) -> Given:
    return stage.options(account_id="9999999", base_url=stage.simulator.url("9999999"))


@mistake("account", "base_url leads to another account", cause="wrong_account")
def _other_base(stage: Stage) -> Given:
    return stage.options(base_url=stage.simulator.account(preset=stage.preset).url)


def _elsewhere(stage: Stage, **changes: Any) -> Given:
    other = stage.simulator.account(preset=stage.preset)
    return stage.options(account_id=other.account_id, base_url=other.url, **changes)


@mistake("account", "another existing account (the certificate is unknown there)", cause="certificate_not_mapped")
def _other_account(stage: Stage) -> Given:
    return _elsewhere(stage)


@mistake("account", "another existing account", known="token for the list", cause="wrong_account")
def _other_account_listed(stage: Stage) -> Given:
    return _elsewhere(stage, bootstrap_token=stage.account.bootstrap_token())


@mistake("account", "another existing account", known=FILE, cause="account")
def _other_account_file(stage: Stage) -> Given:
    path = str(stage.folder / "credentials.yml")
    made = run_operation(
        account_credentials.OPERATION,
        account_id=stage.account.account_id,
        credentials_path=path,
        curve="secp256r1",
        key_type="EC",
        allow_plaintext_key=True,
    )
    stage.account.upload(made["certificate"])
    return _elsewhere(stage, private_key_content=None, certificate_content=None, credentials_path=path)


# --- scope and audience


@mistake("scope", "mcp", cause="scope")
def _mcp(stage: Stage) -> Given:
    return stage.options(scope=["mcp"])


@mistake("scope", "SuiteAnalytics, as one of Oracle's samples spells it", cause="scope")
def _sample_scope(stage: Stage) -> Given:
    return stage.options(scope=["SuiteAnalytics"])


@mistake("scope", "empty", cause="scope")
def _no_scope(stage: Stage) -> Given:
    return stage.options(scope=[])


@mistake("scope", "not ticked on the integration record", cause="scope_not_allowed")
def _unticked_scope(stage: Stage) -> Given:
    stage.account.integration(scopes=["rest_webservices"])
    return stage.options(scope=["rest_webservices", "restlets"])


@mistake("scope", "not ticked on the integration record", known=BEFORE, cause="scope_not_allowed")
def _unticked_scope_before(stage: Stage) -> Given:
    return {**_unticked_scope(stage), "worked_before": True}


@mistake("scope", "a token for RESTlets alone", known="given token", cause="token_scope")
def _restlets_token(stage: Stage) -> Given:
    return stage.token_options(stage.account.bootstrap_token(1000, 12, scope=["restlets"]))


@mistake("algorithm", "RS256", cause="algorithm")
def _rs256(stage: Stage) -> Given:
    return _pair(stage, rsa.generate_private_key(65537, 3072)) | {"algorithm": "RS256"}


@mistake("algorithm", "ES512 with a key on P-256", cause="algorithm")
def _es512(stage: Stage) -> Given:
    return stage.options(algorithm="ES512")


@mistake("audience", "the token endpoint of another account", cause="audience")
def _audience(stage: Stage) -> Given:
    path = "/services/rest/auth/oauth2/v1/token"
    return stage.options(audience=f"https://7654321.suitetalk.api.netsuite.com{path}")


@mistake("lifetime", "assertion_lifetime of an hour", cause="bad_lifetime")
def _lifetime(stage: Stage) -> Given:
    return stage.options(assertion_lifetime=3600)


@mistake("account", "base_url without TLS", cause="bad_base_url")
def _no_tls(stage: Stage) -> Given:
    return stage.options(base_url="http://1234567.suitetalk.api.netsuite.com")
