# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why the token endpoint says no."""

from __future__ import annotations

from .answers import ResponseSummary
from .causes import ANSWER, FACT, Cause
from .evidence import Evidence, MappingObservation

_DIFFERENT = "Check account_id and base_url: they lead to different accounts"
_STATES = {"absent": "mapping_absent", "revoked": "mapping_revoked", "expired": "mapping_expired"}


def causes(evidence: Evidence, answer: ResponseSummary) -> list[Cause]:
    """The causes that the answer, and what is known beside it, point to."""
    said = f"the token endpoint answered {answer.summary}"
    if answer.status == 429:
        return [Cause("overloaded", said, basis=ANSWER, weight=97)]
    if answer.status in (502, 503, 504):
        return [Cause("netsuite_unavailable", said, weight=90)]
    if answer.error == "invalid_scope":
        return [Cause("scope_not_allowed", said, basis=ANSWER, weight=95)]
    if answer.error == "unauthorized_client":
        return [Cause("grant_not_ticked", said, basis=ANSWER, weight=95)]
    if answer.kind == "html" or answer.redirect is not None or answer.status in (407, 511):
        return []  # another server's answer
    if answer.status < 400:
        return [Cause("not_netsuite", f"{said} and sent no token", weight=80)]
    address = _from_address(evidence, said)
    if answer.status == 404:  # no token endpoint at all, so nothing that one would say
        return address
    return [*address, *_from_list(evidence, said), *_from_experience(evidence, said)]


def _from_address(evidence: Evidence, said: str) -> list[Cause]:
    """Whether the address is the account's, by its key set."""
    observed, account = evidence.key_set, evidence.account
    if observed is not None and account is not None and observed.realms and account.realm not in observed.realms:
        detail = f"the key set at this address is account {observed.realms[0]}'s, not {account.realm}'s"
        return [Cause("wrong_account", detail, _DIFFERENT, weight=97)]
    if observed is not None and observed.status == 404:
        detail = f"{said}, and there is no key set at this address, as there is at every account's"
        return [Cause("wrong_account", detail, weight=93)]
    if evidence.answer is not None and evidence.answer.status == 404:
        return [Cause("wrong_account", said, weight=80)]
    return []


def _from_list(evidence: Evidence, said: str) -> list[Cause]:
    """What the list of mappings proves, or makes likely."""
    observed, account = evidence.mappings, evidence.account
    if observed is None:
        return []
    if account and observed.holder.account and observed.holder.account.upper().replace("-", "_") != account.realm:
        detail = f"the token that should read the list is account {observed.holder.account}'s, not {account.realm}'s"
        return [Cause("wrong_account", detail, "Check account_id and the token", FACT, 93)]
    if observed.elsewhere:
        detail = "NetSuite lists the certificate under another integration record than client_id's"
        return [Cause("wrong_client", detail, basis=ANSWER, weight=96)]
    if observed.state in _STATES:
        detail = f"NetSuite's list shows the certificate as {observed.state}; {said}"
        return [Cause(_STATES[observed.state], detail, basis=ANSWER, weight=94)]
    if observed.state == "active":
        return [*_from_unseen_certificate(evidence, said, 82), *_from_active_mapping(observed, said)]
    return _from_refused_list(observed, said)


def _from_active_mapping(observed: MappingObservation, said: str) -> list[Cause]:
    pair = f"role {observed.role} and entity {observed.entity}"
    listed = f"NetSuite lists the certificate as active, for {pair}; {said}"
    found = [Cause("grant_not_ticked", listed, weight=45)]
    if (observed.holder.role, observed.holder.entity) == (observed.role, observed.entity):
        # The list was read as the same role and entity, so these are active.
        return [Cause("integration_blocked", listed, weight=60), *found]
    return [Cause("role_or_entity_inactive", listed, weight=80), *found]


def _from_refused_list(observed: MappingObservation, said: str) -> list[Cause]:
    if observed.refused == 401:
        detail = f"{said}, and a token that has not expired is refused as well"
        return [Cause("integration_blocked", detail, weight=88), Cause("feature_disabled", detail, weight=82)]
    if observed.refused == 404:
        detail = f"{said}, and NetSuite has no list of certificates for client_id"
        return [Cause("wrong_client", detail, basis=ANSWER, weight=92)]
    return []


def _from_unseen_certificate(evidence: Evidence, said: str, weight: int) -> list[Cause]:
    if evidence.certificate_seen:
        return []
    detail = f"{said}, and no certificate was given, so the private key cannot be checked against it"
    return [Cause("wrong_key", detail, weight=weight)]


def _from_experience(evidence: Evidence, said: str) -> list[Cause]:
    """What is left when nothing is known but that NetSuite refuses: the likeliest mistakes, in their order."""
    if evidence.mappings is not None and evidence.mappings.state == "active":
        return []
    unseen = _from_unseen_certificate(evidence, said, 58)
    if evidence.worked_before:
        return [*_from_change(evidence, said), *unseen]
    detail = f"{said}, as it does for a certificate that {evidence.realm} does not know"
    if evidence.key_set is not None and evidence.account and evidence.account.realm in evidence.key_set.realms:
        detail += "; its key set confirms that the account is the right one for this address"
    return [
        Cause("certificate_not_mapped", detail, weight=70),
        Cause("wrong_client", f"{said}, as it does for an unknown client", weight=55),
        _switched_off(said, 40),
        *unseen,
    ]


def _from_change(evidence: Evidence, said: str) -> list[Cause]:
    """Something has changed since. A refresh clears the mappings of sandboxes only (section_162686838198).

    Certificates are replaced and revoked as a matter of course, also by this collection, and a file restored from a
    backup then holds a revoked one; somebody switches a record, a role or a feature off once in a while.
    """
    refreshed = evidence.account is not None and evidence.account.environment in ("sandbox", "release_preview")
    reason = "the certificate was revoked, or an older credential file was restored"
    if refreshed:
        reason = f"the sandbox was refreshed, which clears all its mappings, {reason}"
    detail = f"these credentials have worked before, and now {said}: {reason}"
    reset = f"{said}, as it does when the Client ID was replaced by resetting the credentials of the record"
    return [
        Cause("mapping_vanished", detail, weight=75),
        _switched_off(said, 65),
        Cause("wrong_client", reset, weight=45),
    ]


def _switched_off(said: str, weight: int) -> Cause:
    detail = (
        f"{said}, as it does when the integration record is blocked, its grant is not ticked, role or entity is"
        " inactive, or the OAuth 2.0 feature is off"
    )
    return Cause("disabled_in_netsuite", detail, weight=weight)
