# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a configuration file or an administrator's JSON to accounts; unknown keys are refused."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from .model import (
    LOG_IN,
    MANAGE_CERTIFICATES,
    REST_WEB_SERVICES,
    SCOPES,
    WORKBOOK,
    Account,
    Entity,
    Integration,
    Role,
    canonical_account_id,
)
from .settings import ConfigError, check_overrides, is_whole, make_settings

_CLIENT_ID = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_RUNNING = (LOG_IN, REST_WEB_SERVICES, WORKBOOK)

_ACCOUNT_KEYS = {
    "account_id",
    "client_id",
    "integrations",
    "roles",
    "entities",
    "features",
    "settings",
    "scripts",
}
_INTEGRATION_KEYS = {
    *("client_id", "application_id", "id", "name", "state", "client_credentials", "scopes"),
    *("authorization_code", "public_client", "client_secret", "redirect_uris"),
}
# A redirect URI begins with https:// or a custom scheme (Oracle help section_157771733782).
_REDIRECT_URI = re.compile(r"(?!http:)[a-z][a-z0-9+.-]*:[!-~]+", re.IGNORECASE)
_ROLE_KEYS = {"id", "name", "permissions", "active"}
_ENTITY_KEYS = {"id", "name", "active", "roles"}
_FEATURES = ("oauth2", "rest_webservices")


def read_config(path: Path) -> str:
    """Read a configuration file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the configuration {path}: {error}") from error


def parse_config(text: str, name: str | None) -> dict[str, Any]:
    """Parse a YAML or JSON configuration and check its top level."""
    data = _load(text, name)
    mapping = _mapping({} if data is None else data, {"preset", "settings", "accounts"}, "configuration")
    return dict(mapping)


def with_settings(config: Mapping[str, Any], text: str, name: str) -> dict[str, Any]:
    """Put the knobs of a file of their own, as a contact report writes them, on top of a configuration's."""
    data = _load(text, name)
    knobs = check_overrides({} if data is None else data, name)
    merged = {**config, "settings": {**(config.get("settings") or {}), **knobs}}
    return merged | ({"preset": knobs["preset"]} if "preset" in knobs else {})


def _load(text: str, name: str | None) -> object:
    """Parse YAML or JSON."""
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"cannot read the configuration {name}: {error}") from error


