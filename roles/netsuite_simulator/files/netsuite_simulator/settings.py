# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The knobs: one typed field each, with its choices and meaning beside it.

Oracle leaves these points open or contradicts itself on them, so each is a switch. A knob can be set
for the whole simulator and overridden per account.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard, TypeVar

from .conditions import CONDITIONS

T = TypeVar("T")


class ConfigError(ValueError):
    """A configuration or an administrator's request that cannot be used; the text says why."""


def is_whole(value: object) -> TypeGuard[int]:
    """Tell whether a value is a whole number; Python takes True and False for numbers, JSON does not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _knob(default: T, meaning: str, *choices: object, least: float | None = None) -> T:
    """Declare one knob: its default, its meaning, its allowed values or its least value."""
    metadata = {"help": meaning, "choices": choices, "least": least}
    result: T = field(default=default, metadata=metadata)  # pylint: disable=invalid-field-call
    return result


@dataclass(frozen=True)
class Settings:
    """All knobs. The field metadata is the single source for validation and documentation."""

    preset: str = _knob("observed", "which error table the token endpoint follows", "observed", "spec")
    expires_in_type: str = _knob("number", "JSON type of `expires_in`", "number", "string")
    token_type: str = _knob("Bearer", "spelling of `token_type`", "Bearer", "bearer")
    token_lifetime: int = _knob(3600, "seconds an access token lives", least=1)
    access_token_alg: str = _knob("RS256", "algorithm that signs access tokens", "RS256", "PS256")
    code_lifetime: int = _knob(60, "seconds an authorization code lives", least=1)
    require_pkce: bool = _knob(True, "the code grant wants PKCE of confidential clients, too (planned for 2027.1)")
    public_client_credentials: bool = _knob(False, "a public client may have certificates (Oracle says it may not)")
    jwks_requires_auth: bool = _knob(False, "`keys` wants a bearer token")
    jwks_keys: int = _knob(1, "how many keys the JWK Set lists (Oracle overlaps two for 30 days)", 1, 2)
    audience: str = _knob(
        "any_service",
        "accepted `aud`: any of the account's service hosts or the URL used; or exactly the URL used",
        "any_service",
        "exact",
    )
    audience_array: bool = _knob(False, "an `aud` array of one string is accepted")
    require_typ: bool = _knob(True, "the assertion header must carry `typ`")
    float_dates: bool = _knob(False, "`iat` and `exp` may be fractions")
    space_scope: bool = _knob(False, "a space-joined `scope` string is accepted")
    reject_replay: bool = _knob(False, "an assertion can be used once (needs `jti`)")
    max_assertion_lifetime: int = _knob(3600, "largest accepted `exp - iat`, seconds", least=1)
    clock_tolerance: float = _knob(0.0, "seconds of tolerance for `iat`, `nbf` and `exp`", least=0)
    clock_offset: float = _knob(0.0, "seconds added to the server's clock, `Date` header and serverTime included")
    upload_status: int = _knob(200, "status of a successful upload (204 has no body)", 200, 201, 204)
    upload_body: str = _knob("json", "body of a successful upload", "json", "text")
    revoke_status: int = _knob(200, "status of a successful revocation (204 has no body)", 200, 204)
    ids_as: str = _knob("number", "JSON type of ids in certificate answers", "number", "string")
    rotation_error_style: str = _knob("rest", "error body of the certificate API", "rest", "oauth")
    certificate_visibility: str = _knob("own", "whose certificates a non-administrator manages", "own", "all")
    upload_entity: str = _knob(
        "own_or_admin",
        "for whom a certificate may be uploaded: the caller's entity, that or any by role 3, or any",
        "own",
        "own_or_admin",
        "any",
    )
    foreign_client: bool = _knob(False, "a token of one integration may manage another one's certificates")
    suiteql_entities: str = _knob("employee", "the table in which SuiteQL shows entities", "employee", "entity")
    certificates_on_suitetalk: bool = _knob(True, "the certificate API answers on the suitetalk host too")
    long_validity: str = _knob("shorten", "what happens to more than two years", "shorten", "reject")
    two_years_from: str = _knob("not_before", "where the two years start", "not_before", "upload")
    max_active_certificates: int = _knob(5, "active certificates per integration", least=1)
    duplicate_upload: str = _knob("refuse", "the same certificate again for the same combination", "refuse", "return")
    revoked_reuse: str = _knob(
        "same_integration",
        "where a revoked or expired certificate may be mapped again",
        "same_integration",
        "never",
    )
    already_revoked: str = _knob("refuse", "revoking a revoked certificate", "refuse", "accept")
    rsa_pss_keys: bool = _knob(False, "certificates whose key is restricted to RSA-PSS are accepted")
    returned_certificate_id: str = _knob(
        "computed", "the id of an upload: SHA-256 of the DER, or another value", "computed", "other"
    )
    list_truncates: int = _knob(0, "the list stops after this many entries (0 = never)", least=0)
    revocation_kills_tokens: bool = _knob(False, "revoking a certificate ends tokens minted with it")
    refresh_kills_tokens: bool = _knob(True, "a sandbox refresh ends the tokens issued before it")
    wrong_scope_status: int = _knob(403, "API call with a token of the wrong scope", 403, 401)
    cookie_is_401: bool = _knob(True, "an API request with a Cookie header is an invalid login")
    concurrency_limit: int = _knob(0, "API requests served at once per account (0 = no limit)", least=0)
    concurrency_counts_tokens: bool = _knob(False, "the token endpoint counts for the limit too")
    retry_after: int = _knob(0, "seconds in `Retry-After` of a 429 (0 = no header)", least=0)
    overload_as_401: bool = _knob(False, "over the limit answers 401 INVALID_LOGIN instead of 429")
    errors: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict,
        metadata={"help": "per condition `{status, error}` that beats the preset", "choices": (), "least": None},
    )


def check_overrides(values: object, where: str) -> dict[str, Any]:
    """Return the given knob values, checked one by one; refuse unknown names and wrong values."""
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where} must be a mapping of knob names to values")
    fields = {entry.name: entry for entry in dataclasses.fields(Settings)}
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in fields:
            raise ConfigError(f"{where}: unknown knob {name!r}; known are {', '.join(sorted(fields))}")
        checked[name] = _check_errors(value, where) if name == "errors" else _check_value(fields[name], value, where)
    return checked


def _check_value(knob: dataclasses.Field[Any], value: object, where: str) -> object:
    """Check one scalar knob against its type, its choices and its least value."""
    wanted = type(knob.default)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
        raise ConfigError(f"{where}: {knob.name} must be a {wanted.__name__}, not {value!r}")
    choices = knob.metadata["choices"]
    if choices and value not in choices:
        raise ConfigError(f"{where}: {knob.name} must be one of {', '.join(map(str, choices))}, not {value!r}")
    least = knob.metadata["least"]
    if least is not None and isinstance(value, (int, float)) and value < least:
        raise ConfigError(f"{where}: {knob.name} must be at least {least}, not {value!r}")
    return value


def _check_errors(value: object, where: str) -> dict[str, dict[str, Any]]:
    """Check the per-condition overrides of the error table."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where}: errors must be a mapping of condition names to {{status, error}}")
    checked: dict[str, dict[str, Any]] = {}
    for name, outcome in value.items():
        if name not in CONDITIONS:
            raise ConfigError(f"{where}: errors: unknown condition {name!r}; known are {', '.join(sorted(CONDITIONS))}")
        if not isinstance(outcome, Mapping) or not set(outcome) <= {"status", "error"}:
            raise ConfigError(f"{where}: errors.{name} must be a mapping with status and error only")
        status, error = outcome.get("status"), outcome.get("error")
        if status is not None and not (is_whole(status) and 400 <= status <= 599):
            raise ConfigError(f"{where}: errors.{name}.status must be a number from 400 to 599, not {status!r}")
        if error is not None and not isinstance(error, str):
            raise ConfigError(f"{where}: errors.{name}.error must be a string, not {error!r}")
        checked[name] = {key: item for key, item in (("status", status), ("error", error)) if item is not None}
    return checked


def make_settings(*layers: Mapping[str, Any]) -> Settings:
    """Merge override layers, later ones winning, into one settings object."""
    merged: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for layer in layers:
        merged.update(layer)
        errors.update(layer.get("errors", {}))
    merged["errors"] = errors
    return Settings(**merged)
