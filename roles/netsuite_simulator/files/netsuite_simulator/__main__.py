# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point for both ``python3 <folder>`` and ``python -m netsuite_simulator``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def _arrange_path() -> None:
    """Put the package's parent on ``sys.path`` in place of the folder itself.

    ``python3 <folder>`` puts the folder first, where our module names could shadow others.
    """
    folder = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != folder]
    sys.path.insert(0, str(folder.parent))


def _main() -> int:
    """Run the command line; name a missing package instead of a traceback."""
    _arrange_path()
    try:
        cli = import_module("netsuite_simulator.cli")
    except ModuleNotFoundError as error:
        sys.stderr.write(f"netsuite_simulator: needs the packages cryptography, PyJWT and PyYAML: {error}\n")
        return 2
    return int(cli.main())


if __name__ == "__main__":
    sys.exit(_main())
