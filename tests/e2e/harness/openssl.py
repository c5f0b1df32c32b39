# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The openssl command: a second opinion that shares no code with the collection."""

from __future__ import annotations

import base64
import subprocess
from datetime import datetime, timezone


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
