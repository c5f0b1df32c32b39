# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real simulator as a subprocess, and an account per test to play with.

Assertions and certificates are made here with PyJWT and cryptography; nothing comes from the collection.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import json
import secrets
import subprocess
import sys
import time
import types
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path

import jwt
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

PROGRAM = Path(__file__).resolve().parents[3] / "roles/netsuite_simulator/files/netsuite_simulator"
OAUTH = "/services/rest/auth/oauth2/v1"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
CURVES = {"p256": ec.SECP256R1, "p384": ec.SECP384R1, "p521": ec.SECP521R1, "p224": ec.SECP224R1}
_numbers = itertools.count(1)


class Simulator:
    """The real program, in a process of its own, on free ports."""

    def __init__(self, state_dir: Path, *options: str, config: dict | None = None) -> None:
        self.state_dir = state_dir
        self.options = ["--fast-keys", "--port", "0", "--state-dir", str(state_dir), *options]
        if config is not None:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            (state_dir / "config.json").write_text(json.dumps(config))
            self.options += ["--config", str(state_dir / "config.json")]
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> Simulator:
        command = [sys.executable, str(PROGRAM), *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        ready = self.state_dir / "ready.json"
        while not ready.exists():
            if self.process.poll() is not None:
                raise AssertionError(self.process.stderr.read())
            time.sleep(0.005)
        self.ready = json.loads(ready.read_text())
        self.base_url, self.https_base_url = self.ready["base_url"], self.ready["https_base_url"]
        self.ca_path = self.ready["ca_path"]
        return self

    def __exit__(self, *_error: object) -> None:
        self.session.close()
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        finally:
            self.process.stderr.close()

    def account_url(self, label: str) -> str:
        return f"{self.base_url}/_acct/{label}"

    def admin(self, method: str, path: str, json: object = None, status: int | None = None):
        """Ask the administrator's side; any status below 300 is good unless one is named."""
        data = None if json is None else _dumps(json)
        answer = self.session.request(method, f"{self.base_url}/_admin/{path}", data=data, timeout=10)
        good = answer.status_code < 300 if status is None else answer.status_code == status
        assert good, (answer.status_code, answer.text)
        return answer.json()


def _dumps(value: object) -> str:
    return json.dumps(value)


@functools.cache
def make_key(kind: str):
    """Make a key once: p256, p384, p521 or rsa2048, rsa3072, rsa4096."""
    if kind.startswith("rsa"):
        return rsa.generate_private_key(65537, int(kind[3:]))
    return ec.generate_private_key(CURVES[kind]())


def make_certificate(key, days: float = 365, start: float = -1, pss_oid: bool = False) -> x509.Certificate:
    """Make a self-signed certificate that starts `start` days from now and lives `days` days."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    begin = datetime.now(timezone.utc) + timedelta(days=start)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(begin).not_valid_after(begin + timedelta(days=days))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if pss_oid else None
    return builder.sign(key, hashes.SHA256(), rsa_padding=pss)


def to_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def private_pem(key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


class Stage:
    """One account of the simulator, with a certificate mapped to role 1000 and entity 12."""

    def __init__(self, simulator: Simulator, **settings: object) -> None:
        number = next(_numbers)
        self.simulator, self.session = simulator, simulator.session
        self.account_id = f"{secrets.randbelow(10**6):06d}{number}_SB1"
        self.label = self.account_id.lower().replace("_", "-")
        self.client_id = secrets.token_hex(32)
        self.url = simulator.account_url(self.label)
        self.token_url = f"{self.url}{OAUTH}/token"
        self.certificates_url = f"{self.url}{OAUTH}/clients/{self.client_id}/certificates"
        account = {"account_id": self.account_id, "client_id": self.client_id, "settings": settings}
        simulator.admin("POST", "accounts", account)
        self.key = make_key("p256")
        self.kid = self.map(self.key)

    def admin(self, method: str, path: str = "", json: object = None, status: int | None = None):
        return self.simulator.admin(method, f"accounts/{self.label}/{path}".rstrip("/"), json, status)

    def knobs(self, **settings: object) -> None:
        self.admin("PATCH", json={"settings": settings})

    def map(self, key, role: int = 1000, entity: int = 12, **certificate: float) -> str:
        """Let the administrator map a new certificate; return its id."""
        pem = to_pem(make_certificate(key, **certificate))
        body = {"certificate": pem, "role": role, "entity": entity}
        return self.admin("POST", "certificates", body, status=201)["certificate_id"]

    def claims(self, **changes: object) -> dict:
        """Return good claims; a change to None takes a claim away."""
        now = int(time.time())
        claims = {"iss": self.client_id, "scope": ["rest_webservices"], "aud": self.token_url}
        claims |= {"iat": now, "exp": now + 300, "jti": str(uuid.uuid4())} | changes
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict | None = None, key=None, alg: str = "ES256", **header: object) -> str:
        """Sign an assertion; header fields may be changed."""
        headers = {
            name: value for name, value in ({"kid": self.kid} | header).items() if (name, value) != ("kid", None)
        }
        return jwt.encode(self.claims() if claims is None else claims, key or self.key, alg, headers)

    def ask(self, assertion: str | None = None, **fields: object) -> requests.Response:
        """Send a token request; fields may be changed, None takes one away."""
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion or self.sign(),
        } | fields
        return self.session.post(self.token_url, data=form, timeout=10)

    def token(self, **claims: object) -> str:
        answer = self.ask(self.sign(self.claims(**claims)))
        assert answer.status_code == 200, (answer.text, self.audit()[-1])
        return answer.json()["access_token"]

    def admin_token(self, role: int = 3, entity: int = -5, **more: object) -> str:
        """Return the token a browser login would give."""
        return self.admin("POST", "bootstrap_token", {"role": role, "entity": entity, **more})["access_token"]

    def call(self, method: str, path: str, token: str | None = None, **options) -> requests.Response:
        """Make an API call."""
        url = path if path.startswith("http") else self.url + path
        headers = options.pop("headers", {})
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.session.request(method, url, headers=headers, timeout=10, **options)

    def upload(self, token: str, pem: str, role: object = 1000, entity: object = 12) -> requests.Response:
        body = {"fileContent": pem, "role": role, "entity": entity}
        return self.call("POST", self.certificates_url, token, json=body)

    def revoke(self, token: str, certificate_id: str) -> requests.Response:
        return self.call("POST", f"{self.certificates_url}/{certificate_id}/revoke", token)

    def listing(self, token: str) -> list[dict]:
        answer = self.call("GET", self.certificates_url, token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def audit(self) -> list[dict]:
        return self.simulator.admin("GET", f"audit?account={self.label}")

    def last_failure(self) -> str:
        """Return the condition of the latest audit entry, which must be a failure."""
        entry = self.audit()[-1]
        assert entry["status"] == "Failure", entry
        return entry["condition"]


SERVER_TIME = "/services/rest/system/v1/serverTime"


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1,localhost")
        with Simulator(tmp_path_factory.mktemp("simulator") / "state", "--https-port", "0") as running:
            yield running


@pytest.fixture
def stage(simulator) -> Stage:
    return Stage(simulator)


@pytest.fixture
def make_stage(simulator):
    return functools.partial(Stage, simulator)


@pytest.fixture(scope="session")
def tools() -> types.SimpleNamespace:
    """The helpers of this file, for tests that cannot import it."""
    return types.SimpleNamespace(
        Simulator=Simulator,
        program=PROGRAM,
        oauth=OAUTH,
        server_time=SERVER_TIME,
        make_key=make_key,
        make_certificate=make_certificate,
        to_pem=to_pem,
        private_pem=private_pem,
    )


@pytest.fixture
def faults(simulator):
    """Order faults; they are gone after the test."""
    yield functools.partial(_order_fault, simulator)
    with contextlib.suppress(requests.RequestException):
        simulator.admin("DELETE", "faults")


def _order_fault(simulator: Simulator, stage: Stage, route: str, kind: str, **more: object) -> dict:
    rule = {name: more.pop(name) for name in ("count", "after", "when") if name in more}
    fault = {"kind": kind, **more}
    return simulator.admin("POST", "faults", {"account": stage.label, "route": route, "fault": fault, **rule})
