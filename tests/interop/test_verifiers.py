# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What this collection signs, judged by openssl, npm jose and, where it is installed, Debian's jose."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import certificate
from ansible_collections.m2m.netsuite.tests.interop.pairs import ALGORITHMS, Pair
from ansible_collections.m2m.netsuite.tests.interop.programs import der_signature, openssl, pad, parts
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation

AUDIENCE = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
SALT = {"PS256": 32, "PS384": 48, "PS512": 64}
Jose = Callable[..., dict[str, Any]]


def _verify(jws: str, pair: Pair, folder: Path, *options: str, good: bool = True) -> None:
    """``openssl dgst -verify`` over the signing input."""
    _header, _claims, signing_input, signature = parts(jws)
    public, file = folder / "public.pem", folder / "signature"
    public.write_bytes(openssl("x509", "-in", str(pair.certificate_path), "-noout", "-pubkey"))
    file.write_bytes(der_signature(signature, pair.algorithm))
    digest = f"-sha{pair.algorithm[2:]}"
    said = openssl(
        "dgst", digest, *options, "-verify", str(public), "-signature", str(file), data=signing_input, good=good
    )
    assert (b"Verified OK" in said) is good


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_openssl_verifies_the_signature(algorithm: str, pairs: dict[str, Pair], tmp_path: Path) -> None:
    jws = pairs[algorithm].assertion(None)
    padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"] if algorithm in SALT else []
    _verify(jws, pairs[algorithm], tmp_path, *padding)


@pytest.mark.parametrize("algorithm", SALT)
def test_the_salt_is_as_long_as_the_hash_and_no_other_length(
    algorithm: str, pairs: dict[str, Pair], tmp_path: Path
) -> None:
    jws = pairs[algorithm].assertion(None)
    for length in (SALT[algorithm], SALT[algorithm] - 1, SALT[algorithm] + 1, 0, "max"):
        padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{length}"]
        _verify(jws, pairs[algorithm], tmp_path, *padding, good=length == SALT[algorithm])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_openssl_takes_the_certificate(algorithm: str, pairs: dict[str, Pair]) -> None:
    path = str(pairs[algorithm].certificate_path)
    assert b": OK" in openssl("verify", "-CAfile", path, path)
    text = openssl("x509", "-in", path, "-noout", "-text").decode()
    assert "Version: 3" in text
    if algorithm == "PS384":
        assert "Signature Algorithm: sha256WithRSAEncryption" in text
    elif algorithm in SALT:  # the form of Oracle's own command: the salt is the certificate's, not the assertion's
        assert re.search(r"Signature Algorithm: rsassaPss.*?Salt Length: 0x40", text, re.DOTALL)
        assert "Public Key Algorithm: rsaEncryption" in text
    else:
        assert f"Signature Algorithm: ecdsa-with-SHA{algorithm[2:]}" in text


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_certificate_id_is_the_sha256_of_the_der_bytes(algorithm: str, pairs: dict[str, Pair]) -> None:
    pair = pairs[algorithm]
    der = openssl("x509", "-in", str(pair.certificate_path), "-outform", "DER")
    assert pair.certificate_id == pad(openssl("dgst", "-sha256", "-binary", data=der))
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", pair.certificate_id)
    assert parts(pair.assertion(None))[0]["kid"] == pair.certificate_id


def test_openssl_opens_the_key_with_its_passphrase(tmp_path: Path) -> None:
    key, passphrase = tmp_path / "key.pem", "pass phrase with blanks and ümlauts"
    made = run_operation(
        certificate.OPERATION,
        private_key_path=str(key),
        certificate_path=str(tmp_path / "cert.pem"),
        private_key_passphrase=passphrase,
        curve="secp384r1",
    )
    assert not made.get("failed"), made
    opened = openssl("pkey", "-in", str(key), "-passin", f"pass:{passphrase}", "-check", "-noout")
    assert b"Key is valid" in opened
    openssl("pkey", "-in", str(key), "-passin", "pass:another", "-noout", good=False)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_npm_jose_verifies_and_reads_it(algorithm: str, pairs: dict[str, Pair], jose: Jose) -> None:
    pair = pairs[algorithm]
    jws = pair.assertion(None)
    said = jose(jws=jws, certificate=pair.certificate, algorithm=algorithm, audience=AUDIENCE, issuer=pair.client_id)
    assert "error" not in said, said
    header, claims, _input, _signature = parts(jws)
    assert (said["header"], said["claims"]) == (header, claims)
    assert header == {"typ": "JWT", "alg": algorithm, "kid": said["thumbprint"], "x5t#S256": said["thumbprint"]}
    assert claims["exp"] - claims["iat"] == 300


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_npm_jose_refuses_what_was_changed(algorithm: str, pairs: dict[str, Pair], jose: Jose) -> None:
    pair = pairs[algorithm]
    head, body, signature = pair.assertion(None).split(".")
    good = {"certificate": pair.certificate, "algorithm": algorithm, "audience": AUDIENCE, "issuer": pair.client_id}
    last = "A" if signature[9] != "A" else "B"
    assert "signature" in jose(jws=f"{head}.{body}.{signature[:9]}{last}{signature[10:]}", **good)["error"]
    assert "aud" in jose(jws=f"{head}.{body}.{signature}", **{**good, "audience": "https://example.com"})["error"]
    assert "iss" in jose(jws=f"{head}.{body}.{signature}", **{**good, "issuer": "somebody"})["error"]


@pytest.mark.skipif(shutil.which("jose") is None, reason="the command jose is not installed")
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_debian_jose_verifies_and_reads_it(algorithm: str, pairs: dict[str, Pair], tmp_path: Path) -> None:
    pair = pairs[algorithm]
    jws, key = tmp_path / "assertion", tmp_path / "key.jwk"
    jws.write_text(pair.assertion(None))
    key.write_text(json.dumps(_jwk(pair)))
    done = subprocess.run(
        ["jose", "jws", "ver", "-i", str(jws), "-k", str(key), "-O-"], capture_output=True, check=True
    )
    assert json.loads(done.stdout) == parts(jws.read_text())[1]
    jws.write_text(jws.read_text()[:-12] + "AAAAAAAAAAAA")
    done = subprocess.run(["jose", "jws", "ver", "-i", str(jws), "-k", str(key)], capture_output=True, check=False)
    assert done.returncode != 0


def _jwk(pair: Pair) -> dict[str, str]:
    """The public key as a JWK (RFC 7518 section 6), put together from the numbers that openssl would print."""
    public = openssl("x509", "-in", str(pair.certificate_path), "-noout", "-pubkey")
    numbers: Any = serialization.load_pem_public_key(public).public_numbers()  # type: ignore[union-attr]
    if pair.algorithm in SALT:
        return {"kty": "RSA", "alg": pair.algorithm, "n": _octets(numbers.n), "e": _octets(numbers.e)}
    size = (numbers.curve.key_size + 7) // 8
    curve = f"P-{numbers.curve.key_size}"
    return {
        "kty": "EC",
        "crv": curve,
        "alg": pair.algorithm,
        "x": _octets(numbers.x, size),
        "y": _octets(numbers.y, size),
    }


def _octets(number: int, size: int = 0) -> str:
    return pad(number.to_bytes(size or (number.bit_length() + 7) // 8, "big"))
