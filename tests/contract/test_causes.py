# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One registry of causes: the code names no other, no row stands unused, and the documentation shows the rows."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.answers import ResponseSummary
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.causes import Cause
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.diagnose import diagnose
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.evidence import Evidence
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.registry import REGISTRY, TITLES, Entry
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT

UTILS = ROOT / "plugins/module_utils"
RULES = sorted((UTILS / "core/diagnosis").glob("*.py"))
PAGE, GUIDE = ROOT / "docs/diagnosis.md", ROOT / "docs/guides/when-netsuite-says-no.md"
# How the rules may name a cause other than by its word: each leads to one that is collected below.
_INDIRECT = {"f'token_{finding.rule}'", "problem.rule", "claim_check.problem.rule", "_STATES[observed.state]"}
# Only a warning beside a token that was granted.
_NO_CAUSE = {"clock"}
_WORD = re.compile(r"[a-z]+(_[a-z]+)*")


def _calls(paths: list[Path]) -> Iterator[tuple[str, ast.Call]]:
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func).rpartition(".")[2], node


def _first_words(paths: list[Path], *makers: str) -> set[str]:
    """The words that stand first in calls of these names."""
    return {
        node.args[0].value
        for name, node in _calls(paths)
        if name in makers and node.args and isinstance(node.args[0], ast.Constant)
    }


def _cause_words(paths: list[Path], *makers: str) -> set[str]:
    """The words given as ``cause=``, in calls of these names or of any."""
    return {
        keyword.value.value
        for name, node in _calls(paths)
        for keyword in node.keywords
        if keyword.arg == "cause" and isinstance(keyword.value, ast.Constant) and (not makers or name in makers)
    }


