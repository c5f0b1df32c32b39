# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the other hosts of the inventory use, so that no certificate is revoked while another host uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import Account, parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError

_FILE_VARIABLE, _PATH = "netsuite_account_credentials", "netsuite_account_credentials_path"


def users_of(account: Account, wanted: str, variables: Mapping[str, Any]) -> list[str]:
    """Other hosts whose variables name a certificate of this account as one that they use, or are about to.

    Hosts that share the credential file are one user: what this run changes there, it changes for them as well.

    Args:
        account: The account.
        wanted: Id of the certificate.
        variables: The variables of the task's host.
    """
    hostvars, own = variables["hostvars"], variables["inventory_hostname"]
    found = []
    for host in hostvars:
        if host == own:
            continue
        raw = hostvars.raw_get(host)
        shared = raw.get(_PATH) and raw.get(_PATH) == variables.get(_PATH)
        if not shared and _uses(account, wanted, raw):
            found.append(str(host))
    return found


def _uses(account: Account, wanted: str, raw: Mapping[str, Any]) -> bool:
    try:
        if parse_account(str(raw.get("netsuite_account_id", ""))) != account:
            return False
    except M2MError:
        return False
    document = raw.get(_FILE_VARIABLE)
    if isinstance(document, Mapping):
        generations = (document.get(name) for name in ("active", "pending"))
        return any(isinstance(one, Mapping) and one.get("certificate_id") == wanted for one in generations)
    given = raw.get("netsuite_account_certificate_id")
    if given or not raw.get("netsuite_account_private_key"):
        return str(given) == wanted
    # Loaded here: a lookup whose token is there already has no use for cryptography, which takes a tenth of a second.
    from ansible_collections.m2m.netsuite.plugins.module_utils.core.certificates import (  # noqa: PLC0415
        certificate_id,
        parse,
    )

    try:
        return (
            certificate_id(
                parse(str(raw.get("netsuite_account_certificate", "")), where="netsuite_account_certificate")
            )
            == wanted
        )
    except M2MError:
        return False
