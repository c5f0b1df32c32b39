# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make reliability`: the whole campaign, and the page that says what was tried.

``--seed`` draws other cases. Whatever else is given goes to pytest (``-k crash``); the page is then left as it is.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE, REPORTS = ROOT / "docs/reliability.md", ROOT / ".cache/reports"
BEGIN, END = "<!-- begin: make reliability -->\n", "<!-- end -->\n"
#: What a campaign has to try at least.
LEAST = {"crash points": 400, "faults": 300, "inputs": 1_000_000, "surfaces": 25}
#: Faults are of the network and of file systems.
_FAULTS = ("network faults", "file system faults")
#: Tests of every day that belong to a class; each counts as one case.
REUSED = {
    "network faults": ("http_client", "http_deadline", "http_tls", "http_proxies", "http_clock"),
    "file system faults": ("files", "credential_file"),
}
#: Name, what pytest gets.
SUITES: dict[str, list[str]] = {
    "campaign": ["tests/reliability", "--ignore=tests/reliability/test_load.py"],
    "campaign-reused": [
        "tests/unit/services/test_key_pair_killed.py",
        "tests/unit/operations/test_certificate_interrupted.py",
        *(f"tests/unit/services/test_{name}.py" for names in REUSED.values() for name in names),
    ],
    # By itself, since it is measured.
    "campaign-load": ["tests/reliability/test_load.py", "-m", "campaign", "-n", "1"],
}


@dataclass
class Findings:
    """What the reports of pytest say.

    Attributes:
        counts: Cases by class and part.
        left_out: What was not tried, and why.
        notes: Figures by name, the largest of each.
        load: Figures of the run over many accounts, by name.
        failed: Tests that failed.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    left_out: set[str] = field(default_factory=set)
    notes: dict[str, float] = field(default_factory=dict)
    load: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def read(self, report: Path) -> None:
        """Add a report (JUnit XML)."""
        for case in ET.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname')}.{case.get('name')}"
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed.append(name)
                continue
            skipped = case.find("skipped")
            if skipped is not None:
                self.left_out.add(f"{case.get('name')}: {skipped.get('message')}")
            self._read_properties(case)
            file = str(case.get("classname")).rpartition(".test_")[2]
            kind = next((kind for kind, files in REUSED.items() if file in files), None)
            if kind and skipped is None:
                self.counts[kind, f"unit tests: {file}"] += 1

    def _read_properties(self, case: ET.Element) -> None:
        for one in case.iter("property"):
            name, value = str(one.get("name")), str(one.get("value"))
            if name.startswith("count: "):
                kind, _colon, part = name.removeprefix("count: ").partition(": ")
                self.counts[kind, part] += int(value)
            elif name == "left out":
                self.left_out.add(value)
            elif name.startswith("load: "):
                self.load[name.removeprefix("load: ")] = float(value)
            else:
                self.notes[name] = max(self.notes.get(name, 0.0), float(value))

    def total(self, kind: str) -> int:
        """How many cases of a class; ``faults`` are those of the network and of file systems."""
        kinds = _FAULTS if kind == "faults" else (kind,)
        return sum(number for (found, _part), number in self.counts.items() if found in kinds)

    def missing(self) -> list[str]:
        """What was tried too seldom."""
        return [
            f"{self.total(kind):,} {kind}, fewer than {least:,}"
            for kind, least in LEAST.items()
            if self.total(kind) < least
        ]

    def table(self, facts: str) -> str:
        """The part of the page that a campaign writes.

        Args:
            facts: Where and when, in a sentence.
        """
        kinds = dict.fromkeys(kind for kind, _part in sorted(self.counts))
        lines = ["| Class | Cases |", "| --- | --- |"]
        lines += [f"| {kind} | {self.total(kind):,} |" for kind in kinds]
        lines += ["", "Without a failure." if not self.failed else f"**Failed: {', '.join(sorted(self.failed))}.**"]
        lines += [f"Largest of all {name}: {value:g}." for name, value in sorted(self.notes.items())]
        if self.load:
            lines += ["", "| Load | Figure |", "| --- | --- |"]
            lines += [f"| {name} | {value:,g} |" for name, value in self.load.items()]
        lines += ["", "Left out:", "", *(f"- {one}" for one in sorted(self.left_out))] if self.left_out else []
        lines += ["", "| Class | Part | Cases |", "| --- | --- | --- |"]
        lines += [f"| {kind} | {part} | {number:,} |" for (kind, part), number in sorted(self.counts.items())]
        return "\n".join([*lines, "", facts, ""])


def facts(seed: int, seconds: float) -> str:
    """Machine, commit, seed and time, in a sentence."""
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    cpus = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(": ")[2] for line in cpus.splitlines() if line.startswith("model name")]
    libraries = ", ".join(f"{name} {version(name)}" for name in ("ansible-core", "cryptography", "requests", "hvac"))
    return (
        f"Seed {seed}, {seconds / 60:.0f} minutes on {os.cpu_count()} cores {' '.join((models or [''])[0].split())},"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}, {libraries};"
        f" commit {described.stdout.strip() or 'unknown'}."
    )


def main(arguments: list[str]) -> int:
    """Run the campaign; return the exit status."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--seed", type=int, default=20, help="draws the cases")
    options, further = parser.parse_known_args(arguments)
    REPORTS.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "RELIABILITY_CAMPAIGN": str(options.seed)}
    findings, started, broken = Findings(), time.monotonic(), []
    for name, given in SUITES.items():
        report = REPORTS / f"{name}.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--junitxml", str(report), *given, *further]
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        if report.exists():
            findings.read(report)
        if status not in (0, 5):  # 5: nothing of this suite was chosen
            broken.append(name)
    table = findings.table(facts(options.seed, time.monotonic() - started))
    print(table)
    if further:
        return 1 if broken else 0
    page = PAGE.read_text(encoding="utf-8")
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    PAGE.write_text(page[:start] + table + page[end:], encoding="utf-8")
    for line in findings.missing():
        print(f"FAILED: {line}")
    return 1 if broken or findings.missing() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
