# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the parts of a message become sentences."""

from __future__ import annotations


def capitalize_sentence(text: str) -> str:
    """A text as the beginning of a sentence: with a capital, unless it begins with the name of an option."""
    return text if "_" in text.split(" ", 1)[0] else text[:1].upper() + text[1:]
