# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as they are pasted: one table for the modules, the hand-over and Patchworks' script."""

from __future__ import annotations

from collections.abc import Callable

#: What stands around a value, and is not part of it.
AROUND: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "line end": lambda text: f"{text}\n",
    "CRLF": lambda text: f"{text}\r\n",
    "blanks": lambda text: f"  {text} ",
    "tab": lambda text: f"\t{text}\t",
    "byte order mark": lambda text: f"\ufeff{text}",
    "no-break space": lambda text: f"\u00a0{text}\u00a0",
    "narrow no-break space": lambda text: f"{text}\u202f",
    "ideographic space": lambda text: f"\u3000{text}",
    "zero-width space": lambda text: f"\u200b{text}\u200b",
    "word joiner": lambda text: f"{text}\u2060",
    "left-to-right mark": lambda text: f"\u200e{text}",
    "line separator": lambda text: f"{text}\u2028",
    "escaped line end": lambda text: f"{text}\\n",
    "escaped CRLF": lambda text: f"{text}\\r\\n",
    "double quotes": lambda text: f'"{text}"',
    "single quotes": lambda text: f"'{text}'",
    "backticks": lambda text: f"`{text}`",
    "typographic quotes": lambda text: f"\u201c{text}\u201d",
    "German quotes": lambda text: f"\u201e{text}\u201c",
    "French quotes": lambda text: f"\u00ab\u00a0{text}\u00a0\u00bb",
    "Polish quotes": lambda text: f"\u201e{text}\u201d",
    "Swedish quotes": lambda text: f"\u201d{text}\u201d",
    "apostrophes of a word processor": lambda text: f"\u2019{text}\u2019",
    "Danish quotes": lambda text: f"\u00bb{text}\u00ab",
    "Swiss quotes": lambda text: f"\u2039{text}\u203a",
    "Japanese quotes": lambda text: f"\u300c{text}\u300d",
    "full-width quotes": lambda text: f"\uff02{text}\uff02",
    "quotes and a line end": lambda text: f'"{text}\n"\n',
    "quotes in quotes": lambda text: f"\"'{text}'\"",
}
#: What stands within an id, a token or a URL and cannot be told away: the character, and what a message calls it.
WITHIN: dict[str, tuple[str, str]] = {
    "blank": (" ", "white space"),
    "line end": ("\n", "white space"),
    "no-break space": ("\u00a0", "white space (no-break space)"),
    "dash of a word processor": ("\u2013", "U+2013 (en dash)"),
    "non-breaking hyphen": ("\u2011", "U+2011 (non-breaking hyphen)"),
    "full-width digit": ("\uff11", "U+FF11 (fullwidth digit one)"),
    "Cyrillic letter": ("\u0430", "U+0430 (cyrillic small letter a)"),
    "control character": ("\x07", "U+0007"),
    "replacement character": ("\ufffd", "U+FFFD (replacement character)"),
}
