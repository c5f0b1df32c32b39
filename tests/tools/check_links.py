# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that every relative link in a Markdown file leads to a file, and every anchor to a heading."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

from copy_tree import ROOT, repository_files

CODE = re.compile(r"^(```|~~~).*?^\1\s*$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(
    r"(?<!\\)\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)|(?:src|href)=\"([^\"]+)\"", re.MULTILINE
)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the anchors that a Markdown page offers, spelled the way code hosts do."""
    found: set[str] = set(re.findall(r"(?:id|name)=\"([^\"]+)\"", text))
    for heading in HEADING.findall(re.sub(r"^(```|~~~).*?^\1\s*$", "", text, flags=re.MULTILINE | re.DOTALL)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        number = sum(1 for name in found if re.fullmatch(re.escape(slug) + r"(-\d+)?", name))
        found.add(f"{slug}-{number}" if number else slug)
    return found


def broken(page: Path, link: str, root: Path) -> str | None:
    """Return what is wrong with a link of a page, or nothing; a link that begins with a slash counts from ``root``."""
    if re.match(r"[a-z][a-z0-9+.-]*:|//", link):
        return None
    path, _hash, anchor = link.partition("#")
    target = (
        page
        if not path
        else (root / unquote(path).lstrip("/") if path.startswith("/") else page.parent / unquote(path))
    )
    if not target.exists():
        return "leads nowhere"
    if anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
        return "names a heading that is not there"
    return None


def broken_links(page: Path, root: Path) -> list[tuple[str, str]]:
    """Return the links of a page that do not work, each with what is wrong with it."""
    links = [next(filter(None, groups)) for groups in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))]
    return [(link, problem) for link in links if (problem := broken(page, link, root))]


def main() -> int:
    """Print the broken links; return the exit status."""
    found = [
        f"{name}: the link {link} {problem}"
        for name in repository_files()
        if name.endswith(".md")
        for link, problem in broken_links(ROOT / name, ROOT)
    ]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
