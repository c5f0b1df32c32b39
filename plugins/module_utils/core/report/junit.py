# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The accounts as JUnit XML: one test case per account, failed where the account is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET  # builds only; nothing is parsed

# What XML 1.0 cannot hold. Source: https://www.w3.org/TR/xml/#charsets
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(document: Mapping[str, Any]) -> str:
    """The text of junit.xml.

    An account that waits for an upload counts as skipped: nothing is wrong, and nothing works yet.

    Args:
        document: The report.
    """
    accounts, numbers = document["accounts"], document["counts"]
    totals = {"tests": len(accounts), "failures": numbers["failed"], "errors": 0, "skipped": numbers["awaiting_upload"]}
    shown = {name: str(number) for name, number in totals.items()}
    suites = ET.Element("testsuites", shown)
    made = document["made"].rstrip("Z")
    suite = ET.SubElement(suites, "testsuite", {**shown, "name": "m2m.netsuite", "timestamp": made})
    for account in accounts:
        name = _text(account["host"])
        case = ET.SubElement(suite, "testcase", classname=_text(account["account"] or "unknown"), name=name, time="0")
        _verdict(case, account)
    ET.indent(suites, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _verdict(case: ET.Element, account: Mapping[str, Any]) -> None:
    next_step = _text(account["next_step"])
    if account["status"] == "failed":
        cause = account["diagnosis"][0]["cause"] if account["diagnosis"] else "failed"
        failure = ET.SubElement(case, "failure", type=_text(cause), message=next_step)
        found = [
            *account["checks"],
            *({**one, "name": one["cause"], "detail": one["evidence"]} for one in account["diagnosis"]),
        ]
        failure.text = "\n".join(_text(f"{one['name']}: {one['detail']}") for one in found if one.get("status") != "ok")
    elif account["status"] == "awaiting_upload":
        ET.SubElement(case, "skipped", message=next_step)
    else:
        ET.SubElement(case, "system-out").text = next_step


def _text(value: object) -> str:
    return _NOT_IN_XML.sub("\ufffd", str(value))
