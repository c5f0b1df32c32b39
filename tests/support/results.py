# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results of accounts as account_result returns them, in every status."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core.account_status import (
    RunFacts,
    instruction,
    upload_page,
    waits_in_words,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso

NOW = datetime(2026, 11, 28, 8, 30, tzinfo=timezone.utc)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBkTCB+w==\n-----END CERTIFICATE-----\n"
SEALED = "netsuite_account_credentials: the sealed document"
_CHECKS = [
    "configuration",
    "key_pair",
    "certificate",
    "token",
    "signature",
    "claims",
    "account",
    "role",
    "entity",
    "scope",
    "probe",
]


def moment(days: float) -> str:
    """So many days after NOW."""
    return iso(NOW + timedelta(days=days))


def result(status: str = "active", number: int = 0, **more: Any) -> dict[str, Any]:
    """The result of an account."""
    realm, certificate_id = f"{1000000 + number}_SB1", f"NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe{number:04d}"
    end = 729 - number % 700
    token = "failed" if status in ("failed", "awaiting_upload") else "ok"
    return {
        "status": status,
        "account": realm,
        "certificate_id": certificate_id,
        "certificate": CERTIFICATE,
        "not_before": moment(end - 730),
        "renew_from": moment(end - 30),
        "not_after": moment(end),
        "days_left": end,
        "certificate_path": "credentials.auth-cert.pem",
        "role": "1000",
        "entity": "12",
        "scope": ["rest_webservices"],
        "mapping_state": "active" if token == "ok" else None,
        "clock_skew": -2,
        "generation": 1,
        "checks": [
            {"name": name, "status": token if name == "token" else "ok", "detail": f"the {name} is as it should be"}
            for name in _CHECKS
        ],
        "diagnosis": [],
        "steps": [],
        "pending": None,
        "upload": None,
        "retiring": [],
        "credential_document": SEALED,
        "next_step": "Nothing to do.",
        "changed": False,
        "failed": False,
        **more,
    }


def failed(number: int = 0, **more: Any) -> dict[str, Any]:
    """An account that NetSuite refuses."""
    causes = [
        {
            "cause": cause,
            "evidence": "NetSuite answered HTTP 401 invalid_client",
            "fix": "Enable the integration record",
        }
        for cause in ("integration_blocked", "unknown_client_id")
    ]
    step = "NetSuite answered HTTP 401 invalid_client. Enable the integration record."
    return result("failed", number, diagnosis=causes, next_step=step, **more)


def waiting(number: int = 0, **more: Any) -> dict[str, Any]:
    """An account whose certificate is to be uploaded."""
    found = result("awaiting_upload", number)
    label = found["account"].lower().replace("_", "-")
    path = f"/srv/ansible/inventories/production/host_vars/account_{number}/netsuite_credentials.auth-cert.pem"
    situation = RunFacts(found["account"], label, "1000", "12", "Patchworks", {"certificate_path": path})
    upload = {
        "page": upload_page(label),
        "role": "1000",
        "entity": "12",
        "application": "Patchworks",
        "certificate_id": found["certificate_id"],
        "certificate": CERTIFICATE,
    }
    return {**found, "upload": upload, "next_step": instruction(situation, found), **more}


def rotating(number: int = 0, **more: Any) -> dict[str, Any]:
    """An account with a pending certificate."""
    pending = {"certificate_id": f"pending-{number}", "not_before": moment(-1), "not_after": moment(729)}
    return result("rotating", number, pending=pending, next_step="The next run goes on.", **more)


def overlapping(number: int = 0, **more: Any) -> dict[str, Any]:
    """An account with a retiring certificate."""
    retiring = {
        "certificate_id": f"retiring-{number}",
        "not_after": moment(40),
        "replaced": moment(-3),
        "revoke_after": moment(4),
        "due": False,
        "over": False,
        "status": "waiting",
        "detail": f"it is revoked from {moment(4)} on",
    }
    return result("active", number, retiring=[retiring], **more)


def unconfirmed(number: int = 0, **more: Any) -> dict[str, Any]:
    """An account whose replaced certificate waits for a consumer."""
    shop = {"name": "Shop <A>", "description": 'Patchworks: instance "Shop <A>"', "told_on": moment(-2)}
    found = overlapping(number)
    retiring = {
        **found["retiring"][0],
        "days_left": 40,
        "revoke_after": None,
        "waits_for": [{**shop, "reads_store": False}],
        "last_call": False,
        "overdue": False,
    }
    retiring["detail"] = waits_in_words(retiring)
    step = f"The replaced certificate {retiring['certificate_id']} is {retiring['detail']}."
    return {**found, "retiring": [retiring], "next_step": step, **more}


def company(size: int) -> dict[str, dict[str, Any] | None]:
    """Accounts in all statuses, two in six of them with a second certificate."""
    kinds = itertools.cycle([result, overlapping, rotating, waiting, failed, lambda number: result("active", number)])
    return {f"account_{number}": kind(number=number) for number, kind in zip(range(size), kinds, strict=False)}
