# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""m2m.netsuite.certificate: from what lies there and what is asked for to what happens."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.unit.operations.certificate_harness import (
    EC,
    PASSPHRASE,
    STATES,
    a_good_pair,
    snapshot,
)

PASSPHRASE_OPTION = {"private_key_passphrase": PASSPHRASE}
VAULT = {"encrypt_with_vault": True}

# state, options -> (changed, reason)
DECISIONS = [
    ("nothing", EC, (True, "missing")),
    ("nothing", {**EC, **PASSPHRASE_OPTION}, (True, "missing")),
    ("nothing", {**EC, **VAULT}, (True, "missing")),
    ("nothing", {**EC, "force": True}, (True, "missing")),
    ("good", {}, (False, None)),
    ("good", EC, (False, None)),
    ("good", {"curve": "secp256r1", "common_name": "netsuite-m2m"}, (False, None)),
    ("good", {"valid_days": 60, "signature_padding": "pss"}, (False, None)),
    ("good", {"force": True, **EC}, (True, "forced")),
    ("good", {"force": True, "common_name": "other", "curve": "secp384r1"}, (True, "forced")),
    ("good", PASSPHRASE_OPTION, (True, "key_encryption")),
    ("good", VAULT, (True, "key_encryption")),
    ("good", {**PASSPHRASE_OPTION, **VAULT}, (True, "key_encryption")),
    ("ends in 31 days", EC, (False, None)),
    ("ends in 31 days", {"renew_before_days": 31, **EC}, (True, "expires_soon")),
    ("ends in 30 days", EC, (True, "expires_soon")),
    ("ends in 30 days", {"renew_before_days": 29, **EC}, (False, None)),
    ("ends in 30 days", {"renew_before_days": 0, **EC}, (False, None)),
    ("over", EC, (True, "expired")),
    ("over", {"renew_before_days": 0, "common_name": "other", **EC}, (True, "expired")),
    ("key alone", {}, (True, "certificate_missing")),
    ("key alone", EC, (True, "certificate_missing")),
    ("key alone", {"force": True, **EC}, (True, "forced")),
    ("certificate alone", {"force": True, **EC}, (True, "forced")),
    ("open key", {}, (True, "file_mode")),
    ("open key", PASSPHRASE_OPTION, (True, "key_encryption")),
    ("encrypted", PASSPHRASE_OPTION, (False, None)),
    ("encrypted", {**PASSPHRASE_OPTION, **VAULT}, (True, "key_encryption")),
    ("encrypted and over", {**PASSPHRASE_OPTION, **EC}, (True, "expired")),
    ("vaulted", {}, (False, None)),
    ("vaulted", VAULT, (False, None)),
    ("vaulted and over", EC, (True, "expired")),
    ("RSA-2048 alone", {"force": True, **EC}, (True, "forced")),
    ("nothing", {"state": "absent"}, (False, None)),
    ("good", {"state": "absent"}, (True, "present")),
    ("good", {"state": "absent", "backup": False}, (True, "present")),
    ("key alone", {"state": "absent"}, (True, "present")),
    ("certificate alone", {"state": "absent"}, (True, "present")),
    ("mismatch", {"state": "absent"}, (True, "present")),
    ("damaged certificate", {"state": "absent"}, (True, "present")),
    ("somebody's file as key", {"state": "absent"}, (True, "present")),
]


def ids(rows):
    return [f"{row[0]}, {', '.join(f'{k}={v}'[:40] for k, v in row[1].items()) or 'defaults'}" for row in rows]


@pytest.mark.parametrize(("state", "options", "decision"), DECISIONS, ids=ids(DECISIONS))
def test_decisions(harness, canaries, state, options, decision):
    STATES[state](harness)
    before = snapshot(harness.folder)
    predicted = harness.run(check_mode=True, **options)
    assert snapshot(harness.folder) == before, "check mode touched something"
    result = harness.run(**options)
    assert (result.get("changed"), result.get("reason")) == decision, result
    assert (predicted["changed"], predicted["reason"]) == decision
    if decision[0]:
        assert snapshot(harness.folder) != before
    else:
        assert snapshot(harness.folder) == before
    same = ("key_type", "key_size", "curve", "subject", "not_before", "not_after", "days_left")
    assert {name: predicted.get(name) for name in same} == {name: result.get(name) for name in same}
    shown = json.dumps([predicted, result])
    assert not [secret for secret in harness.secrets(canaries) if secret in shown]
    if options.get("state") == "absent":
        assert not harness.key_path.exists()
        assert not harness.certificate_path.exists()
        return
    key, certificate = harness.read_key(), certificates.parse(harness.certificate_path.read_text(), where="x")
    assert certificates.matches(certificate, key)
    assert result["certificate"] == harness.certificate_path.read_text()
    assert result["certificate_id"] == certificates.certificate_id(certificate)
    assert harness.key_path.stat().st_mode & 0o777 == 0o600
    again = harness.run(**{**options, "force": False})
    assert (again.get("changed"), again.get("reason")) == (False, None), again
    for copy in result["backup_files"]:
        assert "auth-key" not in copy or os.stat(copy).st_mode & 0o777 == 0o600


