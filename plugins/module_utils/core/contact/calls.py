# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The questions that a GET asks: of the key set, of serverTime, of the certificate API."""

from __future__ import annotations

from dataclasses import replace

from . import answers
from .question import NO_CLIENT, CallQuestion, Facts


def _on_suitetalk(facts: Facts) -> str:
    return replace(facts.endpoints, restlets=facts.endpoints.suitetalk).certificates(facts.client_id)


CALLS = (
    CallQuestion(
        "keys_open",
        "May anybody read the account's key set, and how many keys does it hold?",
        "GET keys, without a token",
        read=answers.from_open_keys,
        learns=("jwks_requires_auth", "jwks_keys"),
        url=lambda facts: facts.endpoints.keys,
        asks_with="",
    ),
    CallQuestion(
        "keys",
        "How many keys does the account's key set hold?",
        "GET keys, with the token",
        read=answers.from_keys,
        learns=("jwks_keys",),
        url=lambda facts: facts.endpoints.keys,
    ),
    CallQuestion("server_time", "What does serverTime look like?", "GET serverTime, with the token"),
    CallQuestion(
        "no_login",
        "How is a request without a token refused?",
        "GET serverTime, without a token",
        "login_missing",
        asks_with="",
    ),
    CallQuestion(
        "no_token",
        "How is something refused that is no token?",
        "GET serverTime, with the word not-a-token in place of the token",
        "token_rejected",
        asks_with="",
        headers={"Authorization": "Bearer not-a-token"},
    ),
    CallQuestion(
        "cookie",
        "Does a cookie spoil a login?",
        "GET serverTime, with the token and a cookie of the name contact",
        read=answers.from_cookie,
        learns=("cookie_is_401",),
        headers={"Cookie": "contact=1"},
    ),
    CallQuestion(
        "limits",
        "How many requests does the account serve at once? Only administrators are told.",
        "GET governanceLimits, with the token",
        read=answers.from_limits,
        learns=("concurrency_limit",),
        url=lambda facts: f"{facts.endpoints.suitetalk}/services/rest/system/v1/governanceLimits",
    ),
    CallQuestion(
        "list",
        "What does the list of certificates look like, and whose certificates does the role see?",
        "GET certificates of the integration record, with the token",
        read=answers.from_list,
        learns=("ids_as", "certificate_visibility", "returned_certificate_id"),
        url=lambda facts: facts.endpoints.certificates(facts.client_id),
    ),
    CallQuestion(
        "list_on_suitetalk",
        "Does the certificate API answer on the suitetalk host as well?",
        "GET certificates of the integration record, on the other host, with the token",
        read=answers.from_suitetalk,
        learns=("certificates_on_suitetalk",),
        needs="list",
        url=_on_suitetalk,
        needs_hosts=True,
    ),
    CallQuestion(
        "list_no_login",
        "In which form does the certificate API refuse?",
        "GET certificates of the integration record, without a token",
        read=answers.from_rotation_error,
        learns=("rotation_error_style",),
        url=lambda facts: facts.endpoints.certificates(facts.client_id),
        asks_with="",
    ),
    CallQuestion(
        "list_of_nobody",
        "How does the certificate API refuse a Client ID that no record has?",
        "GET certificates of the Client ID 000…0, with the token",
        "client_unknown",
        needs="list",
        url=lambda facts: facts.endpoints.certificates(NO_CLIENT),
    ),
    CallQuestion(
        "one_certificate",
        "Can a certificate be read by itself?",
        "GET the certificate that is in use, with the token",
        needs="list",
        url=lambda facts: f"{facts.endpoints.certificates(facts.client_id)}/{facts.certificate_id}",
    ),
    CallQuestion(
        "discovery",
        "What does the discovery document name?",
        "GET .well-known/openid-configuration, without a token",
        url=lambda facts: f"{facts.endpoints.suitetalk}/.well-known/openid-configuration",
        asks_with="",
    ),
)
