# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credentials of an account are kept: what every place has in common.

Nothing outside this package knows of a path or a variable. A store compares before it writes, so that two runs at once
never lose each other's key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ...core.errors import M2MError
from ...core.generations import Credentials


class StoreConflictError(M2MError):
    """The store holds something else by now: load it again, and go on from there."""


@dataclass(frozen=True)
class Snapshot:
    """What a store held at a moment.

    Attributes:
        credentials: The credentials; None where there are surely none.
        version: What ``save`` compares; None where the store itself holds nothing.
        source: Where they were found: ``file``, ``variables`` or ``none``.
        where: The same in the words of messages.
        certificate_id: Id of the certificate, where a key was given with nothing else. Such credentials can be used and
            not rotated, because their certificate is not known.
        moves: Whether they are found elsewhere, and the store is to take them over as they are.
    """

    credentials: Credentials | None = None
    version: str | None = None
    source: str = "none"
    where: str = "the credentials"
    certificate_id: str | None = None
    moves: bool = False

    @property
    def is_absent(self) -> bool:
        """Whether there is nothing that could be used."""
        return self.credentials is None and self.certificate_id is None

    @property
    def is_kept(self) -> bool:
        """Whether the store itself holds the credentials, or is about to, so that it takes note of each step."""
        return self.version is not None or self.moves


class CredentialStore(Protocol):
    """A place for the credentials of one account."""

    @property
    def is_writable(self) -> bool:
        """Whether new credentials can be put there."""

    @property
    def document(self) -> str | None:
        """The whole as it was last saved, where every key in it is encrypted."""

    def describe(self) -> str:
        """What messages call it."""

    def prepare(self) -> None:
        """Remove what a run that was cut short has left behind."""

    def load(self) -> Snapshot:
        """What it holds now.

        Raises:
            M2MError: it cannot be read, or holds something else. It is never taken for empty then.
        """

    def check_can_save(self, snapshot: Snapshot) -> None:
        """Raise what ``save`` would raise, before there is a key that could be lost.

        Raises:
            OptionError: there is no place.
            VaultError: a key could not be encrypted.
        """

    def save(self, credentials: Credentials, expected: str | None) -> Snapshot:
        """Replace what it holds, in one step.

        Args:
            credentials: What it is to hold. Keys in clear are encrypted on the way, as the options ask for.
            expected: The version that was loaded.

        Returns:
            What it holds now.

        Raises:
            StoreConflictError: it holds another version.
            M2MError: it cannot be written.
        """

    def remove(self, expected: str | None, moved_to: str) -> None:
        """Remove what it holds, for good, because it is kept elsewhere by now. What is gone already is no error.

        Args:
            expected: The version that was loaded.
            moved_to: Where it is kept now, for whoever comes in between.

        Raises:
            StoreConflictError: it holds another version.
            M2MError: it cannot be removed.
        """

    def drift(self, snapshot: Snapshot) -> str | None:
        """What is not as it should be around good credentials, as one word; ``save`` puts it right."""

    def facts(self, snapshot: Snapshot) -> dict[str, Any]:
        """``certificate_path``, ``file_mode`` and ``exposed``, as far as the place has them."""
