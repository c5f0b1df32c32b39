# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that nothing of one machine and no secret is in the repository.

Looked for: paths into somebody's home folder or this checkout, private keys (tests make theirs at run time), whole
tokens, and addresses of package registries (a lock file must work with any mirror). A line may say why it is innocent
with the words ``leak-check: allow``.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from copy_tree import ROOT, repository_files

ALLOW = "leak-check: allow"
RULES = {
    "a path of one machine": re.compile(r"(?<![\w.~$}>-])/(?:home|Users|root)/[\w.-]+"),
    "a version manager's path": re.compile(r"\.pyenv/|/\.nvm/|/\.asdf/"),
    "a private key": re.compile(r"-----BEGIN (?:\w+ )*PRIVATE KEY-----\s*(?:\\n)?[A-Za-z0-9+/=]{40}"),
    "a whole token": re.compile(r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{40,}"),
    "a registry address": re.compile(
        r"registry\.npmjs\.org|files\.pythonhosted\.org|pypi\.org/simple|^\s*(?:--)?(?:extra-)?index-url\b|\"resolved\":",
        re.MULTILINE,
    ),
}


def rules() -> dict[str, re.Pattern[str]]:
    """Return the rules, with this checkout's own place when that is more than one folder deep."""
    places = {str(place) for place in (ROOT, Path.home()) if len(place.parts) > 2}
    if not places:
        return RULES
    return {
        **RULES,
        "this machine's folder": re.compile("|".join(re.escape(place) + r"\b" for place in sorted(places))),
    }


def findings(name: str, text: str) -> list[str]:
    """Return one line per finding in ``text``."""
    lines = text.splitlines()
    found = []
    for what, pattern in rules().items():
        for match in pattern.finditer(text):
            number = text.count("\n", 0, match.start()) + 1
            if ALLOW not in lines[number - 1]:
                found.append(f"{name}:{number}: {what}")
    return found


def main() -> int:
    """Print the findings; return the exit status."""
    found = []
    for name in repository_files():
        data = (ROOT / name).read_bytes()
        if name != "tests/tools/check_leaks.py" and b"\0" not in data:
            found += findings(name, data.decode("utf-8", "replace"))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
