# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a message about a failure has to be: short, with a cause and a fix, and without a defect or a secret in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SENTENCE_END = re.compile(r"[.!?](?= [A-Z]|$)")


def complaint(result: Mapping[str, Any], *, sentences: int = 3) -> str | None:
    """What is wrong with a failed result's message, or None.

    Args:
        result: The result.
        sentences: How many there may be: cause, fix, and where to look.
    """
    msg = str(result.get("msg", ""))
    if not msg or "\n" in msg or not msg.endswith("."):
        return f"not a sentence: {msg!r}"
    if "Traceback" in msg or result.get("cause") == "defect":
        return f"a defect: {msg!r}"
    if len(_SENTENCE_END.findall(msg)) > sentences or len(msg) > 600:
        return f"too long: {msg!r}"
    if not result.get("cause") or not result.get("fix"):
        return f"no cause or no fix: {dict(result)!r}"
    return None
