# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A folder with a pair in some state, for the tests of m2m.netsuite.certificate."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute

PASSPHRASE = "PassphraseCanary horse"
EC = {"key_type": "EC"}


def snapshot(folder: Path) -> dict:
    """Everything about a folder: names, contents, modes, inodes and times."""
    facts = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else None
        facts[str(path)] = (status.st_mode, status.st_ino, status.st_mtime_ns, status.st_nlink, content)
    return facts


class CertificateHarness:
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


def a_good_pair(harness):
    harness.put(harness.key, harness.certificate)


STATES = {
    "nothing": lambda it: None,
    "good": a_good_pair,
    "ends in 31 days": lambda it: it.put(it.key, it.issue(334)),
    "ends in 30 days": lambda it: it.put(it.key, it.issue(335)),
    "over": lambda it: it.put(it.key, it.issue(365)),
    "key alone": lambda it: it.put(it.key),
    "certificate alone": lambda it: it.put(None, it.certificate),
    "mismatch": lambda it: it.put(it.other, it.certificate),
    "open key": lambda it: it.put(it.key, it.certificate, mode=0o640),
    "encrypted": lambda it: it.put(keys.to_pem(it.key, PASSPHRASE), it.certificate),
    "encrypted and over": lambda it: it.put(keys.to_pem(it.key, PASSPHRASE), it.issue(365)),
    "vaulted": lambda it: it.put(it.vault.encrypt(keys.to_pem(it.key), None), it.certificate),
    "vaulted and over": lambda it: it.put(it.vault.encrypt(keys.to_pem(it.key), None), it.issue(365)),
    "damaged key": lambda it: it.put(keys.to_pem(it.key).replace("M", "!", 1), it.certificate),
    "empty key": lambda it: it.put("", it.certificate),
    "exchanged": lambda it: it.put(certificates.to_pem(it.certificate), keys.to_pem(it.key)),
    "certificate as key": lambda it: it.put(certificates.to_pem(it.certificate), it.certificate),
    "damaged certificate": lambda it: it.put(it.key, "-----BEGIN CERTIFICATE-----\nx\n"),
    "somebody's file as key": lambda it: it.put("db_password: x\n", None),
    "vault nobody opens": lambda it: it.put("$ANSIBLE_VAULT;1.1;AES256\nzz\n", it.certificate),
    "RSA-2048 alone": lambda it: it.put(it.lab.key("RSA-2048")),
    "secp224r1 alone": lambda it: it.put(it.lab.key("secp224r1")),
}
