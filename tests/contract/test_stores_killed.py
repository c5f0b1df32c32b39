# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run is killed at each step that leaves a trace, over every store, and the next one completes it."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.tests.contract.kills import AFTER, AMID, BEFORE, Killed, killed_at
from ansible_collections.m2m.netsuite.tests.contract.places import Place, checked, ensured, options_of, quickly
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, WITH_ROTATION, Stage

pytestmark = pytest.mark.slow

#: What leaves a trace, in the order in which a run does it, and the variables of the run.
STORIES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "onboarding": (["save", "upload", "save"], {}),
    "rotation": (["save", "upload", "save"], {"rotate": True, "overlap_days": 7}),
    "retirement": (["revoke", "save"], {}),
}
#: Amid a save by a task file a process is left. Amid those of other stores are system calls: see `make reliability`.
#: By a task file each takes twenty seconds, and before a step there is what was there after the one before it.
KILLS = [
    pytest.param(
        store, name, number, moment, marks=pytest.mark.campaign if store == "tasks" and moment != AFTER else ()
    )
    for store in ("file", "kv2", "tasks")
    for name, (steps, _variables) in STORIES.items()
    for number, step in enumerate(steps)
    for moment in (BEFORE, AMID, AFTER)
    if (step, moment) != ("save", AMID) or store == "tasks"
]


def lived(stage: Stage, place: Place, **variables: Any) -> str:
    """One run, and the status that it ends with. What only reads may read by the quick way."""
    options = options_of(stage, place, bootstrap_token=stage.token(), **{"overlap_days": 0, **variables})
    made = ensured(stage, options)
    assert not made.get("failed"), made
    options.pop("rotate", None)
    check = checked(stage, options_of(stage, place))
    reconciled = stage.run("account_reconcile", {**options, "token_check": check})
    results = {"credentials": made, "token_check": check, "reconciled": reconciled}
    given = {"account_id": stage.account_id, "role": WITH_ROTATION, "entity": ENTITY, **results}
    return str(stage.run("account_result", given)["status"])


def killed_in(stage: Stage, place: Place, number: int, moment: str, **variables: Any) -> Killed:
    """A run that is killed. At once, all that is active has its key, and what has worked works."""
    store = type(place.open())
    killed = killed_at(number, moment, lambda: lived(stage, place, **variables), store, stage.folder)
    stage.exits.callback(killed.let_the_rest_end)
    assert killed.status == signal.SIGKILL, killed
    kept, active = quickly(place).open().load().credentials, stage.active_ids()
    keys = {one.certificate_id for one in kept.holders() if one.private_key} if kept else set()
    assert keys >= set(active)
    if kept and kept.active.proven:
        assert kept.active.certificate_id in active
        check_works(stage, place)
    return killed


def check_works(stage: Stage, place: Place) -> None:
    token = stage.run("access_token", {**stage.account(), **quickly(place).options})
    assert not token.get("failed"), token


def check_one_is_left(stage: Stage, place: Place, number: int) -> None:
    """One certificate, the one that is meant, and nothing under way."""
    kept = quickly(place).open().load().credentials
    assert (kept.active.number, kept.pending, list(kept.retiring)) == (number, None, [])
    assert stage.active_ids() == [kept.active.certificate_id]
    check_works(stage, place)


def begin(stage: Stage, place: Place, story: str) -> None:
    """As far as a story needs it."""
    stage.open_account()
    if story != "onboarding":
        assert lived(stage, quickly(place)) == "active"
    if story == "retirement":
        assert lived(stage, quickly(place), rotate=True, overlap_days=7) == "active"


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("place", ["file"], indirect=True)
def test_the_steps_of_a_run_are_those_at_which_it_is_killed(stage, place, story):
    begin(stage, place, story)
    steps, variables = STORIES[story]
    store = type(place.open())
    whole = killed_at(len(steps), BEFORE, lambda: lived(stage, place, **variables), store, stage.folder)
    assert (whole.status, whole.steps) == (0, steps)


@pytest.mark.parametrize("place", ["file", "kv2", "tasks"], indirect=True)
def test_a_rotation_killed_again_and_again_comes_to_its_end(stage, place):
    """The pair stored and not uploaded; uploaded and not in use; the old one revoked and not forgotten.

    By a task file, the save of the pair goes on after the run that was killed amid it.
    """
    begin(stage, place, "rotation")
    by_tasks = place.options.get("store") == "tasks"
    stored = killed_in(stage, place, 0, AMID if by_tasks else AFTER, rotate=True)
    assert (stored.steps, stored.left is not None) == (["save"], by_tasks)
    stored.let_the_rest_end()
    pending = quickly(place).open().load().credentials.pending
    assert (pending.number, pending.certificate_id in stage.active_ids()) == (2, False)
    uploaded = killed_in(stage, place, 0, AFTER, rotate=True)
    assert (uploaded.steps, len(stage.active_ids())) == (["upload"], 2)
    revoked = killed_in(stage, place, 1, AFTER)
    assert (revoked.steps, stage.active_ids()) == (["save", "revoke"], [pending.certificate_id])
    assert len(quickly(place).open().load().credentials.retiring) == 1
    assert lived(stage, place) == "active"
    check_one_is_left(stage, place, 2)


@pytest.mark.parametrize(("place", "story", "number", "moment"), KILLS, indirect=["place"])
def test_a_run_killed_at_each_step_is_taken_up_by_the_next(stage, place, story, number, moment):
    """The save by a task file goes on after the run that was killed amid it; here it comes after the next run.

    The next run finds the same secret by the quick way; by a task file it does in the test above.
    """
    steps, variables = STORIES[story]
    begin(stage, place, story)
    killed = killed_in(stage, place, number, moment, **variables)
    assert killed.steps == steps[: number + 1]
    # The same command once more. Once the new pair may be in use it would start the next rotation.
    again = {"rotate": True} if story == "rotation" and number < 2 else {}
    assert lived(stage, quickly(place), **again) == "active"
    killed.let_the_rest_end()
    check_one_is_left(stage, place, 1 if story == "onboarding" else 2)
