# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of role and entity: shown where NetSuite tells them, taken in place of ids, and never a reason to fail."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.contract.cases_online import rotating
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, WITH_ROTATION, WITHOUT_ROTATION, Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, validated

LOG_IN, REST = "Log in using OAuth 2.0 Access Tokens", "REST Web Services"
PAIR = {"curve": "secp256r1"}


@pytest.fixture
def stage(tmp_path, simulator):
    found = Stage(tmp_path, simulator)
    with found.exits:
        found.open_account()
        found.rename(WITH_ROTATION, "Warehouse", "Jane Doe")
        yield found


def checked(stage: Stage, **more: Any) -> dict[str, Any]:
    """A check of a token of the role that may see names."""
    checks = more.pop("checks", ["names"])
    return stage.run("token_check", stage.account(access_token=stage.token(), checks=checks, **more))


def note_of(result: dict[str, Any]) -> tuple[str, str]:
    return next((one["status"], one["detail"]) for one in result["checks"] if one["name"] == "names")


def named(result: dict[str, Any]) -> tuple[str | None, str | None]:
    return result["role_name"], result["entity_name"]


@pytest.mark.parametrize("table", ["employee", "entity"])
def test_a_check_shows_names(stage, table):
    stage.change(settings={"suiteql_entities": table})
    result = checked(stage)
    assert named(result) == ("Warehouse", "Jane Doe")
    assert note_of(result) == ("ok", "role 1001 (Warehouse), entity 12 (Jane Doe)")


def test_the_list_of_certificates_saves_the_queries(stage):
    stage.map(stage.pair())
    result = checked(stage, checks=["certificates", "names"], known_certificates=[])
    assert named(result) == ("Warehouse", "Jane Doe")
    assert "(role 1001 (Warehouse), entity 12 (Jane Doe), until" in str(result["checks"])
    assert "suiteql" not in stage.requests()


@pytest.mark.parametrize(
    ("permissions", "status", "names"),
    [
        ([LOG_IN, REST], "skipped", (None, None)),
        ([LOG_IN, REST, "SuiteAnalytics Workbook"], "skipped", (None, None)),
        ([LOG_IN, REST, "SuiteAnalytics Workbook", "Manage Roles"], "ok", ("Warehouse", None)),
        ([LOG_IN, REST, "SuiteAnalytics Workbook", "Employees"], "ok", (None, "Jane Doe")),
    ],
)
def test_without_a_permission_numbers_stay(stage, permissions, status, names):
    stage.change(roles=[{"id": int(WITH_ROTATION), "permissions": permissions}])
    expected = {"expected_role_name": "Warehouse", "expected_entity_name": "Jane Doe"}
    for more in ({}, expected):
        result = checked(stage, checks=["names"], **more)
        assert (note_of(result)[0], named(result)) == (status, names)
        assert result["valid"]


@pytest.mark.parametrize("fault", [{"kind": "drop"}, {"kind": "html"}, {"kind": "status", "status": 500}])
def test_an_odd_answer_fails_nothing(stage, fault):
    stage.fault("suiteql", **fault)
    result = checked(stage)
    assert (result["valid"], result["role_name"]) == (True, None)


def test_a_token_without_the_scope_is_not_used_for_it(stage):
    pair = stage.map(stage.pair())
    result = stage.run("token_check", stage.account(pair, scope=["restlets"], checks=["names"]))
    assert note_of(result) == ("skipped", "SuiteQL needs the scope rest_webservices, which the token lacks")
    assert "suiteql" not in stage.requests()


def first_upload(stage: Stage, **more: Any) -> dict[str, Any]:
    """The reconciliation of a first generation, with the token of a login."""
    path = str(stage.folder / "credentials.yml")
    stage.run("account_credentials", {"account_id": stage.account_id, "credentials_path": path, **PAIR})
    check = {"valid": False, "account": stage.account_id, "checks": [{"name": "token", "status": "failed"}]}
    options = stage.account(credentials_path=path, token_check=check, bootstrap_token=stage.token(), **more)
    return stage.run("account_reconcile", options)


def steps(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(one["step"], one["status"]) for one in result["steps"]]


