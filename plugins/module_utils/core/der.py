# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a DER structure is, judged by its outline: labels above it are set by hand, and often wrong.

Source: RFC 5958 (PKCS#8), RFC 8017 (PKCS#1), RFC 5915 (EC keys), RFC 5280 (certificates), RFC 2315 (PKCS#7).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

_INTEGER, _BITS, _OCTETS, _OID, _SEQUENCE, _CONTEXT = 0x02, 0x03, 0x04, 0x06, 0x30, 0xA0
_OPENSSH = b"openssh-key-v1\0"
_EC_KEY = "1.2.840.10045.2.1"
_MOST_PARTS = 12  # more than any structure has that is recognised here


def parts(data: bytes) -> list[tuple[int, bytes]]:
    """Tag and content of the elements that follow each other.

    Raises:
        ValueError: it is not DER.
    """
    return [(tag, content) for tag, content, _end in islice(_elements(data), _MOST_PARTS)]


def first(data: bytes) -> bytes:
    """The first element alone, its tag and length included."""
    return data[: next(_elements(data))[2]]


def label(data: bytes) -> str | None:
    """The PEM label that belongs to a structure; None for one that is not known here, cut off, or followed by more.

    A certificate alone may be followed by more: OpenSSL's ``TRUSTED CERTIFICATE`` is one with settings behind it.
    """
    if data.startswith(_OPENSSH):
        return "OPENSSH PRIVATE KEY"
    try:
        (tag, content), *more = parts(data) or [(0, b"")]
        if tag != _SEQUENCE:
            return None
        inner = parts(content)
        found = _label([one[0] for one in inner], [one[1] for one in inner])
    except ValueError:
        return None
    return None if more and found != "CERTIFICATE" else found


def cipher_ids(data: bytes) -> list[str]:
    """What encrypts a PKCS#8 key: the object identifiers of scheme, key derivation, its hash, and cipher.

    Empty where it is something else.
    """
    try:
        return list(_object_ids(parts(parts(data)[0][1])[0][1]))
    except (ValueError, IndexError):
        return []


def has_explicit_curve(data: bytes) -> bool:
    """Whether a private key spells out the parameters of its elliptic curve instead of naming it."""
    try:
        inner = parts(parts(data)[0][1])
        if inner[1][0] == _SEQUENCE:  # PKCS#8: version, algorithm, key
            algorithm = parts(inner[1][1])
            return _dotted(algorithm[0][1]) == _EC_KEY and algorithm[1][0] == _SEQUENCE
        # RFC 5915: version, key, [0] parameters
        return any(tag == _CONTEXT and content[:1] == bytes([_SEQUENCE]) for tag, content in inner[2:])
    except (ValueError, IndexError):
        return False


def _elements(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Tag, content and end of each element."""
    position = 0
    while position < len(data):
        tag, length, start = data[position], int.from_bytes(data[position + 1 : position + 2], "big"), position + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4:
                raise ValueError("not DER")
            length = int.from_bytes(data[start : start + size], "big")
            start += size
        position = start + length
        if start > len(data) or position > len(data):
            raise ValueError("cut off")
        yield tag, data[start:position], position


def _object_ids(data: bytes) -> Iterator[str]:
    for tag, content in parts(data):
        if tag == _OID:
            yield _dotted(content)
        elif tag == _SEQUENCE:
            yield from _object_ids(content)


def _label(tags: list[int], contents: list[bytes]) -> str | None:
    if tags[:3] == [_INTEGER, _SEQUENCE, _OCTETS]:
        return "PRIVATE KEY"
    if tags == [_INTEGER] * 9:
        return "RSA PRIVATE KEY"
    if tags[:2] == [_INTEGER, _OCTETS]:
        return "EC PRIVATE KEY"
    if tags == [_SEQUENCE, _OCTETS]:
        return "ENCRYPTED PRIVATE KEY"
    if tags == [_SEQUENCE, _BITS]:
        return "PUBLIC KEY"
    if tags == [_OID, _CONTEXT]:
        return "PKCS7"
    if tags[:2] == [_INTEGER, _SEQUENCE] and contents[0] == b"\x03":
        return "PKCS12"
    if tags == [_SEQUENCE, _SEQUENCE, _BITS]:
        signed = [tag for tag, _content in parts(contents[0])]
        # Version 1 lacks the version in front: serial number, algorithm, issuer, validity, subject, key.
        if signed[0] == _CONTEXT or signed[:6] == [_INTEGER, *[_SEQUENCE] * 5]:
            return "CERTIFICATE"
        if signed[:3] == [_INTEGER, _SEQUENCE, _SEQUENCE]:
            return "CERTIFICATE REQUEST" if _CONTEXT in signed[3:] else None
    return None


def _dotted(content: bytes) -> str:
    numbers, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    if not numbers:
        return ""
    root = min(numbers[0] // 40, 2)
    return ".".join(map(str, [root, numbers[0] - 40 * root, *numbers[1:]]))
