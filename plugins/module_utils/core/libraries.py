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
from types import ModuleType

from .errors import LibraryError

MINIMUM = {"cryptography": "43.0", "PyJWT": "2.8", "requests": "2.31", "PyYAML": "6.0.1"}
# Asked for only where it is used: by the store kv2.
OPTIONAL = {"hvac": "2.1"}
_LEAST = {**MINIMUM, **OPTIONAL}
_IMPORT_NAMES = {"PyJWT": "jwt", "PyYAML": "yaml"}
_DEBIAN_NAMES = {"PyJWT": "python3-jwt", "PyYAML": "python3-yaml"}
# What an operation needs that talks HTTP, and one that does so with a client's credentials.
HTTP_LIBRARIES = ("requests",)
CLIENT_LIBRARIES = ("cryptography", "PyJWT", *HTTP_LIBRARIES, "PyYAML")
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")  # here, because each of Ansible's workers would compile it anew
_missing: dict[str, ImportError] = {}


def note_missing(library: str, error: ImportError) -> None:
    """Remember that importing ``library`` (its name on PyPI) failed."""
    _missing.setdefault(library, error)


def require(libraries: Iterable[str]) -> None:
    """Raise when some of the libraries could not be imported, or are too old.

    Args:
        libraries: Names on PyPI.

    Raises:
        LibraryError: naming all of them, the interpreter that lacks them, and the commands that install them.
    """
    problems = {library: problem for library in libraries if (problem := _problem(library))}
    if not problems:
        return
    missing = any(library in _missing or _is_another_package(library) for library in problems)
    found = "; ".join(f"{library} {problem}" for library, problem in problems.items())
    raise LibraryError(
        f"{sys.executable} lacks Python libraries: {found}",
        _advice(list(problems)),
        cause="missing_library" if missing else "old_library",
        library=", ".join(problems),
    )


def _problem(library: str) -> str | None:
    """What is wrong with a library."""
    if library in _missing:
        return f"cannot be imported ({_missing[library]})"
    if _is_another_package(library):
        return "is missing, because the package named jwt is in its place and has to be uninstalled first"
    version = getattr(_module(library), "__version__", None)
    if _numbers(version) < _numbers(_LEAST[library]):
        return f"is {version}, and {_LEAST[library]} or newer is needed"
    return None


def _is_another_package(library: str) -> bool:
    """Whether something else was imported: PyPI has a package named jwt that is not PyJWT."""
    module = _module(library)
    return library == "PyJWT" and module is not None and not hasattr(module, "PyJWT")


def _module(library: str) -> ModuleType | None:
    return sys.modules.get(_IMPORT_NAMES.get(library, library))


def _advice(libraries: list[str]) -> str:
    """How to install some libraries, for each way in which Ansible is usually installed."""
    wanted = " ".join(f"'{library}>={_LEAST[library]}'" for library in libraries)
    packages = " ".join(_DEBIAN_NAMES.get(library, f"python3-{library}") for library in libraries)
    # pipx names an environment after the package it was made for: ansible, or ansible-core.
    environment = sys.prefix.partition("/pipx/venvs/")[2] or "ansible"
    return (
        f"Install them for exactly this interpreter: {sys.executable} -m pip install {wanted};"
        f" with pipx: pipx inject {environment} {wanted};"
        f" with uv: uv pip install --python {sys.executable} {wanted};"
        f" on Debian 13 or newer: apt install {packages}"
    )


def _numbers(version: object) -> tuple[float, ...]:
    """The first numbers of a version; infinite where there are none: an odd version is not a reason to stop."""
    found = _VERSION.match(str(version))
    return tuple(float(number or 0) for number in found.groups()) if found else (math.inf,)
