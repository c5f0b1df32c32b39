# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What came back to a question of the contact report, and the simulator's settings that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Settings = dict[str, Any]
_ADMINISTRATOR = "3"
# The refusals about which the simulator's presets differ, and what each answers.
_PRESETS = {"observed": (500, "server_error"), "spec": (401, "invalid_client")}
ABOUT_THE_ASSERTION = frozenset(
    {
        *("algorithm", "assertion_malformed", "assertion_typ", "audience", "certificate_unknown", "claims", "expired"),
        *("integration_unknown", "issued_in_future", "issuer", "key_id_missing", "key_mismatch", "lifetime"),
        *("not_before", "replayed", "signature"),
    }
)
# What it answers to the others, whatever the preset.
SAME = {
    "assertion_type": (400, "invalid_request"),
    "client_unknown": (404, "NONEXISTENT_ID"),
    "content_type": (400, "invalid_request"),
    "form": (400, "invalid_request"),
    "grant_type": (400, "unsupported_grant_type"),
    "login_missing": (401, "INVALID_LOGIN"),
    "method": (405, "invalid_request"),
    "scope_empty": (400, "invalid_scope"),
    "scope_form": (400, "invalid_scope"),
    "scope_mismatch": (400, "invalid_scope"),
    "scope_unknown": (400, "invalid_scope"),
    "token_rejected": (401, "INVALID_LOGIN"),
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer. Its body may hold a token: the representation leaves it out.

    Attributes:
        status: HTTP status.
        headers: Header fields, names in lower case.
        document: The decoded body, None where it is not JSON.
        error: Error code in the body: OAuth's ``error``, or NetSuite's ``o:errorCode``.
        token_header: Header of the access token in it.
        claims: Claims of the access token in it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    document: Any = field(default=None, repr=False)
    error: str | None = None
    token_header: Mapping[str, Any] = field(default_factory=dict, repr=False)
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def is_good(self) -> bool:
        """Whether NetSuite did what it was asked for."""
        return self.status == 200

    @property
    def has_token(self) -> bool:
        """Whether it holds an access token."""
        token = self.document.get("access_token") if isinstance(self.document, Mapping) else None
        return isinstance(token, str) and bool(token)


@dataclass(frozen=True)
class Asker:
    """Whose token reads.

    Attributes:
        role: Internal id of the role, None where the token does not say.
        entity: Internal id of the entity, likewise.
        computed_id: What the certificate's id has to be by computation, None where the certificate is not at hand.
    """

    role: str | None = None
    entity: str | None = None
    computed_id: str | None = None

    @property
    def is_administrator(self) -> bool:
        """Whether it sees what others do not."""
        return self.role == _ADMINISTRATOR


Reader = Callable[[Answer, Asker], Settings]


def from_token(answer: Answer, _asker: Asker) -> Settings:
    """The form of a token, and of the answer that it comes in."""
    document = answer.document if isinstance(answer.document, Mapping) else {}
    found: Settings = {}
    lifetime = document.get("expires_in")
    if isinstance(lifetime, (int, str)) and not isinstance(lifetime, bool) and str(lifetime).isdecimal():
        found["expires_in_type"] = "string" if isinstance(lifetime, str) else "number"
        if int(lifetime) > 0:
            found["token_lifetime"] = int(lifetime)
    if document.get("token_type") in ("Bearer", "bearer"):
        found["token_type"] = document["token_type"]
    if answer.token_header.get("alg") in ("RS256", "PS256"):
        found["access_token_alg"] = answer.token_header["alg"]
    return found


def from_open_keys(answer: Answer, asker: Asker) -> Settings:
    """Whether anybody may read the account's keys."""
    if answer.is_good:
        return {"jwks_requires_auth": False, **from_keys(answer, asker)}
    return {"jwks_requires_auth": True} if answer.status in (401, 403) else {}


def from_keys(answer: Answer, _asker: Asker) -> Settings:
    """How many keys the account has."""
    keys = answer.document.get("keys") if isinstance(answer.document, Mapping) else None
    return {"jwks_keys": len(keys)} if isinstance(keys, list) and len(keys) in (1, 2) else {}


def from_cookie(answer: Answer, _asker: Asker) -> Settings:
    """Whether a cookie spoils a login."""
    return {"cookie_is_401": answer.status == 401} if answer.is_good or answer.status == 401 else {}


def from_wrong_scope(answer: Answer, _asker: Asker) -> Settings:
    """How a token of too small a scope is refused."""
    return {"wrong_scope_status": answer.status} if answer.status in (401, 403) else {}


def from_limits(answer: Answer, _asker: Asker) -> Settings:
    """How many requests the account serves at once."""
    limit = answer.document.get("accountConcurrencyLimit") if isinstance(answer.document, Mapping) else None
    is_number = isinstance(limit, int) and not isinstance(limit, bool) and limit > 0
    return {"concurrency_limit": limit} if answer.is_good and is_number else {}


def from_list(answer: Answer, asker: Asker) -> Settings:
    """What the list of certificates shows, and of whom."""
    entries = [entry for entry in listed(answer.document) if "certificate_id" in entry]
    if not answer.is_good or not entries:
        return {}
    entities = [_id_of(entry.get("entity")) for entry in entries]
    found: Settings = {"ids_as": "string" if any(isinstance(one, str) for one in entities) else "number"}
    others = {str(one) for one in entities} - {str(asker.entity)}
    if others and not asker.is_administrator:
        found["certificate_visibility"] = "all"
    if asker.computed_id in [entry["certificate_id"] for entry in entries]:
        found["returned_certificate_id"] = "computed"
    return found


def from_suitetalk(answer: Answer, _asker: Asker) -> Settings:
    """Whether the certificate API answers on the other host as well."""
    if answer.is_good or answer.status in (404, 405):
        return {"certificates_on_suitetalk": answer.is_good}
    return {}


def from_rotation_error(answer: Answer, _asker: Asker) -> Settings:
    """In which form the certificate API refuses."""
    document = answer.document if isinstance(answer.document, Mapping) else {}
    if "o:errorDetails" in document or "o:errorCode" in document:
        return {"rotation_error_style": "rest"}
    return {"rotation_error_style": "oauth"} if isinstance(document.get("error"), str) else {}


def listed(document: Any) -> list[Mapping[str, Any]]:
    """The entries of a list answer: a bare array, or one wrapped as ``items``."""
    entries = document.get("items") if isinstance(document, Mapping) else document
    return [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []


def conclude(learned: Settings, refusals: Mapping[str, Answer]) -> Settings:
    """All settings that follow.

    Args:
        learned: What single answers say.
        refusals: By the simulator's name of the condition, how NetSuite refused.

    Returns:
        The preset that agrees with most refusals, what differs from it as ``errors``, and what was learned.
    """
    refused = {name: answer for name, answer in refusals.items() if 400 <= answer.status <= 599}
    about = {(one.status, one.error) for name, one in refused.items() if name in ABOUT_THE_ASSERTION}
    found: Settings = {}
    preset = "observed"
    if about:
        preset = max(_PRESETS, key=lambda name: _agreeing(refused.items(), _PRESETS[name]))
        found["preset"] = preset
    found |= learned
    errors = {}
    for name, answer in sorted(refused.items()):
        status, code = _PRESETS[preset] if name in ABOUT_THE_ASSERTION else SAME[name]
        # In OAuth's form the simulator's certificate API has error codes of its own.
        is_rewritten = name == "client_unknown" and learned.get("rotation_error_style") == "oauth"
        different: Settings = {} if answer.status == status else {"status": answer.status}
        if answer.error not in (code, None) and not is_rewritten:
            different["error"] = answer.error
        if different:
            errors[name] = different
    return {**found, "errors": errors} if errors else found


def _agreeing(refused: Iterable[tuple[str, Answer]], outcome: tuple[int, str]) -> int:
    return sum(name in ABOUT_THE_ASSERTION and (one.status, one.error) == outcome for name, one in refused)


def _id_of(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else value
