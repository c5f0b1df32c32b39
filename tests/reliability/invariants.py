# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must hold at any moment, and what must hold once a run has come to its end.

Whatever a class of the campaign does to a run, it asks here. The credentials are read without the collection's code.
"""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from typing import Any

import yaml
from hvac.exceptions import InvalidPath

from ansible_collections.m2m.netsuite.tests.reliability.life import Life, Played
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.fleet import mint
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader

ENVELOPE = "$ANSIBLE_VAULT"


@dataclass(frozen=True)
class Held:
    """A certificate in a store.

    Attributes:
        part: ``active``, ``pending`` or ``retiring``.
        key: Its private key, opened; None where there is none.
        is_proven: Whether the store says that it got a token.
    """

    part: str
    certificate_id: str
    key: str | None
    is_proven: bool


def read_store(life: Life) -> list[Held]:
    """Everything that the store of a host holds; nothing where it is absent.

    Raises:
        Exception: it cannot be read.
    """
    document = _document(life)
    if document is None:
        return []
    parts = [(part, document[part]) for part in ("active", "pending") if document.get(part)]
    parts += [("retiring", one) for one in document.get("retiring") or []]
    return [
        Held(part, one["certificate_id"], _opened(life, one.get("private_key")), bool(one.get("proven")))
        for part, one in parts
    ]


def _document(life: Life) -> dict[str, Any] | None:
    if life.openbao is not None:
        secret = _secret(life.openbao.client().secrets.kv.v2, life.variables["netsuite_account_store_path"])
        # Without a document, it only says where the credentials were moved to.
        return dict(json.loads(secret["state"])) if secret and "state" in secret else None
    if not life.path.exists():
        return None
    text = life.path.read_text(encoding="utf-8")
    text = life.vaults.decrypt(text) if text.startswith(ENVELOPE) else text
    return dict(yaml.load(text, Loader=VaultLoader)["netsuite_account_credentials"])


def _secret(kv2: Any, path: str) -> dict[str, Any] | None:
    try:
        return dict(kv2.read_secret_version(path, raise_on_deleted_version=True)["data"]["data"])
    except InvalidPath:
        return None


def _opened(life: Life, key: str | None) -> str | None:
    return life.vaults.decrypt(key) if key and key.startswith(ENVELOPE) else key


def broken_now(life: Life, *, meant: int = 2, foreign: frozenset[str] = frozenset()) -> list[str]:
    """What does not hold at this moment, in a sentence each.

    Args:
        life: The host.
        meant: How many certificates may be active at NetSuite.
        foreign: Certificates of others, which are not counted.
    """
    try:
        held = read_store(life)
    except Exception as error:  # noqa: BLE001 (that it cannot be read is what is looked for)
        return [f"the document cannot be read: {type(error).__name__}"]
    active = [one for one in life.account.active_ids() if one not in foreign]
    keys = {one.certificate_id: one.key for one in held}
    broken = [f"the key of {one}, which is active at NetSuite, is lost" for one in active if not keys.get(one)]
    if len(active) > meant:
        broken.append(f"{len(active)} certificates are active at NetSuite, {meant} are meant")
    in_use = next((one for one in held if one.part == "active"), None)
    if in_use and in_use.certificate_id in active and in_use.is_proven:
        broken += _does_not_work(life, in_use)
    if in_use and in_use.key and in_use.certificate_id in _revoked(life):
        broken.append("what is stored as active is revoked")
    return broken + exposed(life, held)


def _does_not_work(life: Life, held: Held) -> list[str]:
    try:
        mint(life.account, held.key or "", held.certificate_id)
    except Exception as error:  # noqa: BLE001 (that it does not work is what is looked for)
        return [f"what is stored as active gets no token: {type(error).__name__} {error}"[:300]]
    return []


def _revoked(life: Life) -> set[str]:
    """Ids that are revoked, and not mapped anew."""
    return {one["certificate_id"] for one in life.account.mappings() if one["revoked"]} - set(life.account.active_ids())


def exposed(life: Life, held: list[Held]) -> list[str]:
    """Secrets in files, and files that others may read."""
    secrets = {f"key of {one.certificate_id}": one.key for one in held if one.key}
    secrets |= {"bootstrap token": life.variables.get("netsuite_account_bootstrap_token") or "no such token"}
    broken = []
    for path in sorted(path for path in life.folder.rglob("*") if path.is_file() and not path.is_symlink()):
        data = path.read_bytes()
        if b"PRIVATE KEY" in data or (found := betrayed(data, secrets)):
            broken.append(f"{path.name} holds a secret in clear: {found if b'PRIVATE KEY' not in data else 'a key'}")
        if ".auth-cert." not in path.name and stat.S_IMODE(path.stat().st_mode) & 0o077:
            broken.append(f"{path.name} may be read by others")
    return broken


def broken_at_the_end(
    life: Life, played: Played, *, generations: int | None = None, foreign: frozenset[str] = frozenset()
) -> list[str]:
    """What does not hold after a run that was not disturbed, with an overlap of 0 days.

    Args:
        life: The host.
        played: The run.
        generations: How many certificates the host may ever have had mapped; None: that is not counted.
        foreign: Certificates of others, which are not counted.
    """
    broken = broken_now(life, meant=1, foreign=foreign)
    if broken:
        return broken
    if played.status != "active":
        broken.append(
            f"the run ended with {played.status}: {played.summary.get('msg') or played.summary.get('next_step')}"
        )
    held = read_store(life)
    parts = [one.part for one in held]
    if parts != ["active"]:
        broken.append(f"the store holds {', '.join(parts) or 'nothing'}, not one active pair")
    elif life.account.active_ids() != [held[0].certificate_id] and not foreign:
        broken.append("what is active at NetSuite is not what is stored")
    known = {life.path.name, f"{life.path.stem}.auth-cert.pem"}
    broken += [f"{path.name} was left behind" for path in sorted(life.folder.rglob("*")) if path.name not in known]
    mapped = [one for one in life.account.mappings() if one["certificate_id"] not in foreign]
    if generations is not None and len(mapped) > generations:
        broken.append(f"{len(mapped)} certificates were mapped, {generations} were meant")
    return broken
