# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.handover_sheet."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass, field
from typing import Any

from ..core import certificates, keys
from ..core.accounts import parse_account
from ..core.assertions import check_client_id, check_scope
from ..core.errors import KeyMaterialError, OptionError
from ..core.handover import sheet
from ..core.handover.facts import HandoverContext, facts
from ..core.timing import iso
from ..services import files, handover_templates, pages
from ..services.credential_stores.choose import names_store
from ..services.oauth_client import read_certificate, read_pair
from .operation import Context, Operation, Options, Result
from .option_groups import CLIENT, ROLE_VARIABLES, STORE

# Part of a file name: no separator of folders, no control character, and not dots alone.
_NAME = re.compile(r"(?!\.+$)[^/\\\x00-\x1f\x7f]+")
_MADE_BY = "Made by the Ansible collection m2m.netsuite from the inventory. It holds no private key."
_CREDENTIALS = (
    "private_key_content",
    "private_key_passphrase",
    "certificate_content",
    "certificate_id",
    "credentials_path",
    "credentials_content",
)


def run(options: Options, context: Context) -> Result:
    """Write the sheets of one account, where their content is new."""
    templates = {name: handover_templates.load(name, options["template_folders"]) for name in options["consumers"]}
    handover = _handover_context(options, context)
    known = facts(handover)
    folder = OutputFolder(options["dest"], context.check_mode)
    problems: list[dict[str, str]] = []
    for consumer, (path, document) in templates.items():
        filled = sheet.fill(document, known, where=f"The template {path}")
        problems += [{"consumer": consumer, "problem": sheet.plain(entry["text"])} for entry in filled["problems"]]
        for form in options["formats"]:
            page = pages.render(f"sheet.{form}.j2", **known, sheet=filled, made_by=_MADE_BY)
            folder.add(f"{handover.host}-{consumer}.{form}", page, shown=form == "md")
    for path in options["attachments"]:
        folder.add(os.path.basename(path), files.read_required(path, what="The attachment"))
    folder.add(handover.key_file, _private_key(options, context) if options["reveal_key"] else None)
    if options["reveal_key"]:
        context.warnings.append(
            f"The private key lies unencrypted in {folder.path(handover.key_file)}. Enter it where it is needed, then"
            " run this again without reveal_key to remove it."
        )
    folder.write()
    context.warnings += [f"{entry['consumer']}: {entry['problem']}" for entry in problems]
    return {
        "changed": bool(folder.changes),
        "files": [folder.path(name) for name, text in folder.wanted.items() if text is not None],
        "changed_files": [folder.path(name) for name in folder.changes],
        "accepted": known["is_accepted"],
        "problems": problems,
        "diff": [_without(diff, handover.client_id) for diff in folder.diffs],
    }


def _handover_context(options: Options, context: Context) -> HandoverContext:
    account = parse_account(options["account_id"])
    name = options["name"] or account.label
    if not _NAME.fullmatch(name):
        raise OptionError(
            f"name {name!r} cannot be part of a file name",
            "Use a name without slashes or control characters that does not consist of dots alone",
            cause="bad_name",
        )
    client_id = options["client_id"] or ""
    check_client_id(client_id)
    certificate_id, key, not_after = _certificate(options, context)
    if reason := keys.rejection_reason(key):
        raise KeyMaterialError(
            f"These credentials cannot be handed over: {reason}",
            "Make a new pair with the playbook rotate",
            cause="unsupported_key",
        )
    return HandoverContext(
        host=name,
        account=account,
        client_id=client_id,
        certificate_id=certificate_id,
        key=key,
        not_after=not_after,
        scope=check_scope(options["scope"]),
        options=options,
    )


def _certificate(options: Options, context: Context) -> tuple[str, keys.KeyFacts, str | None]:
    """Id, kind of key and end of the certificate; without a certificate, the given id and the kind of the key.

    Raises:
        OptionError: neither is given, or one of them is missing.
        KeyMaterialError: one of them cannot be read.
    """
    if names_store(options) or options["certificate_content"] or not options["certificate_id"]:
        certificate = read_certificate(_client(options), context.vault)
        certificate_id = options["certificate_id"] or certificates.certificate_id(certificate)
        return certificate_id, certificates.public_key_facts(certificate), iso(certificate.not_valid_after_utc)
    return options["certificate_id"], keys.facts(read_pair(_client(options), context.vault).key), None


