# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``examples/awx`` loads, by the real modules of the collection awx.awx, into a stand-in for AWX's API."""

from __future__ import annotations

import os
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from ansible_collections.m2m.netsuite.tests.support.awx import EXAMPLE, credential_type, inject
from ansible_collections.m2m.netsuite.tests.support.awx_api import (
    TOKEN,
    AwxApi,
    RefusedError,
    check_credential_type,
    check_rule,
    check_survey,
    running,
)
from ansible_collections.m2m.netsuite.tests.support.controller import program
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

COMMUNITY = ROOT / ".cache/community"
SECRETS = {
    name: f"secret-of-{name}"
    for name in (
        "NETSUITE_REPOSITORY_KEY",
        "NETSUITE_DEPLOY_KEY",
        "NETSUITE_VAULT_PASSWORD",
        "PATCHWORKS_API_KEY",
        "VAULT_ROLE_ID",
        "VAULT_SECRET_ID",
    )
}


@pytest.fixture(scope="module", autouse=True)
def _modules():
    if not (COMMUNITY / "ansible_collections/awx/awx").is_dir():
        pytest.skip("python tests/tools/community.py awx.awx fetches the collection awx.awx")


def command_of(example: str) -> str:
    """The text of an example in the guide."""
    guide = (ROOT / "docs/guides/awx.md").read_text(encoding="utf-8")
    return guide.split(f"<!-- example: {example} -->\n```console\n")[1].split("```")[0]


