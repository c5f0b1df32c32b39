# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_mapping_info
short_description: List the certificates that are mapped to a NetSuite integration
version_added: 0.1.0
description:
  - Lists the certificate mappings of one integration record, through Oracle's certificate rotation API.
  - Oracle announced that API with 2026.1. It has been seen to work since 2023.1.
options:
  access_token:
    description:
      - A token to ask with, instead of one that is requested here. O(client_id) is required all the same.
    type: str
  certificates_url:
    description:
      - Replaces scheme and host of the certificate rotation API alone. O(base_url) replaces them for all services.
      - By default it is C(https://<account>.restlets.api.netsuite.com), the host in Oracle's pages. Whether others answer is not documented.
    type: str
  client_id:
    description:
      - Client ID (consumer key) of the integration record whose certificates are meant, and the claim C(iss) of an assertion. NetSuite shows
        it once, when the record is saved or its credentials are reset.
      - Required. Every Client ID seen so far has 64 hexadecimal characters. The Application ID of the same record, a GUID, is refused.
extends_documentation_fragment:
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.client
  - m2m.netsuite.client.pair
  - m2m.netsuite.http_options
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
  - m2m.netsuite.attributes.info
  - m2m.netsuite.attributes.actiongroup_netsuite
attributes:
  check_mode:
    details:
      - It gets a token and reads the list in check mode too.
notes:
  - The token needs the scope V(rest_webservices), and its role the permission Manage own OAuth 2.0 Client Credentials certificates.
  - An administrator's token lists the mappings of other entities too. What another role sees is not documented. It may be its own ones only.
seealso:
  - module: m2m.netsuite.certificate_mapping
  - module: m2m.netsuite.certificate_info
  - name: Certificate rotation endpoint
    description: Oracle's description of the API.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/article_92130837826.html
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: List the mappings of the integration
  m2m.netsuite.certificate_mapping_info:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
  register: netsuite

- name: Show those that end within two months
  ansible.builtin.debug:
    msg: "{{ item.certificate_id }} of role {{ item.role }} ends on {{ item.valid_until }}"
  loop: "{{ netsuite.mappings | rejectattr('revoked') | selectattr('valid_until', 'lt', two_months_from_now) }}"
  vars:
    two_months_from_now: "{{ '%Y-%m-%d' | strftime((now().timestamp() | int) + 60 * 86400) }}"

- name: Read both sides with options that are given once
  module_defaults:
    group/m2m.netsuite.netsuite:
      account_id: 1234567_SB1
      client_id: "{{ netsuite_account_client_id }}"
      private_key_content: "{{ netsuite_account_private_key }}"
      certificate_content: "{{ netsuite_account_certificate }}"
      timeout: 10
  block:
    - name: List the mappings
      m2m.netsuite.certificate_mapping_info:
      register: netsuite

    - name: Check the credentials
      m2m.netsuite.token_check:
"""

RETURN = r"""
mappings:
  description: The mappings that the token's role may see, in NetSuite's order, revoked and expired ones included.
  returned: success
  type: list
  elements: dict
  sample:
    - certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
      role: "1001"
      entity: "12"
      valid_from: "2026-11-23"
      valid_until: "2028-11-22"
      revoked: false
      algorithm: EC
      role_name: Integration
      entity_name: Integration User
  contains:
    certificate_id:
      description: Certificate ID, the C(kid) of assertions.
      type: str
    role:
      description: Internal id of the role, V(null) when NetSuite does not say.
      type: str
    entity:
      description: Internal id of the entity, V(null) when NetSuite does not say. It may be negative.
      type: str
    valid_from:
      description: First day, V(null) when NetSuite does not say.
      type: str
    valid_until:
      description: Last day, V(null) when NetSuite does not say.
      type: str
    revoked:
      description: Whether it was revoked. An expired mapping is not revoked by that.
      type: bool
    algorithm:
      description: Kind of the key, V(RSA) or V(EC), V(null) when NetSuite does not say.
      type: str
    role_name:
      description: Name of the role, V(null) when NetSuite does not say, as after an upload.
      type: str
    entity_name:
      description: Name of the entity, V(null) when NetSuite does not say, as after an upload.
      type: str
active_count:
  description:
    - How many of them are neither revoked nor expired.
    - NetSuite takes five per integration record. It counts those that the token's role cannot see too.
  returned: success
  type: int
  sample: 1
cause:
  description: Stable word for what went wrong, for example V(token_refused), V(call_refused), V(client_id_missing) or V(timeout).
  returned: failure
  type: str
  sample: call_refused
fix:
  description: What to do about it. Empty when the message says it all.
  returned: failure
  type: str
  sample: Check that base_url leads to NetSuite
status:
  description: HTTP status of NetSuite's answer.
  returned: failure with RV(cause=token_refused) or RV(cause=no_token) or RV(cause=call_refused)
  type: int
  sample: 403
error:
  description: Error code in NetSuite's answer, V(null) when there is none.
  returned: failure with RV(cause=token_refused) or RV(cause=no_token) or RV(cause=call_refused)
  type: str
  sample: INSUFFICIENT_PERMISSION
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: requests
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate_mapping_info import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
