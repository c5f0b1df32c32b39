# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why the token endpoint says no."""

from __future__ import annotations

from .answers import Answer
from .causes import ANSWER, FACT, FEATURE_PAGE, RECORD_PAGE, ROLE_PAGE, UPLOAD_PAGE, Cause
from .evidence import Evidence, MappingSight

_RECORD_FIX = (
    f"At {RECORD_PAGE}, see that the record is Enabled and that Client Credentials (Machine to Machine) Grant is ticked"
)
_CLIENT_FIX = f"Compare client_id with the record at {RECORD_PAGE}; a lost Client ID is replaced by resetting it there"
_PAIR_FIX = f"See that role ({ROLE_PAGE}) and entity exist and are active, and that the entity has the role"
_FEATURE_FIX = f"Enable OAuth 2.0 at {FEATURE_PAGE} > Manage Authentication"
_UPLOAD_FIX = f"Upload the certificate at {UPLOAD_PAGE}"
# Oracle lists both for an integration record that does not fit.
_CLIENT_CODES = "InvalidIntegration or UnknownIntegration"
_LATER = "Try again later, with fewer accounts at a time"


def causes(evidence: Evidence, answer: Answer) -> list[Cause]:
    """The causes that the answer, and what is known beside it, point to."""
    told = f"the token endpoint answered {answer.summary}"
    if answer.status == 429:
        return [Cause("overloaded", told, _LATER, basis=ANSWER, weight=97)]
    if answer.status in (502, 503, 504):
        return [Cause("netsuite_unavailable", told, f"{_LATER}; look at NetSuite's status page", weight=90)]
    if answer.error == "invalid_scope":
        fix = f"Tick the scope on the integration record ({RECORD_PAGE}), or ask for fewer"
        return [Cause("scope_not_allowed", told, fix, "ScopeMismatched", ANSWER, 95)]
    if answer.error == "unauthorized_client":
        return [Cause("grant_not_ticked", told, _RECORD_FIX, None, ANSWER, 95)]
    if answer.kind == "html" or answer.redirect is not None or answer.status in (407, 511):
        return []  # somebody else's answer
    if answer.status < 400:
        return [Cause("not_netsuite", f"{told} and sent no token", "Check account_id, base_url and proxy", weight=80)]
    address = _from_address(evidence, told)
    if answer.status == 404:  # no token endpoint at all, so nothing that one would say
        return address
    return [*address, *_from_list(evidence, told), *_from_experience(evidence, told)]


def _from_address(evidence: Evidence, told: str) -> list[Cause]:
    """Whether the address is the account's, by its key set."""
    sight, account = evidence.key_set, evidence.account
    fix = "Check account_id and base_url"
    if sight is not None and account is not None and sight.realms and account.realm not in sight.realms:
        detail = f"the key set at this address is of account {sight.realms[0]}, not of {account.realm}"
        return [Cause("wrong_account", detail, f"{fix}: they lead to different accounts", "MissingKey", weight=97)]
    if sight is not None and sight.status == 404:
        detail = f"{told}, and there is no key set at this address, as there is at every account's"
        return [Cause("wrong_account", detail, fix, "MissingKey", weight=93)]
    if evidence.answer is not None and evidence.answer.status == 404:
        return [Cause("wrong_account", told, fix, "MissingKey", weight=80)]
    return []


def _from_list(evidence: Evidence, told: str) -> list[Cause]:
    """What the list of mappings proves, or makes likely."""
    sight, account = evidence.mappings, evidence.account
    if sight is None:
        return []
    if account and sight.holder.account and sight.holder.account.upper().replace("-", "_") != account.realm:
        detail = f"the token that should read the list is of account {sight.holder.account}, not of {account.realm}"
        return [Cause("wrong_account", detail, "Check account_id and the token", "MissingKey", FACT, 93)]
    if sight.elsewhere:
        detail = "NetSuite lists the certificate under another integration record than client_id's"
        return [Cause("wrong_client", detail, _CLIENT_FIX, _CLIENT_CODES, ANSWER, 96)]
    if sight.state in ("absent", "revoked", "expired"):
        detail = f"NetSuite's list shows the certificate as {sight.state}"
        return [Cause(f"mapping_{sight.state}", f"{detail}; {told}", _UPLOAD_FIX, "MissingKey", ANSWER, 94)]
    if sight.state == "active":
        return [*_from_unseen_certificate(evidence, told, 82), *_from_active_mapping(sight, told)]
    return _from_refused_list(sight, told)


