# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The assertion of a question: a proper one, but for the one thing that the question is about.

``core.assertions`` signs what NetSuite accepts, and refuses the rest before it is sent. Here the rest is the point.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from .. import keys
from ..libraries import note_missing
from .question import Facts, Part, TokenQuestion

try:
    import jwt
except ImportError as _error:
    note_missing("PyJWT", _error)

_LIFETIME, _BACKDATED = 300, 5


def assertion(question: TokenQuestion, facts: Facts, key: keys.PrivateKey, now: int, new_id: str) -> str:
    """The assertion that a question sends (RFC 7515 section 7.1).

    Args:
        question: Which one.
        facts: Whom it is about.
        key: The private key whose certificate is mapped.
        now: NetSuite's time, POSIX seconds.
        new_id: Its ``jti``.
    """
    if question.is_malformed:
        return "not-a-jwt"
    claims = {
        "iss": facts.client_id,
        "scope": ["rest_webservices"],
        "aud": facts.endpoints.token,
        "iat": now - _BACKDATED,
        "exp": now - _BACKDATED + _LIFETIME,
        "jti": new_id,
    }
    header = {"typ": "JWT", "alg": facts.algorithm, "kid": facts.certificate_id}
    header = changed(header, question.header(facts, now))
    signed = f"{_part(header)}.{_part(changed(claims, question.claims(facts, now)))}"
    # RS256 is a signature that an RSA key makes. Any other algorithm that is not the key's is but a name in the header.
    is_rs256 = header["alg"] == "RS256" and facts.algorithm.startswith("PS")
    signer: Any = jwt.get_algorithm_by_name("RS256" if is_rs256 else facts.algorithm)
    signature = bytearray(signer.sign(signed.encode(), key))
    if question.is_spoiled:
        signature[0] ^= 1
    return f"{signed}.{_encode(bytes(signature))}"


def changed(proper: Mapping[str, Any], different: Part) -> dict[str, Any]:
    """The proper parts with what is different; what is None is left out."""
    return {name: value for name, value in {**proper, **different}.items() if value is not None}


def _part(value: Mapping[str, Any]) -> str:
    return _encode(json.dumps(value, separators=(",", ":")).encode())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
