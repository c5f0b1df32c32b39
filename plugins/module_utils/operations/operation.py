# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation is: the options of one module, and the function that carries it out.

An operation knows check mode and diff mode and nothing else of Ansible. Two adapters run it: ``module_runner`` in a
module process, ``plugin_utils/controller`` inside Ansible's worker on the controller.
"""

from __future__ import annotations

import os.path
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ..core import inputs, libraries
from ..core.accounts import Account
from ..core.errors import M2MError
from ..core.timing import utc
from ..services.vault import Vault

Options = Mapping[str, Any]
Result = dict[str, Any]


class Terminal(Protocol):
    """A person at a terminal. Nothing that is typed is shown or logged."""

    def greet(self, text: str) -> bool:
        """Show a text; False where nobody could answer."""

    def show(self, text: str) -> None:
        """Show a text that goes into no log."""

    def ask(self, text: str, seconds: int) -> str:
        """Ask for a line; what there is of it when the time is over.

        Raises:
            ConsentError: the person gives up.
        """


@dataclass
class Context:
    """The run around an operation.

    Attributes:
        check_mode: Nothing may be changed, here or at NetSuite.
        diff_mode: Whether the result is to show what changes. Otherwise it can do without.
        vault: Ansible Vault, or None in a module process.
        clock: Source of POSIX times.
        sleep: How to pause.
        warnings: Warnings to show to the user beside the result.
        folder: A folder that the processes of this run share and that is removed at its end. A module process has none.
        check_place: Raises OptionError where a key that is made now would be lost with the default place of the
            credential file; ``True``: there is no such file yet. A module process is given the path.
        other_users: Names the other hosts of the inventory that use a certificate of an account. A module process knows
            of none.
        files_stay: Whether whoever reads the result finds the files that this run writes.
        terminal: Where a person can be asked. A module process, and a job of AWX or ansible-runner, have none.
    """

    check_mode: bool = False
    diff_mode: bool = True
    vault: Vault | None = None
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    warnings: list[str] = field(default_factory=list)
    folder: str = ""
    check_place: Callable[[bool], None] = lambda is_new: None
    other_users: Callable[[Account, str], Sequence[str]] = lambda account, certificate_id: ()
    files_stay: bool = True
    terminal: Terminal | None = None

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return utc(self.clock())


@dataclass(frozen=True, eq=False)  # one operation equals itself alone, so that it can be a key
class Operation:
    """The whole of one module, but for its documentation.

    Attributes:
        run: Carries it out. Returns the module's result; ``diff`` may be among its keys.
        options: Argument spec, as AnsibleModule takes it.
        libraries: Third-party libraries it needs, by their names on PyPI.
        keeps_credentials: Whether it keeps the credential file, rather than taking credentials from where they are.
        supports_check_mode: Whether check mode predicts the result.
        controller_only: Whether it works on files of the controller, so that it never runs in a module process.
        preload: Does once, before Ansible's workers start, what each of them would have to do.
        mutually_exclusive: As AnsibleModule takes it; so are the three that follow.
    """

    run: Callable[[Options, Context], Result]
    options: dict[str, dict[str, Any]]
    libraries: Sequence[str] = ("cryptography",)
    keeps_credentials: bool = False
    supports_check_mode: bool = True
    controller_only: bool = False
    preload: Callable[[], None] | None = None
    mutually_exclusive: Sequence[Sequence[str]] = ()
    required_together: Sequence[Sequence[str]] = ()
    required_one_of: Sequence[Sequence[str]] = ()
    required_if: Sequence[Sequence[Any]] = ()

    def constraints(self) -> dict[str, Any]:
        """The rules between options, as keyword arguments of AnsibleModule and of ArgumentSpecValidator."""
        return {
            "mutually_exclusive": self.mutually_exclusive,
            "required_together": self.required_together,
            "required_one_of": self.required_one_of,
            "required_if": self.required_if,
        }


def execute(operation: Operation, options: Options, context: Context, *, are_clean: bool = False) -> Result:
    """Run an operation and turn whatever it raises into a failed result.

    Args:
        operation: Which one.
        options: Its options, validated, with defaults filled in.
        context: The run around it.
        are_clean: Whether the options have been through ``inputs.clean`` already.

    Returns:
        The result; with ``failed`` and ``msg``, and for foreseen errors ``cause`` and ``fix``, when it went wrong.
    """
    try:
        libraries.require(operation.libraries)
        with warnings.catch_warnings():
            if not sys.warnoptions:  # else somebody asked Python for them
                warnings.simplefilter("ignore")  # of libraries, about certificates of others; they would go to stderr
            result = operation.run(options if are_clean else inputs.clean(operation.options, options), context)
        if not context.diff_mode:
            result.pop("diff", None)
        return result
    except M2MError as error:
        return failure(error)
    except Exception as error:  # noqa: BLE001  # pylint: disable=broad-exception-caught
        # A defect of this collection. Its message may quote a secret, so type and place have to do.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        msg = f"Unexpected {type(error).__name__} at {where}. Please report this to the maintainers of m2m.netsuite."
        return {"failed": True, "changed": False, "msg": msg, "cause": "defect", "fix": "Report it"}


def failure(error: M2MError) -> Result:
    """The failed result that reports an error."""
    return {
        "failed": True,
        "changed": False,
        "msg": str(error),
        "cause": error.cause,
        "fix": error.fix,
        **error.facts,
    }
