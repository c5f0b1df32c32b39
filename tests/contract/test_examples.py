# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""EXAMPLES: only options that exist, in combinations that are allowed; and each of them runs, against the simulator."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates, keys
from ansible_collections.m2m.netsuite.tests.contract.stage import CLIENT_ID, Stage
from ansible_collections.m2m.netsuite.tests.support.catalogue import (
    COLLECTION,
    LOOKUPS,
    MODULES,
    OPERATIONS,
    ROOT,
    SIDECARS,
    command,
    documentation,
    environment,
)
from ansible_collections.m2m.netsuite.tests.support.patchworks import API_KEY, PASSWORD, StandIn

_PASSPHRASE = "open sesame"
_KEYWORDS = {"name", "register", "when", "loop", "vars", "no_log", "failed_when", "block", "module_defaults"} | {
    "run_once",
    "check_mode",
}
_HANDOVER = ROOT / "roles/patchworks_handover/files"


class Account(Stage):
    """The account that the examples are about."""

    @property
    def account_id(self) -> str:
        return "1234567_SB1"


def examples(plugin: str, kind: str = "module") -> list[dict[str, Any]]:
    tasks = yaml.safe_load(documentation(kind)[plugin]["examples"])
    assert isinstance(tasks, list)
    return tasks


def plain(tasks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Tasks out of all blocks, each with the defaults of its block."""
    for task in tasks:
        defaults = task.get("module_defaults", {}).get(f"group/{COLLECTION}.netsuite", {})
        if "block" in task:
            yield from ((inner, {**defaults, **more}) for inner, more in plain(task["block"]))
        else:
            yield task, defaults


def action(task: dict[str, Any]) -> str:
    names = [name for name in task if name not in _KEYWORDS]
    assert len(names) == 1, f"more than an action, or a keyword that is not known here: {names}"
    return names[0]


@pytest.mark.parametrize("module", MODULES)
def test_each_task_is_named_and_names_its_module_in_full(module):
    used = set()
    for task, _defaults in plain(examples(module)):
        used.add(action(task))
        assert task["name"][0].isupper()
        assert action(task).count(".") == 2
    assert f"{COLLECTION}.{module}" in used


@pytest.mark.parametrize("module", MODULES)
def test_examples_use_options_that_exist_in_combinations_that_are_allowed(module):
    for task, defaults in plain(examples(module)):
        name = action(task).removeprefix(f"{COLLECTION}.")
        if name not in OPERATIONS:
            assert not action(task).startswith(COLLECTION), f"there is no module {action(task)}"
            continue
        operation = OPERATIONS[name]
        arguments = {**defaults, **(task[action(task)] or {})}
        # What a template will give is not known here: its type and its choices are not looked at.
        unknown = {key for key, value in arguments.items() if "{{" in str(value)}
        spec = {key: {"type": "raw"} if key in unknown else option for key, option in operation.options.items()}
        outcome = ArgumentSpecValidator(spec, **operation.constraints()).validate(arguments)
        assert outcome.error_messages == [], task["name"]


def staged(value: Any, account: Account, company: StandIn) -> Any:
    """An example with the simulator in place of NetSuite, and the stand-in in place of Patchworks."""
    if isinstance(value, str):
        for real, staging in (
            ("https://1234567-sb1.suitetalk.api.netsuite.com", account.base_url),
            ("account_id='1234567_SB1'", f"account_id='1234567_SB1', base_url='{account.base_url}'"),
            ("https://patchworks.example.com/core/api/v1", company.api_url),
            ("https://patchworks.example.com/fabric/api/login", company.login_url),
        ):
            value = value.replace(real, staging)
        return value
    if isinstance(value, list):
        return [staged(element, account, company) for element in value]
    if not isinstance(value, dict):
        return value
    found = {key: staged(element, account, company) for key, element in value.items()}
    for key, arguments in found.items():
        operation = OPERATIONS.get(key.removeprefix(f"{COLLECTION}."))
        takes = key == f"group/{COLLECTION}.netsuite" or (operation and "base_url" in operation.options)
        if takes and arguments and "account_id" in arguments:
            found[key] = {**arguments, "base_url": account.base_url}
        elif key == f"{COLLECTION}.patchworks_script":
            found[key] = {"api_url": company.api_url, "login_url": company.login_url, **arguments}
    return found


@pytest.fixture
def account(simulator, tmp_path) -> Account:
    found = Account(tmp_path, simulator)
    found.open_account()
    for folder in ("ec", "new", "artifacts/42/job_events"):
        tmp_path.joinpath(folder).mkdir(parents=True)
    shutil.copytree(_HANDOVER, tmp_path, dirs_exist_ok=True)
    return found


@pytest.fixture
def company() -> Iterator[StandIn]:
    with StandIn(login_field="email") as found:
        yield found


@pytest.mark.slow
def test_every_example_runs(account, company, openbao):
    folder = account.folder
    pair = account.map(account.pair(rsa=True, passphrase=_PASSPHRASE))
    account.pair("new/auth")
    key, certificate = (
        keys.load(pair.key, _PASSPHRASE, where="here"),
        certificates.parse(pair.certificate, where="here"),
    )
    protection = serialization.BestAvailableEncryption(_PASSPHRASE.encode())
    store = pkcs12.serialize_key_and_certificates(None, key, certificate, None, protection)
    folder.joinpath("netsuite.p12").write_bytes(store)
    path = str(folder / "host_vars/acme/netsuite_credentials.yml")
    kept = {"account_id": account.account_id, "credentials_path": path, "key_type": "EC"}
    credentials = account.run("account_credentials", kept)
    account.map(replace(pair, certificate_path=Path(credentials["certificate_path"])))
    variables = {
        "ansible_python_interpreter": sys.executable,
        "netsuite_account_id": account.account_id,
        "netsuite_account_base_url": account.base_url,
        "netsuite_account_client_id": CLIENT_ID,
        "netsuite_account_private_key": keys.to_pem(key),
        "netsuite_account_private_key_passphrase": _PASSPHRASE,
        "netsuite_account_certificate": pair.certificate,
        "netsuite_account_certificate_id": pair.certificate_id,
        "netsuite_account_bootstrap_token": account.token(),
        "netsuite_access_token": account.token(),
        "netsuite_adopt_passphrase": _PASSPHRASE,
        "netsuite_account_result": {"status": "active"},
        "netsuite_collect_documents": {"acme": Path(path).read_text(encoding="utf-8")},
        "check": {"valid": True},
        "patchworks_api_key": API_KEY,
        "patchworks_password": PASSWORD,
    }
    kinds = {"module": MODULES, "lookup": LOOKUPS, **SIDECARS}
    blocks = [
        {"name": f"Examples of the {kind} {name}", "block": examples(name, kind)}
        for kind, names in kinds.items()
        for name in names
    ]
    play = {
        "name": "Run every example",
        "hosts": "all",
        "connection": "local",
        "gather_facts": False,
        "vars": variables,
        "tasks": staged(blocks, account, company),
    }
    playbook = yaml.safe_dump([play], sort_keys=False).replace("https://vault.example.com:8200", openbao.url)
    folder.joinpath("playbook.yml").write_text(playbook, encoding="utf-8")
    folder.joinpath("hosts").write_text("acme\n", encoding="utf-8")
    folder.joinpath("vault-password").write_text("secret\n", encoding="utf-8")
    done = subprocess.run(
        [command("ansible-playbook"), "-i", "hosts", "--vault-password-file", "vault-password", "playbook.yml"],
        cwd=folder,
        env={**environment(), "VAULT_ADDR": openbao.url, "VAULT_TOKEN": openbao.token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