# state, options -> cause, a word of the message
REFUSALS = [
    ("certificate alone", {}, "key_missing", "auth-key.pem"),
    ("mismatch", {}, "key_mismatch", "auth-cert.pem"),
    ("mismatch", {"force": True}, "key_mismatch", "auth-cert.pem"),
    ("good", {"key_type": "RSA"}, "options_differ", "RSA 4096"),
    ("good", {"key_size": 3072}, "options_differ", "RSA 3072"),
    ("good", {"curve": "secp384r1"}, "options_differ", "secp384r1"),
    ("good", {"common_name": "other"}, "options_differ", "common_name"),
    ("good", {"country": "DE"}, "options_differ", "country"),
    ("open key", {"common_name": "other"}, "options_differ", "common_name"),
    ("key alone", {"curve": "secp521r1"}, "options_differ", "secp521r1"),
    ("RSA-2048 alone", {}, "unsupported_key", "2048"),
    ("secp224r1 alone", {}, "unsupported_key", "secp224r1"),
    ("encrypted", {}, "passphrase_missing", "auth-key.pem"),
    ("encrypted", {"private_key_passphrase": "WrongCanary"}, "wrong_passphrase", "auth-key.pem"),
    ("encrypted and over", {"private_key_passphrase": "WrongCanary"}, "wrong_passphrase", "auth-key.pem"),
    ("encrypted", {"private_key_passphrase": "WrongCanary", "force": True}, "wrong_passphrase", "auth-key.pem"),
    ("damaged key", {}, "unreadable_pem", "damaged"),
    ("damaged key", {"force": True}, "unreadable_pem", "damaged"),
    ("empty key", {}, "unreadable_pem", "empty"),
    ("exchanged", {}, "wrong_pem", "auth-cert.pem"),
    ("certificate as key", {}, "wrong_pem", "auth-key.pem"),
    ("damaged certificate", {}, "unreadable_pem", "cut off"),
    ("somebody's file as key", {}, "unreadable_pem", "auth-key.pem"),
    ("vault nobody opens", {}, "wrong_vault_secret", "auth-key.pem"),
    ("vaulted", {"vault": None}, "vault_missing", "auth-key.pem"),
    ("nothing", {**VAULT, "vault": None}, "vault_missing", "encrypt_with_vault"),
    ("nothing", {**VAULT, "vault_id": "unknown"}, "vault_missing", "unknown"),
    ("good", {**VAULT, "vault": None}, "vault_missing", "encrypt_with_vault"),
    ("nothing", {"valid_days": 731}, "bad_validity", "730"),
    ("nothing", {"valid_days": 0}, "bad_validity", "730"),
    ("nothing", {"valid_days": 30}, "bad_validity", "renew_before_days"),
    ("good", {"renew_before_days": 730}, "bad_validity", "renew_before_days"),
    ("nothing", {"country": "Germany"}, "bad_subject", "country"),
    ("nothing", {"email": "\u00fc@example.org"}, "bad_subject", "email"),
    ("nothing", {"key_type": "EC", "key_size": 3072}, "bad_key_options", "key_size"),
    ("nothing", {"key_type": "RSA", "curve": "secp256r1"}, "bad_key_options", "curve"),
    ("nothing", {**EC, "private_key_passphrase": "x" * 2000}, "bad_passphrase", "private_key_passphrase"),
]


@pytest.mark.parametrize(("state", "options", "cause", "word"), REFUSALS, ids=ids(REFUSALS))
def test_refusals_touch_nothing(harness, canaries, state, options, cause, word):
    STATES[state](harness)
    before = snapshot(harness.folder)
    for check_mode in (True, False):
        result = harness.run(check_mode=check_mode, **options)
        assert snapshot(harness.folder) == before
        assert (result.get("failed"), result["changed"], result["cause"]) == (True, False, cause), result
        assert word in result["msg"]
        assert result["fix"]
        shown = json.dumps(result)
        assert not [secret for secret in [*harness.secrets(canaries), "WrongCanary"] if secret in shown]


def test_options_that_differ_are_listed(harness):
    a_good_pair(harness)
    result = harness.run(curve="secp384r1", country="DE", common_name="other")
    assert len(result["differences"]) == 3


@pytest.mark.parametrize("path", ["same", "link"])
def test_one_file_for_both_halves_is_refused(harness, path):
    if path == "link":
        harness.certificate_path.symlink_to(harness.key_path)
    result = harness.run(certificate_path=str(harness.certificate_path if path == "link" else harness.key_path))
    assert result["cause"] == "same_path"
    assert not harness.key_path.exists()


