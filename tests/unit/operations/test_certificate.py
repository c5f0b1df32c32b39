# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""m2m.netsuite.certificate: from what lies there and what is asked for to what happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.services import files

PASSPHRASE = "PassphraseCanary horse"


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def snapshot(folder: Path) -> dict:
    """Everything about a folder: names, contents, modes, inodes and times."""
    facts = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else None
        facts[str(path)] = (status.st_mode, status.st_ino, status.st_mtime_ns, status.st_nlink, content)
    return facts


class Bench:
    """A folder with a pair in some state, and the operation on it."""

    def __init__(self, folder: Path, lab, vault):
        self.folder, self.lab, self.vault = folder, lab, vault
        self.key_path, self.certificate_path = folder / "auth-key.pem", folder / "auth-cert.pem"
        self.key, self.other = lab.key("secp256r1"), lab.key("secp256r1", 1)
        self.certificate = self.issue(10)

    def issue(self, age, key=None, **subject):
        start = self.lab.now - timedelta(days=age)
        return certificates.issue(
            key or self.key, certificates.Subject(**subject), now=start, valid_days=365, signature_padding="pkcs1v15"
        )

    def put(self, key=None, certificate=None, mode=0o600):
        if key is not None:
            self.key_path.write_text(key if isinstance(key, str) else keys.to_pem(key))
            self.key_path.chmod(mode)
        if certificate is not None:
            text = certificate if isinstance(certificate, str) else certificates.to_pem(certificate)
            self.certificate_path.write_text(text)

    def options(self, **changes):
        defaults = {name: spec.get("default") for name, spec in OPERATION.options.items()}
        paths = {"private_key_path": str(self.key_path), "certificate_path": str(self.certificate_path)}
        return {**defaults, **paths, **changes}

    def run(self, check_mode=False, vault=..., **changes):
        context = Context(
            check_mode=check_mode,
            vault=self.vault if vault is ... else vault,
            clock=self.lab.now.timestamp,
            sleep=lambda seconds: pytest.fail("it slept"),
        )
        return execute(OPERATION, self.options(**changes), context)

    def read_key(self):
        text = self.key_path.read_text()
        if text.startswith("$ANSIBLE_VAULT;"):
            text = self.vault.decrypt(text, "")
        return keys.load(text, PASSPHRASE, where="x")

    def secrets(self, canaries):
        found = [*canaries(self.key), *canaries(self.other), PASSPHRASE]
        if self.key_path.exists() and "BEGIN" in self.key_path.read_text():
            found += [line for line in self.key_path.read_text().splitlines()[1:-1] if len(line) > 16]
        return found


@pytest.fixture
def bench(tmp_path, lab, vault):
    return Bench(tmp_path, lab, vault)


def a_good_pair(bench):
    bench.put(bench.key, bench.certificate)


