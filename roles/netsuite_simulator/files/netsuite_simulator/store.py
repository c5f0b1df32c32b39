# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps certificate mappings across restarts (``--persist``)."""

from __future__ import annotations

import dataclasses
import json
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from .certificates import load_public_key
from .model import CertificateMapping
from .settings import ConfigError
from .tls import write_private
from .world import World

_DATES = ("created", "valid_from", "valid_until")


class Store:
    """A JSON file with the mappings of every account. Certificates are public, so there is no secret in it."""

    def __init__(self, path: Path, world: World) -> None:
        self._path, self._world = path, world
        self._lock = threading.Lock()

    def save(self) -> None:
        """Write the mappings of every account in one atomic step."""
        with self._lock:
            data = {
                label: [_dump(mapping) for mapping in list(account.mappings)]
                for label, account in list(self._world.accounts.items())
            }
            write_private(self._path, json.dumps(data).encode("utf-8"))

    def load(self) -> None:
        """Read the mappings back into the accounts that are configured now."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            for label, entries in data.items():
                account = self._world.accounts.get(label)
                if account is not None:
                    account.mappings = [_restore(entry) for entry in entries]
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ConfigError(f"cannot read {self._path}: {error}") from error


def _dump(mapping: CertificateMapping) -> dict[str, Any]:
    """Return a mapping as JSON data."""
    data = {field.name: getattr(mapping, field.name) for field in dataclasses.fields(mapping)}
    del data["public_key"]
    return data | {name: data[name].isoformat() for name in _DATES}


def _restore(data: dict[str, Any]) -> CertificateMapping:
    """Build a mapping from JSON data."""
    dates = {name: datetime.fromisoformat(data[name]) for name in _DATES}
    return CertificateMapping(**{**data, **dates, "public_key": load_public_key(data["pem"])})
