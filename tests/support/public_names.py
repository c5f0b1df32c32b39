# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody's playbooks may name. As a program it prints those of this checkout, for tests/contract/released."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT, documentation

#: What the roles are made of: their names stay, their options change together with the roles.
INNER = {"account_credentials", "account_reconcile", "account_result", "rollout_summary"}
#: Of plugins that playbooks use.
KINDS = ("module", "callback", "lookup", "filter", "test")
Names = dict[str, dict[str, dict[str, list[str]]]]


def _options(options: Mapping[str, Any], prefix: str = "") -> dict[str, list[str]]:
    """Per option, also under its aliases and below other options, the values that may be chosen."""
    found: dict[str, list[str]] = {}
    for name, option in options.items():
        for spelling in (name, *option.get("aliases", ())):
            found[prefix + spelling] = [str(choice) for choice in option.get("choices") or ()]
            found |= _options(option.get("options") or option.get("suboptions") or {}, f"{prefix}{spelling}.")
    return found


def names_of(documents: Mapping[str, Mapping[str, Any]], root: Path) -> Names:
    """By kind and name, what can be given (with its choices) and what comes back.

    Args:
        documents: Per type of plugin, and per plugin, what ansible-doc says.
        root: The collection, whose roles and playbooks are read.
    """
    found: Names = {}
    for kind, plugins in documents.items():
        for name, document in plugins.items():
            parts = found.setdefault(kind, {}).setdefault(name, {})
            if name in INNER:
                continue
            options = _options(document["doc"].get("options") or {})
            parts |= {f"option {key}": choices for key, choices in options.items()}
            if kind == "module":
                parts |= {f"result {key}": [] for key in document.get("return") or ()}
    for path in sorted(root.glob("roles/*/meta/argument_specs.yml")):
        specs = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
        for entry, spec in specs.items():
            found.setdefault("role", {})[f"{path.parts[-3]} {entry}"] = _options(spec.get("options") or {})
    found["playbook"] = {path.stem: {} for path in sorted(root.glob("playbooks/*.yml"))}
    return found


def public_names() -> Names:
    """Those of this checkout."""
    return names_of({kind: documentation(kind) for kind in KINDS}, ROOT)


def missing(released: Names, present: Names) -> list[str]:
    """What was released and is not there any more, in words."""
    found = []
    for kind, things in released.items():
        for name, parts in things.items():
            here = present.get(kind, {}).get(name)
            if here is None:
                found.append(f"{kind} {name}")
                continue
            for part, choices in parts.items():
                if part not in here:
                    found.append(f"{kind} {name}: {part}")
                elif here[part]:
                    found += [f"{kind} {name}: {part}: {choice}" for choice in choices if choice not in here[part]]
    return found


if __name__ == "__main__":
    print(json.dumps(public_names(), indent=1, sort_keys=True))
