# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: notification
short_description: One line per NetSuite account, and how long the rest may take
version_added: 1.0.0
author:
  - m2m.netsuite contributors (!UNKNOWN)
description:
  - Prints a line for each account that the role C(m2m.netsuite.netsuite_account) is through with, and
    after it how many are done, and about how long the rest may take.
  - Where no account is finished for ten seconds, as with the linear strategy, which finishes all of them at the end, a
    line says how far the run is.
  - It prints to standard error, without colours, and leaves standard output to the callback that is set for it.
  - What that one prints for each task is switched off by E(ANSIBLE_DISPLAY_OK_HOSTS=0) and
    E(ANSIBLE_DISPLAY_SKIPPED_HOSTS=0). The summary at the end stays.
requirements:
  - It is switched on by E(ANSIBLE_CALLBACKS_ENABLED=m2m.netsuite.progress), or by C(callbacks_enabled) in
    C(ansible.cfg).
"""

import time
from typing import Any

from ansible.plugins.callback import CallbackBase

from ansible_collections.m2m.netsuite.plugins.module_utils.core.progress import STEPS, Progress


class CallbackModule(CallbackBase):
    """Listens to the results of the role's tasks."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "m2m.netsuite.progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._progress = Progress((), time.monotonic())

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Count the hosts. With C(serial) a play starts once for each batch, with the same hosts."""
        hosts = play.get_variable_manager().get_vars(play=play, include_hostvars=False)["ansible_play_hosts_all"]
        if self._progress.hosts != frozenset(hosts):
            self._progress = Progress(hosts, time.monotonic())

    def v2_runner_on_ok(self, result: Any) -> None:
        """A task went well."""
        self._note(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ARG002 (Ansible names it)
        """A task failed."""
        self._note(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A task was left out."""
        self._note(result)

    def _note(self, result: Any) -> None:
        # Since ansible-core 2.19 without the underscore.
        host, task, values = (
            getattr(result, name if hasattr(result, name) else f"_{name}") for name in ("host", "task", "result")
        )
        module = str(task.action).rpartition(".")[2]
        if module not in STEPS:
            return
        now = time.monotonic()
        self._progress.note(host.get_name(), module)
        finished = [one for one in values.get("results") or [values] if "status" in one and module == STEPS[-1]]
        lines = [self._progress.finish(host.get_name(), one, now) for one in finished]
        for line in lines or filter(None, [self._progress.interim(now)]):
            self._display.display(line, stderr=True)
