# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import names
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import RefusedError

ROLE = names.TABLES[names.ROLE][0]
ROLES = [("3", "Administrator"), ("1000", "Integration"), ("1001", "Integration 2"), ("-7", "integration ")]


def test_a_name_is_a_parameter_and_never_part_of_the_query():
    hostile = "x' OR 1=1 --"
    query = ROLE.by_name(hostile)
    assert (query["params"], "OR" in query["q"]) == ([hostile.upper()], False)
    assert ROLE.by_id("-5")["q"].endswith("WHERE id = -5")
    with pytest.raises(ValueError, match="1; DROP"):
        ROLE.by_id("1; DROP")


@pytest.mark.parametrize(
    "row",
    [
        {"id": "3", "name": "Administrator"},
        {"links": [], "ID": 3, "NAME": "Administrator"},
        {"id": "3", "name": "Adminis\u202e\x1b[31mtrator"},
    ],
)
def test_rows_in_every_form(row):
    ((number, name),) = ROLE.rows({"items": [row, {"id": "4"}, {"name": "x"}, "odd", {"id": "5", "name": 5}]})
    assert (number, name.isprintable(), name[:7]) == ("3", True, "Adminis")


@pytest.mark.parametrize("document", [None, [], {}, {"items": "x"}, "<html>"])
def test_what_is_not_an_answer(document):
    with pytest.raises(RefusedError, match="not a list of rows"):
        ROLE.rows(document)


def test_the_one_of_a_name():
    assert names.only("role", " administrator", ROLES) == "3"
    assert names.only("role", "Nobody", ROLES) is None
    with pytest.raises(RefusedError, match="internal ids -7, 1000") as caught:
        names.only("role", "Integration", ROLES)
    assert (caught.value.cause, "netsuite_account_role_id" in caught.value.fix) == ("name_ambiguous", True)


def test_nobody_of_a_name():
    near = names.unknown("role", "Integratin", ROLES)
    assert near.cause == "name_unknown"
    assert "1001 (Integration 2)" in near.fix
    assert "Administrator" not in names.unknown("role", "Integration 3", ROLES).fix
    assert "netsuite_account_entity_id" in names.unknown("entity", "Nobody", []).fix


def test_a_number_with_its_name():
    assert names.numbered("1000", "Integration") == "1000 (Integration)"
    assert names.numbered("1000", None) == "1000"
