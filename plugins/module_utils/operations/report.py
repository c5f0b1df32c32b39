# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.report."""

from __future__ import annotations

import os.path
from collections.abc import Callable, Sequence

from ..core.account_status import in_words
from ..core.names import numbered
from ..core.report import document, junit, metrics, renewals
from ..core.report.accounts import PEOPLE
from ..core.report.overview import WORDS, overview
from ..core.report.timeline import timeline
from ..services import files, pages
from .operation import Context, Operation, Options, Result

# What a thousand accounts with long messages take, several times over.
_LIMIT = 64 * 1024 * 1024
_FOLDER_MODE = 0o755
_JSON = "report.json"


def _page(report: document.Document) -> str:
    return pages.render(
        "report.html.j2", report=report, **overview(report), timeline=timeline(report), words=WORDS, numbered=numbered
    )


def _worklist(report: document.Document) -> str:
    waiting = [account for account in report["accounts"] if account["upload"]]
    return pages.render("worklist.md.j2", report=report, waiting=waiting, in_words=in_words)


# By format, the file, and what makes its text.
_FORMATS: dict[str, tuple[str, Callable[[document.Document], str]]] = {
    "html": ("report.html", _page),
    "json": (_JSON, document.write),
    "junit": ("junit.xml", junit.render),
    "prometheus": ("netsuite.prom", metrics.render),
    "calendar": ("renewals.ics", renewals.render),
    "worklist": ("worklist.md", _worklist),
}


def run(options: Options, context: Context) -> Result:
    """Write the report on many accounts."""
    folder = options["path"]
    if context.check_mode:
        return _write(options, context)
    files.make_folder(folder, _FOLDER_MODE)
    with files.locked(os.path.join(folder, "x")):
        return _write(options, context)


def _write(options: Options, context: Context) -> Result:
    paths = {name: os.path.join(options["path"], file) for name, (file, _render) in _FORMATS.items()}
    earlier = document.read(files.read_text(paths["json"], what="The earlier report", limit=_LIMIT))
    report = document.build(
        options["results"] or {}, now=context.now(), earlier=earlier, keep=frozenset(options["keep_hosts"])
    )
    before, after = document.stable(earlier) if earlier else [], document.stable(report)
    says_the_same = earlier is not None and before == after
    changed = []
    for name in dict.fromkeys(options["formats"]):
        path = paths[name]
        if not (says_the_same and os.path.exists(path)):
            changed.append(path)
        if not context.check_mode:
            files.write(path, _FORMATS[name][1](report), files.PUBLIC, keep_rights=True)
    return {
        "changed": bool(changed),
        "files": [paths[name] for name in dict.fromkeys(options["formats"])],
        "changed_files": changed,
        "counts": report["counts"],
        "needs_person": [account["host"] for account in report["accounts"] if account["waiting_for"] in PEOPLE],
        "changes": report["changes"]["entries"] if report["changes"]["noticed"] == report["made"] else [],
        "diff": _diff(paths["json"], before, after),
    }


def _diff(path: str, before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    old, new = ("".join(f"{line}\n" for line in lines) for lines in (before, after))
    return {"before_header": path, "after_header": path, "before": old, "after": new}


OPERATION = Operation(
    run=run,
    options={
        "results": {"type": "dict"},
        "keep_hosts": {"type": "list", "elements": "str", "default": []},
        "path": {"type": "path", "default": "netsuite-report"},
        "formats": {
            "type": "list",
            "elements": "str",
            "choices": list(_FORMATS),
            "default": list(_FORMATS),
        },
    },
    libraries=(),
    controller_only=True,
)
