# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From samples to ratios. A ratio compares two runs of the same round; what is told is its median and its spread."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from world import Outcome

BEGIN, END = "<!-- begin: make bench -->\n", "<!-- end -->\n"
TITLES = {
    "onboard-ec": "`onboard`, nothing to do, EC keys",
    "onboard-kv2": "`onboard`, nothing to do, EC keys in a secret store",
    "onboard-rsa4096": "`onboard`, nothing to do, RSA 4096",
    "verify-ec": "`verify`, EC keys",
    "first-ec": "`onboard`, first run, EC keys",
    "first-rsa3072": "`onboard`, first run, RSA 3072",
    "first-rsa4096": "`onboard`, first run, RSA 4096",
    "stock": "stock chain, nothing to do, RSA 4096",
}


@dataclass(frozen=True)
class Sample:
    """One measured run.

    Attributes:
        scenario: What ran.
        accounts: For how many.
        round: In which round; runs of one round are compared with each other.
        cpu: CPU seconds of the whole tree of processes.
        wall: Seconds.
        memory: Peak of the proportional memory of all processes together, in megabytes; None where it is not told.
        requests: Requests per account.
        tasks: Tasks per account, skipped ones counted.
    """

    scenario: str
    accounts: int
    round: int
    cpu: float
    wall: float
    memory: float | None
    requests: float
    tasks: float

    @classmethod
    def of(cls, scenario: str, accounts: int, number: int, outcome: Outcome) -> Sample:
        """From the outcome of a run."""
        cost = outcome.cost
        return cls(
            scenario, accounts, number, cost.cpu, cost.wall, cost.sum_mb, outcome.requests, round(outcome.tasks, 2)
        )


