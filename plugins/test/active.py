# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A test of what the role netsuite_account has found out about an account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def active(result: Any) -> bool:
    """Whether an account works."""
    if not isinstance(result, Mapping) or "status" not in result:
        raise AnsibleFilterError(
            "m2m.netsuite.active: the value is not the result of an account. Test netsuite_account_result."
        )
    return bool(result["status"] == "active")


class TestModule:
    """The tests, by name."""

    def tests(self) -> dict[str, Callable[[Any], bool]]:
        """What Ansible asks for."""
        return {"active": active}
