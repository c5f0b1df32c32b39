# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where one account stands at the end of a run, and what comes next.

``active``: its credentials get tokens. ``awaiting_upload``: a person has to upload a certificate. ``rotating``: a
rotation is under way and the next run continues it. ``failed``: something is wrong, and the next step says what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .diagnosis import registry
from .diagnosis.registry import causes_of
from .generations import ROTATION_REASONS
from .names import numbered
from .next_step import MAP, PROVE, RETIRE
from .text import capitalize_sentence

UPLOAD_PAGE = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
_UPLOAD_PATH = "/app/oauth2/clientcredentials/setup.nl"
# How NetSuite may say that a role lacks the permission for the certificate API, which is not documented.
_NOT_ALLOWED = frozenset({401, 403, 404})
# What a new certificate puts right; what an upload puts right; what was perhaps typed in wrong; and why an upload
# failed although its caller was let in, so that a person can do something about it.
_OUTLIVED, _UNMAPPED = causes_of(registry.OUTLIVED), causes_of(registry.UNMAPPED)
_SUSPICIONS, _UPLOAD_PROBLEMS = causes_of(registry.SUSPICION), causes_of(registry.UPLOAD)
# How many consumers a sentence names.
_SHOWN = 5


@dataclass(frozen=True)
class RunFacts:
    """All that a run has learnt about one account.

    Attributes:
        account: Its realm.
        label: Its host label.
        role: Internal id of the role to map to.
        entity: Internal id of the entity to map to.
        application: Name of the integration record, for the instruction.
        credentials: The credentials at the end, as account_credentials returns them; empty when there are none.
        check: Result of token_check on the active generation; empty when it was not made.
        steps: The steps of account_reconcile; empty when there was nothing for it to do.
        failure: Message of the task that failed, when one did.
        asked: Whether NetSuite was asked, where it could be.
        has_paths: Whether whoever reads the result gets at files of this machine.
        role_name: The role's name, where that is set or known.
        entity_name: The entity's.
    """

    account: str
    label: str
    role: str | None = None
    entity: str | None = None
    application: str | None = None
    credentials: Mapping[str, Any] = field(default_factory=dict)
    check: Mapping[str, Any] = field(default_factory=dict)
    steps: Sequence[Mapping[str, Any]] = ()
    failure: str | None = None
    asked: bool = True
    has_paths: bool = True
    role_name: str | None = None
    entity_name: str | None = None

    def step(self, name: str, certificate_id: str | None) -> Mapping[str, Any]:
        """What came of a step; empty when it was not taken."""
        found = (one for one in self.steps if (one["step"], one["certificate_id"]) == (name, certificate_id))
        return next(found, {})

    def done(self, name: str) -> Mapping[str, Any]:
        """The first step of this name that led to what was wanted; empty when there is none."""
        return next((one for one in self.steps if one["step"] == name and one["status"] in ("done", "ok")), {})


def account_status(facts: RunFacts) -> tuple[str, str]:
    """The status of an account, and the next step for a person."""
    pending = facts.credentials.get("pending")
    if facts.failure:
        return "failed", facts.failure
    mapped = facts.step(MAP, facts.credentials.get("certificate_id"))
    if mapped.get("status") == "failed" and not pending and not facts.check.get("valid"):
        return "failed", mapped["detail"]
    if not facts.asked and facts.credentials.get("source") not in (None, "none"):
        return _status_as_recorded(facts)
    if not facts.check:
        if facts.credentials.get("source") == "none" and not facts.credentials.get("reason"):
            return "failed", "There are no credentials for this account yet. Run the playbook onboard."
        return "awaiting_upload", instruction(facts, facts.credentials)
    if not facts.check.get("valid"):
        return _status_of_refusal(facts)
    if pending:
        outlook = f"The active certificate is valid until {facts.credentials.get('not_after')}."
        return _status_of_rotation(facts, pending, outlook)
    return "active", _status_of_active(facts)


