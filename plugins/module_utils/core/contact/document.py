# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contact report: what was asked, what came back, and what follows for the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .answers import Answer, Asker, Settings
from .question import Facts, Question
from .questions import NOT_ASKED
from .redaction import Redactor, shown

REPORT_HEAD = """\
# What a NetSuite account answers to the questions that Oracle's pages leave open.
# Names and ids are placeholders. Look it over before you send it to anybody; nothing sends it by itself.
"""
SETTINGS_HEAD = """\
# Settings that make the simulator of m2m.netsuite answer like the account that was asked:
# netsuite_simulator_settings_path, or --settings on its command line.
"""


@dataclass(frozen=True)
class Note:
    """What became of a question.

    Attributes:
        question: Which one.
        outcome: ``granted``, ``refused``, ``unclear`` (neither), ``skipped`` or ``no answer``.
        detail: Why it was skipped, or why there is no answer.
        answer: What came back.
        settings: The settings that follow.
    """

    question: Question
    outcome: str
    detail: str = ""
    answer: Answer | None = None
    settings: Settings | None = None

    def as_entry(self, redact: Redactor) -> dict[str, Any]:
        """The note as the report has it."""
        entry: dict[str, Any] = {
            "name": self.question.name,
            "question": self.question.asks,
            "request": self.question.request,
            "outcome": self.outcome,
        }
        if self.detail:
            entry["detail"] = redact(self.detail)
        if self.answer is not None:
            entry["answer"] = shown(self.answer, redact)
        if self.settings:
            entry["settings"] = self.settings
        return entry


def build(
    notes: list[Note], settings: Settings, facts: Facts, asker: Asker, now: datetime, redact: Redactor
) -> dict[str, Any]:
    """The report.

    Args:
        notes: What became of the questions.
        settings: All settings that follow.
        facts: Whom it is about; of it, only the kind of account and the algorithm are told.
        asker: Whose token asked; of it, only whether it is the administrator's is told.
        now: The day is noted.
        redact: Replaces names and ids.
    """
    return {
        "format": 1,
        "made": now.date().isoformat(),
        "account": facts.account.environment,
        "algorithm": facts.algorithm,
        "administrator": asker.is_administrator,
        "answers": [note.as_entry(redact) for note in notes],
        "not_asked": dict(NOT_ASKED),
        "settings": settings,
    }
