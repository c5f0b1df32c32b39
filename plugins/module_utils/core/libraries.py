# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which third-party libraries are there, without breaking the import of the module that wants them.

Ansible imports module files to read their documentation on machines where the libraries are not installed, so every
third-party import is guarded and reported here; an operation asks with ``require`` before it starts.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable

from .errors import LibraryError

_MINIMUM = {"cryptography": "43.0", "PyJWT": "2.8", "requests": "2.31", "PyYAML": "5.4"}
_IMPORT_NAMES = {"PyJWT": "jwt", "PyYAML": "yaml"}
# What an operation needs that talks HTTP, and one that does so with a client's credentials.
HTTP_LIBRARIES = ("requests",)
CLIENT_LIBRARIES = ("cryptography", "PyJWT", *HTTP_LIBRARIES, "PyYAML")
_VERSION = re.compile(r"(\d+)\.(\d+)")  # here, because each of Ansible's workers would compile it anew
_missing: dict[str, ImportError] = {}


def note_missing(library: str, error: ImportError) -> None:
    """Remember that importing ``library`` (its name on PyPI) failed."""
    _missing.setdefault(library, error)


def require(libraries: Iterable[str]) -> None:
    """Raise when one of the libraries could not be imported, or is too old.

    Args:
        libraries: Names on PyPI.

    Raises:
        LibraryError: naming the library, the interpreter that lacks it, and the command that installs it.
    """
    for library in libraries:
        wanted = f"{library}>={_MINIMUM[library]}"
        fix = f"Install it for exactly this interpreter: {sys.executable} -m pip install '{wanted}'"
        if library in _missing:
            problem = f"The Python library {library} cannot be imported by {sys.executable} ({_missing[library]})"
            raise LibraryError(problem, fix, cause="missing_library", library=library)
        version = getattr(sys.modules.get(_IMPORT_NAMES.get(library, library)), "__version__", None)
        if _numbers(version) < _numbers(_MINIMUM[library]):
            problem = f"The Python library {library} of {sys.executable} is {version}, and {wanted} is needed"
            raise LibraryError(problem, fix, cause="old_library", library=library)


def _numbers(version: object) -> tuple[float, ...]:
    """The first two numbers of a version; infinite where there are none, so that an odd one is no reason to stop."""
    found = _VERSION.match(str(version))
    return tuple(map(float, found.groups())) if found else (math.inf,)
