# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hand-over sheet as one HTML page that needs nothing else: no server, no network, no other file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from .sheet import Field, Line, Section, Sheet

_STYLE = """
:root {
  color-scheme: light dark;
  --page: #f4f5f7; --paper: #ffffff; --ink: #1d2530; --soft: #5a6675; --line: #d9dee5; --box: #f4f6f9;
  --accent: #1f5fbf; --good: #176b3a; --good-back: #e4f4ea; --wait: #8a4b00; --wait-back: #fdf0dc;
  --stop: #a3211b; --stop-back: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --paper: #1a2028; --ink: #e3e8ef; --soft: #9aa7b6; --line: #323c49; --box: #222a34;
    --accent: #7fb0ff; --good: #7fd9a2; --good-back: #173325; --wait: #f3c078; --wait-back: #3a2a12;
    --stop: #ff9d97; --stop-back: #3d1c1a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 2rem 1rem 4rem; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main {
  max-width: 48rem; margin: 0 auto; padding: 2.25rem 2.5rem 2.5rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 12px;
}
h1 { margin: 0 0 .4rem; font-size: 1.65rem; line-height: 1.25; letter-spacing: -.01em; }
h2 { margin: 2.4rem 0 .7rem; padding-top: 1.4rem; border-top: 1px solid var(--line); font-size: 1.15rem; }
p { margin: .5rem 0; }
.summary { color: var(--soft); }
.status, .problem { margin: 1rem 0; padding: .7rem 1rem; border-radius: 8px; }
.status.good { background: var(--good-back); color: var(--good); }
.status.wait { background: var(--wait-back); color: var(--wait); }
.problem { background: var(--stop-back); color: var(--stop); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 1rem 0 0; font-size: .94rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
ol.fields { margin: 0; padding: 0; list-style: none; counter-reset: field; }
ol.fields > li { counter-increment: field; margin: 0 0 1.15rem; }
.label { display: flex; align-items: baseline; gap: .55rem; margin-bottom: .3rem; font-weight: 600; }
.label::before {
  content: counter(field); flex: none; width: 1.5rem; height: 1.5rem; border-radius: 50%; text-align: center;
  font-size: .8rem; line-height: 1.5rem; background: var(--accent); color: var(--paper);
}
.note { margin: .35rem 0 0; font-size: .88rem; color: var(--soft); }
.copy { display: flex; align-items: stretch; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.copy code, .copy pre {
  flex: 1; min-width: 0; margin: 0; padding: .6rem .8rem; background: var(--box); overflow-wrap: anywhere;
  white-space: pre-wrap; user-select: all;
}
.copy + p, p + .copy { margin-top: .45rem; }
code, pre { font: .88rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
p code, li label code { padding: .08rem .3rem; border-radius: 4px; background: var(--box); overflow-wrap: anywhere; }
button {
  flex: none; padding: 0 1rem; border: 0; border-left: 1px solid var(--line); background: var(--paper);
  color: var(--accent); font: inherit; font-size: .85rem; font-weight: 600; cursor: pointer; min-width: 5.4rem;
}
button:hover { background: var(--box); }
button:focus-visible, input:focus-visible, a:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
.absent {
  padding: .75rem .9rem; border: 1px dashed var(--line); border-radius: 8px;
}
.absent > strong { display: block; }
ol.steps, ul.items { margin: .6rem 0; padding: 0; list-style: none; counter-reset: step; }
ol.steps > li, ul.items > li { counter-increment: step; padding: .22rem 0; }
ol.steps label, ul.items label { display: grid; grid-template-columns: auto 1fr; gap: .65rem; cursor: pointer; }
ol.steps .step::before { content: counter(step) ". "; color: var(--soft); }
input { width: 1rem; height: 1rem; margin: .3rem 0 0; accent-color: var(--accent); }
input:checked + .step { color: var(--soft); }
a { color: var(--accent); }
footer { max-width: 48rem; margin: 1rem auto 0; padding: 0 2.5rem; font-size: .82rem; color: var(--soft); }
@media (max-width: 36rem) {
  body { padding: 0; }
  main { border: 0; border-radius: 0; padding: 1.4rem 1.1rem 2rem; }
  footer { padding: 0 1.1rem 1.5rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .4rem; }
}
@media print {
  :root {
    --page: #fff; --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --box: #fff; --accent: #000;
    --good: #000; --good-back: #fff; --wait: #000; --wait-back: #fff; --stop: #000; --stop-back: #fff;
  }
  @page { margin: 16mm; }
  body { padding: 0; font-size: 10.5pt; }
  main { max-width: none; padding: 0; border: 0; }
  button { display: none; }
  h2 { margin: 1.3rem 0 .5rem; padding-top: .8rem; break-after: avoid; }
  ol.fields > li { margin-bottom: .7rem; }
  ol.fields > li, ol.steps > li, ul.items > li, .copy, .problem, .absent { break-inside: avoid; }
  .status, .problem { border: 1px solid var(--line); }
  .label::before { border: 1px solid #000; background: none; color: #000; line-height: 1.4rem; }
  footer { padding: 0; }
}
"""

