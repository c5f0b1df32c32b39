# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a release has offered to playbooks is still there: modules, options and their choices, results, variables.

``make release`` adds a file for each release. A major release removes those whose deprecations have run out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT, documentation
from ansible_collections.m2m.netsuite.tests.support.public_names import INNER, KINDS, missing, public_names


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


RELEASED = sorted((Path(__file__).parent / "released").glob("*.json"), key=lambda path: numbers(path.stem))
NAMES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in RELEASED}


@pytest.mark.parametrize("release", NAMES)
def test_what_was_released_is_still_there(release: str) -> None:
    assert missing(NAMES[release], public_names()) == []


def first(kind: str, name: str, *parts: str) -> str | None:
    """The first release that has a plugin, or one of these parts of it."""
    for version, names in NAMES.items():
        found = names.get(kind, {}).get(name)
        if found is not None and (not parts or any(part in found for part in parts)):
            return version
    return None


def test_each_plugin_names_the_release_that_it_came_with() -> None:
    for kind in KINDS:
        for name, document in documentation(kind).items():
            check_since(f"{kind} {name}", document["doc"], first(kind, name))


def check_since(what: str, document: Mapping[str, Any], release: str | None) -> None:
    """What is in no release yet names one that is to come."""
    said = document.get("version_added", "0.0.0")
    assert said == release if release else numbers(said) > numbers(RELEASED[-1].stem), (what, said, release)


def parts() -> Iterator[tuple[str, str, str, list[str], Mapping[str, Any]]]:
    """Kind and name of a plugin or role; what one of its options or results is called, by all its names; and that."""
    for kind in KINDS:
        for name, document in documentation(kind).items():
            options, results = document["doc"].get("options") or {}, document.get("return") or {}
            for option, one in options.items():
                spellings = [option, *one.get("aliases", ())]
                yield kind, name, option, [f"option {spelling}" for spelling in spellings], one
            for result, one in results.items() if kind == "module" else ():
                yield kind, name, result, [f"result {result}"], one
    for path in ROOT.glob("roles/*/meta/argument_specs.yml"):
        for entry, spec in yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"].items():
            for option, one in (spec.get("options") or {}).items():
                yield "role", f"{path.parts[-3]} {entry}", option, [option, *one.get("aliases", ())], one


def test_what_is_newer_than_its_plugin_names_the_release_that_it_came_with() -> None:
    newer = 0
    for kind, name, part, spellings, document in parts():
        release, since = first(kind, name, *spellings), first(kind, name)
        if name not in INNER and since and release != since:
            check_since(f"{kind} {name}: {part}", document, release)
            newer += 1
    assert newer > 100


def test_a_removal_is_seen() -> None:
    released = public_names()
    present = copy.deepcopy(released)
    del present["playbook"]["rotate"]
    del present["module"]["token_check"]["option once_active"]  # an alias
    del present["module"]["access_token"]["result expires_in"]
    del present["role"]["netsuite_account main"]["netsuite_account_scope"]
    present["module"]["certificate"]["option key_type"].remove("EC")
    assert missing(released, present) == [
        "module access_token: result expires_in",
        "module certificate: option key_type: EC",
        "module token_check: option once_active",
        "role netsuite_account main: netsuite_account_scope",
        "playbook rotate",
    ]
