# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the processes of a run share what came of a login: in the temporary folder of the run, which ends with it."""

from __future__ import annotations

import math
import os.path
from collections.abc import Iterator
from contextlib import contextmanager

from ..core import login
from . import files


class SharedLogin:
    """One login, by its name.

    Args:
        folder: The temporary folder of the run; nobody but its user can look into it.
        name: See ``login.name_of``.
    """

    def __init__(self, folder: str, name: str) -> None:
        self._path = os.path.join(folder, f"netsuite-login-{name}", "answer.json")

    def read(self) -> login.Answer | None:
        """What came of it last; None where nobody has logged in yet."""
        return login.from_text(files.read_text(self._path, what="The token of this run"))

    def write(self, answer: login.Answer) -> None:
        """Leave an answer to the others."""
        files.write(self._path, login.to_text(answer), files.PRIVATE)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Take turns with the other processes, for as long as their logins take; each of these has a deadline."""
        files.make_folder(os.path.dirname(self._path), 0o700)
        with files.locked(self._path, wait=math.inf):
            yield
