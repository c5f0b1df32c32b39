# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credential file of a host goes by default: with the host's other variables, beside the inventory.

With ``-i inventories`` and the host in ``inventories/prod/hosts.yml``, Ansible reads ``inventories/host_vars`` and not
``inventories/prod/host_vars``, so the former is the place; it is the other way round with ``-i inventories/prod``. No
place is one that Ansible would not read, or that does not last longer than the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.places import PATH_VARIABLE, credential_file

# ansible-runner names a folder for its jobs by it.
_OF_RUNNER = "AWX_ISOLATED_DATA_DIR"
# Where no inventory is kept: /dev/stdin, and the pipes of a shell.
_OF_SYSTEM = ("/dev", "/proc")


def default_path(variables: Mapping[str, Any]) -> str | None:
    """The credential file of the task's host; None without an inventory file, and in a job of AWX.

    It lies beside the file that names the host, or where Ansible reads the host's variables with this ``-i``.

    Args:
        variables: The variables of the task's host.

    Raises:
        OptionError: the host's name cannot be the name of a folder.
    """
    folder = _folder_of(variables)
    if folder is None or "awx_job_id" in variables:
        return None
    path = credential_file(str(folder), str(variables["inventory_hostname"]))
    if os.path.exists(path):
        return path
    above = _read_instead_of(folder, variables)
    return credential_file(str(above), str(variables["inventory_hostname"])) if above else path


def check_default_place(
    path: str | None, variables: Mapping[str, Any], environment: Mapping[str, str], *, is_new: bool
) -> str | None:
    """Refuse to make a key whose credential file would go to its default place, and be lost or not be read there.

    Args:
        path: The credential file; one that the user chose is theirs to judge.
        variables: The variables of the task's host.
        environment: The environment of this process.
        is_new: Whether there is no credential file yet.

    Returns:
        What to tell the user about the place.

    Raises:
        OptionError: the inventory is a copy for one run, or Ansible does not read the host's variables beside it, or
            another credential file of this host lies above, which Ansible does not read with this ``-i``.
    """
    if PATH_VARIABLE in variables or path not in (None, default_path(variables)):
        return None
    folder = _folder_of(variables) or Path.cwd()
    if found := _temporary_around(folder, environment):
        program, temporary, advice = found
        raise OptionError(
            f"No key is made, because this inventory lies in {temporary}, which {program} uses for a single run, so"
            " the key might be lost with it",
            f"Set {PATH_VARIABLE} to {advice}, or keep the credentials in a secret store (netsuite_account_store), or"
            " run the playbook where the inventory is kept, or give netsuite_account_private_key and"
            " netsuite_account_certificate",
            cause="inventory_not_kept",
        )
    return _check_is_read(folder, str(variables["inventory_hostname"]), variables) if is_new and path else None


def _check_is_read(folder: Path, host: str, variables: Mapping[str, Any]) -> str | None:
    """What to tell the user of the place of a new credential file.

    Raises:
        OptionError: Ansible would not read it there, or does not read the one that there is.
    """
    if not _can_be_read(folder, variables):
        raise OptionError(
            f"No key is made, because with this -i Ansible does not read {folder / 'host_vars'}, where the"
            " credential file would go",
            f"Give -i {folder}, or set {PATH_VARIABLE}",
            cause="host_vars_not_read",
        )
    if place := _read_instead_of(folder, variables):
        return (
            f"{host}: with this -i Ansible reads {place / 'host_vars'} and not {folder / 'host_vars'}, so the"
            f" credential file is {credential_file(str(place), host)}. Give the same -i in every run."
        )
    for above in folder.parents:
        if os.path.exists(other := credential_file(str(above), host)):
            raise OptionError(
                f"No key is made, because {host} has the credential file {other}, which Ansible does not read with this"
                " -i",
                f"Give -i {above}, as in the run that made it, or move the file to"
                f" {credential_file(str(folder), host)}, or set {PATH_VARIABLE} to it",
                cause="host_vars_not_read",
            )
    return None


def is_worker(environment: Mapping[str, str]) -> bool:
    """Whether this is a job of ansible-runner or AWX, whose files may be on another machine than their reader."""
    return bool(environment.get(_OF_RUNNER))


