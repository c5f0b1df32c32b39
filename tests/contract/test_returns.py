# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""RETURN against reality: what each run returns is what is documented for it, no key more and no key less.

For that, ``returned`` is written in a small language: ``success``, ``failure`` and ``always``, ``success with
O(option=value)``, ``failure with RV(cause=word)``, each also joined by ``or``; and the sentences below. A value may be
null only where its description says V(null).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.contract.case import CASES, Case, collect
from ansible_collections.m2m.netsuite.tests.contract.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import MODULES, OPERATIONS, documentation, validated

pytestmark = pytest.mark.slow

collect()
# Common to all modules, and documented by Ansible.
_COMMON = {"changed", "failed", "msg", "diff", "warnings"}
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "raw": (object,),
}
_NEW = ("missing", "expired", "expires_soon", "forced", "certificate_missing")
_SUCCESS = re.compile(r"success with O\((\w+)=(\w+)\)")
_FAILURE = re.compile(r"failure with (RV\(cause=\w+\)(?: or RV\(cause=\w+\))*)")


def _made(case: Case, options: dict[str, Any], result: dict[str, Any]) -> bool:
    return not case.cause and options["state"] == "present" and not (case.check_mode and result["reason"] in _NEW)


def _certificate_known(case: Case, options: dict[str, Any], result: dict[str, Any]) -> bool:
    return case.cause is None and (result["source"] == "file" or bool(options["certificate_content"]))


_SENTENCES: dict[str, Callable[[Case, dict[str, Any], dict[str, Any]], bool]] = {
    "always": lambda case, options, result: True,
    "success": lambda case, options, result: not result.get("failed"),
    "failure": lambda case, options, result: bool(result.get("failed")),
    "success with O(state=present), in check mode unless the certificate is yet to be made": _made,
    "when the checks were carried out, whatever their outcome": lambda case, options, result: (
        case.cause is None or case.judged
    ),
    "when each host was looked at, whatever came of it": lambda case, options, result: (
        case.cause is None or case.judged
    ),
    "when the certificate is known": _certificate_known,
    "when the certificate or its id is known": lambda case, options, result: (
        case.cause is None and result["source"] != "none"
    ),
}


def is_due(sentence: str, case: Case, options: dict[str, Any], result: dict[str, Any]) -> bool:
    """Whether a key that is documented with this sentence belongs into this result."""
    if sentence in _SENTENCES:
        return _SENTENCES[sentence](case, options, result)
    if match := _SUCCESS.fullmatch(sentence):
        return not result.get("failed") and str(options[match[1]]).lower() == match[2]
    if match := _FAILURE.fullmatch(sentence):
        return bool(result.get("failed")) and result.get("cause") in re.findall(r"cause=(\w+)", match[1])
    raise AssertionError(f"returned: {sentence!r} is not in the language of this test")


def complaints(where: str, documented: dict[str, Any], value: Any) -> list[str]:
    """In what a value differs from its documentation."""
    if value is None:
        text = "".join(documented["description"])
        return [] if "V(null)" in text else [f"{where} is null, and its description does not say V(null)"]
    kind = documented["type"]
    if not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind in ("int", "float")):
        return [f"{where} is a {type(value).__name__}, documented as {kind}"]
    if kind == "list":
        element = {"description": "", "type": documented["elements"], "contains": documented.get("contains")}
        return [line for index, one in enumerate(value) for line in complaints(f"{where}[{index}]", element, one)]
    contains = documented.get("contains")
    if kind != "dict" or not contains:
        return []
    found = [f"{where}.{name} is not documented" for name in value if name not in contains]
    for name, entry in contains.items():
        found += complaints(f"{where}.{name}", entry, value[name]) if name in value else [f"{where}.{name} is missing"]
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_result_is_as_documented(case, tmp_path, request):
    stage = Stage(tmp_path, request.getfixturevalue("simulator") if case.online else None)
    with stage.exits:
        arguments = case.set_stage(stage) | ({"state": case.state} if case.state else {})
        result = stage.run(case.module, arguments, check_mode=case.check_mode)

    assert bool(result.get("failed")) == (case.cause is not None or case.judged), result
    assert result.get("cause") == case.cause, result
    assert result["changed"] == case.changed, result
    documented = documentation()[case.module]["return"]
    keys, options = set(result) - _COMMON, validated(case.module, arguments)
    assert sorted(keys - set(documented)) == []
    for name, entry in documented.items():
        assert (name in keys) == is_due(entry["returned"], case, options, result), f"{name}: {entry['returned']}"
        if name in keys:
            assert complaints(name, entry, result[name]) == []


@pytest.mark.parametrize("module", [name for name in MODULES if OPERATIONS[name].libraries])
def test_a_missing_library_is_reported_as_documented(module, monkeypatch):
    library = OPERATIONS[module].libraries[-1]
    monkeypatch.setitem(libraries._missing, library, ImportError("gone"))
    result = execute(OPERATIONS[module], {}, Context())
    documented = documentation()[module]["return"]
    case = Case(module, "misses a library", lambda stage: {}, cause="missing_library")
    keys = {name for name, entry in documented.items() if is_due(entry["returned"], case, {"state": None}, result)}
    assert set(result) - _COMMON == keys == {"cause", "fix", "library"}
    assert (result["cause"], result["library"]) == ("missing_library", library)


@pytest.mark.parametrize("module", MODULES)
def test_samples_are_as_documented(module):
    for name, entry in documentation()[module]["return"].items():
        assert complaints(name, entry, entry["sample"]) == []


@pytest.mark.parametrize("module", MODULES)
def test_each_state_is_run(module):
    state = OPERATIONS[module].options.get("state", {})
    runs = {
        (case.state or state.get("default"), case.check_mode)
        for case in CASES
        if case.module == module and case.cause is None and not case.judged
    }
    assert runs == set(product(state.get("choices", [None]), (False, True))), (
        "the files cases_*.py have to run every state"
    )
