# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What m2m.netsuite.account_credentials returns about credentials: everything but the keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ..core import certificates
from ..core.accounts import Account
from ..core.generations import ROTATION_REASONS, Credentials, Generation, Retiring
from ..core.renewal import due, due_from
from ..core.revocation import Consumer, Revocation
from ..core.timing import days, iso, later, parse_iso, whole_days
from ..services.credential_stores.store import Snapshot


def report(
    account: Account,
    snapshot: Snapshot,
    *,
    reason: str | None,
    now: datetime,
    renew_before_days: int,
    revocation: Revocation,
) -> dict[str, Any]:
    """The module's result, but for what only the store knows.

    Args:
        account: The account.
        snapshot: What the store holds.
        reason: Why something changed, or will change in check mode; None when nothing does.
        now: The time of the question.
        renew_before_days: From how many days before its end on a certificate is due.
        revocation: What a replaced certificate waits for.
    """
    credentials = snapshot.credentials
    active = _describe(credentials.active, now) if credentials else {}
    if snapshot.certificate_id:
        active["certificate_id"] = snapshot.certificate_id
    return {
        "changed": reason is not None,
        "reason": reason,
        "account": account.realm,
        "environment": account.environment,
        "source": snapshot.source,
        **active,
        **_renewal(active, now, renew_before_days),
        "pending": _describe(credentials.pending, now) if credentials and credentials.pending else None,
        "retiring": _retiring(credentials, now, revocation) if credentials else [],
        "known_certificates": _known_certificates(snapshot),
        "new": snapshot.is_absent or reason in ("missing", "certificate_missing"),
        **_progress(snapshot, reason, now, revocation),
        "diff": _diff(active, reason),
    }


def _known_certificates(snapshot: Snapshot) -> list[str]:
    """Ids of all certificates on record: in use, pending, and replaced but not revoked."""
    found = [one.certificate_id for one in snapshot.credentials.holders()] if snapshot.credentials else []
    if snapshot.certificate_id and snapshot.certificate_id not in found:
        found.append(snapshot.certificate_id)
    return found


def _renewal(active: dict[str, Any], now: datetime, renew_before_days: int) -> dict[str, str | None]:
    """From when on the active certificate is due, and whether it is."""
    if "not_after" not in active:
        return {"renew_from": None, "renewal_due": None}
    start, end = parse_iso(active["not_before"]), parse_iso(active["not_after"])
    return {
        "renew_from": iso(due_from(end, start=start, renew_before_days=renew_before_days)),
        "renewal_due": due(end, start=start, now=now, renew_before_days=renew_before_days),
    }


def _progress(snapshot: Snapshot, reason: str | None, now: datetime, revocation: Revocation) -> dict[str, bool | None]:
    """What the role's conditions ask for, worked out here because a template would cost more."""
    credentials = snapshot.credentials
    unfinished = reason in ROTATION_REASONS
    if credentials is not None and snapshot.is_kept:
        due_for_revocation = any(revocation.is_due(credentials, one, now) for one in credentials.retiring)
        unfinished = unfinished or credentials.pending is not None or due_for_revocation
    proven = bool(credentials and credentials.active.proven)
    noted = proven or snapshot.is_kept  # a pair in variables comes without a note
    return {
        "unfinished": unfinished,
        "worked_before": proven if noted else None,
        "once_active": proven if noted else None,
        "settled": proven or (snapshot.source == "variables" and not snapshot.is_kept),
    }


def _describe(generation: Generation, now: datetime) -> dict[str, Any]:
    return {
        **certificates.describe(read_present(generation), now),
        "certificate_id": generation.certificate_id,
        "certificate": generation.certificate,
        "generation": generation.number,
        "proven": generation.proven,
    }


def read_present(generation: Generation) -> certificates.Certificate:
    """The certificate of a generation."""
    return certificates.parse(generation.certificate, where=f"generation {generation.number} of the credential file")


def _retiring(credentials: Credentials, now: datetime, revocation: Revocation) -> list[dict[str, Any]]:
    return [_describe_retiring(credentials, one, now, revocation) for one in credentials.retiring]


def _describe_retiring(
    credentials: Credentials, retiring: Retiring, now: datetime, revocation: Revocation
) -> dict[str, Any]:
    due_from = revocation.due_from(credentials, retiring)
    waits_for = revocation.waits_for(credentials, retiring, now)
    is_due, is_over = revocation.is_due(credentials, retiring, now), retiring.is_over(now)
    # A confirmation may come at any time, so the next run has as long as the overlap to follow it.
    grace = days(revocation.overlap_days) if revocation.consumers else timedelta()
    return {
        "certificate_id": retiring.certificate_id,
        "not_after": retiring.not_after,
        "days_left": whole_days(parse_iso(retiring.not_after) - now),
        "replaced": retiring.replaced,
        "revoke_after": iso(due_from) if due_from else None,
        "due": is_due,
        "over": is_over,
        "overdue": is_due and not is_over and due_from is not None and later(due_from, grace) <= now,
        "waits_for": [_describe_consumer(credentials, one) for one in waits_for],
        "last_call": revocation.is_last_call(credentials, retiring, now),
    }


def _describe_consumer(credentials: Credentials, consumer: Consumer) -> dict[str, Any]:
    """A consumer, and when it was told to use the active certificate."""
    note = credentials.note_of(consumer.name)
    is_told = note.told == credentials.active.certificate_id
    return {
        "name": consumer.name,
        "description": consumer.words,
        "told_on": note.told_on if is_told else None,
        "reads_store": consumer.reads_store,
    }


def _diff(active: dict[str, Any], reason: str | None) -> dict[str, Any]:
    shown = {name: active[name] for name in ("generation", "certificate_id", "not_after") if name in active}
    return {"before": shown if reason is None else {}, "after": {**shown, **({"reason": reason} if reason else {})}}
