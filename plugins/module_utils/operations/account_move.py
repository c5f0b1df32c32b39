# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_move.

Written there, read there, compared, and only then removed here: whatever ends a run in between, the next one goes on
from what it finds.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from ..core.accounts import Account, parse_account
from ..core.errors import KeyMaterialError, OptionError
from ..core.generations import Credentials, with_keys
from ..core.lineage import Age, age
from ..core.text import capitalize_sentence
from ..services.credential_stores.choose import open_file, open_kv2
from ..services.credential_stores.store import CredentialStore, Snapshot, StoreConflictError
from ..services.credential_stores.variables import VariableStore
from ..services.vault import decrypt_envelope
from .account_credentials import load_own
from .operation import Context, Operation, Options, Result
from .option_groups import HTTP, KEPT, ROLE_VARIABLES


def run(options: Options, context: Context) -> Result:
    """Move one account's credentials."""
    move = Move.of(options, context)
    while True:
        with contextlib.suppress(StoreConflictError):  # another run has taken a step; go on from there
            return move.run()


@dataclass(frozen=True)
class Move:
    """From where to where.

    Attributes:
        to: The new home, in the words of the option ``store``.
    """

    account: Account
    context: Context
    source: CredentialStore = field(repr=False)
    target: CredentialStore = field(repr=False)
    to: str

    @classmethod
    def of(cls, options: Options, context: Context) -> Move:
        """From the module's options.

        Raises:
            OptionError: one of the two places is not named.
        """
        account = parse_account(options["account_id"])
        given = VariableStore.of(options, account.realm, context.vault)
        path = options["credentials_path"]
        if not path and (options["to"] == "file" or not given.is_given):
            raise OptionError(
                "credentials_path is not given, and has no default here",
                "Set credentials_path (netsuite_account_credentials_path) to the credential file",
                cause="credentials_missing",
            )
        secret = open_kv2(options, account, context.vault)
        file = open_file(options, context.vault, context.warnings.append) if path else None
        if file is None or (given.is_given and options["to"] == "kv2" and file.load().is_absent):
            return cls(account, context, given, secret, options["to"])
        source, target = (file, secret) if options["to"] == "kv2" else (secret, file)
        return cls(account, context, source, target, options["to"])

    def run(self) -> Result:
        """Write there, prove by reading, remove here; what has been done already is not done again.

        Raises:
            OptionError: there is nothing at either place.
            KeyMaterialError: both hold credentials, and not the same.
            StoreConflictError: another run changed one of them meanwhile.
        """
        there, left = load_own(self.target, self.account), True
        try:
            here = load_own(self.source, self.account)
            left = not here.is_absent
        except KeyMaterialError as error:
            if error.cause != "store_moved" or there.is_absent:
                raise
            here = Snapshot()  # but for what a run that was cut short has left of it
        if here.credentials is None and there.credentials is None:
            raise OptionError(
                f"There are no credentials of account {self.account.realm} to move: neither"
                f" {self.source.describe()} nor {self.target.describe()} holds any",
                "Run the playbook onboard first, or correct where they are kept",
                cause="missing_file",
            )
        must_write = here.credentials is not None and self._is_behind(there.credentials, here.credentials)
        if here.credentials is not None:
            there = self._write(here.credentials, there) if must_write else there
            self._prove(here.credentials, there)
        removes = left and not isinstance(self.source, VariableStore)
        if removes and not self.context.check_mode:
            self.source.remove(here.version, self.target.describe())
        return self._result(there, changed=must_write or removes)

    def _write(self, credentials: Credentials, there: Snapshot) -> Snapshot:
        """Save the credentials there; what is read there then, or in check mode what would be."""
        if self.to == "file":
            self.context.check_place(True)
        self.target.check_can_save(there)
        plain = self._plain(credentials, self.source)
        if self.context.check_mode:
            return Snapshot(plain)
        self.target.save(plain, there.version)
        return load_own(self.target, self.account)

    def _is_behind(self, there: Credentials | None, here: Credentials) -> bool:
        """Whether nothing is there, or what a run that was cut short has copied before the last step taken here."""
        if there is None:
            return True
        known, ours = _keys(self._plain(there, self.target)), _keys(self._plain(here, self.source))
        return known.items() <= ours.items() and age(here, there) is Age.LATER

    def _prove(self, here: Credentials, there: Snapshot) -> None:
        """Every key that is here has to be there.

        Raises:
            KeyMaterialError: it is not, so nothing is removed.
        """
        kept = {} if there.credentials is None else _keys(self._plain(there.credentials, self.target))
        missing = [name for name, key in _keys(self._plain(here, self.source)).items() if kept.get(name) != key]
        if missing:
            raise KeyMaterialError(
                f"{capitalize_sentence(self.source.describe())} and {self.target.describe()} both hold credentials, and"
                f" the latter lacks the key of {' and '.join(missing)}. Nothing is removed",
                "Keep the one whose certificates NetSuite lists as active, and remove the other by hand",
                cause="kept_twice",
            )

    def _plain(self, credentials: Credentials, store: CredentialStore) -> Credentials:
        return with_keys(credentials, lambda key: decrypt_envelope(key, self.context.vault, store.describe()))

    def _result(self, there: Snapshot, *, changed: bool) -> Result:
        origin, home = self.source.describe(), self.target.describe()
        next_step = f"Set netsuite_account_store to {self.to} for this account, if it is not yet."
        if isinstance(self.source, VariableStore):
            next_step += " Then remove the variables with the old copy from the inventory."
        active = there.credentials.active if there.credentials else None
        return {
            "changed": changed,
            "reason": "moved" if changed else None,
            "account": self.account.realm,
            "certificate_id": active.certificate_id if active else None,
            "moved_from": origin,
            "moved_to": home,
            "next_step": next_step,
            "diff": {"before": {"kept_in": origin if changed else home}, "after": {"kept_in": home}},
        }


def _keys(credentials: Credentials) -> dict[str, str]:
    """The private keys by certificate id."""
    return {one.certificate_id: one.private_key.strip() for one in credentials.holders() if one.private_key}


OPERATION = Operation(
    run=run,
    options={
        **ROLE_VARIABLES,
        "account_id": {"type": "str", "required": True},
        **{name: spec for name, spec in KEPT.items() if name not in ("store", "store_tasks", "store_vars")},
        "timeout": HTTP["timeout"],
        "to": {"type": "str", "choices": ["file", "kv2"], "required": True},
    },
    libraries=("cryptography", "PyYAML"),
    keeps_credentials=True,
    controller_only=True,
)
