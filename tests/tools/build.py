# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection as it would be published, look into it, install it offline and hand it to Galaxy's importer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from copy_tree import ROOT, copy_tree

ROOM = ROOT / ".cache" / "build"
NEEDED = {"MANIFEST.json", "README.md", "LICENSE", "meta/runtime.yml", "requirements.txt"}
UNWANTED = re.compile(r"^(?:tests|\.\w[^/]*|Makefile|pyproject\.toml)(?:/|$)|(?:^|/)__pycache__/|\.pyc$|\.retry$")


def attempt(*command: str, **variables: str) -> tuple[int, str]:
    """Run a command; return its status and what it printed."""
    done = subprocess.run(
        command,
        cwd=ROOM,
        env={**os.environ, **variables},
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def run(*command: str, **variables: str) -> str:
    """Run a command; return what it printed, or stop with it."""
    status, log = attempt(*command, **variables)
    if status:
        raise SystemExit(f"{' '.join(command)}\n{log}")
    return log


def content_problems(names: set[str]) -> list[str]:
    """Return what is wrong with the list of files in the tarball."""
    return [f"not in the tarball: {name}" for name in sorted(NEEDED - names)] + [
        f"should not be in the tarball: {name}" for name in sorted(names) if UNWANTED.search(name)
    ]


def installed_modules(place: Path) -> set[str]:
    """Return the names of the modules that ansible-doc can load from the installed collection."""
    listing = run("ansible-doc", "--list", "--type", "module", "m2m.netsuite", ANSIBLE_COLLECTIONS_PATH=str(place))
    return set(re.findall(r"^m2m\.netsuite\.(\w+)", listing, re.MULTILINE))


def build(source: Path, destination: Path) -> Path:
    """Build the collection and return the tarball."""
    run("ansible-galaxy", "collection", "build", "--output-path", str(destination), str(source))
    return next(destination.glob("m2m-netsuite-*.tar.gz"))


def importer_problems(source: Path, place: Path) -> list[str]:
    """Return what Galaxy's own checks say, apart from notes; ``place`` is where the collection is installed."""
    manifest = source / "galaxy.yml"
    text = manifest.read_text(encoding="utf-8")
    if "\nrepository:" not in text:  # Galaxy insists on one, and there is none before the first release
        manifest.write_text(f"{text.rstrip()}\nrepository: https://example.invalid/m2m/netsuite\n", encoding="utf-8")
    tarball = build(source, ROOM / "importer")
    # The importer's linter looks for the playbooks that ours import where collections are installed.
    importer = (sys.executable, "-m", "galaxy_importer.main", str(tarball))
    status, log = attempt(*importer, ANSIBLE_COLLECTIONS_PATH=str(place))
    found = re.findall(r"^(?:ERROR|WARNING).*$", log, re.MULTILINE)
    if status or "Importer processing completed successfully" not in log:
        return found or [log]
    return found


def main() -> int:
    """Do it all; return the exit status."""
    shutil.rmtree(ROOM, ignore_errors=True)
    copy = copy_tree(ROOM / "source")
    tarball = build(copy, ROOM)
    with tarfile.open(tarball) as archive:
        problems = content_problems({member.name for member in archive.getmembers()})
    place = ROOM / "installed"
    # Without the checkout on the path, or it counts as installed already.
    install = ("ansible-galaxy", "collection", "install", "--offline", "-p", str(place), str(tarball))
    run(*install, ANSIBLE_COLLECTIONS_PATH=str(place))
    modules = {path.stem for path in (copy / "plugins" / "modules").glob("*.py")}
    problems += [
        f"ansible-doc does not load it once installed: {name}" for name in sorted(modules ^ installed_modules(place))
    ]
    problems += importer_problems(copy, place)
    for problem in problems:
        print(problem)
    if not problems:
        size = tarball.stat().st_size // 1024
        print(f"{tarball.relative_to(ROOT)}: {size} KiB, {len(modules)} modules, installs and imports cleanly")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
