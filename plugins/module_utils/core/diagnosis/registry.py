# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of causes: every word that a diagnosis may give, what it means, and what to do.

The rules name a cause and say what speaks for it; the rest comes from here. So do the categories that the status of an
account reads, and the tables of ``docs/diagnosis.md`` and ``docs/guides/when-netsuite-says-no.md``. A contract test
holds them all together. A new code of NetSuite's needs a row here and a rule that names it, with a test. Within a
category the likelier cause stands first.

Source of the codes: Oracle NetSuite help, "Login Audit Trail" (subsect_158324637123, section_158323851171).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

UPLOAD_PAGE = "Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup"
RECORD_PAGE = "Setup > Integration > Manage Integrations"
ROLE_PAGE = "Setup > Users/Roles > Manage Roles"
FEATURE_PAGE = "Setup > Company > Enable Features > SuiteCloud"

# Categories. The status of an account goes by the first three and the last; the others order the documentation.
UNMAPPED, OUTLIVED, SUSPICION = "unmapped", "outlived", "suspicion"
SETTING, MATERIAL, ASSERTION, TOKEN = "setting", "material", "assertion", "token"
CLOCK, LOAD, NETWORK, UPLOAD = "clock", "load", "network", "upload"

TITLES = {
    UNMAPPED: "The account has no valid mapping of the certificate",
    OUTLIVED: "A new certificate fixes it",
    SUSPICION: "An option that looks wrong",
    SETTING: "A setting in NetSuite",
    MATERIAL: "Key, certificate or options, seen before anything is sent",
    ASSERTION: "An assertion that another program made",
    TOKEN: "The access token",
    CLOCK: "The clock",
    LOAD: "NetSuite is busy or unavailable",
    NETWORK: "Between this machine and NetSuite",
    UPLOAD: "An upload that did not succeed",
}


@dataclass(frozen=True)
class Entry:
    """One cause.

    Attributes:
        cause: A stable word.
        category: Its kind, one of ``TITLES``.
        audit_trail: The Detail code that the Login Audit Trail would show, where Oracle documents one; several where
            the cause leaves open which.
        summary: What it means.
        fix: What to do. A rule that knows better says so instead.
    """

    cause: str
    category: str
    audit_trail: str | None
    summary: str
    fix: str

    @property
    def codes(self) -> tuple[str, ...]:
        """The single codes of ``audit_trail``."""
        return tuple(re.findall(r"\b[A-Z]\w+", self.audit_trail or ""))


_UPLOAD = f"Upload the certificate at {UPLOAD_PAGE}"
_UPLOAD_OR_CORRECT = f"{_UPLOAD}; or correct account_id"
_RESTORE = (
    "If an older credential file was restored, put the newest one back; otherwise map the certificate, or a new one, at"
    f" {UPLOAD_PAGE}"
)
_RECORD = (
    f"At {RECORD_PAGE}, see that the record is Enabled and that Client Credentials (Machine to Machine) Grant is ticked"
)
_CLIENT = f"Compare client_id with the record at {RECORD_PAGE}; a lost Client ID is replaced by resetting it there"
_PAIR = f"See that role ({ROLE_PAGE}) and entity exist and are active, and that the entity has the role"
_FEATURE = f"Enable OAuth 2.0 at {FEATURE_PAGE} > Manage Authentication"
_REST = f"Enable REST Web Services at {FEATURE_PAGE}"
_LOGIN = f"Give the role the permission Log in using OAuth 2.0 Access Tokens ({ROLE_PAGE}, subtab Permissions > Setup)"
_PERMISSION = f"Give the role the permission REST Web Services ({ROLE_PAGE}, subtab Permissions > Setup)"
_TICK = f"Tick the scope on the integration record ({RECORD_PAGE}), or ask for fewer"
_REST_SCOPE = "Ask for the scope rest_webservices, and tick it on the integration record"
_ALL_SWITCHES = "IntegrationBlocked, EntityOrRoleDisabled or FeatureDisabled"
_CLIENT_CODES = "InvalidIntegration or UnknownIntegration"
_LATER = "Try again later, with fewer accounts at a time"
_NTP = "Set this machine's clock (NTP)"
_NTP_THERE = "Set the clock of the machine that made the assertion (NTP)"
_REMAKE = "Make a new pair with m2m.netsuite.certificate and map its certificate in NetSuite"
_RENEW = "Renew it with m2m.netsuite.certificate and map the new certificate in NetSuite"
_PLACE = "Check account_id and base_url"
_PLACES = f"{_PLACE}: they lead to different accounts"
_CLIENT_ID = "Use the Client ID (consumer key) of the integration record: 64 hexadecimal characters, shown once"
_NAME = "Correct the name, or give the internal id instead"
_ROLE = "Map the certificate to the role that is expected, or correct the expectation"
_ENTITY = "Map the certificate to the entity that is expected, or correct the expectation"
_BASE = "Check that base_url leads to NetSuite"
_PROXY = "Check proxy, HTTPS_PROXY and NO_PROXY"
_DIVIDE = "Give iat and exp as whole seconds since 1970: divide milliseconds by 1000"
_UPLOAD_AGAIN = "Look at the list in NetSuite's UI, then try again"

