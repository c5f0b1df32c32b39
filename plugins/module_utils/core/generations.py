# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The generations of one account's credentials, and the steps between them.

A generation is a private key with its certificate. One is *active*; while a rotation is under way a second one is
*pending*; after it, the old certificate is *retiring* until its revocation. Each step yields a new value, so that the
file behind it can be replaced as a whole: a run killed between two steps leaves one state or the other.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from . import certificates
from .errors import KeyMaterialError
from .renewal import SHORT_LIFE, due
from .timing import days, iso, later, parse_iso

# Why a pending generation is made.
ROTATION_REASONS = frozenset({"requested", "expired", "expires_soon", "unusable", "revoked"})


@dataclass(frozen=True)
class Generation:
    """A private key with its certificate.

    Attributes:
        number: 1 for the first, one more with each rotation.
        certificate_id: Id of the certificate, as NetSuite shows it.
        certificate: The certificate as PEM.
        not_after: End of the certificate.
        created: When this generation was made, or taken over.
        private_key: PEM, or an Ansible Vault envelope around it. The representation leaves it out.
        proven: When it first got a token; None until then.
    """

    number: int
    certificate_id: str
    certificate: str
    not_after: str
    created: str
    private_key: str = field(repr=False)
    proven: str | None = None

    def due(self, now: datetime, renew_before_days: int) -> str | None:
        """Why it is to be replaced, as one word; None when it is not."""
        start, end = None, parse_iso(self.not_after)
        if end - now <= SHORT_LIFE:
            with contextlib.suppress(KeyMaterialError):
                start = certificates.parse(self.certificate, where="the credential file").not_valid_before_utc
        return due(end, start=start, now=now, renew_before_days=renew_before_days)


@dataclass(frozen=True)
class Retiring:
    """A certificate that is replaced and not revoked yet.

    Its key is kept until then, because the pair that replaced it may not be allowed to revoke it.

    Attributes:
        certificate_id: Id of the certificate, as NetSuite shows it.
        not_after: End of the certificate.
        replaced: When that was.
        certificate: The certificate as PEM; None where an earlier version has not kept it.
        private_key: Its key, like that of a generation.
    """

    certificate_id: str
    not_after: str
    replaced: str
    certificate: str | None = None
    private_key: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, generation: Generation, replaced: str) -> Retiring:
        """A generation that is replaced."""
        pair = (generation.certificate, generation.private_key)
        return cls(generation.certificate_id, generation.not_after, replaced, *pair)

    def is_over(self, now: datetime) -> bool:
        """Whether it has expired, so there is nothing left to revoke."""
        return parse_iso(self.not_after) <= now

    def revoke_after(self, overlap_days: int) -> datetime:
        """The end of its overlap."""
        return later(parse_iso(self.replaced), days(overlap_days))

    def is_due(self, now: datetime, overlap_days: int) -> bool:
        """Whether the time has come to revoke it, or to forget it."""
        return self.is_over(now) or self.revoke_after(overlap_days) <= now


@dataclass(frozen=True)
class ConsumerNote:
    """What is on record of a consumer, which is somebody or something that uses the credentials of the account.

    Attributes:
        name: Its name.
        told: Id of the certificate that it was last told to use.
        told_on: When that was.
        uses: Id of the certificate that somebody confirmed it to use.
        confirmed_on: When that was.
    """

    name: str
    told: str | None = None
    told_on: str | None = None
    uses: str | None = None
    confirmed_on: str | None = None


Holder = TypeVar("Holder", Generation, Retiring)


