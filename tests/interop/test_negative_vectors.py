# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Broken keys, PEM files, tokens and key sets, in the manner of the Wycheproof vectors: all are made here.

Each is refused with a cause that a playbook can act on. None is accepted, none ends in an unforeseen exception, and
nothing of it is quoted.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ansible_collections.m2m.netsuite.plugins.module_utils.core import tokens
from ansible_collections.m2m.netsuite.plugins.module_utils.operations import (
    certificate_info,
    client_assertion,
    token_check,
)
from ansible_collections.m2m.netsuite.tests.interop.programs import pad
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_pair, shared_key

PLACE = {"account_id": "1234567", "client_id": "5" * 64}


def named(vectors: Callable[[], Iterator[tuple[str, Any]]]) -> list[Any]:
    """The vectors under their names, which are the same in every process."""
    return [pytest.param(value, id=name) for name, value in vectors()]


# --- DER by hand (X.690)


def der(tag: int, *contents: bytes) -> bytes:
    """One element, with a definite length."""
    body = b"".join(contents)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def integer(value: int) -> bytes:
    """An INTEGER."""
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(text: str) -> bytes:
    """An OBJECT IDENTIFIER."""
    first, second, *rest = map(int, text.split("."))
    body = bytes([40 * first + second])
    for number in rest:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        body += bytes(reversed(digits))
    return der(0x06, body)


RSA_OID, EC_OID, P256_OID, P224_OID = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.2.840.10045.3.1.7", "1.3.132.0.33"
NULL = der(0x05)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def pkcs8(algorithm: bytes, key: bytes, version: int = 0) -> bytes:
    """PrivateKeyInfo (RFC 5208 section 5)."""
    return der(0x30, integer(version), algorithm, der(0x04, key))


def pem(data: bytes, label: str = "PRIVATE KEY") -> str:
    """PEM (RFC 7468)."""
    body = base64.encodebytes(data).decode().replace("\n", "")
    return "\n".join([f"-----BEGIN {label}-----", *re.findall(".{1,64}", body), f"-----END {label}-----", ""])


def ec_key(scalar: int, curve: str = P256_OID, point: bytes | None = None, size: int = 32) -> str:
    """ECPrivateKey (RFC 5915) in PKCS#8."""
    public = [] if point is None else [der(0xA1, der(0x03, b"\0" + point))]
    body = der(0x30, integer(1), der(0x04, scalar.to_bytes(size, "big")), *public)
    return pem(pkcs8(der(0x30, oid(EC_OID), oid(curve)), body))


def rsa_numbers(**changes: int) -> str:
    """RSAPrivateKey (RFC 8017 appendix A.1.2) in PKCS#8, with some numbers changed."""
    good = shared_key("rsa3072").private_numbers()
    public = good.public_numbers
    numbers = {
        "n": public.n, "e": public.e, "d": good.d, "p": good.p, "q": good.q, "dp": good.dmp1, "dq": good.dmq1,
        "qi": good.iqmp,
    } | changes  # fmt: skip
    body = der(0x30, integer(0), *map(integer, numbers.values()))
    return pem(pkcs8(der(0x30, oid(RSA_OID), NULL), body))


def _good_ec() -> tuple[int, bytes]:
    key = shared_key()
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return key.private_numbers().private_value, point


