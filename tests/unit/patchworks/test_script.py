# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""m2m.netsuite.patchworks_script against a stand-in of the documented shapes."""

from __future__ import annotations

import json

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import patchworks
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.patchworks_script import OPERATION
from ansible_collections.m2m.netsuite.tests.support.catalogue import validated
from ansible_collections.m2m.netsuite.tests.support.patchworks import API_KEY, PASSWORD, TOKEN, USERNAME, StandIn

pytestmark = pytest.mark.slow

NAME = patchworks.SCRIPT_NAME
SOURCE = "// a script\nmodule.exports = async function (data) {\n  return data;\n};\n"


@pytest.fixture
def patchworks_company():
    opened = []

    def open_one(**knobs):
        opened.append(StandIn(**knobs))
        return opened[-1].__enter__()

    yield open_one
    for one in opened:
        one.__exit__(None, None, None)


class Clock:
    """A clock that moves only when somebody waits."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def run(place, check_mode=False, **options):
    access = {} if "username" in options else {"api_key": API_KEY}
    content = {} if "path" in options or options.get("state") == "absent" else {"content": SOURCE}
    given = {"api_url": place.api_url, "login_url": place.login_url, "retries": 0, **access, **content, **options}
    clock = Clock()
    context = Context(check_mode=check_mode, clock=clock, sleep=clock.sleep)
    result = execute(OPERATION, validated("patchworks_script", given), context)
    assert result.get("cause") != "defect", result
    for secret in (API_KEY, PASSWORD, TOKEN):
        assert secret not in json.dumps([result, context.warnings])
    return result


def test_makes_script_and_version_and_deploys_it(patchworks_company):
    place = patchworks_company()
    result = run(place, description="Signs")
    assert (result["changed"], result["version"], result["status"]) == (True, 1, "Deployed")
    assert result["actions"] == ["create_script", "create_version", "deploy_version"]
    assert result["experimental"] == ["create_script", "deploy_version"]
    (script,) = place.company.scripts.values()
    assert (script["name"], script["description"], str(script["id"])) == (NAME, "Signs", result["script_id"])
    assert place.company.latest(script["id"])["content"] == SOURCE


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"camel": True, "content_object": True},
        {"placeholder": "// write your code here"},
        {"filters": False, "per_page": 2},
        {"crlf": True},
        {"deploys_by_itself": True},
        {"deploy_reads": 1},
        {"language": "js"},
    ],
    ids=str,
)
def test_a_second_run_changes_nothing(patchworks_company, knobs):
    place = patchworks_company(**knobs)
    for number in range(5):
        place.company.add_script(f"{NAME} {number}", "other", language=knobs.get("language", "javascript"))
    assert run(place)["changed"]
    place.company.calls.clear()
    again = run(place)
    assert (again["changed"], again["actions"], again["experimental"]) == (False, [], [])
    assert place.company.writes() == []


def test_new_content_makes_and_deploys_a_new_version(patchworks_company):
    place = patchworks_company()
    first = run(place)
    second = run(place, content=SOURCE + "// more\n")
    assert (second["script_id"], second["version"]) == (first["script_id"], 2)
    assert second["actions"] == ["create_version", "deploy_version"]
    assert second["diff"]["before"] == SOURCE
    assert second["diff"]["after"].endswith("// more\n")


def test_adopts_a_script_that_was_made_by_hand(patchworks_company):
    place = patchworks_company()
    number = place.company.add_script(NAME)
    place.company.add_version(number, SOURCE.replace("\n", "\r\n"), "Deployed")
    assert run(place)["changed"] is False


def test_a_file_is_as_good_as_a_text(patchworks_company, tmp_path):
    place, path = patchworks_company(), tmp_path / "script.js"
    path.write_text(SOURCE)
    assert run(place, path=str(path))["changed"]
    assert run(place)["changed"] is False


def test_a_description_is_changed_only_when_one_is_given(patchworks_company):
    place = patchworks_company()
    run(place, description="One")
    assert run(place)["changed"] is False
    assert run(place, description="Two")["actions"] == ["update_script"]
    assert run(place, description="Two")["changed"] is False


def test_without_deploy_a_version_stays_a_draft(patchworks_company):
    place = patchworks_company()
    result = run(place, deploy=False)
    assert (result["status"], result["experimental"]) == ("Draft", ["create_script"])
    assert run(place, deploy=False)["changed"] is False
    assert run(place)["actions"] == ["deploy_version"]


def test_what_patchworks_has_put_into_cold_storage_is_deployed_again(patchworks_company):
    place = patchworks_company()
    run(place)
    (version,) = place.company.versions.values()
    version["status"] = "Inactive"
    assert run(place)["actions"] == ["deploy_version"]


@pytest.mark.parametrize("prepared", [False, True])
def test_check_mode_predicts_and_changes_nothing(patchworks_company, prepared):
    place = patchworks_company()
    if prepared:
        place.company.add_script(NAME, "// old")
    predicted = run(place, check_mode=True)
    assert place.company.writes() == []
    real = run(place)
    assert (predicted["changed"], predicted["actions"]) == (True, real["actions"])
    assert predicted["diff"]["after"] == real["diff"]["after"] == SOURCE
    steady = run(place, check_mode=True)
    assert (steady["changed"], steady["version"]) == (False, real["version"])


def test_absent_deletes_once(patchworks_company):
    place = patchworks_company()
    run(place)
    assert run(place, check_mode=True, state="absent")["changed"]
    assert place.company.scripts
    result = run(place, state="absent")
    assert (result["changed"], result["script_id"], result["experimental"]) == (True, None, ["delete_script"])
    assert run(place, state="absent")["changed"] is False


# The two ways to authenticate


@pytest.mark.parametrize("name_field", ["username", "email"])
def test_logs_in_with_name_and_password(patchworks_company, name_field):
    place = patchworks_company(login_field=name_field)
    access = {"username": USERNAME, "password": PASSWORD}
    assert run(place, **access, login_field=name_field)["changed"]
    other = "email" if name_field == "username" else "username"
    refused = run(place, **access, login_field=other)
    assert (refused["cause"], refused["http_status"]) == ("login_refused", 422)
    assert "login_field" in refused["fix"]


def test_a_wrong_password_is_reported(patchworks_company):
    refused = run(patchworks_company(), username=USERNAME, password="wrong")
    assert (refused["cause"], refused["http_status"], refused["changed"]) == ("login_refused", 401, False)


def test_a_wrong_key_is_reported(patchworks_company):
    refused = run(patchworks_company(), api_key="something-else")
    assert (refused["cause"], refused["http_status"]) == ("call_refused", 401)
    assert "without the word Bearer" in refused["fix"]


def test_a_key_with_the_word_bearer_is_not_sent(patchworks_company):
    place = patchworks_company()
    refused = run(place, api_key=f"Bearer {API_KEY}")
    assert (refused["cause"], place.company.calls) == ("bad_option", [])


def test_a_role_without_rights_is_reported(patchworks_company):
    refused = run(patchworks_company(role_status=403))
    assert (refused["cause"], refused["http_status"]) == ("call_refused", 403)
    assert "manager" in refused["fix"]


# Experimental calls


@pytest.mark.parametrize(
    ("knobs", "options", "route", "status", "step", "changed"),
    [
        ({"can_create": False}, {}, "create_script", 404, "choose create script", False),
        ({"language": "js"}, {}, "create_script", 422, "the language JavaScript", False),
        ({"deploy_path": ""}, {}, "deploy_version", 404, "choose save and deploy", True),
        ({"deploy_failure": "build failed"}, {}, "deploy_version", None, "choose save and deploy", True),
        ({"keeps_draft": True}, {}, "deploy_version", None, "choose save and deploy", True),
        ({"deploy_reads": 10**6}, {}, "deploy_version", None, "choose save and deploy", True),
        ({}, {"routes": {"deploy_version": ""}}, "deploy_version", None, "choose save and deploy", True),
        ({}, {"routes": {"create_script": None}}, "create_script", None, "choose create script", False),
    ],
    ids=str,
)
def test_an_experimental_call_that_does_not_work_names_the_manual_step(
    patchworks_company, knobs, options, route, status, step, changed
):
    result = run(patchworks_company(**knobs), deploy_timeout=20, **options)
    assert (result["failed"], result["cause"], result["route"]) == (True, "manual_step", route)
    assert (result["http_status"], result["changed"]) == (status, changed)
    assert step in result["manual_step"]
    assert step in result["msg"]
    assert f"routes.{route}" in result["fix"]


def test_after_the_manual_step_a_run_goes_on(patchworks_company):
    place = patchworks_company(can_create=False, deploy_path="")
    assert run(place)["route"] == "create_script"
    number = place.company.add_script(NAME, "// placeholder")
    assert run(place)["route"] == "deploy_version"
    place.company.latest(number)["status"] = "Deployed"
    assert run(place)["changed"] is False


def test_a_failed_deployment_is_reported_with_its_reason(patchworks_company):
    result = run(patchworks_company(deploy_failure="npm ERR! jsrsasign"))
    assert "npm ERR! jsrsasign" in result["msg"]


def test_an_old_failure_does_not_end_the_waiting(patchworks_company):
    place = patchworks_company(deploy_failure="build failed")
    run(place)
    place.company.knobs.deploy_failure = ""
    place.company.latest(next(iter(place.company.scripts)))["deployment_failed_at"] = "2026-11-23T19:00:00Z"
    assert run(place)["status"] == "Deployed"


def test_every_call_can_be_replaced(patchworks_company):
    place = patchworks_company(deploy_path="versions/{id}/release")
    assert run(place, routes={"deploy_version": "post /versions/{version}/release/"})["status"] == "Deployed"


@pytest.mark.parametrize(
    "routes",
    [
        {"unknown": "GET scripts"},
        {"deploy_version": "script-versions/{version}/deploy"},
        {"deploy_version": "POST https://elsewhere.example/{version}"},
        {"deploy_version": "POST {script}/{version}"},
        {"deploy_version": "POST"},
        {"list_scripts": "GET scripts all"},
        {"get_version": "GET script-versions/{"},
    ],
    ids=str,
)
def test_a_bad_route_is_refused_before_anything_is_sent(patchworks_company, routes):
    place = patchworks_company()
    result = run(place, routes=routes)
    assert (result["cause"], place.company.calls) == ("bad_routes", [])


# What can go wrong


def test_two_scripts_of_one_name_are_not_guessed_between(patchworks_company):
    place = patchworks_company()
    numbers = [place.company.add_script(NAME), place.company.add_script(NAME)]
    result = run(place)
    assert (result["cause"], place.company.writes()) == ("several_scripts", [])
    assert all(str(number) in result["msg"] for number in numbers)


def test_a_hidden_content_is_an_error_and_no_endless_row_of_versions(patchworks_company):
    place = patchworks_company(content_hidden=True)
    place.company.add_script(NAME, SOURCE)
    assert run(place)["cause"] == "unexpected_answer"
    assert place.company.writes() == []


@pytest.mark.parametrize("status", [500, 418])
def test_an_outage_is_reported(patchworks_company, status):
    place = patchworks_company()
    place.company.faults = [status]
    result = run(place)
    assert (result["cause"], result["http_status"]) == ("call_refused", status)


def test_a_passing_refusal_is_repeated(patchworks_company):
    place = patchworks_company()
    place.company.faults = [503, 429]
    assert run(place, retries=3)["changed"]


def test_nobody_at_the_address_is_reported_with_the_right_option(patchworks_company):
    result = run(patchworks_company(), api_url="http://127.0.0.1:9/api/v1")
    assert (result["cause"], "api_url" in result["fix"], "base_url" in result["fix"]) == (
        "connection_refused",
        True,
        False,
    )


def test_a_wrong_base_is_reported(patchworks_company):
    place = patchworks_company()
    result = run(place, api_url=place.host + "/elsewhere")
    assert (result["cause"], result["http_status"], "api_url" in result["fix"]) == ("call_refused", 404, True)


@pytest.mark.parametrize(
    "url",
    [
        "core.wearepatchworks.com",
        "http://core.wearepatchworks.com/api/v1",
        "ftp://core.wearepatchworks.com",
        "https://user:word@core.wearepatchworks.com",
        "https://core.wearepatchworks.com/?a=b",
        "https://core.wearepatchworks.com:99999/",
        "https://core.wearepatch\tworks.com/",
        "https://",
        "",
    ],
)
def test_credentials_go_to_safe_addresses_only(url):
    with pytest.raises(OptionError) as caught:
        patchworks.checked_url(url, "api_url")
    assert caught.value.cause == "bad_url"
    assert "api_url" in str(caught.value)


def test_an_empty_script_is_refused(patchworks_company, tmp_path):
    empty = tmp_path / "empty.js"
    empty.write_text("\n")
    assert run(patchworks_company(), path=str(empty))["cause"] == "empty_script"
    assert run(patchworks_company(), path=str(tmp_path / "none.js"))["cause"] == "missing_file"


@pytest.mark.parametrize("document", [None, [], {}, {"id": None}, "text", {"data": None}])
def test_answers_of_any_shape_are_read(document):
    assert patchworks.script_from(document) is None
    assert patchworks.version_from(document) is None
    assert patchworks.last_page(document) == 1
    assert patchworks.rejection_reason(document) == ""


def test_a_validation_error_is_reported_by_field():
    document = {"message": "The given data was invalid.", "errors": {"language": ["Invalid."], "name": "Taken."}}
    assert patchworks.rejection_reason(document) == "The given data was invalid. language: Invalid. name: Taken."