@pytest.mark.parametrize("backup", [True, False])
def test_copies_of_what_is_replaced(harness, backup):
    harness.put(harness.key, harness.issue(365), mode=0o644)
    old = (harness.key_path.read_bytes(), harness.certificate_path.read_bytes())
    result = harness.run(backup=backup, **EC)
    if not backup:
        assert result["backup_files"] == []
        assert len(list(harness.folder.iterdir())) == 2
        return
    assert tuple(Path(copy).read_bytes() for copy in result["backup_files"]) == old
    assert Path(result["backup_files"][0]).stat().st_mode & 0o777 == 0o600
    assert len(list(harness.folder.iterdir())) == 4


def test_each_forced_run_keeps_what_was_there(harness):
    keys_seen = set()
    for _time in range(4):
        result = harness.run(force=True, **EC)
        keys_seen.add(harness.key_path.read_text())
    assert result["reason"] == "forced"
    kept = {path.read_text() for path in harness.folder.glob("auth-key.pem*")}
    assert kept == keys_seen


def test_a_missing_certificate_keeps_the_key(harness):
    harness.put(harness.key)
    before = harness.key_path.read_bytes()
    result = harness.run()
    assert harness.key_path.read_bytes() == before
    assert result["key_type"] == "EC"
    assert result["backup_files"] == []


@pytest.mark.parametrize("state", ["vaulted", "vaulted and over", "nothing"])
def test_the_vault_keeps_what_it_has(harness, state):
    STATES[state](harness)
    result = harness.run(encrypt_with_vault=state == "nothing", vault_id="prod" if state == "nothing" else None, **EC)
    assert not result.get("failed"), result
    assert harness.key_path.read_text().startswith("$ANSIBLE_VAULT;1.")
    assert state != "nothing" or harness.key_path.read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert "PRIVATE KEY" not in harness.key_path.read_text()


def test_passphrase_and_vault_together(harness):
    harness.run(**EC, **PASSPHRASE_OPTION, **VAULT)
    inside = harness.vault.decrypt(harness.key_path.read_text(), "")
    assert "BEGIN ENCRYPTED PRIVATE KEY" in inside


def test_reencryption_keeps_key_and_certificate(harness):
    a_good_pair(harness)
    result = harness.run(**PASSPHRASE_OPTION)
    assert result["certificate_id"] == certificates.certificate_id(harness.certificate)
    assert keys.same_key(harness.read_key().public_key(), harness.key.public_key())
    assert "ENCRYPTED" in harness.key_path.read_text()


def test_what_is_made_is_what_was_asked_for(harness):
    result = harness.run(curve="secp521r1", common_name="x", organization="M\u00fcller", country="DE", valid_days=100)
    assert result["subject"] == "CN=x,O=M\u00fcller,C=DE"
    assert (result["curve"], result["key_size"], result["days_left"]) == ("secp521r1", 521, 100)
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"]["reason"] == "missing"


def test_an_rsa_pair(harness):
    result = harness.run(key_size=3072, signature_padding="pkcs1v15")
    assert (result["key_type"], result["key_size"], result["curve"]) == ("RSA", 3072, None)
    assert isinstance(harness.read_key().key_size, int)


def test_a_missing_folder_is_reported(harness):
    for options in (
        {"private_key_path": str(harness.folder / "missing" / "k.pem")},
        {"certificate_path": str(harness.folder / "missing" / "c.pem")},
    ):
        for check_mode in (True, False):
            result = harness.run(check_mode=check_mode, **options, **EC)
            assert result["cause"] == "unwritable_file"
            assert "missing" in result["msg"]
            assert list(harness.folder.iterdir()) == []


def test_removal_needs_no_folders(harness):
    a_good_pair(harness)
    result = harness.run(state="absent", certificate_path=str(harness.folder / "missing" / "c.pem"))
    assert result["changed"]
    assert not harness.key_path.exists()
    result = harness.run(state="absent", private_key_path=str(harness.folder / "missing" / "k.pem"))
    assert result["changed"]
    assert not harness.certificate_path.exists()


def test_a_pair_that_netsuite_refuses_is_reported(harness):
    key = harness.lab.key("RSA-2048")
    harness.put(key, harness.issue(10, key))
    context = Context(clock=harness.lab.now.timestamp, vault=harness.vault)
    result = execute(OPERATION, harness.options(), context)
    assert not result["changed"]
    assert "2048" in context.warnings[0]
    harness.put(harness.key, harness.issue(10))
    again = Context(clock=harness.lab.now.timestamp, vault=harness.vault)
    execute(OPERATION, harness.options(), again)
    assert again.warnings == []


def test_a_bundle_with_the_own_certificate_anywhere_is_a_pair(harness):
    own, stranger = harness.issue(10), harness.issue(10, harness.other)
    harness.put(harness.key, certificates.to_pem(stranger) + certificates.to_pem(own))
    result = harness.run(**EC)
    assert (result["changed"], result["certificate_id"]) == (False, certificates.certificate_id(own))


def test_an_encrypted_key_under_a_plain_label_is_left_alone(harness):
    text = keys.to_pem(harness.key, PASSPHRASE).replace("ENCRYPTED PRIVATE", "PRIVATE")
    harness.put(text, harness.issue(10))
    assert harness.run(**PASSPHRASE_OPTION)["changed"] is False