def broken_keys() -> Iterator[tuple[str, str]]:
    scalar, point = _good_ec()
    good = key_pem(shared_key())
    lines = good.splitlines()
    n = shared_key("rsa3072").public_key().public_numbers().n
    yield "EC scalar 0", ec_key(0)
    yield "EC scalar is the order", ec_key(P256_ORDER)
    yield "EC scalar beyond the order", ec_key(P256_ORDER + 1)
    yield "EC point of another key", ec_key(scalar, point=new_point())
    yield "EC point not on the curve", ec_key(scalar, point=point[:-1] + bytes([point[-1] ^ 1]))
    yield "EC point at infinity", ec_key(scalar, point=b"\0")
    yield "EC point cut short", ec_key(scalar, point=point[:-1])
    yield "EC curve P-224", ec_key(scalar % 2**220, P224_OID, size=28)
    yield "EC curve unknown", ec_key(scalar, "1.3.6.1.4.1.99999.1")
    yield "EC without a curve", pem(pkcs8(der(0x30, oid(EC_OID)), der(0x30, integer(1), der(0x04, bytes(32)))))
    yield "RSA e is 1", rsa_numbers(e=1, d=1)
    yield "RSA e is even", rsa_numbers(e=65536)
    yield "RSA n is even", rsa_numbers(n=n - 1)
    yield "RSA n is not p times q", rsa_numbers(n=n + 2)
    yield "RSA n is 0", rsa_numbers(n=0)
    yield "RSA d is of another key", rsa_numbers(d=3)
    yield "RSA p is 1", rsa_numbers(p=1)
    yield "RSA p and q are the same", rsa_numbers(q=shared_key("rsa3072").private_numbers().p)
    yield "RSA numbers missing", pem(pkcs8(der(0x30, oid(RSA_OID), NULL), der(0x30, integer(0), integer(n))))
    yield "RSA of 1024 bits", key_pem(_small_rsa())
    yield "PKCS8 with an unknown version", pem(pkcs8(der(0x30, oid(RSA_OID), NULL), b"", version=9))
    yield "PKCS8 with an unknown algorithm", pem(pkcs8(der(0x30, oid("1.2.3.4")), b"x"))
    yield "DER with bytes behind it", pem(base64.b64decode("".join(lines[1:-1])) + b"\0\0")
    yield "DER cut short", pem(base64.b64decode("".join(lines[1:-1]))[:-9])
    yield "DER of indefinite length", pem(b"\x30\x80" + b"\0" * 8)
    yield "DER that claims four gigabytes", pem(b"\x30\x84\xff\xff\xff\xff\x02\x01\0")
    yield "DER nested a thousand times", pem(_nested(1000))
    yield "an empty block", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"
    yield "no end", "\n".join(lines[:-1])
    yield "no beginning", "\n".join(lines[1:])
    yield "letters outside the alphabet", good.replace(lines[1][:4], "!!!!")
    yield "NUL bytes", good.replace(lines[1][4:8], "\0\0\0\0")
    yield "a public key", _public(good)
    yield "a certificate", new_pair().certificate
    yield "the word None", "None"
    yield "nothing but blanks", "   \n "
    yield "a path", "/etc/ssl/private/auth-key.pem"
    yield "a Jinja template", "{{ lookup('file', 'auth-key.pem') }}"
    yield "a JWK", json.dumps({"kty": "EC", "crv": "P-256", "d": "AAAA"})
    yield "not ASCII", "-----BEGIN PRIVATE KEY-----\nÄÖÜ\u202e\n-----END PRIVATE KEY-----"


def new_point() -> bytes:
    """The public point of some other key."""
    return (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    )


def _small_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)


def _public(text: str) -> str:
    key = serialization.load_pem_private_key(text.encode(), None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form).decode()


def _nested(depth: int) -> bytes:
    data = NULL
    for _time in range(depth):
        data = der(0x30, data)
    return data


def _refused(result: dict[str, Any], quoted: str = "") -> None:
    assert result.get("failed"), result
    assert result["cause"] != "defect", result
    words = [word for word in re.findall(r"[A-Za-z0-9+/]{24,}", quoted) if word.strip("A")]
    assert not any(word in result["msg"] for word in words), result["msg"]


@pytest.mark.parametrize("text", named(broken_keys))
def test_a_broken_key_is_refused(text: str) -> None:
    pair = new_pair()
    for certificate in ({"certificate_content": pair.certificate}, {"certificate_id": pair.id}):
        _refused(run_operation(client_assertion.OPERATION, **PLACE, private_key_content=text, **certificate), text)


# --- certificates