def _mapping(value: object, known: set[str], where: str) -> Mapping[str, Any]:
    """Return the value as a mapping with known keys only."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} must be a mapping, not {type(value).__name__}")
    unknown = sorted(str(key) for key in value if key not in known)
    if unknown:
        raise ConfigError(f"{where}: unknown key {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return value


def _list(value: object, where: str) -> list[Any]:
    """Return the value as a list."""
    if not isinstance(value, list):
        raise ConfigError(f"{where} must be a list, not {type(value).__name__}")
    return value


def _flag(value: object, where: str) -> bool:
    """Return the value as a boolean."""
    if not isinstance(value, bool):
        raise ConfigError(f"{where} must be true or false, not {value!r}")
    return value


def _number(value: object, where: str) -> int:
    """Return the value as an integer id."""
    if not is_whole(value):
        raise ConfigError(f"{where} must be a number, not {value!r}")
    return value


def _text(value: object, where: str) -> str:
    """Return the value as a non-empty string."""
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where} must be a text, not {value!r}")
    return value


def check_client_id(value: object, where: str) -> str:
    """Return a Client ID: 64 hexadecimal characters, as on every integration record seen."""
    if not isinstance(value, str) or not _CLIENT_ID.fullmatch(value):
        raise ConfigError(f"{where}: client_id must be 64 hexadecimal characters in quotes, not {value!r}")
    return value


def parse_integration(value: object, where: str, base: Integration | None = None, number: int = 101) -> Integration:
    """Build an integration record from its mapping, on top of an existing one if there is one."""
    data = _mapping(value, _INTEGRATION_KEYS, where)
    client_id = base.client_id if base else check_client_id(data.get("client_id"), where)
    state = data.get("state", base.state if base else "enabled")
    if state not in ("enabled", "blocked"):
        raise ConfigError(f"{where}: state must be enabled or blocked, not {state!r}")
    scopes = _list(data.get("scopes", sorted(base.scopes) if base else list(SCOPES[:3])), f"{where}: scopes")
    if not set(map(str, scopes)) <= set(SCOPES):
        raise ConfigError(f"{where}: scopes may hold {', '.join(SCOPES)}, not {scopes!r}")
    guid = base.application_id if base else str(uuid.uuid5(uuid.NAMESPACE_OID, client_id)).upper()
    allowed = data.get("client_credentials", base.client_credentials if base else True)
    code, public = (
        _flag(data.get(key, getattr(base, key) if base else default), f"{where}: {key}")
        for key, default in (("authorization_code", True), ("public_client", False))
    )
    uris = _list(data.get("redirect_uris", list(base.redirect_uris) if base else []), f"{where}: redirect_uris")
    if not all(isinstance(uri, str) and _REDIRECT_URI.fullmatch(uri) for uri in uris):
        raise ConfigError(f"{where}: redirect_uris begin with https:// or a custom scheme, not {uris!r}")
    secret = data.get("client_secret", base.client_secret if base else "")
    if not isinstance(secret, str):
        raise ConfigError(f"{where}: client_secret must be a text")
    return Integration(
        client_id=client_id,
        application_id=_text(data.get("application_id", guid), f"{where}: application_id"),
        id=_number(data.get("id", base.id if base else number), f"{where}: id"),
        name=_text(data.get("name", base.name if base else f"Integration {number}"), f"{where}: name"),
        state=state,
        client_credentials=_flag(allowed, f"{where}: client_credentials"),
        scopes=frozenset(map(str, scopes)),
        authorization_code=code,
        public_client=public,
        client_secret=secret,
        redirect_uris=tuple(uris),
    )


def parse_role(value: object, where: str, base: Role | None = None) -> Role:
    """Build a role from its mapping, on top of an existing one if there is one."""
    data = _mapping(value, _ROLE_KEYS, where)
    number = base.id if base else _number(data.get("id"), f"{where}: id")
    permissions = base.permissions if base else frozenset(_RUNNING)
    if "permissions" in data:
        given = data["permissions"]
        if given == "all":
            permissions = None
        else:
            names = _list(given, f"{where}: permissions")
            permissions = frozenset(_text(name, f"{where}: permissions").lower() for name in names)
    return Role(
        id=number,
        name=_text(data.get("name", base.name if base else f"Role {number}"), f"{where}: name"),
        permissions=permissions,
        active=_flag(data.get("active", base.active if base else True), f"{where}: active"),
    )


def parse_entity(value: object, where: str, base: Entity | None = None) -> Entity:
    """Build an entity from its mapping, on top of an existing one if there is one."""
    data = _mapping(value, _ENTITY_KEYS, where)
    number = base.id if base else _number(data.get("id"), f"{where}: id")
    roles = base.roles if base else None
    if data.get("roles") is not None:
        roles = frozenset(_number(role, f"{where}: roles") for role in _list(data["roles"], f"{where}: roles"))
    return Entity(
        id=number,
        name=_text(data.get("name", base.name if base else f"Entity {number}"), f"{where}: name"),
        active=_flag(data.get("active", base.active if base else True), f"{where}: active"),
        roles=roles,
    )


def parse_features(value: object, where: str, base: Mapping[str, bool] | None = None) -> dict[str, bool]:
    """Return the feature switches."""
    data = _mapping(value, set(_FEATURES), where)
    features = dict.fromkeys(_FEATURES, True) | dict(base or {})
    return features | {name: _flag(flag, f"{where}: {name}") for name, flag in data.items()}


def default_roles() -> dict[int, Role]:
    """Return the roles of an account that names none."""
    roles = (
        Role(3, "Administrator", None),
        Role(1000, "Integration", frozenset(_RUNNING)),
        Role(1001, "Integration with certificate rotation", frozenset((*_RUNNING, MANAGE_CERTIFICATES))),
    )
    return {role.id: role for role in roles}


def default_entities() -> dict[int, Entity]:
    """Return the entities of an account that names none."""
    return {-5: Entity(-5, "Account Administrator"), 12: Entity(12, "Integration User")}


def _unique(entries: list[Any], key: str, where: str) -> None:
    """Refuse two entries with the same key."""
    keys = [getattr(entry, key) for entry in entries]
    if len(set(keys)) != len(keys):
        raise ConfigError(f"{where}: the same {key} is given twice")


def parse_account(value: object, base_overrides: Mapping[str, Any]) -> Account:
    """Build an account from its mapping; with only account_id and client_id the rest is filled in."""
    data = _mapping(value, _ACCOUNT_KEYS, "account")
    account_id = canonical_account_id(data.get("account_id"))
    where = f"account {account_id}"
    if ("client_id" in data) == ("integrations" in data):
        raise ConfigError(f"{where}: give either client_id or integrations")
    given = _list(data.get("integrations", [{"client_id": data.get("client_id")}]), f"{where}: integrations")
    integrations = [
        parse_integration(entry, f"{where}: integration", number=101 + index) for index, entry in enumerate(given)
    ]
    roles, entities = list(default_roles().values()), list(default_entities().values())
    if "roles" in data:
        roles = [parse_role(entry, f"{where}: role") for entry in _list(data["roles"], f"{where}: roles")]
    if "entities" in data:
        entities = [parse_entity(entry, f"{where}: entity") for entry in _list(data["entities"], f"{where}: entities")]
    _unique(integrations, "client_id", where)
    _unique(roles, "id", where)
    _unique(entities, "id", where)
    scripts = data.get("scripts")
    overrides = check_overrides(data.get("settings", {}), f"{where}: settings")
    return Account(
        account_id=account_id,
        integrations=integrations,
        roles={role.id: role for role in roles},
        entities={entity.id: entity for entity in entities},
        features=parse_features(data.get("features", {}), f"{where}: features"),
        overrides=overrides,
        settings=make_settings(base_overrides, overrides),
        scripts=None if scripts is None else frozenset(map(str, _list(scripts, f"{where}: scripts"))),
    )


def patch_account(account: Account, value: object, base_overrides: Mapping[str, Any]) -> None:
    """Change an account in place; nothing is changed when any part is refused.

    Entries of lists are found by client_id or id and merged; a knob set to null falls back.
    """
    where = f"account {account.account_id}"
    data = _mapping(value, {"integrations", "roles", "entities", "features", "settings", "scripts"}, where)
    integrations = list(account.integrations)
    for entry in _list(data.get("integrations", []), f"{where}: integrations"):
        known = _mapping(entry, _INTEGRATION_KEYS, f"{where}: integration")
        wanted = known.get("client_id", integrations[0].client_id if len(integrations) == 1 else None)
        old = next((item for item in integrations if item.client_id == wanted), None)
        new = parse_integration(entry, f"{where}: integration", old, 101 + len(integrations))
        integrations = [new if item is old else item for item in integrations] + ([] if old else [new])
    roles, entities = dict(account.roles), dict(account.entities)
    for entry in _list(data.get("roles", []), f"{where}: roles"):
        role = parse_role(entry, f"{where}: role", roles.get(_id_of(entry)))
        roles[role.id] = role
    for entry in _list(data.get("entities", []), f"{where}: entities"):
        entity = parse_entity(entry, f"{where}: entity", entities.get(_id_of(entry)))
        entities[entity.id] = entity
    features = parse_features(data.get("features", {}), f"{where}: features", account.features)
    overrides = merge_overrides(account.overrides, data.get("settings", {}), f"{where}: settings")
    settings = make_settings(base_overrides, overrides)
    scripts = account.scripts
    if "scripts" in data:
        given = data["scripts"]
        scripts = None if given is None else frozenset(map(str, _list(given, f"{where}: scripts")))
    account.integrations, account.roles, account.entities = integrations, roles, entities
    account.features, account.overrides, account.settings = features, overrides, settings
    account.scripts = scripts


def _id_of(entry: object) -> Any:
    """Return the id of an entry that may yet turn out to be no mapping."""
    value = entry.get("id") if isinstance(entry, Mapping) else None
    return value if is_whole(value) else None


def merge_overrides(old: Mapping[str, Any], value: object, where: str) -> dict[str, Any]:
    """Merge knob values into existing ones; null takes a knob back to its default."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{where} must be a mapping of knob names to values")
    checked = check_overrides({name: item for name, item in value.items() if item is not None}, where)
    merged = {name: item for name, item in old.items() if name not in value}
    return merged | checked
