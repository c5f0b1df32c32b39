# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets, looked for in each place to which a run of ansible-playbook or ansible-runner writes, or that others see.

The runs say as much as they can: ``-vvvvv``, differences, tracebacks, every callback, a cache of facts. They succeed
and fail. The secrets are keys, a passphrase, assertions and access tokens (caught on the wire), a bootstrap token, the
login to a secret store, a password of a proxy, an API key of Patchworks, and the password of Ansible Vault.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from hvac.exceptions import InvalidPath

from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed, on_the_wire
from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.fleet import Fleet
from ansible_collections.m2m.netsuite.tests.support.inventory import VaultLoader
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair
from ansible_collections.m2m.netsuite.tests.support.proxy import Proxy
from ansible_collections.m2m.netsuite.tests.support.runner import PrivateData

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(1800)]
PASSPHRASE, PROXY_PASSWORD, API_KEY = (
    "canary-passphrase-4711-xyzzy",
    "canary-proxy-0815-plugh",
    "canary-api-key-2718-fnord",
)
LEAST = 'path "secret/data/netsuite/*" { capabilities = ["create", "read", "update"] }'
LOUD = ("-vvvvv", "--diff")
PLAYBOOKS = ("onboard", "rotate", "verify", "handover", "report", "contact")
#: What is said, in each form: the environment of the run.
FORMS: dict[str, dict[str, str]] = {
    "plain": {},
    "JSON": {"ANSIBLE_CALLBACK_RESULT_FORMAT": "json", "ANSIBLE_CALLBACK_FORMAT_PRETTY": "true"},
    "YAML": {"ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"},
    "minimal": {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.minimal"},
    "oneline": {"ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.oneline"},
    "tracebacks": {"ANSIBLE_DISPLAY_TRACEBACK": "always"},
}


@contextmanager
def watched(process_id: int) -> Iterator[dict[str, bytes]]:
    """What anybody reads of the processes of a run (a session of its own) while it lasts, in ``/proc``."""
    seen: dict[str, set[bytes]] = {"/proc cmdline": set(), "/proc environ": set()}
    ended, found = threading.Event(), {}

    def look() -> None:
        while not ended.is_set():
            for folder in Path("/proc").glob("[0-9]*"):
                try:
                    session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
                    if session == process_id:
                        for name, parts in seen.items():
                            parts.add((folder / name.rpartition(" ")[2]).read_bytes())
                except (OSError, ValueError, IndexError):
                    continue
            time.sleep(0.05)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join(10)
        found |= {name: b"\0".join(parts) for name, parts in seen.items()}


class Surfaces:
    """Places, and what was found at each."""

    def __init__(self) -> None:
        self.parts: dict[str, list[bytes]] = {}

    def add(self, name: str, data: bytes | str) -> None:
        """Keep what a place holds."""
        self.parts.setdefault(name, []).append(data.encode() if isinstance(data, str) else data)

    def add_files(self, name: str, folder: Path, pattern: str = "*", but: tuple[str, ...] = ()) -> None:
        """Keep the files below a folder."""
        for path in sorted(folder.rglob(pattern)):
            if path.is_file() and not path.is_symlink() and not any(part in path.parts for part in but):
                self.add(name, path.read_bytes())

    def betraying(self, secrets: dict[str, str]) -> dict[str, list[str]]:
        """By place, the secrets that can be read there."""
        found = {name: betrayed(b"\n".join(parts), secrets) for name, parts in self.parts.items()}
        return {name: names for name, names in found.items() if names}


@pytest.fixture
def fleet(simulator, tmp_path) -> Fleet:
    controller = Controller(tmp_path / "controller")
    controller.vaults.add()
    return Fleet(simulator, controller)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy(f"me:{PROXY_PASSWORD}") as running:
        yield running


def add_hosts(fleet: Fleet, openbao, proxy: Proxy) -> dict[str, str]:
    """Hosts of each kind, some of which fail; the secrets that they were given."""
    encrypt = fleet.controller.vaults.encrypt
    locked = new_pair(key=new_key(), passphrase=PASSPHRASE)
    secrets = {
        "locked key": locked.key,
        "passphrase": PASSPHRASE,
        "proxy password": PROXY_PASSWORD,
        "API key": API_KEY,
        "store login": openbao.token_with(LEAST),
        "vault password": fleet.controller.vaults.passwords["default"],
    }
    kinds: dict[str, dict[str, Any]] = {
        "made": {},
        "whole": {"encryption": "file"},
        "locked": {"private_key": encrypt(locked.key), "certificate": locked.certificate},
        "kept": {"store": "kv2", "store_url": openbao.url, "store_token": encrypt(secrets["store login"])},
        "refused": {},
        "mistaken": {"client_id": "x"},
        "unreachable": {"base_url": "http://127.0.0.1:9"},
        "unlocked": {"private_key": encrypt(locked.key), "certificate": locked.certificate},
    }
    kinds["locked"]["private_key_passphrase"] = encrypt(PASSPHRASE)
    kinds["unlocked"]["private_key_passphrase"] = encrypt(f"{PASSPHRASE}-wrong")
    for host, kind in kinds.items():
        account = fleet.accounts[host] = fleet.simulator.account()
        token = secrets[f"bootstrap token of {host}"] = account.bootstrap_token()
        common = {
            "curve": "secp256r1",
            "role_id": "1001",
            "retries": 0,
            "overlap_days": 0,
            "proxy": proxy.url,
            "proxy_username": "me",
            "proxy_password": encrypt(PROXY_PASSWORD),
            "bootstrap_token": encrypt(token),
        }
        named = {f"netsuite_account_{name}": value for name, value in {**common, **kind}.items()}
        handover = {
            "patchworks_handover_api_url": "http://127.0.0.1:9/api/v1",
            "patchworks_handover_api_key": encrypt(API_KEY),
            "patchworks_handover_consumers": ["patchworks", "generic"],
            "patchworks_handover_retries": 0,
        }
        fleet.controller.inventory.add(host, account.variables(**named, **handover))
    fleet.accounts["refused"].integration(state="blocked")
    return secrets


def keys_of(fleet: Fleet, openbao) -> dict[str, str]:
    """The keys that the runs have made so far."""
    found = {}
    for host in ("made", "unreachable", "refused", "mistaken"):
        stored = fleet.stored(host)
        if stored:
            parts = [stored["active"], *([stored["pending"]] if "pending" in stored else [])]
            found |= {f"key {one['certificate_id']} of {host}": fleet.key(one) for one in parts}
    path = f"netsuite/{fleet.accounts['kept'].label}"
    try:
        secret = openbao.client().secrets.kv.v2.read_secret_version(path, raise_on_deleted_version=True)["data"]["data"]
    except InvalidPath:
        return found
    return {**found, f"key {secret['certificate_id']} in the store": secret["private_key"]}


def play_all(fleet: Fleet, openbao, surfaces: Surfaces, secrets: dict[str, str]) -> None:
    """Every playbook, in another form each, with everything written that can be."""
    controller, forms = fleet.controller, itertools.cycle(FORMS.items())
    for number, (playbook, check) in enumerate(itertools.product(PLAYBOOKS, (True, False))):
        for form, more in [next(forms)] if number % 2 else [next(forms), next(forms)]:
            environment = {
                "ANSIBLE_CALLBACKS_ENABLED": "e2e_events,ansible.builtin.junit,ansible.builtin.tree",
                "JUNIT_OUTPUT_DIR": str(controller.folder / "junit"),
                "ANSIBLE_CALLBACK_TREE_DIR": str(controller.folder / "tree"),
                "ANSIBLE_CACHE_PLUGIN": "jsonfile",
                "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(controller.folder / "facts"),
                "ANSIBLE_RETRY_FILES_ENABLED": "true",
                "ANSIBLE_RETRY_FILES_SAVE_PATH": str(controller.folder / "retries"),
                **more,
            }
            arguments = (*LOUD, "--check") if check else LOUD
            started = controller.start(f"m2m.netsuite.{playbook}", *arguments, env=environment, quiet=False)
            with watched(started.process.pid) as seen:
                stdout, stderr = started.process.communicate(timeout=300)
            mode = "check" if check else "run"
            surfaces.add(f"stdout, {form}", stdout)
            surfaces.add(f"stdout, {mode} of {playbook}", stdout)
            surfaces.add("stderr", stderr)
            surfaces.add("results, as callbacks get them", started.events_path.read_bytes())
            surfaces.add("log file", started.log_path.read_bytes())
            for name, data in seen.items():
                surfaces.add(name, data)
            secrets |= keys_of(fleet, openbao)


def play_in_runner(fleet: Fleet, surfaces: Surfaces) -> None:
    """ansible-runner, and what it keeps of a run."""
    given = {host: fleet.controller.inventory.host_file(host, "main.yml").read_text() for host in ("kept", "locked")}
    data = PrivateData(fleet.controller)
    for host, variables in given.items():
        fleet.controller.inventory.add(host, yaml.load(variables, Loader=VaultLoader))
    command_line = data.folder / "env/cmdline"
    command_line.write_text(f"{command_line.read_text()} -vvvvv --diff")
    surfaces.add("ansible-runner's output", data.run("m2m.netsuite.verify"))
    assert "active" in surfaces.parts["ansible-runner's output"][0].decode()
    surfaces.add_files("ansible-runner's artifacts", data.artifacts)


def collect(fleet: Fleet, surfaces: Surfaces) -> None:
    """What lies in files after the runs."""
    controller = fleet.controller
    folder = controller.folder
    for name, place in {
        "JUnit files": "junit",
        "files of the callback tree": "tree",
        "cached facts": "facts",
        "sheets": "handover",
        "contact reports": "netsuite-contact",
        "temporary files": "tmp",
        "home": "home",
    }.items():
        surfaces.add_files(name, folder / place)
        surfaces.parts.setdefault(name, [b""])
    surfaces.add("retry files", b"")
    surfaces.add_files("retry files", folder / "retries")
    for report in ("report.html", "report.json", "junit.xml", "netsuite.prom", "renewals.ics", "worklist.md"):
        surfaces.add(f"report: {report}", (folder / "netsuite-report" / report).read_bytes())
    surfaces.add_files("credential files", controller.inventory.folder, "netsuite_credentials.yml")
    surfaces.add_files("certificates to upload", controller.inventory.folder, "*.pem")


def test_no_secret_on_any_surface(campaign, fleet, openbao, proxy):
    secrets, surfaces = add_hosts(fleet, openbao, proxy), Surfaces()
    play_all(fleet, openbao, surfaces, secrets)
    collect(fleet, surfaces)
    play_in_runner(fleet, surfaces)
    wire = on_the_wire(proxy)
    assert {name.partition(" ")[0] for name in wire} >= {"assertion", "token"}
    assert len([name for name in secrets if name.startswith("key ")]) >= 4
    assert surfaces.betraying({**secrets, **wire}) == {}
    campaign.count("surfaces: without a secret", len(surfaces.parts))
    campaign.note("number of canaries", len(secrets) + len(wire))
