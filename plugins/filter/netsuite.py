# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters: what can be told of an account id, a certificate or a token without asking NetSuite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.m2m.netsuite.plugins.module_utils.core import libraries
from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError, OptionError


def account_label(account_id: Any) -> str:
    """The first element of an account's host names."""
    return parse_account(account_id).label


def account_realm(account_id: Any) -> str:
    """An account id in NetSuite's canonical form."""
    return parse_account(account_id).realm


def certificate_id(certificate: Any) -> str:
    """The id that NetSuite shows for a certificate."""
    # Loaded when it is needed: whoever wants a label need not wait for cryptography.
    from ansible_collections.m2m.netsuite.plugins.module_utils.core import certificates  # noqa: PLC0415

    libraries.require(["cryptography"])
    return certificates.certificate_id(certificates.parse(str(certificate), where="the value"))


def jwt_claims(token: Any) -> dict[str, Any]:
    """The claims of a token, which are not verified."""
    from ansible_collections.m2m.netsuite.plugins.module_utils.core import tokens  # noqa: PLC0415

    libraries.require(["PyJWT"])
    claims = tokens.read_claims(str(token))
    if not claims:
        raise OptionError(
            "The value is not a JWT with claims",
            "Give an access token, an id token or an assertion: three parts with dots between them, without Bearer",
        )
    return claims


def _readable(name: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        try:
            return function(value)
        except M2MError as error:
            raise AnsibleFilterError(f"m2m.netsuite.{name}: {error}") from None

    return run


class FilterModule:
    """The filters, by name."""

    def filters(self) -> dict[str, Callable[[Any], Any]]:
        """What Ansible asks for."""
        functions = (account_label, account_realm, certificate_id, jwt_claims)
        return {one.__name__: _readable(one.__name__, one) for one in functions}
