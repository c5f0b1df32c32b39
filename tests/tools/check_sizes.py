# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that no file is longer than one reads in a sitting, and no function longer than a screen.

The documentation that Ansible wants does not count: inside a plugin DOCUMENTATION, EXAMPLES and RETURN, of a role
meta/argument_specs.yml.
"""

from __future__ import annotations

import ast
import re
import sys

from copy_tree import ROOT, repository_files

FILE_LIMITS = (
    (re.compile(r"(?:plugins/|roles/[^/]+/files/).*\.py$"), 400),
    (re.compile(r"tests/.*\.(?:py|sh|mjs|js)$"), 600),
    (re.compile(r"(?:roles|playbooks)/(?!.*/argument_specs).*\.ya?ml$"), 400),
)
FUNCTION_LIMIT = 50
FUNCTIONS_IN = re.compile(r"(?:plugins/|roles/[^/]+/files/).*\.py$")
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def length(node: ast.stmt) -> int:
    """Return the number of lines of a statement, decorators not counted."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def documentation_lines(tree: ast.Module) -> int:
    """Return how many lines Ansible's documentation blocks take, at the top level or in a doc fragment's class."""
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return sum(
        length(node)
        for body in bodies
        for node in body
        if isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and (name.id in DOCUMENTATION or name.id.isupper()) for name in node.targets)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def findings(name: str, text: str) -> list[str]:
    """Return one line for each thing in a file that is too long."""
    tree = ast.parse(text) if name.endswith(".py") else ast.Module([], [])
    found = []
    limit = next((lines for pattern, lines in FILE_LIMITS if pattern.match(name)), None)
    lines = len(text.splitlines()) - documentation_lines(tree)
    if limit and lines > limit:
        found.append(f"{name}: {lines} lines, more than {limit}")
    if FUNCTIONS_IN.match(name):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > FUNCTION_LIMIT:
                found.append(
                    f"{name}:{node.lineno}: {node.name}() has {length(node)} lines, more than {FUNCTION_LIMIT}"
                )
    return found


def main() -> int:
    """Print what is too long; return the exit status."""
    found = []
    for name in repository_files():
        if any(pattern.match(name) for pattern, _lines in FILE_LIMITS) and not (ROOT / name).is_symlink():
            found += findings(name, (ROOT / name).read_text(encoding="utf-8"))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
