# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due, and what stands in the way of keeping it."""

from __future__ import annotations

from datetime import datetime, timedelta

from . import certificates, keys
from .timing import days, later

# Three times the default of renew_before_days. What lives longer is renewed as many days before its end as asked for.
SHORT_LIFE = timedelta(days=90)


def renewal_reason(
    certificate: certificates.Certificate | None, *, now: datetime, renew_before_days: int
) -> str | None:
    """Why a new certificate is due, as one word; None when it is not.

    Args:
        certificate: The present one, or None.
        now: The time of the question.
        renew_before_days: Days before its end from which on a certificate is due.

    Returns:
        ``missing``, ``expired``, ``expires_soon`` or None.
    """
    if certificate is None:
        return "missing"
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return due(end, start=start, now=now, renew_before_days=renew_before_days)


def due(end: datetime, *, start: datetime | None, now: datetime, renew_before_days: int) -> str | None:
    """Why a certificate is to be replaced: ``expired``, ``expires_soon`` or None.

    One that was short-lived from the start, such as the 30 days of Oracle's own command, would be due as soon as it is
    made: it is due when less than a third of its life is left, too.

    Args:
        end: Its end.
        start: Its beginning, where that is known.
        now: The time of the question.
        renew_before_days: Days before its end from which on it is due.
    """
    if end <= now:
        return "expired"
    return "expires_soon" if end - now <= _notice(end, start, renew_before_days) else None


def due_from(end: datetime, *, start: datetime | None, renew_before_days: int) -> datetime:
    """From when on a certificate is due; the parameters are those of ``due``."""
    return later(end, -_notice(end, start, renew_before_days))


def _notice(end: datetime, start: datetime | None, renew_before_days: int) -> timedelta:
    notice = days(renew_before_days)
    return min(notice, (end - start) / 3) if start and end - start <= SHORT_LIFE else notice


def differences(
    certificate: certificates.Certificate, wanted_key: keys.KeyFacts | None, subject: certificates.Subject
) -> list[str]:
    """What a present pair lacks of what the options ask for, as sentences. They are not a reason to replace it.

    Args:
        certificate: The present certificate.
        wanted_key: The kind of key asked for; None when the options leave it open.
        subject: The subject asked for.
    """
    found = []
    actual = certificates.public_key_facts(certificate)
    if wanted_key and actual != wanted_key:
        found.append(f"the key is {actual}, the task asks for {wanted_key}")
    return found + certificates.subject_differences(certificate, subject)
