# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_token
short_description: Get an access token from NetSuite
version_added: 0.1.0
description:
  - Signs a client assertion and exchanges it for an access token at the account's token endpoint (OAuth 2.0 client credentials,
    RFC 7523 C(private_key_jwt)).
  - The token itself is returned with O(return_token=true) only. Without it the module proves that the credentials work.
  - What NetSuite is known to refuse is an error before anything is sent. What it may refuse is a warning.
  - Each attempt sends a fresh assertion. A refusal that the server's clock explains, read from its C(Date) header, is followed by one more
    attempt with the server's time, unless O(assertion) is given.
options:
  return_token:
    description:
      - Whether the token is returned, as RV(access_token).
      - It then is in the result, which Ansible shows with C(-v) and hands to callbacks. Set C(no_log=true) on the task.
    type: bool
    default: false
extends_documentation_fragment:
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.client
  - m2m.netsuite.client.pair
  - m2m.netsuite.client.assertion
  - m2m.netsuite.http_options
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
  - m2m.netsuite.attributes.info
  - m2m.netsuite.attributes.actiongroup_netsuite
attributes:
  check_mode:
    details:
      - It gets a token in check mode too. At NetSuite that leaves an entry in the Login Audit Trail and changes nothing else.
  idempotent:
    details:
      - It reports no change. Each run gets another token.
notes:
  - NetSuite's tokens live 60 minutes and come without a refresh token. Get one per run rather than one per task.
  - When NetSuite refuses, M(m2m.netsuite.token_check) names the likely cause. NetSuite itself answers most mistakes with the same
    C(server_error).
seealso:
  - module: m2m.netsuite.token_check
  - module: m2m.netsuite.client_assertion
  - name: POST Request to the Token Endpoint
    description: Oracle's description of the request.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162755359851.html
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Prove that the credentials work
  m2m.netsuite.access_token:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"

- name: Get a token for the tasks that follow
  m2m.netsuite.access_token:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_content: "{{ netsuite_account_private_key }}"
    certificate_content: "{{ netsuite_account_certificate }}"
    return_token: true
  no_log: true
  register: netsuite

- name: Ask NetSuite with it
  ansible.builtin.uri:
    url: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql?limit=1
    method: POST
    headers:
      Authorization: Bearer {{ netsuite.access_token }}
      Prefer: transient
    body: {q: SELECT id FROM customer}
    body_format: json
"""

RETURN = r"""
expires_in:
  description: Seconds that the token lives.
  returned: success
  type: int
  sample: 3600
expires_at:
  description: Until when it is valid, in UTC.
  returned: success
  type: str
  sample: "2026-11-23T21:00:00Z"
token_type:
  description: Type of the token, as NetSuite spells it, which is V(Bearer) or V(bearer).
  returned: success
  type: str
  sample: Bearer
claims:
  description: The token's claims, not verified. Empty when the token is not a JWT.
  returned: success
  type: dict
  sample:
    iss: https://system.netsuite.com
    sub: "1001;12"
    scope: [rest_webservices]
    exp: 1795467600
access_token:
  description: The access token. It is a credential.
  returned: success with O(return_token=true)
  type: str
  sample: eyJraWQiOi...
cause:
  description: Stable word for what went wrong, for example V(token_refused), V(key_mismatch), V(expired), V(unknown_host), V(timeout) or V(tls).
  returned: failure
  type: str
  sample: token_refused
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: m2m.netsuite.token_check names the likely cause
status:
  description: HTTP status of NetSuite's answer.
  returned: failure with RV(cause=token_refused) or RV(cause=no_token)
  type: int
  sample: 500
error:
  description: Error code in NetSuite's answer, V(null) when there is none.
  returned: failure with RV(cause=token_refused) or RV(cause=no_token)
  type: str
  sample: server_error
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: requests
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.access_token import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
