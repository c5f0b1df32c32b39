# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The renewals as an iCalendar file: one entry per active certificate, on the day from which it is due.

Source: https://www.rfc-editor.org/rfc/rfc5545
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from ..timing import parse_iso

_OCTETS = 75  # of a line, before its end
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def render(document: Mapping[str, Any]) -> str:
    """The text of renewals.ics.

    An entry's UID depends on host and certificate alone, so that a calendar that subscribes to the file moves nothing,
    and a renewed certificate gets an entry of its own.

    Args:
        document: The report.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//m2m.netsuite//report//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:NetSuite certificates",
    ]
    for account in document["accounts"]:
        if account["not_after"] and account["certificate_id"]:
            lines += _event(account, document["made"])
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(account: Mapping[str, Any], made: str) -> list[str]:
    host, realm = account["host"], account["account"] or "account unknown"
    day = parse_iso(account["renew_from"] or account["not_after"]).date()
    uid = hashlib.sha256(f"{host}\n{account['certificate_id']}".encode("utf-8", "replace")).hexdigest()[:32]
    description = (
        f"The certificate {account['certificate_id']} of {host} ({realm}) ends on {account['not_after'][:10]}."
        " From this day on it is due: run the playbook m2m.netsuite.onboard, or replace it where it is kept."
    )
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@m2m.netsuite",
        f"DTSTAMP:{_utc(account['not_before'] or made)}",  # when what the entry says became true
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(f'Renew the NetSuite certificate of {host} ({realm})')}",
        f"DESCRIPTION:{_text(description)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _utc(moment: str) -> str:
    return f"{parse_iso(moment):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    return _CONTROL.sub(" ", value).translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """The parts of a line of which none is too long; a character is never split."""
    if len(line) <= _OCTETS and line.isascii():
        yield line
        return
    part, size = "", 0
    for character in line:
        octets = len(character.encode("utf-8", "replace"))
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part
