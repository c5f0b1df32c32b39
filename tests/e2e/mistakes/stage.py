# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a mistake is planted: an account of the simulator that works, and options of token_check that lead to it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import token_check
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.material import Pair, certificate_id, new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator, unused_id

PRESETS = ("spec", "observed")
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass
class Stage:
    """One account that works, with a certificate mapped to role 1000 and entity 12.

    Attributes:
        mapped: Whether the certificate is mapped from the start.
        suffix: Of the account id: a sandbox's, or none for a production account.
        exit: Closes what a mistake opens.
    """

    simulator: Simulator
    preset: str
    folder: Path
    pair: Pair = field(default_factory=new_pair)
    mapped: bool = True
    suffix: str = "_SB1"
    exit: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __post_init__(self) -> None:
        self.account: SimulatedAccount = self.simulator.account(unused_id(self.suffix), preset=self.preset)
        if self.mapped:
            self.account.upload(self.pair.certificate)

    def options(self, **changes: Any) -> dict[str, Any]:
        """Good options, changed; None takes one away."""
        good = {
            **self.account.options(),
            "private_key_content": self.pair.key,
            "certificate_content": self.pair.certificate,
            "expected_role": "1000",
            "expected_entity": "12",
            "retries": 0,
            "timeout": 10,
            "fail_on_invalid": False,
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def listing(self, **changes: Any) -> dict[str, Any]:
        """Good options together with a token that reads the list of mappings."""
        return self.options(bootstrap_token=self.account.bootstrap_token(), **changes)

    def token_options(self, token: str, **changes: Any) -> dict[str, Any]:
        """Options that check a given token."""
        return self.options(access_token=token, private_key_content=None, certificate_content=None, **changes)

    def assertion_options(self, text: str, **changes: Any) -> dict[str, Any]:
        """Options that check a given assertion."""
        return self.options(assertion=text, private_key_content=None, **changes)

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Good claims of an assertion, changed; None takes one away."""
        now = int(time.time()) - 5
        good = {
            "iss": self.account.client_id,
            "scope": ["rest_webservices"],
            "aud": f"{self.account.url}/services/rest/auth/oauth2/v1/token",
            "iat": now,
            "exp": now + 300,
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign(
        self, claims: dict[str, Any] | None = None, *, key: str | None = None, alg: str = "ES256", **header: Any
    ) -> str:
        """An assertion made by PyJWT directly; a header parameter that is None is left out."""
        headers = {"kid": certificate_id(self.pair.certificate), **header}
        private = serialization.load_pem_private_key((key or self.pair.key).encode(), None)
        kept = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(claims or self.claims(), private, alg, kept)  # type: ignore[arg-type]

    def send(self, assertion: str) -> int:
        """Send an assertion as it is, so that the audit trail shows what the simulator thinks of it."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        url = f"{self.account.url}/services/rest/auth/oauth2/v1/token"
        return requests.post(url, data=form, timeout=10).status_code

    def write(self, name: str, text: str) -> str:
        """A file with this text; returns its path."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o600)
        return str(path)


@dataclass(frozen=True)
class Mistake:
    """One planted mistake.

    Attributes:
        area: What it is about.
        name: What is wrong, as the table says it.
        known: What is known beside the answer, as the table says it.
        cause: The cause that names it.
        plant: Plants it and returns the options of token_check.
        mapped: Whether the certificate is mapped before.
        quotes: What the evidence has to quote.
        suffix: Of the account id.
    """

    area: str
    name: str
    known: str
    cause: str
    plant: Callable[[Stage], dict[str, Any]]
    mapped: bool = True
    quotes: str = ""
    suffix: str = "_SB1"

    def __str__(self) -> str:
        return f"{self.area}: {self.name} ({self.known})"


@dataclass(frozen=True)
class Outcome:
    """What token_check made of a mistake under one preset.

    Attributes:
        named: The causes in their order; that of the failure, where it did not come to a diagnosis.
        codes: The audit-trail codes of the first cause.
        audit: What the simulator's audit trail says of the token request; None when it saw none.
    """

    result: dict[str, Any]
    named: list[str]
    codes: str
    audit: str | None

    def rank(self, cause: str) -> int | None:
        """The place of a cause, from 1."""
        return self.named.index(cause) + 1 if cause in self.named else None


def commit(mistake: Mistake, simulator: Simulator, preset: str, folder: Path) -> Outcome:
    """Plant a mistake and let token_check look at it."""
    stage = Stage(simulator, preset, folder, mapped=mistake.mapped, suffix=mistake.suffix)
    with stage.exit:
        given = mistake.plant(stage)
        result = run_operation(token_check.OPERATION, **given)
    refusals = [entry for entry in stage.account.audit() if entry["route"] == "token"]
    causes = result.get("diagnosis") or [result] if not result.get("valid") else []
    return Outcome(
        result,
        [one["cause"] for one in causes],
        (causes[0].get("audit_trail") or "") if causes else "",
        refusals[-1]["detail"] if refusals and refusals[-1]["status"] == "Failure" else None,
    )
