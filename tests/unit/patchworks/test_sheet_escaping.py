# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values are shown on a hand-over sheet as they are, whatever is in them."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ansible_collections.m2m.netsuite.plugins.module_utils.core import markdown
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

CONSUMERS = ROOT / "roles/patchworks_handover/files/consumers"
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


EVERYWHERE = {
    "format": 1,
    "title": "to ${company}",
    "summary": "${company}",
    "problems": [{"text": "${company}"}],
    "fields": [
        {"label": "${company}", "value": "${company}", "note": "${company}, `${company}`, **${company}**"},
        {"label": "Key", "private_key": True},
    ],
    "sections": [
        {
            "title": "${company}",
            "text": "[${company}](https://good.example/a_b) and ${company}",
            "steps": ["${company}", "x${company}y"],
            "items": "instances",
            "code": "first\n${company}",
            "note": "**${company}** ${company}",
        }
    ],
}
NASTY = [
    "`",
    "a ``` b",
    "````\n# Not a heading",
    "**strong** *em* __strong__ _em_ ~~gone~~",
    "[x](https://evil.example) ![x](https://evil.example/x.png) [x]: https://evil.example",
    "<b>bold</b> <script>alert(1)</script> <!-- -->",
    "a | b |\n--- | ---",
    "# heading #",
    "- item",
    "+ item",
    "--",
    "---",
    "1. item",
    "2) item",
    "> quote",
    "===",
    "&lt; &amp; &#35;",
    "back\\slash \\* \\",
    "$x$ 1234567_SB1 _",
    "${company} {{ company }} {% raw %} \x01",
    "Gr\u00f6\u00dfe & S\u00f6hne",
    "\"'><i x='",
    "word     indented",
]


class Events(HTMLParser):
    """The elements of a page and the texts between them."""

    def __init__(self, page):
        super().__init__()
        self.found, self.skipped = [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.skipped = tag in ("style", "script")
        self.found.append([tag, *(part for attribute in attrs for part in attribute)])

    def handle_endtag(self, tag):
        self.skipped = False
        self.found.append([f"/{tag}"])

    def handle_data(self, data):
        if not self.skipped:
            self.found.append(["text", data])


def seen(text, form):
    return Events(text if form == "html" else MARKDOWN.render(text)).found


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("value", NASTY)
def test_a_value_is_shown_as_it_is_and_changes_nothing_else(sheet, tmp_path, value, form):
    (tmp_path / "all.yml").write_text(yaml.safe_dump(EVERYWHERE))

    def events(company):
        options = {"consumers": ["all"], "template_folders": [str(tmp_path)], "formats": [form]}
        result, files = sheet(company=company, instances=[company], name="acme", **options)
        assert "failed" not in result, result
        return seen(files[f"acme-all.{form}"], form)

    def spaced(entry):
        return [" ".join(str(part).replace("pre", "code").split()) for part in entry]  # several lines are a "pre"

    expected = [[str(part).replace("HARMLESS", value) for part in entry] for entry in events("HARMLESS")]
    assert list(map(spaced, events(value))) == list(map(spaced, expected))


def test_values_in_code_keep_their_lines_and_spaces(sheet, tmp_path):
    (tmp_path / "all.yml").write_text(yaml.safe_dump(EVERYWHERE))
    value = "one\n\n  two ```\n\n\n# three"
    _result, files = sheet(company=value, consumers=["all"], template_folders=[str(tmp_path)])
    assert ["text", value + "\n"] in seen(files["acme-all.md"], "md")
    assert ["text", value] in seen(files["acme-all.html"], "html")


TEXTS = st.text(alphabet="ab1 \n\t\\`*_{}[]()#+-.!|~<>&$;:/\"'=^x")


@given(TEXTS)
def test_markdown_shows_any_text(text):
    shown = " ".join(text.split())
    assert MARKDOWN.render(markdown.escape(text)).strip() == (f"<p>{html.escape(shown)}</p>" if shown else "").replace(
        "&#x27;", "'"
    )


@given(TEXTS)
def test_markdown_shows_any_code(text):
    assume(text.strip())
    (_paragraph, code, *_rest) = seen(f"x{markdown.code(text)}", "md")[2:]
    assert code[1].split() == text.split()
    (_pre, _code, block, *_rest) = seen(markdown.fence(text), "md")
    assert block == ["text", text + "\n"]


def test_a_fact_is_not_taken_for_a_template(sheet):
    """Names and messages come from inventories and from other services."""
    _result, files = sheet(company="${client_id}", name="${client_id}", script={"msg": "**${client_id}** `x`"})
    for name, text in files.items():
        if "patchworks" in name:
            assert "of ${client_id}" in text.replace(r"\$", "$")
