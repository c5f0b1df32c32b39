# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The benchmark's arithmetic, and the page that shows what came of it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/bench"))

import report  # noqa: E402  (a program's module, not a package's)
from report import Ratio, Result, Sample  # noqa: E402


def sample(scenario: str, accounts: int, number: int, cpu: float, **more: float) -> Sample:
    figures = {"wall": cpu / 2, "memory": 50.0, "requests": 2.0, "tasks": 5.01, **more}
    return Sample(scenario, accounts, number, cpu, **figures)


@pytest.fixture
def result() -> Result:
    runs = [sample("onboard-ec", 100, number, cpu) for number, cpu in enumerate((10.0, 12.0, 15.0))]
    floors = [sample("onboard-ec-floor", 100, number, cpu) for number, cpu in enumerate((10.0, 10.0, 10.0))]
    return Result({"processor": "2 cores"}, [*runs, *floors, sample("onboard-ec", 300, 0, 33.0)])


def test_a_ratio_compares_runs_of_one_round(result):
    assert result.ratio(("onboard-ec", 100), ("onboard-ec-floor", 100)) == Ratio(1.2, 1.0, 1.5)
    assert result.ratio(("onboard-ec", 300), ("onboard-ec", 100)) == Ratio(3.3, 3.3, 3.3)
    assert result.ratio(("stock", 100), ("onboard-ec", 100)) is None
    both = ("onboard-ec-floor", 100), ("onboard-ec-floor", 100)
    assert result.ratio(("onboard-ec", 100), *both) == Ratio(0.6, 0.5, 0.75)


def test_targets_are_met_missed_or_not_measured(result):
    shown = {aim: met for aim, _found, met in report.targets(result)}
    assert shown["`onboard` of 100 accounts, EC keys: at most 1.4 times the floor"] is True
    assert shown["300 accounts cost at most 3.2 times what 100 cost, EC keys"] is False
    assert shown["`onboard` of 100 accounts, RSA 4096 keys: at most 1.4 times the floor"] is None
    assert shown["at most 6 tasks per account"] is None


def test_the_result_survives_its_file(result):
    assert Result.from_json(result.to_json()) == result


def test_the_page_shows_the_published_result():
    page = (ROOT / "docs/speed.md").read_text()
    published = Result.from_json((ROOT / "docs/speed.json").read_text())
    assert report.BEGIN + report.table(published) + report.END in page
    assert {one.accounts for one in published.samples} >= {20, 100, 300}
    assert len(published.of("stock", 100)) >= 5


def test_the_page_about_costs_names_what_was_measured():
    page = (ROOT / "docs/costs.md").read_text(encoding="utf-8")
    measured = Result.from_json((ROOT / "docs/speed.json").read_text(encoding="utf-8"))
    for row, attribute, share in (
        ("CPU per account, nothing to do", "cpu", 100),
        ("100 accounts, nothing to do, on two cores", "wall", 1),
        ("Memory, 100 accounts", "memory", 1),
    ):
        (named,) = re.findall(rf"^\| {row} \| about ([\d.]+) ", page, re.MULTILINE)
        median = measured.median("onboard-ec", 100, attribute)
        assert median is not None
        assert float(named) == pytest.approx(median / share, rel=0.1), row
