# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_consumers."""

from __future__ import annotations

from typing import Any

from ..core.accounts import parse_account
from ..core.errors import OptionError
from ..core.generations import Credentials
from ..core.revocation import EVERYBODY, WHEN_CONFIRMED, Consumer
from . import account_credentials
from .account_credentials import CredentialManager
from .operation import Context, Operation, Options, Result
from .option_groups import CONSUMERS, KEPT, ROLE_VARIABLES


def run(options: Options, context: Context) -> Result:
    """Note what consumers were told, or what they are confirmed to use."""
    manager = CredentialManager(parse_account(options["account_id"]), options, context)
    chosen, now = _chosen(options, manager.consumers), context.now()
    snapshot = manager.load()
    if not snapshot.is_kept or snapshot.credentials is None:
        return _without_notes(options, context, manager, chosen, snapshot.credentials)
    is_told = options["state"] == "told"
    names = [one.name for one in chosen if not (is_told and one.reads_store)]

    def change(old: Credentials) -> Credentials:
        return old.told(names, now) if is_told else old.confirmed(names, now)

    before, after = snapshot.credentials, change(snapshot.credentials)
    active = after.active.certificate_id
    if not is_told:
        untold = [one.words for one in chosen if not one.reads_store and before.note_of(one.name).told != active]
        if untold and after != before:
            context.warnings.append(
                f"No hand-over sheet with the certificate {active} was written for {'; '.join(untold)}. That it is used"
                " there is noted all the same."
            )
    if after != before and not context.check_mode:
        after = manager.change(change)
    return _result(manager, chosen, before, after)


def _chosen(options: Options, consumers: tuple[Consumer, ...]) -> list[Consumer]:
    """The consumers that the task is about.

    Raises:
        OptionError: a name is none of theirs.
    """
    known = consumers or ((EVERYBODY,) if options["revoke"] == WHEN_CONFIRMED else ())
    names = {one.name for one in known}
    if unknown := sorted(set(options["names"]) - names):
        raise OptionError(
            f"No consumer of this account is called {', '.join(unknown)}",
            f"Use one of these names: {', '.join(sorted(names))}"
            if names
            else "Name the consumers in patchworks_handover_instances or netsuite_account_consumers",
            cause="unknown_consumer",
        )
    return [one for one in known if one.name in options["names"] or not options["names"]]


def _without_notes(
    options: Options,
    context: Context,
    manager: CredentialManager,
    chosen: list[Consumer],
    credentials: Credentials | None,
) -> Result:
    """The result for credentials that have no place for notes: a confirmation would be lost, so it is refused.

    Raises:
        OptionError: something was to be confirmed. For a pair in variables that has replaced none, that is nothing.
    """
    if chosen and options["state"] == "confirmed" and (credentials is None or credentials.retiring):
        raise OptionError(
            "This account has no credential file or secret here in which the confirmation could be recorded",
            "Run this where the credentials are kept, after the playbook onboard",
            cause="credentials_missing",
        )
    if chosen and credentials is not None and credentials.retiring:
        context.warnings.append("The credentials are in variables, so it is not noted that the hand-over took place.")
    return _result(manager, chosen, credentials, credentials)


def _result(
    manager: CredentialManager, chosen: list[Consumer], before: Credentials | None, after: Credentials | None
) -> Result:
    old, new = _described(chosen, before), _described(chosen, after)
    return {
        "changed": old != new,
        "account": manager.account.realm,
        "certificate_id": after.active.certificate_id if after else None,
        "consumers": new,
        "credential_document": manager.store.document,
        "diff": {"before": {"consumers": old}, "after": {"consumers": new}},
    }


def _described(chosen: list[Consumer], credentials: Credentials | None) -> list[dict[str, Any]]:
    notes = [vars(credentials.note_of(one.name)) if credentials else {} for one in chosen]
    return [
        {"name": one.name, "description": one.words, "reads_store": one.reads_store}
        | {name: note.get(name) for name in ("told", "told_on", "uses", "confirmed_on")}
        for one, note in zip(chosen, notes, strict=True)
    ]


OPERATION = Operation(
    run=run,
    options={
        **ROLE_VARIABLES,
        "account_id": {"type": "str", "required": True},
        **KEPT,
        **CONSUMERS,
        **{name: account_credentials.OPERATION.options[name] for name in ("file_is_remote", "overlap_days")},
        "names": {"type": "list", "elements": "str", "default": []},
        "state": {"type": "str", "choices": ["told", "confirmed"], "required": True},
    },
    libraries=("cryptography", "PyYAML"),
    keeps_credentials=True,
)
