# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the tests of Patchworks' script share: credentials off a sheet, and what becomes of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import handover_sheet
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.interop.programs import der_signature, parts
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT, validated
from ansible_collections.m2m.netsuite.tests.support.material import Pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
LIBRARIES = ("jsrsasign", "jsrsasign-oldest")
HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
LABELS = ("Consumer key", "Account id", "Private key", "Certificate id")
Runtime = Callable[..., dict[str, Any]]


@dataclass(frozen=True)
class Handed:
    """An account of the simulator, and its four credentials as a hand-over sheet gives them."""

    account: SimulatedAccount
    pair: Pair
    values: dict[str, str]

    def with_(self, **changes: str) -> dict[str, str]:
        """The values with some replaced: ``with_(account_id="...")``."""
        names = {label.lower().replace(" ", "_"): label for label in LABELS}
        return {**self.values, **{names[name]: value for name, value in changes.items()}}


def hand_over(account: SimulatedAccount, pair: Pair, folder: Path) -> Handed:
    """Read the four values off a sheet and its key file, as a person does."""
    options = {
        "account_id": account.account_id,
        "client_id": account.client_id,
        "private_key_content": pair.key,
        "certificate_content": pair.certificate,
        "template_folders": [str(ROOT / "roles/patchworks_handover/files/consumers")],
        "dest": str(folder),
        "name": "acme",
        "reveal_key": True,
    }
    result = execute(handover_sheet.OPERATION, validated("handover_sheet", options), Context())
    assert not result.get("failed"), result
    sheet = (folder / "acme-patchworks.md").read_text().split("\n## ")[1]
    fields = re.split(r"^\d\. \*\*(.+)\*\*$", sheet, flags=re.MULTILINE)[1:]
    blocks = {
        label: re.findall(r"```text\n\s*(.*?)\n", body) for label, body in zip(fields[::2], fields[1::2], strict=True)
    }
    assert tuple(blocks) == LABELS
    key = (folder / "acme-auth-key.pem").read_text()
    return Handed(account, pair, {label: key if label == "Private key" else blocks[label][0] for label in LABELS})


def assertion(answer: dict[str, Any]) -> str:
    """The assertion in an answer of the script."""
    assert "result" in answer, answer
    return str(answer["result"]["variables"]["client_assertion"])


def ask_for_token(account: SimulatedAccount, body: str) -> requests.Response:
    """Send a token request as Patchworks does."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return requests.post(account.url + TOKEN_PATH, data=body, headers=headers, timeout=10)


def gets_a_token(one: Handed, answer: dict[str, Any]) -> None:
    """Assert that the simulator takes what the script made."""
    assert "result" in answer, answer
    response = ask_for_token(one.account, answer["result"]["payload"])
    assert response.status_code == 200, (response.text, one.account.audit())
    assert response.json()["access_token"]


def verify_signature(pair: Pair, token: str) -> None:
    """Have ``cryptography`` verify an assertion with the certificate.

    Raises:
        InvalidSignature: the certificate's key did not sign it.
    """
    public_key: Any = x509.load_pem_x509_certificate(pair.certificate.encode()).public_key()
    header, _claims, signed, signature = parts(token)
    digest = HASHES[header["alg"][2:]]
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        public_key.verify(der_signature(signature, header["alg"]), signed, ec.ECDSA(digest))
    else:
        public_key.verify(signature, signed, padding.PSS(padding.MGF1(digest), 32), digest)
