# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that follow on each other, for many tests. When one breaks, the tests of the earlier ones still count."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from .controller import Run


class Story(dict[str, Run]):
    """The runs by name. What ends the story early fails those tests that look at a run which did not take place.

    Attributes:
        broken: What ended it early. One test of each story asserts that there is nothing.
    """

    broken: Exception | None = None

    def __missing__(self, name: str) -> Run:
        raise AssertionError(f"the run {name!r} did not take place: {self.broken!r}") from self.broken

    @contextmanager
    def going(self) -> Iterator[None]:
        """Play the runs in this block."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 (whatever it is, the tests of the next run show it)
            self.broken = error
