# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The default place of a credential file, for the inventories that Ansible takes; tests/e2e/test_places.py has runs."""

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores.file import (
    FileStore,
    check_shadowing,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.services.key_encryption import KeyEncryption
from ansible_collections.m2m.netsuite.plugins.plugin_utils.default_place import check_default_place, default_path
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import options_from_variables

OF_ACME = "host_vars/acme/netsuite_credentials.yml"


@pytest.mark.parametrize(
    "folder",
    [None, "", "None", "/dev", "/dev/fd", "/proc/self/fd"],
    ids=["none", "empty", "a list of hosts or a pipe", "/dev/stdin", "/dev/fd/63", "/proc/self/fd/63"],
)
def test_what_is_no_kept_file_has_no_place_beside_it(folder):
    variables = {"inventory_dir": folder, "inventory_hostname": "acme", "playbook_dir": "/p"}
    assert default_path(variables) is None
    assert check_default_place(None, variables, {}, is_new=True) is None


def test_a_folder_of_an_inventory_may_be_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    (inventory / "prod").symlink_to(tmp_path / "real")
    variables = {
        "inventory_dir": str(inventory / "prod"),
        "inventory_hostname": "acme",
        "ansible_inventory_sources": [str(inventory)],
    }
    path = default_path(variables)
    assert path == str(inventory / OF_ACME)
    note = check_default_place(path, variables, {}, is_new=True)
    assert f"Ansible reads {inventory}/host_vars and not {inventory}/prod/host_vars" in str(note)
    # And where the -i is the link: it is read as it is, whatever it leads to.
    assert default_path({**variables, "ansible_inventory_sources": [str(inventory / "prod")]}) == str(
        inventory / "prod" / OF_ACME
    )


def test_a_file_without_an_ending_may_hold_the_variables_of_a_host(tmp_path):
    (tmp_path / "host_vars").mkdir()
    (tmp_path / "host_vars/acme").write_text("netsuite_account_role_id: 1000\n")
    path = str(tmp_path / OF_ACME)
    assert FileStore(path, KeyEncryption(vault=None)).load().credentials is None
    with pytest.raises(OptionError, match=r"acme is a file, and the credential file needs a folder .*acme/vars\.yml"):
        check_shadowing(path, before_writing=True)


def test_where_the_hidden_file_has_the_id_of_the_account_it_is_named_too(tmp_path):
    folder = tmp_path / "host_vars/acme"
    folder.mkdir(parents=True)
    (tmp_path / "host_vars/acme.yml").write_text("netsuite_account_id: 1234567\n")
    variables = {"inventory_dir": str(tmp_path), "inventory_hostname": "acme"}

    def options(**more: str) -> dict[str, object]:
        return options_from_variables(
            ["account_id"], {}, {**variables, **more}, lambda value: value, keeps_credentials=False
        )

    with pytest.raises(OptionError, match=r"does not read .*acme\.yml beside the folder"):
        options()
    assert options(netsuite_account_id="1234567") == {"account_id": "1234567"}
