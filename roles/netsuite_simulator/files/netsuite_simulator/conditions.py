# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one table of refusals: what went wrong, the audit-trail code, the answer in each preset.

Audit codes: "Login Audit Trail" detail column, Oracle help ``subsect_158324637123`` and
``section_158323851171``. Codes that Oracle does not list for a condition are marked as ours by ``own``.
Answers: preset ``spec`` follows RFC 6749 section 5.2 and RFC 7523 section 3.2; preset ``observed``
answers 500 ``server_error`` to nearly everything about the assertion, as seen in the field.
API answers: Oracle help ``section_156570709583`` (REST errors), ``section_4634920277`` (RESTlet errors).
"""

from __future__ import annotations

from dataclasses import dataclass

INVALID_LOGIN = (
    "Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI at "
    "Setup > Users/Roles > User Management > View Login Audit Trail."
)
FORBIDDEN = (
    "You do not have permissions to perform this operation. Contact your account administrator to obtain permission."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """An HTTP status and an error code."""

    status: int
    error: str


@dataclass(frozen=True, slots=True)
class Condition:
    """One way in which a request can be refused."""

    name: str
    detail: str
    spec: Outcome
    observed: Outcome
    message: str
    own: bool = False


CLIENT = Outcome(401, "invalid_client")
SERVER = Outcome(500, "server_error")
REQUEST = Outcome(400, "invalid_request")
SCOPE = Outcome(400, "invalid_scope")
LOGIN = Outcome(401, "INVALID_LOGIN")
PERMISSION = Outcome(403, "INSUFFICIENT_PERMISSION")
CONTENT = Outcome(400, "INVALID_CONTENT")
BAD = Outcome(400, "INVALID_REQUEST")
GONE = Outcome(404, "NONEXISTENT_ID")


def _assertion(name: str, detail: str, message: str, own: bool = False) -> Condition:
    """Build a condition about the assertion: 401 by the RFC, 500 in the field."""
    return Condition(name, detail, CLIENT, SERVER, message, own)


def _same(name: str, detail: str, outcome: Outcome, message: str, own: bool = False) -> Condition:
    """Build a condition with one answer in both presets."""
    return Condition(name, detail, outcome, outcome, message, own)


_TOKEN = (
    _same("method", "InvalidRequest", Outcome(405, "invalid_request"), "the method is not POST", True),
    _same("content_type", "InvalidRequest", REQUEST, "the body is not a form", True),
    _same("form", "InvalidRequest", REQUEST, "a form field is missing, unknown, empty or repeated", True),
    _same("several_authentications", "InvalidRequest", REQUEST, "an Authorization header came with it", True),
    _same("assertion_type", "InvalidRequest", REQUEST, "client_assertion_type is not the jwt-bearer URN", True),
    _same("grant_type", "UnsupportedGrantType", Outcome(400, "unsupported_grant_type"), "unknown grant_type", True),
    _same("basic_missing", "InvalidClient", CLIENT, "this grant wants HTTP Basic client authentication", True),
    _same("client_secret", "InvalidClient", CLIENT, "the client is unknown, or its secret is wrong", True),
    _same("code_grant", "InvalidGrant", Outcome(400, "invalid_grant"), "no such code or refresh token", True),
    _same("code_mismatch", "InvalidGrant", Outcome(400, "invalid_grant"), "another client or redirect URI", True),
    _same("code_verifier", "InvalidGrant", Outcome(400, "invalid_grant"), "the code_verifier does not fit", True),
    _same(
        "code_grant_not_allowed",
        "AuthorizationCodeGrantRequired",
        Outcome(400, "unauthorized_client"),
        "the authorization code box is not ticked",
    ),
    _same("authorization_request", "InvalidRequest", REQUEST, "a parameter of the authorization page is wrong", True),
    _same("redirect_uri", "InvalidRequest", REQUEST, "the redirect URI is not on the integration record", True),
    _assertion("feature_disabled", "FeatureDisabled", "the OAuth 2.0 feature is off"),
    _assertion("assertion_malformed", "TokenRejected", "not a compact JWS with JSON objects inside"),
    _assertion("assertion_typ", "InvalidTokenType", "typ is not JWT"),
    _assertion("algorithm", "UnsupportedAlgo", "alg is not one of PS256 PS384 PS512 ES256 ES384 ES512"),
    _assertion("key_id_missing", "MissingKeyId", "the header has no kid"),
    _assertion("certificate_unknown", "MissingKey", "no certificate of this account has that id"),
    _assertion("certificate_revoked", "MissingKey", "the certificate is revoked"),
    _assertion("certificate_expired", "MissingKey", "the certificate has expired"),
    _assertion("certificate_not_yet_valid", "MissingKey", "the certificate is not valid yet"),
    _assertion("key_mismatch", "UnsupportedAlgo", "alg does not fit the certificate's key"),
    _assertion("signature", "SignatureValidation", "the signature does not verify"),
    _assertion("claims", "TokenRejected", "a claim is missing or of the wrong type"),
    _assertion("issuer", "InvalidIssuer", "iss is not a Client ID"),
    _assertion("integration_unknown", "UnknownIntegration", "no integration record has this Client ID"),
    _assertion("integration_other", "InvalidIntegration", "the certificate belongs to another integration"),
    _assertion("integration_blocked", "IntegrationBlocked", "the integration record is blocked"),
    _same(
        "grant_not_allowed",
        "ClientCredentialsGrantRequired",
        Outcome(400, "unauthorized_client"),
        "the client credentials box is not ticked",
        True,
    ),
    _assertion("audience", "InvalidAudience", "aud is not this account's token endpoint", True),
    _assertion("issued_in_future", "TokenNotAcceptable", "iat is in the future"),
    _assertion("not_before", "TokenNotAcceptable", "nbf is in the future"),
    _assertion("expired", "TokenExpired", "exp has passed"),
    _assertion("lifetime", "TokenValidityTooBroad", "exp is too far after iat"),
    _assertion("replayed", "TokenRejected", "the assertion was used before, or has no jti"),
    _same("scope_empty", "InvalidScope", SCOPE, "scope is missing or empty"),
    _same("scope_form", "InvalidScope", SCOPE, "scope is not an array, a string or a comma-separated string"),
    _same("scope_unknown", "InvalidScope", SCOPE, "scope holds an unknown value"),
    _same("scope_mcp", "InvalidScope", SCOPE, "mcp cannot be combined, nor used with this grant"),
    _same("scope_mismatch", "ScopeMismatched", SCOPE, "scope holds a value not ticked on the integration record"),
    _assertion("role_or_entity", "EntityOrRoleDisabled", "the mapped role or entity is missing or inactive"),
)

_API = (
    _same("login_missing", "TokenRejected", LOGIN, INVALID_LOGIN),
    _same("cookie", "TokenRejected", LOGIN, INVALID_LOGIN),
    _same("token_rejected", "TokenRejected", LOGIN, INVALID_LOGIN),
    _same("token_wrong_kind", "InvalidTokenType", LOGIN, INVALID_LOGIN),
    _same("token_expired", "AccessTokenExpired", LOGIN, INVALID_LOGIN),
    _same("token_blocked", "TokenBlocked", LOGIN, INVALID_LOGIN),
    _same("api_feature", "FeatureDisabled", LOGIN, INVALID_LOGIN),
    _same("api_integration", "IntegrationBlocked", LOGIN, INVALID_LOGIN),
    _same("api_role_or_entity", "EntityOrRoleDisabled", LOGIN, INVALID_LOGIN),
    _same("api_login_permission", "InsufficientPermission", LOGIN, INVALID_LOGIN, True),
    _same("api_scope", "ScopeMismatched", PERMISSION, FORBIDDEN),
    _same("api_permission", "InsufficientPermission", PERMISSION, FORBIDDEN, True),
    _same("rest_feature", "FeatureDisabled", PERMISSION, FORBIDDEN),
    _same(
        "concurrency",
        "ConcurrencyLimitExceeded",
        Outcome(429, "CONCURRENCY_LIMIT_EXCEEDED"),
        "Concurrent request limit exceeded. Request blocked.",
        True,
    ),
    _same(
        "restlet_concurrency",
        "ConcurrencyLimitExceeded",
        Outcome(400, "SSS_REQUEST_LIMIT_EXCEEDED"),
        "Concurrent request limit exceeded. Request blocked.",
        True,
    ),
    _same("not_found", "NotFound", Outcome(404, "NOT_FOUND"), "The requested resource was not found.", True),
    _same("api_method", "InvalidRequest", Outcome(405, "METHOD_NOT_ALLOWED"), "Method not allowed.", True),
    _same("prefer_missing", "InvalidRequest", BAD, "The required request header Prefer: transient is missing.", True),
    _same("api_content", "InvalidRequest", CONTENT, "The request body is not valid.", True),
    _same(
        "query",
        "InvalidRequest",
        Outcome(400, "INVALID_PARAMETER"),
        "Invalid search query.",
        True,
    ),
    _same("restlet_domain", "WrongDomain", Outcome(403, "WRONG_DOMAIN"), "RESTlets answer on another domain.", True),
    _same(
        "restlet_arguments",
        "InvalidRequest",
        Outcome(400, "SSS_MISSING_REQD_ARGUMENT"),
        "script and deploy are required.",
        True,
    ),
    _same(
        "restlet_unknown",
        "InvalidRequest",
        Outcome(404, "SSS_INVALID_SCRIPTLET_ID"),
        "That Suitelet or RESTlet is invalid, disabled, or no longer exists.",
        True,
    ),
)

_CERTIFICATE = (
    _same("client_unknown", "UnknownIntegration", GONE, "Record does not exist."),
    _same("client_foreign", "InvalidIntegration", PERMISSION, FORBIDDEN),
    _same("client_unsuitable", "CertificateRejected", BAD, "The integration record does not allow this grant.", True),
    _same("private_key", "CertificateRejected", CONTENT, "The file holds a private key.", True),
    _same("certificate_format", "CertificateRejected", CONTENT, "The file is not one X.509 certificate (PEM).", True),
    _same(
        "certificate_key",
        "CertificateRejected",
        CONTENT,
        "The key must be RSA of 3072 or 4096 bits, or EC of 256, 384 or 521 bits.",
        True,
    ),
    _same("certificate_past", "CertificateRejected", CONTENT, "The certificate has expired.", True),
    _same("certificate_long", "CertificateRejected", CONTENT, "The certificate is valid for over two years.", True),
    _same("role_unknown", "EntityOrRoleDisabled", CONTENT, "The role does not exist or is inactive."),
    _same("entity_unknown", "EntityOrRoleDisabled", CONTENT, "The entity does not exist or is inactive."),
    _same("entity_foreign", "InsufficientPermission", PERMISSION, FORBIDDEN, True),
    _same("certificate_duplicate", "CertificateRejected", CONTENT, "The certificate is mapped already.", True),
    _same(
        "certificate_elsewhere",
        "CertificateRejected",
        CONTENT,
        "The certificate is in use for another combination of integration, role and entity.",
        True,
    ),
    _same(
        "certificate_reused", "CertificateRejected", CONTENT, "A revoked certificate cannot be used again here.", True
    ),
    _same(
        "certificate_limit",
        "CertificateLimitExceeded",
        BAD,
        "The integration record has the maximum number of active certificates.",
        True,
    ),
    _same("mapping_unknown", "MissingKey", GONE, "Record does not exist."),
    _same("mapping_revoked", "MissingKey", BAD, "The certificate is revoked already.", True),
)

CONDITIONS: dict[str, Condition] = {entry.name: entry for entry in (*_TOKEN, *_API, *_CERTIFICATE)}


class Refusal(Exception):
    """A request is refused for the named condition."""

    def __init__(self, condition: str, message: str = "") -> None:
        super().__init__(condition)
        self.condition = CONDITIONS[condition]
        self.message = message or self.condition.message
