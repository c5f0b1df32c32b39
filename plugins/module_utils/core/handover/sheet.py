# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hand-over sheets: what one consumer of an account's credentials has to be told, as a document without secrets.

A consumer (Patchworks, a command line tool...) is one template: a YAML file with its fields, in its words and order.
A template holds no logic: ``${fact}`` in a text stands for a value, ``when`` names facts that must be true, and
``items`` names a list. The facts are made here, and no private key is among them, so no template can leak one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import OptionError

FORMAT = 1
_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https://[^)\s]+)\)")
_KEYS = {
    "template": ({"format", "title", "summary", "fields"}, {"problems", "sections"}),
    "field": ({"label"}, {"value", "private_key", "note", "when"}),
    "problem": ({"text"}, {"when"}),
    "section": ({"title"}, {"text", "steps", "items", "code", "note", "when"}),
}

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """A piece of text: ``plain``, ``code``, ``strong``, or ``link`` (to ``target``)."""

    kind: str
    text: str
    target: str = ""


Line = Sequence[Span]


@dataclass(frozen=True)
class Field:
    """One value to enter. ``value`` is None for the private key, which no sheet holds."""

    label: str
    value: str | None
    note: Line


@dataclass(frozen=True)
class Section:
    """A part of the sheet: text, numbered steps, a list to tick off, a command, a closing note; any may be empty."""

    title: str
    text: Line
    steps: Sequence[Line]
    items: Sequence[str]
    code: str
    note: Line


@dataclass(frozen=True)
class Sheet:
    """A whole sheet, ready to be laid out.

    Attributes:
        title: Its heading.
        summary: What it is for.
        status: Whether the account is in order, that in a word, and in a sentence.
        facts: Lines about account and certificate: a label and a value each.
        problems: What stands in the way.
        fields: What to enter, in order.
        key: How to get at the private key: lines, each with a command.
        sections: What else there is to do.
    """

    title: str
    summary: Line
    status: tuple[bool, str, str]
    facts: Sequence[tuple[str, str]]
    problems: Sequence[Line]
    fields: Sequence[Field]
    key: Sequence[tuple[Line, str]]
    sections: Sequence[Section]


@dataclass(frozen=True)
class Template:
    """One consumer's sheet before the facts are put in."""

    where: str
    document: Mapping[str, Any]

    def fill(self, facts: Facts) -> Sheet:
        """Put the facts in.

        Raises:
            OptionError: the template asks for a fact that there is not.
        """
        filler = _Filler(self.where, facts)
        parts = self.document
        return Sheet(
            title=filler.text(f"NetSuite ${{account_label}} \N{RIGHTWARDS ARROW} {parts['title']}"),
            summary=filler.line(parts["summary"]),
            status=(bool(facts["is_accepted"]), str(facts["status_word"]), str(facts["status_sentence"])),
            facts=[(label, str(facts[name])) for label, name in _HEAD if facts[name]],
            problems=[filler.line(one["text"]) for one in filler.due(parts.get("problems"))],
            fields=[
                Field(
                    filler.text(one["label"]),
                    None if one.get("private_key") else filler.text(one.get("value", "")),
                    filler.line(one.get("note", "")),
                )
                for one in filler.due(parts["fields"])
            ],
            key=[(filler.line(text), filler.text(command)) for text, command in facts["key_ways"]],
            sections=[filler.section(one) for one in filler.due(parts.get("sections"))],
        )


_HEAD = (
    ("Inventory host", "host"),
    ("Account", "account_words"),
    ("Certificate valid until", "valid_until"),
    ("Key", "key_words"),
    ("Role, entity", "role_words"),
)


def parse_template(document: Any, *, where: str) -> Template:
    """Check a template.

    Args:
        document: Content of its file.
        where: Which file, for messages.

    Raises:
        OptionError: it is something else.
    """
    try:
        _check_keys("template", document, where)
        if document["format"] != FORMAT:
            raise OptionError(
                f"{where} has format {document['format']}, this version reads format {FORMAT}", cause="bad_template"
            )
        for kind in ("field", "problem", "section"):
            for one in document.get(f"{kind}s") or ():
                _check_keys(kind, one, where)
        for field in document["fields"]:
            if ("value" in field) == bool(field.get("private_key")):
                raise OptionError(
                    f"{where}: field {field['label']} needs either value or private_key", cause="bad_template"
                )
    except (TypeError, AttributeError, KeyError):
        raise OptionError(
            f"{where} is not a template of a hand-over sheet",
            "Take one of the collection's own (roles/patchworks_handover/files/consumers) as a pattern",
            cause="bad_template",
        ) from None
    return Template(where, document)


