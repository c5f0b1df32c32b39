# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account holds: integration records, roles, entities and certificate mappings."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from .settings import ConfigError, Settings

PublicKey = RSAPublicKey | EllipticCurvePublicKey

#: Scope boxes of the integration record (Oracle help ``section_157771733782``).
SCOPES = ("rest_webservices", "restlets", "suite_analytics", "mcp")

ADMINISTRATOR = 3
LOG_IN = "log in using oauth 2.0 access tokens"
REST_WEB_SERVICES = "rest web services"
WORKBOOK = "suiteanalytics workbook"
MANAGE_ROLES = "manage roles"
EMPLOYEES = "employees"
MANAGE_CERTIFICATES = "manage own oauth 2.0 client credentials certificates"
MANAGE_APPLICATIONS = "oauth 2.0 authorized applications management"

_ACCOUNT_ID = re.compile(r"[A-Za-z0-9]+(?:[_-][A-Za-z0-9]+)*")


def canonical_account_id(text: object) -> str:
    """Return the COMPID form: upper case, underscore (``1234567_SB1``)."""
    value = str(text) if isinstance(text, int) and not isinstance(text, bool) else text
    if not isinstance(value, str) or len(value) > 63 or not _ACCOUNT_ID.fullmatch(value):
        raise ConfigError(f"account_id must look like 1234567 or 1234567_SB1, not {text!r}")
    return value.upper().replace("-", "_")


def account_label(account_id: str) -> str:
    """Return the host form: lower case, hyphen (``1234567-sb1``)."""
    return account_id.lower().replace("_", "-")


@dataclass(slots=True)
class Integration:
    """An integration record."""

    client_id: str
    application_id: str
    id: int
    name: str
    state: str
    client_credentials: bool
    scopes: frozenset[str]
    authorization_code: bool = True
    public_client: bool = False
    client_secret: str = ""
    redirect_uris: tuple[str, ...] = ()

    def may_use_certificates(self, settings: Settings) -> bool:
        """Tell whether client credentials are allowed; Oracle says that public clients have none."""
        return self.client_credentials and (settings.public_client_credentials or not self.public_client)


@dataclass(slots=True)
class Role:
    """A role; ``permissions`` is None for every permission."""

    id: int
    name: str
    permissions: frozenset[str] | None
    active: bool = True

    def may(self, permission: str) -> bool:
        """Tell whether the role has a permission (names compare without case)."""
        return self.permissions is None or permission in self.permissions

    def may_use_oauth(self) -> bool:
        """Tell whether the role may use OAuth 2.0 for access at all.

        A role with "OAuth 2.0 Authorized Applications Management" may not (``section_157771510070``);
        tokens of Administrator have been seen.
        """
        if self.id == ADMINISTRATOR or self.permissions is None:
            return True
        return MANAGE_APPLICATIONS not in self.permissions


@dataclass(slots=True)
class Entity:
    """An employee, contact or other person; ``roles`` is None when any role will do."""

    id: int
    name: str
    active: bool = True
    roles: frozenset[int] | None = None


@dataclass(slots=True)
class CertificateMapping:
    """One row of "OAuth 2.0 Client Credentials (M2M) Setup"."""

    certificate_id: str
    fingerprint: str
    pem: str
    public_key: PublicKey
    algorithm: str
    client_id: str
    role: int
    entity: int
    created: datetime
    valid_from: datetime
    valid_until: datetime
    revoked: bool = False

    def active(self, now: datetime) -> bool:
        """Tell whether the mapping counts for the limit: not revoked, not expired."""
        return not self.revoked and now < self.valid_until


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that has not been traded in: what was consented to, by whom, until when."""

    client_id: str
    redirect_uri: str
    scope: tuple[str, ...]
    challenge: str | None
    role: int
    entity: int
    expires: float


@dataclass(slots=True)
class Account:
    """One NetSuite account with everything in it."""

    account_id: str
    integrations: list[Integration]
    roles: dict[int, Role]
    entities: dict[int, Entity]
    features: dict[str, bool]
    overrides: dict[str, Any]
    settings: Settings
    scripts: frozenset[str] | None = None
    mappings: list[CertificateMapping] = field(default_factory=list)
    signing_date: str = ""
    refreshed_ms: int = 0
    in_flight: int = 0
    used_assertions: dict[str, float] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    token_origin: OrderedDict[str, str] = field(default_factory=OrderedDict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def label(self) -> str:
        """The host label of the account."""
        return account_label(self.account_id)

    def integration(self, client_id: str) -> Integration | None:
        """Find an integration record by Client ID."""
        return next((entry for entry in self.integrations if entry.client_id == client_id), None)

    def mapping(self, certificate_id: str) -> CertificateMapping | None:
        """Find a mapping by certificate id: the living one if there is one, else the latest."""
        found: CertificateMapping | None = None
        for entry in self.mappings:
            if entry.certificate_id == certificate_id:
                found = entry
                if not entry.revoked:
                    break
        return found

    def pair_is_usable(self, role_id: int, entity_id: int) -> bool:
        """Tell whether role and entity exist, are active and belong together."""
        role, entity = self.roles.get(role_id), self.entities.get(entity_id)
        if role is None or entity is None or not role.active or not entity.active:
            return False
        return entity.roles is None or role_id in entity.roles
