# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.certificate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..core import certificates, keys, renewal
from ..core.errors import KeyMaterialError, OptionError
from ..core.timing import iso, whole_days
from ..services import files
from ..services.key_pair import PairFiles, PairOnDisk
from .operation import Context, Operation, Options, Result

SUBJECT: dict[str, dict[str, Any]] = {
    name: {"type": "str"}
    for name in (
        "common_name",
        "organization",
        "organizational_unit",
        "locality",
        "state_or_province",
        "country",
        "email",
    )
}
NEW_PAIR_OPTIONS: dict[str, dict[str, Any]] = {
    "key_type": {"type": "str", "choices": list(keys.KEY_TYPES), "no_log": False},
    "key_size": {"type": "int", "choices": list(keys.RSA_SIZES), "no_log": False},
    "curve": {"type": "str", "choices": list(keys.CURVES)},
    **SUBJECT,
    "valid_days": {"type": "int", "default": certificates.MAXIMUM_DAYS},
    "renew_before_days": {"type": "int", "default": 30},
    "signature_padding": {"type": "str", "choices": ["pss", "pkcs1v15"], "default": "pss"},
}


_NEW_PAIR = frozenset({"missing", "expired", "expires_soon", "forced"})
_NEW_CERTIFICATE = _NEW_PAIR | {"certificate_missing"}


def run(options: Options, context: Context) -> Result:
    """Bring the two files into the wanted state."""
    pair = PairFiles(
        options["private_key_path"],
        options["certificate_path"],
        options["private_key_passphrase"],
        options["encrypt_with_vault"],
        options["vault_id"],
        context.vault,
    )
    if options["state"] == "absent":
        return _remove(pair, options, context)
    spec = PairSpec.of(options)
    keys.check_passphrase(options["private_key_passphrase"])
    if options["renew_before_days"] >= options["valid_days"]:
        raise OptionError(
            "renew_before_days is not less than valid_days, so each run would make a new pair",
            "Choose a smaller renew_before_days",
            cause="bad_validity",
        )
    pair.check_can_encrypt()
    files.check_folder(pair.certificate_path)
    with pair.locked(context.warnings.append):
        staged = pair.staged()
        interrupted = staged is not None if context.check_mode else pair.recover()
        found = staged if staged is not None and context.check_mode else pair.read()
        if found.vaulted:  # a key that was put away safely stays so
            pair = replace(pair, encrypt_with_vault=True)
        reason = _reason(found, spec, options, context) or ("interrupted" if interrupted else None)
        if reason not in _NEW_CERTIFICATE or context.check_mode:
            if not context.check_mode:
                _repair(pair, found, reason)
            return _result(reason, found, spec, context)
    # Making a key may take a second: other hosts that keep their pairs in the same folder need not wait for it.
    made = _make(found, reason, spec, context)
    with pair.locked():
        pair.recover()
        found_now = pair.read()
        if not found_now.same_as(found):  # a host that shares the pair was faster: its new pair is as good
            _check_whole(found_now)
            return _result(None, found_now, spec, context)
        backups = _write(pair, made, reason, options["backup"])
    return _result(reason, found, spec, context, made, backups)


@dataclass(frozen=True)
class PairSpec:
    """What the options ask for. ``asked_key`` is None where they leave the kind of key open."""

    key: keys.KeyFacts
    asked_key: keys.KeyFacts | None
    subject: certificates.Subject
    valid_days: int
    padding: str

    @classmethod
    def of(cls, options: Options) -> PairSpec:
        """Read and check the options that say how a pair is made.

        Raises:
            OptionError: they contradict each other or NetSuite's rules.
        """
        certificates.check_days(options["valid_days"])
        key = keys.wanted_facts(options["key_type"], options["key_size"], options["curve"])
        asked = key if options["key_type"] or options["key_size"] or options["curve"] else None
        subject = certificates.Subject(**{name: options[name] for name in SUBJECT})
        return cls(key, asked, subject, options["valid_days"], options["signature_padding"])

    def make(
        self, now: datetime, key: keys.PrivateKey | None = None
    ) -> tuple[keys.PrivateKey, certificates.Certificate]:
        """A new pair, or a certificate for a key that is there already."""
        key = key or keys.generate(self.key.type, self.key.size, self.key.curve)
        return key, certificates.issue(
            key, self.subject, now=now, valid_days=self.valid_days, signature_padding=self.padding
        )

    def prediction(self, now: datetime, key: keys.PrivateKey | None = None) -> dict[str, Any]:
        """What is known of a pair, or of the certificate of a present key, before it is made."""
        start, end = certificates.validity(now, self.valid_days)
        kind = keys.facts(key) if key else self.key
        return {
            "key_type": kind.type,
            "key_size": kind.size,
            "curve": kind.curve,
            "subject": certificates.subject_text(self.subject),
            "not_before": iso(start),
            "not_after": iso(end),
            "days_left": whole_days(end - now),
        }


