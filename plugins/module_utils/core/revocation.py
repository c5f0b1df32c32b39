# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a replaced certificate is revoked: after an overlap, or once everybody who uses it uses its replacement.

NetSuite does not say who uses which certificate: its list of certificates has no last use, and its Login Audit Trail
names the application of a login but not the certificate. So a person confirms. A consumer that reads each new pair from
a secret store by itself needs nobody: the end of the overlap counts as its confirmation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from .errors import OptionError
from .generations import Credentials, Retiring
from .inputs import tidy
from .timing import parse_iso

AFTER_OVERLAP, WHEN_CONFIRMED = "after_overlap", "when_confirmed"
_SHEET, _STORE = "sheet", "store"
# From how long before its end on a certificate that somebody may still use is a failure.
_LAST_DAYS = timedelta(days=7)
_FORM = "Give its name, or a mapping with name and reads (sheet or store)"


@dataclass(frozen=True)
class Consumer:
    """Somebody or something that uses an account's credentials.

    Attributes:
        name: Its name, by which the credentials' notes and the playbook confirm know it.
        words: What messages call it.
        reads_store: Whether it reads each new pair from a secret store by itself.
    """

    name: str
    words: str
    reads_store: bool = False


# Who has to confirm where the option asks for it and names nobody.
EVERYBODY = Consumer("everybody", "whoever uses these credentials")


def consumers_of(instances: Iterable[Any], others: Iterable[Any], *, in_store: bool) -> tuple[Consumer, ...]:
    """The consumers that the options name, each name once.

    Args:
        instances: Names of Patchworks instances.
        others: Names of other consumers, or mappings with ``name`` and ``reads`` (``sheet`` or ``store``).
        in_store: Whether the credentials are in a secret store that hands out the active pair. Elsewhere nobody
            reads them by himself, whatever ``reads`` says.

    Raises:
        OptionError: one of them is something else.
    """
    found = [Consumer(name, f'Patchworks: instance "{name}"') for name in map(_name, instances)]
    for one in others:
        reads = one.get("reads", _SHEET) if isinstance(one, Mapping) else _SHEET
        unknown = one.keys() - {"name", "reads"} if isinstance(one, Mapping) else ()
        if reads not in (_SHEET, _STORE) or unknown:
            raise OptionError("A consumer of this account is described in an unknown way", _FORM, cause="bad_option")
        name = _name(one.get("name") if isinstance(one, Mapping) else one)
        found.append(Consumer(name, f'consumer "{name}"', reads == _STORE and in_store))
    first: dict[str, Consumer] = {}
    for consumer in found:
        first.setdefault(consumer.name, consumer)
    return tuple(first.values())


def _name(value: Any) -> str:
    name = "" if value is None or isinstance(value, (list, tuple, Mapping)) else tidy(str(value))
    if not name or not name.isprintable() or "{" in name:  # in a file of variables that would be a template
        problem = "The name of a consumer of this account is missing, or holds braces or what cannot be printed"
        raise OptionError(problem, _FORM, cause="bad_option")
    return name


@dataclass(frozen=True)
class Revocation:
    """What a replaced certificate waits for.

    Attributes:
        overlap_days: How many days it remains valid.
        consumers: Who has to use its replacement first; then the overlap counts for those alone who read a store. Empty
            where the overlap alone decides.
    """

    overlap_days: int
    consumers: tuple[Consumer, ...] = ()

    @classmethod
    def of(cls, revoke: str | None, overlap_days: int, named: tuple[Consumer, ...]) -> Revocation:
        """What the options ask for.

        Args:
            revoke: ``after_overlap``, ``when_confirmed``, or None: the latter where consumers are named.
            overlap_days: Days between the replacement of a certificate and the end of its overlap.
            named: The consumers that are named.
        """
        waits = bool(named) if revoke is None else revoke == WHEN_CONFIRMED
        return cls(overlap_days, (named or (EVERYBODY,)) if waits else ())

    def waits_for(self, credentials: Credentials, retiring: Retiring, now: datetime) -> list[Consumer]:
        """The consumers that may still use a replaced certificate."""
        found = [(one, self._freed_by(one, credentials, retiring)) for one in self.consumers]
        return [one for one, moment in found if moment is None or moment > now]

    def due_from(self, credentials: Credentials, retiring: Retiring) -> datetime | None:
        """From when on it is to be revoked; None as long as a person has to confirm before."""
        if not self.consumers:
            return retiring.revoke_after(self.overlap_days)
        moments = [self._freed_by(one, credentials, retiring) for one in self.consumers]
        known = [moment for moment in moments if moment is not None]
        return max(known) if len(known) == len(moments) else None

    def is_due(self, credentials: Credentials, retiring: Retiring, now: datetime) -> bool:
        """Whether the time has come to revoke it, or to forget it."""
        if not self.consumers:
            return retiring.is_due(now, self.overlap_days)
        return not self.waits_for(credentials, retiring, now)

    def is_unconfirmed(self, credentials: Credentials, now: datetime) -> bool:
        """Whether the next rotation waits for a consumer of the last one; after a leak (no overlap) it does not."""
        waiting = (self.waits_for(credentials, one, now) for one in credentials.retiring)
        return self.overlap_days > 0 and any(waiting)

    def is_last_call(self, credentials: Credentials, retiring: Retiring, now: datetime) -> bool:
        """Whether a replaced certificate is about to end, or has ended, and a person has yet to confirm."""
        unconfirmed = self.due_from(credentials, retiring) is None
        return unconfirmed and parse_iso(retiring.not_after) - now <= _LAST_DAYS

    def _freed_by(self, consumer: Consumer, credentials: Credentials, retiring: Retiring) -> datetime | None:
        """When a consumer was known to use it no more, or will be; None where a person has to confirm that.

        A confirmation is about what was active then. One that is younger than a replacement speaks for all that was
        replaced before; one of the certificate that is active now, for all the others.
        """
        note, replaced = credentials.note_of(consumer.name), parse_iso(retiring.replaced)
        if note.confirmed_on:
            confirmed = parse_iso(note.confirmed_on)
            if confirmed >= replaced or note.uses == credentials.active.certificate_id:
                return max(confirmed, replaced)
        return retiring.revoke_after(self.overlap_days) if consumer.reads_store else None
