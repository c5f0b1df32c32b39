# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the interoperability tests: one pair per JWS algorithm, and other people's programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import certificate
from ansible_collections.m2m.netsuite.tests.interop.pairs import (
    ALGORITHMS,
    CURVES,
    OF_PEOPLE,
    WITH_RS256_TOKENS,
    Pair,
)
from ansible_collections.m2m.netsuite.tests.interop.patchworks_script import LIBRARIES, Handed, Runtime, hand_over
from ansible_collections.m2m.netsuite.tests.interop.programs import AuthorizationServer, Program
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.person import free_port
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pair]:
    """One pair per algorithm, made by m2m.netsuite.certificate; the RSA ones share a key."""
    folder = tmp_path_factory.mktemp("pairs")
    made = {}
    for algorithm in ALGORITHMS:
        name = algorithm if algorithm in CURVES else "RSA"
        place = {
            "private_key_path": str(folder / f"{name}.key"),
            "certificate_path": str(folder / f"{algorithm}.crt"),
        }
        kind = {"curve": CURVES[algorithm]} if algorithm in CURVES else {"key_size": 3072}
        if algorithm == "PS384":
            kind["signature_padding"] = "pkcs1v15"
        result = run_operation(certificate.OPERATION, common_name=f"interop {algorithm}", **place, **kind)
        assert not result.get("failed"), result
        paths = (Path(place["private_key_path"]), Path(place["certificate_path"]))
        made[algorithm] = Pair(algorithm, *paths, result["certificate_id"])
    return made


@pytest.fixture(scope="session")
def authorization_server(pairs: dict[str, Pair]) -> Iterator[AuthorizationServer]:
    """oidc-provider with one client per algorithm, and one whose access tokens are signed with RS256."""
    clients: list[dict[str, Any]] = [
        {
            "client_id": pair.client_id,
            "algorithm": pair.algorithm,
            "certificate": pair.certificate,
            "token_algorithm": "PS256",
        }
        for pair in pairs.values()
    ]
    clients.append({**clients[0], "client_id": WITH_RS256_TOKENS, "token_algorithm": "RS256"})
    clients.append({"client_id": OF_PEOPLE, "redirect_uris": [f"https://localhost:{free_port()}/"]})
    with AuthorizationServer(clients) as running:
        yield running


@pytest.fixture(scope="session")
def jose() -> Iterator[Callable[..., dict[str, Any]]]:
    """npm jose: ``jose(jws=..., certificate=..., algorithm=..., audience=..., issuer=...)``."""
    with Program("verify.mjs") as program:
        yield lambda **question: program.ask(json.loads(json.dumps(question)))


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """The simulator, for material that other people's programs have made."""
    with Simulator(tmp_path_factory.mktemp("simulator") / "state") as running:
        yield running


@pytest.fixture(scope="session")
def runtime() -> Iterator[Runtime]:
    """Patchworks' script: ``runtime(variables, payload=..., library=...)`` gives ``result`` or ``error``."""
    with Program("../patchworks/runtime.mjs") as program:

        def call(variables: Any, payload: Any = None, *, library: str = LIBRARIES[0], **more: Any) -> dict[str, Any]:
            data = {"payload": payload, "variables": variables, "meta": {"flow": 1}}
            return program.ask({"library": library, "data": data, **more})

        yield call


@pytest.fixture(scope="session")
def handed(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Handed]:
    """Accounts that were handed over to Patchworks, by the kind of their key."""
    made: dict[str, Handed] = {}

    def get(kind: str = "secp256r1") -> Handed:
        if kind not in made:
            account, pair = simulator.account(), new_pair(kind)
            account.upload(pair.certificate)
            made[kind] = hand_over(account, pair, tmp_path_factory.mktemp(kind))
        return made[kind]

    return get


@pytest.fixture
def controller(tmp_path: Path) -> Controller:
    """A controller with an empty home and inventory."""
    return Controller(tmp_path)
