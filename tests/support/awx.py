# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX does around a job, as far as a job can tell: AWX's server does not run without a cluster.

A job is a real ansible-runner, and credentials are injected by AWX's own code. The rest follows AWX's source (release
24.6.1, ``awx/main/tasks/jobs.py`` and ``awx/main/models/inventory.py``).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .controller import Controller, program
from .inventory import dump
from .simulator import ROOT

EXAMPLE = ROOT / "examples/awx"


class _UnsafeDumper(yaml.SafeDumper):
    """Writes texts that are no templates: only a job template's own variables may be (awx/main/utils/safe_yaml.py)."""


_UnsafeDumper.add_representer(str, lambda dumper, text: dumper.represent_scalar("!unsafe", text))


class _Loader(yaml.SafeLoader):
    """Reads Ansible's YAML; what is no template is a text like others."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def configuration(name: str) -> dict[str, Any]:
    """A file of what ``examples/awx`` loads into AWX."""
    text = (EXAMPLE / "configuration" / f"{name}.yml").read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=_Loader))


def credential_type(name: str) -> dict[str, Any]:
    """A credential type of ``examples/awx``."""
    known = configuration("common")["controller_credential_types"]
    known += configuration("store")["controller_more_credential_types"]
    return dict(next(one for one in known if one["name"] == name))


@dataclass(frozen=True)
class Job:
    """A job that has ended.

    Attributes:
        folder: Its artifacts.
        said: Its output.
    """

    folder: Path
    said: str

    @property
    def rc(self) -> int:
        """The exit status of the playbook."""
        return int((self.folder / "rc").read_text())

    @property
    def artifacts(self) -> dict[str, Any]:
        """What ``set_stats`` hands on to the next job of a workflow (awx/main/tasks/callback.py)."""
        events = [json.loads(path.read_text()) for path in self.folder.glob("job_events/*.json")]
        data: dict[str, Any] = next(one["event_data"] for one in events if one["event"] == "playbook_on_stats")
        return dict(data.get("artifact_data") or {})

    def succeeded(self) -> Job:
        """This job, which has succeeded."""
        assert self.rc == 0, self.said
        return self


@dataclass
class Awx:
    """An AWX with one project and one inventory.

    Attributes:
        controller: Where everything is, and whose vault password is the credential of type Vault.
        repository: The project's repository, with the inventory in the folder ``inventory``.
        jobs: All jobs so far.
    """

    controller: Controller
    repository: Path
    jobs: list[Job] = field(default_factory=list)
    inventory: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the jobs have been."""
        return self.controller.folder / "awx"

    def synchronize(self) -> None:
        """Update the inventory from its source. There is no vault password then."""
        project = self._copy_of_project(self.folder / "synchronized")
        command = [
            str(program("ansible-inventory")),
            "--list",
            "--export",
            "-i",
            "inventory",
            "--playbook-dir",
            "inventory",
        ]
        done = subprocess.run(command, cwd=project, env=self._environment(), check=True, capture_output=True, text=True)
        assert "[WARNING]" not in done.stderr, done.stderr
        self.inventory = json.loads(done.stdout)
        for number, variables in enumerate(self.inventory["_meta"]["hostvars"].values(), start=1):
            for prefix in ("host", "tower"):
                variables |= {f"remote_{prefix}_enabled": "true", f"remote_{prefix}_id": number}

    def job(
        self,
        playbook: str,
        credentials: Iterable[tuple[Mapping[str, Any], Mapping[str, str]]] = (),
        extra: Mapping[str, Any] | None = None,
        *,
        template: Mapping[str, Any] | None = None,
        limit: str = "",
        vault: bool = False,
    ) -> Job:
        """Run a job template.

        Args:
            playbook: A file of the project.
            credentials: Pairs of a credential type, as ``credential_type`` has it, and a credential's inputs.
            extra: Variables of a survey, or artifacts of the jobs before this one.
            template: Extra variables of the job template.
            limit: Which hosts.
            vault: Whether the template has the credential of type Vault.
        """
        number = len(self.jobs) + 1
        folder = self.folder / f"job{number}"
        self._copy_of_project(folder / "project")
        for name in ("env", "inventory"):
            (folder / name).mkdir()
        hosts = folder / "inventory/hosts"
        hosts.write_text(f"#! {program('python')}\nprint({json.dumps(self.inventory)!r})\n")
        hosts.chmod(0o700)
        about = {"id": number, "launch_type": "manual", "job_template_name": playbook, "inventory_name": "NetSuite"}
        meta = {f"{prefix}_job_{name}": value for prefix in ("awx", "tower") for name, value in about.items()}
        unsafe = yaml.dump({**(extra or {}), **meta}, Dumper=_UnsafeDumper)
        (folder / "env/extravars").write_text(dump(dict(template or {})) + unsafe if template else unsafe)
        arguments = ["-u", "root", *(["-l", limit] if limit else []), *inject(credentials, folder)]
        if vault:
            arguments += ["--ask-vault-pass"]
            (password,) = self.controller.vaults.passwords.values()
            (folder / "env/passwords").write_text(json.dumps({r"Vault password:\s*?$": password}))
        (folder / "env/cmdline").write_text(" ".join(arguments))
        command = [sys.executable, "-m", "ansible_runner", "run", str(folder), "-p", playbook, "-i", str(number)]
        done = subprocess.run(
            command, cwd=self.controller.tmp, env=self._environment(), check=False, capture_output=True, text=True
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
        shutil.rmtree(folder / "env")
        self.jobs.append(Job(folder / f"artifacts/{number}", done.stdout))
        return self.jobs[-1]

    def _copy_of_project(self, folder: Path) -> Path:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", str(self.repository), str(folder)], check=True)
        shutil.rmtree(folder / ".git")
        return folder

    def _environment(self) -> dict[str, str]:
        return self.controller.environment({"E2E_EVENTS": str(self.controller.records / "awx.events")})


def inject(credentials: Iterable[tuple[Mapping[str, Any], Mapping[str, str]]], folder: Path) -> list[str]:
    """Inject credentials by AWX's own code; returns the arguments for ansible-playbook."""
    from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
    from awx_plugins.interfaces._temporary_private_credential_api import Credential
    from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

    arguments: list[str] = []
    environment: dict[str, str] = {}
    for kind, inputs in credentials:
        known = ManagedCredentialType(
            namespace="custom", name=kind["name"], kind="cloud", inputs=kind["inputs"], injectors=kind["injectors"]
        )
        inject_credential(known, Credential(dict(inputs)), environment, {}, arguments, str(folder))
    assert not environment, "ansible-runner keeps the environment of a job"
    for path in (folder / "env").iterdir():  # there is no container here, in which this folder is /runner
        path.chmod(0o600)
        path.write_text(path.read_text().replace("/runner/", f"{folder}/"))
    return [word.replace("/runner/", f"{folder}/") for word in arguments]
