# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report's page: what is in it, and what a browser makes of it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import time
from html.parser import HTMLParser

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.report import document
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import _page
from ansible_collections.m2m.netsuite.tests.support.results import (
    NOW,
    SEALED,
    company,
    failed,
    result,
    unconfirmed,
    waiting,
)

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
NAMES = [f"account_{number}" for number in range(12)]
_VOID = {"meta", "br", "input", "line"}
# Runs beside the page, which is in a frame of the width in question.
_PROBE = """
<iframe id="frame" style="width: WIDTHpx; height: 900px" srcdoc="PAGE"></iframe><pre id="found"></pre>
<script>
addEventListener('load', () => {
  const view = document.getElementById('frame').contentWindow, page = view.document, found = {};
  const names = () => [...page.querySelectorAll('#accounts tbody tr')].filter((row) => row.getClientRects().length)
    .map((row) => row.querySelector('strong').textContent);
  const set = (id, value, kind) => {
    page.getElementById(id).value = value;
    page.getElementById(id).dispatchEvent(new Event(kind));
  };
  const search = (text) => set('search', text, 'input'), show = (value) => set('show', value, 'change');
  const sort = (column) => page.querySelectorAll('th button')[column].click();
  const root = page.scrollingElement;
  const isWide = (one) => one.getBoundingClientRect().right > root.clientWidth;
  found.wide = [...page.querySelectorAll('body *')].filter(isWide).map((one) => one.outerHTML.slice(0, 80)).slice(0, 5);
  found.width = [view.innerWidth, root.scrollWidth, root.clientWidth];
  found.bars = [...page.querySelectorAll('#lives rect')].filter((bar) => bar.getBoundingClientRect().width > 1).length;
  found.all = names();
  sort(0); found.byName = names(); sort(0); found.byNameDown = names();
  sort(3); found.days = [...page.querySelectorAll('#accounts tbody tr')].map((row) => row.cells[3].textContent);
  search('ACCOUNT_1'); found.search = names(); found.said = page.getElementById('shown').textContent;
  search(''); show('person'); found.people = names();
  show('overlap'); found.overlap = names(); show('');
  page.querySelector('summary').click(); found.open = page.querySelectorAll('details[open]').length;
  view.dispatchEvent(new Event('beforeprint')); found.printed = page.querySelectorAll('details[open]').length;
  for (const one of page.querySelectorAll('details')) { one.open = true; }
  found.opened = [root.scrollWidth, root.clientWidth];
  document.getElementById('found').textContent = JSON.stringify(found);
});
</script>
"""