def folders_of_play(variables: Mapping[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """By host of the play, the folder that its inventory lies in, with its ``host_vars``.

    Args:
        variables: The variables of the task's host.
        environment: The environment of this process.

    Raises:
        OptionError: the inventory is a copy for one run, or none on disk, or Ansible does not read what lies there.
    """
    hostvars = variables["hostvars"]
    found = {host: _folder_of(hostvars.raw_get(host)) for host in variables["ansible_play_hosts_all"]}
    for folder in set(found.values()):
        _check_keeps(folder, variables, environment)
    return {host: str(folder and (_read_instead_of(folder, variables) or folder)) for host, folder in found.items()}


def _folder_of(variables: Mapping[str, Any]) -> Path | None:
    """The folder that a host's inventory lies in; None where it is a list of hosts, a pipe, or what the system makes.

    Links stay as they are, because Ansible does not follow them either to find ``host_vars``.
    """
    folder = str(variables.get("inventory_dir") or "None")  # of a source that is no file, Ansible makes the text None
    if folder == "None" or any(Path(folder).is_relative_to(one) for one in _OF_SYSTEM):
        return None
    return Path(os.path.abspath(folder))


def _check_keeps(folder: Path | None, variables: Mapping[str, Any], environment: Mapping[str, str]) -> None:
    """Refuse to collect where nothing lasts, or where it would not be read."""
    problem = None
    if folder is None or "awx_job_id" in variables:
        problem = "This inventory is not a file that lasts"
    elif temporary := _temporary_around(folder, environment):
        problem = f"This inventory lies in {temporary[1]}, which {temporary[0]} uses for a single run"
    elif not _can_be_read(folder, variables):
        problem = f"With this -i Ansible does not read {folder / 'host_vars'}"
    if problem:
        fix = "Set netsuite_collect_to to the folder in which your inventory keeps its host_vars"
        raise OptionError(f"{problem}, so nothing is collected into it", fix, cause="inventory_not_kept")


def _temporary_around(folder: Path, environment: Mapping[str, str]) -> tuple[str, Path, str] | None:
    """Of the folders that a program makes for a run, the one in which a folder lies."""
    real = folder.resolve()
    return next((one for one in _temporary_folders(environment) if real.is_relative_to(one[1])), None)


def _temporary_folders(environment: Mapping[str, str]) -> Iterator[tuple[str, Path, str]]:
    """Folders that a program makes for a run: its name, the folder, and which place outlasts it.

    ansible-rulebook starts playbooks by ansible-runner, with a copy of the inventory in a temporary folder.

    Source: ansible_runner/config/_base.py, which sets AWX_ISOLATED_DATA_DIR to ``artifacts/IDENT`` in the private data
    directory, or below --artifact-dir; ansible_runner/config/runner.py, prepare_env: Ansible starts in ``project`` in
    that directory, or where there is none, in the directory itself.
    """
    if artifacts := environment.get(_OF_RUNNER):
        above, here = Path(artifacts).resolve().parent, Path.cwd()
        advice = (
            "a file in the folder that AWX_ISOLATED_DATA_DIR names and run m2m.netsuite.collect where the inventory is"
            " kept"
        )
        yield "ansible-runner", above.parent if above.name == "artifacts" else above, advice
        if here.name == "project":
            yield "ansible-runner", here.parent, advice
        elif (here / "env").is_dir():
            yield "ansible-runner", here, advice
    if folder := environment.get("MOLECULE_EPHEMERAL_DIRECTORY"):
        yield "molecule", Path(folder).resolve(), "a permanent path"


def _is_read(folder: Path, variables: Mapping[str, Any]) -> bool:
    """Whether Ansible looks for host_vars in a folder."""
    read = [one.resolve() for one in _folders_that_are_read(variables)]
    return not read or folder.resolve() in read


def _can_be_read(folder: Path, variables: Mapping[str, Any]) -> bool:
    return _is_read(folder, variables) or _read_instead_of(folder, variables) is not None


def _read_instead_of(folder: Path, variables: Mapping[str, Any]) -> Path | None:
    """The folder of an -i around a folder that Ansible does not look into; None where there is none, or it does."""
    if _is_read(folder, variables):
        return None
    return next((one for one in _folders_of_inventory(variables) if _is_below(folder, one)), None)


def _is_below(folder: Path, other: Path) -> bool:
    """Whether a folder lies in another one, or a link to it does."""
    return folder.is_relative_to(os.path.abspath(other)) or folder.resolve().is_relative_to(other.resolve())


def _folders_that_are_read(variables: Mapping[str, Any]) -> Iterator[Path]:
    """The folders beside whose ``host_vars`` Ansible looks: those of each -i, and the playbook's.

    Source: ansible/vars/plugins.py, get_vars_from_inventory_sources
    """
    yield from _folders_of_inventory(variables)
    if folder := variables.get("playbook_dir"):
        yield Path(str(folder))


def _folders_of_inventory(variables: Mapping[str, Any]) -> Iterator[Path]:
    for source in variables.get("ansible_inventory_sources") or ():
        if os.path.isdir(source):
            yield Path(source)
        elif os.path.exists(source):  # else it is a list of hosts
            yield Path(source).parent
