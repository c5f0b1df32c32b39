# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection as it is published, look into it, install it offline and hand it to Galaxy's importer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from check_links import broken_links
from copy_tree import ROOT
from package import package

ROOM = ROOT / ".cache" / "build"
NEEDED = {
    "MANIFEST.json",
    "README.md",
    "CHANGELOG.md",
    "SECURITY.md",
    "LICENSE",
    "meta/runtime.yml",
    "requirements.txt",
}
UNWANTED = re.compile(
    r"^(?:tests|\.(?!ansible-lint$)\w[^/]*|Makefile|pyproject\.toml|REUSE\.toml|CONTRIBUTING\.md|changelogs/(?!changelog\.yaml).+)(?:/|$)"
    r"|(?:^|/)__pycache__/|\.pyc$|\.retry$"
)
MAKE = re.compile(r"(?:`|^)make [a-z]+", re.MULTILINE)


def run(*command: str, place: Path) -> tuple[int, str]:
    """Run a command that looks for collections in ``place``; return its status and what it printed."""
    done = subprocess.run(
        command,
        cwd=ROOM,
        env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(place)},
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def file_problems(names: set[str]) -> list[str]:
    """Return what is wrong with the list of files in the archive."""
    return [f"not in the archive: {name}" for name in sorted(NEEDED - names)] + [
        f"should not be in the archive: {name}" for name in sorted(names) if UNWANTED.search(name)
    ]


def page_problems(collection: Path) -> list[str]:
    """Return what the pages of the installed collection promise and do not hold."""
    found = []
    for page in sorted(collection.rglob("*.md")):
        name, text = page.relative_to(collection), page.read_text(encoding="utf-8")
        found += [f"{name}: {match[0].strip('`')} is for a clone only" for match in MAKE.finditer(text)]
        found += [f"{name}: the link {link} {problem}" for link, problem in broken_links(page, collection)]
    return found


def documentation_problems(collection: Path, place: Path) -> list[str]:
    """Return the modules that ansible-doc does not load from the installed collection."""
    _status, listing = run("ansible-doc", "--list", "--type", "module", "m2m.netsuite", place=place)
    loaded = set(re.findall(r"^m2m\.netsuite\.(\w+)", listing, re.MULTILINE))
    modules = {path.stem for path in (collection / "plugins" / "modules").glob("*.py")}
    return [f"ansible-doc does not load it once installed: {name}" for name in sorted(modules ^ loaded)]


def importer_problems(archive: Path) -> list[str]:
    """Return what Galaxy's own checks say, apart from notes. Nothing else is installed where they look."""
    status, log = run(sys.executable, "-m", "galaxy_importer.main", str(archive), place=ROOM / "nothing")
    found = re.findall(r"^(?:ERROR|WARNING).*$", log, re.MULTILINE)
    if status or "Importer processing completed successfully" not in log:
        return found or [log]
    return found


def main() -> int:
    """Do it all; return the exit status."""
    shutil.rmtree(ROOM, ignore_errors=True)
    archive = package(ROOM)
    place = ROOM / "installed"
    # Without the checkout on the path, or it counts as installed already.
    install = ("ansible-galaxy", "collection", "install", "--offline", "-p", str(place), str(archive))
    status, log = run(*install, place=place)
    if status:
        raise SystemExit(log)
    collection = place / "ansible_collections" / "m2m" / "netsuite"
    with tarfile.open(archive) as opened:
        problems = file_problems({member.name for member in opened.getmembers()})
    problems += page_problems(collection) + documentation_problems(collection, place) + importer_problems(archive)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{archive.relative_to(ROOT)}: {archive.stat().st_size // 1024} KiB, installs and imports cleanly")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
