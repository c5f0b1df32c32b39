# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulator as a process, its administrator's side, and one account of it."""

from __future__ import annotations

import itertools
import json
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "roles/netsuite_simulator/files/netsuite_simulator"
_numbers = itertools.count(1)


class Simulator:
    """The real program, in a process of its own, on free ports (HTTP and HTTPS).

    Args:
        state_dir: Where it keeps its ready file, CA and log.
        options: Further command line options, for example ``--preset spec``.
    """

    def __init__(self, state_dir: Path, *options: str) -> None:
        self.state_dir = state_dir
        self.options = ["--fast-keys", "--port", "0", "--https-port", "0", "--state-dir", str(state_dir), *options]
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> Simulator:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.session.close()

    def start(self) -> None:
        """Start it and wait until it listens."""
        self.state_dir.parent.mkdir(parents=True, exist_ok=True)
        self._errors = (self.state_dir.parent / f"{self.state_dir.name}.stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *self.options], stdout=subprocess.DEVNULL, stderr=self._errors
        )
        ready = self.state_dir / "ready.json"
        while not ready.exists():
            if self.process.poll() is not None:
                self._errors.seek(0)
                raise AssertionError(self._errors.read())
            time.sleep(0.01)
        facts = json.loads(ready.read_text())
        self.base_url: str = facts["base_url"]
        self.https_base_url: str = facts["https_base_url"]
        self.ca_path: str = facts["ca_path"]

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        finally:
            self._errors.close()

    def admin(self, method: str, path: str, json: object = None, status: int | None = None) -> Any:
        """Ask the administrator's side (``state``, ``counters``, ``faults``...); fails unless the answer is good."""
        answer = self.session.request(method, f"{self.base_url}/_admin/{path}", json=json, timeout=10)
        good = answer.status_code < 300 if status is None else answer.status_code == status
        assert good, (method, path, answer.status_code, answer.text)
        return answer.json()

    def url(self, label: str, *, https: bool = False) -> str:
        """The ``base_url`` of an account."""
        return f"{self.https_base_url if https else self.base_url}/_acct/{label}"

    def account(self, account_id: str | None = None, **settings: object) -> SimulatedAccount:
        """Make an account of its own, with a new Client ID; ``settings`` are the simulator's knobs.

        Without an id it gets an unused sandbox id. Roles 3, 1000 and 1001 (which may manage certificates) and the
        entities -5 and 12 are there.
        """
        return SimulatedAccount(self, account_id or unused_id("_SB1"), **settings)


def unused_id(suffix: str = "", prefix: str = "") -> str:
    """An account id that no other test uses."""
    return f"{prefix}{secrets.randbelow(9000) + 1000}{next(_numbers):04d}{suffix}"


