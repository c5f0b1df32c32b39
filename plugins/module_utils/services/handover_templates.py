# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The templates of hand-over sheets: one YAML file per consumer, from the first folder that has it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..core.errors import OptionError
from ..core.handover import sheet
from ..core.libraries import note_missing
from . import files

try:
    import yaml
except ImportError as _error:
    note_missing("PyYAML", _error)

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SUFFIX = ".yml"


def load(consumer: str, folders: Sequence[str]) -> tuple[str, Mapping[str, Any]]:
    """The path of a consumer's template, and its content.

    Args:
        consumer: Name of the consumer.
        folders: Where to look, in this order.

    Raises:
        OptionError: there is none of that name, or the file is not a template.
    """
    for folder in folders if _NAME.fullmatch(consumer) else ():
        path = os.path.join(folder, consumer + _SUFFIX)
        text = files.read_text(path, what="The template")
        if text is not None:
            return path, _parse(text, path)
    raise OptionError(
        f"There is no template for the consumer {consumer}",
        f"Known are {', '.join(_known(folders)) or 'none'}; to add one, put {consumer}{_SUFFIX} into a template folder",
        cause="unknown_consumer",
    )


def _parse(text: str, path: str) -> Mapping[str, Any]:
    try:
        # The parser in C, where PyYAML has it, takes a tenth of the time.
        document = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 (both are safe)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f", line {place.line + 1}" if place else ""
        raise OptionError(f"The template {path} is not valid YAML{line}", "Correct it", cause="bad_template") from None
    return sheet.check(document, where=f"The template {path}")


def _known(folders: Sequence[str]) -> list[str]:
    found = {
        name.removesuffix(_SUFFIX)
        for folder in folders
        if os.path.isdir(folder)
        for name in os.listdir(folder)
        if name.endswith(_SUFFIX)
    }
    return sorted(found)
