# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes every task result and the recap as JSON lines, for the end-to-end tests alone.

Works on ansible-core 2.17 to 2.21: results carry ``host``, ``task`` and ``result`` since 2.19, and before that the same
with an underscore.
"""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: e2e_events
type: notification
short_description: Results as JSON lines
description: Appends each result to the file named by E2E_EVENTS.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """The recorder."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "e2e_events"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, event: dict[str, Any]) -> None:
        with open(os.environ["E2E_EVENTS"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(event, default=str) + "\n")

    def _note(self, status: str, result: Any) -> None:
        host = getattr(result, "host", None) or result._host
        task = getattr(result, "task", None) or result._task
        values = result.result if hasattr(result, "result") else result._result
        self._write(
            {
                "event": "result",
                "status": status,
                "host": host.get_name(),
                "task": task.get_name(),
                "action": task.action,
                "result": values,
            }
        )

    def v2_runner_on_ok(self, result: Any) -> None:
        self._note("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._note("ignored" if ignore_errors else "failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._note("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._note("unreachable", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._note("item_ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._note("item_failed", result)

    def v2_on_file_diff(self, result: Any) -> None:
        values = result.result if hasattr(result, "result") else result._result
        self._write({"event": "diff", "diff": values.get("diff")})

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self._write({"event": "recap", "hosts": {host: stats.summarize(host) for host in stats.processed}})
