# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificate mappings: NetSuite's two published shapes of one, normalised.

Source: Oracle NetSuite help, "GET", "POST" and "Revoke" pages of the certificate rotation endpoint
(article_11111634165, article_0209112025, article_0209112818).
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Document
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from .errors import RefusedError
from .names import KINDS, clean, numbered
from .timing import DAY

# Since 2026.1; revoked and expired certificates do not count (section_162686838198).
ACTIVE_LIMIT = 5


@dataclass(frozen=True)
class Mapping:
    """One certificate mapped to a role and an entity. Internal ids are strings here, dates are ``YYYY-MM-DD``.

    The names are in the list alone, and not in the answer to an upload.
    """

    certificate_id: str
    role: str | None
    entity: str | None
    valid_from: str | None
    valid_until: str | None
    revoked: bool
    algorithm: str | None
    role_name: str | None = None
    entity_name: str | None = None

    def is_active(self, today: date) -> bool:
        """Not revoked, and not past its last day."""
        return not self.revoked and (self.valid_until is None or date.fromisoformat(self.valid_until) >= today)

    def as_result(self) -> dict[str, Any]:
        """The mapping as modules return it."""
        return asdict(self)


def from_document(document: Any) -> Mapping:
    """Normalise an element of the list answer, or the upload answer.

    Raises:
        RefusedError: when the document is neither.
    """
    certificate_id = str((document.get("certificate_id") if isinstance(document, Document) else None) or "")
    if not certificate_id or not certificate_id.isprintable():  # messages name it
        raise RefusedError(
            "The certificate API answered with something that is not a certificate mapping",
            "Check that base_url leads to NetSuite",
            cause="unexpected_answer",
        )
    ids = document.get("entity_role_id")
    ids = ids if isinstance(ids, Document) else {}
    algorithm = document.get("algorithm")
    return Mapping(
        certificate_id=certificate_id,
        role=_id(document.get("role"), ids.get("rol")),
        entity=_id(document.get("entity"), ids.get("ent")),
        valid_from=_date(document.get("valid_from")),
        valid_until=_date(document.get("valid_until")),
        revoked=_truth(document.get("revoked", document.get("invalidated", False))),
        algorithm=algorithm if isinstance(algorithm, str) else None,
        role_name=_name(document.get("role")),
        entity_name=_name(document.get("entity")),
    )


def from_list(document: Any) -> list[Mapping]:
    """Normalise the list answer: a bare array, or one wrapped as ``items``.

    Raises:
        RefusedError: when it is not a list of mappings.
    """
    if isinstance(document, Document):
        document = document.get("items")
    if not isinstance(document, list):
        raise RefusedError(
            "The certificate API did not answer with a list",
            "Check that base_url leads to NetSuite",
            cause="unexpected_answer",
        )
    return [from_document(element) for element in document]


def find(mappings: Iterable[Mapping], certificate_id: str) -> Mapping | None:
    """The mapping of a certificate id: one that is not revoked before one that is."""
    found = [mapping for mapping in mappings if mapping.certificate_id == certificate_id]
    return min(found, key=lambda mapping: mapping.revoked, default=None)


def active(mappings: Iterable[Mapping], now: datetime) -> list[Mapping]:
    """The mappings that count towards the limit, the one that ends first at the front."""
    alive = [mapping for mapping in mappings if mapping.is_active(now.date())]
    return sorted(alive, key=lambda mapping: mapping.valid_until or "")


ADVICE_ON_UNKNOWN = (
    "Each may work for somebody who holds its key. Revoke one that nobody uses with: ansible -i INVENTORY -c local HOST"
    " -m m2m.netsuite.certificate_mapping -a 'role_variables=true state=revoked certificate_id=ID'"
)


def whom(found: Document[str, Any]) -> str:
    """The role and the entity of a mapping or of a token, with names where they are known."""
    shown = (f"{kind} {numbered(found[kind], found.get(f'{kind}_name'))}" for kind in KINDS)
    return ", ".join(shown)


def describe_unknown(mappings: Iterable[Mapping]) -> str:
    """A sentence about active certificates that are in nobody's records."""
    each = [f"{one.certificate_id} ({whom(one.as_result())}, until {one.valid_until})" for one in mappings]
    number = f"{len(each)} certificate{'s' if len(each) > 1 else ''}"
    return f"NetSuite lists {number} of this integration that no host of this inventory knows: {', '.join(each)}"


def looks_like(one: Mapping, wanted: Mapping) -> bool:
    """Whether a mapping may be the wanted one under another id: same role, entity, kind of key, and days.

    What NetSuite leaves out counts as equal; its days may be those of another time zone.
    """
    for name in ("role", "entity", "algorithm"):
        if getattr(one, name) not in (None, getattr(wanted, name)):
            return False
    for name in ("valid_from", "valid_until"):
        day, other = getattr(one, name), getattr(wanted, name)
        if day and other and abs(date.fromisoformat(day) - date.fromisoformat(other)) > DAY:
            return False
    return True


def check_room(mappings: Iterable[Mapping], now: datetime, in_use: str | None = None) -> None:
    """Refuse a further upload where NetSuite would.

    Args:
        mappings: All of the integration's.
        now: The time of the question.
        in_use: Id of a certificate that must not be suggested for revocation.

    Raises:
        RefusedError: with the active mappings, so that a person can choose which to revoke.
    """
    alive = active(mappings, now)
    if len(alive) >= ACTIVE_LIMIT:
        spare = [mapping for mapping in alive if mapping.certificate_id != in_use]
        names = ", ".join(f"{mapping.certificate_id} (until {mapping.valid_until})" for mapping in spare)
        raise RefusedError(
            f"The integration already has {len(alive)} active certificates, and NetSuite takes {ACTIVE_LIMIT}."
            f" These could be revoked: {names}",
            "Revoke one that is not in use, with m2m.netsuite.certificate_mapping and state=revoked",
            cause="five_active_certificates",
            revocable=[mapping.as_result() for mapping in spare],
        )


def _id(value: Any, other: Any) -> str | None:
    if isinstance(value, Document):
        value = value.get("id")
    value = other if value is None else value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return None if value is None or not str(value).isprintable() else str(value)


def _name(value: Any) -> str | None:
    return clean(value.get("name")) if isinstance(value, Document) else None


def _date(value: Any) -> str | None:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return None


def _truth(value: Any) -> bool:
    return value.strip().lower() in ("true", "t", "yes") if isinstance(value, str) else bool(value)