def _client(options: Options) -> dict[str, Any]:
    """The options that lead to key and certificate, for the service that reads them."""
    given = {name: options[name] for name in ("account_id", *_CREDENTIALS, *STORE)}
    return {**dict.fromkeys(CLIENT), "generation": "active", **given}


def _private_key(options: Options, context: Context) -> str:
    """The private key as the file auth-key.pem has it: PKCS#8, unencrypted.

    Raises:
        KeyMaterialError: it cannot be read, or belongs to another certificate.
        OptionError: none is given.
    """
    pair = read_pair(_client(options), context.vault)
    if pair.certificate is not None and not certificates.matches(pair.certificate, pair.key):
        raise KeyMaterialError(
            "The private key does not belong to the certificate",
            "Use a key and certificate that were created together",
            cause="key_mismatch",
        )
    return keys.to_pem(pair.key)


def _without(diff: dict[str, str], client_id: str) -> dict[str, str]:
    """A diff with client ids, new and old, cut short: inventories keep them in the vault."""

    def shortened(found: re.Match[str]) -> str:
        return f"(client id {found[0][:4]}...)"

    client_ids = re.compile(rf"{re.escape(client_id)}|\b[0-9A-Fa-f]{{64}}\b")
    return {name: client_ids.sub(shortened, text) for name, text in diff.items()}


@dataclass
class OutputFolder:
    """The folder of the sheets: the files that belong there, and the changes that this takes."""

    folder: str
    check_mode: bool
    wanted: dict[str, str | None] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)
    changes: list[str] = field(default_factory=list)
    diffs: list[dict[str, str]] = field(default_factory=list)

    def path(self, name: str) -> str:
        """The path of a file in it."""
        return os.path.join(self.folder, name)

    def add(self, name: str, text: str | None, *, shown: bool = False) -> None:
        """Add a file with its content, or with None to remove it; ``shown`` says whether diffs show it."""
        self.wanted[name] = text
        if shown:
            self.shown.add(name)

    def write(self) -> None:
        """Write and remove the files that differ; in check mode, only record the changes."""
        if self.check_mode:
            self._write()
            return
        files.make_folder(self.folder, 0o700)
        with files.locked(self.path("x")):
            self._write()

    def _write(self) -> None:
        for name, text in self.wanted.items():
            path = self.path(name)
            before = files.read_text(path, what="The file")
            if before == text and not (files.mode_of(path) or 0) & 0o077:
                continue
            self._note(name, before, text)
            if not self.check_mode:
                files.remove(path) if text is None else files.write(path, text, files.PRIVATE)

    def _note(self, name: str, before: str | None, after: str | None) -> None:
        """Record a change; for a file that diffs do not show, only whether it exists."""
        self.changes.append(name)
        if name not in self.shown:
            before = "absent\n" if before is None else "(its content is not shown)\n"
            after = "absent\n" if after is None else "(its new content is not shown)\n"
        path = self.path(name)
        self.diffs.append({"before_header": path, "after_header": path, "before": before or "", "after": after or ""})


OPERATION = Operation(
    run=run,
    options={
        **ROLE_VARIABLES,
        "account_id": {"type": "str", "required": True},
        **{name: CLIENT[name] for name in ("client_id", *_CREDENTIALS, *STORE, "scope")},
        **{name: {"type": "str"} for name in ("role", "entity", "suitetalk_url", "company", "name")},
        "account_result": {"type": "dict"},
        "script": {"type": "dict"},
        "private_key_variable": {"type": "str", "no_log": False},
        "instances": {"type": "list", "elements": "str", "default": []},
        "dest": {"type": "path", "required": True},
        "consumers": {"type": "list", "elements": "str", "default": ["patchworks"]},
        "template_folders": {"type": "list", "elements": "path", "required": True},
        "attachments": {"type": "list", "elements": "path", "default": []},
        "formats": {"type": "list", "elements": "str", "choices": ["html", "md"], "default": ["html", "md"]},
        "reveal_key": {"type": "bool", "default": False, "no_log": False},
    },
    libraries=("cryptography", "PyYAML"),
    controller_only=True,
    preload=pages.preload,
    mutually_exclusive=(
        ("private_key_content", "credentials_path", "credentials_content"),
        ("certificate_content", "credentials_path", "credentials_content"),
    ),
)