STATES = {
    "nothing": lambda bench: None,
    "good": a_good_pair,
    "ends in 31 days": lambda bench: bench.put(bench.key, bench.issue(334)),
    "ends in 30 days": lambda bench: bench.put(bench.key, bench.issue(335)),
    "over": lambda bench: bench.put(bench.key, bench.issue(365)),
    "key alone": lambda bench: bench.put(bench.key),
    "certificate alone": lambda bench: bench.put(None, bench.certificate),
    "mismatch": lambda bench: bench.put(bench.other, bench.certificate),
    "open key": lambda bench: bench.put(bench.key, bench.certificate, mode=0o640),
    "sealed": lambda bench: bench.put(keys.to_pem(bench.key, PASSPHRASE), bench.certificate),
    "sealed and over": lambda bench: bench.put(keys.to_pem(bench.key, PASSPHRASE), bench.issue(365)),
    "vaulted": lambda bench: bench.put(bench.vault.encrypt(keys.to_pem(bench.key), None), bench.certificate),
    "vaulted and over": lambda bench: bench.put(bench.vault.encrypt(keys.to_pem(bench.key), None), bench.issue(365)),
    "damaged key": lambda bench: bench.put(keys.to_pem(bench.key).replace("M", "!", 1), bench.certificate),
    "empty key": lambda bench: bench.put("", bench.certificate),
    "exchanged": lambda bench: bench.put(certificates.to_pem(bench.certificate), keys.to_pem(bench.key)),
    "certificate as key": lambda bench: bench.put(certificates.to_pem(bench.certificate), bench.certificate),
    "damaged certificate": lambda bench: bench.put(bench.key, "-----BEGIN CERTIFICATE-----\nx\n"),
    "somebody's file as key": lambda bench: bench.put("db_password: x\n", None),
    "vault nobody opens": lambda bench: bench.put("$ANSIBLE_VAULT;1.1;AES256\nzz\n", bench.certificate),
    "RSA-2048 alone": lambda bench: bench.put(bench.lab.key("RSA-2048")),
    "secp224r1 alone": lambda bench: bench.put(bench.lab.key("secp224r1")),
}
EC = {"key_type": "EC"}
SEAL = {"private_key_passphrase": PASSPHRASE}
VAULT = {"encrypt_with_vault": True}

