# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All planted mistakes, in the order of the documentation's table."""

from __future__ import annotations

from ansible_collections.m2m.netsuite.tests.e2e.mistakes import (
    mistakes_account,
    mistakes_assertion,
    mistakes_material,
    mistakes_network,
)
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.register import MISTAKES

_MODULES = [module.__name__ for module in (mistakes_material, mistakes_assertion, mistakes_account, mistakes_network)]
MISTAKES.sort(key=lambda mistake: _MODULES.index(mistake.plant.__module__))

__all__ = ["MISTAKES"]
