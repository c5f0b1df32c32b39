# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A page for the site that shows the report of invented accounts, as this checkout writes it.

``python -m ansible_collections.m2m.netsuite.tests.support.screenshots FOLDER`` writes it; without Chromium it writes
nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ansible_collections.m2m.netsuite.plugins.module_utils.core.report import document
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import _page
from ansible_collections.m2m.netsuite.tests.support.results import NOW, company

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# By file, Chromium's number for the colour scheme.
SCHEMES = {"report-light.png": 1, "report-dark.png": 0}
TEXT = """\
# The report in pictures

The page that [`m2m.netsuite.report`](report.md) writes, here of twelve invented accounts.
[The page itself](report-example.html) sorts, filters and prints.

![The report in a browser that prefers light pages](report-light.png)

![The report in a browser that prefers dark pages](report-dark.png)
"""


def photograph(page: Path, image: Path, scheme: int) -> None:
    """Save what a browser shows of a page."""
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={profile}"]
        settings = [f"--blink-settings=preferredColorScheme={scheme}", "--window-size=1280,1600"]
        command = [str(CHROMIUM), *options, *settings, f"--screenshot={image}", page.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def main(folder: Path) -> None:
    """Write the page, the report and its pictures."""
    if CHROMIUM is None:
        print("-- no pictures of the report: there is no Chromium on the PATH")
        return
    report = folder / "report-example.html"
    report.write_text(_page(document.build(company(12), now=NOW)), encoding="utf-8")
    for name, scheme in SCHEMES.items():
        photograph(report, folder / name, scheme)
    (folder / "report-in-pictures.md").write_text(TEXT, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
