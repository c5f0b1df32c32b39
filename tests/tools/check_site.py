# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the site as it was built: ``check_site.py FOLDER``.

Every link within it leads to a page, and to a place on it; every page of the repository is there, one step from the
start page's table of contents; and no page loads anything from elsewhere.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from copy_tree import repository_files

START = "docs/index.html"
PAGE = re.compile(r"(?:[^/]+|docs/.+|roles/[^/]+/README)\.md")
# By element, the attribute that names something the browser loads by itself.
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src"}


class Page(HTMLParser):
    """What a page links to, what it loads, and the places that a link can lead to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.loaded: set[str] = set()
        self.places: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the link, the file or the place that an element names."""
        found = {name: value for name, value in attrs if value}
        self.places |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        if tag in LOADED and LOADED[tag] in found:
            self.loaded.add(found[LOADED[tag]])


def problems(site: Path, expected: set[str]) -> list[str]:
    """Return what is wrong with a site that should have the ``expected`` pages, which its start page lists."""
    pages = {str(path.relative_to(site)): Page(path) for path in site.rglob("*.html")}
    found = []
    for name, page in sorted(pages.items()):
        found += [f"{name}: loads {url} from elsewhere" for url in sorted(page.loaded) if urlsplit(url).netloc]
        for url in sorted(page.links | page.loaded):
            if problem := broken(site, pages, name, url):
                found.append(f"{name}: the link {url} {problem}")
    listed = {urljoin(START, urlsplit(url).path) for url in pages[START].links} | {START} if START in pages else set()
    found += [f"{name}: is not in the site" for name in sorted(expected - set(pages))]
    found += [f"{name}: the start page does not list it" for name in sorted(expected & set(pages) - listed)]
    return found


def broken(site: Path, pages: dict[str, Page], name: str, url: str) -> str | None:
    """Return what is wrong with a link of a page, or nothing; links that leave the site are not looked at."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return None
    target = unquote(urljoin(name, parts.path)) if parts.path else name
    if not (site / target).is_file():
        return "leads nowhere"
    if parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].places:
        return "names a place that is not there"
    return None


def main(folder: str) -> int:
    """Print what is wrong; return the exit status."""
    expected = {f"{name[:-3]}.html" for name in repository_files() if PAGE.fullmatch(name)}
    found = problems(Path(folder), expected)
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
