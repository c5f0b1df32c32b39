# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts that a credential file has in the course of its account's life, sealed, and events that report them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, Generation, to_document
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.file import VARIABLE, dump

from .material import new_pair

START = datetime(2026, 11, 1, tzinfo=timezone.utc)
SECRET = VaultSecret(b"the-password-of-the-documents")


def sealed(text: str) -> str:
    """A text in an envelope of Ansible Vault."""
    return str(VaultLib([("default", SECRET)]).encrypt(text, SECRET).decode())


@dataclass
class Maker:
    """One account's credentials, step by step."""

    account: str = "7654321_SB1"
    credentials: Credentials = field(init=False)
    keys: list[str] = field(default_factory=list)
    _days: int = 0

    def __post_init__(self) -> None:
        self.credentials = Credentials(self.account, self._generation())

    def text(self) -> str:
        """The credential file as it is now."""
        return dump({VARIABLE: to_document(self.credentials)})

    def prove(self) -> Maker:
        """A token was granted."""
        self.credentials = self.credentials.proven(self._now())
        return self

    def begin(self) -> Maker:
        """A rotation has begun."""
        self.credentials = self.credentials.with_pending(self._generation())
        return self

    def promote(self) -> Maker:
        """What was pending is active."""
        assert self.credentials.pending is not None
        self.credentials = self.credentials.promoted(self.credentials.pending.certificate_id, self._now())
        return self

    def retire(self) -> Maker:
        """All that was replaced is revoked."""
        self.credentials = replace(self.credentials, retiring=())
        return self

    def rotate(self) -> Maker:
        """A whole rotation, without an overlap."""
        return self.begin().promote().retire()

    def copy(self) -> Maker:
        """The same credentials in other hands."""
        other = Maker(self.account)
        other.credentials, other._days = self.credentials, self._days
        return other

    def _now(self) -> datetime:
        self._days += 1
        return START + timedelta(days=self._days)

    def _generation(self) -> Generation:
        pair = new_pair()
        self.keys.append(pair.key)
        made = iso(self._now())
        return Generation(1, pair.id, pair.certificate, "2027-11-01T00:00:00Z", made, sealed(pair.key))


def report(artifacts: Path, ident: str, host: str, *texts: str, first: int = 1) -> Path:
    """Write events as ansible-runner keeps them; returns their folder."""
    folder = artifacts / ident / "job_events"
    folder.mkdir(parents=True, exist_ok=True)
    for counter, text in enumerate(texts, first):
        event = {
            "uuid": f"{ident}-{counter}",
            "counter": counter,
            "created": (START + timedelta(seconds=counter)).isoformat(),
            "event": "runner_on_ok",
            "event_data": {"host": host, "task": "Reconcile with NetSuite", "res": {"credential_document": text}},
        }
        (folder / f"{counter}-{ident}.json").write_text(json.dumps(event))
    (folder / f"{first - 1}-{ident}.json").write_text(json.dumps({"counter": 0, "event": "playbook_on_start"}))
    return folder
