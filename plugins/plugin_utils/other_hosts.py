# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the other hosts of the inventory use, so that no certificate is revoked while another host uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import Account, parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.option_groups import STORE
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import as_it_is, options_from_variables

_FILE_VARIABLE, _PATH, _STORE = (f"netsuite_account_{name}" for name in ("credentials", "credentials_path", "store"))
_UNDEFINED = "its variables cannot be evaluated"
_UNKNOWN = "{host} (perhaps; its store cannot be read here: {problem})"


def users_of(account: Account, wanted: str, variables: Mapping[str, Any]) -> list[str]:
    """Other hosts that use a certificate of this account, or are about to, as their variables or their stores say.

    Hosts that share the credential file, or the secret, are one user: what this run changes there, it changes for them
    as well.

    Args:
        account: The account.
        wanted: Id of the certificate.
        variables: The variables of the task's host.

    Returns:
        Names of hosts. A host whose store cannot be read may use it as well, and its name comes with the reason.
    """
    hostvars, own = variables["hostvars"], variables["inventory_hostname"]
    found = []
    for host in hostvars:
        raw = hostvars.raw_get(host)
        if host == own or not _is_of(account, raw):
            continue
        if raw.get(_STORE) not in (None, "", "file"):
            user = _user_by_store(account, wanted, str(host), hostvars)
        else:
            shared = raw.get(_PATH) and raw.get(_PATH) == variables.get(_PATH)
            user = str(host) if not shared and _uses(wanted, raw) else None
        if user:
            found.append(user)
    return found


def _is_of(account: Account, raw: Mapping[str, Any]) -> bool:
    try:
        return parse_account(str(raw.get("netsuite_account_id", ""))) == account
    except M2MError:
        return False


def _user_by_store(account: Account, wanted: str, host: str, hostvars: Any) -> str | None:
    """The host, if its secret names the certificate, or cannot be read; before it has one, if its variables do.

    A secret that this host shares has been read after its last change, so it names the certificate no more.
    """
    from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores import (  # noqa: PLC0415
        choose,
    )

    credentials = None
    try:
        options = options_from_variables(STORE, {}, hostvars[host], as_it_is, keeps_credentials=False)
        if any("{{" in str(value) for value in options.values()):  # up to ansible-core 2.18, what is undefined stays so
            return _UNKNOWN.format(host=host, problem=_UNDEFINED)
        if choose.is_in_store(options):
            credentials = choose.open_secret(options, account, None).load().credentials
    except (M2MError, AnsibleError) as error:
        problem = error.problem if isinstance(error, M2MError) else _UNDEFINED
        return _UNKNOWN.format(host=host, problem=problem)
    if credentials is None:
        return host if _uses(wanted, hostvars.raw_get(host)) else None
    generations = (credentials.active, credentials.pending)
    return host if any(one is not None and one.certificate_id == wanted for one in generations) else None


def _uses(wanted: str, raw: Mapping[str, Any]) -> bool:
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
