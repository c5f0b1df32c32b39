# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pipe between a process that runs a user's task file and the store that has started it.

The variables come by standard input, and the answer goes to standard output as one line of JSON: neither a file nor a
command line nor the environment of another program ever holds the document. It is a stdout callback, so that nothing
else is printed, and no other callback of the user's takes part.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.utils.unsafe_proxy import wrap_var

DOCUMENTATION = r"""
name: pipe
type: stdout
short_description: Variables from standard input, the answer to standard output
description:
  - Part of the credential store C(tasks); of no use by itself.
"""


class CallbackModule(CallbackBase):
    """Hands the variables in and the answer out."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "pipe"

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._failure: dict[str, Any] | None = None

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Set the variables. They are data, whatever they look like."""
        variables = json.load(sys.stdin)
        play.get_variable_manager().extra_vars.update({name: wrap_var(value) for name, value in variables.items()})

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Note which task has failed, and why; with ``no_log`` Ansible has taken the reason away."""
        if not ignore_errors:
            self._failure = {"task": result._task.get_name(), "msg": result._result.get("msg")}  # noqa: SLF001

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Answer."""
        answers = {**stats.custom.get("_run", {}), "failure": self._failure}
        sys.stdout.write(f"\n{json.dumps(answers, default=str)}\n")
        sys.stdout.flush()