def _from_active_mapping(sight: MappingSight, told: str) -> list[Cause]:
    pair = f"role {sight.role} and entity {sight.entity}"
    listed = f"NetSuite lists the certificate as active, for {pair}; {told}"
    found = [Cause("grant_not_ticked", listed, _RECORD_FIX, None, weight=45)]
    if (sight.holder.role, sight.holder.entity) == (sight.role, sight.entity):
        # The list was read as the same role and entity, so these are active.
        return [Cause("disabled_in_netsuite", listed, _RECORD_FIX, "IntegrationBlocked", weight=60), *found]
    return [Cause("role_or_entity_inactive", listed, _PAIR_FIX, "EntityOrRoleDisabled", weight=80), *found]


def _from_refused_list(sight: MappingSight, told: str) -> list[Cause]:
    if sight.refused == 401:
        detail = f"{told}, and a token that has not expired is refused as well"
        return [
            Cause("integration_blocked", detail, _RECORD_FIX, "IntegrationBlocked", weight=88),
            Cause("feature_disabled", detail, _FEATURE_FIX, "FeatureDisabled", weight=82),
        ]
    if sight.refused == 404:
        detail = f"{told}, and NetSuite has no list of certificates for client_id"
        return [Cause("wrong_client", detail, _CLIENT_FIX, _CLIENT_CODES, ANSWER, 92)]
    return []


def _from_unseen_certificate(evidence: Evidence, told: str, weight: int) -> list[Cause]:
    if evidence.certificate_seen:
        return []
    detail = f"{told}, and the certificate is not at hand, so whether the private key belongs to it cannot be told"
    fix = "Give the certificate as well (certificate_path), so that the two are compared"
    return [Cause("wrong_key", detail, fix, "SignatureValidation", weight=weight)]


def _from_experience(evidence: Evidence, told: str) -> list[Cause]:
    """What is left when nothing is known but that NetSuite refuses: the likeliest mistakes, in their order."""
    if evidence.mappings is not None and evidence.mappings.state == "active":
        return []
    unseen = _from_unseen_certificate(evidence, told, 58)
    if evidence.once_active:
        return [*_from_change(evidence, told), *unseen]
    detail = f"{told}, as it does for a certificate that {evidence.realm} does not know"
    if evidence.key_set is not None and evidence.account and evidence.account.realm in evidence.key_set.realms:
        detail += "; the account is the right one for this address, as its key set says"
    unknown = f"{told}, as it does for an unknown client"
    return [
        Cause("certificate_not_mapped", detail, f"{_UPLOAD_FIX}; or correct account_id", "MissingKey", weight=70),
        Cause("wrong_client", unknown, _CLIENT_FIX, _CLIENT_CODES, weight=55),
        _switched_off(told, 40),
        *unseen,
    ]


def _from_change(evidence: Evidence, told: str) -> list[Cause]:
    """Something has changed at NetSuite. A refresh clears the mappings of sandboxes only (section_162686838198)."""
    refreshed = evidence.account is not None and evidence.account.environment in ("sandbox", "release_preview")
    reason = "a refresh clears all mappings of a sandbox" if refreshed else "a revoked certificate is refused like this"
    detail = f"these credentials have worked before and nothing has changed on this side; {told}; {reason}"
    reset = f"{told}, as it does when the Client ID was replaced by resetting the credentials of the record"
    return [
        Cause("mapping_vanished", detail, f"{_UPLOAD_FIX} again", "MissingKey", weight=75 if refreshed else 60),
        _switched_off(told, 65),
        Cause("wrong_client", reset, _CLIENT_FIX, _CLIENT_CODES, weight=45),
    ]


def _switched_off(told: str, weight: int) -> Cause:
    detail = (
        f"{told}, as it does when the integration record is blocked, its grant not ticked, role or entity inactive,"
        " or the OAuth 2.0 feature is off"
    )
    codes = "IntegrationBlocked, EntityOrRoleDisabled or FeatureDisabled"
    return Cause("disabled_in_netsuite", detail, f"{_RECORD_FIX}. {_PAIR_FIX}. {_FEATURE_FIX}", codes, weight=weight)
