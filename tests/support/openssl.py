# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The openssl command: a second opinion that shares no code with the collection."""

from __future__ import annotations

import base64
import json
import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any


def openssl(*arguments: str, data: str | bytes = b"") -> str:
    """What the command says; it must succeed."""
    return openssl_bytes(*arguments, data=data).decode("utf-8", "replace")


def openssl_bytes(*arguments: str, data: str | bytes = b"") -> bytes:
    """The same for output that is no text."""
    raw = data.encode() if isinstance(data, str) else data
    done = subprocess.run(["openssl", *arguments], input=raw, capture_output=True, check=False)
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return done.stdout


def public_key_of(private_key: str, passphrase: str = "") -> str:
    """The public half of a private key (PEM)."""
    return openssl("pkey", "-pubout", "-passin", f"pass:{passphrase}", data=private_key)


def certified_key(certificate: str) -> str:
    """The public key in a certificate."""
    return openssl("x509", "-noout", "-pubkey", data=certificate)


def certificate_id(certificate: str) -> str:
    """RFC 7515's x5t#S256 of a certificate."""
    der = openssl_bytes("x509", "-outform", "DER", data=certificate)
    digest = openssl_bytes("dgst", "-sha256", "-binary", data=der)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def dates(certificate: str) -> tuple[datetime, datetime]:
    """Begin and end of a certificate."""
    lines = openssl("x509", "-noout", "-dates", data=certificate).splitlines()
    begin, end = (
        datetime.strptime(line.split("=")[1], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=timezone.utc) for line in lines
    )
    return begin, end


def verifies(token: str, certificate: str, folder: Path) -> bool:
    """Whether a JWS (PS256 to PS512, ES256 to ES512) verifies with a certificate, by ``openssl dgst``.

    The salt of RSASSA-PSS has to be as long as the digest (RFC 7518 section 3.5), and an EC signature is two numbers of
    fixed length (section 3.4), which openssl wants as DER.
    """
    signed, _dot, tail = token.rpartition(".")
    algorithm, signature = header_of(token)["alg"], decoded(tail)
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    if algorithm.startswith("ES"):
        half = {"ES256": 32, "ES384": 48, "ES512": 66}[algorithm]
        assert len(signature) == 2 * half
        options, signature = [], _der(_integer(signature[:half]) + _integer(signature[half:]), 0x30)
    key, file = folder / "key.pub", folder / "signature"
    key.write_text(certified_key(certificate))
    file.write_bytes(signature)
    argv = ["openssl", "dgst", f"-sha{algorithm[2:]}", *options, "-verify", str(key), "-signature", str(file)]
    done = subprocess.run(argv, input=signed.encode(), capture_output=True, check=False)
    assert done.returncode == 0 or b"Verification failure" in done.stdout, done.stderr.decode()
    return done.returncode == 0


def header_of(token: str) -> dict[str, Any]:
    """The header of a JWS."""
    return dict(json.loads(decoded(token.split(".", maxsplit=1)[0])))


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a JWS."""
    return dict(json.loads(decoded(token.split(".")[1])))


def decoded(part: str) -> bytes:
    """Base64url without padding, read strictly."""
    assert "=" not in part
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _integer(data: bytes) -> bytes:
    number = data.lstrip(b"\0") or b"\0"
    return _der(b"\0" + number if number[0] & 0x80 else number, 0x02)


def _der(content: bytes, tag: int) -> bytes:
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content
