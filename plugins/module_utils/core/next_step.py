# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What comes next in the life of an account's certificates: mapping, proof, promotion, retirement.

``next_step`` is asked again after each step, with the credentials as they are stored by then. So a run that was killed,
or that shares its store with another one, goes on from what is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .generations import Credentials, Generation
from .revocation import Revocation
from .timing import parse_iso

MAP, PROVE, PROMOTE, RETIRE = "map", "prove", "promote", "retire"


@dataclass(frozen=True)
class Step:
    """One step, and the certificate it is about."""

    step: str
    certificate_id: str


@dataclass(frozen=True)
class Facts:
    """What a run has learnt so far.

    Attributes:
        now: The time of the question.
        revocation: What a replaced certificate waits for.
        has_bootstrap_token: Whether there is a token that may upload without a working certificate.
        has_token: Whether the active pair gets a token, though a check of it may have failed, as when the role changes.
        working: Ids of certificates that passed a token check in this run.
        mapped: Ids of certificates that NetSuite's list shows as active.
        taken: The steps of this run, whatever came of them. None is taken twice.
    """

    now: datetime
    revocation: Revocation
    has_bootstrap_token: bool = False
    has_token: bool = False
    working: frozenset[str] = frozenset()
    mapped: frozenset[str] = frozenset()
    taken: frozenset[Step] = frozenset()


def next_step(credentials: Credentials, facts: Facts) -> Step | None:
    """The step to take now, or None when there is nothing (more) to do in this run.

    Args:
        credentials: As they are stored.
        facts: What this run knows.
    """
    for step in _candidates(credentials, facts):
        if step not in facts.taken:
            return step
    return None


def _candidates(credentials: Credentials, facts: Facts) -> list[Step]:
    """Every step that makes sense, the most urgent first."""
    active, pending = credentials.active, credentials.pending
    works = active.certificate_id in facts.working
    steps: list[Step] = []
    authorised = works or facts.has_token
    if not authorised and facts.has_bootstrap_token and parse_iso(active.not_after) > facts.now:
        # The very first upload, and the one after a sandbox refresh.
        steps.append(Step(MAP, active.certificate_id))
        if active.certificate_id in facts.mapped:
            steps.append(Step(PROVE, active.certificate_id))
    if works and not active.proven:
        steps.append(Step(PROVE, active.certificate_id))
    if pending:
        steps += _rotation(pending, facts, can_upload=authorised or facts.has_bootstrap_token)
    if works:
        retiring = [one for one in credentials.retiring if facts.revocation.is_due(credentials, one, facts.now)]
        steps += [Step(RETIRE, one.certificate_id) for one in retiring]
    return steps


def _rotation(pending: Generation, facts: Facts, *, can_upload: bool) -> list[Step]:
    """A pending pair goes into use once it is proven; a refused upload does not matter where a person has made it."""
    if pending.certificate_id in facts.working:
        return [Step(PROMOTE, pending.certificate_id)]
    steps = [Step(MAP, pending.certificate_id)] if can_upload else []
    return [*steps, Step(PROVE, pending.certificate_id)]


def described(
    step: str,
    certificate_id: str | None,
    status: str,
    detail: str,
    *,
    cause: str | None = None,
    http_status: Any = None,
) -> dict[str, Any]:
    """A step as results show it: what it was about, and what came of it."""
    return {
        "step": step,
        "certificate_id": certificate_id or None,
        "status": status,
        "detail": detail,
        "cause": cause,
        "http_status": http_status,
    }
