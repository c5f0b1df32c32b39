# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_credentials."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ..core import certificates, keys
from ..core.accounts import Account, check_environment, parse_account
from ..core.errors import KeyMaterialError, M2MError, OptionError, TransportError
from ..core.generations import Credentials, Generation, rotation_reason
from ..core.libraries import CLIENT_LIBRARIES
from ..core.revocation import Consumer, Revocation, consumers_of
from ..core.text import capitalize_sentence
from ..core.timing import iso
from ..services.credential_stores.choose import is_in_store, named_store, open_secret, open_store
from ..services.credential_stores.store import CredentialStore, Snapshot, StoreConflictError
from ..services.oauth_client import open_http_client, pair_of, read_endpoints, read_pair
from ..services.vault import decrypt_envelope
from .certificate import NEW_PAIR_OPTIONS, PairSpec
from .credentials_result import read_present, report
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, CONSUMERS, HTTP, KEPT

# Further off than this, dates that are made here mean something else at NetSuite. Seconds.
_LARGEST_SKEW = 600
_CLOCK_TIMEOUT = 10.0

NewPair: TypeAlias = "tuple[keys.PrivateKey, certificates.Certificate]"  # a text, because cryptography may be missing


def run(options: Options, context: Context) -> Result:
    """Bring one account's credentials into the wanted state."""
    account = parse_account(options["account_id"])
    check_environment(account, options["environment"])
    manager = CredentialManager(account, options, context)
    is_read_only = options["state"] == "read"
    result = manager.report(manager.load(), None) if is_read_only else manager.ensure()
    return {**result, "read_only": is_read_only}


def load_own(store: CredentialStore, account: Account) -> Snapshot:
    """What a store holds of an account.

    Raises:
        KeyMaterialError: it holds another account's credentials, or no credentials at all.
    """
    snapshot = store.load()
    if snapshot.credentials and parse_account(snapshot.credentials.account) != account:
        raise KeyMaterialError(
            f"{capitalize_sentence(snapshot.where)} belongs to account {snapshot.credentials.account},"
            f" not to {account.realm}",
            "Correct account_id, or where the credentials are kept",
            cause="wrong_account",
        )
    return snapshot


