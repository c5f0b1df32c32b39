# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_credentials."""

from __future__ import annotations

import os.path
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ..core import certificates, keys
from ..core.accounts import Account, check_environment, parse_account
from ..core.errors import KeyMaterialError, M2MError, OptionError, TransportError
from ..core.generations import Credentials, Generation, rotation_reason
from ..core.libraries import CLIENT_LIBRARIES
from ..core.timing import iso
from ..services import credential_file, files
from ..services.credential_file import Stored
from ..services.oauth_client import Pair, open_http_client, pair_of, read_certificate, read_endpoints, read_pair
from .certificate import NEW_PAIR_OPTIONS, PairSpec
from .credentials_result import read_present, report
from .key_encryption import KeyEncryption
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, HTTP

# Further off than this, dates that are made here mean something else at NetSuite. Seconds.
_LARGEST_SKEW = 600
_CLOCK_TIMEOUT = 10.0


def run(options: Options, context: Context) -> Result:
    """Bring one account's credentials into the wanted state."""
    account = parse_account(options["account_id"])
    check_environment(account, options["environment"])
    manager = CredentialManager(account, options, context)
    is_read_only = options["state"] == "read"
    result = manager.report(manager.load(), None) if is_read_only else manager.ensure()
    return {**result, "read_only": is_read_only}


