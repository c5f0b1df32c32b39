# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.collect_credentials."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.errors import KeyMaterialError, M2MError, OptionError
from ..core.generations import Credentials
from ..core.lineage import Age, age, newest
from ..core.places import credential_file
from ..services.credential_stores.file import FileSnapshot, FileStore, certificate_file, check_shadowing
from ..services.credential_stores.store import StoreConflictError
from ..services.job_events import read_documents
from ..services.key_encryption import KeyEncryption
from .operation import Context, Operation, Options, Result

_COLLECTED, _KEPT, _REFUSED = "collected", "kept", "refused"


@dataclass(frozen=True)
class Outcome:
    """What became of one host's documents.

    Attributes:
        host: Which host.
        path: Its credential file.
        before: What it held.
        after: What it holds now, or would hold outside check mode.
        error: Why nothing was written, where something should have been.
    """

    host: str
    path: str | None
    before: Credentials | None = None
    after: Credentials | None = None
    error: M2MError | None = None

    @property
    def status(self) -> str:
        """What was done."""
        if self.error:
            return _REFUSED
        return _KEPT if self.before == self.after else _COLLECTED

    def facts(self) -> dict[str, Any]:
        """What the result shows."""
        active = self.after.active if self.after else None
        return {
            "host": self.host,
            "path": self.path,
            "status": self.status,
            "generation": active.number if active else None,
            "certificate_id": active.certificate_id if active else None,
            "detail": str(self.error) if self.error else None,
            "cause": self.error.cause if self.error else None,
        }


def run(options: Options, context: Context) -> Result:
    """Bring documents into the credential files that they are of."""
    documents = {host: [text] for host, text in (options["documents"] or {}).items()}
    if options["artifacts"]:
        for host, texts in read_documents(options["artifacts"]).items():
            documents[host] = [*texts, *documents.get(host, [])]
    left_out = set(documents) & set(options["other_hosts"]) - set(options["hosts"])
    outcomes = [
        _collect(host, texts, options, context) for host, texts in sorted(documents.items()) if host not in left_out
    ]
    return _result(outcomes, sorted(left_out))


def _result(outcomes: Sequence[Outcome], left_out: list[str]) -> Result:
    written = [one for one in outcomes if one.status == _COLLECTED]
    refused = [one for one in outcomes if one.error]
    files = [path for one in outcomes if one.path and not one.error for path in (one.path, certificate_file(one.path))]
    result: Result = {
        "changed": bool(written),
        "hosts": [one.facts() for one in outcomes],
        "files": files,
        "left_out": left_out,
        "diff": _diff(written),
    }
    if refused:
        said = " ".join(f"{one.host}: {one.error}" for one in refused)
        msg = f"Of {len(outcomes)} hosts' credentials, those of {len(refused)} were not collected. {said}"
        first = refused[0].error
        result.update(failed=True, msg=msg, cause=first.cause if first else None, fix=first.fix if first else None)
    return result


def _diff(outcomes: Sequence[Outcome]) -> dict[str, str]:
    def text(state: Callable[[Outcome], Credentials | None]) -> str:
        return "".join(f"{one.host}: {_described(found)}\n" for one in outcomes if (found := state(one)))

    return {"before": text(lambda one: one.before), "after": text(lambda one: one.after)}


def _described(credentials: Credentials) -> str:
    """What of credentials may be shown, in one line."""
    parts = [f"generation {credentials.active.number}, {credentials.active.certificate_id}"]
    parts += [f"pending {credentials.pending.certificate_id}"] if credentials.pending else []
    parts += [f"retiring {one.certificate_id}" for one in credentials.retiring]
    return "; ".join(parts)


def _collect(host: str, texts: Sequence[str], options: Options, context: Context) -> Outcome:
    """One host. What is wrong with it does not stop the others."""
    path = None
    try:
        if host not in options["hosts"]:
            raise OptionError(
                "This inventory has no such host",
                "Give the inventory with which these credentials were made, or put them into its host_vars by hand",
                cause="no_such_host",
            )
        path = credential_file(options["folder"] or options["hosts"][host], host)
        return _bring(host, texts, path, context)
    except M2MError as error:
        return Outcome(host, path, error=error)


