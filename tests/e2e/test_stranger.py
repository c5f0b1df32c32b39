# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody who has nothing but the archive and an empty home: the quick start to the letter, and what follows."""

from __future__ import annotations

import importlib.metadata
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import examples
from ansible_collections.m2m.netsuite.tests.support.inventory import dump
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount

INSTALLED = ".ansible/collections/ansible_collections/m2m/netsuite"
MACHINE_TIME = 120  # seconds of processor time, from the empty environment to the first token
# What pip needs to know of this machine: mirrors, proxies, certificates.
OF_THE_MACHINE = re.compile(r"PIP_\w+|\w*SSL_CERT_\w+|REQUESTS_CA_BUNDLE|(?i:\w+_proxy)")
# What playbooks need beyond the inventory of the quick start.
LAST = ("rotate", "move")  # after which the account is in between, and its key is no longer in the inventory
FURTHER = {"collect": "-e @collected.yml", "move": "-e netsuite_move_to=kv2"}
NOT_BY_ITSELF = {"summary", "demo"}  # part of the others; run by examples/demo/run.sh


def machine_time() -> float:
    """The seconds of processor time that ended child processes have taken, with their own."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Stranger:
    """Somebody at a terminal, in a new virtual environment and an empty home."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: list[tuple[str, str]] = [("(?i)vault password[^:]*: ", "open sesame\n")]
        given = {name: value for name, value in os.environ.items() if OF_THE_MACHINE.fullmatch(name)}
        self.environment = {
            **given,
            "PATH": f"{folder}/venv/bin:/usr/bin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
        }
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        self.pin()

    def pin(self) -> None:
        """Let pip choose the versions that the environment of the tests has, of ansible-core above all."""
        found = {f"{one.name}=={one.version}\n" for one in importlib.metadata.distributions() if one.name != "pip"}
        constraints = self.write("constraints.txt", "".join(sorted(found)))
        self.environment["PIP_CONSTRAINT"] = str(constraints)

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def type(self, commands: str) -> str:
        """Type some commands at the terminal, and answer what they ask; returns what stands there then."""
        said, status = pexpect.run(
            "bash",
            args=["-euc", commands],
            events=self.answers,
            withexitstatus=True,
            timeout=240,
            cwd=str(self.folder),
            env=self.environment,
            encoding="utf-8",
            dimensions=(50, 200),
        )
        said = said.replace("\r", "")
        assert status == 0, f"{commands}\n{said}"
        assert "[WARNING]" not in said, said
        return said


@pytest.fixture
def stranger(tmp_path: Path) -> Stranger:
    package = [sys.executable, ROOT / "tests/tools/package.py", tmp_path / "download"]
    archive = Path(subprocess.run(package, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    archive.rename(tmp_path / archive.name)
    return Stranger(tmp_path)


def own_inventory(stranger: Stranger, account: SimulatedAccount, guide: dict[str, tuple[str, str]]) -> None:
    """Write the guide's inventory, for an account of the simulator, which stands in for NetSuite."""
    stranger.answers += [("Variable name.*: ", "netsuite_account_client_id\n")]
    stranger.answers += [("String to encrypt.*: ", f"{account.client_id}\n")]
    said = stranger.type(guide.pop("quick-start-encrypt")[1])
    assert account.client_id not in said
    vaulted = re.search(r"netsuite_account_client_id: !vault \|\n(?: +\S+\n)+", said)
    assert vaulted, said
    text, count = re.subn(r"netsuite_account_client_id: (?s:.*)", vaulted[0], guide.pop("quick-start-inventory")[1])
    assert count == 1
    stranger.write("inventory.yml", text.replace("1234567_SB1 ", f"{account.account_id} "))
    stranger.write("group_vars/netsuite_accounts.yml", f"netsuite_account_base_url: {account.url}\n")


def quick_start(stranger: Stranger, account: SimulatedAccount) -> None:
    """Follow the guide to its end: a token of one's own."""
    guide = examples("quick-start.md")
    stranger.type(guide.pop("quick-start-install")[1])
    own_inventory(stranger, account, guide)
    said = stranger.type(guide.pop("quick-start-run")[1])
    assert said.count("NetSuite accounts: 1. 0 active, 1 awaiting upload.") == 2
    certificate = stranger.folder / "host_vars/acme/netsuite_credentials.auth-cert.pem"
    assert account.upload(certificate.read_text(), role=1000) in said
    assert "NetSuite accounts: 1. 1 active." in stranger.type(guide.pop("quick-start-again")[1])
    stranger.write("call-netsuite.yml", guide.pop("use-the-credentials")[1])
    granted = account.counters()["tokens"]
    said = stranger.type(guide.pop("quick-start-use")[1])
    assert re.search(r'"msg": "20\d\d-\d\d-\d\dT', said), said
    assert account.counters()["tokens"] == granted + 1
    assert not guide, "an example that the stranger has not followed"


def test_from_nothing_to_the_first_token(stranger: Stranger, account: SimulatedAccount) -> None:
    began = machine_time()
    quick_start(stranger, account)
    assert machine_time() - began < MACHINE_TIME


@pytest.mark.campaign
@pytest.mark.parametrize("installer", ["pipx", "uv"])
def test_other_installers(installer: str, stranger: Stranger) -> None:
    """What README.md says for them, after which the first module finds its libraries."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (command,) = re.findall(rf"^\| {installer} \| `(.*)` \|$", text, re.MULTILINE)
    stranger.type(f"pip install {installer}")
    stranger.environment |= {"UV_CONSTRAINT": stranger.environment["PIP_CONSTRAINT"], "UV_PYTHON": sys.executable}
    if installer == "pipx":
        stranger.type("pipx install ansible-core")
    stranger.type(command)
    stranger.environment["PATH"] = f"{stranger.folder}/.local/bin:/usr/bin:/bin"
    stranger.type("ansible-galaxy collection install m2m-netsuite-*.tar.gz")
    task = "-m m2m.netsuite.certificate -a 'private_key_path=key.pem certificate_path=cert.pem key_type=EC'"
    assert "localhost | CHANGED" in stranger.type(f"ansible localhost -i localhost, -c local {task}")


@pytest.mark.campaign
def test_each_playbook_and_the_demo(stranger: Stranger, account: SimulatedAccount, tmp_path: Path) -> None:
    quick_start(stranger, account)
    kept = stranger.folder / "host_vars/acme/netsuite_credentials.yml"
    stranger.write("collected.yml", dump({"netsuite_collect_documents": {"acme": kept.read_text()}}))
    playbooks = {path.stem for path in (stranger.folder / INSTALLED / "playbooks").glob("*.yml")} - NOT_BY_ITSELF
    with running_openbao(tmp_path) as server:
        stranger.type("pip install hvac")
        stranger.environment |= {"VAULT_ADDR": server.url, "VAULT_TOKEN": server.token}
        for name in (*sorted(playbooks - {*LAST}), *LAST):
            more = FURTHER.get(name, "")
            said = stranger.type(f"ansible-playbook -i inventory.yml --ask-vault-pass m2m.netsuite.{name} {more}")
            assert re.search(r"^acme .* failed=0 ", said, re.MULTILINE), said
    assert "What happened" in stranger.type(f"bash {INSTALLED}/examples/demo/run.sh demo")
