# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the unit tests of all floors share: one moment in time, and key material made once per session."""

from __future__ import annotations

import subprocess
from datetime import datetime, timedelta, timezone
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, settings

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import VaultError

# No deadlines: a busy machine is no defect. The same examples each time, so that a red run can be looked into.
settings.register_profile(
    "unit",
    deadline=None,
    derandomize=True,
    max_examples=100,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("unit")

ENVELOPE = "$ANSIBLE_VAULT;"
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=timezone.utc)
CURVES = {
    "secp256r1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
    "secp256k1": ec.SECP256K1,
    "secp224r1": ec.SECP224R1,
}


@cache
def make_key(kind: str, number: int = 0) -> Any:
    """The ``number``-th key of a kind, made by the library itself: RSA-3072, secp256r1, Ed25519, DSA-1024, ..."""
    if kind.startswith("RSA-"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[4:]))
    if kind.startswith("DSA-"):
        return dsa.generate_private_key(key_size=int(kind[4:]))
    if kind == "Ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(CURVES[kind]())


def key_pem(key: Any, passphrase: str | None = None, form: str = "PKCS8") -> str:
    """A key as PEM, written by the library itself."""
    protection = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    container = getattr(serialization.PrivateFormat, form)
    return key.private_bytes(serialization.Encoding.PEM, container, protection).decode()


def make_certificate(
    key: Any,
    start: datetime = NOW,
    days: float = 365,
    subject: dict[str, str] | None = None,
    hyphen: bool = False,
) -> x509.Certificate:
    """A self-signed certificate by the library itself; its id begins with a hyphen only where that is asked for."""
    names = {"COMMON_NAME": "test", **(subject or {})}
    name = x509.Name([x509.NameAttribute(getattr(NameOID, part), value) for part, value in names.items()])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
    )
    while True:
        digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        made = builder.serial_number(x509.random_serial_number()).sign(key, digest)
        # Six bits make the first character of the id; 62 is the hyphen.
        if (made.fingerprint(hashes.SHA256())[0] >> 2 == 62) is hyphen:
            return made


def certificate_pem(certificate: x509.Certificate) -> str:
    """A certificate as PEM, written by the library itself."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def openssl(*arguments: str, data: str | bytes = b"") -> str:
    """What the openssl command says: a second opinion that shares no code with this collection."""
    text = data.encode() if isinstance(data, str) else data
    done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace")


@pytest.fixture(scope="session")
def lab() -> SimpleNamespace:
    """The functions above, for tests: a conftest cannot be imported."""
    return SimpleNamespace(
        now=NOW,
        key=make_key,
        key_pem=key_pem,
        certificate=make_certificate,
        certificate_pem=certificate_pem,
        openssl=openssl,
    )


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def rsa_key() -> rsa.RSAPrivateKey:
    return make_key("RSA-3072")


@pytest.fixture(scope="session")
def ec_key() -> ec.EllipticCurvePrivateKey:
    return make_key("secp256r1")


def secrets_of(key: Any) -> list[str]:
    """Pieces of a key that must show up nowhere: lines of its PEM body, and its private number."""
    body = key_pem(key).splitlines()[1:-1]
    numbers = key.private_numbers()
    number = numbers.d if isinstance(numbers, rsa.RSAPrivateNumbers) else numbers.private_value
    return [line for line in body if len(line) >= 16] + [str(number), f"{number:x}"]


@pytest.fixture(scope="session")
def canaries():
    return secrets_of


class ToyVault:
    """Ansible Vault as far as this floor knows it: the real envelope around a text that is merely written backwards."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids or ("default",)
        self.opened = 0

    def encrypt(self, text: str, vault_id: str | None) -> str:
        self.check_can_encrypt(vault_id)
        header = f"{ENVELOPE}1.1;AES256" if vault_id is None else f"{ENVELOPE}1.2;AES256;{vault_id}"
        body = text[::-1].encode().hex()
        return "\n".join([header, *(body[start : start + 80] for start in range(0, len(body), 80)), ""])

    def decrypt(self, text: str, where: str) -> str:
        lines = text.strip().splitlines()
        try:
            if ENVELOPE not in lines[0]:
                raise ValueError(lines[0])
            opened = bytes.fromhex("".join(lines[1:])).decode()[::-1]
        except ValueError:
            raise VaultError(f"No secret opens {where}", "Give another", cause="wrong_vault_secret") from None
        self.opened += 1
        return opened

    def check_can_encrypt(self, vault_id: str | None) -> None:
        if vault_id is not None and vault_id not in self.ids:
            raise VaultError(f"There is no secret {vault_id}", "Give it", cause="vault_missing")


@pytest.fixture
def vault() -> ToyVault:
    return ToyVault("default", "prod")
