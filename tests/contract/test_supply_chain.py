# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tests and builds install is locked by version and digest; the collection uses no broken digest."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/locks").glob("*.txt"))}
LOCKED = {
    "main": ("requirements.txt", "tests/requirements.txt", "tests/requirements-tools.txt"),
    "docs": ("tests/requirements-docs.txt",),
    "bench": ("requirements.txt", "tests/requirements.txt", "tests/requirements-bench.txt"),
    "eda": ("requirements.txt", "tests/requirements-eda.txt"),
    "matrix": ("requirements.txt", "tests/requirements.txt"),
    "stores": ("tests/requirements-stores.txt",),
}
_PACKAGE = re.compile(r"^([a-z0-9][\w.-]*)==([\w.]+)(?: ; [^\\\n]*)? \\$")
_DIGEST = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
BROKEN_DIGEST = re.compile(r"(?<![a-z])(?:md5|sha-?1)(?![0-9])", re.IGNORECASE)
SHIPPED = [
    path
    for folder in ("plugins", "roles", "playbooks")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".js", ".yml", ".j2"}
]


# Where one is named all the same, and why.
READ_ONLY = {
    "plugins/module_utils/core/keys.py": "names ciphers of encrypted keys that it reads",
}


def pinned(lock: str) -> dict[str, str]:
    return {found[1]: found[2] for line in lock.splitlines() if (found := _PACKAGE.match(line))}


def named(requirements: str) -> set[str]:
    text = (ROOT / requirements).read_text(encoding="utf-8")
    return {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z][\w-]*)", text, re.MULTILINE)}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_versions_and_digests_and_nothing_else(name: str) -> None:
    lines = [line for line in LOCKS[name].splitlines() if not line.startswith("#")]
    assert [line for line in lines if not _PACKAGE.match(line) and not _DIGEST.match(line)] == []
    pairs = pairwise([*lines, ""])
    assert [one for one, other in pairs if _PACKAGE.match(one) and not _DIGEST.match(other)] == []


@pytest.mark.parametrize("name", LOCKED)
def test_what_an_environment_asks_for_is_locked(name: str) -> None:
    asked = set().union(*(named(file) for file in LOCKED[name]))
    assert asked - set(pinned(LOCKS[name])) == set(), "run 'make pins'"


def test_the_oldest_libraries_are_those_that_are_promised() -> None:
    oldest = pinned(LOCKS["oldest"])
    for name, version in {**libraries.MINIMUM, **libraries.OPTIONAL}.items():
        assert f"{oldest[name.lower()]}.0".startswith(f"{version}."), name


def test_node_packages_have_digests_and_licences() -> None:
    packages = json.loads((ROOT / "tests/package-lock.json").read_text(encoding="utf-8"))["packages"]
    allowed = re.compile(
        r"\(?(?:MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|MPL-2\.0|Python-2\.0|CC0-1\.0)\b"
    )
    for path, package in packages.items():
        if path:
            assert package["integrity"].startswith("sha512-"), path
            assert allowed.match(package["license"]), path


def test_no_broken_digest_is_used() -> None:
    found = {str(path.relative_to(ROOT)) for path in SHIPPED if BROKEN_DIGEST.search(path.read_text(encoding="utf-8"))}
    assert found == set(READ_ONLY)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hashlib.md5(text)", True),
        ("hashes.SHA1()", True),
        ("createHash('sha1')", True),
        ("digest: SHA-1", True),
        ("hashes.SHA256()", False),
        ("sha128", False),
    ],
)
def test_what_a_broken_digest_looks_like(text: str, found: bool) -> None:
    assert bool(BROKEN_DIGEST.search(text)) is found
