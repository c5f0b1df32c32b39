# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate_mapping
short_description: Map a certificate to a role and an entity in NetSuite, or revoke it
version_added: 0.1.0
description:
  - Uploads a certificate to an integration record, or revokes one, through Oracle's certificate rotation API.
  - The certificate's id is known before the upload. A certificate that is already mapped to the same role and entity is left alone.
  - NetSuite takes five active certificates per integration record. They are counted before an upload.
  - The first certificate of an integration cannot be mapped with a token of its own. Map it in NetSuite's UI, or give the token of a browser
    login (authorization code) as O(access_token).
options:
  role:
    description:
      - Internal id of the role that tokens are to act with. Required with O(state=present).
      - It may be another one than that of the token that maps it.
    type: str
  entity:
    description:
      - Internal id of the entity, for example an employee, that tokens are to act for. Required with O(state=present).
      - Oracle's example maps for the entity of the token. Whether others can be named is not documented.
    type: str
  access_token:
    description:
      - A token to map with, instead of one that is requested here. O(client_id) is required all the same.
    type: str
  signing_certificate_id:
    description:
      - Certificate ID of the certificate that belongs to the private key, where O(certificate_path) or O(certificate_content) is another
        one's.
    type: str
  certificates_url:
    description:
      - Replaces scheme and host of the certificate rotation API alone. O(base_url) replaces them for all services.
      - By default it is C(https://<account>.restlets.api.netsuite.com), the host in Oracle's pages. Whether others answer is not documented.
    type: str
  state:
    description:
      - V(present) makes sure that the certificate is mapped and active.
      - V(revoked) makes sure that it is revoked. This cannot be undone. A certificate that NetSuite does not list is an error.
    type: str
    choices: [present, revoked]
    default: present
  client_id:
    description:
      - Client ID (consumer key) of the integration record whose certificates are meant, and the claim C(iss) of an assertion. NetSuite shows
        it once, when the record is saved or its credentials are reset.
      - Required. Every Client ID seen so far has 64 hexadecimal characters. The Application ID of the same record, a GUID, is refused.
  private_key_path:
    description:
      - Path of the private key that signs the assertion, in PEM form, as PKCS#8 or in the traditional form of OpenSSL. Its certificate has to
        be mapped already.
      - A file encrypted with Ansible Vault is opened where the operation runs on the controller.
      - Mutually exclusive with O(private_key_content).
  certificate_path:
    description:
      - Path of the certificate to map or to revoke, in PEM form.
      - It need not be the certificate of the private key, see O(signing_certificate_id).
      - Mutually exclusive with O(certificate_content).
  certificate_content:
    description:
      - The certificate to map or to revoke, in PEM form.
  certificate_id:
    description:
      - With O(state=revoked), the id of the certificate to revoke. It is computed from the certificate when it is not given.
      - With O(state=present), the id under which NetSuite lists the certificate, where that is not the computed one.
  credentials_path:
    description:
      - Path of a credential file, as the role C(m2m.netsuite.netsuite_account) keeps it.
      - Its active pair signs the assertion. O(generation) says whose certificate is mapped or revoked.
      - Mutually exclusive with O(private_key_path), O(private_key_content), O(certificate_path) and O(certificate_content).
extends_documentation_fragment:
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.client
  - m2m.netsuite.client.pair
  - m2m.netsuite.http_options
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
  - m2m.netsuite.attributes.actiongroup_netsuite
attributes:
  check_mode:
    details:
      - It gets a token and reads the list, and uploads and revokes nothing. NetSuite may shorten the validity that is predicted.
  diff_mode:
    support: full
  idempotent:
    support: full
notes:
  - The token needs the scope V(rest_webservices), and its role the permission Manage own OAuth 2.0 Client Credentials certificates.
  - Whether revoking a certificate ends the tokens that it brought is not documented. Count on up to 60 minutes.
  - A sandbox refresh removes the sandbox's mappings.
seealso:
  - module: m2m.netsuite.certificate
  - module: m2m.netsuite.certificate_mapping_info
  - name: Certificate rotation endpoint
    description: Oracle's description of the API.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/article_92130837826.html
  - name: OAuth 2.0 Client Credentials Setup
    description: Oracle's description of limits and life cycle, and of the way through the UI.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162686838198.html
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Map the first certificate with the token of a browser login
  m2m.netsuite.certificate_mapping:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    access_token: "{{ netsuite_account_bootstrap_token }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
    role: "1001"
    entity: "12"

- name: Map a new certificate, signing with the key of the present one
  m2m.netsuite.certificate_mapping:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    signing_certificate_id: "{{ netsuite_account_certificate_id }}"
    certificate_path: "{{ playbook_dir }}/new/auth-cert.pem"
    role: "1001"
    entity: "12"
  register: new

- name: Revoke it again
  m2m.netsuite.certificate_mapping:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_content: "{{ netsuite_account_private_key }}"
    certificate_content: "{{ netsuite_account_certificate }}"
    certificate_id: "{{ new.mapping.certificate_id }}"
    state: revoked
"""

RETURN = r"""
mapping:
  description: The mapping as it is, or in check mode would be.
  returned: success
  type: dict
  sample:
    certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
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
      description: Whether it is revoked.
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
    - How many of the integration's certificates are neither revoked nor expired, this one included.
    - NetSuite takes five. It counts those that the token's role cannot see too.
  returned: success
  type: int
  sample: 2
cause:
  description: Stable word for what went wrong, for example V(five_active_certificates), V(mapped_elsewhere), V(unknown_certificate) or V(call_refused).
  returned: failure
  type: str
  sample: five_active_certificates
fix:
  description: What to do about it. Empty when the message says it all.
  returned: failure
  type: str
  sample: Revoke one that is not in use
revocable:
  description: The active mappings, the one that ends first at the front.
  returned: failure with RV(cause=five_active_certificates)
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
      description: Certificate ID.
      type: str
    role:
      description: Internal id of the role, V(null) when NetSuite does not say.
      type: str
    entity:
      description: Internal id of the entity, V(null) when NetSuite does not say.
      type: str
    valid_from:
      description: First day, V(null) when NetSuite does not say.
      type: str
    valid_until:
      description: Last day, V(null) when NetSuite does not say.
      type: str
    revoked:
      description: Always V(false).
      type: bool
    algorithm:
      description: Kind of the key, V(RSA) or V(EC), V(null) when NetSuite does not say.
      type: str
    role_name:
      description: Name of the role, V(null) when NetSuite does not say.
      type: str
    entity_name:
      description: Name of the entity, V(null) when NetSuite does not say.
      type: str
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
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate_mapping import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