@dataclass(frozen=True)
class Ratio:
    """The median of a ratio over the rounds, and its spread."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class Result:
    """All samples of one run of the benchmark, and the machine."""

    machine: dict[str, str]
    samples: list[Sample]

    def to_json(self) -> str:
        """As text."""
        return json.dumps({"machine": self.machine, "samples": [asdict(one) for one in self.samples]}, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Result:
        """From text."""
        data = json.loads(text)
        return cls(data["machine"], [Sample(**one) for one in data["samples"]])

    def of(self, scenario: str, accounts: int) -> dict[int, Sample]:
        """The samples of a scenario by round."""
        return {one.round: one for one in self.samples if (one.scenario, one.accounts) == (scenario, accounts)}

    def sizes(self, scenario: str) -> list[int]:
        """For how many accounts a scenario was measured."""
        return sorted({one.accounts for one in self.samples if one.scenario == scenario})

    def median(self, scenario: str, accounts: int, attribute: str = "cpu") -> float | None:
        """The median of a figure; None where there is none."""
        values = [getattr(one, attribute) for one in self.of(scenario, accounts).values()]
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    def ratio(self, above: tuple[str, int], *below: tuple[str, int]) -> Ratio | None:
        """CPU of a scenario over that of others together, round by round; None where they were not measured."""
        runs, others = self.of(*above), [self.of(*one) for one in below]
        rounds = set(runs).intersection(*others)
        values = [runs[number].cpu / sum(other[number].cpu for other in others) for number in rounds]
        return Ratio(statistics.median(values), min(values), max(values)) if values else None


def machine() -> dict[str, str]:
    """What the figures depend on."""
    processor = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists():
        named = re.search(r"^model name\s*:\s*(.+)$", information.read_text(), re.MULTILINE)
        processor = named[1] if named else processor
    names = ("ansible-core", "cryptography", "urllib3")
    return {
        f"{os.cpu_count()} cores": processor,
        platform.system(): platform.release().partition("-")[0],
        "Python": platform.python_version(),
        **{name: version(name) for name in names},
    }


def targets(result: Result) -> list[tuple[str, str, bool | None]]:
    """What is aimed at, what was measured, and whether that is met (None: not measured)."""

    def at_most(limit: float, found: Ratio | None) -> tuple[str, bool | None]:
        return (str(found), found.median <= limit) if found else ("not measured", None)

    def few(limit: int, attribute: str) -> tuple[str, bool | None]:
        found = result.median("onboard-rsa4096", 100, attribute)
        return ("not measured", None) if found is None else (str(found), found <= limit)

    rsa = max(result.sizes("first-rsa4096"), default=0)
    stock = result.ratio(("stock", 100), ("onboard-rsa4096", 100))
    return [
        (
            "the stock chain costs at least 20 times what `onboard` of 100 accounts costs, with the same keys",
            *((str(stock), stock.median >= 20) if stock else ("not measured", None)),
        ),
        *(
            (
                f"`onboard` of 100 accounts, {name} keys: at most 1.4 times the floor",
                *at_most(1.4, result.ratio((f"onboard-{kind}", 100), (f"onboard-{kind}-floor", 100))),
            )
            for kind, name in (("ec", "EC"), ("rsa4096", "RSA 4096"))
        ),
        (
            "100 accounts in a secret store cost at most 1.15 times what they cost in files, EC keys",
            *at_most(1.15, result.ratio(("onboard-kv2", 100), ("onboard-ec", 100))),
        ),
        ("at most 6 tasks per account", *few(6, "tasks")),
        ("at most 2 requests per account", *few(2, "requests")),
        (
            "first run of 100 accounts, EC keys: at most 2 times the floor",
            *at_most(2.0, result.ratio(("first-ec", 100), ("first-ec-floor", 100))),
        ),
        (
            "first run, RSA 4096: at most 1.15 times the floor and the making of the keys",
            *at_most(1.15, result.ratio(("first-rsa4096", rsa), ("first-rsa4096-floor", rsa), ("keys-rsa4096", rsa))),
        ),
        *(
            (
                f"300 accounts cost at most 3.2 times what 100 cost, {name} keys",
                *at_most(3.2, result.ratio((f"onboard-{kind}", 300), (f"onboard-{kind}", 100))),
            )
            for kind, name in (("ec", "EC"), ("rsa4096", "RSA 4096"))
        ),
    ]


def table(result: Result) -> str:
    """Everything as Markdown."""
    parts = [
        _rows(
            [
                *("Run", "Accounts", "CPU s", "CPU ms per account", "CPU, floor = 1"),
                *("Wall s", "Memory MB", "Tasks", "Requests"),
            ],
            [_row(result, scenario, size) for scenario in TITLES for size in result.sizes(scenario)],
        ),
        _rows(
            ["Target", "Measured", ""],
            [[aim, found, {True: "met", False: "**missed**", None: ""}[met]] for aim, found, met in targets(result)],
        ),
        _told_about(result),
    ]
    return "\n".join(parts)


def _told_about(result: Result) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in result.machine.items())
    counts = {len(result.of(one.scenario, one.accounts)) for one in result.samples}
    rounds = " or ".join(map(str, sorted(counts)))
    return f"Measured on {machine}. Medians of {rounds} rounds, with the smallest and the largest.\n"


def _row(result: Result, scenario: str, size: int) -> list[str]:
    def figure(attribute: str, form: str, show: Callable[[float], float] = float) -> str:
        value = result.median(scenario, size, attribute)
        return "" if value is None else format(show(value), form)

    floor = result.ratio((scenario, size), (f"{scenario}-floor", size))
    return [
        TITLES[scenario],
        str(size),
        figure("cpu", ".1f"),
        figure("cpu", ".0f", lambda cpu: cpu / size * 1000),
        str(floor or ""),
        figure("wall", ".1f"),
        figure("memory", ".0f"),
        figure("tasks", ".0f"),
        figure("requests", ".0f"),
    ]


def _rows(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def publish(result: Result, folder: Path) -> None:
    """Put the result where the documentation shows it."""
    (folder / "speed.json").write_text(result.to_json())
    page = folder / "speed.md"
    before, _begin, rest = page.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}{table(result)}{END}{after}")
