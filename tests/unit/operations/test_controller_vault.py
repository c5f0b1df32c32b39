# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible Vault itself, behind the few calls that operations make of it."""

from __future__ import annotations

import os
from types import SimpleNamespace

import pytest
from ansible import constants
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.m2m.netsuite.plugins.module_utils.core import keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import VaultError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.key_pair import PairFiles
from ansible_collections.m2m.netsuite.plugins.plugin_utils import controller
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault

TEXT = "-----BEGIN PRIVATE KEY-----\nK\u00f6ln\n"


def vault(*ids, password="PasswordCanary"):
    secrets = [(name, VaultSecret(f"{password} {name}".encode())) for name in ids]
    return ControllerVault(SimpleNamespace(_vault=SimpleNamespace(secrets=secrets)))


@pytest.mark.parametrize(
    ("ids", "wanted", "header"),
    [
        (("default",), None, "$ANSIBLE_VAULT;1.1;AES256"),
        (("default",), "default", "$ANSIBLE_VAULT;1.1;AES256"),
        (("prod",), None, "$ANSIBLE_VAULT;1.2;AES256;prod"),
        (("dev", "prod"), None, "$ANSIBLE_VAULT;1.2;AES256;dev"),
        (("dev", "prod"), "prod", "$ANSIBLE_VAULT;1.2;AES256;prod"),
    ],
)
def test_what_is_encrypted_can_be_decrypted(ids, wanted, header):
    made = vault(*ids)
    made.check_can_encrypt(wanted)
    encrypted = made.encrypt(TEXT, wanted)
    assert encrypted.splitlines()[0] == header
    assert "BEGIN" not in encrypted
    assert made.decrypt(encrypted, "x") == TEXT
    assert made.decrypt(f"\n  {encrypted}\n", "x") == TEXT
    assert VaultLib(made._secrets).decrypt(encrypted.encode()).decode() == TEXT


def test_the_configured_identity_is_used(monkeypatch):
    monkeypatch.setattr(constants, "DEFAULT_VAULT_ENCRYPT_IDENTITY", "prod")
    assert vault("dev", "prod").encrypt(TEXT, None).startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    monkeypatch.setattr(constants, "DEFAULT_VAULT_ENCRYPT_IDENTITY", "gone")
    with pytest.raises(VaultError) as caught:
        vault("dev", "prod").encrypt(TEXT, None)
    assert "gone" in str(caught.value)


def test_an_envelope_that_is_no_text():
    """Half a character, as JSON can hold it."""
    with pytest.raises(VaultError) as caught:
        vault("default").decrypt("$ANSIBLE_VAULT;1.1;AES256\n\ud800", "x")
    assert caught.value.cause == "wrong_vault_secret"


@pytest.mark.parametrize(
    "loader",
    [None, SimpleNamespace(), SimpleNamespace(_vault=None), SimpleNamespace(_vault=SimpleNamespace(secrets=None))],
)
def test_a_run_without_secrets(loader):
    made = ControllerVault(loader)
    for attempt in (
        lambda: made.encrypt(TEXT, None),
        lambda: made.check_can_encrypt("prod"),
        lambda: made.decrypt("$ANSIBLE_VAULT;1.1;AES256\n00", "private_key_path k.pem"),
    ):
        with pytest.raises(VaultError) as caught:
            attempt()
        assert caught.value.cause == "vault_missing"
        assert "--vault-password-file" in caught.value.fix


def test_an_unknown_id_is_named_with_the_known_ones():
    for attempt in (vault("dev", "prod").encrypt, lambda text, wanted: vault("dev", "prod").check_can_encrypt(wanted)):
        with pytest.raises(VaultError) as caught:
            attempt(TEXT, "qa")
        assert caught.value.cause == "vault_missing"
        assert "qa" in caught.value.problem
        assert "dev, prod" in caught.value.fix


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "$ANSIBLE_VAULT;",
        "$ANSIBLE_VAULT;1.1;AES256\n",
        "$ANSIBLE_VAULT;1.1;AES256\nzz",
        "$ANSIBLE_VAULT;9.9;X\n00",
    ],
    ids=range(6),
)
def test_what_is_no_envelope(text):
    with pytest.raises(VaultError) as caught:
        vault("default").decrypt(text, "private_key_path k.pem")
    assert caught.value.cause == "wrong_vault_secret"
    assert "private_key_path k.pem" in str(caught.value)


def test_another_password_and_a_changed_envelope():
    encrypted = vault("default").encrypt(TEXT, None)
    changed = encrypted.replace(encrypted.splitlines()[2][:10], "3" * 10, 1)
    for reader, text in ((vault("default", password="OtherCanary"), encrypted), (vault("default"), changed)):
        with pytest.raises(VaultError) as caught:
            reader.decrypt(text, "x")
        assert caught.value.cause == "wrong_vault_secret"
        assert "Canary" not in f"{caught.value} {caught.value!r}"


def test_an_encrypted_key_pair_with_the_real_vault(tmp_path, lab, ec_key):
    made = vault("default")
    pair = PairFiles(str(tmp_path / "k.pem"), str(tmp_path / "c.pem"), encrypt_with_vault=True, vault=made)
    pair.replace(ec_key, lab.certificate(ec_key), backup=True)
    found = pair.read()
    assert found.vaulted
    assert keys.same_key(found.key.public_key(), ec_key.public_key())
    assert "BEGIN" not in (tmp_path / "k.pem").read_text()


def test_a_task_s_environment_lasts_as_long_as_the_task(monkeypatch):
    monkeypatch.setenv("M2M_KEPT", "before")
    monkeypatch.delenv("M2M_NEW", raising=False)
    seen = []

    def fail():
        with controller._environment({"M2M_KEPT": "during", "M2M_NEW": "x"}):
            seen.extend((os.environ["M2M_KEPT"], os.environ["M2M_NEW"]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert seen == ["during", "x"]
    assert os.environ["M2M_KEPT"] == "before"
    assert "M2M_NEW" not in os.environ
