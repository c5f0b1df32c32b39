# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one exception tree of the collection.

Every error says what is wrong, where, and what to do about it. Its texts are written for people and never hold a
private key, a passphrase, an assertion or a token: whoever raises one names places (paths, option names, hosts),
not contents.
"""

from __future__ import annotations

from typing import Any


class M2MError(Exception):
    """What went wrong and how to fix it.

    Args:
        problem: One sentence, no full stop: what is wrong, and where.
        fix: One sentence, no full stop: what to do. Empty when the problem says it all.
        cause: A short, stable word for playbooks to branch on, for example ``wrong_passphrase``.
        facts: Further values that may be shown, added to the task's result as they are.
    """

    def __init__(self, problem: str, fix: str = "", *, cause: str = "error", **facts: Any) -> None:
        super().__init__(problem)
        self.problem = problem
        self.fix = fix
        self.cause = cause
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.problem}. {self.fix}." if self.fix else f"{self.problem}."


class OptionError(M2MError):
    """An option, or a combination of options, that cannot be acted on."""


class KeyMaterialError(M2MError):
    """A private key or certificate that cannot be read, used, or safely replaced."""


class VaultError(M2MError):
    """Ansible Vault is needed, and its secret or its service is not available."""


class TransportError(M2MError):
    """No usable answer came back: name resolution, connection, TLS, proxy, timeout.

    Args:
        transient: Whether the same request may succeed a moment later.
        not_sent: Whether the request surely never reached the server.
    """

    def __init__(
        self, problem: str, fix: str = "", *, cause: str, transient: bool = False, not_sent: bool = False
    ) -> None:
        super().__init__(problem, fix, cause=cause)
        self.transient = transient
        self.not_sent = not_sent


class RefusedError(M2MError):
    """The server answered, and the answer was no."""


class LibraryError(M2MError):
    """A Python library is missing or is not the one that is needed."""
