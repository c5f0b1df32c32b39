# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/releases.md names each ansible-core that the collection is tested on, and keeps each a year after its end."""

from __future__ import annotations

import re

import yaml

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT


def rows(page: str) -> dict[str, list[str]]:
    """By ansible-core, the other cells of its row in a page's table."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return {core: cells.split(" | ") for core, cells in re.findall(r"^\| (2\.\d+) \| (.*) \|$", text, re.MULTILINE)}


def test_each_version_that_is_tested_has_its_dates() -> None:
    stays = rows("docs/releases.md")
    assert list(stays) == list(rows("README.md"))
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["requires_ansible"] == f">={next(iter(stays))}.0"
    for ends, until in stays.values():
        month, year = ends.split()
        assert until == f"{month} {int(year) + 1}"
