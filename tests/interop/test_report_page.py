# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page under axe-core, which knows what keeps people from using a page."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.report import document
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import _page
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT
from ansible_collections.m2m.netsuite.tests.support.results import NOW, company

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
AXE = ROOT / "tests/node_modules/axe-core/axe.min.js"
_RUN = """
<script>AXE</script>
<script>
for (const one of document.querySelectorAll('details')) { one.open = true; }
axe.run().then((result) => {
  const shown = document.createElement('pre');
  shown.id = 'axe';
  shown.textContent = JSON.stringify({
    passed: result.passes.length,
    violations: result.violations.map((one) => [one.id, one.help, one.nodes.slice(0, 3).map((node) => node.html)]),
  });
  document.body.append(shown);
});
</script>
</body>
"""


def judged(text: str, folder, scheme: str) -> dict[str, object]:
    """What axe-core says of a page in a browser that prefers a colour scheme."""
    run = _RUN.replace("AXE", AXE.read_text(encoding="utf-8").replace("</script", r"<\/script"))
    page = folder / "page.html"
    page.write_text(text.replace("</body>", run), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--window-size=1280,1000"]
    settings = [f"--blink-settings=preferredColorScheme={scheme}", f"--user-data-dir={folder / 'profile'}"]
    command = [str(CHROMIUM), *options, *settings, "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    found = re.search(r'<pre id="axe">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, "axe-core has not come to an end"
    return dict(json.loads(html.unescape(found[1])))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")
@pytest.mark.parametrize("scheme", ["0", "1"], ids=["dark", "light"])
def test_nothing_keeps_people_from_using_the_page(tmp_path, scheme):
    found = judged(_page(document.build(company(12), now=NOW)), tmp_path, scheme)
    assert found["violations"] == []
    assert int(str(found["passed"])) > 20


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")
def test_what_does_is_found(tmp_path):
    bad = "<html lang='en'><title>A page</title><body><main><h1>x</h1><img src='x'></main></body></html>"
    (violation,) = judged(bad, tmp_path, "1")["violations"]
    assert violation[0] == "image-alt"
