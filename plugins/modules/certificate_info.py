# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_info
short_description: Read a certificate and check it against NetSuite's rules
version_added: 0.1.0
description:
  - Returns the facts of an X.509 certificate, among them the id that NetSuite will show for it, and the rules of NetSuite's OAuth 2.0 client
    credentials (M2M) flow that it breaks.
  - With a private key it also says whether the two belong together. O(certificate_id), O(client_id), O(account_id), O(base_url), O(algorithm)
    and O(scope) are checked where they are given.
  - It sends no requests. M(m2m.netsuite.certificate_mapping_info) shows whether the certificate is mapped.
options:
  certificate_path:
    description:
      - Path of the X.509 certificate, in PEM form.
      - Exactly one of O(certificate_path) and O(certificate_content) is required.
  certificate_id:
    description:
      - Certificate ID, as NetSuite shows it, to be compared with the certificate's own.
      - NetSuite's is the base64url form, without padding, of the SHA-256 of the certificate's DER bytes (RFC 7515 C(x5t#S256)). Oracle does
        not document this. The rule was found on Oracle's published example.
  client_id:
    description:
      - Client ID (consumer key) of the integration record, to be checked for its form, which is 64 hexadecimal characters.
      - The Application ID of the same record, a GUID, is the usual mistake.
  account_id:
    description:
      - The NetSuite account, to be checked for its form, in any of its spellings. Its addresses are returned.
    type: str
  base_url:
    description:
      - What replaces the account's own addresses, to be checked for its form.
      - It is looked at together with O(account_id) only.
    type: str
  algorithm:
    description:
      - JWS algorithm, to be checked against the certificate's key. V(auto) fits every key.
    type: str
    default: auto
  scope:
    description:
      - Scopes, to be checked against V(rest_webservices), V(restlets) and V(suite_analytics).
    type: list
    elements: str
    default: [rest_webservices]
extends_documentation_fragment:
  - m2m.netsuite.client.pair
  - m2m.netsuite.attributes
  - m2m.netsuite.attributes.info
seealso:
  - module: m2m.netsuite.certificate
  - module: m2m.netsuite.certificate_mapping_info
  - name: OAuth 2.0 Client Credentials Setup
    description: Oracle's rules for keys and certificates.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_162755332391.html
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Read the certificate
  m2m.netsuite.certificate_info:
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
  register: certificate

- name: Stop a month before it ends
  ansible.builtin.assert:
    that: certificate.days_left > 30
    fail_msg: The certificate {{ certificate.certificate_id }} ends on {{ certificate.not_after }}.

- name: Check key, certificate and ids before anything is sent
  m2m.netsuite.certificate_info:
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
    certificate_id: "{{ netsuite_account_certificate_id }}"
    client_id: "{{ netsuite_account_client_id }}"
    account_id: 1234567_SB1
    scope: [rest_webservices, restlets]
  register: pair
  failed_when: not pair.valid
"""

RETURN = r"""
valid:
  description: Whether RV(problems) is empty.
  returned: success
  type: bool
  sample: true
problems:
  description: Rules that are broken. Some of them NetSuite tolerates, such as a validity of more than two years, which it shortens.
  returned: success
  type: list
  elements: dict
  sample:
    - rule: expired
      detail: the certificate expired on 2026-11-22T20:00:00Z
      fix: Renew it with m2m.netsuite.certificate and map the new certificate in NetSuite
  contains:
    rule:
      description:
        - Stable word for the rule.
        - One of V(key_kind), V(key_marking), V(key_mismatch), V(not_yet_valid), V(expired), V(validity_too_long),
          V(shortened_validity_over), V(id_begins_with_hyphen), V(certificate_id), V(client_id), V(account_id), V(base_url), V(algorithm)
          and V(scope).
      type: str
    detail:
      description: What breaks it.
      type: str
    fix:
      description: What to do about it.
      type: str
account:
  description: The account, as NetSuite spells it in tokens, V(null) when O(account_id) is not given or not good.
  returned: success
  type: str
  sample: 1234567_SB1
environment:
  description: V(production), V(sandbox), V(release_preview) or V(test_drive), as the account id says, or V(null).
  returned: success
  type: str
  sample: sandbox
endpoints:
  description: The account's addresses, V(null) when they are not known.
  returned: success
  type: dict
  sample:
    token: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token
    key_set: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/keys
    suitetalk: https://1234567-sb1.suitetalk.api.netsuite.com
    restlets: https://1234567-sb1.restlets.api.netsuite.com
  contains:
    token:
      description: Token endpoint, which is the audience of assertions too.
      type: str
    key_set:
      description: JWK Set with NetSuite's signing keys.
      type: str
    suitetalk:
      description: Base of the REST services.
      type: str
    restlets:
      description: Base of RESTlets and of the certificate API.
      type: str
certificate:
  description: The certificate, in PEM form.
  returned: success
  type: str
  sample: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
certificate_id:
  description: The id that NetSuite will show for it, which is the C(kid) of assertions (RFC 7515 C(x5t#S256)).
  returned: success
  type: str
  sample: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
key_type:
  description: V(RSA) or V(EC). For a key of another kind, which NetSuite does not take, its name.
  returned: success
  type: str
  sample: EC
key_size:
  description: Bits of the key, V(0) for a key of another kind than RSA and EC.
  returned: success
  type: int
  sample: 256
curve:
  description: Curve of an EC key, V(null) for others.
  returned: success
  type: str
  sample: secp256r1
subject:
  description: Subject of the certificate (RFC 4514).
  returned: success
  type: str
  sample: CN=netsuite-m2m
not_before:
  description: From when on it is valid, in UTC.
  returned: success
  type: str
  sample: "2026-11-23T20:00:00Z"
not_after:
  description: Until when it is valid, in UTC.
  returned: success
  type: str
  sample: "2028-11-22T20:00:00Z"
days_left:
  description: Whole days until then, negative once the certificate has expired.
  returned: success
  type: int
  sample: 729
cause:
  description: Stable word for what went wrong, for example V(missing_file), V(unreadable_pem), V(wrong_pem) or V(wrong_passphrase).
  returned: failure
  type: str
  sample: wrong_pem
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Check that private key and certificate were not swapped
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: cryptography
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate_info import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
