# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which of two states of one account's credentials came after the other.

Only what a credential file holds in clear is looked at, so that whoever compares needs no vault secret. A certificate
tells generations apart: two runs that start from the same state make two different ones with the same number.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from .generations import Credentials


class Age(Enum):
    """How one state stands to another."""

    LATER = "later"
    NOT_LATER = "not later"  # the same, or a step that the other one has taken already
    OLDER_GENERATION = "older generation"
    CONFLICT = "conflict"  # each holds a generation that the other one knows nothing of


def age(state: Credentials, other: Credentials) -> Age:
    """How a state stands to another one of the same account.

    Args:
        state: The state in question.
        other: What it is compared with.
    """
    ahead = state.active.number - other.active.number
    if ahead < 0:
        return Age.OLDER_GENERATION
    if ahead == 0 and state.active.certificate != other.active.certificate:
        return Age.CONFLICT
    theirs = other.pending.certificate if other.pending else None
    if ahead:  # what was pending then has become active, has retired, or is lost
        is_next = ahead == 1 and theirs is not None
        return Age.CONFLICT if is_next and theirs not in _certificates(state) else Age.LATER
    ours = state.pending.certificate if state.pending else None
    if ours != theirs:
        return _age_by_pending(state, other, ours, theirs)
    return Age.LATER if _progress(state) > _progress(other) else Age.NOT_LATER


def newest(states: Iterable[Credentials]) -> Credentials | None:
    """The last of an account's states, given in the order in which they were reported; None where two conflict."""
    found: Credentials | None = None
    for state in states:
        relation = Age.LATER if found is None else age(state, found)
        if relation is Age.CONFLICT:
            return None
        # Of two that look the same, the later report counts: an id by which NetSuite calls a certificate came in.
        if relation is Age.LATER or (found is not None and age(found, state) is Age.NOT_LATER):
            found = state
    return found


def _age_by_pending(state: Credentials, other: Credentials, ours: str | None, theirs: str | None) -> Age:
    """The active generation is the same, and what is pending is not."""
    if ours is None or ours in _retiring(other):
        return Age.NOT_LATER
    return Age.LATER if theirs is None or theirs in _retiring(state) else Age.CONFLICT


def _progress(state: Credentials) -> tuple[bool, int, str]:
    """How far a generation is: proven, replaced ones revoked, and when it was noted what consumers do."""
    moments = [moment for one in state.consumers for moment in (one.told_on, one.confirmed_on) if moment]
    return bool(state.active.proven), -len(state.retiring), max(moments, default="")


def _retiring(state: Credentials) -> set[str | None]:
    return {one.certificate for one in state.retiring}


def _certificates(state: Credentials) -> set[str | None]:
    return {one.certificate for one in state.holders()}
