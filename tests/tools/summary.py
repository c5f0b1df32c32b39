# SPDX-License-Identifier: GPL-3.0-or-later
"""Print what pytest said about each suite, and one line that adds them up.

A suite that left no report counts as a failure: it crashed, or it was never there.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

from copy_tree import ROOT

REPORTS = ROOT / ".cache" / "reports"
SUITES = ("unit", "slow", "e2e", "interop")


def counts(suite: str) -> tuple[int, int]:
    """Return how many tests of a suite passed and how many failed."""
    report = REPORTS / f"{suite}.xml"
    if not report.is_file():
        print(f"{suite}: no report was left")
        return 0, 1
    log = REPORTS / f"{suite}.log"
    said = log.read_text(encoding="utf-8").strip().splitlines() if log.is_file() else []
    print(f"{suite}: {said[-1] if said else 'said nothing'}")
    results = [element.attrib for element in ET.parse(report).getroot().iter("testsuite")]
    total, bad, skipped = (
        sum(int(result.get(name, 0)) for result in results for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return total - bad - skipped, bad


def main() -> int:
    """Print the lines; return the exit status."""
    rows = [counts(suite) for suite in SUITES]
    passed, failed = (sum(column) for column in zip(*rows, strict=True))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