@dataclass
class CredentialManager:
    """Keeps one account's credentials in its credential file; those given as variables it leaves where they are.

    Attributes:
        written: The file's text as it was last written, where Ansible Vault protects every key in it.
    """

    account: Account
    options: Options = field(repr=False)
    context: Context
    written: str | None = field(default=None, repr=False)

    @property
    def seal(self) -> KeyEncryption:
        """How keys are protected."""
        return KeyEncryption(self.options, self.context)

    @property
    def path(self) -> str:
        """The credential file's path.

        Raises:
            OptionError: none is given.
        """
        if not self.options["credentials_path"]:
            raise OptionError(
                "There is no credential file to put new credentials into",
                "Set credentials_path to a place that lasts, or give private key and certificate as vaulted variables",
                cause="credentials_missing",
            )
        return str(self.options["credentials_path"])

    @property
    def path_is_given(self) -> bool:
        """Whether there is a place for a credential file."""
        return bool(self.options["credentials_path"])

    @property
    def certificate_path(self) -> str | None:
        """Where the certificate lies as a file of its own, ready for the upload page."""
        return f"{os.path.splitext(self.path)[0]}.auth-cert.pem" if self.options["credentials_path"] else None

    @property
    def is_given(self) -> bool:
        """Whether a usable pair came in variables: a key, with its certificate or at least its certificate's id."""
        return bool(
            self.options["private_key_content"]
            and (self.options["certificate_content"] or self.options["certificate_id"])
        )

    def load(self) -> Stored | None:
        """The credential file, or None where there is none.

        Raises:
            KeyMaterialError: it is another account's, or no credential file at all.
        """
        if not self.options["credentials_path"]:
            return None
        credential_file.check_shadowing(self.path, before_writing=False)
        stored = credential_file.load(self.path, self.context.vault)
        if stored and parse_account(stored.credentials.account) != self.account:
            raise KeyMaterialError(
                f"The credential file {self.path} is of account {stored.credentials.account},"
                f" not of {self.account.realm}",
                "Correct account_id or credentials_path",
                cause="wrong_account",
            )
        return stored

    def ensure(self) -> Result:
        """Make the first generation, or begin a rotation where one is due or asked for."""
        if self.options["credentials_path"] and not self.context.check_mode:
            files.clear_leftover(self.path)
        stored = self.load()
        reason = self._reason(stored)
        if reason is None:
            return self._repair(stored)
        self._check_can_begin(stored)
        if self.options["compare_clock"]:
            self._check_clock()
        if self.context.check_mode:
            return self.report(stored, reason)
        # Making a key may take a second, so it is done before the folder is locked.
        pair = self._make(stored, reason)
        files.make_folder(os.path.dirname(self.path) or ".")
        with files.locked(self.path, self.context.warnings.append):
            stored = self.load()
            if self._reason(stored) != reason:
                return self.report(stored, None)  # another run was faster
            stored = self._begin(stored, pair, reason)
            self._save(stored)
        return self.report(stored, reason)

    @property
    def has_file(self) -> bool:
        """Whether there is a credential file."""
        return self.path_is_given and files.mode_of(self.path) is not None

    def has_credentials(self) -> bool:
        """Whether there are credentials already, in the file or in variables."""
        return self.has_file or self.is_given

    def current(self) -> Credentials:
        """The credentials as they are now; those in variables as a generation of their own.

        Raises:
            M2MError: they cannot be read.
        """
        stored = self.load()
        return stored.credentials if stored else self._given_credentials(self._given_pair(), envelope=False)

    def due_reason(self) -> str | None:
        """Why a pending generation is due: what check mode foresees."""
        return self._reason(self.load())

    def stored_as(self, credentials: Credentials) -> Stored | None:
        """What the file holds, with these credentials; None where there is no file."""
        stored = self.load()
        return replace(stored, credentials=credentials) if stored else None

    def change(self, change: Callable[[Credentials], Credentials]) -> Credentials:
        """Take a step in the credential file, starting from what it holds by now.

        Raises:
            M2MError: the step does not fit what the file holds, or it cannot be written.
        """
        with files.locked(self.path, self.context.warnings.append):
            stored = self.load()
            if stored is None:
                raise OptionError(
                    f"The credential file {self.path} is gone", "Restore it, then run again", cause="missing_file"
                )
            after = replace(stored, credentials=change(stored.credentials))
            if after != stored:
                self._save(after)
        return after.credentials

    def begin(self, reason: str) -> Credentials:
        """Make a pending generation for a reason that only NetSuite knows."""
        self._check_can_begin(stored := self.load())
        pair = self._make(stored, reason)
        with files.locked(self.path, self.context.warnings.append):
            stored = self.load()
            if stored is None or stored.credentials.pending is None:
                stored = self._begin(stored, pair, "requested" if stored is None else reason)
                self._save(stored)
        return stored.credentials

    def report(self, stored: Stored | None, reason: str | None) -> Result:
        """The result: what may be told of the credentials, and why they changed."""
        given = self._given_certificate() if stored is None and self.is_given else None
        result = report(
            self.account,
            stored.credentials if stored else None,
            given=given,
            given_id=self.options["certificate_id"] if self.is_given else None,
            reason=reason,
            now=self.context.now(),
            renew_before_days=self.options["renew_before_days"],
            overlap_days=self.options["overlap_days"],
            certificate_path=self.certificate_path if stored or reason else None,
            mode=files.mode_of(self.path) if stored else None,
            exposed=stored is not None and self._is_exposed(stored),
        )
        return {**result, "credential_document": self.written}

    def _reason(self, stored: Stored | None) -> str | None:
        """Why a new generation is to be made."""
        if stored is None:
            if self.is_given:
                return "requested" if self.options["rotate"] else None
            return "certificate_missing" if self.options["private_key_content"] else "missing"
        return rotation_reason(
            stored.credentials,
            now=self.context.now(),
            renew_before_days=self.options["renew_before_days"],
            requested=self.options["rotate"],
            overlap_days=self.options["overlap_days"],
            is_usable=self._is_usable,
        )

    def _check_can_begin(self, stored: Stored | None) -> None:
        """Refuse a new generation that could not be put away safely, or would not last, before its key is made.

        Raises:
            OptionError: there is no place for it, or it would be due for rotation at once.
            VaultError: it could not be encrypted.
        """
        if stored is None and self.is_given and self.options["file_is_remote"]:
            path = self.options["credentials_path"]
            raise OptionError(
                "These credentials come from a credential file that is not on this machine"
                + (f" ({path} does not exist)" if path else ""),
                "Rotate where the credential file is kept, and let this machine read the new one",
                cause="file_is_remote",
            )
        self.context.check_place(stored is None)
        credential_file.check_shadowing(self.path, before_writing=True)
        self.seal.check(stored)
        if self.options["valid_days"] <= self.options["renew_before_days"]:
            raise OptionError(
                f"A certificate of {self.options['valid_days']} days (valid_days) would be due for rotation at once,"
                f" {self.options['renew_before_days']} days before its end (renew_before_days)",
                "Raise valid_days, or lower renew_before_days",
                cause="bad_validity",
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

    def _make(self, stored: Stored | None, reason: str) -> Pair:
        spec = PairSpec.of(self.options)
        own = self._given_pair().key if reason == "certificate_missing" else None
        present = read_present(stored.credentials.active) if stored else self._given_certificate()
        kind = certificates.public_key_facts(present) if present else spec.key
        if spec.asked_key is None and keys.rejection_reason(kind) is None:
            spec = replace(spec, key=kind)  # whoever uses the present key can use one of its kind
        return Pair(*spec.make(self.context.now(), own))

    def _begin(self, stored: Stored | None, made: Pair, reason: str) -> Stored:
        if stored is not None:
            return replace(stored, credentials=stored.credentials.with_pending(self._generation(made, stored)))
        whole = self.options["encryption"] == "file"
        if reason != "requested":
            return Stored(Credentials(self.account.realm, self._generation(made, None)), whole)
        # The first rotation of credentials that came in variables: from here on the file is their home.
        given = self._given_credentials(self._given_pair(), envelope=True)
        return Stored(given.with_pending(self._generation(made, None)), whole)

    def _given_credentials(self, pair: Pair, *, envelope: bool) -> Credentials:
        """Credentials that came in variables, as a generation; ``envelope`` closes the key's for the file."""
        active = self._generation(pair, None, envelope=envelope)
        if self.options["certificate_id"]:
            active = replace(active, certificate_id=self.options["certificate_id"])
        return Credentials(self.account.realm, active)

    def _given(self) -> dict[str, Any]:
        blank = dict.fromkeys(CLIENT)
        names = ("private_key_content", "private_key_passphrase", "certificate_content")
        return {**blank, **{name: self.options[name] for name in names}}

    def _given_certificate(self) -> certificates.Certificate | None:
        return read_certificate(self._given(), self.context.vault) if self.options["certificate_content"] else None

    def _given_pair(self) -> Pair:
        return read_pair(self._given(), self.context.vault)

    def _generation(self, pair: Pair, stored: Stored | None, *, envelope: bool = True) -> Generation:
        if pair.certificate is None:
            raise OptionError(
                "The certificate of the given private key is not known",
                "Set certificate_content as well",
                cause="certificate_missing",
            )
        text = keys.to_pem(pair.key, self.options["private_key_passphrase"])
        whole = stored.whole if stored else self.options["encryption"] == "file"
        return Generation(
            number=1,
            certificate_id=certificates.certificate_id(pair.certificate),
            certificate=certificates.to_pem(pair.certificate),
            not_after=iso(pair.certificate.not_valid_after_utc),
            created=iso(self.context.now()),
            private_key=self.seal.close(text, stored) if envelope and not whole else text,
        )

    def _repair(self, stored: Stored | None) -> Result:
        """Put right what surrounds credentials that are good: their envelope, the file's mode, the file to upload."""
        if stored is None or self._drift(stored) is None:
            return self.report(stored, None)
        if self.context.check_mode:
            return self.report(stored, self._drift(stored))
        with files.locked(self.path, self.context.warnings.append):
            stored = self.load() or stored  # as it is now: another run may have taken a step
            reason = self._drift(stored)
            if reason:
                self._save(self.seal.renewed(stored))
        return self.report(stored, reason)

    def _drift(self, stored: Stored) -> str | None:
        if self.seal.renewed(stored) != stored:
            return "vault_id"
        if self._is_exposed(stored):
            return "file_mode"
        return "certificate_file" if self._lacks_copy(stored) else None

    def _is_exposed(self, stored: Stored) -> bool:
        # Version control does not keep modes, and what is vaulted may be read by anybody.
        return not stored.is_vaulted and bool((files.mode_of(self.path) or 0) & 0o077)

    def _save(self, stored: Stored) -> None:
        """Replace the file, and the certificate beside it. The caller holds the lock."""
        text = credential_file.save(self.path, stored, self.context.vault, self.seal.vault_id(stored))
        self.written = text if stored.is_vaulted else None
        if self.certificate_path and self._lacks_copy(stored):
            files.write(self.certificate_path, _newest(stored).certificate, files.PUBLIC)

    def _lacks_copy(self, stored: Stored) -> bool:
        certificate = _newest(stored).certificate
        return credential_file.lacks_copy(str(self.certificate_path), certificate, self.context.warnings)


def _newest(stored: Stored) -> Generation:
    return stored.credentials.pending or stored.credentials.active


OPERATION = Operation(
    run=run,
    options={
        **ACCOUNT,
        **HTTP,
        "environment": {"type": "str", "choices": ["production", "sandbox", "release_preview", "test_drive"]},
        "credentials_path": {"type": "path"},
        "private_key_content": {"type": "str", "no_log": True},
        "private_key_passphrase": {"type": "str", "no_log": True},
        "certificate_content": {"type": "str"},
        "certificate_id": {"type": "str"},
        **NEW_PAIR_OPTIONS,
        "encryption": {"type": "str", "choices": ["value", "file"], "default": "value"},
        "vault_id": {"type": "str"},
        "allow_plaintext_key": {"type": "bool", "default": False, "no_log": False},
        "file_is_remote": {"type": "bool", "default": False, "aliases": ["kept_elsewhere"]},
        "rotate": {"type": "bool", "default": False},
        "overlap_days": {"type": "int", "default": 7},
        "state": {"type": "str", "choices": ["present", "read"], "default": "present"},
        "compare_clock": {"type": "bool", "default": False},
    },
    libraries=CLIENT_LIBRARIES,  # what its tokens will need, too: no key is made that could not be used here
    keeps_credentials=True,
)
