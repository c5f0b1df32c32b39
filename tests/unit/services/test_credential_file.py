# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import replace

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError, M2MError, VaultError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, Generation, Retiring
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import parse_iso
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.file import FileStore
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.store import StoreConflictError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.key_encryption import KeyEncryption
from ansible_collections.m2m.netsuite.plugins.module_utils.services.vault import decrypt_envelope, envelope_id

VARIABLE = "netsuite_account_credentials"
ENCRYPTED_KEY = "$ANSIBLE_VAULT;1.1;AES256\n3132\n3334\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
TIME = "2026-11-23T20:00:00Z"


def credentials(**changes) -> Credentials:
    active = Generation(1, "-Qja_1", CERTIFICATE, TIME, TIME, changes.pop("key", ENCRYPTED_KEY), TIME)
    return Credentials("1234567", active, **changes)


def store(path, vault=None, **encryption) -> FileStore:
    return FileStore(str(path), KeyEncryption(vault, allows_plaintext=True, **encryption))


def load(path, vault=None):
    return store(path, vault).load()


def save(path, content, vault=None, **encryption):
    kept = store(path, vault, **encryption)
    return kept.save(content, kept.load().version)


class Tagged(str):
    """Like the strings of a task since ansible-core 2.19."""

    __slots__ = ()


# --- reading what was written --------------------------------------------------------------------------------------


@given(
    account=st.text(),
    key=st.text(),
    certificate=st.text(),
    certificate_id=st.text(),
    tagged=st.booleans(),
)
@example(account="\x85", key="a\x85b\nc", certificate="a\u2028b\n", certificate_id="\u2029", tagged=False)
@example(account=" a\n", key="a \nb", certificate="a\r\nb", certificate_id="\ta\n\n", tagged=False)
@settings(max_examples=50)
def test_any_texts_survive(tmp_path_factory, account, key, certificate, certificate_id, tagged):
    path = str(tmp_path_factory.mktemp("file") / "c.yml")
    kind = Tagged if tagged else str
    active = Generation(1, kind(certificate_id), kind(certificate), TIME, TIME, kind(key))
    pending = replace(active, number=2, certificate_id="p", proven=TIME)
    wanted = Credentials(kind(account), active, pending, (Retiring("r" + certificate_id, TIME, TIME),))
    saved = save(path, wanted)
    assert load(path) == saved
    assert saved.credentials == wanted


@pytest.mark.parametrize(
    "account",
    ["1234567", "0123", "1e5", "0x1f", "true", "null", "~", "1_000", "12:30", "2026-11-23", "- a", "#x", "!vault x"],
)
def test_texts_that_look_like_something_else_stay_texts(tmp_path, account):
    path = str(tmp_path / "c.yml")
    save(path, replace(credentials(), account=account))
    assert load(path).credentials.account == account


def test_the_file_is_what_ansible_reads(tmp_path):
    """The vault envelope is an inline !vault value with its line ends, everything else is plain."""
    path = tmp_path / "c.yml"
    save(path, credentials())
    text = path.read_text()
    assert text.startswith("# The credentials of one NetSuite account")
    assert "private_key: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      3132\n      3334\n" in text
    assert "certificate: |\n      -----BEGIN CERTIFICATE-----\n" in text

    class Loader(yaml.SafeLoader):
        pass

    encrypted = []
    Loader.add_constructor("!vault", lambda loader, node: encrypted.append(loader.construct_scalar(node)))
    document = yaml.load(text, Loader)
    assert encrypted == [ENCRYPTED_KEY]
    assert document[VARIABLE]["account"] == "1234567"
    assert document[VARIABLE]["active"]["not_after"] == TIME, "quoted, or YAML makes a date of it"


def test_timestamps_stay_texts_when_a_hand_took_the_quotes(tmp_path):
    path = tmp_path / "c.yml"
    save(path, credentials())
    path.write_text(path.read_text().replace("'", ""))
    found = load(path).credentials
    assert found.active.not_after == TIME
    assert found.account == "1234567"


def test_a_key_in_clear_is_read_and_written_as_such(tmp_path):
    path = tmp_path / "c.yml"
    save(path, credentials(key="-----BEGIN X-----\nabc\n"))
    assert "!vault" not in path.read_text()
    assert load(path).credentials.active.private_key == "-----BEGIN X-----\nabc\n"
    assert not load(path).is_vaulted
    save(path, credentials())
    assert load(path).is_vaulted


def test_only_its_owner_reads_the_file(tmp_path):
    path = tmp_path / "c.yml"
    before = os.umask(0)
    try:
        save(path, credentials())
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(os.listdir(tmp_path)) == ["c.auth-cert.pem", "c.yml"]


def test_there_may_be_none(tmp_path):
    assert load(tmp_path / "c.yml").is_absent


def test_what_another_run_has_saved_meanwhile_is_not_overwritten(tmp_path):
    path = tmp_path / "c.yml"
    for expected in (None, save(path, credentials()).version):
        other = save(path, replace(credentials(), account=f"1{expected}"))
        with pytest.raises(StoreConflictError):
            store(path).save(credentials(), expected)
        assert load(path) == other


# --- a file that is encrypted as a whole ---------------------------------------------------------------------------


@pytest.mark.parametrize(("vault_id", "noted"), [(None, "default"), ("prod", "prod")])
def test_a_whole_envelope(tmp_path, vault, vault_id, noted):
    path = tmp_path / "c.yml"
    saved = save(path, credentials(key="in clear inside"), vault, vault_id=vault_id, encrypts_file=True)
    assert path.read_text().startswith("$ANSIBLE_VAULT;")
    assert "in clear" not in path.read_text()
    found = load(path, vault)
    assert found == saved
    assert (found.whole, found.vault_id, found.is_vaulted) == (True, noted, True)


