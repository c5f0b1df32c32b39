# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import mapping
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import RefusedError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.mapping import Mapping

ID = "NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA"
# The two shapes as Oracle publishes them (article_11111634165, article_0209112025).
LISTED = {
    "application": {"id": 1, "name": "x", "url": "/app/common/integration/integrapp.nl?id=1", "application_id": "GUID"},
    "entity": {"id": 12, "name": "Somebody", "url": "/app/common/entity/entity.nl?id=12"},
    "role": {"id": 3, "name": "Administrator", "url": "/app/setup/role.nl?id=3"},
    "created": "2026-04-21",
    "valid_from": "2026-04-21",
    "valid_until": "2027-05-21",
    "revoked": False,
    "certificate_id": ID,
    "algorithm": "RSA",
}
UPLOADED = {
    "entity_role_id": {"com": "3829855", "ent": -5, "rol": 1000},
    "application_id": 1,
    "certificate_id": ID,
    "certificate": "-----BEGIN CERTIFICATE-----...",
    "algorithm": "EC",
    "created_at": "2026-01-30",
    "valid_from": "2026-01-30",
    "valid_until": "2026-03-01",
    "invalidated": False,
}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


def one(**changes) -> Mapping:
    return mapping.from_document({**LISTED, **changes})


def test_the_two_shapes():
    assert mapping.from_document(LISTED) == Mapping(
        ID, "3", "12", "2026-04-21", "2027-05-21", False, "RSA", "Administrator", "Somebody"
    )
    assert mapping.from_document(UPLOADED) == Mapping(ID, "1000", "-5", "2026-01-30", "2026-03-01", False, "EC")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"role": 3, "entity": -5}, {"role": "3", "entity": "-5"}),
        ({"role": "3", "entity": "-5"}, {"role": "3", "entity": "-5"}),
        ({"role": {"id": "3"}, "entity": {"id": -5}}, {"role": "3", "entity": "-5"}),
        ({"role": 3.0, "entity": {"id": -5.0}}, {"role": "3", "entity": "-5"}),
        ({"role": None, "entity": {}}, {"role": None, "entity": None}),
        ({"role": None, "entity": None, "entity_role_id": {"rol": 7, "ent": 8}}, {"role": "7", "entity": "8"}),
        ({"entity_role_id": "odd"}, {}),
        ({"valid_until": "2027-05-21T23:59:59Z"}, {}),
        ({"valid_until": "2027-05-21 00:00:00"}, {}),
        ({"valid_until": date(2027, 5, 21)}, {}),
        ({"valid_until": None}, {"valid_until": None}),
        ({"valid_until": "5/21/2027"}, {"valid_until": None}),
        ({"valid_until": 1811203200000}, {"valid_until": None}),
        ({"revoked": True}, {"revoked": True}),
        ({"revoked": "true"}, {"revoked": True}),
        ({"revoked": "T"}, {"revoked": True}),
        ({"revoked": " Yes "}, {"revoked": True}),
        ({"revoked": "false"}, {}),
        ({"revoked": "F"}, {}),
        ({"revoked": ""}, {}),
        ({"revoked": None}, {}),
        ({"revoked": 1}, {"revoked": True}),
        ({"algorithm": None}, {"algorithm": None}),
        ({"algorithm": ["RSA"]}, {"algorithm": None}),
        ({"certificate_id": 17}, {"certificate_id": "17"}),
    ],
    ids=repr,
)
def test_tolerance(changes, expected):
    usual = {
        "certificate_id": ID,
        "role": "3",
        "entity": "12",
        "valid_from": "2026-04-21",
        "valid_until": "2027-05-21",
        "revoked": False,
        "algorithm": "RSA",
    }
    found = one(**changes).as_result()
    assert {name: found[name] for name in usual} == {**usual, **expected}


@pytest.mark.parametrize("name", [None, "", " ", 5, ["x"]])
def test_a_name_is_a_text_or_left_out(name):
    found = one(role={"id": 3, "name": name}, entity={"id": 12, "name": "A\x1b[2Jb"})
    assert (found.role_name, found.entity_name) == (None, "A [2Jb")


def test_an_upload_may_come_back_invalidated():
    assert mapping.from_document({**UPLOADED, "invalidated": True}).revoked


