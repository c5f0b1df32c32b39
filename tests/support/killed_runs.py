# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed from the outside at a chosen step.

A ``sitecustomize`` in the run's Python path counts the steps (each replaced credential file, each answered request)
and, at the given one, sends SIGKILL to the whole run.
"""

from __future__ import annotations

from pathlib import Path

from .controller import Controller, Started

HOOK = """
import http.client, os, signal

_log, _at = os.environ.get("E2E_STEPS"), os.environ.get("E2E_KILL", "0:after").split(":")


def _die():
    os.killpg(os.getpgid(os.getppid()), signal.SIGKILL)  # the run; a worker may be in a group of its own
    os.kill(os.getpid(), signal.SIGKILL)


def _step(name, action):
    with open(_log, "a+") as stream:
        stream.write(name + "\\n")
        stream.seek(0)
        number = len(stream.readlines())
    if _at == [str(number), "before"]:
        _die()
    result = action()
    if _at == [str(number), "after"]:
        _die()
    return result


def _hook():
    replace, getresponse = os.replace, http.client.HTTPConnection.getresponse

    def replacing(source, target, **more):
        if not os.path.basename(str(target)).startswith("netsuite_credentials."):
            return replace(source, target, **more)
        return _step("write " + os.path.basename(str(target)), lambda: replace(source, target, **more))

    def responding(self):
        return _step("call " + self._e2e, lambda: getresponse(self))

    putrequest = http.client.HTTPConnection.putrequest

    def putting(self, method, url, *arguments, **more):
        self._e2e = method + " " + url.rsplit("/", 1)[-1].split("?")[0]
        return putrequest(self, method, url, *arguments, **more)

    os.replace = replacing
    http.client.HTTPConnection.getresponse, http.client.HTTPConnection.putrequest = responding, putting


if _log:
    _hook()
"""


def start_to_be_killed(controller: Controller, playbook: str, host: str, kill: str) -> tuple[Started, Path]:
    """Start a run over one host.

    Args:
        controller: Where it runs.
        playbook: Which one.
        host: The host.
        kill: Number of a step, and ``before`` or ``after``, with a colon between.

    Returns:
        The run, and the file in which its steps are listed.
    """
    hook = controller.folder / "hook"
    hook.mkdir(exist_ok=True)
    (hook / "sitecustomize.py").write_text(HOOK)
    steps = controller.folder / f"steps-{host}"
    environment = {"PYTHONPATH": str(hook), "E2E_STEPS": str(steps), "E2E_KILL": kill}
    return controller.start(playbook, "--limit", host, env=environment), steps
