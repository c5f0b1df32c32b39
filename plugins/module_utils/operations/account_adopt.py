# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_adopt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..core import certificates, foreign_pairs, keys
from ..core.accounts import check_environment, parse_account
from ..core.errors import KeyMaterialError, OptionError
from ..core.foreign_pairs import Material
from ..core.generations import Credentials, Generation
from ..core.libraries import CLIENT_LIBRARIES
from ..core.text import capitalize_sentence
from ..core.timing import iso
from ..services import files
from ..services.credential_stores.store import Snapshot, StoreConflictError
from ..services.oauth_client import open_http_client, pair_of
from ..services.vault import VAULT_HEADER, decrypt_envelope
from . import account_credentials, token_check
from .account_credentials import CredentialManager
from .certificate import NEW_PAIR_OPTIONS
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, HTTP
from .token_check import TokenCheck, judge

_WHERE = "the pair to adopt"


def run(options: Options, context: Context) -> Result:
    """Take over a pair that NetSuite knows already, once it has got a token."""
    account = parse_account(options["account_id"])
    check_environment(account, options["environment"])
    manager = CredentialManager(account, options, context)
    if not context.check_mode:
        manager.store.prepare()
    snapshot = manager.load()
    given = _given(snapshot, options, context)
    kept = _kept(snapshot, given)
    if kept is None:
        manager.check_can_keep(snapshot)
    checking = _checked(kept or given, options, context)
    result = checking.result()
    reason = None
    if kept is None:
        found = Credentials(account.realm, given)
        if checking.is_valid:
            reason, found = "adopted", found.proven(context.now())
        may_save = checking.is_valid and not context.check_mode
        snapshot = _save(manager, snapshot, found) if may_save else replace(snapshot, credentials=found)
    credentials = manager.report(snapshot, reason)
    shown = {
        "changed": reason is not None,
        "reason": reason,
        "account": account.realm,
        "credentials": credentials,
        "token_check": result,
        "credential_document": credentials["credential_document"],
        "diff": credentials.pop("diff"),
    }
    return judge(shown, checking) if options["fail_on_invalid"] else shown


def _given(snapshot: Snapshot, options: Options, context: Context) -> Generation:
    """The pair that is given; where none is, the one that is there.

    Raises:
        OptionError: there is none.
        KeyMaterialError: it cannot be read, or the key and the certificate do not belong together.
        VaultError: an envelope cannot be decrypted.
    """
    material = list(_material(options, context))
    if not material:
        if snapshot.credentials is not None:
            return snapshot.credentials.active
        raise OptionError(
            "No pair is given",
            "Name its files in netsuite_adopt_files, or set netsuite_account_private_key and"
            " netsuite_account_certificate",
            cause="private_key_missing",
        )
    passphrase = options["passphrase"] or options["private_key_passphrase"]
    key, certificate = foreign_pairs.read(material, passphrase, options["certificate_id"])
    return Generation(
        number=1,
        certificate_id=options["certificate_id"] or certificates.certificate_id(certificate),
        certificate=certificates.to_pem(certificate),
        not_after=iso(certificate.not_valid_after_utc),
        created=iso(context.now()),
        private_key=keys.to_pem(key, options["private_key_passphrase"]),
    )


def _material(options: Options, context: Context) -> Iterator[Material]:
    """Files, or else variables, opened where Ansible Vault encrypts them."""
    for path in options["files"]:
        data = files.read_required_bytes(path, what="The file to adopt")
        if data.lstrip().startswith(VAULT_HEADER.encode()):
            data = decrypt_envelope(data.decode("ascii", "replace"), context.vault, path).encode()
        yield Material(data, path)
    if options["files"]:
        return
    for name in ("private_key_content", "certificate_content"):
        if text := options[name]:
            yield Material(decrypt_envelope(text, context.vault, name).encode(), name)


def _kept(snapshot: Snapshot, given: Generation) -> Generation | None:
    """The given pair as the store holds it; None where the store holds nothing.

    Raises:
        KeyMaterialError: it holds another pair, which is not replaced.
    """
    if not snapshot.is_kept or snapshot.credentials is None:
        return None
    known = snapshot.credentials.active
    if given.certificate == known.certificate:
        return known
    raise KeyMaterialError(
        f"{capitalize_sentence(snapshot.where)} holds the certificate {known.certificate_id} already, so"
        f" {given.certificate_id} is not adopted",
        "Use the playbook rotate to replace a pair, or move what is there away to start again with the other one",
        cause="already_kept",
    )


def _checked(generation: Generation, options: Options, context: Context) -> TokenCheck:
    """The pair, checked with a token of its own."""
    asking: dict[str, Any] = {
        **{name: spec.get("default") for name, spec in token_check.OPERATION.options.items()},
        **{name: options[name] for name in (*ACCOUNT, *HTTP, *_ASKING)},
    }
    pair = pair_of(generation, options, context.vault, _WHERE)
    with open_http_client(options, context.clock, context.sleep) as http_client:
        checking = TokenCheck(asking, context, http_client, pair)
        checking.run()
    return checking


def _save(manager: CredentialManager, snapshot: Snapshot, adopted: Credentials) -> Snapshot:
    """Put the pair into the store."""
    try:
        return manager.store.save(adopted, snapshot.version)
    except StoreConflictError:
        found = manager.load()
        _kept(found, adopted.active)  # of another run, a moment ago
        return found


# What concerns certificates that are made.
_OF_MAKING = (*NEW_PAIR_OPTIONS, "rotate", "state", "compare_clock", "fail_on_refusal")
_ASKING = (
    *("client_id", "algorithm", "scope", "assertion_lifetime", "audience", "extra_claims", "checks", "expected_role"),
    *(
        "expected_entity",
        "expected_role_name",
        "expected_entity_name",
        "bootstrap_token",
        "certificates_url",
        "diagnose",
        "fail_on_invalid",
    ),
)

OPERATION = Operation(
    run=run,
    options={
        **{name: spec for name, spec in account_credentials.OPERATION.options.items() if name not in _OF_MAKING},
        **{name: token_check.OPERATION.options[name] for name in _ASKING},
        "files": {"type": "list", "elements": "path", "default": []},
        "passphrase": {"type": "str", "no_log": True},
        "renew_before_days": NEW_PAIR_OPTIONS["renew_before_days"],
    },
    libraries=CLIENT_LIBRARIES,
    keeps_credentials=True,
)
