# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that every source file names the project's licence in its first lines."""

from __future__ import annotations

import sys

from copy_tree import ROOT, repository_files

LICENCE = "SPDX-License-Identifier: GPL-3.0-or-later"
SOURCES = (".py", ".sh", ".js", ".mjs")
LINES = 20


def main() -> int:
    """Print the files without a header; return the exit status."""
    bare = []
    for name in repository_files():
        if name.endswith(SOURCES) or name in ("Makefile", ".ci/run"):
            text = (ROOT / name).read_text(encoding="utf-8")
            if text.strip() and LICENCE not in "\n".join(text.splitlines()[:LINES]):
                bare.append(name)
    for name in bare:
        print(f"{name}:1: no '{LICENCE}' in the first {LINES} lines")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
