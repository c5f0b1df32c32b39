# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credential file of a host goes by default: with the host's other variables, beside the inventory."""

from __future__ import annotations

from .errors import OptionError

PATH_VARIABLE = "netsuite_account_credentials_path"
_FILE_NAME = "netsuite_credentials.yml"


def credential_file(folder: str, host: str) -> str:
    """The credential file of a host.

    Args:
        folder: The folder with ``host_vars`` in it.
        host: The host's name in the inventory.

    Raises:
        OptionError: the host's name cannot be the name of a folder.
    """
    if not host.strip(".") or "/" in host or "\\" in host:
        raise OptionError(
            f"The host name {host!r} cannot be the name of a folder in host_vars",
            f"Rename the host, and say which account it is with netsuite_account_id; or set {PATH_VARIABLE}",
            cause="bad_host_name",
        )
    return f"{folder.rstrip('/')}/host_vars/{host}/{_FILE_NAME}"
