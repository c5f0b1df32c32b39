# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What Oracle leaves open, in every position that the simulator has for it: the client has to do with all of them.

Each position goes through a whole life: token, claims, signature and probe, list, upload of a second certificate, its
token, revocation of the first one; and each writing step twice, as the second time must change nothing.
"""

from __future__ import annotations

import dataclasses
import importlib
import sys
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import (
    access_token,
    certificate_mapping,
    certificate_mapping_info,
    token_check,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import PRESETS
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.material import new_pair
from ansible_collections.m2m.netsuite.tests.support.simulator import PROGRAM, Simulator

WHO = {"role": "1001", "entity": "12"}
POSITIONS: dict[str, list[Any]] = {
    "expires_in_type": ["number", "string"],
    "token_type": ["Bearer", "bearer"],
    "token_lifetime": [600],
    "access_token_alg": ["RS256", "PS256"],
    "jwks_requires_auth": [False, True],
    "jwks_keys": [1, 2],
    "audience": ["any_service", "exact"],
    "audience_array": [False, True],
    "require_typ": [True, False],
    "float_dates": [False, True],
    "space_scope": [False, True],
    "reject_replay": [False, True],
    "max_assertion_lifetime": [300, 7200],
    "clock_tolerance": [60],
    "clock_offset": [-200, 2, 500],
    "upload_status": [200, 201, 204],
    "upload_body": ["json", "text"],
    "revoke_status": [200, 204],
    "ids_as": ["number", "string"],
    "rotation_error_style": ["rest", "oauth"],
    "certificate_visibility": ["own", "all"],
    "upload_entity": ["own", "own_or_admin", "any"],
    "foreign_client": [False, True],
    "certificates_on_suitetalk": [True, False],
    "long_validity": ["shorten", "reject"],
    "two_years_from": ["not_before", "upload"],
    "duplicate_upload": ["refuse", "return"],
    "revoked_reuse": ["same_integration", "never"],
    "already_revoked": ["refuse", "accept"],
    "rsa_pss_keys": [False, True],
    "returned_certificate_id": ["computed", "other"],
    "revocation_kills_tokens": [False, True],
    "refresh_kills_tokens": [True, False],
    "wrong_scope_status": [403, 401],
    "suiteql_entities": ["employee", "entity"],
    "cookie_is_401": [True, False],
    "concurrency_limit": [5],
    "concurrency_counts_tokens": [False, True],
    "retry_after": [1],
    "overload_as_401": [False, True],
}
# Not a way in which NetSuite may be, but a means of other tests.
ELSEWHERE = {
    "preset": "every position runs under both",
    "errors": "the planted mistakes change answers",
    "max_active_certificates": "a limit that is met is a refusal, which the tests of certificate_mapping look at",
    **dict.fromkeys(
        ("code_lifetime", "require_pkce", "public_client_credentials"),
        "a login by a person has its own tests",
    ),
    "list_truncates": "a list with holes cannot be told from the truth; the simulator has it for its own tests",
}


def _knobs() -> set[str]:
    sys.path.insert(0, str(PROGRAM.parent))
    try:
        settings = importlib.import_module("netsuite_simulator.settings")
    finally:
        sys.path.remove(str(PROGRAM.parent))
    return {field.name for field in dataclasses.fields(settings.Settings)}


def test_every_knob_of_the_simulator_has_its_positions():
    assert set(POSITIONS) | set(ELSEWHERE) == _knobs()


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize(
    ("knob", "position"), [(knob, position) for knob, positions in POSITIONS.items() for position in positions]
)
def test_the_client_does_with(knob: str, position: object, preset: str, simulator: Simulator) -> None:
    account = simulator.account(preset=preset, **{knob: position})
    first, second = new_pair(), new_pair()
    first_id = account.upload(first.certificate, 1001, 12)
    options = {**account.options(), "private_key_content": first.key, "certificate_content": first.certificate}
    options["certificate_id"] = first_id
    expected = {"expected_role": "1001", "expected_entity": "12"}
    quiet = Context(sleep=lambda _seconds: None)

    token = _good(run_operation(access_token.OPERATION, quiet, **options, return_token=True))
    assert token["expires_in"] == (600 if knob == "token_lifetime" else 3600)
    check = _good(run_operation(token_check.OPERATION, quiet, **options, **expected))
    assert {one["status"] for one in check["checks"]} == {"ok"}
    _good(run_operation(token_check.OPERATION, quiet, **account.options(), access_token=token["access_token"]))
    assert [one["certificate_id"] for one in _list(options, quiet)] == account.active_ids()

    upload = {**account.options(), **WHO, "private_key_content": first.key, "certificate_content": second.certificate}
    signing = {"signing_certificate_id": first_id}
    mapped = _good(run_operation(certificate_mapping.OPERATION, quiet, **upload, **signing))
    assert mapped["changed"] is True
    assert mapped["mapping"]["role"] == "1001"
    new_id = mapped["mapping"]["certificate_id"]
    assert (new_id == second.id) == (position != "other")
    again = _good(run_operation(certificate_mapping.OPERATION, quiet, **upload, **signing, certificate_id=new_id))
    assert again["changed"] is False

    renewed = {**account.options(), "private_key_content": second.key, "certificate_content": second.certificate}
    renewed["certificate_id"] = new_id
    _good(run_operation(token_check.OPERATION, quiet, **renewed, **expected))

    revoke = {**renewed, "state": "revoked", "certificate_id": first_id}
    if new_id != second.id:
        revoke["signing_certificate_id"] = new_id
    assert _good(run_operation(certificate_mapping.OPERATION, quiet, **revoke))["changed"] is True
    assert _good(run_operation(certificate_mapping.OPERATION, quiet, **revoke))["changed"] is False
    assert account.active_ids() == [new_id]
    assert {one["revoked"] for one in _list(renewed, quiet)} == {True, False}


def _list(options: dict[str, Any], context: Context) -> list[dict[str, Any]]:
    return _good(run_operation(certificate_mapping_info.OPERATION, context, **options))["mappings"]


def _good(result: dict[str, Any]) -> dict[str, Any]:
    assert not result.get("failed"), result
    return result
