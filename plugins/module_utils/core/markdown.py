# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values in Markdown: shown as they are, whatever characters they have.

Source: https://spec.commonmark.org/0.31.2/ and https://github.github.com/gfm/
"""

from __future__ import annotations

import re

_SPACE = re.compile(r"[ \t\n\r\f\v]+")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_SPECIAL = re.compile(
    r"(?P<number>^ ?\d{1,9})(?=[.)](?: |$))"  # a numbered list
    r"|(?:^|(?<=^ ))(?:#(?=#{0,5}(?: |$))|[-+](?= |$)|-(?=[- ]*$))"  # a heading, a list, a rule
    r"|(?<= )#(?=#* ?$)"  # the end of a heading
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word, as in an account id, an underscore is never emphasis
    r"|[\\`*\[\]|~$<>&]"
)


def escape(text: str) -> str:
    """A text of one line, without any markup."""
    return _SPECIAL.sub(_escaped, _SPACE.sub(" ", text))


def _escaped(found: re.Match[str]) -> str:
    return found["number"] + "\\" if found["number"] else _ENTITIES.get(found[0], "\\" + found[0])


def code(text: str) -> str:
    """A text as code within a line."""
    text = _SPACE.sub(" ", text)
    ticks = "`" * (_longest_run(text) + 1)
    pad = " " if text.strip(" ") and (text[0] in "` " or text[-1] in "` ") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}" if text else ""


def fence(text: str) -> str:
    """A text as a block of code."""
    ticks = "`" * max(3, _longest_run(text) + 1)
    return f"{ticks}text\n{text}\n{ticks}" if text else ""


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