def instruction(facts: RunFacts, generation: Mapping[str, Any]) -> str:
    """What a person has to do in NetSuite to have a certificate mapped."""
    application = (
        f"application {facts.application}"
        if facts.application
        else "as the application, the integration record with this Client ID"
    )
    path, certificate = facts.credentials.get("certificate_path"), generation.get("certificate")
    if path and facts.has_paths:
        file = f"{path}. "
    elif certificate:
        file = f"this certificate, as a file that ends in .pem:\n{certificate.strip()}\n"
    else:
        file = f"{path or 'the certificate (PEM) of these credentials'}. "
    shown = (
        f"NetSuite must then show the certificate id {generation['certificate_id']}. "
        if generation.get("certificate_id")
        else ""
    )
    return (
        f"In NetSuite account {facts.account}, as Administrator, open {UPLOAD_PAGE}"
        f" ({upload_page(facts.label)}), choose Create New, select {_whom(facts)}"
        f" and {application}, and upload {file}{shown}Then run this playbook again."
    )


def upload_page(label: str) -> str:
    """Address of the page on which a certificate of an account is uploaded.

    Args:
        label: The account's host label.
    """
    return f"https://{label}.app.netsuite.com{_UPLOAD_PATH}"


def _whom(facts: RunFacts) -> str:
    entity = in_words("entity", facts.entity, facts.entity_name) or "the entity to act for"
    role = in_words("role", facts.role, facts.role_name) or "the role to act with"
    return f"{entity}, {role}"


def in_words(kind: str, number: str | None, name: str | None) -> str | None:
    """A role or an entity, as a person finds it on NetSuite's pages; None where nothing is known of it."""
    if number:
        return f"the {kind} with internal id {numbered(number, name)}"
    return f"the {kind} {name}" if name else None


def _status_as_recorded(facts: RunFacts) -> tuple[str, str]:
    """Where an account stands as far as its credentials say so themselves."""
    credentials = facts.credentials
    if pending := credentials.get("pending"):
        return _status_of_rotation(facts, pending, f"The active certificate ends on {credentials.get('not_after')}.")
    if credentials.get("worked_before") is False:
        return "awaiting_upload", instruction(facts, credentials)
    if credentials.get("renewal_due") == "expired":
        return "failed", f"The certificate ended on {credentials.get('not_after')}. Run the playbook rotate."
    return "active", _status_of_active(facts)


def _status_of_refusal(facts: RunFacts) -> tuple[str, str]:
    diagnosis: Sequence[Mapping[str, Any]] = facts.check.get("diagnosis") or []
    if not diagnosis:
        return "failed", "The token check failed; see `checks` in its result."
    notes = [one for one in diagnosis if one["cause"] in _SUSPICIONS and one.get("basis") != "fact"]
    causes = [one for one in diagnosis if one not in notes]
    active, pending = facts.credentials.get("certificate_id"), facts.credentials.get("pending")
    mapped = facts.step(MAP, active)
    listed = mapped.get("status") in ("done", "ok")
    if listed:  # then a missing mapping is not the cause
        causes = [one for one in causes if one["cause"] not in _UNMAPPED]
    first = (causes or notes or diagnosis)[0]
    evidence = f"{capitalize_sentence(first['evidence'])}."
    if first["cause"] in _OUTLIVED and facts.credentials.get("reason") in ROTATION_REASONS and not pending:
        return "rotating", f"{evidence} Without check mode, this run makes a new certificate."
    if pending and first["cause"] in _OUTLIVED | _UNMAPPED:
        refused = f" It could not be mapped again: {mapped['detail']}" if mapped.get("status") == "failed" else ""
        return _status_of_rotation(facts, pending, f"{evidence}{refused}")
    if first["cause"] in _UNMAPPED and not listed:
        parts = [
            evidence if first["cause"] != "certificate_not_mapped" else "",
            instruction(facts, facts.credentials),
            *(f"Before that, note: {note['evidence']}." for note in notes),
        ]
        return "awaiting_upload", " ".join(part for part in parts if part)
    return "failed", f"{'NetSuite lists the certificate as mapped. ' if listed else ''}{evidence} {first['fix']}."


