# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Quoting what a server said without quoting a credential."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Each alternative takes what it has looked at, so that a large hostile text costs no more than reading it once.
_SECRETS = re.compile(
    r"eyJ[\w-]{10,}(?:\.[\w-]*){0,4}"
    r"|-----BEGIN.*?(?:-----END[^-]*-----|\Z)",
    re.DOTALL,
)
_LOGIN = re.compile(r"(authorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic))\s+[^\s\"',]+", re.IGNORECASE)
_SCANNED = 20_000


def excerpt(text: str, length: int = 200) -> str:
    """The beginning of a text on one line, with anything like a token or a key struck out.

    Characters that steer a terminal are left out as well.
    """
    clean = _LOGIN.sub(r"\1 (removed)", _SECRETS.sub("(removed)", text[:_SCANNED]))
    line = " ".join("".join(character if character.isprintable() else " " for character in clean).split())
    return line if len(line) <= length and len(text) <= _SCANNED else line[: length - 3] + "..."


def without(text: str, secrets: Iterable[str]) -> str:
    """A text with what is known to be secret struck out. Up to three characters are a word rather than a secret."""
    for secret in sorted({secret for secret in secrets if len(secret) > 3}, key=len, reverse=True):
        text = text.replace(secret, "(removed)")
    return text
