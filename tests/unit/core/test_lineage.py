# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which state of an account's credentials came after which."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.lineage import Age, age, newest
from ansible_collections.m2m.netsuite.tests.support.documents import START, Maker


def life():
    """Each state of an account, in order."""
    made = Maker()
    yield made.credentials
    yield made.prove().credentials
    yield made.begin().credentials
    yield made.promote().credentials
    yield made.retire().credentials
    yield made.begin().credentials
    yield made.promote().credentials
    yield made.retire().credentials


STATES = list(life())


def test_what_consumers_were_told_and_confirmed_comes_after():
    before = STATES[-1]
    told = before.told(["Shop A"], START)
    confirmed = told.confirmed(["Shop A"], START + timedelta(days=1))
    assert newest([confirmed, before, told]) == confirmed
    assert (age(told, before), age(before, told)) == (Age.LATER, Age.NOT_LATER)


@pytest.mark.parametrize("number", range(len(STATES)))
def test_a_state_comes_after_all_before_it_and_after_no_other(number):
    for other, state in enumerate(STATES):
        found = age(state, STATES[number])
        assert (found is Age.LATER) == (other > number), (other, number)
        assert found is not Age.CONFLICT
        older = state.active.number < STATES[number].active.number
        assert (found is Age.OLDER_GENERATION) == older


def test_a_pending_pair_that_was_replaced_came_before():
    made = Maker()
    before = made.begin().credentials
    after = made.begin().credentials  # the pending one could not be used any more
    assert (age(after, before), age(before, after)) == (Age.LATER, Age.NOT_LATER)
    assert age(made.promote().credentials, before) is Age.LATER
    # Once it is gone, it cannot be told from one that another run has made.
    assert age(made.retire().credentials, before) is Age.CONFLICT


def two_runs(*steps):
    """What comes of two runs that take the same steps from the same state, with keys of their own."""
    first = Maker()
    second = first.copy()
    for step in steps:
        getattr(first, step)()
        getattr(second, step)()
    return first.credentials, second.credentials


@pytest.mark.parametrize("steps", [("begin",), ("begin", "promote"), ("rotate",), ("begin", "promote", "begin")])
def test_two_runs_from_one_state_conflict(steps):
    one, other = two_runs(*steps)
    assert age(one, other) is age(other, one) is Age.CONFLICT
    assert newest([one, other]) is None


def test_a_rotation_that_knows_nothing_of_a_pending_pair_conflicts_with_it():
    first = Maker()
    second = first.copy()
    assert age(second.rotate().credentials, first.begin().credentials) is Age.CONFLICT


def test_the_newest_state_does_not_depend_on_the_order():
    assert newest(STATES) == newest(reversed(STATES)) == STATES[-1]
    assert newest([]) is None


def test_of_two_that_look_the_same_the_later_report_counts():
    active = STATES[-1].active
    named = replace(STATES[-1], active=replace(active, certificate_id="the-id-that-netsuite-shows"))
    assert newest([STATES[-1], named]) == named