def broken_certificates() -> Iterator[tuple[str, str]]:
    good = new_pair().certificate
    data = base64.b64decode("".join(good.splitlines()[1:-1]))
    yield "bytes behind it", pem(data + b"\0", "CERTIFICATE")
    yield "cut short", pem(data[:-5], "CERTIFICATE")
    yield "cut in half", pem(data[: len(data) // 2], "CERTIFICATE")
    yield "one byte", pem(b"\x30", "CERTIFICATE")
    yield "version 9", pem(data.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1), "CERTIFICATE")
    yield (
        "a curve that nobody knows",
        pem(data.replace(oid(P256_OID)[2:], oid("1.2.840.10045.3.1.6")[2:]), "CERTIFICATE"),
    )
    yield "nested a thousand times", pem(_nested(1000), "CERTIFICATE")
    yield "a key", key_pem(shared_key())
    yield "empty", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
    yield "nothing", " "


@pytest.mark.parametrize("text", named(broken_certificates))
def test_a_broken_certificate_is_refused(text: str) -> None:
    _refused(run_operation(certificate_info.OPERATION, certificate_content=text))


# --- tokens and assertions made elsewhere


def odd_tokens() -> Iterator[tuple[str, str]]:
    now = 4102444800
    good = {"iss": tokens.ISSUER, "sub": "1000;12", "aud": ["GUID;1234567", "5" * 64], "exp": now}

    def unsigned(claims: object, header: object = None) -> str:
        head = header if header is not None else {"alg": "RS256", "kid": "k", "typ": "JWT"}
        return ".".join([pad(json.dumps(head).encode()), pad(json.dumps(claims).encode()), pad(b"x" * 256)])

    yield "empty parts", ".."
    yield "one part", "eyJhbGciOiJSUzI1NiJ9"
    yield "five parts (a JWE)", "a.b.c.d.e"
    yield "not base64url", "eyJ!.eyJ!.!!!"
    yield "claims are a list", unsigned([1, 2])
    yield "claims are a text", unsigned("claims")
    yield "claims are null", unsigned(None)
    yield "header is a list", unsigned(good, [])
    yield "alg none", unsigned(good, {"alg": "none"}).rpartition(".")[0] + "."
    yield (
        "alg HS256 with the public key",
        jwt.encode(good, "not the public key, but 32 bytes of a secret", "HS256", {"kid": "k"}),
    )
    yield "alg is a number", unsigned(good, {"alg": 256})
    yield "alg missing", unsigned(good, {"kid": "k"})
    yield "kid is an object", unsigned(good, {"alg": "RS256", "kid": {}})
    yield "kid is a list", unsigned(good, {"alg": "RS256", "kid": []})
    yield "crit asks for more", unsigned(good, {"alg": "RS256", "kid": "k", "crit": ["b64"], "b64": False})
    yield "sub is a number", unsigned({**good, "sub": 12})
    yield "sub is a list", unsigned({**good, "sub": ["1000", "12"]})
    yield "aud is an object", unsigned({**good, "aud": {"a": 1}})
    yield "aud holds numbers", unsigned({**good, "aud": [1, None, {}]})
    yield "exp is a text", unsigned({**good, "exp": "tomorrow"})
    yield "exp is beyond all calendars", unsigned({**good, "exp": 10**30})
    yield "exp is a truth value", unsigned({**good, "exp": True})
    yield "scope is an object", unsigned({**good, "scope": {"rest_webservices": True}})
    yield "iss is a list", unsigned({**good, "iss": [tokens.ISSUER]})
    yield "deeply nested", f"{pad(b'{}')}.{pad(b'[' * 5000 + b']' * 5000)}.AA"
    yield "NaN", ".".join([pad(b"{}"), pad(b'{"exp": NaN}'), "AA"])
    yield "repeated names", ".".join([pad(b'{"alg": "RS256", "alg": "none"}'), pad(json.dumps(good).encode()), "AA"])
    yield "a megabyte", unsigned({**good, "jti": "x" * 1_000_000})


@pytest.mark.parametrize("option", ["access_token", "assertion"])
@pytest.mark.parametrize("text", ["eyJ\x00.\x1b[31m.\r\n", "ä.ö.ü"], ids=["control characters", "not ASCII"])
def test_what_no_token_holds_is_refused_as_an_option(option: str, text: str) -> None:
    result = run_operation(token_check.OPERATION, **PLACE, **{option: text}, fail_on_invalid=False)
    assert result["failed"]
    assert option in result["msg"]
    assert text not in result["msg"]


@pytest.mark.parametrize("text", named(odd_tokens))
def test_an_odd_token_is_not_valid(text: str) -> None:
    # The claims are looked at alone, so nobody is asked.
    result = run_operation(token_check.OPERATION, **PLACE, access_token=text, checks=["claims"], fail_on_invalid=False)
    assert "cause" not in result, result
    assert result["valid"] is False
    assert result["diagnosis"]


@pytest.mark.parametrize("text", named(odd_tokens))
def test_an_odd_assertion_is_not_sent(text: str) -> None:
    # Nobody listens at this address: what were sent would come back as a refused connection.
    place = {**PLACE, "base_url": "http://127.0.0.1:9", "retries": 0}
    result = run_operation(token_check.OPERATION, **place, assertion=text, fail_on_invalid=False)
    assert "cause" not in result, result
    assert [check["name"] for check in result["checks"] if check["status"] == "failed"] == ["preflight"]
    assert result["diagnosis"][0]["basis"] == "fact"


# --- key sets


def _token() -> tuple[str, dict[str, Any]]:
    key = shared_key("rsa3072")
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())) | {"kid": "k"}
    return jwt.encode({"sub": "1000;12"}, key, "RS256", {"kid": "k"}), jwk