def _reason(found: PairOnDisk, spec: PairSpec, options: Options, context: Context) -> str | None:
    """Why something is to be done, as one word.

    Raises:
        KeyMaterialError: a usable pair is not what the options ask for; it is not replaced for that.
    """
    if options["force"] and (found.key or found.certificate):
        return "forced"
    if found.key is None and found.certificate is not None:
        raise KeyMaterialError(
            f"{options['certificate_path']} is there but its private key {options['private_key_path']} is not",
            "Restore the key, or set force to make a new pair; nothing was changed",
            cause="key_missing",
        )
    if found.key is not None and found.certificate is None:
        if rejection := keys.rejection_reason(keys.facts(found.key)):
            raise KeyMaterialError(
                f"The private key {options['private_key_path']} cannot be used: {rejection}",
                "Move it away, or set force to make a new pair",
                cause="unsupported_key",
            )
        if spec.asked_key and (actual := keys.facts(found.key)) != spec.asked_key:
            _refuse([f"the key is {actual}, the task asks for {spec.asked_key}"])
        return "certificate_missing"
    reason = renewal.renewal_reason(
        found.certificate, now=context.now(), renew_before_days=options["renew_before_days"]
    )
    if reason or found.certificate is None:
        return reason
    _refuse(renewal.differences(found.certificate, spec.asked_key, spec.subject))
    if rejection := keys.rejection_reason(certificates.public_key_facts(found.certificate)):
        context.warnings.append(
            f"NetSuite will refuse {options['certificate_path']}: {rejection}. Set force to make a new pair."
        )
    if (options["encrypt_with_vault"] and not found.vaulted) or (
        options["private_key_passphrase"] and not found.encrypted
    ):
        return "key_encryption"
    return "file_mode" if (found.key_mode or 0) & 0o077 else None


def _refuse(differences: list[str]) -> None:
    if differences:
        raise KeyMaterialError(
            f"The key pair still works and is not replaced just because options changed: {'; '.join(differences)}",
            "Revert the options, or set force to make a new pair, which works once it is mapped in NetSuite",
            cause="options_differ",
            differences=differences,
        )


def _repair(pair: PairFiles, found: PairOnDisk, reason: str | None) -> None:
    if reason == "key_encryption" and found.key is not None:
        pair.rewrite_key(found.key)
    elif reason == "file_mode":
        files.restrict(pair.key_path)


def _check_whole(found: PairOnDisk) -> None:
    if found.key is None or found.certificate is None:
        raise KeyMaterialError(
            "Another process changed the pair during this task", "Run it again", cause="changed_meanwhile"
        )


def _make(
    found: PairOnDisk, reason: str, spec: PairSpec, context: Context
) -> tuple[keys.PrivateKey, certificates.Certificate]:
    return spec.make(context.now(), found.key if reason == "certificate_missing" else None)


def _write(
    pair: PairFiles, made: tuple[keys.PrivateKey, certificates.Certificate], reason: str, backup: bool
) -> list[str]:
    key, certificate = made
    if reason == "certificate_missing":
        pair.add_certificate(certificate)
        return []
    return pair.replace(key, certificate, backup)


def _remove(pair: PairFiles, options: Options, context: Context) -> Result:
    paths = [path for path in (pair.key_path, pair.certificate_path) if files.mode_of(path) is not None]
    copies: list[str] = []
    if paths and not context.check_mode:
        with files.locked(paths[0]):  # the key's folder, as long as there is a key
            copies = pair.remove(options["backup"])
    return {
        "changed": bool(paths),
        "reason": "present" if paths else None,
        "backup_files": copies,
        "diff": {"before": {"paths": paths}, "after": {"paths": []}},
    }


def _result(
    reason: str | None,
    found: PairOnDisk,
    spec: PairSpec,
    context: Context,
    made: tuple[keys.PrivateKey, certificates.Certificate] | None = None,
    backups: Sequence[str] = (),
) -> Result:
    now = context.now()
    before = certificates.describe(found.certificate, now) if found.certificate else {}
    certificate = made[1] if made else found.certificate
    if reason in _NEW_CERTIFICATE and made is None:  # check mode: all but the id of the new certificate is known
        after = spec.prediction(now, found.key if reason == "certificate_missing" else None)
    else:
        after = certificates.describe(certificate, now) if certificate else {}
    result: Result = {"changed": reason is not None, "reason": reason, **after, "backup_files": list(backups)}
    if certificate is not None and not (reason in _NEW_CERTIFICATE and made is None):
        result["certificate"] = certificates.to_pem(certificate)
    result["diff"] = {"before": before, "after": {**after, **({"reason": reason} if reason else {})}}
    return result


OPERATION = Operation(
    run=run,
    options={
        "private_key_path": {"type": "path", "required": True, "no_log": False},
        "certificate_path": {"type": "path", "required": True},
        "private_key_passphrase": {"type": "str", "no_log": True},
        "encrypt_with_vault": {"type": "bool", "default": False},
        "vault_id": {"type": "str"},
        **NEW_PAIR_OPTIONS,
        "force": {"type": "bool", "default": False},
        "backup": {"type": "bool", "default": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    libraries=("cryptography", "PyYAML"),
)
