# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one consumer of an account's credentials has to know, from its YAML file and the facts of the account.

A consumer (Patchworks, a command line tool...) is one YAML file with its fields, in its words and order. In its texts
``${fact}`` stands for a value, ``when`` names facts that must be true, and ``items`` names a list: each is a Jinja2
expression. No private key is among the facts, so that no file can reveal one.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ..errors import OptionError
from ..libraries import note_missing

try:
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
except ImportError as _error:
    note_missing("Jinja2", _error)

FORMAT = 1
_MARKS = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https://[^)\s]+)\)")
# What a consumer's file and the entries of its lists may have: required keys, and optional ones with their defaults.
_KEYS: dict[str, tuple[set[str], dict[str, Any]]] = {
    "template": ({"format", "title", "summary", "fields"}, {"problems": (), "sections": ()}),
    "field": ({"label"}, {"value": "", "private_key": False, "note": "", "when": ()}),
    "problem": ({"text"}, {"when": ()}),
    "section": ({"title"}, {"text": "", "steps": (), "items": (), "code": "", "note": "", "when": ()}),
}
# Lists of entries, and texts that may have marks; other texts are plain.
_LISTS = {"problems", "fields", "sections", "key_access"}
_MARKED = {"summary", "text", "note"}
# How to get the private key, in the form of a consumer's file.
_KEY_ACCESS = (
    {
        "text": "To copy it to the file `${key_file}` beside this sheet, readable by you alone, run this with your"
        " inventory and vault options; without `-e` and what follows, it removes the file again:",
        "code": "${copy_command}",
    },
    {"when": "show_command", "text": "To see it in the terminal, with the same options:", "code": "${show_command}"},
)
_HEAD = {
    "Inventory host": "host",
    "Account": "account_words",
    "Certificate valid until": "valid_until",
    "Key": "key_words",
    "Role, entity": "role_words",
}

Facts = Mapping[str, Any]
Document = Mapping[str, Any]


class Span(NamedTuple):
    """A piece of text: ``plain``, ``code``, ``strong``, or ``link`` (to ``target``)."""

    kind: str
    text: str
    target: str = ""


def fill(document: Document, facts: Facts, *, where: str) -> dict[str, Any]:
    """Fill the facts into a consumer's file. Texts with marks become lists of ``Span``.

    Args:
        document: What ``check`` returned.
        facts: The facts of the account.
        where: Which file, for messages.

    Raises:
        OptionError: the file uses a fact that does not exist, or an expression that cannot be evaluated.
    """
    try:
        return {
            **_entry(document, facts),
            "key_access": _value("key_access", _KEY_ACCESS, facts),
            "head": [(label, facts[name]) for label, name in _HEAD.items() if facts[name]],
            "old_and_new": facts["old_and_new"],
        }
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise OptionError(
            f"{where} cannot be filled in: {error}", f"Use one of {', '.join(sorted(facts))}", cause="bad_template"
        ) from None


def plain(spans: Sequence[Span]) -> str:
    """A text without its marks."""
    return "".join(span.text for span in spans)


def _entry(entry: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    return {key: _value(key, value, facts) for key, value in entry.items() if key != "when"}


def _value(key: str, value: Any, facts: Facts) -> Any:
    if key in _LISTS:
        return [_entry(entry, facts) for entry in value if _is_due(entry, facts)]
    if key == "steps":
        return [_spans(str(step), facts) for step in value or ()]
    if key == "items":
        return [str(item) for item in _evaluate(str(value or []), facts) or ()]
    if key == "private_key":
        return value
    return _spans(str(value), facts) if key in _MARKED else _text(str(value), facts).strip()


def _is_due(entry: Mapping[str, Any], facts: Facts) -> bool:
    when = entry.get("when")
    conditions = when if isinstance(when, (list, tuple)) else [] if when in (None, "") else [when]
    return all(_evaluate(str(condition), facts) for condition in conditions)


def _spans(text: str, facts: Facts) -> list[Span]:
    """Marks are found before facts are filled in, so that a value cannot bring marks of its own."""
    source, spans, start = " ".join(text.split()), [], 0
    for found in _MARKS.finditer(source):
        code, strong, link, target = found.groups()
        spans.append(Span("plain", source[start : found.start()]))
        spans.append(Span("code" if code else "strong" if strong else "link", code or strong or link, target or ""))
        start = found.end()
    spans.append(Span("plain", source[start:]))
    return [span._replace(text=_text(span.text, facts)) for span in spans if span.text]


def _text(text: str, facts: Facts) -> str:
    return str(_environment().from_string(text).render(facts)) if "${" in text else text


def _evaluate(expression: str, facts: Facts) -> Any:
    return _environment().compile_expression(expression, undefined_to_none=False)(facts)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        variable_start_string="${",
        variable_end_string="}",
        # Texts have neither statements nor comments; YAML does not allow these characters.
        block_start_string="\1",
        block_end_string="\2",
        comment_start_string="\3",
        comment_end_string="\4",
        undefined=StrictUndefined,
        finalize=lambda value: "" if value is None else value,
        keep_trailing_newline=True,
    )
    environment.filters["quote"] = lambda value: shlex.quote(str(value))
    return environment


def check(document: Any, *, where: str) -> Document:
    """A consumer's file with the defaults of what it leaves out.

    Args:
        document: Content of the file.
        where: Which file, for messages.

    Raises:
        OptionError: it is something else.
    """
    try:
        template = _complete("template", document)
        for kind in ("field", "problem", "section"):
            template[f"{kind}s"] = [_complete(kind, entry) for entry in template[f"{kind}s"] or ()]
        return template
    except (TypeError, AttributeError, ValueError) as error:
        mistake = error if isinstance(error, ValueError) else "this is not a template of a hand-over sheet"
        raise OptionError(
            f"{where}: {mistake}",
            "Compare it with one of the collection's own (roles/patchworks_handover/files/consumers)",
            cause="bad_template",
        ) from None


def _complete(kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    required, defaults = _KEYS[kind]
    known = required | defaults.keys()
    if missing := required - entry.keys():
        raise ValueError(f"a {kind} lacks {', '.join(sorted(missing))}")
    if unknown := entry.keys() - known:
        raise ValueError(f"a {kind} has the unknown key {', '.join(map(str, unknown))}, not {', '.join(sorted(known))}")
    if kind == "template" and entry["format"] != FORMAT:
        raise ValueError(f"format {entry['format']} was given, and this version reads format {FORMAT}")
    if kind == "field" and ("value" in entry) == bool(entry.get("private_key")):
        raise ValueError(f"field {entry['label']} needs either value or private_key")
    return {**defaults, **entry}