# state, options -> (changed, reason)
DECISIONS = [
    ("nothing", EC, (True, "missing")),
    ("nothing", {**EC, **SEAL}, (True, "missing")),
    ("nothing", {**EC, **VAULT}, (True, "missing")),
    ("nothing", {**EC, "force": True}, (True, "missing")),
    ("good", {}, (False, None)),
    ("good", EC, (False, None)),
    ("good", {"curve": "secp256r1", "common_name": "netsuite-m2m"}, (False, None)),
    ("good", {"valid_days": 60, "signature_padding": "pss"}, (False, None)),
    ("good", {"force": True, **EC}, (True, "forced")),
    ("good", {"force": True, "common_name": "other", "curve": "secp384r1"}, (True, "forced")),
    ("good", SEAL, (True, "key_encryption")),
    ("good", VAULT, (True, "key_encryption")),
    ("good", {**SEAL, **VAULT}, (True, "key_encryption")),
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
    ("open key", SEAL, (True, "key_encryption")),
    ("sealed", SEAL, (False, None)),
    ("sealed", {**SEAL, **VAULT}, (True, "key_encryption")),
    ("sealed and over", {**SEAL, **EC}, (True, "expired")),
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
def test_decisions(bench, canaries, state, options, decision):
    STATES[state](bench)
    before = snapshot(bench.folder)
    predicted = bench.run(check_mode=True, **options)
    assert snapshot(bench.folder) == before, "check mode touched something"
    result = bench.run(**options)
    assert (result.get("changed"), result.get("reason")) == decision, result
    assert (predicted["changed"], predicted["reason"]) == decision
    if decision[0]:
        assert snapshot(bench.folder) != before
    else:
        assert snapshot(bench.folder) == before
    same = ("key_type", "key_size", "curve", "subject", "not_before", "not_after", "days_left")
    assert {name: predicted.get(name) for name in same} == {name: result.get(name) for name in same}
    shown = json.dumps([predicted, result])
    assert not [secret for secret in bench.secrets(canaries) if secret in shown]
    if options.get("state") == "absent":
        assert not bench.key_path.exists()
        assert not bench.certificate_path.exists()
        return
    key, certificate = bench.read_key(), certificates.parse(bench.certificate_path.read_text(), where="x")
    assert certificates.matches(certificate, key)
    assert result["certificate"] == bench.certificate_path.read_text()
    assert result["certificate_id"] == certificates.certificate_id(certificate)
    assert bench.key_path.stat().st_mode & 0o777 == 0o600
    again = bench.run(**{**options, "force": False})
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
    ("sealed", {}, "passphrase_missing", "auth-key.pem"),
    ("sealed", {"private_key_passphrase": "WrongCanary"}, "wrong_passphrase", "auth-key.pem"),
    ("sealed and over", {"private_key_passphrase": "WrongCanary"}, "wrong_passphrase", "auth-key.pem"),
    ("sealed", {"private_key_passphrase": "WrongCanary", "force": True}, "wrong_passphrase", "auth-key.pem"),
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
def test_refusals_touch_nothing(bench, canaries, state, options, cause, word):
    STATES[state](bench)
    before = snapshot(bench.folder)
    for check_mode in (True, False):
        result = bench.run(check_mode=check_mode, **options)
        assert snapshot(bench.folder) == before
        assert (result.get("failed"), result["changed"], result["cause"]) == (True, False, cause), result
        assert word in result["msg"]
        assert result["fix"]
        shown = json.dumps(result)
        assert not [secret for secret in [*bench.secrets(canaries), "WrongCanary"] if secret in shown]


def test_options_that_differ_are_listed(bench):
    a_good_pair(bench)
    result = bench.run(curve="secp384r1", country="DE", common_name="other")
    assert len(result["differences"]) == 3


@pytest.mark.parametrize("path", ["same", "link"])
def test_one_file_for_both_halves_is_refused(bench, path):
    if path == "link":
        bench.certificate_path.symlink_to(bench.key_path)
    result = bench.run(certificate_path=str(bench.certificate_path if path == "link" else bench.key_path))
    assert result["cause"] == "same_path"
    assert not bench.key_path.exists()


@pytest.mark.parametrize("backup", [True, False])
def test_copies_of_what_is_replaced(bench, backup):
    bench.put(bench.key, bench.issue(365), mode=0o644)
    old = (bench.key_path.read_bytes(), bench.certificate_path.read_bytes())
    result = bench.run(backup=backup, **EC)
    if not backup:
        assert result["backup_files"] == []
        assert len(list(bench.folder.iterdir())) == 2
        return
    assert tuple(Path(copy).read_bytes() for copy in result["backup_files"]) == old
    assert Path(result["backup_files"][0]).stat().st_mode & 0o777 == 0o600
    assert len(list(bench.folder.iterdir())) == 4


def test_each_forced_run_keeps_what_was_there(bench):
    keys_seen = set()
    for _time in range(4):
        result = bench.run(force=True, **EC)
        keys_seen.add(bench.key_path.read_text())
    assert result["reason"] == "forced"
    kept = {path.read_text() for path in bench.folder.glob("auth-key.pem*")}
    assert kept == keys_seen


def test_a_missing_certificate_keeps_the_key(bench):
    bench.put(bench.key)
    before = bench.key_path.read_bytes()
    result = bench.run()
    assert bench.key_path.read_bytes() == before
    assert result["key_type"] == "EC"
    assert result["backup_files"] == []


@pytest.mark.parametrize("state", ["vaulted", "vaulted and over", "nothing"])
def test_the_vault_keeps_what_it_has(bench, state):
    STATES[state](bench)
    result = bench.run(encrypt_with_vault=state == "nothing", vault_id="prod" if state == "nothing" else None, **EC)
    assert not result.get("failed"), result
    assert bench.key_path.read_text().startswith("$ANSIBLE_VAULT;1.")
    assert state != "nothing" or bench.key_path.read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    assert "PRIVATE KEY" not in bench.key_path.read_text()


def test_passphrase_and_vault_together(bench):
    bench.run(**EC, **SEAL, **VAULT)
    inside = bench.vault.decrypt(bench.key_path.read_text(), "")
    assert "BEGIN ENCRYPTED PRIVATE KEY" in inside


def test_reencryption_keeps_key_and_certificate(bench):
    a_good_pair(bench)
    result = bench.run(**SEAL)
    assert result["certificate_id"] == certificates.certificate_id(bench.certificate)
    assert keys.same_key(bench.read_key().public_key(), bench.key.public_key())
    assert "ENCRYPTED" in bench.key_path.read_text()


def test_what_is_made_is_what_was_asked_for(bench):
    result = bench.run(curve="secp521r1", common_name="x", organization="M\u00fcller", country="DE", valid_days=100)
    assert result["subject"] == "CN=x,O=M\u00fcller,C=DE"
    assert (result["curve"], result["key_size"], result["days_left"]) == ("secp521r1", 521, 100)
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"]["reason"] == "missing"


def test_an_rsa_pair(bench):
    result = bench.run(key_size=3072, signature_padding="pkcs1v15")
    assert (result["key_type"], result["key_size"], result["curve"]) == ("RSA", 3072, None)
    assert isinstance(bench.read_key().key_size, int)


def test_a_missing_folder_is_told(bench):
    for options in (
        {"private_key_path": str(bench.folder / "missing" / "k.pem")},
        {"certificate_path": str(bench.folder / "missing" / "c.pem")},
    ):
        for check_mode in (True, False):
            result = bench.run(check_mode=check_mode, **options, **EC)
            assert result["cause"] == "unwritable_file"
            assert "missing" in result["msg"]
            assert list(bench.folder.iterdir()) == []


def test_removal_needs_no_folders(bench):
    a_good_pair(bench)
    result = bench.run(state="absent", certificate_path=str(bench.folder / "missing" / "c.pem"))
    assert result["changed"]
    assert not bench.key_path.exists()
    result = bench.run(state="absent", private_key_path=str(bench.folder / "missing" / "k.pem"))
    assert result["changed"]
    assert not bench.certificate_path.exists()


def test_a_failure_while_writing_leaves_nothing(bench, monkeypatch):
    """The disk fills up with each of the files in turn."""
    a_good_pair(bench)
    before = {path.name: path.read_bytes() for path in bench.folder.iterdir()}
    real = files.write
    for failing in range(2):
        left = iter([real] * failing)

        def write(*arguments):
            next(left, full)(*arguments)  # noqa: B023

        with monkeypatch.context() as patched:
            patched.setattr(files, "write", write)
            result = bench.run(force=True, **EC)
        assert result["cause"] == "unwritable_file"
        assert {path.name: path.read_bytes() for path in (bench.key_path, bench.certificate_path)} == before
        assert not list(bench.folder.glob("*.new"))


def full(path, *unused):
    raise OptionError(f"{path} cannot be written: No space left on device", cause="unwritable_file")


def test_a_clock_that_moves_during_the_task(bench):
    """A certificate that comes due between the two looks is made all the same, once."""
    a_good_pair(bench)
    times = iter([bench.lab.now.timestamp() + step for step in (0, 0, *[10**8] * 50)])
    result = execute(OPERATION, bench.options(**EC), Context(clock=lambda: next(times)))
    assert not result.get("failed"), result


def test_a_pair_that_somebody_takes_apart_during_the_task(bench, monkeypatch):
    """Between the two looks, while the key is made, the certificate disappears."""
    bench.put(bench.key, bench.issue(365))
    real = keys.generate

    def generate(*arguments):
        bench.certificate_path.unlink()
        return real(*arguments)

    monkeypatch.setattr(keys, "generate", generate)
    result = bench.run(**EC)
    assert (result["failed"], result["cause"]) == (True, "changed_meanwhile")
    assert keys.same_key(bench.read_key().public_key(), bench.key.public_key())
    assert [path.name for path in bench.folder.iterdir()] == ["auth-key.pem"]


@pytest.mark.parametrize("left", ["whole pair", "key alone", "certificate alone", "certificate of another key"])
def test_what_a_killed_run_left(bench, left):
    """A whole new pair is put in place; the rest is cleared away; the old pair is never touched for it."""
    new = bench.issue(0, bench.other)
    key = {"whole pair": bench.other, "key alone": bench.other, "certificate of another key": bench.key}.get(left)
    reason = "interrupted" if left == "whole pair" else None
    a_good_pair(bench)
    if key is not None:
        Path(f"{bench.key_path}.new").write_text(keys.to_pem(key))
        Path(f"{bench.key_path}.new").chmod(0o600)
    if left != "key alone":
        Path(f"{bench.certificate_path}.new").write_text(certificates.to_pem(new))
    predicted = bench.run(check_mode=True, **EC)
    result = bench.run(**EC)
    assert (result.get("reason"), result["changed"]) == (reason, reason is not None), result
    assert (predicted["reason"], predicted["certificate_id"]) == (reason, result["certificate_id"])
    assert result["certificate_id"] == certificates.certificate_id(new if reason else bench.certificate)
    assert sorted(path.name for path in bench.folder.iterdir()) == ["auth-cert.pem", "auth-key.pem"]


def test_a_staged_pair_that_cannot_be_read_stops_everything(bench):
    a_good_pair(bench)
    Path(f"{bench.key_path}.new").write_text(keys.to_pem(bench.other, "another passphrase"))
    Path(f"{bench.certificate_path}.new").write_text(certificates.to_pem(bench.issue(0, bench.other)))
    before = snapshot(bench.folder)
    for check_mode in (True, False):
        assert bench.run(check_mode=check_mode, **EC)["cause"] == "passphrase_missing"
    assert snapshot(bench.folder) == before


def race(bench, count, **options):
    """Processes that all wait at the same line, and then run the operation on the same pair."""
    text = (
        "import json, sys\n"
        "from ansible_collections.m2m.netsuite.plugins.module_utils.operations import certificate\n"
        "from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute\n"
        "options, clock = json.loads(sys.argv[1])\n"
        "print('ready', flush=True)\n"
        "sys.stdin.readline()\n"
        "print(json.dumps(execute(certificate.OPERATION, options, Context(clock=lambda: clock))), flush=True)\n"
    )
    order = json.dumps([bench.options(**options), bench.lab.now.timestamp()])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", text, order]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    runners = [subprocess.Popen(command, **pipes) for _time in range(count)]
    assert [runner.stdout.readline() for runner in runners] == ["ready\n"] * count
    for runner in runners:
        print(file=runner.stdin, flush=True)
    results = [json.loads(runner.communicate()[0]) for runner in runners]
    assert [runner.returncode for runner in runners] == [0] * count
    return results


@pytest.mark.slow
@pytest.mark.parametrize("state", ["nothing", "over", "good"])
def test_processes_that_race_end_with_one_pair(bench, state):
    STATES[state](bench)
    results = race(bench, 3, force=state == "good", **EC)
    assert [result for result in results if result.get("failed")] == []
    certificate = certificates.parse(bench.certificate_path.read_text(), where="x")
    assert certificates.matches(certificate, bench.read_key())
    changed = [result for result in results if result["changed"]]
    if state == "good":  # forced: whoever looked before the first had finished takes that one's pair
        assert 1 <= len(changed) <= 3
    else:
        assert len(changed) == 1
        assert {result["certificate_id"] for result in results} == {certificates.certificate_id(certificate)}
    names = sorted(path.name for path in bench.folder.iterdir())
    assert not [name for name in names if name.endswith((".new", ".tmp"))]
    assert len(names) == 2 + (0 if state == "nothing" else 2 * len(changed))


def test_a_pair_that_netsuite_refuses_is_told(bench):
    key = bench.lab.key("RSA-2048")
    bench.put(key, bench.issue(10, key))
    context = Context(clock=bench.lab.now.timestamp, vault=bench.vault)
    result = execute(OPERATION, bench.options(), context)
    assert not result["changed"]
    assert "2048" in context.warnings[0]
    bench.put(bench.key, bench.issue(10))
    again = Context(clock=bench.lab.now.timestamp, vault=bench.vault)
    execute(OPERATION, bench.options(), again)
    assert again.warnings == []
