# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all linters, as many at a time as there are cores, and show what the failing ones say.

Arguments choose by name: ``lint.py ruff mypy``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from copy_tree import ROOT, copy_tree

COPY = ROOT / ".cache" / "lint" / "ansible_collections" / "m2m" / "netsuite"
SIMULATOR = "roles/netsuite_simulator/files"
PACKAGE = "ansible_collections.m2m.netsuite.plugins"
ESLINT = (
    "bash tests/tools/node.sh && tests/node_modules/.bin/eslint --config tests/interop/eslint.config.mjs"
    " --max-warnings 0 --no-error-on-unmatched-pattern roles tests"
)
# Those of what is installed: each is compatible with GPL-3.0-or-later. The first word that fits counts.
LICENCES = "Apache;BSD;CC0;GNU General Public License;GPL-2.0-or-later;GPL-3.0;ISC;MIT;MPL;Mozilla;PSF;Python Software"
TYPED = [
    f"plugins/{name}"
    for name in ("module_utils", "plugin_utils", "modules", "action", "callback", "lookup", "filter", "test")
]


def tool(name: str) -> list[str]:
    """Return the command that runs one of this folder's checks."""
    return [sys.executable, f"tests/tools/{name}.py"]


def commands() -> dict[str, tuple[list[str], str]]:
    """Return name -> (command, folder to run it in); the slowest first, so that they overlap the others."""
    root = str(ROOT)
    copy = str(COPY)
    packages = [
        word
        for folder in TYPED
        if any((ROOT / folder).rglob("*.py"))
        for word in ("-p", f"{PACKAGE}.{folder.rpartition('/')[2]}")
    ]
    scripts = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "tools").glob("*.sh"))
    table = {
        "ansible-lint": (["ansible-lint", "--offline", "--profile", "production", "--nocolor", "-q"], root),
        "mypy plugins": (["mypy", *packages], root),
        "antsibull-docs": (
            ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", "."],
            copy,
        ),
        "mypy simulator": (["mypy", "--cache-dir", ".cache/mypy-simulator", SIMULATOR], root),
        "mypy tools": (["mypy", "--cache-dir", ".cache/mypy-tools", "tests/tools", "extensions"], root),
        "mypy bench": (["mypy", "--cache-dir", ".cache/mypy-bench", "tests/bench"], root),
        "antsibull-changelog": (["antsibull-changelog", "lint"], root),
        "ruff": (["ruff", "check", "--quiet", "--output-format", "concise", "."], root),
        "ruff format": (["ruff", "format", "--check", "--quiet", "."], root),
        "yamllint": (["yamllint", "--strict", "."], root),
        "eslint": (["bash", "-c", ESLINT], root),
        "shellcheck": (["shellcheck", ".ci/run", *scripts], root),
        "reuse": (["reuse", "lint", "--lines"], root),
        "licences": (["pip-licenses", "--from=mixed", "--partial-match", f"--allow-only={LICENCES}"], root),
        "pre-commit": (["pre-commit", "run", "--all-files", "--hook-stage", "manual"], root),
        "links": (tool("check_links"), root),
        "sizes": (tool("check_sizes"), root),
    }
    if not (ROOT / SIMULATOR).is_dir():
        del table["mypy simulator"]
    if not shutil.which("node") and "STRICT" not in os.environ:
        print("-- eslint is left out: there is no Node on the PATH")
        del table["eslint"]
    return table


def run(name: str, command: list[str], folder: str) -> tuple[str, int, str, float]:
    """Run one linter; return its name, status, output and seconds."""
    environment = dict(os.environ, NO_COLOR="1")
    if folder != str(ROOT):  # a linter in the copy sees the copy
        environment["ANSIBLE_COLLECTIONS_PATH"] = str(COPY.parents[2])
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return name, done.returncode, done.stdout, time.monotonic() - started


def main(chosen: list[str]) -> int:
    """Run the chosen linters, or all; return the exit status."""
    table = {name: row for name, row in commands().items() if not chosen or name.split()[0] in chosen or name in chosen}
    if not table:
        raise SystemExit(f"lint.py: no linter is called {' or '.join(chosen)}")
    if any(folder == str(COPY) for _command, folder in table.values()):
        copy_tree(COPY.parents[2])
    failed = []
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for name, status, output, seconds in pool.map(lambda item: run(item[0], *item[1]), table.items()):
            print(f"{'ok    ' if status == 0 else 'FAILED'} {name} ({seconds:.1f} s)")
            if status:
                failed.append(name)
                print(output)
    print(
        f"{len(table) - len(failed)} linters passed"
        + (f", {len(failed)} failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
