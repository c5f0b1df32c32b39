# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where an account stands, and what a person has to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import rollout
from ansible_collections.m2m.netsuite.plugins.module_utils.core.account_status import (
    RunFacts,
    account_status,
    instruction,
    upload_page,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.text import capitalize_sentence

ID = "NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA"
CREDENTIALS = {"certificate_id": ID, "certificate_path": "auth-cert.pem", "not_after": "2027-01-01", "source": "file"}
GOOD = {"valid": True}
BASE = RunFacts("1234567_SB1", "1234567-sb1", "1000", "12", "Integration", CREDENTIALS, GOOD)


def refused(cause, basis="heuristic"):
    return {
        "valid": False,
        "diagnosis": [{"cause": cause, "evidence": "it was refused", "fix": "Mend it", "basis": basis}],
    }


def credentials(**changes):
    return {**CREDENTIALS, **changes}


def step(name, certificate_id, status, detail, *, cause=None, http_status=None):
    what = {"step": name, "certificate_id": certificate_id, "status": status, "detail": detail}
    return {**what, "cause": cause, "http_status": http_status}


OLD = {"certificate_id": "old", "revoke_after": "2026-12-01", "due": False}
SHOP = {"name": "Shop A", "description": 'Patchworks: instance "Shop A"', "told_on": "2026-11-29T08:00:00Z"}
SHOP["reads_store"] = False
READER = {"name": "ERP", "description": 'consumer "ERP"', "told_on": None, "reads_store": True}
UNCONFIRMED = {**OLD, "revoke_after": None, "over": False, "not_after": "2026-12-22T08:00:00Z", "days_left": 23}
UNCONFIRMED["waits_for"] = [SHOP]
PENDING = {"certificate_id": "pending-id"}
TABLE = {
    "good": ({}, "active", "Nothing to do."),
    "good, an old one retires": (
        {"credentials": credentials(retiring=[{"certificate_id": "old", "revoke_after": "2026-12-01", "due": False}])},
        "active",
        "old is revoked from 2026-12-01 on",
    ),
    "good, from variables, ends soon": (
        {"credentials": credentials(source="variables", renewal_due="expires_soon")},
        "active",
        "playbook rotate",
    ),
    "a task failed": ({"failure": "It broke."}, "failed", "It broke."),
    "a task failed later": ({"failure": "It broke.", "check": {}}, "failed", "It broke."),
    "not checked yet": ({"check": {}}, "awaiting_upload", ID),
    "no credentials at all": ({"check": {}, "credentials": {"source": "none"}}, "failed", "onboard"),
    "not mapped": ({"check": refused("certificate_not_mapped")}, "awaiting_upload", "upload auth-cert.pem"),
    "mapping vanished": ({"check": refused("mapping_vanished")}, "awaiting_upload", "It was refused."),
    "mapping revoked": ({"check": refused("mapping_revoked", "answer")}, "awaiting_upload", "It was refused."),
    "scope": ({"check": refused("scope_not_allowed", "answer")}, "failed", "Mend it."),
    "no diagnosis": ({"check": {"valid": False}}, "failed", "see `checks`"),
    "mapping refused": (
        {"check": refused("certificate_not_mapped"), "steps": [step("map", ID, "failed", "NetSuite said no.")]},
        "failed",
        "NetSuite said no.",
    ),
    "an old one is due and nobody has revoked it": (
        {"credentials": credentials(retiring=[{**OLD, "due": True}])},
        "active",
        "was due for revocation on 2026-12-01",
    ),
    "two old ones are due and one is refused": (
        {
            "credentials": credentials(
                retiring=[{**OLD, "due": True}, {**OLD, "certificate_id": "older", "due": True}]
            ),
            "steps": [
                step("retire", "old", "failed", "It was refused."),
                step("retire", "older", "failed", "Not listed."),
            ],
        },
        "active",
        "old was not revoked, and the next run will try again: It was refused. The replaced certificate older",
    ),
    "a consumer has yet to confirm": (
        {"credentials": credentials(retiring=[UNCONFIRMED])},
        "active",
        'is waiting for Patchworks: instance "Shop A", told on 2026-11-29; it works until 2026-12-22 (23 days left).'
        " Run m2m.netsuite.confirm once the new certificate " + ID,
    ),
    "a consumer was not told yet": (
        {"credentials": credentials(retiring=[{**UNCONFIRMED, "waits_for": [{**SHOP, "told_on": None}]}])},
        "active",
        "not told yet; it works until 2026-12-22 (23 days left). Run m2m.netsuite.handover, which",
    ),
    "the old one ended, and a consumer has yet to confirm": (
        {"credentials": credentials(retiring=[{**UNCONFIRMED, "over": True, "days_left": -1}])},
        "active",
        "it ended on 2026-12-22. Until then, who still uses it gets no tokens. Run",
    ),
    "many consumers have yet to confirm": (
        {"credentials": credentials(retiring=[{**UNCONFIRMED, "days_left": 1, "waits_for": [SHOP] * 9}])},
        "active",
        "told on 2026-11-29; 4 more; it works until 2026-12-22 (1 day left)",
    ),
    "a consumer reads the store": (
        {"credentials": credentials(retiring=[{**UNCONFIRMED, "waits_for": [READER], "revoke_after": "2026-12-06"}])},
        "active",
        "Nothing to do; the replaced certificate old is revoked from 2026-12-06 on.",
    ),
    "one is due, and of another one a consumer has yet to confirm": (
        {"credentials": credentials(retiring=[{**OLD, "certificate_id": "older", "due": True}, UNCONFIRMED])},
        "active",
        "older was due for revocation on 2026-12-01. Run m2m.netsuite.onboard to revoke it. The replaced certificate",
    ),
    "pending, not mapped": (
        {
            "credentials": credentials(pending=PENDING),
            "steps": [step("map", "pending-id", "failed", "no", cause="call_refused", http_status=403)],
        },
        "awaiting_upload",
        "pending-id",
    ),
    "pending, five active": (
        {
            "credentials": credentials(pending=PENDING),
            "steps": [step("map", "pending-id", "failed", "There are five.", cause="five_active_certificates")],
        },
        "rotating",
        "There are five.",
    ),
    "pending, only looked at": (
        {"credentials": credentials(pending=PENDING)},
        "rotating",
        "m2m.netsuite.onboard to continue",
    ),
    "pending, check mode": (
        {"credentials": credentials(pending=PENDING), "steps": [step("map", "pending-id", "planned", "")]},
        "rotating",
        "Without check mode",
    ),
    "pending, the old one over": (
        {
            "credentials": credentials(pending=PENDING),
            "check": refused("expired", "fact"),
            "steps": [step("prove", "pending-id", "failed", "it is not mapped")],
        },
        "awaiting_upload",
        "pending-id",
    ),
    "pending, mapped and not proven": (
        {
            "credentials": credentials(pending=PENDING),
            "steps": [step("map", "pending-id", "done", ""), step("prove", "pending-id", "failed", "HTTP 500. Wait.")],
        },
        "rotating",
        "is mapped, but its token check failed: HTTP 500. Wait.",
    ),
}


@pytest.mark.parametrize(("changes", "status", "words"), TABLE.values(), ids=TABLE.keys())
def test_where_an_account_stands(changes, status, words):
    found, step = account_status(replace(BASE, **changes))
    assert (found, words in step) == (status, True), (found, step)
    assert status in rollout.STATUSES
    assert step.endswith(".")
    assert "None" not in step


def test_the_instruction_has_all_that_a_person_needs():
    text = instruction(BASE, CREDENTIALS)
    for words in ("1234567_SB1", "https://1234567-sb1.app.netsuite.com/app/oauth2", "1000", "12", "Integration", ID):
        assert words in text
    pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    generation = {**CREDENTIALS, "certificate": pem}
    assert pem not in instruction(BASE, generation)
    for facts in (replace(BASE, has_paths=False), replace(BASE, credentials=credentials(certificate_path=None))):
        assert f":\n{pem}NetSuite must then show the certificate id {ID}. Then run" in instruction(facts, generation)
    bare = instruction(RunFacts("1", "1"), {})
    assert "None" not in bare


def test_a_certificate_in_a_file_is_renewed_by_a_run():
    due = replace(BASE, credentials=credentials(renewal_due="expires_soon"))
    assert account_status(due) == (
        "active",
        "The certificate ends on 2027-01-01. Run m2m.netsuite.onboard to renew it.",
    )


@pytest.mark.parametrize(
    ("found", "status", "text"),
    [
        ({"worked_before": True}, "active", "Nothing to do."),
        ({"worked_before": None, "source": "variables"}, "active", "Nothing to do."),
        ({"worked_before": False}, "awaiting_upload", "In NetSuite account 1234567_SB1"),
        ({"pending": {"certificate_id": "new"}}, "rotating", "run m2m.netsuite.onboard to continue the rotation"),
        ({"worked_before": True, "renewal_due": "expired"}, "failed", "The certificate ended on 2027-01-01."),
        ({"source": "none"}, "failed", "Run the playbook onboard."),
    ],
)
def test_without_asking_the_record_counts(found, status, text):
    recorded = replace(BASE, check={}, asked=False, credentials=credentials(**found))
    assert account_status(recorded)[0] == status
    assert text in account_status(recorded)[1]


def test_the_summary():
    results = {
        "a": {"status": "active", "account": "1", "next_step": "Nothing to do."},
        "b": {"status": "awaiting_upload", "account": "2", "next_step": "Upload it."},
        "c": None,
        "d": {},
    }
    assert rollout.counts(results) == {"active": 1, "awaiting_upload": 1, "rotating": 0, "failed": 2}
    text = "\n".join(rollout.lines(results))
    assert "NetSuite accounts: 4. 1 active, 1 awaiting upload, 2 failed." in text
    assert "- b (2): awaiting upload. Upload it." in text
    assert "- a " not in text
    assert rollout.counts({}) == dict.fromkeys(rollout.STATUSES, 0)
    assert rollout.lines({})


def uploads(number):
    account = f"{1000000 + number}"
    facts = RunFacts(account, account, "1000", "12", None, {**CREDENTIALS, "certificate_path": f"/srv/{number}.pem"})
    upload = {"page": upload_page(account), "certificate_id": f"id{number:041d}"}
    step = instruction(facts, upload)
    return {"status": "awaiting_upload", "account": account, "next_step": step, "upload": upload} | {
        "certificate_path": f"/srv/{number}.pem"
    }


def test_the_summary_says_a_step_of_many_accounts_once():
    few, many = ({f"host{number}": uploads(number) for number in range(size)} for size in (4, 100))
    assert all(line.count("as Administrator") == 1 for line in rollout.lines(few)[1:])
    failed = {f"odd{number}": {"status": "failed", "account": "1", "next_step": "Mend it."} for number in range(5)}
    lines = rollout.lines({**many, **failed, "alone": {"status": "failed", "account": "2", "next_step": "Look."}})
    assert len(lines) == 1 + 101 + 6 + 1
    assert lines[1].startswith("- 100 accounts: awaiting upload. In NetSuite account <account>, as Administrator, open")
    assert "show the certificate id <new certificate id>. Then run" in lines[1]
    assert lines[8] == (
        f"  - host6 (1000006): page {upload_page('1000006')}, file /srv/6.pem, new certificate id id{6:041d}"
    )
    assert lines[102:] == ["- 5 accounts: failed. Mend it.", *(f"  - odd{n} (1)" for n in range(5)), lines[-1]]
    assert lines[-1] == "- alone (2): failed. Look."
    assert len("\n".join(lines)) < 25_000, "it had 616 characters per account"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("the end", "The end"), ("account_id is odd", "account_id is odd"), ("", ""), ("\u00e4h", "\u00c4h")],
)
def test_sentences(text, shown):
    assert capitalize_sentence(text) == shown