def _bring(host: str, texts: Sequence[str], path: str, context: Context) -> Outcome:
    """Write the newest of a host's documents, unless the file holds it already.

    Raises:
        M2MError: the file holds something newer or something else, or a document is none.
    """
    found = [_read(text, path, context) for text in texts]
    brought = newest(one.credentials for one in found if one.credentials)
    if brought is None:
        raise _conflict("Two runs have made different credentials for this account", "the artifacts folder of one run")
    sealed = next(one for one in found if one.credentials == brought)
    store = _store(path, context, sealed)
    check_shadowing(path, before_writing=True)
    while True:
        snapshot = store.load()
        kept = snapshot.credentials
        if kept is not None and not _is_later(brought, kept, store.describe()):
            return Outcome(host, path, kept, kept)
        if context.check_mode:
            return Outcome(host, path, kept, brought)
        try:
            return Outcome(host, path, kept, store.save(brought, snapshot.version).credentials)
        except StoreConflictError:
            continue  # a run has taken a step meanwhile: compare with what it has written


def _is_later(brought: Credentials, kept: Credentials, where: str) -> bool:
    """Whether credentials are to take the place of those in the file.

    Raises:
        KeyMaterialError: they are others, or of a generation that has been replaced.
    """
    if brought.account != kept.account:
        raise KeyMaterialError(
            f"These credentials belong to account {brought.account}, and {where} to {kept.account}",
            "Give the inventory with which they were made, or move the file away",
            cause="wrong_account",
        )
    relation = age(brought, kept)
    if relation is Age.OLDER_GENERATION:
        raise KeyMaterialError(
            f"These credentials are of generation {brought.active.number}, and {where} holds {kept.active.number}"
            " already",
            "Nothing is lost; remove the old artifacts, or give those of the last run",
            cause="older_generation",
        )
    if relation is Age.CONFLICT:
        raise _conflict(
            f"These credentials (certificate {_newest_id(brought)}) and those in {where} (certificate"
            f" {_newest_id(kept)}) come from two runs that did not know of each other",
            "only those to keep",
        )
    return relation is Age.LATER


def _conflict(problem: str, what: str) -> KeyMaterialError:
    fix = (
        f"Give {what}, with the credential file moved away where it is the one to drop; then revoke the other"
        " certificate in NetSuite. Collect after each run, before the next one"
    )
    return KeyMaterialError(problem, fix, cause="conflicting_generations")


def _newest_id(credentials: Credentials) -> str:
    return (credentials.pending or credentials.active).certificate_id


def _read(text: str, path: str, context: Context) -> FileSnapshot:
    """A document that came from elsewhere.

    Raises:
        KeyMaterialError: it is none, or would be more than data in an inventory.
    """
    found = _store(path, context).parse(text, "This credential document")
    holders = [*found.credentials.holders(), *found.credentials.consumers] if found.credentials else []
    if any("{" in str(value) for one in holders for value in vars(one).values()):  # Ansible would evaluate it
        raise KeyMaterialError(
            "This credential document contains a template",
            "Do not use it; look where it came from",
            cause="foreign_file",
        )
    return found


def _store(path: str, context: Context, sealed: FileSnapshot | None = None) -> FileStore:
    """The credential file; a new one is encrypted as the document was that it is made of."""
    whole = sealed is not None and sealed.whole
    vault_id = sealed.vault_id if sealed and whole else None
    warn = context.warnings.append
    return FileStore(path, KeyEncryption(context.vault, vault_id, encrypts_file=whole, warn=warn), warn)


OPERATION = Operation(
    run=run,
    options={
        "artifacts": {"type": "path"},
        "documents": {"type": "dict", "no_log": False},
        "hosts": {"type": "dict", "default": {}},
        "folder": {"type": "path"},
        "other_hosts": {"type": "list", "elements": "str", "default": []},
    },
    libraries=("cryptography", "PyYAML"),
    controller_only=True,
    required_one_of=[["artifacts", "documents"]],
)
