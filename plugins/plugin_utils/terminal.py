# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The person at Ansible's terminal, asked from a worker, which has no terminal itself.

Source: ansible/utils/display.py, ``prompt_until`` and ``display``, which pass from a worker to the process that started
it; ansible.builtin.pause is made of the same.
"""

from __future__ import annotations

from ansible.errors import AnsiblePromptInterrupt, AnsiblePromptNoninteractive
from ansible.utils.display import Display

from ansible_collections.m2m.netsuite.plugins.module_utils.core.consent import ConsentError


class AnsibleTerminal:
    """See ``operation.Terminal``."""

    def greet(self, text: str) -> bool:
        """Show a text; False where nobody could answer, because standard input is no terminal."""
        try:
            self.ask(text, 0)
        except AnsiblePromptNoninteractive:
            return False
        return True

    def show(self, text: str) -> None:
        """Show a text that goes into no log."""
        Display().display(text, screen_only=True)

    def ask(self, text: str, seconds: int) -> str:
        """Ask for a line, which is not shown; what there is of it when the time is over."""
        try:
            typed: bytes = Display().prompt_until(text, private=True, seconds=seconds)
        except AnsiblePromptInterrupt:
            raise ConsentError(
                "The login was given up at the terminal", "Run the playbook login again", cause="given_up"
            ) from None
        return typed.decode("utf-8", "replace")