def odd_key_sets() -> Iterator[tuple[str, object]]:
    _token_text, good = _token()
    yield "null", None
    yield "a list", [good]
    yield "empty", {}
    yield "no keys", {"keys": []}
    yield "keys are a text", {"keys": "k"}
    yield "keys are null", {"keys": None}
    yield "a key is null", {"keys": [None]}
    yield "a key is a text", {"keys": ["k"]}
    yield "no kid", {"keys": [{name: value for name, value in good.items() if name != "kid"}]}
    yield "kid is a number", {"keys": [{**good, "kid": 7}]}
    yield "another kid", {"keys": [{**good, "kid": "other"}]}
    yield "n missing", {"keys": [{"kty": "RSA", "e": "AQAB", "kid": "k"}]}
    yield "n is a number", {"keys": [{**good, "n": 5}]}
    yield "n is 0", {"keys": [{**good, "n": "AA"}]}
    yield "n is not base64url", {"keys": [{**good, "n": "!!!"}]}
    yield "e is 0", {"keys": [{**good, "e": "AA"}]}
    yield "a secret key", {"keys": [{"kty": "oct", "k": "AAAA", "kid": "k"}]}
    yield "an EC key of that name", {"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "k"}]}
    yield "an unknown kind", {"keys": [{"kty": "XYZ", "kid": "k"}]}
    yield "for encryption", {"keys": [{**good, "n": "AQAB"}]}


@pytest.mark.parametrize("key_set", named(odd_key_sets))
def test_an_odd_key_set_verifies_nothing(key_set: object) -> None:
    text, good = _token()
    assert tokens.signature_finding(text, {"keys": [good]}) is None
    finding = tokens.signature_finding(text, key_set)
    assert finding is not None
    assert finding.rule == "signature"


def test_a_key_of_another_kind_beside_the_right_one_does_no_harm():
    text, good = _token()
    others = [{"kty": "XYZ", "kid": "x"}, {"kty": "oct", "k": "AAAA", "kid": "y"}]
    assert tokens.signature_finding(text, {"keys": [*others, good]}) is None


@pytest.mark.parametrize("algorithm", ["HS256", "none", "ES256", "PS512", "RS512"])
def test_only_netsuites_algorithms_verify(algorithm: str) -> None:
    _text, good = _token()
    header = pad(json.dumps({"alg": algorithm, "kid": "k"}).encode())
    finding = tokens.signature_finding(f"{header}.{pad(b'{}')}.{pad(b'x' * 384)}", {"keys": [good]})
    assert finding is not None
    assert "RS256 or PS256" in finding.detail
