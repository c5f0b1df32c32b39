# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: access_token
short_description: An access token of NetSuite, one login per account and run
version_added: 1.0.0
description:
  - Returns an access token, for P(ansible.builtin.uri#module) and the modules of other collections.
  - It takes the options of M(m2m.netsuite.access_token) as keyword arguments. Without O(account_id), those that are not given come from the
    variables of the role C(m2m.netsuite.netsuite_account).
  - Ansible evaluates a lookup each time it is used. So the token is kept for the run, for all its tasks, hosts and forks, and asked for again
    a minute before it ends. Those who need the same token at the same moment wait for one login.
options:
  _terms:
    description: There are none.
  role_variables:
    description:
      - Whether options that are not given are taken from the variables of the role C(m2m.netsuite.netsuite_account), for example
        O(account_id) from C(netsuite_account_id), and the credentials from the credential file or from vaulted variables.
      - If it is not set, it is V(true) where O(account_id) is not given, and V(false) where it is.
    type: bool
    default: null
  account_id:
    description:
      - The NetSuite account, in any of its spellings, for example V(1234567), V(1234567_SB1), V(1234567-sb1) or V(TSTDRV1234567), or the
        address that the browser shows after login, for example V(https://1234567-sb1.app.netsuite.com/app/center/card.nl).
      - The default is the variable C(netsuite_account_id).
    type: str
    required: false
  credentials_content:
    type: raw
extends_documentation_fragment:
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.client
  - m2m.netsuite.client.pair
  - m2m.netsuite.client.assertion
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.http_options
notes:
  - A lookup runs on the controller, whatever the connection of the host is. Paths are paths of the controller, and the C(environment) of a task
    has no effect on it. Files that are encrypted with Ansible Vault are opened.
  - C(module_defaults) has no effect on lookups, and no option is read from C(ansible.cfg).
  - The token is kept in the temporary folder of the run (C(DEFAULT_LOCAL_TMP)), in a file that only its user can read. Ansible removes the
    folder at the end of the run. After a run that was killed it stays there, with tokens that live an hour at the most.
  - What is sent with the token contains it. Set C(no_log=true) on such a task, or Ansible shows it with C(-vvv).
seealso:
  - module: m2m.netsuite.access_token
  - module: m2m.netsuite.token_check
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Ask NetSuite, in a play on netsuite_accounts
  ansible.builtin.uri:
    url: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql?limit=1
    method: POST
    headers:
      Authorization: Bearer {{ lookup('m2m.netsuite.access_token') }}
      Prefer: transient
    body: {q: SELECT id FROM customer}
    body_format: json
  no_log: true

- name: Ask NetSuite, with the credentials in variables of your own
  ansible.builtin.uri:
    url: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/system/v1/serverTime
    headers:
      Authorization: Bearer {{ token }}
  vars:
    token: >-
      {{ lookup('m2m.netsuite.access_token', account_id='1234567_SB1', client_id=netsuite_account_client_id,
                private_key_content=netsuite_account_private_key, certificate_content=netsuite_account_certificate) }}
  no_log: true

- name: Another scope, and the rest from the variables of the role
  ansible.builtin.uri:
    url: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/system/v1/serverTime
    headers:
      Authorization: Bearer {{ lookup('m2m.netsuite.access_token', scope=['rest_webservices', 'restlets']) }}
  no_log: true
"""

RETURN = r"""
_raw:
  description: The access token. It is a credential.
  type: list
  elements: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError, AnsibleUndefinedVariable
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.shared_token import SHARED_TOKEN
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller import Run, fill_in, run_operation
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import as_it_is, plain_values

_NAME = "m2m.netsuite.access_token"


class LookupModule(LookupBase):
    """The operation of the module of the same name, with one login for all who ask for the same token in a run."""

    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """The token, as the only element."""
        if terms:
            raise AnsibleLookupError(f"{_NAME} takes keyword arguments only, as in account_id='1234567'.")
        try:
            result = self._result(variables or {}, kwargs)
        except AnsibleUndefinedVariable:
            raise
        except (AnsibleError, M2MError) as error:
            raise AnsibleLookupError(str(error)) from None
        for text in result.get("warnings", []):
            Display().warning(text)
        if result.get("failed"):
            raise AnsibleLookupError(result["msg"])
        return [result["access_token"]]

    def _result(self, variables: Mapping[str, Any], kwargs: dict[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in kwargs.items() if not _is_omitted(value, variables)}
        options = {"role_variables": "account_id" not in given, **plain_values(given, as_it_is, str)}
        run = Run(self._loader, self._templar.template, variables, kind="lookup")
        return run_operation(SHARED_TOKEN, _NAME, fill_in(SHARED_TOKEN, options, run), run)


def _is_omitted(value: Any, variables: Mapping[str, Any]) -> bool:
    """Whether it is ``omit``: up to ansible-core 2.18 a text that is a variable, from 2.19 on a value of its own type."""
    return type(value).__name__ == "_OmitType" or (isinstance(value, str) and value == variables.get("omit"))
