# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credential file of a host goes by default: with the host's other variables, beside the inventory.

That place is none where Ansible would not read it, and where it does not last longer than the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError

_FILE_NAME = "netsuite_credentials.yml"
_VARIABLE = "netsuite_account_credentials_path"


def default_path(variables: Mapping[str, Any]) -> str | None:
    """The credential file of the task's host; None without an inventory file, and in a job of AWX.

    Args:
        variables: The variables of the task's host.

    Raises:
        OptionError: the host's name cannot be the name of a folder.
    """
    folder = variables.get("inventory_dir")
    if not folder or "awx_job_id" in variables:
        return None
    return _path_in(str(folder), str(variables["inventory_hostname"]))


def check_default_place(
    path: str | None, variables: Mapping[str, Any], environment: Mapping[str, str], *, is_new: bool
) -> None:
    """Refuse to make a key whose credential file would go to its default place, and be lost or not be read there.

    Args:
        path: The credential file; one that the user chose is theirs to judge.
        variables: The variables of the task's host.
        environment: The environment of this process.
        is_new: Whether there is no credential file yet.

    Raises:
        OptionError: the inventory is a copy for one run, or Ansible does not read the host's variables beside it.
    """
    if _VARIABLE in variables or path not in (None, default_path(variables)):
        return
    folder = Path(str(variables.get("inventory_dir") or "")).resolve()
    for program, temporary, advice in _temporary_folders(environment):
        if folder.is_relative_to(temporary):
            raise OptionError(
                f"No key is made, because this inventory lies in {temporary}, which {program} uses for a single run, so"
                " the key might be lost with it",
                f"Set {_VARIABLE} to {advice}, or run the playbook where the inventory is kept, or give"
                " netsuite_account_private_key and netsuite_account_certificate",
                cause="inventory_not_kept",
            )
    read = list(_folders_that_are_read(variables))
    if is_new and read and folder not in [one.resolve() for one in read]:
        outer = next((one for one in read if folder.is_relative_to(one.resolve())), read[0])
        path = _path_in(str(outer), str(variables["inventory_hostname"]))
        raise OptionError(
            f"No key is made, because with this -i Ansible does not read {folder / 'host_vars'}, where the"
            " credential file would go",
            f"Set {_VARIABLE} to {path}, which Ansible reads, or give -i {folder}",
            cause="host_vars_not_read",
        )


def _path_in(folder: str, host: str) -> str:
    if not host.strip(".") or "/" in host or "\\" in host:
        raise OptionError(
            f"The host name {host!r} cannot be the name of a folder in host_vars",
            f"Rename the host, and say which account it is with netsuite_account_id; or set {_VARIABLE}",
            cause="bad_host_name",
        )
    return os.path.join(folder, "host_vars", host, _FILE_NAME)


def _temporary_folders(environment: Mapping[str, str]) -> Iterator[tuple[str, Path, str]]:
    """Folders that a program makes for a run: its name, the folder, and which place outlasts it.

    Source: ansible_runner/config/_base.py, which sets AWX_ISOLATED_DATA_DIR to ``artifacts/IDENT`` in its private data
    directory; ansible-rulebook starts playbooks by it, with a copy of the inventory in a temporary folder.
    """
    if artifacts := environment.get("AWX_ISOLATED_DATA_DIR"):
        above = Path(artifacts).resolve().parent
        private_data = above.parent if above.name == "artifacts" else above  # unless --artifact-dir is given
        yield (
            "ansible-runner",
            private_data,
            "a permanent path (what lies in AWX_ISOLATED_DATA_DIR comes back from a remote worker)",
        )
    if folder := environment.get("MOLECULE_EPHEMERAL_DIRECTORY"):
        yield "molecule", Path(folder).resolve(), "a permanent path"


def _folders_that_are_read(variables: Mapping[str, Any]) -> Iterator[Path]:
    """The folders beside whose ``host_vars`` Ansible looks: those of each -i, and the playbook's.

    Source: ansible/vars/plugins.py, get_vars_from_inventory_sources
    """
    for source in variables.get("ansible_inventory_sources") or ():
        if os.path.isdir(source):
            yield Path(source)
        elif os.path.exists(source):  # else it is a list of hosts
            yield Path(source).parent
    if folder := variables.get("playbook_dir"):
        yield Path(str(folder))