@dataclass
class CredentialManager:
    """Keeps one account's credentials in their store; those given as variables it leaves where they are."""

    account: Account
    options: Options = field(repr=False)
    context: Context
    store: CredentialStore = field(init=False)
    consumers: tuple[Consumer, ...] = field(init=False)
    revocation: Revocation = field(init=False)

    def __post_init__(self) -> None:
        options = self.options
        self.store = open_store(options, self.account, self.context.vault, self.context.warnings.append)
        self.consumers = consumers_of(options["instances"], options["used_by"], in_store=is_in_store(options))
        self.revocation = Revocation.of(options["revoke"], options["overlap_days"], self.consumers)

    def load(self) -> Snapshot:
        """The credentials as they are now.

        Raises:
            KeyMaterialError: they are another account's, or no credentials at all.
        """
        return load_own(self.store, self.account)

    def ensure(self) -> Result:
        """Make the first generation, or begin a rotation where one is due or asked for."""
        if not self.context.check_mode:
            self.store.prepare()
        snapshot = self.load()
        reason = self.due_reason(snapshot)
        if reason is None:
            return self._repair(snapshot)
        try:
            self._check_can_begin(snapshot)
            if self.options["compare_clock"]:
                self._check_clock()
        except M2MError as error:
            if self.options["fail_on_refusal"] or snapshot.is_absent:
                raise
            refusal = {"msg": str(error), "cause": error.cause, "fix": error.fix}
            # Steps of an earlier rotation wait, too: where no key would last, no note of a step would.
            return {**self.report(snapshot, None), "unfinished": False, "refusal": refusal}
        if self.context.check_mode:
            return self.report(snapshot, reason)
        # Making a key may take a second, so it is done before anything is locked.
        pair = self._make(snapshot, reason)
        while True:
            try:
                return self.report(self._begin(snapshot, pair), reason)
            except StoreConflictError:
                snapshot = self.load()
                if self.due_reason(snapshot) != reason:
                    return self.report(snapshot, None)  # another run was faster

    def due_reason(self, snapshot: Snapshot) -> str | None:
        """Why a new generation is to be made; None when none is due."""
        if snapshot.is_absent:
            return "certificate_missing" if self.options["private_key_content"] else "missing"
        if not snapshot.is_kept or snapshot.credentials is None:
            return "requested" if self.options["rotate"] else None
        return rotation_reason(
            snapshot.credentials,
            now=self.context.now(),
            renew_before_days=self.options["renew_before_days"],
            requested=self.options["rotate"],
            overlap_days=self.options["overlap_days"],
            is_usable=self._is_usable,
            is_unconfirmed=self.revocation.is_unconfirmed(snapshot.credentials, self.context.now()),
        )

    def change(self, change: Callable[[Credentials], Credentials]) -> Credentials:
        """Take a step in the store, starting from what it holds by now.

        Raises:
            M2MError: the step does not fit what the store holds, or it cannot be written.
        """
        while True:
            snapshot = self.load()
            if snapshot.credentials is None:
                raise self.gone()
            after = change(snapshot.credentials)
            if after == snapshot.credentials:
                return after
            with contextlib.suppress(StoreConflictError):  # then the step is taken from what is there now
                self.store.save(after, snapshot.version)
                return after

    def gone(self) -> OptionError:
        """The error for credentials that have disappeared during this run."""
        return OptionError(
            f"{capitalize_sentence(self.store.describe())} is gone", "Restore it, then run again", cause="missing_file"
        )

    def begin(self, reason: str) -> Credentials:
        """Make a pending generation for a reason that only NetSuite knows."""
        snapshot = self.load()
        self._check_can_begin(snapshot)
        pair = self._make(snapshot, reason)
        while snapshot.credentials is None or snapshot.credentials.pending is None:
            try:
                snapshot = self._begin(snapshot, pair)
            except StoreConflictError:
                snapshot = self.load()
        return snapshot.credentials

    def report(self, snapshot: Snapshot, reason: str | None) -> Result:
        """The result: what may be shown of the credentials, and why they changed."""
        where = self.store.facts(snapshot)
        return {
            **report(
                self.account,
                snapshot,
                reason=reason,
                now=self.context.now(),
                renew_before_days=self.options["renew_before_days"],
                revocation=self.revocation,
            ),
            **where,
            "certificate_path": where["certificate_path"] if snapshot.is_kept or reason else None,
            "credential_document": self.store.document,
            "refusal": None,
        }

    def check_can_keep(self, snapshot: Snapshot) -> None:
        """Refuse a key that could not be put away safely.

        Raises:
            OptionError: there is no place for it, or another store holds credentials of this account already.
            VaultError: it could not be encrypted.
        """
        if not is_in_store(self.options):
            self.context.check_place(snapshot.version is None)
        if snapshot.is_absent:
            self._check_not_elsewhere()
        self.store.check_can_save(snapshot)

    def _check_can_begin(self, snapshot: Snapshot) -> None:
        """Refuse a new generation that could not be put away safely, or would not last, before its key is made.

        Raises:
            OptionError: there is no place for it, or it would be due for rotation at once.
            VaultError: it could not be encrypted, or the present key cannot be decrypted: by a mistyped vault password
                the new key would be lost as well.
        """
        self.check_can_keep(snapshot)
        if snapshot.credentials is not None:
            decrypt_envelope(snapshot.credentials.active.private_key, self.context.vault, "the active private key")
        if self.options["valid_days"] <= self.options["renew_before_days"]:
            raise OptionError(
                f"A certificate of {self.options['valid_days']} days (valid_days) would be due for rotation at once,"
                f" {self.options['renew_before_days']} days before its end (renew_before_days)",
                "Raise valid_days, or lower renew_before_days",
                cause="bad_validity",
            )

    def _check_not_elsewhere(self) -> None:
        """Refuse a first key where a secret store is named that holds credentials, though it is not the one in use.

        Raises:
            OptionError: it does.
        """
        name = None if is_in_store(self.options) else named_store(self.options)
        if name is None:
            return
        other = open_secret({**self.options, "store": name}, self.account, self.context.vault)
        if not load_own(other, self.account).is_absent:
            raise OptionError(
                f"No key is made, because {other.describe()} holds credentials of this account, though store is file",
                f"Set store (netsuite_account_store) to {name}, or move the credentials to the file",
                cause="kept_elsewhere",
            )

    def _check_clock(self) -> None:
        """Refuse to date a certificate by a clock that is not NetSuite's, where NetSuite answers.

        Raises:
            OptionError: the clocks are more than ten minutes apart.
        """
        options = {**self.options, "timeout": min(self.options["timeout"], _CLOCK_TIMEOUT), "retries": 0}
        _account, endpoints = read_endpoints(self.options)
        try:
            with open_http_client(options, self.context.clock, self.context.sleep) as http_client:
                skew = http_client.send("GET", endpoints.keys).clock_skew or 0
        except TransportError:
            return  # the key can be made all the same; the token check reports what is wrong with the network
        if abs(skew) > _LARGEST_SKEW:
            raise OptionError(
                f"This machine's clock is {abs(skew)} s {'behind' if skew > 0 else 'ahead of'} NetSuite's, so no"
                " certificate is made: it would have the wrong dates",
                "Set the clock (NTP), then run again",
                cause="clock_skew",
            )

    def _is_usable(self, generation: Generation) -> bool:
        """Whether a pair can be used at all, now or after its upload."""
        try:
            pair = pair_of(generation, self.options, self.context.vault, f"generation {generation.number}")
        except M2MError:
            return False
        return not any(problem.blocking for problem in pair.problems(self.context.now()))

    def _make(self, snapshot: Snapshot, reason: str) -> NewPair:
        spec = PairSpec.of(self.options)
        own = read_pair(self._given(), self.context.vault).key if reason == "certificate_missing" else None
        present = read_present(snapshot.credentials.active) if snapshot.credentials else None
        kind = certificates.public_key_facts(present) if present else spec.key
        if spec.asked_key is None and keys.rejection_reason(kind) is None:
            spec = replace(spec, key=kind)  # whoever uses the present key can use one of its kind
        return spec.make(self.context.now(), own)

    def _begin(self, snapshot: Snapshot, made: NewPair) -> Snapshot:
        """Save a new pair: as the first generation, or as the one that takes over."""
        generation = self._generation(*made)
        if snapshot.credentials is not None:
            after = self._taken_over(snapshot.credentials, snapshot).with_pending(generation)
        elif snapshot.certificate_id:
            raise OptionError(
                "The certificate of the given private key is not known",
                "Set certificate_content as well",
                cause="certificate_missing",
            )
        else:
            after = Credentials(self.account.realm, generation)
        return self.store.save(after, snapshot.version)

    def _taken_over(self, credentials: Credentials, snapshot: Snapshot) -> Credentials:
        """The credentials as the store is to hold them.

        A pair that came in variables moves at its first rotation: the store is its home from then on.
        """
        if snapshot.is_kept or not self.options["private_key_content"]:
            return credentials
        pair = read_pair(self._given(), self.context.vault)
        return replace(credentials, active=replace(credentials.active, private_key=self._key_text(pair.key)))

    def _given(self) -> dict[str, Any]:
        blank = dict.fromkeys(CLIENT)
        names = ("private_key_content", "private_key_passphrase", "certificate_content")
        return {**blank, **{name: self.options[name] for name in names}}

    def _generation(self, key: keys.PrivateKey, certificate: certificates.Certificate) -> Generation:
        return Generation(
            number=1,
            certificate_id=certificates.certificate_id(certificate),
            certificate=certificates.to_pem(certificate),
            not_after=iso(certificate.not_valid_after_utc),
            created=iso(self.context.now()),
            private_key=self._key_text(key),
        )

    def _key_text(self, key: keys.PrivateKey) -> str:
        return keys.to_pem(key, self.options["private_key_passphrase"])

    def _repair(self, snapshot: Snapshot) -> Result:
        """Put right what surrounds credentials that are good: their envelope, the file's mode, the file to upload."""
        reason = self.store.drift(snapshot)
        while reason is not None and not self.context.check_mode and snapshot.credentials is not None:
            try:
                return self.report(self.store.save(snapshot.credentials, snapshot.version), reason)
            except StoreConflictError:
                snapshot = self.load()  # another run may have taken a step
                reason = self.store.drift(snapshot)
        return self.report(snapshot, reason)


OPERATION = Operation(
    run=run,
    options={
        **ACCOUNT,
        **HTTP,
        "environment": {"type": "str", "choices": ["production", "sandbox", "release_preview", "test_drive"]},
        **KEPT,
        **NEW_PAIR_OPTIONS,
        "file_is_remote": {"type": "bool", "default": False, "aliases": ["kept_elsewhere"]},
        "rotate": {"type": "bool", "default": False},
        "overlap_days": {"type": "int", "default": 7},
        **CONSUMERS,
        "state": {"type": "str", "choices": ["present", "read"], "default": "present"},
        "compare_clock": {"type": "bool", "default": False},
        "fail_on_refusal": {"type": "bool", "default": True},
    },
    libraries=CLIENT_LIBRARIES,  # what its tokens will need, too: no key is made that could not be used here
    keeps_credentials=True,
)
