# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials in any store that a task file of the user's can reach.

An operation saves in its midst, where no task can be run. So the task file runs in a process of its own, and what is
secret goes through its standard input and output; see ``plugin_utils/store_tasks``. Such a store is only as good as its
task file. Therefore *absent* counts only where the file says so, and each save is followed by a load that proves it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from ...core.accounts import Account
from ...core.errors import KeyMaterialError, OptionError
from ...core.generations import Credentials, with_keys
from ...core.redaction import excerpt, without
from ..vault import Vault, decrypt_envelope
from .secret import from_secret, to_secret
from .store import Snapshot, StoreConflictError

_FOLDER = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../plugin_utils/store_tasks"))
_RESULT = "netsuite_store_result"
_CONFLICTS = 10
# Neither prompts nor other plugins that print, keep or send what tasks return; arguments of modules in no file or log.
_ENVIRONMENT = {
    "ANSIBLE_STDOUT_CALLBACK": "pipe",
    "ANSIBLE_CALLBACKS_ENABLED": "pipe",
    "ANSIBLE_CALLBACK_PLUGINS": _FOLDER,
    "ANSIBLE_PIPELINING": "true",
    "ANSIBLE_KEEP_REMOTE_FILES": "false",
    "ANSIBLE_NO_TARGET_SYSLOG": "true",
    "ANSIBLE_DEBUG": "false",
    "ANSIBLE_VERBOSITY": "0",
    "ANSIBLE_ENABLE_TASK_DEBUGGER": "false",
    "ANSIBLE_ASK_PASS": "false",
    "ANSIBLE_ASK_VAULT_PASS": "false",
    "ANSIBLE_BECOME_ASK_PASS": "false",
}


