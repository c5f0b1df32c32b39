# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credential documents in the job events that ansible-runner keeps.

Events arrive while a job runs, and so before a worker may die; files of a worker arrive at its end.

Source: ansible_runner/runner.py, event_callback: ``artifacts/IDENT/job_events/COUNTER-UUID.json``
"""

from __future__ import annotations

import glob
import json
import os.path
from typing import Any

from ..core.errors import OptionError
from . import files

_RESULT = "credential_document"
# From the folder of one job, from the folder with those of all jobs, and from the private data directory.
_BELOW = ("job_events", "*/job_events", "artifacts/*/job_events")
# More than an event has, whose result may hold the reports of a thousand accounts.
_LIMIT = 64 * 1024 * 1024


def read_documents(folder: str) -> dict[str, list[str]]:
    """By inventory host, the texts of credential files that tasks have reported, in the order of their reports.

    Args:
        folder: A job's artifacts, the artifacts of many jobs, or a private data directory.

    Raises:
        OptionError: there are no job events, or they cannot be read.
    """
    folder = os.path.expanduser(folder)
    found = [path for below in _BELOW for path in glob.glob(os.path.join(glob.escape(folder), below))]
    if not found:
        raise OptionError(
            f"There are no job events of ansible-runner below {folder}",
            "Give the artifacts folder of a private data directory, or the folder of one job in it",
            cause="missing_file",
        )
    reports = [report for path in found for report in _reports(path)]
    documents: dict[str, list[str]] = {}
    for _when, host, text in sorted(reports):
        documents.setdefault(host, []).append(text)
    return documents


def _reports(folder: str) -> list[tuple[tuple[str, int], str, str]]:
    """When, about which host, and the document, for each event of a job that brings one."""
    found = []
    for path in glob.glob(os.path.join(glob.escape(folder), "*.json")):
        text = files.read_text(path, what="The job event", limit=_LIMIT) or ""
        if _RESULT not in text:
            continue
        event = _parsed(text, path)
        data = event.get("event_data") or {}
        result = data.get("res") if isinstance(data, dict) else None
        document = result.get(_RESULT) if isinstance(result, dict) else None
        if document and isinstance(document, str):
            when = (str(event.get("created") or ""), int(event.get("counter") or 0))
            found.append((when, str(data.get("host")), document))
    return found


def _parsed(text: str, path: str) -> dict[str, Any]:
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise OptionError(
            f"The job event {path} is cut off or damaged, and may hold credentials",
            "Wait for the job to end; or restore the file, or move it away, then run again",
            cause="unreadable_file",
        )
    return event
