# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module certificate by playbook: made, made again, checked, renewed, refused, removed; judged by openssl.

Each host is a kind of pair, and each run of the playbook a step in the lives of all of them.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.support import openssl
from ansible_collections.m2m.netsuite.tests.support.controller import Controller, Run, program, snapshot
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair

PASSPHRASE = "a passphrase: with, signs"
SUBJECT = {
    "common_name": "netsuite-m2m",
    "organization": "Müller & Co",
    "organizational_unit": "Warehouse",
    "locality": "Wien",
    "state_or_province": "Wien",
    "country": "AT",
    "email": "ops@example.com",
}
# what is asked for, and how openssl calls the key and the certificate's signature
PAIRS: dict[str, tuple[dict[str, Any], str, str]] = {
    "by_default": ({}, "Public-Key: (4096 bit)", "rsassaPss"),
    "rsa": ({"key_type": "RSA", "key_size": 3072, **SUBJECT}, "Public-Key: (3072 bit)", "rsassaPss"),
    "pkcs1": (
        {"key_size": 3072, "signature_padding": "pkcs1v15"},
        "Public-Key: (3072 bit)",
        "sha256WithRSAEncryption",
    ),
    "p256": ({"key_type": "EC"}, "NIST CURVE: P-256", "ecdsa-with-SHA256"),
    "p384": ({"curve": "secp384r1"}, "NIST CURVE: P-384", "ecdsa-with-SHA384"),
    "p521": ({"key_type": "EC", "curve": "secp521r1"}, "NIST CURVE: P-521", "ecdsa-with-SHA512"),
    "vaulted": (
        {"curve": "secp256r1", "encrypt_with_vault": True, "vault_id": "keys"},
        "NIST CURVE: P-256",
        "ecdsa-with-SHA256",
    ),
    "locked": ({"curve": "secp256r1", "private_key_passphrase": PASSPHRASE}, "NIST CURVE: P-256", "ecdsa-with-SHA256"),
    "both": (
        {"curve": "secp256r1", "private_key_passphrase": PASSPHRASE, "encrypt_with_vault": True},
        "NIST CURVE: P-256",
        "ecdsa-with-SHA256",
    ),
}
STEPS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "predicted": ({"valid_days": 100}, ("--check", "--diff")),
    "made": ({"valid_days": 100}, ("--diff",)),
    "again": ({"valid_days": 100}, ("--diff",)),
    "checked": ({"valid_days": 100}, ("--check", "--diff")),
    "refused": ({"valid_days": 100, "common_name": "other"}, ()),
    "renewal predicted": ({"renew_before_days": 200}, ("--check", "--diff")),
    "renewed": ({"renew_before_days": 200}, ("--diff",)),
    "removed": ({"state": "absent", "backup": False}, ("--diff",)),
}


