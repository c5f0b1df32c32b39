# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Authlib's private_key_jwt, as an authorization server in Python uses it, judges the assertions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from authlib.oauth2.rfc6749 import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.jwk import KeySet

from ansible_collections.m2m.netsuite.tests.interop.pairs import ALGORITHMS, Pair
from ansible_collections.m2m.netsuite.tests.interop.programs import openssl

AUDIENCE = "https://1234567.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"


class Server(JWTBearerClientAssertion):
    """Knows one client; its algorithms are ours, as the library's own choice leaves PS256 and ES512 out."""

    def __init__(self, pair: Pair) -> None:
        super().__init__(leeway=0)
        self.pair = pair
        self.used: set[str] = set()

    def get_audiences(self) -> list[str]:
        return [AUDIENCE]

    def resolve_client_public_key(self, client: Any) -> KeySet:
        from joserfc.jwk import ECKey, RSAKey

        public = openssl("x509", "-in", str(self.pair.certificate_path), "-noout", "-pubkey")
        kind = ECKey if self.pair.algorithm.startswith("ES") else RSAKey
        return KeySet([kind.import_key(public, {"kid": self.pair.certificate_id, "alg": self.pair.algorithm})])

    def process_assertion_claims(self, assertion: str, resolve_key: Any) -> dict[str, Any]:
        token = jwt.decode(assertion, resolve_key, algorithms=list(ALGORITHMS))
        self.verify_claims(token.claims)
        return token.claims

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        fresh = jti not in self.used
        self.used.add(jti)
        return fresh

    def ask(self, assertion: str) -> Any:
        client = SimpleNamespace(check_endpoint_auth_method=lambda method, endpoint: True)
        form = {"client_assertion_type": self.CLIENT_ASSERTION_TYPE, "client_assertion": assertion}
        return self(lambda client_id: client if client_id == self.pair.client_id else None, SimpleNamespace(form=form))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_assertion_is_taken_once(algorithm: str, pairs: dict[str, Pair]) -> None:
    server, assertion = Server(pairs[algorithm]), pairs[algorithm].assertion(None)
    assert server.ask(assertion) is not None
    with pytest.raises(InvalidClientError, match="used before"):
        server.ask(assertion)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_another_audience_or_client_is_refused(algorithm: str, pairs: dict[str, Pair]) -> None:
    pair = pairs[algorithm]
    with pytest.raises(InvalidClientError):
        Server(pair).ask(pair.assertion(None, audience="https://example.com/token"))
    with pytest.raises(InvalidClientError):
        Server(pair).ask(pair.assertion(None, client_id="8" * 64, extra_claims={"sub": "8" * 64}))
