# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind the lookup m2m.netsuite.access_token: one login for all who ask for the same token in a run."""

from __future__ import annotations

from ..core import login
from ..core.accounts import parse_account
from ..services import files
from ..services.shared_logins import SharedLogin
from .operation import Context, Operation, Options, Result, execute
from .option_groups import TOKEN, TOKEN_EXCLUSIVE

_FILES = ("private_key_path", "certificate_path", "credentials_path")


def run(options: Options, context: Context) -> Result:
    """Take the token that the run has, or else get one for everybody."""
    asked = context.clock()
    shared = SharedLogin(context.folder, _name(options))
    answer = shared.read()
    if answer is None or not answer.counts(asked, context.clock()):
        with shared.locked():
            answer = shared.read()
            if answer is None or not answer.counts(asked, context.clock()):
                answer = _log_in(options, context)
                shared.write(answer)
    return dict(answer.result)


def _log_in(options: Options, context: Context) -> login.Answer:
    # Loaded here, because each of Ansible's workers would load the libraries anew only to read a file.
    from .access_token import OPERATION  # noqa: PLC0415

    result = execute(OPERATION, {**options, "return_token": True}, context)
    return login.Answer(context.clock(), result)


def _name(options: Options) -> str:
    contents = {name: files.read_text(options[name], what=name) for name in _FILES if options[name]}
    return login.name_of(options, parse_account(options["account_id"]).label, contents)


SHARED_TOKEN = Operation(run=run, options=TOKEN, libraries=(), controller_only=True, mutually_exclusive=TOKEN_EXCLUSIVE)
