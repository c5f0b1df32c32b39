# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a certificate is due, and what stands in the way of keeping it."""

from __future__ import annotations

from datetime import datetime

from . import certificates, keys
from .timing import days


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
    return (
        "missing"
        if certificate is None
        else due(certificate.not_valid_after_utc, now=now, renew_before_days=renew_before_days)
    )


def due(end: datetime, *, now: datetime, renew_before_days: int) -> str | None:
    """Why something that ends at ``end`` is to be replaced: ``expired``, ``expires_soon`` or None."""
    if end <= now:
        return "expired"
    return "expires_soon" if end - now <= days(renew_before_days) else None


def differences(
    certificate: certificates.Certificate, wanted_key: keys.KeyFacts | None, subject: certificates.Subject
) -> list[str]:
    """What a present pair lacks of what the options ask for, as sentences. They are no reason to replace it.

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
