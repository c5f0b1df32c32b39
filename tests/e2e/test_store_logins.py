# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide's logins to a secret store, and the pipelines that use them: a real OpenBao trusts an issuer of tokens."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import HOSTS, Reader
from ansible_collections.m2m.netsuite.tests.support.controller import program
from ansible_collections.m2m.netsuite.tests.support.openbao import OpenBao, running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

AUDIENCE = "https://vault.example.com:8200"
#: As both forges document them, of a job of the main branch.
GITLAB = {"project_path": "acme/netsuite", "ref_type": "branch", "ref": "main", "ref_protected": "true"}
GITHUB = {"repository": "acme/netsuite", "ref": "refs/heads/main", "sub": "repo:acme/netsuite:ref:refs/heads/main"}
ISSUERS = ("https://gitlab.example.com", "https://token.actions.githubusercontent.com")
REQUEST = "the-token-to-ask-with"


class Issuer(ThreadingHTTPServer):
    """A forge, as far as it issues tokens for jobs (OpenID Connect Discovery 1.0)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(65537, 2048)

    def token(self, claims: dict[str, str], audience: str = AUDIENCE) -> str:
        """A job's token."""
        now = int(time.time())
        about = {"iss": self.url, "aud": audience, "iat": now, "exp": now + 300, **claims}
        return jwt.encode(about, self.key, "RS256", {"kid": "forge"})


class _Answer(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        url, parts = self.server.url, urlsplit(self.path)
        answer: dict[str, Any] = {"issuer": url, "jwks_uri": f"{url}/jwks", "response_types_supported": ["id_token"]}
        answer |= {"authorization_endpoint": f"{url}/login", "id_token_signing_alg_values_supported": ["RS256"]}
        if parts.path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.server.key.public_key()))
            answer = {"keys": [{**key, "kid": "forge", "use": "sig", "alg": "RS256"}]}
        elif parts.path == "/request":  # GitHub's, for a step of a job
            assert self.headers["Authorization"] == f"Bearer {REQUEST}"
            answer = {"value": self.server.token(GITHUB, parse_qs(parts.query)["audience"][0])}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    with Issuer() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def reader(controller, simulator) -> Reader:
    made = Reader(controller, simulator, "secret-store.md")
    made.variables["PATH"] = f"{program().parent}:{Path(sys.executable).parent}:/usr/bin:/bin"
    return made


def set_up(reader: Reader, server: OpenBao) -> None:
    """An account whose credentials are in the store, and an administrator of the store at its command line."""
    folder = reader.folder / "inventory"
    folder.mkdir()
    (folder / "hosts.yml").write_text("netsuite_accounts: {hosts: {acme: {}}}\n")
    reader.write("store-group")
    (reader.folder / "netsuite.hcl").write_text(reader.examples["store-policy"][1])
    store = {"url": server.url, "ca_cert": server.ca_cert}
    given = {f"netsuite_account_store_{name}": value for name, value in store.items()}
    account = reader.account("acme", netsuite_account_id=HOSTS["acme"], **given)
    reader.variables |= {"VAULT_ADDR": server.url, "VAULT_CACERT": str(server.ca_cert), "VAULT_TOKEN": server.token}
    token = f"-e netsuite_account_bootstrap_token={account.bootstrap_token()}"
    assert "1 active." in reader.shell(f"ansible-playbook -i inventory m2m.netsuite.onboard {token}")
    reader.run("store-login-policy")


def test_who_follows_the_guide_logs_in(reader, tmp_path):
    with running_openbao(tmp_path, tls=True) as server, running_issuer() as issuer:
        set_up(reader, server)
        for known in ISSUERS:
            reader.examples = {
                name: (kind, text.replace(known, issuer.url)) for name, (kind, text) in reader.examples.items()
            }
        reader.run("store-login-approle")
        reader.run("store-login-gitlab")
        job = {name: reader.variables.pop(name) for name in ("VAULT_TOKEN", "VAULT_ADDR")}  # no job has them
        assert "1 active." in reader.run("store-login-approle-run")
        may_read = server.token_with('path "secret/data/netsuite/*" { capabilities = ["read"] }')
        assert "1 active." in reader.shell(f"VAULT_TOKEN={may_read} ansible-playbook -i inventory m2m.netsuite.verify")

        reader.variables["VAULT_ID_TOKEN"] = issuer.token({**GITLAB, "ref": "feature", "ref_protected": "false"})
        assert "refused the login by jwt" in reader.run("store-login-jwt-run", rc=2)
        reader.variables["VAULT_ID_TOKEN"] = issuer.token(GITLAB)
        pipeline = yaml.safe_load((ROOT / "examples/gitlab-ci/gitlab-ci.yml").read_text())
        reader.variables |= pipeline["variables"]
        assert pipeline["netsuite"]["id_tokens"]["VAULT_ID_TOKEN"]["aud"] == AUDIENCE
        assert "1 active." in reader.shell("\n".join(pipeline["netsuite"]["script"]))

        reader.variables |= job
        reader.shell(reader.examples["store-login-github"][1])
        del reader.variables["VAULT_TOKEN"]
        workflow = yaml.safe_load((ROOT / "examples/github-actions/netsuite.yml").read_text())
        (step,) = [one for one in workflow["jobs"]["netsuite"]["steps"] if "run" in one]
        reader.variables |= {**step["env"], "PLAYBOOK": "verify", "LIMIT": "netsuite_accounts"}
        reader.variables |= {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{issuer.url}/request?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST,
        }
        assert "1 active." in reader.shell(step["run"])
