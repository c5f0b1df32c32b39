# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the archive that is published: ``package.py FOLDER`` puts it there and prints its path.

It is made from a copy of the checkout, in which the pages lose what only a clone offers (between ``<!-- clone -->`` and
``<!-- /clone -->``). What else stays behind is ``build_ignore`` in galaxy.yml.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from copy_tree import copy_tree

CLONE_ONLY = re.compile(r"^<!-- clone -->\n.*?^<!-- /clone -->\n", re.MULTILINE | re.DOTALL)


def package(destination: Path) -> Path:
    """Build the archive in ``destination``, which must hold no other, and return it."""
    copy = copy_tree(destination / "source")
    for page in copy.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        if CLONE_ONLY.search(text):
            page.write_text(CLONE_ONLY.sub("", text), encoding="utf-8")
    command = ["ansible-galaxy", "collection", "build", "--output-path", str(destination), str(copy)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    (archive,) = destination.glob("m2m-netsuite-*.tar.gz")
    return archive


if __name__ == "__main__":
    print(package(Path(sys.argv[1]).resolve()))