_Row = tuple[str, str, str, str]  # cause, code, summary, fix
_TABLE: dict[str, tuple[_Row, ...]] = {
    UNMAPPED: (
        ("certificate_not_mapped", "MissingKey", "the account does not know the certificate", _UPLOAD_OR_CORRECT),
        (
            "mapping_vanished",
            "MissingKey",
            "it worked before: revoked since, or an older credential file was restored",
            _RESTORE,
        ),
        ("mapping_absent", "MissingKey", "NetSuite's list does not show the certificate", _UPLOAD),
        ("mapping_revoked", "MissingKey", "NetSuite's list shows the certificate as revoked", _RESTORE),
        ("mapping_expired", "MissingKey", "NetSuite's list shows the certificate as expired", _RENEW),
    ),
    OUTLIVED: (
        ("expired", "MissingKey", "the certificate has expired", _RENEW),
        ("token_role", "", "the access token acts with another role than expected", _ROLE),
        ("token_entity", "", "the access token acts for another entity than expected", _ENTITY),
    ),
    SUSPICION: (
        ("account", "MissingKey", "the credential file is another account's", "Correct account_id or credentials_path"),
        ("certificate_id", "MissingKey", "the id is not the certificate's own", "Copy it again from NetSuite's list"),
        ("shortened_validity_over", "MissingKey", "NetSuite ends a certificate after two years", _REMAKE),
        ("client_id", "InvalidIssuer", "the value cannot be a Client ID", _CLIENT_ID),
        ("audience", "", "aud is not the account's token endpoint", "Leave audience out"),
        ("key_marking", "", "the key is marked for RSA-PSS alone", _REMAKE),
        ("validity_too_long", "", "NetSuite shortens a validity of more than 730 days", "Go by the end NetSuite shows"),
        ("id_begins_with_hyphen", "", "command lines take such an id for an option", _REMAKE),
    ),
    SETTING: (
        ("wrong_client", _CLIENT_CODES, "the Client ID is another record's, or was reset", _CLIENT),
        (
            "disabled_in_netsuite",
            _ALL_SWITCHES,
            "the record, the role, the entity or OAuth 2.0 is off",
            f"{_RECORD}. {_PAIR}. {_FEATURE}",
        ),
        ("integration_blocked", "IntegrationBlocked", "the integration record is blocked", _RECORD),
        ("feature_disabled", "FeatureDisabled", "the OAuth 2.0 feature is off", _FEATURE),
        (
            "role_or_entity_inactive",
            "EntityOrRoleDisabled",
            "role or entity is inactive, or the entity lacks the role",
            _PAIR,
        ),
        ("grant_not_ticked", "", "the record does not allow client credentials", _RECORD),
        ("scope_not_allowed", "ScopeMismatched", "a scope is not ticked on the integration record", _TICK),
        ("login_permission_missing", "", "the role may not log in with a token", _LOGIN),
        ("permission_missing", "", "the role may not use REST Web Services", _PERMISSION),
        ("rest_feature_disabled", "", "the REST Web Services feature is off", _REST),
        ("scope_too_small", "", "the access token lacks the scope that the call needs", _REST_SCOPE),
    ),
    MATERIAL: (
        (
            "key_mismatch",
            "SignatureValidation",
            "key and certificate are of different pairs",
            "Use a key and certificate that were created together",
        ),
        (
            "wrong_key",
            "SignatureValidation",
            "the key may be of another pair; there is no certificate to compare",
            "Give the certificate as well (certificate_path), to have the two compared",
        ),
        ("not_yet_valid", "MissingKey", "the certificate is not valid yet", "Wait, or check this machine's clock"),
        (
            "algorithm",
            "UnsupportedAlgo",
            "NetSuite does not accept the signature algorithm with this key",
            "Leave algorithm at auto",
        ),
        (
            "scope",
            "InvalidScope",
            "the scope is empty or unknown",
            "Use a list of rest_webservices, restlets, suite_analytics",
        ),
        ("key_kind", "", "NetSuite does not accept this kind of key", _REMAKE),
        ("unsupported_key", "", "NetSuite does not accept this kind of key", _REMAKE),
        ("bad_account_id", "", "account_id is not a NetSuite account id", "Give it as 1234567 or 1234567_SB1"),
        ("bad_base_url", "", "base_url cannot be used", "Give it as https://host[:port][/prefix]"),
        ("bad_lifetime", "", "assertion_lifetime is out of range", "Choose 30 to 3599; 300 is enough"),
        ("missing_file", "", "a file does not exist", "Check the path on the machine that runs the task"),
        ("unreadable_pem", "", "a PEM text is damaged", "Copy the file again"),
        ("wrong_pem", "", "the PEM text is of another kind", "Check that key and certificate are not swapped"),
        ("passphrase_missing", "", "the private key is encrypted", "Set private_key_passphrase"),
        ("wrong_passphrase", "", "the passphrase does not open the key", "Check private_key_passphrase"),
        ("vault_missing", "", "Ansible Vault or its secret is missing", "Give the vault secret to this run"),
    ),
    ASSERTION: (
        ("assertion_expired", "TokenExpired", "exp has passed", "Make a fresh assertion for each request"),
        ("issued_in_future", "TokenNotAcceptable", "iat is in the future", _NTP_THERE),
        ("assertion_lifetime", "TokenValidityTooBroad", "exp is too long after iat", "Let exp be 300 s after iat"),
        ("key_id_missing", "MissingKeyId", "the header has no kid", "Put the Certificate ID into the header as kid"),
        (
            "signature",
            "SignatureValidation",
            "the certificate does not verify the signature",
            "Sign with the private key that belongs to the certificate",
        ),
        ("assertion_dates", "", "iat or exp is not a time in whole seconds, but in milliseconds, for example", _DIVIDE),
        ("assertion_typ", "InvalidTokenType", "typ is not JWT", "Set typ to JWT"),
        ("audience_list", "", "aud is a list", "Give aud as text"),
        ("assertion_malformed", "", "the assertion is not a JWT", "Make it with m2m.netsuite.client_assertion"),
    ),
    TOKEN: (
        ("token_expiry", "AccessTokenExpired", "the access token has expired", "Request a new token"),
        (
            "token_blocked",
            "TokenBlocked or TokenRejected",
            "the access token was revoked, or its record was blocked",
            "Request a new token",
        ),
        (
            "token_kind",
            "InvalidTokenType",
            "a client assertion was given as the access token",
            "Exchange it for an access token, with m2m.netsuite.access_token",
        ),
        ("token_account", "", "the access token is another account's", _PLACES),
        ("token_client", "", "the access token belongs to another integration record", "Check client_id"),
        (
            "token_scope",
            "",
            "the access token lacks a scope",
            "Tick the scope on the integration record, and ask for it in scope",
        ),
        ("token_issuer", "", "NetSuite did not issue the access token", _BASE),
        ("token_signature", "", "the account's key does not verify the access token", _BASE),
        ("token_format", "", "the access token is not a JWT", _BASE),
        ("invalid", "", "a check failed for another reason", "See checks"),
    ),
    CLOCK: (
        ("clock_behind", "TokenExpired", "this machine's clock is behind NetSuite's", _NTP),
        ("clock_ahead", "TokenNotAcceptable", "this machine's clock is ahead of NetSuite's", _NTP),
    ),
    LOAD: (
        ("overloaded", "", "too many requests at once", _LATER),
        (
            "netsuite_unavailable",
            "",
            "NetSuite is unavailable",
            f"{_LATER}; look at NetSuite's status page",
        ),
    ),
    NETWORK: (
        ("wrong_account", "MissingKey", "the address is another account's, or nobody's", _PLACE),
        ("wrong_domain", "", "the address is not the account's own domain", _PLACE),
        ("not_netsuite", "", "something other than NetSuite answered", "Check account_id, base_url and proxy"),
        ("unexpected_answer", "", "NetSuite does not answer like this", _PLACE),
        ("redirected", "", "the answer points elsewhere", f"{_PLACE}; a network or a proxy may ask for a login"),
        ("captive_portal", "", "the network wants a login", "Log in to the network"),
        ("proxy_login", "", "the proxy wants a login", "Set proxy_username and proxy_password"),
        ("proxy_page", "", "a proxy answered with a page", "Ask for the host to be let through the proxy"),
        ("proxy_interferes", "", "a proxy changes the requests", "Go around the proxy"),
        ("proxy", "", "the proxy refuses the tunnel", "Have the proxy allow the host, or bypass it with NO_PROXY"),
        ("proxy_unreachable", "", "the proxy cannot be reached", _PROXY),
        ("bad_proxy", "", "the proxy is not given as an address", f"{_PROXY}: http://host:port"),
        ("unknown_host", "", "the host name cannot be resolved", "Check account_id, the network and name resolution"),
        ("connection_refused", "", "nothing listens at the address", "Check base_url, port and firewall"),
        ("unreachable", "", "the host is unreachable from this machine", "Check network, firewall and proxy"),
        ("timeout", "", "no answer in time", "Try again, or raise timeout"),
        ("connection_lost", "", "the connection broke within the answer", "Try again"),
        ("endless_answer", "", "the answer is too large or too slow", f"{_BASE}, and the proxy too"),
        ("bad_url", "", "the address cannot be used", "Check base_url"),
        ("bad_token", "", "a token contains characters that no token has", "Check where it was copied from"),
        (
            "tls_untrusted",
            "",
            "the TLS certificate is not trusted",
            "If a proxy inspects TLS, name its CA in ca_path; keep validate_certs on",
        ),
        (
            "tls_wrong_host",
            "",
            "the TLS certificate is another host's",
            "Check base_url; if a proxy inspects TLS, exempt this host",
        ),
        (
            "tls_dates",
            "",
            "the TLS certificate has expired or is not valid yet",
            "Check this machine's clock; else the server or an inspecting proxy needs a new certificate",
        ),
        ("tls", "", "the TLS handshake failed", "Check that the port speaks TLS and that no proxy breaks it"),
        ("tls_file", "", "the CA certificates cannot be read", "Check ca_path: it names a PEM file or a folder"),
    ),
    UPLOAD: (
        ("call_refused", "", "NetSuite refused the call", "Check role, permissions and token"),
        (
            "five_active_certificates",
            "",
            "the integration has five active certificates",
            "Revoke one that is not in use, with m2m.netsuite.certificate_mapping and state=revoked",
        ),
        (
            "mapped_elsewhere",
            "",
            "the certificate is mapped to another role or entity",
            "Correct role and entity, or make another pair for them",
        ),
        ("name_unknown", "", "no role or entity has the name that was given", _NAME),
        ("name_ambiguous", "", "several roles or entities have the name that was given", _NAME),
        ("upload_lost", "", "the certificate was sent but NetSuite does not list it", _UPLOAD_AGAIN),
    ),
}

REGISTRY = {
    cause: Entry(cause, category, code or None, summary, fix)
    for category, rows in _TABLE.items()
    for cause, code, summary, fix in rows
}


def entry(cause: str) -> Entry:
    """The row of a cause; one without a row, which a test rules out, says no more than its evidence."""
    return REGISTRY.get(cause) or Entry(cause, "", None, cause.replace("_", " "), "See checks")


def causes_of(category: str) -> frozenset[str]:
    """The causes of a category."""
    return frozenset(cause for cause, row in REGISTRY.items() if row.category == category)
