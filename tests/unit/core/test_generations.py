# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import generations
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import KeyMaterialError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import (
    ConsumerNote,
    Credentials,
    Generation,
    Retiring,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso, parse_iso

YEAR = timedelta(days=365)
times = st.datetimes(timezones=st.just(parse_iso("2026-01-01").tzinfo)).map(iso)


def generation(number=1, certificate_id="id1", **changes) -> Generation:
    values = {
        "certificate": "-----BEGIN CERTIFICATE-----\n",
        "not_after": "2027-11-23T20:00:00Z",
        "created": "2026-11-23T20:00:00Z",
        "private_key": "KeyCanary",
    }
    return Generation(number, certificate_id, **{**values, **changes})


def some_credentials(**changes) -> Credentials:
    return Credentials("1234567_SB1", **{"active": generation(), **changes})


generation_values = st.builds(
    Generation,
    number=st.integers(1),
    certificate_id=st.text(),
    certificate=st.text(),
    not_after=times,
    created=times,
    private_key=st.text(),
    proven=st.none() | times,
)
credentials_values = st.builds(
    Credentials,
    account=st.text(),
    active=generation_values,
    pending=st.none() | generation_values,
    retiring=st.lists(
        st.builds(Retiring, certificate_id=st.text(min_size=1).map("r".__add__), not_after=times, replaced=times),
        max_size=3,
    ).map(tuple),
    consumers=st.lists(
        st.builds(
            ConsumerNote,
            name=st.text(),
            told=st.none() | st.text(),
            told_on=st.none() | times,
            uses=st.none() | st.text(),
            confirmed_on=st.none() | times,
        ),
        max_size=3,
    ).map(tuple),
)


# --- steps ---------------------------------------------------------------------------------------------------------


def test_a_whole_rotation(now):
    start = some_credentials()
    begun = start.with_pending(generation(1, "id2"))
    assert (begun.active, begun.pending.number, begun.pending.certificate_id) == (start.active, 2, "id2")
    assert begun.retiring == ()
    later = now + timedelta(days=1)
    done = begun.promoted("id2", later)
    assert (done.active.certificate_id, done.active.number, done.pending) == ("id2", 2, None)
    assert done.active.proven == iso(later)
    # with its key, which may be the only one that is allowed to revoke it
    old = start.active
    assert done.retiring == (Retiring("id1", old.not_after, iso(later), old.certificate, old.private_key),)
    assert done.without_retiring("id1").retiring == ()
    third = done.with_pending(generation(1, "id3"))
    assert third.pending.number == 3


def test_steps_yield_new_values_and_leave_the_old_ones(now):
    start = some_credentials()
    start.with_pending(generation(1, "id2")).promoted("id2", now)
    start.proven(now)
    assert start == some_credentials()


def test_each_step_taken_again_changes_nothing(now):
    begun = some_credentials().with_pending(generation(1, "id2"))
    done = begun.promoted("id2", now)
    assert done.promoted("id2", now + timedelta(days=1)) == done
    assert done.proven(now + timedelta(days=1)) == done
    assert done.without_retiring("id1").without_retiring("id1") == done.without_retiring("id1")
    assert done.without_retiring("unknown") == done
    assert done.named("active", "id2") == done


@pytest.mark.parametrize("certificate_id", ["id3", "", "unknown"])
def test_only_what_is_pending_is_promoted(now, certificate_id):
    for credentials in (some_credentials(), some_credentials().with_pending(generation(1, "id2"))):
        with pytest.raises(KeyMaterialError) as caught:
            credentials.promoted(certificate_id, now)
        assert caught.value.cause == "nothing_pending"


def test_a_pending_generation_that_is_replaced_retires():
    begun = some_credentials().with_pending(generation(1, "id2"))
    again = begun.with_pending(generation(1, "id3", created="2026-12-01T00:00:00Z"))
    assert again.pending.certificate_id == "id3"
    assert [one.certificate_id for one in again.retiring] == ["id2"]


def test_proven_is_noted_once(now):
    first = some_credentials().proven(now)
    assert first.active.proven == iso(now)
    assert first.proven(now + timedelta(days=9)).active.proven == iso(now)


def test_named_takes_over_netsuite_s_id():
    begun = some_credentials().with_pending(generation(1, "id2"))
    assert begun.named("pending", "theirs").pending.certificate_id == "theirs"
    assert begun.named("active", "theirs").active.certificate_id == "theirs"
    with pytest.raises(KeyMaterialError):
        some_credentials().named("pending", "theirs")


def test_generation_by_name_and_by_id():
    begun = some_credentials().with_pending(generation(1, "id2"))
    assert begun.generation("active").certificate_id == "id1"
    assert begun.generation("pending").certificate_id == "id2"
    assert begun.generation("pending", "id1").certificate_id == "id2", "what is there is what is meant"
    assert begun.generation("active", "id2").certificate_id == "id1"
    assert some_credentials().generation("pending", "id1").certificate_id == "id1", "another run made it active"
    with pytest.raises(KeyMaterialError) as caught:
        some_credentials().generation("pending", "id2")
    assert caught.value.cause == "nothing_pending"


@pytest.mark.parametrize(("days", "over"), [(-1, False), (0, True), (1, True)])
def test_a_retiring_certificate_is_over_when_it_has_ended(now, days, over):
    one = Retiring("id1", iso(now), iso(now - timedelta(days=300)))
    assert one.is_over(now + timedelta(days=days)) is over


@pytest.mark.parametrize("replaced", ["9999-12-31", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("days", [0, 7, 10**9, -(10**9)], ids=str)
def test_far_dates_are_dates(now, replaced, days):
    """Written by hand, to keep a certificate: read like any other."""
    kept = Retiring("old", "9999-12-31T23:59:59Z", replaced)
    credentials = some_credentials(
        active=generation(not_after="9999-12-31T23:59:59Z", created="9999-12-31"), retiring=(kept,)
    )
    read = generations.from_document(generations.to_document(credentials), where="x")
    assert read.retiring == (kept,)
    assert len(iso(kept.revoke_after(days))) == 20
    assert kept.is_due(now, days) == (kept.revoke_after(days) <= now)
    found = generations.rotation_reason(read, now=now, renew_before_days=30, requested=False, overlap_days=days)
    assert found is None


@pytest.mark.parametrize("days", [0, 7, 365, 10**9], ids=str)
def test_the_end_of_the_overlap(now, days):
    end = Retiring("id1", iso(now), iso(now)).revoke_after(days)
    assert end >= now
    assert days > 10**6 or end == now + timedelta(days=days)


@pytest.mark.parametrize(
    ("left", "pending_left", "replaced", "requested", "reason"),
    [
        (365, None, None, False, None),
        (30, None, None, False, "expires_soon"),
        (0, None, None, False, "expired"),
        (365, None, None, True, "requested"),
        (365, None, 0, True, None),
        (365, None, 6, True, None),
        (365, None, 7, True, "requested"),
        (365, None, 100, True, "requested"),
        (30, None, 0, True, "expires_soon"),
        (30, 365, None, False, None),
        (0, 365, None, True, None),
        (365, 365, None, True, None),
        (0, 30, None, False, "expires_soon"),
        (365, 0, None, False, "expired"),
    ],
)
def test_rotation_reason(now, left, pending_left, replaced, requested, reason):
    """``replaced`` days ago a certificate was replaced, and an overlap takes seven days."""
    retiring = () if replaced is None else (Retiring("old", iso(now + YEAR), iso(now - timedelta(days=replaced))),)
    credentials = some_credentials(
        active=generation(not_after=iso(now + timedelta(days=left))),
        pending=None if pending_left is None else generation(not_after=iso(now + timedelta(days=pending_left))),
        retiring=retiring,
    )
    found = generations.rotation_reason(credentials, now=now, renew_before_days=30, requested=requested, overlap_days=7)
    assert found == reason


@pytest.mark.parametrize(
    ("life", "left", "reason"),
    [(30, 30, None), (30, 11, None), (30, 10, "expires_soon"), (30, 0, "expired"), (365, 30, "expires_soon")],
)
@pytest.mark.parametrize("which", ["active", "pending"])
def test_a_short_life_is_not_due_from_its_start(lab, ec_key, now, which, life, left, reason):
    """Taken over today: when the generation was noted says nothing about its certificate."""
    made = lab.certificate(ec_key, start=now + timedelta(days=left - life), days=life)
    short = generation(
        certificate=lab.certificate_pem(made), not_after=iso(now + timedelta(days=left)), created=iso(now)
    )
    credentials = some_credentials(**{which: short})
    found = generations.rotation_reason(credentials, now=now, renew_before_days=30, requested=False, overlap_days=7)
    assert found == reason


def test_any_number_of_days_is_a_number_of_days(now):
    found = generations.rotation_reason(
        some_credentials(), now=now, renew_before_days=10**12, requested=False, overlap_days=7
    )
    assert found == "expires_soon"


def test_a_key_is_in_no_representation(now):
    begun = some_credentials().with_pending(generation(1, "id2"))
    assert "KeyCanary" not in f"{begun} {begun!r} {begun.active} {begun.pending!r}"


# --- the document --------------------------------------------------------------------------------------------------


@given(credentials_values)
def test_credentials_survive_their_document(credentials):
    document = generations.to_document(credentials)
    expected = credentials.without_retiring(credentials.active.certificate_id)
    assert generations.from_document(document, where="x") == expected
    assert "pending" not in document or document["pending"]


def document(**changes) -> dict:
    begun = some_credentials().with_pending(generation(1, "id2"))
    whole = generations.to_document(replace(begun, retiring=(Retiring("old", "2026-01-01", "2026-01-01"),)))
    return {name: value for name, value in {**whole, **changes}.items() if value is not ...}


def changed(part, **changes) -> dict:
    inner = document()[part]
    if part == "retiring":
        return document(retiring=[{**inner[0], **changes}])
    return document(**{part: {name: value for name, value in {**inner, **changes}.items() if value is not ...}})


FOREIGN = {
    "none": None,
    "text": "SecretCanary",
    "list": ["SecretCanary"],
    "empty": {},
    "other variables": {"db_password": "SecretCanary"},
    "no format": document(format=...),
    "format of the future": document(format=2),
    "format is a text": document(format="SecretCanary"),
    "format is true": document(format=True),
    "no account": document(account=...),
    "account is null": document(account=None),
    "account is a list": document(account=["SecretCanary"]),
    "no active": document(active=...),
    "active is null": document(active=None),
    "active is a text": document(active="SecretCanary"),
    "active is a list": document(active=["SecretCanary"]),
    "pending is a text": document(pending="SecretCanary"),
    "retiring is a text": document(retiring="SecretCanary"),
    "retiring holds texts": document(retiring=["SecretCanary"]),
    "no key": changed("active", private_key=...),
    "key is null": changed("active", private_key=None),
    "key is a number": changed("active", private_key=5),
    "certificate is a list": changed("active", certificate=["SecretCanary"]),
    "no certificate id": changed("active", certificate_id=...),
    "number is a text": changed("active", number="SecretCanary"),
    "number is true": changed("active", number=True),
    "no number": changed("active", number=...),
    "end is no time": changed("active", not_after="SecretCanary"),
    "end is a number": changed("active", not_after=20271123),
    "created is no time": changed("active", created="SecretCanary"),
    "unknown part": changed("active", surprise="SecretCanary"),
    "part that is no text": changed("active", proven=["SecretCanary"]),
    "pending without key": changed("pending", private_key=...),
    "retiring end is no time": changed("retiring", not_after="SecretCanary"),
    "retiring replaced is no time": changed("retiring", replaced="SecretCanary"),
    "retiring unknown part": changed("retiring", surprise="SecretCanary"),
    "retiring id is null": changed("retiring", certificate_id=None),
    "consumers is a text": document(consumers="SecretCanary"),
    "consumer without a name": document(consumers=[{"told": "id1"}]),
    "consumer with an unknown part": document(consumers=[{"name": "Shop A", "surprise": "SecretCanary"}]),
    "consumer told at no time": document(consumers=[{"name": "Shop A", "told_on": "SecretCanary"}]),
    "consumer confirmed at no time": document(consumers=[{"name": "Shop A", "confirmed_on": "SecretCanary"}]),
}


@pytest.mark.parametrize("foreign", FOREIGN.values(), ids=FOREIGN.keys())
def test_foreign_documents_are_refused_without_quoting_them(foreign):
    with pytest.raises(KeyMaterialError) as caught:
        generations.from_document(foreign, where="The credential file c.yml")
    assert caught.value.cause == "foreign_file"
    shown = f"{caught.value} {caught.value!r}"
    assert "The credential file c.yml" in shown
    assert "SecretCanary" not in shown
    assert "KeyCanary" not in shown


def test_what_is_in_force_never_retires():
    """Whatever a hand has written into the file."""
    found = generations.from_document(changed("retiring", certificate_id="id1"), where="x")
    assert found.retiring == ()


def test_a_document_without_consumers_stays_as_it_is():
    """That of an earlier version."""
    assert "consumers" not in document()
    assert generations.to_document(generations.from_document(document(), where="x")) == document()


def test_what_a_consumer_was_told_and_confirmed_is_noted_once(now):
    begun = some_credentials().told(["Shop A"], now).confirmed(["Shop A"], now)
    later = now + timedelta(days=1)
    assert begun.note_of("Shop A") == ConsumerNote("Shop A", "id1", iso(now), "id1", iso(now))
    assert begun.told(["Shop A"], later).confirmed(["Shop A"], later) == begun
    rotated = begun.with_pending(generation(1, "id2")).promoted("id2", later).told(["Shop A", "Shop B"], later)
    assert rotated.note_of("Shop A") == ConsumerNote("Shop A", "id2", iso(later), "id1", iso(now))
    assert rotated.note_of("Shop B") == ConsumerNote("Shop B", "id2", iso(later))


def test_an_account_that_lost_its_quotes_is_read():
    assert generations.from_document(document(account=1234567), where="x").account == "1234567"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["format", "active", "pending", "retiring", "number"]), inner)
        ),
    )
)
def test_any_document_is_read_or_refused(value):
    for whole in (value, document(active=value), document(pending=value), document(retiring=value)):
        with contextlib.suppress(KeyMaterialError):
            generations.from_document(whole, where="x")
