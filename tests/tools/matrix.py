# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the tests on every supported ansible-core, against the collection installed from its archive.

Each ansible-core runs on each of its Pythons that this machine has: with the oldest libraries on the oldest of them,
with the newest on the others, and the newest ansible-core with both. Quick unit and contract tests, and end-to-end
tests (mark matrix: both routes, vault round trips) run everywhere, ansible-test sanity once per ansible-core. What is
left out is named. ``matrix.py 2.17 2.21-oldest`` chooses; a run of all writes the table in README.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from copy_tree import ROOT, repository_files
from package import package

ROOM = ROOT / ".cache" / "matrix"
# ansible-core, and the Pythons from 3.11 on that its controller supports
SUPPORTED = {
    "2.17": ("3.11", "3.12"),
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
SHIPPED = ("plugins/", "roles/", "playbooks/", "meta/", "examples/")
TABLE = re.compile(r"(?<=<!-- tested -->\n).*?(?=<!-- /tested -->)", re.DOTALL)


@dataclass
class Leg:
    """One ansible-core on one Python with one set of libraries, and what came of it."""

    core: str
    python: str
    interpreter: str
    libraries: str
    sanity: bool
    failed: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def name(self) -> str:
        """How the leg is called on the command line and in folders."""
        return f"{self.core}-{self.libraries}-{self.python}"


def interpreter(version: str) -> str:
    """Return the path of a Python of this version, or nothing."""
    command = ["bash", "tests/tools/python.sh", version]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True).stdout.strip()


def legs() -> tuple[list[Leg], list[str]]:
    """Return what can run here, and what cannot, in words."""
    here = {version: interpreter(version) for version in sorted({v for pythons in SUPPORTED.values() for v in pythons})}
    found, missing = [], []
    for core, supported in SUPPORTED.items():
        pythons = [version for version in supported if here[version]]
        missing += [f"ansible-core {core} on Python {v}: not on this machine" for v in supported if not here[v]]
        for version in pythons:
            oldest, newest = version == pythons[0], version == pythons[-1]
            sets = ["oldest"] if oldest and len(pythons) > 1 else ["newest"]
            if newest and core == max(SUPPORTED, key=lambda one: int(one.split(".")[1])):
                sets = ["oldest", "newest"]
            found += [Leg(core, version, here[version], name, newest and name == "newest") for name in sets]
    return found, missing


def install(leg: Leg, archive: Path, venv: Path) -> Path:
    """Install the archive with the leg's own ansible-galaxy, put the tests beside it, and return the collection."""
    place = ROOM / leg.name
    shutil.rmtree(place, ignore_errors=True)
    command = [str(venv / "bin/ansible-galaxy"), "collection", "install", "--offline", "-p", str(place), str(archive)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(place), "ANSIBLE_HOME": str(ROOM / "ansible")}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    collection = place / "ansible_collections" / "m2m" / "netsuite"
    for name in repository_files():
        # What is shipped is tested as it was installed, what a clone has beside it is needed by the tests.
        if not name.startswith(SHIPPED):
            (collection / name).parent.mkdir(parents=True, exist_ok=True)
            (collection / name).unlink(missing_ok=True)
            shutil.copy2(ROOT / name, collection / name, follow_symlinks=False)
    subprocess.run(["git", "init", "--quiet", str(collection)], check=True)
    return collection


def run(leg: Leg, archive: Path) -> None:
    """Run one leg, and note in it what failed."""
    started = time.monotonic()
    print(f"\n-- ansible-core {leg.core} on Python {leg.python}, {leg.libraries} libraries", flush=True)
    venv = ROOT / ".cache" / f"venv-{leg.name}"
    make = ["bash", "tests/tools/venv.sh", "matrix", leg.core, leg.interpreter, leg.libraries]
    if subprocess.run(make, cwd=ROOT, check=False).returncode:
        leg.failed.append("install")
        return
    collection = install(leg, archive, venv)
    suite = ("bash", "tests/tools/suite.sh")
    waiting = ("--dist", "loadfile", "-n", str(2 * (os.cpu_count() or 1)))
    steps = {
        "unit": (*suite, f"unit-{leg.name}", "tests/unit", "tests/contract", "--", "-m", "not slow and not campaign"),
        "e2e": (*suite, f"e2e-{leg.name}", "tests/e2e", "--", "-m", "matrix and not campaign", *waiting),
    }
    if leg.sanity:
        steps["sanity"] = ("python", "tests/tools/run_sanity.py")
    for step, command in steps.items():
        environment = {**os.environ, "VENV": str(venv)}
        within = ["bash", "tests/tools/run.sh", *command]
        if subprocess.run(within, cwd=collection, env=environment, check=False).returncode:
            leg.failed.append(step)
    leg.seconds = time.monotonic() - started


def table(ran: list[Leg]) -> str:
    """Return the rows of README.md."""
    rows = ["", "| ansible-core | Python, with the oldest libraries | Python, with the newest |", "| --- | --- | --- |"]
    for core in SUPPORTED:
        cells = [
            ", ".join(leg.python for leg in ran if (leg.core, leg.libraries) == (core, name)) or "-"
            for name in ("oldest", "newest")
        ]
        rows.append(f"| {core} | {' | '.join(cells)} |")
    return "\n".join([*rows, "", ""])


def main(chosen: list[str]) -> int:
    """Run the chosen legs, or all; return the exit status."""
    possible, missing = legs()
    ran = [leg for leg in possible if not chosen or any(leg.name.startswith(word) for word in chosen)]
    if not ran:
        raise SystemExit(f"matrix.py: nothing here is called {' or '.join(chosen)}")
    shutil.rmtree(ROOM, ignore_errors=True)
    archive = package(ROOM / "archive")
    for leg in ran:
        run(leg, archive)
    print()
    for leg in ran:
        result = f"FAILED  {', '.join(leg.failed)}" if leg.failed else "ok     "
        print(f"{result} {leg.name} ({leg.seconds:.0f} s)")
    for words in missing:
        print(f"left out  {words}")
    if any(leg.failed for leg in ran):
        return 1
    if not chosen:
        readme = ROOT / "README.md"
        readme.write_text(TABLE.sub(table(ran), readme.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
