# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the simulator holds in one place, and the context of a single call."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .conditions import Refusal
from .config import merge_overrides, parse_account
from .faults import FaultBook
from .model import Account
from .records import AuditTrail, Counters
from .settings import ConfigError, Settings, make_settings
from .tokens import Signer, signing_date
from .wire import Request


class World:
    """Accounts, knobs, faults, records and the signing key."""

    def __init__(self, overrides: dict[str, Any], key_bits: int = 4096) -> None:
        self.tag = ""
        self.overrides = overrides
        self.settings = make_settings(overrides)
        self.accounts: dict[str, Account] = {}
        self.audit = AuditTrail()
        self.counters = Counters()
        self.faults = FaultBook()
        self.signer = Signer(key_bits)
        self.lock = threading.RLock()
        self.changed: Callable[[], None] = lambda: None

    def add_accounts(self, values: Iterable[object], replace: bool = False) -> list[Account]:
        """Add accounts from their mappings: all of them or, when one is refused, none."""
        with self.lock:
            accounts = [parse_account(value, self.overrides) for value in values]
            labels = [account.label for account in accounts]
            taken = sorted(label for label in set(labels) if labels.count(label) > 1 or label in self.accounts)
            if taken and not (replace and len(set(labels)) == len(labels)):
                raise ConfigError(f"account {', '.join(taken)} is there already")
            for account in accounts:
                account.signing_date = signing_date(self.now(account))
                self.accounts[account.label] = account
        return accounts

    def change_settings(self, value: object) -> None:
        """Change knobs for every account; an account's own overrides stay on top."""
        with self.lock:
            overrides = merge_overrides(self.overrides, value, "settings")
            self.overrides, self.settings = overrides, make_settings(overrides)
            for account in self.accounts.values():
                account.settings = make_settings(overrides, account.overrides)

    def now(self, account: Account | None = None) -> float:
        """Return the server's time, as the account sees it."""
        settings = account.settings if account else self.settings
        return time.time() + settings.clock_offset


@dataclass(slots=True)
class Call:
    """One API call on its way through the simulator."""

    world: World
    account: Account
    request: Request
    route: str
    service: str | None
    used_url: str
    params: tuple[str, ...] = ()
    application: str = ""

    @property
    def settings(self) -> Settings:
        """The knobs that hold for this account."""
        return self.account.settings

    def now(self) -> float:
        """The server's time in seconds."""
        return self.world.now(self.account)

    def moment(self) -> datetime:
        """The server's time as a date in UTC."""
        return datetime.fromtimestamp(self.now(), timezone.utc)

    def record(self, refusal: Refusal | None = None) -> None:
        """Write the outcome into the audit trail."""
        entry = {
            "time": self.moment().isoformat(timespec="milliseconds"),
            "account": self.account.account_id,
            "label": self.account.label,
            "route": self.route,
            "status": "Failure" if refusal else "Success",
            "detail": refusal.condition.detail if refusal else "",
            "application": self.application,
            "condition": refusal.condition.name if refusal else "",
            "message": refusal.message if refusal else "",
        }
        self.world.audit.add(entry)
