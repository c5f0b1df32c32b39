# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The templates of hand-over sheets: one YAML file per consumer, in the first folder that has it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from ..core.errors import OptionError
from ..core.handover.sheet import Template, parse_template
from ..core.libraries import note_missing
from . import files

try:
    import yaml
except ImportError as _error:
    note_missing("PyYAML", _error)

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_SUFFIX = ".yml"


def load(consumers: Sequence[str], folders: Sequence[str]) -> dict[str, Template]:
    """The templates of some consumers, by name.

    Raises:
        OptionError: there is none of that name, or it is no template.
    """
    return {consumer: _load(consumer, folders) for consumer in consumers}


def _load(consumer: str, folders: Sequence[str]) -> Template:
    for folder in folders if _NAME.fullmatch(consumer) else ():
        path = os.path.join(folder, consumer + _SUFFIX)
        text = files.read_text(path, what="The template")
        if text is not None:
            return _parse(text, path)
    raise OptionError(
        f"There is no template for the consumer {consumer}",
        f"Known are {', '.join(_known(folders)) or 'none'}; to add one, put {consumer}{_SUFFIX} into a template folder",
        cause="unknown_consumer",
    )


def _parse(text: str, path: str) -> Template:
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError:
        raise OptionError(f"The template {path} is not YAML", "Correct it", cause="bad_template") from None
    return parse_template(document, where=f"The template {path}")


def _known(folders: Sequence[str]) -> list[str]:
    found = {
        name.removesuffix(_SUFFIX)
        for folder in folders
        if os.path.isdir(folder)
        for name in os.listdir(folder)
        if name.endswith(_SUFFIX)
    }
    return sorted(found)
