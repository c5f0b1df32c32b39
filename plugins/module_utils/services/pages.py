# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages for people, in HTML and in Markdown, from the Jinja2 templates in the folder ``templates``.

Every value is escaped for the form it goes into. The templates do not travel with a module: only an operation that runs
on the controller can use them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any

from ..core.libraries import note_missing
from ..core.markdown import code, escape, fence

try:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup
except ImportError as _error:
    note_missing("Jinja2", _error)

_FOLDER = os.path.join(os.path.dirname(__file__), "templates")


def render(template: str, **values: Any) -> str:
    """Fill in a template.

    Args:
        template: Its name; the ending ``.html.j2`` or ``.md.j2`` says how values are escaped.
        values: Its variables.
    """
    return _environment(markdown=".md." in template).get_template(template).render(values)


def preload() -> None:
    """Compile all templates, which takes longer than filling them in."""
    for name in sorted(os.listdir(_FOLDER)):
        _environment(markdown=".md." in name).get_template(name)


@cache
def _environment(*, markdown: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(_FOLDER),
        undefined=StrictUndefined,
        # Jinja2 escapes for HTML what is not marked as escaped. In Markdown, every value is escaped before that.
        autoescape=True,
        finalize=_escape_markdown if markdown else None,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update({"code": _marked(code), "fence": _marked(fence)} if markdown else {})
    return environment


def _escape_markdown(value: Any) -> Markup:
    return value if isinstance(value, Markup) else Markup(escape(str(value)))  # noqa: S704 (escaped)


def _marked(form: Callable[[str], str]) -> Callable[[Any], Markup]:
    return lambda value: Markup(form(str(value)))  # noqa: S704 (code needs no escapes)
