# SPDX-License-Identifier: GPL-3.0-or-later
"""Write tests/locks anew: every package of each environment, with its version and the digests of its files.

What is installed is what was looked at, whichever mirror it comes from. Pins that still fit stay; ``--upgrade``
takes the newest releases. A lock holds for every supported Python; ``tests/tools/venv.sh`` installs from it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from copy_tree import ROOT

LOCKS = ROOT / "tests" / "locks"
NOTE = "# Made by 'make pins': do not edit by hand.\n"
TESTS = ["requirements.txt", "tests/requirements.txt"]
ENVIRONMENTS = {
    "main": [*TESTS, "tests/requirements-tools.txt"],
    "docs": ["tests/requirements-docs.txt"],
    "bench": [*TESTS, "tests/requirements-bench.txt"],
    "eda": ["requirements.txt", "tests/requirements-eda.txt"],
    "matrix": TESTS,
    "stores": ["tests/requirements-stores.txt"],
}
# Only unpacked, so that nothing they depend on is needed.
ALONE = {"stores"}
# uv installs the rest; the packages of one ansible-core take the place of another's.
EXTRA = {"main": "uv\n", "matrix": "ansible-core==2.19.*\n"}
CORES = ("2.17", "2.18", "2.19", "2.20", "2.21")
# The oldest libraries that are promised: what requirements.txt says, and what nobody installs beside them any more.
OLDEST = "-r requirements.txt\nhvac==2.1.0\nurllib3==1.26.20\n"
# Other people's collections, which tests/tools/community.py takes out of it; itself it is installed nowhere.
COMMUNITY = "ansible==12.3.0\n"
_BLOCK = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?==.*\n(?: .*\n)*", re.MULTILINE)


def compiled(name: str, seed: str, wanted: str, *options: str) -> str:
    """Return a lock of ``wanted`` (the text of a requirements file) that keeps the pins of ``seed`` where they fit."""
    target = ROOT / ".cache" / "locks" / f"{name}.txt"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(seed, encoding="utf-8")
    command = [
        *(".venv/bin/uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header"),
        *("--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--output-file", str(target), *options, "-"),
    ]
    subprocess.run(command, cwd=ROOT, input=wanted, text=True, check=True, stdout=subprocess.DEVNULL)
    return target.read_text(encoding="utf-8")


def differing(lock: str, base: str) -> str:
    """Return the packages of a lock that ``base`` pins otherwise, or not at all."""
    known = {match[0] for match in _BLOCK.finditer(base)}
    return "".join(match[0] for match in _BLOCK.finditer(lock) if match[0] not in known)


def read(path: Path) -> str:
    """Return a lock as it is, or nothing where there is none yet."""
    return path.read_text(encoding="utf-8").removeprefix(NOTE) if path.is_file() else ""


def main(options: list[str]) -> int:
    """Write all locks; return the exit status."""
    LOCKS.mkdir(exist_ok=True)
    texts: dict[str, str] = {}
    for name, files in ENVIRONMENTS.items():
        wanted = "".join(f"-r {file}\n" for file in files) + EXTRA.get(name, "")
        seed = read(LOCKS / f"{name}.txt") or texts.get("main", "")
        alone = ["--no-deps"] if name in ALONE else []
        texts[name] = compiled(name, seed, wanted, "--python-version", "3.11", *alone, *options)
    base = texts["matrix"]
    for core in CORES:
        python = "3.12" if core >= "2.20" else "3.11"
        wanted = "".join(f"-r {file}\n" for file in TESTS) + f"ansible-core=={core}.*\n"
        seed = read(LOCKS / f"core-{core}.txt") + base
        lock = compiled(f"core-{core}", seed, wanted, "--python-version", python, *options)
        texts[f"core-{core}"] = differing(lock, base)
    promised = (ROOT / "requirements.txt").read_text(encoding="utf-8") + OLDEST
    direct = {name.lower() for name in re.findall(r"^([\w-]+)[>=]", promised, re.MULTILINE)}
    seed = "".join(match[0] for match in _BLOCK.finditer(base) if match[1] not in direct)
    oldest = compiled("oldest", seed, OLDEST, "--python-version", "3.11", "--resolution", "lowest-direct", *options)
    texts["oldest"] = differing(oldest, base)
    seed = read(LOCKS / "community.txt")
    texts["community"] = compiled("community", seed, COMMUNITY, "--python-version", "3.11", "--no-deps", *options)
    for name, text in texts.items():
        (LOCKS / f"{name}.txt").write_text(NOTE + text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
