# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.progress import STEPS, Progress, seconds_left

HOSTS = ("acme", "globex", "initech", "umbrella")
ACTIVE = {"account": "1234567_SB1", "status": "active"}


@pytest.mark.parametrize(("done", "left"), [(0, None), (1, 90), (5, 10), (10, 0)])
def test_the_rest_takes_as_long_as_what_is_done(done, left):
    assert seconds_left(done, 10, taken=10) == left


def test_accounts_that_are_finished_one_after_the_other():
    progress = Progress(HOSTS, now=1000)
    lines = [progress.finish(host, ACTIVE, 1000 + 60 * number) for number, host in enumerate(HOSTS, 1)]
    assert lines == [
        "acme (1234567_SB1): active. 1 of 4 done, about 3 min left.",
        "globex (1234567_SB1): active. 2 of 4 done, about 2 min left.",
        "initech (1234567_SB1): active. 3 of 4 done, about 60 s left.",
        "umbrella (1234567_SB1): active. 4 of 4 done in 4 min.",
    ]


def test_accounts_that_are_finished_all_at_once():
    """As with the linear strategy: each task for all of them, then the next one."""
    progress = Progress(HOSTS, now=0)
    assert progress.interim(9) is None
    assert progress.interim(10) == "NetSuite accounts: 0 of 4 done."
    for host in HOSTS:
        progress.note(host, STEPS[0])
    assert progress.interim(19) is None
    assert progress.interim(20) == "NetSuite accounts: 0 of 4 done, about 60 s left."
    for host in HOSTS[:2]:
        progress.note(host, STEPS[1])
        progress.note(host, "debug")
    assert progress.interim(7200) == "NetSuite accounts: 0 of 4 done, about 3 h 20 min left."


def test_a_task_that_is_skipped_leaves_no_gap():
    progress = Progress(HOSTS, now=0)
    assert "1 of 4 done, about 3 min left" in progress.finish("acme", ACTIVE, 60)
    assert "1 of 4 done, about 3 min left" in progress.finish("acme", ACTIVE, 60)  # it stands for two accounts


def test_results_of_any_kind():
    line = Progress((), now=0).finish("a\x1b[31m\nb", {"account": None, "status": "awaiting_upload"}, 1)
    assert line == "a [31m b (account unknown): awaiting upload. 1 of 1 done in 1 s."
    assert Progress(HOSTS, 0).finish("acme", {}, 1).startswith("acme (account unknown): failed. 1 of 4 done")