@dataclass
class TaskStore:
    """One secret, by way of a task file.

    Attributes:
        file: The task file.
        path: The secret's path, which only the task file understands.
        variables: What the user wants it to know, such as a login.
        vault: Ansible Vault, for keys that move here out of a file or a variable.
        seconds: How long one call may take.
    """

    file: str
    path: str
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    vault: Vault | None = field(default=None, repr=False)
    seconds: float = 120.0
    _conflicts: int = 0

    is_writable = True
    document: str | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], account: Account, vault: Vault | None) -> TaskStore:
        """From a module's options.

        Raises:
            OptionError: there is no such file, or this is not the controller.
        """
        file = os.path.abspath(os.path.expanduser(options.get("store_tasks") or ""))
        if not options.get("store_tasks") or not os.path.isfile(file):
            named = f"{file} does not exist" if options.get("store_tasks") else "is not given"
            raise OptionError(
                f"The task file of the store tasks {named}",
                "Set store_tasks (netsuite_account_store_tasks) to a file on the controller",
                cause="bad_store",
            )
        # In a module process ansible is but a part of ansible-core.
        if importlib.util.find_spec("ansible.cli") is None:
            raise OptionError(
                "The store tasks needs ansible-core, which only the controller has",
                "Run the task on a local connection and without become and async",
                cause="bad_store",
            )
        path = options.get("store_path") or f"netsuite/{account.label}"
        return cls(file, path, _plain(options.get("store_vars") or {}), vault)

    def describe(self) -> str:
        """What messages call it."""
        return f"the secret {self.path} by {self.file}"

    def prepare(self) -> None:
        """There is nothing to do."""

    def load(self) -> Snapshot:
        """What the secret holds. Absent is only what the task file says is absent.

        Raises:
            KeyMaterialError: the task file fails, or does not answer as it should.
        """
        return self._snapshot(self._run())

    def check_can_save(self, snapshot: Snapshot) -> None:
        """Each save is proved before NetSuite sees a new certificate, so there is nothing to find out here."""

    def save(self, credentials: Credentials, expected: str | None) -> Snapshot:
        """Have the task file save, unless another version is there; then load, in the same process."""
        where = f"the private key that moves to {self.describe()}"
        secret = to_secret(with_keys(credentials, lambda text: decrypt_envelope(text, self.vault, where)))
        answers = self._run(saves=True, netsuite_store_expected_version=expected or "", netsuite_store_document=secret)
        saved = self._answer(answers, "save")
        if self._flag(saved, "conflict", "save", default=False):
            raise self._conflict("says that another version is there")
        version = self._version(saved, "save")
        found = self._snapshot(answers)
        if found.version not in (version, None):  # another run has been faster with its next step
            raise self._conflict("has another version after save than save said")
        if found.credentials != from_secret(secret, self.describe()):
            raise self._wrong("load", "does not hold what save was given")
        self._conflicts = 0
        return found

    def remove(self, expected: str | None, moved_to: str) -> None:  # noqa: ARG002 (the protocol's)
        """A task file only loads and saves.

        Raises:
            OptionError: always.
        """
        raise OptionError(
            f"{self.describe()} cannot be removed from here", "Remove it by the means of its store", cause="bad_store"
        )

    def drift(self, snapshot: Snapshot) -> str | None:  # noqa: ARG002 (the protocol's)
        """Nothing surrounds the secret."""
        return None

    def facts(self, snapshot: Snapshot) -> dict[str, Any]:  # noqa: ARG002 (the protocol's)
        """There are none: the secret has no file, and its store decides who may read it."""
        return {"certificate_path": None, "file_mode": None, "exposed": False}

    def _snapshot(self, answers: Mapping[str, Any]) -> Snapshot:
        answer = self._answer(answers, "load")
        if not self._flag(answer, "found", "load"):
            return Snapshot(where=self.describe())
        document = answer.get("document")
        if isinstance(document, str):
            with suppress(ValueError, RecursionError):
                document = json.loads(document)
        credentials = from_secret(document, self.describe())
        return Snapshot(credentials, self._version(answer, "load"), "tasks", self.describe())

    def _run(self, *, saves: bool = False, **variables: Any) -> dict[str, Any]:
        """Run the task file: ``save`` if so asked, then ``load``. Its answers by these names."""
        request = {
            "netsuite_store_tasks": self.file,
            "netsuite_store_path": self.path,
            "netsuite_store_vars": self.variables,
            "netsuite_store_saves": saves,
            **variables,
        }
        output, errors = self._output(json.dumps(request))
        try:
            answers = json.loads(output.rstrip("\n").rpartition("\n")[2])
            failure = answers["failure"]
        except (ValueError, LookupError, TypeError):
            why = self._shown(errors.rpartition("ERROR")[2].lstrip("]!: "), request)
            raise self._failed(f"cannot be run: {why}") from None
        answers["failed"] = None
        if failure is not None:
            why = "no_log hides why" if failure["msg"] is None else self._shown(str(failure["msg"]), request)
            answers["failed"] = f"failed in the task '{excerpt(str(failure['task']), 80)}': {why}"
        return dict(answers)

    def _output(self, request: str) -> tuple[str, str]:
        # The option -P keeps modules of the working directory out. The inventory is none of the user's.
        command = [sys.executable, "-P", "-m", "ansible.cli.playbook", "--inventory", "localhost,", "--tags", "all"]
        # Only a module has the run_command that pylint of ansible-core 2.21 asks for; this runs on the controller.
        with subprocess.Popen(  # pylint: disable=ansible-bad-function
            [*command, os.path.join(_FOLDER, "play.yml")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **_ENVIRONMENT},
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # nothing in it can ask at the terminal
        ) as process:
            try:
                return process.communicate(request, timeout=self.seconds)
            except subprocess.TimeoutExpired:
                raise self._failed(f"took more than {self.seconds:g} s") from None
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)

    def _answer(self, answers: Mapping[str, Any], action: str) -> Mapping[str, Any]:
        if action not in answers:
            raise self._failed(answers["failed"] or f"ended before it answered to {action}")
        answer = answers[action]
        if not isinstance(answer, Mapping):
            raise self._wrong(action, "is not set" if answer is None else "is not a mapping")
        return answer

    def _flag(self, answer: Mapping[str, Any], name: str, action: str, *, default: bool | None = None) -> bool:
        value = answer.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(action, f"has no boolean '{name}'")
        return value

    def _version(self, answer: Mapping[str, Any], action: str) -> str:
        version = answer.get("version")
        if isinstance(version, bool) or not isinstance(version, (str, int)) or version == "":
            raise self._wrong(action, "has no 'version', a text or a whole number")
        return str(version)

    def _conflict(self, problem: str) -> Exception:
        self._conflicts += 1
        if self._conflicts >= _CONFLICTS:
            return self._failed(f"{problem}, {_CONFLICTS} times in a row")
        return StoreConflictError(
            f"{self.describe()} was changed by another run", "Run again", cause="changed_meanwhile"
        )

    def _wrong(self, action: str, problem: str) -> KeyMaterialError:
        return KeyMaterialError(
            f"The task file {self.file} breaks its contract: after {action}, {_RESULT} {problem}",
            "Correct it; the contract is in the guide about secret stores",
            cause="store_failed",
        )

    def _failed(self, problem: str) -> KeyMaterialError:
        return KeyMaterialError(
            f"The task file {self.file} {problem}",
            "Correct it, or what it reaches, then run again",
            cause="store_failed",
        )

    def _shown(self, text: str, request: Mapping[str, Any]) -> str:
        return excerpt(without(text, _texts([self.variables, request.get("netsuite_store_document")])), 300).rstrip(".")


def _plain(value: Any) -> Any:
    """A value as JSON can hold it; what Ansible Vault has encrypted is opened when it becomes text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _texts(value: Any) -> Iterator[str]:
    """All texts in a nested value, and their lines."""
    if isinstance(value, str):
        yield value
        yield from value.splitlines()
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