@dataclass(frozen=True)
class Credentials:
    """All generations of one account, and what is on record of their consumers. ``account`` is its realm."""

    account: str
    active: Generation
    pending: Generation | None = None
    retiring: Sequence[Retiring] = ()
    consumers: Sequence[ConsumerNote] = ()

    def holders(self) -> list[Generation | Retiring]:
        """Everything that may hold a private key."""
        return [self.active, *([self.pending] if self.pending else []), *self.retiring]

    def with_pending(self, generation: Generation) -> Credentials:
        """Begin a rotation. A pending generation that it replaces may be mapped: its certificate retires too."""
        retiring = tuple(self.retiring)
        if self.pending is not None:
            retiring += (Retiring.of(self.pending, generation.created),)
        return replace(self, pending=replace(generation, number=self.active.number + 1), retiring=retiring)

    def proven(self, now: datetime) -> Credentials:
        """Note that the active generation got a token."""
        return self if self.active.proven else replace(self, active=replace(self.active, proven=iso(now)))

    def promoted(self, certificate_id: str, now: datetime) -> Credentials:
        """Make the pending generation active, once it is proven; the old certificate retires.

        Args:
            certificate_id: Which certificate was proven. Where it is active already, because another run was faster,
                nothing changes.
            now: When that is.

        Raises:
            KeyMaterialError: another generation is pending, or none.
        """
        if self.active.certificate_id == certificate_id:
            return self
        if self.pending is None or self.pending.certificate_id != certificate_id:
            raise KeyMaterialError(
                f"The certificate {certificate_id} is not pending any more",
                "Run the playbook again: it continues from the present state",
                cause="nothing_pending",
            )
        active = replace(self.pending, proven=iso(now))
        # A generation that never got a token was never mapped as far as anyone knows, yet revoking it does no harm.
        return replace(self, active=active, pending=None, retiring=(*self.retiring, Retiring.of(self.active, iso(now))))

    def without_retiring(self, certificate_id: str) -> Credentials:
        """Forget a certificate that is revoked or over."""
        return replace(self, retiring=tuple(one for one in self.retiring if one.certificate_id != certificate_id))

    def note_of(self, name: str) -> ConsumerNote:
        """What is on record of a consumer; nothing but its name where that is nothing."""
        return next((one for one in self.consumers if one.name == name), ConsumerNote(name))

    def told(self, names: Iterable[str], now: datetime) -> Credentials:
        """Note that consumers were told to use the active certificate; what was noted before stays."""
        active = self.active.certificate_id
        notes = [self.note_of(name) for name in names]
        return self._noted(replace(one, told=active, told_on=iso(now)) for one in notes if one.told != active)

    def confirmed(self, names: Iterable[str], now: datetime) -> Credentials:
        """Note that consumers use the active certificate; what was noted before stays."""
        active = self.active.certificate_id
        notes = [self.note_of(name) for name in names]
        return self._noted(replace(one, uses=active, confirmed_on=iso(now)) for one in notes if one.uses != active)

    def _noted(self, notes: Iterable[ConsumerNote]) -> Credentials:
        found = {one.name: one for one in (*self.consumers, *notes)}
        return replace(self, consumers=tuple(found.values()))

    def named(self, which: str, certificate_id: str) -> Credentials:
        """Take over the id by which NetSuite calls a certificate, where it differs from the computed one."""
        if self.active.certificate_id == certificate_id:
            return self  # another run has noted it, and made it active
        return replace(self, **{which: replace(self.generation(which), certificate_id=certificate_id)})  # type: ignore[arg-type]

    def generation(self, which: str, certificate_id: str | None = None) -> Generation:
        """The ``active`` or the ``pending`` generation.

        A run that goes on with a pending generation names it by its certificate id as well, because another run that
        shares the file may make it active at any moment.

        Raises:
            KeyMaterialError: when nothing is pending.
        """
        if which == "pending" and self.pending is not None:
            return self.pending
        if which == "active" or certificate_id == self.active.certificate_id:
            return self.active
        raise KeyMaterialError("There is no pending generation", "Begin a rotation first", cause="nothing_pending")


def with_keys(credentials: Credentials, change: Callable[[str], str]) -> Credentials:
    """The same credentials with each private key in another form, encrypted or decrypted."""

    def changed(holder: Holder) -> Holder:
        return replace(holder, private_key=change(holder.private_key)) if holder.private_key else holder

    return replace(
        credentials,
        active=changed(credentials.active),
        pending=changed(credentials.pending) if credentials.pending else None,
        retiring=tuple(changed(one) for one in credentials.retiring),
    )