@pytest.mark.parametrize(
    "document", [None, [], "x", 5, {}, {"certificate_id": ""}, {"certificate_id": None}, {"error": "x"}], ids=repr
)
def test_what_is_no_mapping_is_refused(document):
    with pytest.raises(RefusedError) as caught:
        mapping.from_document(document)
    assert caught.value.cause == "unexpected_answer"


def test_lists():
    assert mapping.from_list([]) == []
    assert mapping.from_list([LISTED, UPLOADED]) == [one(), mapping.from_document(UPLOADED)]
    assert mapping.from_list({"items": [LISTED]}) == [one()]


@pytest.mark.parametrize(
    "document", [None, "x", 5, {}, {"items": None}, {"error": "x"}, ["x"], [LISTED, None]], ids=repr
)
def test_what_is_no_list_is_refused(document):
    with pytest.raises(RefusedError) as caught:
        mapping.from_list(document)
    assert caught.value.cause == "unexpected_answer"


@given(json_values)
def test_any_document_is_read_or_refused(document):
    changed = {name: document for name in (*LISTED, *UPLOADED) if name != "certificate_id"}
    read = mapping.from_document({**changed, "certificate_id": ID})
    assert all(value is None or isinstance(value, (str, bool)) for value in read.as_result().values())
    read.is_active(date(2026, 1, 1))
    with contextlib.suppress(RefusedError):
        mapping.from_list(document)


@pytest.mark.parametrize(
    ("valid_until", "revoked", "active"),
    [
        ("2026-11-24", False, True),
        ("2026-11-23", False, True),
        ("2026-11-22", False, False),
        (None, False, True),
        ("2026-11-24", True, False),
        (None, True, False),
    ],
)
def test_active_is_computed(now, valid_until, revoked, active):
    read = one(valid_until=valid_until, revoked=revoked)
    assert read.is_active(now.date()) is active
    assert mapping.active([read], now) == ([read] if active else [])


def test_active_mappings_are_sorted_by_their_end(now):
    ends = ["2027-03-01", "2026-12-01", None, "2028-01-01"]
    shown = mapping.active([one(valid_until=end) for end in ends], now)
    assert [read.valid_until for read in shown] == [None, "2026-12-01", "2027-03-01", "2028-01-01"]


def test_find_prefers_what_is_not_revoked():
    revoked, alive, other = one(revoked=True), one(role=7), one(certificate_id="other")
    assert mapping.find([revoked, other, alive], ID) == alive
    assert mapping.find([other, revoked], ID) == revoked
    assert mapping.find([other], ID) is None
    assert mapping.find([], ID) is None


@pytest.mark.parametrize("count", range(8))
def test_five_is_the_limit(now, count):
    alive = [one(certificate_id=f"id{number}", valid_until=f"2027-01-0{number + 1}") for number in range(count)]
    over = [one(certificate_id="r", revoked=True), one(certificate_id="e", valid_until="2026-11-22")]
    if count < 5:
        mapping.check_room([*alive, *over], now)
        return
    with pytest.raises(RefusedError) as caught:
        mapping.check_room([*alive, *over], now)
    assert caught.value.cause == "five_active_certificates"
    assert str(count) in caught.value.problem
    assert [shown["certificate_id"] for shown in caught.value.facts["revocable"]] == [f"id{n}" for n in range(count)]


def test_the_certificate_in_use_is_not_offered_for_revocation(now):
    alive = [one(certificate_id=f"id{number}") for number in range(5)]
    with pytest.raises(RefusedError) as caught:
        mapping.check_room(alive, now, in_use="id2")
    assert "id2" not in str(caught.value)
    assert len(caught.value.facts["revocable"]) == 4


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        ({}, True),
        ({"certificate_id": "other"}, True),
        ({"role": None, "entity": None, "algorithm": None, "valid_from": None}, True),
        ({"valid_from": "2026-04-20"}, True),
        ({"valid_from": "2026-04-22"}, True),
        ({"valid_from": "2026-04-19"}, False),
        ({"role": 4}, False),
        ({"entity": 4}, False),
        ({"algorithm": "EC"}, False),
    ],
    ids=repr,
)
def test_looks_like(changes, alike):
    assert mapping.looks_like(one(**changes), one()) is alike


def test_the_day_is_utc_s():
    """Just before midnight in UTC it is the next day in the east already."""
    moment = datetime(2026, 11, 23, 23, 59, tzinfo=timezone.utc)
    last = one(valid_until="2026-11-23")
    assert mapping.active([last], moment) == [last]
    assert mapping.active([last], moment + timedelta(minutes=1)) == []
