# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quoting what a server said without quoting a credential."""

from __future__ import annotations

import re

_SECRETS = re.compile(r"eyJ[\w-]{10,}(?:\.[\w-]*){1,4}|-----BEGIN.*?(?:-----END[^-]*-----|\Z)", re.DOTALL)


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of a text on one line, with anything like a token or a key struck out."""
    line = " ".join(_SECRETS.sub("(removed)", text).split())
    return line if len(line) <= length else line[: length - 3] + "..."