def test_a_whole_envelope_needs_the_vault(tmp_path, vault):
    path = tmp_path / "c.yml"
    save(path, credentials(), vault, encrypts_file=True)
    version = load(path, vault).version
    before = path.read_bytes()
    for attempt in (
        lambda: load(path),
        lambda: store(path).save(credentials(), version),
        lambda: store(path, vault, vault_id="unknown").save(credentials(), version),
    ):
        with pytest.raises(VaultError) as caught:
            attempt()
        assert caught.value.cause == "vault_missing"
    assert path.read_bytes() == before
    assert sorted(os.listdir(tmp_path)) == ["c.auth-cert.pem", "c.yml"]


def test_an_envelope_nobody_opens(tmp_path, vault):
    path = tmp_path / "c.yml"
    path.write_text("$ANSIBLE_VAULT;1.1;AES256\nzz\n")
    with pytest.raises(VaultError) as caught:
        load(path, vault)
    assert caught.value.cause == "wrong_vault_secret"


def test_an_envelope_around_something_else(tmp_path, vault):
    path = tmp_path / "c.yml"
    path.write_text(vault.encrypt("db_password: SecretCanary\n", None))
    with pytest.raises(KeyMaterialError) as caught:
        load(path, vault)
    assert "SecretCanary" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "vault_id"),
    [
        ("$ANSIBLE_VAULT;1.1;AES256\n3132", "default"),
        ("$ANSIBLE_VAULT;1.2;AES256;prod\n3132", "prod"),
        ("\n  $ANSIBLE_VAULT;1.2;AES256;prod \r\n3132", "prod"),
        ("$ANSIBLE_VAULT;", "default"),
        ("-----BEGIN", None),
        ("", None),
    ],
)
def test_envelope_id(text, vault_id):
    assert envelope_id(text) == vault_id


def test_open_envelope(vault):
    assert decrypt_envelope("plain", None, "x") == "plain"
    encrypted = vault.encrypt("secret", "prod")
    assert decrypt_envelope(encrypted, vault, "x") == "secret"
    assert decrypt_envelope(f"\n {encrypted}", vault, "x") == "secret"
    with pytest.raises(VaultError) as caught:
        decrypt_envelope(encrypted, None, "private_key_path k.pem")
    assert caught.value.cause == "vault_missing"
    assert "private_key_path k.pem" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "whole", "kept"), [(ENCRYPTED_KEY, False, True), ("PLAIN", True, True), ("PLAIN", False, False)]
)
def test_rights_are_kept_where_every_key_is_vaulted(tmp_path, vault, key, whole, kept):
    """A colleague in the same group could read, and commit, the file before: so it is after the next rotation."""
    path = tmp_path / "c.yml"
    save(path, credentials(key=key), (whole and vault) or None, encrypts_file=whole)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o664)
    save(path, credentials(key=key).proven(parse_iso(TIME)), (whole and vault) or None)
    assert stat.S_IMODE(path.stat().st_mode) == (0o664 if kept else 0o600)


# --- foreign files -------------------------------------------------------------------------------------------------

FOREIGN = {
    "empty": "",
    "comment": "# nothing",
    "text": "SecretCanary",
    "list": "- SecretCanary",
    "somebody's variables": "db_password: SecretCanary",
    "variables beside ours": f"{VARIABLE}: {{}}\ndb_password: SecretCanary",
    "ours without content": f"{VARIABLE}:",
    "ours with a text": f"{VARIABLE}: SecretCanary",
    "no YAML": "a: b: SecretCanary",
    "tab": "\tSecretCanary: x",
    "unclosed": "{SecretCanary",
    "two documents": "a: 1\n---\nb: SecretCanary",
    "unknown tag": f"{VARIABLE}: !secret SecretCanary",
    "python tag": f"{VARIABLE}: !!python/object/apply:os.system ['touch SecretCanary']",
    "bad integer": f"{VARIABLE}: !!int SecretCanary",
    "empty integer": f"{VARIABLE}: !!int ''",
    "bad float": f"{VARIABLE}: !!float SecretCanary",
    "bad boolean": f"{VARIABLE}: !!bool SecretCanary",
    "huge integer": f"{VARIABLE}: {'9' * 5000}",
    "vault tag around a mapping": f"{VARIABLE}: !vault {{a: SecretCanary}}",
    "alias without anchor": f"{VARIABLE}: *SecretCanary",
    "mapping as key": "{a: 1}: SecretCanary",
    "deeply nested": "[" * 3000,
    "nul": "a: \x00SecretCanary",
    "a private key": "-----BEGIN PRIVATE KEY-----\nSecretCanary\n-----END PRIVATE KEY-----",
}


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN.keys())
def test_foreign_files_are_refused_without_quoting_them(tmp_path, text):
    path = tmp_path / "c.yml"
    path.write_text(text)
    with pytest.raises(KeyMaterialError) as caught:
        load(path)
    assert caught.value.cause == "foreign_file"
    assert "c.yml" in str(caught.value)
    assert "SecretCanary" not in f"{caught.value} {caught.value!r}"
    assert os.listdir(tmp_path) == ["c.yml"]


@given(st.one_of(st.text(), st.text(alphabet="{}[]:,-&*!|>'\"%@`# \nabc01")))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("file") / "c.yml"
    for content in (text, f"{VARIABLE}:\n  {text}"):
        path.write_bytes(content.encode(errors="surrogatepass"))
        with contextlib.suppress(M2MError):
            load(path)