def load(folder: Path, url: str, example: str) -> None:
    """Follow the guide; no secret is shown."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        **SECRETS,
        "HOME": str(folder),
        "ANSIBLE_COLLECTIONS_PATH": str(COMMUNITY),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_VERBOSITY": "1",
        "PATH": f"{program().parent}:{os.environ['PATH']}",
        "ANSIBLE_PIPELINING": "1",
        "CONTROLLER_HOST": url,
        "CONTROLLER_OAUTH_TOKEN": TOKEN,
    }
    command = command_of(example).replace("https://awx.example.com", url)
    done = subprocess.run(
        ["bash", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "[WARNING]" not in said, said
    assert not [secret for secret in SECRETS.values() if secret in said]


def nodes(api: AwxApi, workflow: str) -> dict[str, tuple[str, list[str]]]:
    """By identifier, which template a node of a workflow runs, and the nodes after it."""
    number = api.named("workflow_job_templates", workflow)["id"]
    templates = {one["id"]: one["name"] for kind in ("job_templates", "inventory_sources") for one in api.objects[kind]}
    return {
        node["identifier"]: (
            templates[node["unified_job_template"]],
            [
                f"{when} {name}"
                for when in ("always", "success", "failure")
                for name in api.names("workflow_job_template_nodes", node, f"{when}_nodes")
            ],
        )
        for node in api.objects["workflow_job_template_nodes"]
        if node["workflow_job_template"] == number
    }


def asked(api: AwxApi) -> list[str]:
    """The variables of all surveys."""
    return [question["variable"] for survey in api.surveys.values() for question in survey["spec"]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "awx")
    return tmp_path / "awx"


def test_for_credentials_in_a_store(folder):
    with running(EXAMPLE / "project") as (api, url):
        load(folder, url, "awx-load")
        logins = {one["name"]: api.names("credentials", one, "credentials") for one in api.objects["job_templates"]}
        scheduled = {one["name"]: one["unified_job_template"] for one in api.objects["schedules"]}
    assert logins == {
        "NetSuite onboard": ["NetSuite bootstrap tokens", "NetSuite secret store"],
        "NetSuite rotate": ["NetSuite secret store"],
        "NetSuite verify": ["NetSuite secret store"],
        "NetSuite hand over to Patchworks": ["NetSuite secret store", "Patchworks API key"],
    }
    assert scheduled == {
        "NetSuite, every Sunday": api.named("job_templates", "NetSuite onboard")["id"],
        "NetSuite, every night": api.named("job_templates", "NetSuite verify")["id"],
    }
    login = api.named("credential_types", "NetSuite secret store (AppRole)")
    assert login["injectors"] == credential_type("NetSuite secret store (AppRole)")["injectors"]
    assert api.named("credentials", "NetSuite secret store")["inputs"]["secret_id"] == SECRETS["VAULT_SECRET_ID"]
    assert asked(api) == ["netsuite_account_overlap_days"]


def test_for_credentials_in_the_repository(folder):
    with running(EXAMPLE / "project") as (api, url):
        load(folder, url, "awx-load-files")
    rest = {
        "collect": ("NetSuite collect", ["success synchronize"]),
        "synchronize": ("NetSuite accounts", ["success verify"]),
        "verify": ("NetSuite verify", []),
    }
    assert nodes(api, "NetSuite rotate") == {"rotate": ("NetSuite rotate", ["always collect"]), **rest}
    assert nodes(api, "NetSuite renew") == {"onboard": ("NetSuite onboard", ["always collect"]), **rest}
    assert asked(api) == ["netsuite_account_overlap_days"] * 2  # by the job template, and by the workflow
    collect = api.named("job_templates", "NetSuite collect")
    assert api.names("credentials", collect, "credentials") == ["NetSuite deploy key"]
    assert api.named("projects", "NetSuite")["scm_url"] in collect["extra_vars"]


@pytest.mark.parametrize(
    "name",
    [
        "NetSuite bootstrap tokens",
        "Patchworks API key",
        "NetSuite secret store (AppRole)",
        "NetSuite secret store (JWT)",
    ],
)
def test_a_credential_gives_variables_that_are_taken(tmp_path, name):
    kind = credential_type(name)
    (tmp_path / "env").mkdir()
    needed = kind["inputs"].get("required", ["tokens"])
    (_option, path) = inject([(kind, {field: f"my {field}" for field in needed})], tmp_path)
    given = yaml.safe_load(Path(path.removeprefix("@")).read_text())
    roles = ("netsuite_account", "patchworks_handover")
    specs = [yaml.safe_load((ROOT / f"roles/{role}/meta/argument_specs.yml").read_text()) for role in roles]
    options = {option for spec in specs for entry in spec["argument_specs"].values() for option in entry["options"]}
    assert set(given) <= options | {"netsuite_bootstrap_tokens"}
    # What is left empty is empty, and not something else that has the field's name.
    constants = {"kv2", "approle", "jwt"}
    assert {value for value in given.values() if value} - constants == {f"my {field}" for field in needed}


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [
        ("env", "ANSIBLE_VAULT_PASSWORD_FILE", "x"),
        ("extra_vars", "netsuite-token", "x"),
        ("extra_vars", "netsuite_token", "{{ nowhere }}"),
        ("extra_vars", "netsuite_token", {"a": "map"}),
        ("file", "ca", "x"),
    ],
)
def test_the_stand_in_refuses_what_awx_refuses(place, name, value):
    known = deepcopy(credential_type("NetSuite bootstrap tokens"))
    check_credential_type(known)
    known["injectors"].setdefault(place, {})[name] = value
    with pytest.raises(Exception, match=r"not allowed|does not match|undefined|is not of type|is not valid"):
        check_credential_type(known)


def test_the_stand_in_refuses_schedules_and_surveys_that_awx_refuses():
    for rule in ("RRULE:FREQ=DAILY;INTERVAL=1", "DTSTART:20260101T040000 RRULE:FREQ=DAILY;INTERVAL=1"):
        with pytest.raises(RefusedError):
            check_rule(rule)
    question = {"question_name": "Days", "variable": "days", "type": "number", "required": False}
    for survey in ({"name": "x"}, {"name": "x", "description": "", "spec": [question]}):
        with pytest.raises(RefusedError):
            check_survey(survey)