def test_names_stand_in_place_of_ids(stage):
    names = {"role_name": "WAREHOUSE", "entity_name": "Jane Doe"}
    expected = {f"expected_{name}": value for name, value in names.items()}
    result = first_upload(stage, **names, **expected)
    assert steps(result) == [("map", "done"), ("prove", "ok")]
    assert result["steps"][0]["detail"] == "role 1001, entity 12"
    check = result["token_check"]
    assert (check["role"], check["entity"], named(check)) == (WITH_ROTATION, ENTITY, ("Warehouse", "Jane Doe"))


@pytest.mark.parametrize(
    ("names", "cause", "said"),
    [
        ({"role_name": "Warehoused"}, "name_unknown", "Did you mean 1001 (Warehouse)"),
        ({"role_name": "Nothing like it"}, "name_unknown", "Give its internal id instead, netsuite_account_role_id"),
        ({"role_name": "Twice"}, "name_ambiguous", "internal ids 7, 1000"),
        ({"role_name": "Warehouse", "entity_name": "Jane Do"}, "name_unknown", "Did you mean 12 (Jane Doe)"),
    ],
)
def test_a_name_of_none_or_several_is_refused_before_anything_is_mapped(stage, names, cause, said):
    stage.change(roles=[{"id": 7, "name": "Twice"}, {"id": int(WITHOUT_ROTATION), "name": "twice"}])
    result = first_upload(stage, **{"entity": ENTITY, **names} if "entity_name" not in names else names)
    assert steps(result) == [("map", "failed")]
    assert (result["steps"][0]["cause"], said in result["steps"][0]["detail"]) == (cause, True)
    assert not {"certificates.upload", "certificates.list"} & stage.requests().keys()


def test_a_name_that_cannot_be_looked_up_says_what_to_set(stage):
    stage.change(roles=[{"id": int(WITH_ROTATION), "permissions": [LOG_IN, REST]}])
    result = first_upload(stage, role_name="Warehouse", entity=ENTITY)
    detail = result["steps"][0]["detail"]
    assert steps(result) == [("map", "failed")]
    assert "SuiteQL was answered with HTTP 403" in detail
    assert "set internal ids in place of names" in detail


def test_in_a_rotation_the_present_token_decides_where_names_are_not_told(tmp_path, simulator):
    stage = Stage(tmp_path, simulator)
    options = rotating(stage, role=None, entity=None, role_name="Warehouse", entity_name="Jane Doe")
    context = Context(vault=stage.vault(), sleep=lambda seconds: None)
    result = execute(OPERATIONS["account_reconcile"], validated("account_reconcile", options), context)
    assert ("promote", "done") in steps(result)
    assert [warning.endswith("of the present token stays.") for warning in context.warnings] == [True, True]


def test_the_instruction_after_a_refused_upload_shows_names(tmp_path, simulator):
    stage = Stage(tmp_path, simulator)
    options = rotating(stage, role=None, entity=None)
    stage.rename(WITH_ROTATION, "Warehouse", "Jane Doe")
    stage.fault("certificates.upload", kind="status", status=403)
    reconciled = stage.run("account_reconcile", options)
    given = {"account_id": stage.account_id, "reconciled": reconciled, "credentials": {}, "token_check": {}}
    result = stage.run("account_result", given)
    assert result["status"] == "awaiting_upload"
    assert "the entity with internal id 12 (Jane Doe), the role with internal id 1001 (Warehouse)" in str(
        result["next_step"]
    )
    assert named(result["upload"]) == named(result) == ("Warehouse", "Jane Doe")


def test_without_a_token_the_instruction_says_the_names_that_are_set(stage):
    path = str(stage.folder / "credentials.yml")
    made = stage.run("account_credentials", {"account_id": stage.account_id, "credentials_path": path, **PAIR})
    given = {"account_id": stage.account_id, "credentials": made, "token_check": {"skipped": True}, "reconciled": {}}
    result = stage.run("account_result", {**given, "role_name": "Warehouse", "entity": "12", "entity_name": "Other"})
    assert "select the entity with internal id 12, the role Warehouse and" in result["next_step"]
    assert named(result) == ("Warehouse", None)