def _status_of_rotation(facts: RunFacts, pending: Mapping[str, Any], old: str) -> tuple[str, str]:
    """Where a rotation stands; ``old`` says what the active certificate is still good for."""
    upload, proof = facts.step(MAP, pending["certificate_id"]), facts.step(PROVE, pending["certificate_id"])
    if "planned" in (upload.get("status"), proof.get("status")):
        return "rotating", f"{old} Without check mode, this run continues with the new one."
    if not upload and not proof:  # this run only looks
        return "rotating", f"{old} A replacement has been created; run m2m.netsuite.onboard to continue the rotation."
    if upload.get("status") == "failed":
        forbidden = upload.get("cause") == "call_refused" and upload.get("http_status") in _NOT_ALLOWED
        if not forbidden and (facts.check.get("valid") or upload.get("cause") in _UPLOAD_PROBLEMS):
            return "rotating", f"{old} The new certificate could not be uploaded: {upload['detail']}"
    if upload.get("status") in ("done", "ok"):
        return "rotating", f"{old} The new certificate is mapped, but its token check failed: {proof.get('detail', '')}"
    return "awaiting_upload", f"{old} For the new one: {instruction(facts, pending)}"


def _status_of_active(facts: RunFacts) -> str:
    credentials = facts.credentials
    retiring = credentials.get("retiring") or []
    given_id = facts.done(MAP).get("certificate_id")
    if credentials.get("source") == "variables" and given_id not in (None, credentials.get("certificate_id")):
        return f"Set netsuite_account_certificate_id to {given_id}, the id under which NetSuite lists the certificate."
    problems = [unrevoked(facts, one) for one in retiring if one["due"]]
    problems += [_confirmation(facts, one) for one in retiring if is_unconfirmed(one)]
    if problems:
        return " ".join(problems)
    if credentials.get("renewal_due"):
        ends = f"The certificate ends on {credentials.get('not_after')}."
        if credentials.get("source") != "variables":
            return f"{ends} Run m2m.netsuite.onboard to renew it."
        return (
            f"{ends} It came in variables: replace them, or run the playbook rotate, which puts new credentials into"
            " the credential file."
        )
    if retiring:
        old, moment = retiring[0]["certificate_id"], retiring[0]["revoke_after"]
        return f"Nothing to do; the replaced certificate {old} is revoked from {moment} on."
    return "Nothing to do."


def unrevoked(facts: RunFacts, retiring: Mapping[str, Any]) -> str:
    """What stands in the way of revoking a replaced certificate that is due."""
    name = f"The replaced certificate {retiring['certificate_id']}"
    detail = facts.step(RETIRE, retiring["certificate_id"]).get("detail")
    if detail is None:
        return f"{name} was due for revocation on {retiring['revoke_after']}. Run m2m.netsuite.onboard to revoke it."
    return f"{name} was not revoked, and the next run will try again: {detail}"


def is_unconfirmed(retiring: Mapping[str, Any]) -> bool:
    """Whether a replaced certificate waits for a confirmation, and not just for its overlap."""
    return bool(retiring.get("waits_for")) and not retiring["revoke_after"]


def waits_in_words(retiring: Mapping[str, Any]) -> str:
    """What a replaced certificate waits for, and how long it can."""
    day, left = str(retiring["not_after"])[:10], retiring["days_left"]
    ends = (
        f"it ended on {day}"
        if retiring["over"]
        else f"it works until {day} ({left} day{'' if left == 1 else 's'} left)"
    )
    shown = [_consumer(one) for one in retiring["waits_for"]]
    more = [f"{len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []
    return f"waiting for {'; '.join([*shown[:_SHOWN], *more])}; {ends}"


def _consumer(consumer: Mapping[str, Any]) -> str:
    if consumer["reads_store"]:
        return f"{consumer['description']}, which reads the store by itself"
    told = f"told on {str(consumer['told_on'])[:10]}" if consumer["told_on"] else "not told yet"
    return f"{consumer['description']}, {told}"


def _confirmation(facts: RunFacts, retiring: Mapping[str, Any]) -> str:
    """What a person has to do before a replaced certificate can be revoked."""
    people = [one for one in retiring["waits_for"] if not one["reads_store"]]
    untold = any(not one["told_on"] for one in people)
    tell = "Run m2m.netsuite.handover, which writes down what to enter there. " if untold else ""
    stopped = " Until then, who still uses it gets no tokens." if retiring["over"] else ""
    return (
        f"The replaced certificate {retiring['certificate_id']} is {waits_in_words(retiring)}.{stopped} {tell}Run"
        f" m2m.netsuite.confirm once the new certificate {facts.credentials.get('certificate_id')} is used there."
    )
