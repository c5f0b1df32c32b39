# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point for both ``python3 <folder>`` and ``python -m netsuite_simulator``."""

from __future__ import annotations

import sys
from pathlib import Path


def _arrange_path() -> None:
    """Put the package's parent on ``sys.path`` in place of the folder itself.

    ``python3 <folder>`` puts the folder first, where our module names could shadow others.
    """
    folder = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != folder]
    sys.path.insert(0, str(folder.parent))


if __name__ == "__main__":
    _arrange_path()
    from netsuite_simulator.cli import main

    sys.exit(main())