@dataclass
class Lives:
    """Every step's run, the files after it, and whether it wrote anything."""

    controller: Controller
    folder: Path
    runs: dict[str, Run] = field(default_factory=dict)
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    modes: dict[str, dict[str, int]] = field(default_factory=dict)
    wrote: dict[str, bool] = field(default_factory=dict)

    def step(self, name: str) -> None:
        options, arguments = STEPS[name]
        given = {**options, "private_key_path": "{{ dir }}/auth-key.pem", "certificate_path": "{{ dir }}/auth-cert.pem"}
        task = {"name": "Pair", "m2m.netsuite.certificate": "{{ pair | combine(step) }}", "vars": {"step": given}}
        before = snapshot(self.folder)
        self.runs[name] = self.controller.tasks([task], *arguments, quiet=False)
        self.wrote[name] = snapshot(self.folder) != before
        paths = [path for path in self.folder.rglob("*") if path.is_file()]
        self.files[name] = {str(path.relative_to(self.folder)): path.read_text() for path in paths}
        self.modes[name] = {str(path.relative_to(self.folder)): path.stat().st_mode & 0o777 for path in paths}

    def certificate(self, host: str, step: str = "made") -> str:
        return self.files[step][f"{host}/auth-cert.pem"]

    def key(self, host: str, step: str = "made", name: str = "auth-key.pem") -> str:
        """A private key as openssl reads it: out of its envelope, by the ansible-vault command."""
        text = self.files[step][f"{host}/{name}"]
        if not text.startswith("$ANSIBLE_VAULT"):
            return text
        path = self.controller.folder / "envelope"
        path.write_text(text)
        argv = [str(program("ansible-vault")), "view", *self.controller.vaults.arguments(), str(path)]
        environment = self.controller.environment({"PAGER": "cat", "E2E_EVENTS": "/dev/null"})
        return subprocess.run(argv, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def lives(module_controller: Controller) -> Lives:
    module_controller.vaults.add("keys")
    made = Lives(module_controller, module_controller.folder / "pairs")
    for host, (options, _key, _signature) in PAIRS.items():
        (made.folder / host).mkdir(parents=True)
        module_controller.inventory.add(host, {"dir": str(made.folder / host), "pair": options})
    for name in STEPS:
        made.step(name)
    return made


@pytest.mark.parametrize("step", STEPS)
def test_changes_are_reported_and_check_mode_writes_nothing(lives, step):
    changes = step not in ("again", "checked", "refused")
    assert lives.runs[step].changed == dict.fromkeys(PAIRS, int(changes)), lives.runs[step].tail()
    assert lives.wrote[step] == (changes and "predicted" not in step)
    assert lives.runs[step].rc == (2 if step == "refused" else 0)


def test_reasons(lives):
    reasons = {step: {run.result(host, "Pair").get("reason") for host in PAIRS} for step, run in lives.runs.items()}
    assert reasons == {
        "predicted": {"missing"},
        "made": {"missing"},
        "again": {None},
        "checked": {None},
        "refused": {None},
        "renewal predicted": {"expires_soon"},
        "renewed": {"expires_soon"},
        "removed": {"present"},
    }


@pytest.mark.parametrize("host", PAIRS)
def test_openssl_sees_the_pair_that_was_asked_for(lives, host):
    options, kind, signature = PAIRS[host]
    for step, days in (("made", 101), ("renewed", 730)):  # one of them is over: it begins a day before it is made
        certificate = lives.certificate(host, step)
        text = openssl.openssl("x509", "-noout", "-text", "-nameopt", "utf8", data=certificate)
        assert kind in text
        assert f"Signature Algorithm: {signature}\n" in text
        if signature == "rsassaPss":
            assert "Salt Length: 0x40" in text
            assert "Mask Algorithm: mgf1 with sha256" in text
        begin, end = openssl.dates(certificate)
        assert end - begin == timedelta(days=days)
        path = lives.controller.folder / f"{host}.pem"
        path.write_text(certificate)
        openssl.openssl("verify", "-CAfile", str(path), str(path))
        key = lives.key(host, step)
        assert openssl.certified_key(certificate) == openssl.public_key_of(
            key, options.get("private_key_passphrase", "")
        )


@pytest.mark.parametrize("host", PAIRS)
def test_the_result_agrees_with_openssl(lives, host):
    for step in ("made", "again", "checked", "renewed"):
        result, certificate = lives.runs[step].result(host, "Pair"), lives.certificate(host, step)
        begin, end = openssl.dates(certificate)
        assert result["certificate"] == certificate
        assert result["certificate_id"] == openssl.certificate_id(certificate)
        assert not result["certificate_id"].startswith("-")
        assert (result["not_before"], result["not_after"]) == (
            f"{begin:%Y-%m-%dT%H:%M:%SZ}",
            f"{end:%Y-%m-%dT%H:%M:%SZ}",
        )
        assert result["days_left"] == (728 if step == "renewed" else 99)


def test_the_prediction_comes_true(lives):
    for host in PAIRS:
        before, after = (lives.runs[step].result(host, "Pair") for step in ("predicted", "made"))
        for name in ("key_type", "key_size", "curve", "subject"):
            assert before[name] == after[name], (host, name)
        assert "certificate_id" not in before


def test_the_subject(lives):
    shown = openssl.openssl(
        "x509", "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus", data=lives.certificate("rsa")
    )
    assert shown == (
        "subject=C=AT,ST=Wien,L=Wien,O=Müller & Co,OU=Warehouse,CN=netsuite-m2m,emailAddress=ops@example.com\n"
    )


@pytest.mark.parametrize("step", ["made", "renewed"])
def test_how_keys_lie_on_the_disk(lives, step):
    first = {host: lives.files[step][f"{host}/auth-key.pem"].splitlines()[0] for host in PAIRS}
    plain = dict.fromkeys(PAIRS, "-----BEGIN PRIVATE KEY-----")
    assert first == {
        **plain,
        "vaulted": "$ANSIBLE_VAULT;1.2;AES256;keys",
        "both": "$ANSIBLE_VAULT;1.1;AES256",
        "locked": "-----BEGIN ENCRYPTED PRIVATE KEY-----",
    }
    assert lives.key("both", step).startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    for host in PAIRS:
        assert lives.modes[step][f"{host}/auth-key.pem"] == 0o600
        assert lives.modes[step][f"{host}/auth-cert.pem"] == 0o644


def test_renewal_makes_a_new_key_and_keeps_the_old_pair_as_a_copy(lives):
    for host, (options, _kind, _signature) in PAIRS.items():
        assert lives.certificate(host, "renewed") != lives.certificate(host, "made")
        copies = [Path(path).name for path in lives.runs["renewed"].result(host, "Pair")["backup_files"]]
        assert [lives.files["renewed"][f"{host}/{name}"] for name in copies] == [
            lives.files["made"][f"{host}/auth-key.pem"],
            lives.certificate(host, "made"),
        ]
        assert lives.modes["renewed"][f"{host}/{copies[0]}"] == 0o600
        passphrase = options.get("private_key_passphrase", "")
        old, new = (openssl.public_key_of(lives.key(host, step), passphrase) for step in ("made", "renewed"))
        assert old != new


def test_a_usable_pair_is_not_replaced_because_an_option_changed(lives):
    for host in PAIRS:
        result = lives.runs["refused"].result(host, "Pair")
        assert result["cause"] == "options_differ"
        assert "common_name is netsuite-m2m, the task asks for other" in result["msg"]


def test_removal_leaves_nothing_but_the_copies(lives):
    assert {name.partition("/")[2] for name in lives.files["removed"] if not name.endswith(".bak")} == set()


BROKEN = {
    "halves": "key_mismatch",
    "exchanged": "wrong_pem",
    "foreign key": "unreadable_pem",
    "foreign certificate": "unreadable_pem",
    "cut off": "unreadable_pem",
    "key lost": "key_missing",
    "wrong passphrase": "wrong_passphrase",
    "no passphrase": "passphrase_missing",
    "wrong vault secret": "wrong_vault_secret",
    "unknown vault id": "vault_missing",
    "no folder": "unwritable_file",
    "too long": "bad_validity",
    "contradiction": "bad_key_options",
    "country": "bad_subject",
}


def test_what_cannot_be_kept_is_refused_and_nothing_is_overwritten(controller, tmp_path):
    pair, other = new_pair(), new_pair(key=new_key())
    locked = new_pair(passphrase="right")
    stranger = controller.vaults.add("stranger")
    contents = {
        "halves": (pair.key, other.certificate),
        "exchanged": (pair.certificate, pair.key),
        "foreign key": ("no key at all\n", pair.certificate),
        "foreign certificate": (pair.key, "ssh-ed25519 AAAA somebody\n"),
        "cut off": (pair.key[:80], pair.certificate),
        "key lost": (None, pair.certificate),
        "wrong passphrase": (locked.key, locked.certificate),
        "no passphrase": (locked.key, locked.certificate),
        "wrong vault secret": (controller.vaults.encrypt(pair.key, "stranger"), pair.certificate),
    }
    more: dict[str, dict[str, Any]] = {
        "wrong passphrase": {"private_key_passphrase": "left"},
        "unknown vault id": {"encrypt_with_vault": True, "vault_id": "nobody"},
        "too long": {"valid_days": 731},
        "contradiction": {"key_type": "EC", "key_size": 3072},
        "country": {"country": "Austria"},
    }
    for case in BROKEN:
        folder = tmp_path / "broken" / case
        if case != "no folder":
            folder.mkdir(parents=True)
        for name, text in zip(("auth-key.pem", "auth-cert.pem"), contents.get(case, (None, None)), strict=True):
            if text is not None:
                (folder / name).write_text(text)
        files = {"private_key_path": f"{folder}/auth-key.pem", "certificate_path": f"{folder}/auth-cert.pem"}
        controller.inventory.add(
            case.replace(" ", "_"), {"pair": {"curve": "secp256r1", **files, **more.get(case, {})}}
        )
    before = snapshot(tmp_path / "broken")
    assert stranger.exists()
    task = {"name": "Pair", "m2m.netsuite.certificate": "{{ pair }}", "ignore_errors": True}
    run = controller.tasks([task], vault=["default"], quiet=False).expect(0)
    causes = {case: run.result(case.replace(" ", "_"), "Pair").get("cause") for case in BROKEN}
    assert causes == BROKEN
    assert snapshot(tmp_path / "broken") == before
