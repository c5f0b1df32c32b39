# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pairs that the interoperability tests sign with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import client_assertion
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation

ALGORITHMS = ("PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
WITH_RS256_TOKENS = "5" * 64
# A client of the authorization code grant.
OF_PEOPLE = "e" * 64
CURVES = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}


@dataclass(frozen=True)
class Pair:
    """A pair that this collection has made, for one JWS algorithm."""

    algorithm: str
    key_path: Path
    certificate_path: Path
    certificate_id: str

    @property
    def certificate(self) -> str:
        """The certificate, as PEM."""
        return self.certificate_path.read_text()

    @property
    def client_id(self) -> str:
        """The client that it belongs to."""
        return hashlib.sha256(self.algorithm.encode()).hexdigest()

    def options(self, **more: Any) -> dict[str, Any]:
        """Client options."""
        return {
            "account_id": "1234567",
            "client_id": self.client_id,
            "private_key_path": str(self.key_path),
            "certificate_path": str(self.certificate_path),
            "algorithm": self.algorithm,
            "extra_claims": {"sub": self.client_id},  # RFC 7523 section 3 wants it, NetSuite does not
            **more,
        }

    def assertion(self, base_url: str, **more: Any) -> str:
        """An assertion by m2m.netsuite.client_assertion."""
        result = run_operation(client_assertion.OPERATION, **self.options(base_url=base_url, **more))
        assert not result.get("failed"), result
        return str(result["assertion"])