_SCRIPT = """
document.addEventListener('click', async (event) => {
  const button = event.target.closest('button');
  if (!button) { return; }
  const value = button.previousElementSibling;
  try {
    await navigator.clipboard.writeText(value.textContent);
  } catch {
    getSelection().selectAllChildren(value);
    document.execCommand('copy');
  }
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
});
"""

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)


def to_html(sheet: Sheet, hint: str) -> str:
    """A sheet as a page.

    Args:
        sheet: The sheet.
        hint: A closing line: what made it.
    """
    good, word, status = sheet.status
    parts = [
        f"<h1>{escape(sheet.title)}</h1>",
        f'<p class="summary">{_line(sheet.summary)}</p>',
        f'<p class="status {"good" if good else "wait"}"><strong>{escape(word)}.</strong> {escape(status)}</p>',
        *(f'<p class="problem"><strong>Stop.</strong> {_line(problem)}</p>' for problem in sheet.problems),
        "<dl>" + "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in sheet.facts) + "</dl>",
        "<h2>Values to enter</h2>",
        '<ol class="fields">' + "".join(_field(field, sheet) for field in sheet.fields) + "</ol>",
        *(_section(section) for section in sheet.sections),
    ]
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        f"<title>{escape(sheet.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        f"<footer>{escape(hint)}</footer>\n<script>{_SCRIPT}</script>\n</body>\n</html>\n"
    )


def _field(field: Field, sheet: Sheet) -> str:
    parts = [f'<div class="label">{escape(field.label)}</div>']
    if field.value is None:
        ways = "".join(f"<p>{_line(text)}</p>{_copy(command)}" for text, command in sheet.key)
        parts.append(f'<div class="absent"><strong>Not in this sheet.</strong>{ways}</div>')
    else:
        parts.append(_copy(field.value, field.label))
    if field.note:
        parts.append(f'<p class="note">{_line(field.note)}</p>')
    return f"<li>{''.join(parts)}</li>"


def _section(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    if section.text:
        parts.append(f"<p>{_line(section.text)}</p>")
    if section.steps:
        parts.append(f'<ol class="steps">{_ticks([_line(step) for step in section.steps])}</ol>')
    if section.items:
        parts.append(f'<ul class="items">{_ticks([escape(item) for item in section.items])}</ul>')
    if section.code:
        parts.append(_copy(section.code))
    if section.note:
        parts.append(f'<p class="note">{_line(section.note)}</p>')
    return "\n".join(parts)


def _ticks(texts: Sequence[str]) -> str:
    return "".join(f'<li><label><input type="checkbox"><span class="step">{text}</span></label></li>' for text in texts)


def _copy(text: str, label: str = "command") -> str:
    """A value or a command with a button that copies it; a click into it selects the whole of it."""
    if not text:
        return ""
    tag = "pre" if "\n" in text else "code"
    name = escape(f"Copy {label}", quote=True)
    return (
        f'<div class="copy"><{tag}>{escape(text)}</{tag}><button type="button" aria-label="{name}">Copy</button></div>'
    )


def _line(line: Line) -> str:
    forms = {"plain": "{0}", "code": "<code>{0}</code>", "strong": "<strong>{0}</strong>"}
    return "".join(
        f'<a href="{escape(span.target, quote=True)}" rel="noreferrer">{escape(span.text)}</a>'
        if span.kind == "link"
        else forms[span.kind].format(escape(span.text))
        for span in line
    )
