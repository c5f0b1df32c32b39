# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a release has offered to playbooks is still there: modules, options and their choices, results, variables.

``make release`` adds a file for each release. A major release removes those whose deprecations have run out.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.tests.support.public_names import missing, public_names

RELEASED = sorted((Path(__file__).parent / "released").glob("*.json"))


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_what_was_released_is_still_there(path: Path) -> None:
    assert missing(json.loads(path.read_text(encoding="utf-8")), public_names()) == []


def test_a_removal_is_seen() -> None:
    released = public_names()
    present = copy.deepcopy(released)
    del present["playbook"]["rotate"]
    del present["module"]["token_check"]["option once_active"]  # an alias
    del present["module"]["access_token"]["result expires_in"]
    del present["role"]["netsuite_account main"]["netsuite_account_scope"]
    present["module"]["certificate"]["option key_type"].remove("EC")
    assert missing(released, present) == [
        "module access_token: result expires_in",
        "module certificate: option key_type: EC",
        "module token_check: option once_active",
        "role netsuite_account main: netsuite_account_scope",
        "playbook rotate",
    ]
