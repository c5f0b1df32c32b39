# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The questions of the contact report: what Oracle's pages leave open, and the request that asks NetSuite for it.

Nothing here writes: what is not a GET goes to the token endpoint.
"""

from __future__ import annotations

from . import answers
from .calls import CALLS
from .question import FIRST, CallQuestion, TokenQuestion
from .token_requests import CLAIMS, FORMS, HEADERS, SCOPES, TIMES

QUESTIONS: tuple[TokenQuestion | CallQuestion, ...] = (
    TokenQuestion(
        FIRST,
        "What does a token look like, and which algorithm signs it?",
        "POST token, with a proper assertion",
        read=answers.from_token,
        learns=("expires_in_type", "token_type", "token_lifetime", "access_token_alg"),
    ),
    *CALLS,
    *SCOPES,
    *HEADERS,
    *CLAIMS,
    *TIMES,
    *FORMS,
)

# What no harmless request tells.
_WRITES = "it takes an upload or a revocation to find out"
NOT_ASKED = {
    **dict.fromkeys(
        (
            *("upload_status", "upload_body", "upload_entity", "long_validity", "two_years_from", "duplicate_upload"),
            *("max_active_certificates", "revoked_reuse", "rsa_pss_keys", "revoke_status", "already_revoked"),
            "revocation_kills_tokens",
        ),
        _WRITES,
    ),
    "refresh_kills_tokens": "it takes a sandbox refresh to find out",
    **dict.fromkeys(
        ("concurrency_counts_tokens", "overload_as_401", "retry_after"), "it takes an overload to find out"
    ),
    "foreign_client": "it takes a second integration record to find out",
    "list_truncates": "it takes more certificates than there are to find out",
    "suiteql_entities": "it takes a query that reads people's names to find out",
    **dict.fromkeys(
        ("code_lifetime", "require_pkce", "public_client_credentials"),
        "it takes a person's consent, or another integration record, to find out",
    ),
    "clock_offset": "it is a matter of the clocks on that day, and not of the account",
}