def _check_keys(kind: str, document: Any, where: str) -> None:
    required, further = _KEYS[kind]
    given = set(document.keys())
    if missing := required - given:
        raise OptionError(f"{where}: a {kind} lacks {', '.join(sorted(missing))}", cause="bad_template")
    if unknown := given - required - further:
        raise OptionError(
            f"{where}: a {kind} has the unknown key {', '.join(sorted(map(str, unknown)))}",
            f"Use {', '.join(sorted(required | further))}",
            cause="bad_template",
        )


@dataclass(frozen=True)
class _Filler:
    """Puts facts into the texts of one template."""

    where: str
    facts: Facts

    def text(self, text: Any) -> str:
        """A text with its placeholders filled in."""

        def value(found: re.Match[str]) -> str:
            return str(self._fact(found[1]))

        return _PLACEHOLDER.sub(value, str(text)).strip()

    def line(self, text: Any) -> Line:
        """A text with its marks: ``code``, **strong** and links. A value cannot bring marks of its own."""
        source, spans, at = " ".join(str(text).split()), [], 0
        for found in _INLINE.finditer(source):
            spans.append(Span("plain", source[at : found.start()]))
            code, strong, link, target = found.groups()
            kind = "code" if code else "strong" if strong else "link"
            spans.append(Span(kind, code or strong or link, target or ""))
            at = found.end()
        spans.append(Span("plain", source[at:]))
        return [Span(span.kind, self._inner(span.text), span.target) for span in spans if span.text]

    def due(self, entries: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
        """The entries whose conditions hold."""
        return [entry for entry in entries or () if all(self._holds(name) for name in _listed(entry.get("when")))]

    def section(self, entry: Mapping[str, Any]) -> Section:
        """One section."""
        return Section(
            title=self.text(entry["title"]),
            text=self.line(entry.get("text", "")),
            steps=[self.line(step) for step in entry.get("steps") or ()],
            items=[str(item) for item in self._fact(entry["items"])] if entry.get("items") else [],
            code=self.text(entry.get("code", "")),
            note=self.line(entry.get("note", "")),
        )

    def _inner(self, text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: str(self._fact(found[1])), text)

    def _holds(self, name: str) -> bool:
        if name.startswith("not "):
            return not self._holds(name[4:].strip())
        return bool(self._fact(name))

    def _fact(self, name: str) -> Any:
        if name not in self.facts:
            raise OptionError(
                f"{self.where} asks for {name}, which is not known of an account",
                f"Use one of {', '.join(sorted(self.facts))}",
                cause="bad_template",
            )
        value = self.facts[name]
        return "" if value is None else value


def _listed(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def to_markdown(sheet: Sheet) -> str:
    """A sheet as Markdown."""
    _good, word, status = sheet.status
    parts = [
        f"# {_plain(sheet.title)}",
        _markdown(sheet.summary),
        f"**{word}:** {_plain(status)}",
    ]
    parts.append("\n".join(f"- {label}: {_plain(value)}" for label, value in sheet.facts))
    parts += [f"> **Stop:** {_markdown(problem)}" for problem in sheet.problems]
    parts.append("## Values to enter")
    parts.append("\n\n".join(_markdown_field(number, field, sheet) for number, field in enumerate(sheet.fields, 1)))
    for section in sheet.sections:
        parts.append(f"## {_plain(section.title)}")
        parts.append(_markdown(section.text))
        parts.append("\n".join(f"{number}. {_markdown(step)}" for number, step in enumerate(section.steps, 1)))
        parts.append("\n".join(f"- [ ] {_plain(item)}" for item in section.items))
        parts.append(_fence(section.code))
        parts.append(_markdown(section.note))
    return "\n\n".join(part for part in parts if part) + "\n"


def _markdown_field(number: int, field: Field, sheet: Sheet) -> str:
    lines = [f"{number}. **{_plain(field.label)}**"]
    if field.value is None:
        lines.append("Not in this sheet.")
        lines += [
            f"{_markdown(text)}\n\n{_fence(command)}" if command else _markdown(text) for text, command in sheet.key
        ]
    else:
        lines.append(_fence(field.value))
    lines.append(_markdown(field.note))
    return "\n\n".join(line for line in lines if line).replace("\n", "\n   ").replace("\n   \n", "\n\n")


def _markdown(line: Line) -> str:
    forms = {"plain": "{0}", "strong": "**{0}**", "link": "[{0}]({1})"}
    return "".join(
        f"`{span.text}`" if span.kind == "code" else forms[span.kind].format(_plain(span.text), span.target)
        for span in line
    )


def _fence(text: str) -> str:
    return f"```text\n{text}\n```" if text else ""


def _plain(text: str) -> str:
    return text.replace("<", "&lt;")
