# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a notification is about, from results in every status."""

from __future__ import annotations

from ansible_collections.m2m.netsuite.plugins.module_utils.core.notification import changed, needs_person
from ansible_collections.m2m.netsuite.tests.support.results import SEALED, company, result

STEPS = [
    {"step": "map", "certificate_id": "a", "status": "done", "detail": ""},
    {"step": "prove", "certificate_id": "a", "status": "failed", "detail": ""},
]


def quiet(**more):
    return result(**{"credential_document": None, **more})


def test_what_was_done_counts_as_a_change():
    results = {
        "steady": quiet(),
        "written": quiet(credential_document=SEALED),
        "mapped": quiet(steps=STEPS),
        "both": quiet(steps=STEPS, credential_document=SEALED),
        "tried": quiet(steps=STEPS[1:]),
        "unknown": None,
    }
    assert {one["host"]: one["done"] for one in changed(results)} == {
        "written": ["keep"],
        "mapped": ["map"],
        "both": ["keep", "map"],
    }
    assert SEALED not in str(changed(results))


def test_who_waits_for_a_person():
    results = {**company(6), "unknown": None, "odd": {"status": "active"}}
    found = {one["host"]: one["status"] for one in needs_person(results)}
    assert found == {"account_3": "awaiting_upload", "account_4": "failed", "unknown": "failed"}
    assert all(one["next_step"] for one in needs_person(results))