def _passed_on(path: Path) -> set[str]:
    """The causes that a file hands to functions of its own as their parameter ``cause``, or gives that name first."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    place = {one.name: [each.arg for each in one.args.args].index("cause") for one in functions if _takes_cause(one)}
    values = [node.args[place[name]] for name, node in _calls([path]) if len(node.args) > place.get(name, 99)]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.Tuple)
        ):
            pairs = zip(node.targets[0].elts, node.value.elts, strict=True)
            values += [value for target, value in pairs if ast.unparse(target) == "cause"]
    return {value.value for value in values if _is_text(value)}


def _takes_cause(function: ast.FunctionDef) -> bool:
    return "cause" in [each.arg for each in function.args.args]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _named_in_diagnoses() -> set[str]:
    """Every cause that can stand in a diagnosis."""
    services = sorted((UTILS / "services").glob("*.py"))
    operations = sorted((UTILS / "operations").glob("*.py"))
    rules = _first_words([*RULES, *operations], "Cause", "_broken")
    states = {node.value for node in ast.walk(_assigned("_STATES")) if _is_text(node) and "_" in node.value}
    problems = _first_words([UTILS / "core/preflight.py", *RULES], "Problem")
    findings = {f"token_{word}" for word in _first_words([UTILS / "core/tokens.py"], "Finding")}
    transport = _cause_words(services, "TransportError", "_transport_error")
    transport |= {cause for path in services if path.stem.endswith("_errors") for cause in _passed_on(path)}
    return (rules | states | problems | findings | transport) - _NO_CAUSE


def _assigned(name: str) -> ast.AST:
    tree = ast.parse((UTILS / "core/diagnosis/tokens.py").read_text(encoding="utf-8"))
    return next(node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name)


def test_every_cause_of_a_diagnosis_is_registered():
    assert _named_in_diagnoses() - set(REGISTRY) == set()


def test_every_registered_cause_is_used():
    """Besides in a diagnosis, as the cause of an error that ends a check or an upload."""
    errors = _cause_words(sorted(UTILS.rglob("*.py")) + sorted((ROOT / "plugins/plugin_utils").glob("*.py")))
    assert set(REGISTRY) - _named_in_diagnoses() - errors == set()


def test_the_rules_name_causes_in_no_way_that_this_test_does_not_see():
    forms = {
        ast.unparse(node.args[0])
        for name, node in _calls(RULES)
        if name == "Cause" and not isinstance(node.args[0], ast.Constant)
    }
    assert forms == _INDIRECT


def test_advice_and_codes_stand_in_the_registry_alone():
    """A rule gives its own advice where it knows more, but no code; and the pages of NetSuite have one place."""
    text = {path.name: path.read_text(encoding="utf-8") for path in RULES if path.name != "registry.py"}
    for name, rules in text.items():
        for code in {code for row in REGISTRY.values() for code in row.codes}:
            assert f'"{code}' not in rules, (name, code)
    assert not any("Setup > Integration" in rules for rules in text.values())


@pytest.mark.parametrize("row", REGISTRY.values(), ids=lambda row: row.cause)
def test_a_row_is_complete(row: Entry) -> None:
    assert row.category in TITLES
    assert _WORD.fullmatch(row.cause)
    for text in (row.summary, row.fix):
        assert text.strip() == text
        assert text
        assert not text.endswith(".")
        assert "|" not in text
    assert (row.audit_trail is None) is (not row.codes)


def test_a_cause_without_advice_of_its_own_takes_the_registrys():
    assert Cause("mapping_absent", "x").fix == REGISTRY["mapping_absent"].fix
    assert Cause("mapping_absent", "x", "Look again").fix == "Look again"
    assert Cause("mapping_absent", "x").audit_trail == "MissingKey"
    assert Cause("not_registered", "x").as_result() == {
        "cause": "not_registered",
        "evidence": "x",
        "fix": "See checks",
        "audit_trail": None,
        "basis": "heuristic",
    }


# --- what the documentation shows


def glossary() -> str:
    """Every cause, by category."""
    parts = []
    for category, title in TITLES.items():
        rows = [row for row in REGISTRY.values() if row.category == category]
        lines = [f"| `{row.cause}` | {row.summary} | {_shown_codes(row)} | {row.fix} |" for row in rows]
        head = ["| Cause | Meaning | Login Audit Trail | What to do |", "| --- | --- | --- | --- |"]
        parts.append("\n".join([f"### {title}", "", *head, *lines]))
    return "\n\n".join(parts)


def _shown_codes(row: Entry) -> str:
    return re.sub(r"[A-Z]\w+", lambda code: f"`{code[0]}`", row.audit_trail or "-")


def codes() -> str:
    """Every code of the Login Audit Trail, and the causes behind it."""
    rows = ["| Detail | Meaning | What to do | Cause |", "| --- | --- | --- | --- |"]
    for code in dict.fromkeys(code for row in REGISTRY.values() for code in row.codes):
        named = [row for row in REGISTRY.values() if code in row.codes]
        # Whoever has the code needs no cause that leaves open which of several it is.
        exact = [row for row in named if row.codes == (code,)] or named
        cells = itertools.chain([f"`{code}`"], itertools.repeat(""))
        rows += [
            f"| {cell} | {row.summary} | {row.fix} | `{row.cause}` |".replace("|  |", "| |")
            for cell, row in zip(cells, exact, strict=False)
        ]
    return "\n".join(rows)


_REFUSALS = (
    (
        "a token",
        "token",
        {},
        [(500, "server_error"), (401, "invalid_client"), (400, "invalid_grant"), (400, "invalid_request")],
    ),
    ("a token, with credentials that worked before", "token", {"worked_before": True}, [(500, "server_error")]),
    ("a token", "token", {}, [(400, "invalid_scope")]),
    ("a token", "token", {}, [(400, "unauthorized_client")]),
    (
        "a record, with a new token",
        "probe",
        {"token_is_fresh": True},
        [(401, "INVALID_LOGIN"), (401, "INVALID_LOGIN_ATTEMPT")],
    ),
    ("a record, with an older token", "probe", {}, [(401, "INVALID_LOGIN"), (401, "INVALID_LOGIN_ATTEMPT")]),
    ("a record", "probe", {"token_is_fresh": True}, [(403, "INSUFFICIENT_PERMISSION")]),
    ("a record", "probe", {}, [(429, "CONCURRENCY_LIMIT_EXCEEDED"), (400, "SSS_REQUEST_LIMIT_EXCEEDED")]),
    ("a record", "probe", {}, [(500, "UNEXPECTED_ERROR")]),
)


def errors() -> str:
    """The literal error texts, and what the rules make of each when nothing else is known."""
    rows = ["| NetSuite's answer | to a request for | Possible causes, the likeliest first |", "| --- | --- | --- |"]
    for wanted, stage, known, answers in _REFUSALS:
        evidence = [
            Evidence(stage, account=parse_account("1234567"), answer=ResponseSummary(status, error), **known)  # type: ignore[arg-type]
            for status, error in answers
        ]
        (named,) = {tuple(cause.cause for cause in diagnose(one)) for one in evidence}
        said = ", ".join(f"{status} `{error}`" for status, error in answers)
        shown = "; ".join(f"`{cause}`: {REGISTRY[cause].summary}" for cause in named)
        rows.append(f"| {said} | {wanted} | {shown} |")
    return "\n".join(rows)


@pytest.mark.parametrize(("page", "made"), [(PAGE, glossary), (GUIDE, codes), (GUIDE, errors)])
def test_the_documentation_shows_the_registry(page: Path, made: Callable[[], str]) -> None:
    begin, end = (
        f"<!-- {made.__name__}: made by tests/contract/test_causes.py -->",
        f"<!-- end of the {made.__name__} -->",
    )
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    wanted = f"{before}{begin}\n\n{made()}\n\n{end}{after}"
    if text != wanted:
        page.write_text(wanted, encoding="utf-8")
        pytest.fail(f"{page.name} was not up to date. It is now: look at it and commit it.")
