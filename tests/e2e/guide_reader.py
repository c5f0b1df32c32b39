# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody who follows a guide to the letter: its examples are written and run as they stand there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ansible_collections.m2m.netsuite.tests.support.controller import Controller
from ansible_collections.m2m.netsuite.tests.support.inventory import Vaults, dump
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT, SimulatedAccount, Simulator

GUIDES = ROOT / "docs/guides"
BLOCK = re.compile(r"(?:<!-- example: (?P<name>[\w-]+) -->\n *)?```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)
HOSTS = {"acme": "1234567", "globex": "7654321", "acme_sb1": "1234567_SB1"}


def examples(guide: str) -> dict[str, tuple[str, str]]:
    """By name, the kind and the text of a guide's examples, in their order."""
    found = {}
    for block in BLOCK.finditer((GUIDES / guide).read_text(encoding="utf-8")):
        if block["kind"] != "text":
            assert block["name"], f"an example without a name in {guide}:\n{block['text']}"
            found[block["name"]] = (block["kind"], block["text"])
    return found


class Reader:
    """Somebody who follows a guide, in a folder of their own."""

    def __init__(self, controller: Controller, simulator: Simulator, guide: str) -> None:
        self.controller, self.simulator = controller, simulator
        self.examples = examples(guide)
        self.done: list[str] = []
        self.folder = controller.folder / "desk"
        self.folder.mkdir()
        self.vaults = Vaults(self.folder)
        self.variables: dict[str, str] = {}
        self.accounts: dict[str, SimulatedAccount] = {}

    def account(self, host: str, **own: object) -> SimulatedAccount:
        """An account of the guide, with what is the reader's own; None leaves a variable to the guide."""
        account = self.accounts[host] = self.simulator.account(HOSTS[host])
        for certificate_id in account.active_ids():  # of other guides, which know these accounts as well
            account.revoke(certificate_id)
        mine = {
            "netsuite_account_client_id": account.client_id,
            "netsuite_account_base_url": account.url,
            "netsuite_account_role_id": "1001",
            "netsuite_account_entity_id": "12",
            "netsuite_account_key_type": "EC",
            **own,
        }
        path = self.folder / f"inventory/host_vars/{host}/main.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dump({name: value for name, value in mine.items() if value is not None}))
        return account

    def write(self, *names: str) -> None:
        """Write the files of some examples; their first line names the path."""
        for name in names:
            kind, text = self.examples[name]
            assert kind == "yaml", name
            path = self.folder / text.split("\n", 1)[0].removeprefix("# ")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            self.done.append(name)

    def run(self, name: str, rc: int = 0, typed: str = "") -> str:
        """Carry out the commands of an example, which read what is typed; returns what they said."""
        kind, text = self.examples[name]
        assert kind == "console", name
        self.done.append(name)
        return self.shell(text, rc, typed)

    def shell(self, text: str, rc: int = 0, typed: str = "", *, warning: str = "") -> str:
        """Carry out some commands, which give a warning with these words, or none."""
        environment = {
            name: value for name, value in self.controller.environment(self.variables).items() if "E2E" not in name
        }
        del environment["ANSIBLE_CALLBACKS_ENABLED"]
        done = subprocess.run(
            ["bash", "-euc", text],
            cwd=self.folder,
            env=environment,
            input=f"{typed}\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == rc, f"{text}\n{done.stdout}\n{done.stderr}"
        assert done.stderr.count("[WARNING]") == bool(warning), done.stderr
        assert warning in " ".join(done.stderr.split())
        return done.stdout

    def credentials(self, host: str) -> Path:
        return self.folder / f"inventory/host_vars/{host}/netsuite_credentials.yml"

    def upload(self, host: str) -> None:
        """What the administrator does with the file that the summary names."""
        self.accounts[host].upload(self.credentials(host).with_suffix(".auth-cert.pem").read_text(), role=1001)

    def finish(self) -> None:
        """Nothing in the guide was left out."""
        assert sorted(set(self.done)) == sorted(self.examples)
