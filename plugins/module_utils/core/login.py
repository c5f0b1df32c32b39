# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logins of a run that others can make use of: which login it is, and for whom what came of it counts.

Pure: where the answers are kept is ``services/shared_logins.py``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# Seconds before its end from which a token is renewed: what starts with it has time to finish.
MARGIN = 60.0
# Options that say how a request travels or what opens a key, and nothing about the token that comes of it.
_HOW_TO_REACH = {"timeout", "retries", "proxy", "proxy_username", "proxy_password"}
_HOW_TO_OPEN = {"private_key_passphrase", "store_token", "store_secret_id", "store_jwt", "store_vars"}
_NOT_DECISIVE = {"role_variables", *_HOW_TO_REACH, *_HOW_TO_OPEN}


@dataclass(frozen=True)
class Answer:
    """What came of a login.

    Attributes:
        at: POSIX time when it was there.
        result: The result of the operation, a token or a failure.
    """

    at: float
    result: Mapping[str, Any] = field(repr=False)

    def counts(self, asked: float, now: float) -> bool:
        """Whether it is an answer for somebody else as well.

        A token is, until a minute before its end. A failure is for those who were waiting for this very login, so that
        they do not repeat it one after the other; whoever asks later may find the cause removed.

        Args:
            asked: POSIX time when the other one began to ask.
            now: The present POSIX time.
        """
        if self.result.get("failed"):
            return asked <= self.at <= now
        # A token from the future shows that the clock was set back, and that its end is unknown.
        return -MARGIN <= now - self.at < int(self.result["expires_in"]) - MARGIN


def to_text(answer: Answer) -> str:
    """An answer as it is kept. It holds the token."""
    return json.dumps({"at": answer.at, "result": dict(answer.result)})


def from_text(text: str | None) -> Answer | None:
    """The inverse; None where nothing usable was kept."""
    try:
        document = json.loads(text or "")
        return Answer(float(document["at"]), dict(document["result"]))
    except (ValueError, TypeError, LookupError):
        return None


def name_of(options: Mapping[str, Any], host: str, files: Mapping[str, str | None]) -> str:
    """A name that two logins share if they lead to the same token: a hash of all that decides about it.

    Args:
        options: The options, validated.
        host: The account's host label, which is the same for all spellings of ``account_id``.
        files: By option, the content of the files that hold key, certificate or credentials.
    """
    decisive = {option: value for option, value in options.items() if option not in _NOT_DECISIVE}
    text = json.dumps([{**decisive, "account_id": host}, dict(files)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