def rotation_reason(
    credentials: Credentials,
    *,
    now: datetime,
    renew_before_days: int,
    requested: bool,
    overlap_days: int,
    is_usable: Callable[[Generation], bool] = lambda generation: True,
    is_unconfirmed: bool = False,
) -> str | None:
    """Why a new pending generation is to be made: ``expired``, ``expires_soon``, ``requested``, ``unusable`` or None.

    A rotation that is under way is finished before another one begins; so a request that is made again, after a run was
    cut short, during the overlap or while a consumer has yet to confirm the last one (``is_unconfirmed``), begins
    nothing new. Unless what is pending can never be finished.
    """
    if credentials.pending is not None:
        # Nobody mapped it for so long that it is about to end itself.
        reason = credentials.pending.due(now, renew_before_days)
        return reason or ("unusable" if requested and not is_usable(credentials.pending) else None)
    if reason := credentials.active.due(now, renew_before_days):
        return reason
    overlapping = any(not one.is_due(now, overlap_days) for one in credentials.retiring)
    return "requested" if requested and not (overlapping or is_unconfirmed) else None


def to_document(credentials: Credentials) -> dict[str, Any]:
    """The credentials as the plain values that go into the file."""
    document: dict[str, Any] = {"format": 1, "account": credentials.account, "active": _generation(credentials.active)}
    if credentials.pending:
        document["pending"] = _generation(credentials.pending)
    if credentials.retiring:
        document["retiring"] = [_given(vars(one)) for one in credentials.retiring]
    if credentials.consumers:
        document["consumers"] = [_given(vars(one)) for one in credentials.consumers]
    return document


def from_document(document: Any, *, where: str) -> Credentials:
    """The inverse of ``to_document``.

    Raises:
        KeyMaterialError: when the document is something else.
    """
    try:
        form = document["format"]
        if isinstance(form, int) and form != 1:
            raise KeyMaterialError(
                f"{where} has format {form}, this version reads format 1", "Update the collection", cause="foreign_file"
            )
        _check("format", form, int)
        pending = document.get("pending")
        credentials = Credentials(
            account=str(_check("account", document["account"], (str, int))),
            active=_read_generation(document["active"]),
            pending=_read_generation(pending) if pending else None,
            retiring=tuple(_read_retiring(one) for one in document.get("retiring") or ()),
            consumers=tuple(_read_note(one) for one in document.get("consumers") or ()),
        )
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        # A KeyError names the part that is missing, a _check the part that is wrong; other texts may quote values.
        part = f": {error.args[0]!r} is missing or wrong" if isinstance(error, KeyError) else ""
        raise KeyMaterialError(
            f"{where} is not a credential file of this collection{part}",
            "Restore it from version control, or move it away to start again",
            cause="foreign_file",
        ) from None
    # What is active is never revoked, whatever somebody has written into the file.
    return credentials.without_retiring(credentials.active.certificate_id)


def _generation(generation: Generation) -> dict[str, Any]:
    names = ("number", "certificate_id", "not_after", "created", "proven", "certificate", "private_key")
    return _given({name: getattr(generation, name) for name in names})


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _read_generation(document: Any) -> Generation:
    texts = {name: _check(name, value) for name, value in document.items() if name != "number"}
    _check_time("not_after", texts["not_after"])
    _check_time("created", texts["created"])
    return Generation(number=_check("number", document["number"], int), **texts)


def _read_retiring(document: Any) -> Retiring:
    texts = {name: _check(name, value) for name, value in document.items()}
    _check_time("not_after", texts["not_after"])
    _check_time("replaced", texts["replaced"])
    return Retiring(**texts)


def _read_note(document: Any) -> ConsumerNote:
    texts = {name: _check(name, value) for name, value in document.items()}
    for name in ("told_on", "confirmed_on"):
        if name in texts:
            _check_time(name, texts[name])
    return ConsumerNote(**texts)


def _check(name: str, value: Any, kind: type | tuple[type, ...] = str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise KeyError(name)
    return value


def _check_time(name: str, text: str) -> None:
    try:
        parse_iso(text)
    except ValueError:
        raise KeyError(name) from None
