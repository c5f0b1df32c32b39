# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a replaced certificate waits for, and that nothing is revoked under anybody's feet."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Credentials, Generation, Retiring
from ansible_collections.m2m.netsuite.plugins.module_utils.core.next_step import RETIRE, Facts, next_step
from ansible_collections.m2m.netsuite.plugins.module_utils.core.revocation import (
    EVERYBODY,
    Consumer,
    Revocation,
    consumers_of,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso

DAY = timedelta(days=1)
SHOP_A, BILLING = Consumer("Shop A", 'Patchworks: instance "Shop A"'), Consumer("Billing", 'consumer "Billing"')
ERP = Consumer("ERP", 'consumer "ERP"', reads_store=True)


def generation(number: int, now: datetime) -> Generation:
    return Generation(number, f"id{number}", "PEM", iso(now + 365 * DAY), iso(now), "KeyCanary", proven=iso(now))


def rotated(now: datetime) -> Credentials:
    return Credentials("1", generation(1, now)).with_pending(generation(2, now)).promoted("id2", now)


# --- who uses the credentials --------------------------------------------------------------------------------------


def test_consumers_by_name_each_once():
    others = ["Billing", " Shop A ", 5, {"name": "ERP", "reads": "store"}, {"name": "Mail", "reads": "sheet"}]
    found = consumers_of(["Shop A", "Shop A"], others, in_store=True)
    assert found == (
        SHOP_A,
        BILLING,
        Consumer("5", 'consumer "5"'),
        ERP,
        Consumer("Mail", 'consumer "Mail"'),
    )


def test_nobody_reads_a_store_that_hands_out_nothing():
    assert not consumers_of([], [{"name": "ERP", "reads": "store"}], in_store=False)[0].reads_store


@pytest.mark.parametrize(
    "odd",
    [
        "",
        " ",
        None,
        [],
        {},
        {"reads": "store"},
        {"name": "x", "reads": "mail"},
        {"name": "x", "red": 1},
        "a\x07b",
        "{{ a }}",
        ["a"],
    ],
    ids=str,
)
def test_what_is_no_consumer_is_refused(odd):
    with pytest.raises(OptionError) as caught:
        consumers_of([], [odd], in_store=True)
    assert caught.value.cause == "bad_option"


@pytest.mark.parametrize(
    ("revoke", "named", "waited_for"),
    [
        (None, (), ()),
        (None, (SHOP_A,), (SHOP_A,)),
        ("after_overlap", (SHOP_A,), ()),
        ("when_confirmed", (SHOP_A,), (SHOP_A,)),
        ("when_confirmed", (), (EVERYBODY,)),
    ],
)
def test_the_default_follows_from_the_consumers(revoke, named, waited_for):
    assert Revocation.of(revoke, 7, named) == Revocation(7, waited_for)


# --- what is waited for --------------------------------------------------------------------------------------------


def test_without_consumers_the_overlap_decides(now):
    credentials, alone = rotated(now), Revocation(7)
    old = credentials.retiring[0]
    assert alone.due_from(credentials, old) == now.replace(microsecond=0) + 7 * DAY
    assert not alone.is_due(credentials, old, now + 6 * DAY)
    assert alone.is_due(credentials, old, now + 7 * DAY)


def test_an_older_confirmation_says_nothing_about_a_later_replacement(now):
    asked = Revocation(7, (SHOP_A,))
    credentials = rotated(now).confirmed(["Shop A"], now + DAY)
    again = credentials.with_pending(generation(3, now)).promoted("id3", now + 50 * DAY)
    first, second = again.retiring
    assert asked.is_due(again, first, now + 60 * DAY)
    assert not asked.is_due(again, second, now + 600 * DAY)
    done = again.confirmed(["Shop A"], now + 60 * DAY)
    assert [asked.is_due(done, one, now + 60 * DAY) for one in done.retiring] == [True, True]


def test_a_pending_pair_that_was_given_up_waits_for_nobody_who_uses_the_active_one(now):
    begun = rotated(now).confirmed(["Shop A"], now).with_pending(generation(3, now + DAY))
    given_up = begun.with_pending(generation(4, now + 2 * DAY))
    assert Revocation(7, (SHOP_A,)).is_due(given_up, given_up.retiring[-1], now + 2 * DAY)


@pytest.mark.parametrize(("days", "last_call"), [(300, False), (357, False), (359, True), (400, True)])
def test_the_last_call_comes_a_week_before_the_end(now, days, last_call):
    credentials = rotated(now)
    old = credentials.retiring[0]
    assert Revocation(7, (SHOP_A,)).is_last_call(credentials, old, now + days * DAY) is last_call
    assert not Revocation(7).is_last_call(credentials, old, now + days * DAY)
    assert not Revocation(7, (ERP,)).is_last_call(credentials, old, now + days * DAY)


def test_the_next_rotation_waits_unless_there_is_no_overlap(now):
    credentials = rotated(now)
    assert Revocation(7, (SHOP_A,)).is_unconfirmed(credentials, now)
    assert not Revocation(0, (SHOP_A,)).is_unconfirmed(credentials, now)
    assert not Revocation(7, (SHOP_A,)).is_unconfirmed(credentials.confirmed(["Shop A"], now), now)


EVENTS = st.lists(
    st.tuples(st.sampled_from(["rotate", "tell", "switch", "confirm", "reconcile"]), st.integers(0, 40)), max_size=30
)


@given(EVENTS, st.integers(0, 30))
def test_no_certificate_is_retired_that_somebody_uses(events, overlap_days):
    """A consumer switches when it likes, to what it was told last; it is confirmed only when it uses the active one."""
    now, numbers = datetime.fromisoformat("2026-01-01T00:00:00+00:00"), count(2)
    credentials, used = Credentials("1", generation(1, now)), "id1"
    asked = Revocation(overlap_days, (SHOP_A,))
    for what, days in events:
        now += days * DAY
        active = credentials.active.certificate_id
        if what == "rotate":
            pending = generation(next(numbers), now)
            credentials = credentials.with_pending(pending).promoted(pending.certificate_id, now)
        elif what == "tell":
            credentials = credentials.told(["Shop A"], now)
        elif what == "switch":
            used = credentials.note_of("Shop A").told or used
        elif what == "confirm" and used == active:
            credentials = credentials.confirmed(["Shop A"], now)
        elif what == "reconcile":
            facts = Facts(now, asked, working=frozenset({active}))
            while (step := next_step(credentials, facts)) is not None:
                assert (step.step, step.certificate_id == used) == (RETIRE, False)
                credentials = credentials.without_retiring(step.certificate_id)
    if credentials.note_of("Shop A").uses == credentials.active.certificate_id:
        assert not any(asked.waits_for(credentials, one, now) for one in credentials.retiring), "all of it can go"


@given(st.lists(st.booleans(), min_size=1, max_size=4), st.integers(0, 400))
def test_all_have_to_confirm(confirmed, days):
    now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    consumers = tuple(Consumer(str(number), "") for number in range(len(confirmed)))
    names = [one.name for one, done in zip(consumers, confirmed, strict=True) if done]
    credentials = rotated(now).confirmed(names, now + days * DAY)
    asked, old = Revocation(7, consumers), credentials.retiring[0]
    assert asked.is_due(credentials, old, now + days * DAY) is all(confirmed)
    assert (asked.due_from(credentials, old) is None) is not all(confirmed)


def test_an_old_retiring_entry_has_no_pair(now):
    """As an earlier version wrote it."""
    old = Retiring("id0", iso(now + 100 * DAY), iso(now - DAY))
    credentials = Credentials("1", generation(1, now), retiring=(old,))
    assert Revocation(1).is_due(credentials, old, now)
    assert not Revocation(1, (SHOP_A,)).is_due(credentials, old, now)
