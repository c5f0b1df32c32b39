# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator before a client that knows nothing of this collection: npm jose and fetch, openssl and requests."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ansible_collections.m2m.netsuite.tests.interop.pairs import ALGORITHMS, CURVES
from ansible_collections.m2m.netsuite.tests.interop.programs import COORDINATE, Program, openssl, pad
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

KINDS = {algorithm: CURVES.get(algorithm, "rsa3072") for algorithm in ALGORITHMS}
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def client() -> Iterator[Program]:
    with Program("client.mjs") as running:
        yield running


@pytest.fixture
def account(simulator: Simulator) -> SimulatedAccount:
    return simulator.account(reject_replay=True, audience="exact", access_token_alg="PS256")


def _question(account: SimulatedAccount, algorithm: str, **changes: Any) -> dict[str, Any]:
    pair = new_pair(KINDS[algorithm])
    account.upload(pair.certificate)
    return {
        "base_url": account.url,
        "client_id": account.client_id,
        "algorithm": algorithm,
        "key": pair.key,
        "certificate": pair.certificate,
        "changes": changes,
    }


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_client_in_node_gets_a_token_and_verifies_it(algorithm: str, client: Program, account) -> None:
    said = client.ask(_question(account, algorithm))
    assert said["status"] == 200, (said, account.audit()[-1])
    assert said["header"]["alg"] == "PS256"
    assert said["header"]["kid"].startswith(f"c.{account.realm}.")
    assert (said["claims"]["sub"], said["claims"]["scope"]) == ("1000;12", ["rest_webservices"])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aud": "https://example.com/token"}, "InvalidAudience"),
        ({"iss": "6" * 64}, "UnknownIntegration"),
        ({"exp": 1_700_000_300, "iat": 1_700_000_000}, "TokenExpired"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_300}, "TokenNotAcceptable"),
        ({"scope": ["all"]}, "InvalidScope"),
        ({"exp": 4_000_000_000}, "TokenValidityTooBroad"),
    ],
    ids=["aud", "iss", "expired", "future", "scope", "lifetime"],
)
def test_what_is_wrong_is_refused(changes: dict[str, Any], code: str, client: Program, account) -> None:
    said = client.ask(_question(account, "ES256", **changes))
    assert said["status"] in (400, 500), said
    assert account.failures()[-1] == code


def test_another_key_is_refused(client: Program, account) -> None:
    question = _question(account, "ES256")
    other = {**question, "key": key_pem(new_key())}
    assert client.ask(other)["status"] == 500
    assert account.failures()[-1] == "SignatureValidation"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_an_assertion_signed_by_openssl_is_taken(algorithm: str, account, tmp_path: Path) -> None:
    pair = new_pair(KINDS[algorithm])
    account.upload(pair.certificate)
    key = tmp_path / "key.pem"
    key.write_text(pair.key)
    key.chmod(0o600)
    now = int(time.time()) - 5
    token_url = f"{account.url}/services/rest/auth/oauth2/v1/token"
    header = {"typ": "JWT", "alg": algorithm, "kid": pair.id}
    claims = {"iss": account.client_id, "scope": "rest_webservices", "aud": token_url, "iat": now, "exp": now + 60}
    signing_input = ".".join(pad(json.dumps(part).encode()) for part in (header, {**claims, "jti": str(uuid.uuid4())}))
    padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"]
    options = [] if algorithm in COORDINATE else padding
    signature = openssl("dgst", f"-sha{algorithm[2:]}", *options, "-sign", str(key), data=signing_input.encode())
    if algorithm in COORDINATE:
        size = COORDINATE[algorithm]
        signature = b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(signature))
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": f"{signing_input}.{pad(signature)}",
    }
    answer = requests.post(token_url, data=form, timeout=10)
    assert answer.status_code == 200, (answer.text, account.audit()[-1])
    again = requests.post(token_url, data=form, timeout=10)
    assert again.status_code == 500
    assert account.audit()[-1]["condition"] == "replayed"


@pytest.mark.parametrize("algorithm", ["PS256", "PS384", "PS512"])
def test_another_salt_length_is_refused(algorithm: str, account, tmp_path: Path) -> None:
    pair = new_pair("rsa3072")
    account.upload(pair.certificate)
    key = tmp_path / "key.pem"
    key.write_text(pair.key)
    header = {"typ": "JWT", "alg": algorithm, "kid": pair.id}
    now = int(time.time()) - 5
    token_url = f"{account.url}/services/rest/auth/oauth2/v1/token"
    claims = {"iss": account.client_id, "scope": "restlets", "aud": token_url, "iat": now, "exp": now + 60, "jti": "j"}
    signing_input = ".".join(pad(json.dumps(part).encode()) for part in (header, claims))
    padding = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20"]
    signature = openssl("dgst", f"-sha{algorithm[2:]}", *padding, "-sign", str(key), data=signing_input.encode())
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": f"{signing_input}.{pad(signature)}",
    }
    assert requests.post(token_url, data=form, timeout=10).status_code == 500
    assert account.failures()[-1] == "SignatureValidation"