class Reader(HTMLParser):
    """Elements with their attributes, and the text; unclosed and misnested elements are an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.text += " " if tag == "br" else ""
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += data


def page(results) -> str:
    return _page(document.build(results, now=NOW))


def in_browser(text: str, folder, width: int):
    """What the probe finds in the page at a width, and what the browser's console says."""
    probe = folder / "probe.html"
    probe.write_text(_PROBE.replace("WIDTH", str(width)).replace("PAGE", html.escape(text)), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=1400,1000"]
    done = subprocess.run(
        [str(CHROMIUM), *options, f"--user-data-dir={folder / 'profile'}", "--dump-dom", probe.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    found = html.unescape(re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)[1])
    return json.loads(found), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def test_the_page_needs_nothing_else():
    read = Reader(page(company(12)))
    policy = next(attributes for tag, attributes in read.elements if attributes.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'; ")
    loaded = [tag for tag, attributes in read.elements if "src" in attributes or tag in ("link", "img", "iframe")]
    assert loaded == []
    links = {attributes["href"] for tag, attributes in read.elements if tag == "a"}
    assert links == {one["upload"]["page"] for one in company(12).values() if one["upload"]}


def test_names_are_shown_beside_their_numbers():
    named = {"role_name": "Integration <b>", "entity_name": None}
    read = Reader(page({"acme": result(**named), "globex": result(number=1)}))
    assert read.text.count("Role 1000") == read.text.count("Role 1000 (Integration <b>), entity 12") == 1


def test_the_page_says_what_the_results_say():
    results = company(12)
    read = Reader(page(results))
    text = re.sub(r"\s+", " ", read.text)
    for host, one in results.items():
        assert f"{host} {one['account']}" in text
        assert one["next_step"] in text
        assert one["not_after"][:10] in text
    for cause in results["account_4"]["diagnosis"]:
        assert f"{cause['cause'].replace('_', ' ')}: {cause['evidence']}. {cause['fix']}." in text
    assert "token failed: the token is as it should be" in text
    assert "NetSuite administrator: upload a certificate (2) account_3, account_9" in text
    assert "4 need a person" in text
    bars = [attributes["class"] for tag, attributes in read.elements if tag == "rect"]
    assert sorted(bars) == ["active"] * 12 + ["pending"] * 2 + ["retiring"] * 2
    assert SEALED not in text


def test_whom_a_replaced_certificate_waits_for_is_on_the_page():
    text = re.sub(r"\s+", " ", Reader(page({"acme": unconfirmed()})).text)
    assert "Who uses the credentials: take the new ones over, and confirm it (1) acme" in text
    assert "1 needs a person" in text
    assert (
        'Retiring retiring-0: waiting for Patchworks: instance "Shop <A>", told on 2026-11-26; it works until' in text
    )


def test_what_changed_is_on_the_page():
    first = document.build({"acme": waiting()}, now=NOW)
    second = document.build({"acme": failed()}, now=NOW, earlier=document.read(document.write(first)))
    assert "status awaiting upload → failed" in Reader(_page(second)).text


def test_names_are_shown_as_they_are():
    odd = """<script>alert(1)</script>"'&amp;<!--"""
    one = waiting()
    text = page({odd: {**one, "account": odd, "next_step": odd, "upload": {**one["upload"], "page": f"https://{odd}"}}})
    read = Reader(text)
    assert [tag for tag, _attributes in read.elements].count("script") == 1
    assert read.text.count(odd) >= 5
    assert "<script>alert" not in text


@pytest.mark.parametrize("results", [{}, {"acme": None}, {"acme": {"status": "failed", "account": ""}}])
def test_little_is_known(results):
    assert "No certificate is known." in Reader(page(results)).text


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["all kinds", "all waiting"])
def test_a_thousand_accounts_are_soon_written_and_soon_loaded(kind):
    results = company(1000)
    if kind == "all waiting":
        results = {f"account_{number}": waiting(number) for number in range(1000)}
    report, times = document.build(results, now=NOW), []
    for _time in range(3):
        begin = time.process_time()
        text = _page(report)
        times.append(time.process_time() - begin)
    assert len(text.encode()) < 1_500_000
    assert min(times) < 1


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_sorts_filters_and_never_scrolls_sideways(width, tmp_path):
    long = "a-very-long-name-without-any-blank-in-it" * 3
    results = company(12)
    results[long] = {**failed(50), "next_step": long * 3}
    found, console = in_browser(page(results), tmp_path, width)
    assert console == []
    assert found["width"][0] == width
    assert found["width"][1] <= found["width"][2], found["wide"]
    assert found["opened"][0] <= found["opened"][1]
    assert found["bars"] == 17
    assert found["byName"] == [long, *NAMES]
    assert found["byNameDown"] == [*reversed(NAMES), long]
    assert found["days"] == sorted(found["days"], key=int)
    assert sorted(found["search"]) == ["account_1", "account_10", "account_11"]
    assert found["said"] == "3 shown"
    assert sorted(found["people"]) == sorted([long, "account_3", "account_4", "account_9", "account_10"])
    assert sorted(found["overlap"]) == ["account_1", "account_7"]
    assert (found["open"], found["printed"]) == (1, 13)


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium here")
def test_a_browser_shows_a_thousand_accounts(tmp_path):
    found, console = in_browser(page(company(1000)), tmp_path, 390)
    assert console == []
    assert (len(found["all"]), found["width"][1] <= found["width"][2]) == (1000, True), found["wide"]
    assert found["bars"] >= 1000