class SimulatedAccount:
    """One account of the simulator, seen by its administrator."""

    def __init__(self, simulator: Simulator, account_id: str, **settings: object) -> None:
        self.simulator = simulator
        self.account_id = account_id
        self.label = account_id.lower().replace("_", "-")
        self.realm = account_id.upper().replace("-", "_")
        self.client_id = secrets.token_hex(32)
        body = {"account_id": account_id, "client_id": self.client_id, "settings": settings}
        simulator.admin("POST", "accounts?replace=true", body)

    @property
    def url(self) -> str:
        """Its ``base_url``."""
        return self.simulator.url(self.label)

    @property
    def https_url(self) -> str:
        """Its ``base_url`` over TLS; the CA is ``simulator.ca_path``."""
        return self.simulator.url(self.label, https=True)

    def admin(self, method: str, path: str = "", json: object = None, status: int | None = None) -> Any:
        """Ask the administrator's side of this account: ``refresh``, ``certificates/<id>/revoke``..."""
        return self.simulator.admin(method, f"accounts/{self.label}/{path}".rstrip("/"), json, status)

    def change(self, **parts: object) -> None:
        """Change the account: ``integrations``, ``roles``, ``entities``, ``features``, ``settings``."""
        self.admin("PATCH", json=parts)

    def knobs(self, **settings: object) -> None:
        """Turn the simulator's knobs for this account."""
        self.change(settings=settings)

    def integration(self, **fields: object) -> None:
        """Change the integration record: ``state``, ``client_credentials``, ``scopes``..."""
        self.change(integrations=[{"client_id": self.client_id, **fields}])

    def upload(self, pem: str, role: int = 1000, entity: int = 12) -> str:
        """Map a certificate as an administrator does in the UI; returns the certificate id NetSuite shows."""
        body = {"certificate": pem, "role": role, "entity": entity}
        return str(self.admin("POST", "certificates", body)["certificate_id"])

    def revoke(self, certificate_id: str) -> None:
        """Revoke a certificate in the UI."""
        self.admin("POST", f"certificates/{certificate_id}/revoke")

    def refresh(self) -> None:
        """Refresh the sandbox: every mapping vanishes."""
        self.admin("POST", "refresh")

    def bootstrap_token(self, role: int = 3, entity: int = -5, **more: object) -> str:
        """The access token that a browser login gives."""
        body = {"role": role, "entity": entity, **more}
        return str(self.admin("POST", "bootstrap_token", body)["access_token"])

    def mappings(self) -> list[dict[str, Any]]:
        """All mappings: ``certificate_id``, ``active``, ``revoked``, ``role``, ``entity``..."""
        return list(self.admin("GET")["mappings"])

    def active_ids(self) -> list[str]:
        """Ids of the active certificates."""
        return [mapping["certificate_id"] for mapping in self.mappings() if mapping["active"]]

    def counters(self) -> dict[str, Any]:
        """``writes``, ``write_attempts``, ``tokens``, and ``requests`` by route, of this account."""
        none = {"writes": 0, "write_attempts": 0, "tokens": 0, "requests": {}}
        return {**none, **self.simulator.admin("GET", "counters")["by_account"].get(self.label, {})}

    def audit(self) -> list[dict[str, Any]]:
        """The Login Audit Trail of this account, oldest first: ``status``, ``detail``, ``condition``..."""
        return list(self.simulator.admin("GET", f"audit?account={self.label}"))

    def failures(self) -> list[str]:
        """Detail codes of the audit trail's failures, oldest first."""
        return [entry["detail"] for entry in self.audit() if entry["status"] == "Failure"]

    def fault(
        self, route: str, kind: str, *, count: int | None = 1, after: int = 0, when: str = "before", **more: object
    ) -> int:
        """Order a fault for this account; returns its number.

        Args:
            route: ``token``, ``keys``, ``server_time``, ``certificates.list``, ``certificates.upload``,
                ``certificates.revoke`` or ``*``.
            kind: ``status`` (with ``status``, ``headers``, ``body``), ``drop``, ``half_body``, ``delay`` (``seconds``),
                ``html``, ``redirect`` (``location``), ``endless_body``.
            count: How many requests it hits; None for all.
            after: How many it lets pass first.
            when: ``before`` the work is done, or ``after`` it, so that only the answer is lost.
            more: What the kind needs.
        """
        rule = {"account": self.label, "route": route, "count": count, "after": after, "when": when}
        return int(self.simulator.admin("POST", "faults", {**rule, "fault": {"kind": kind, **more}})["id"])

    def no_faults(self) -> None:
        """Take all faults of this account away."""
        for rule in self.simulator.admin("GET", "faults"):
            if rule["account"] == self.label:
                self.simulator.admin("DELETE", f"faults/{rule['id']}")

    def variables(self, **more: object) -> dict[str, Any]:
        """Inventory variables of the role netsuite_account that lead to this account."""
        return {
            "netsuite_account_id": self.account_id,
            "netsuite_account_client_id": self.client_id,
            "netsuite_account_base_url": self.url,
            "netsuite_account_role_id": "1000",
            "netsuite_account_entity_id": "12",
            **more,
        }

    def options(self, **more: object) -> dict[str, Any]:
        """Module options that lead to this account."""
        return {"account_id": self.account_id, "base_url": self.url, "client_id": self.client_id, **more}
