# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: client_assertion
short_description: Sign a client assertion for NetSuite's token endpoint
version_added: 0.1.0
description:
  - Signs the JWT that asks NetSuite for an access token (RFC 7523, C(private_key_jwt)), and sends it nowhere.
  - It is for programs that request their tokens themselves, and for looking at what is sent. M(m2m.netsuite.access_token) signs its
    assertions by itself.
  - What NetSuite is known to refuse is an error before anything is signed, for example an RSA key of 2048 bits, an expired certificate, or a
    certificate of another key. What it may refuse is a warning.
  - Where the certificate is given, the signature is verified with it.
options:
  extra_claims:
    description:
      - Further claims of the assertion. V(iss), V(scope), V(aud), V(iat), V(exp) and V(jti) cannot be set here.
      - NetSuite documents none.
    type: dict
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
notes:
  - The HTTP options, O(timeout) to O(tls_client_key), have no effect. They are accepted so that C(module_defaults) can be set for the whole
    action group.
  - NetSuite takes an assertion as long as it lives. Set C(no_log=true) on the task, as in the example, to keep it out of Ansible's output.
  - Whether NetSuite takes the same assertion twice is not documented. Make a new one for each request.
seealso:
  - module: m2m.netsuite.access_token
  - name: The Request Token Structure
    description: Oracle's description of the assertion.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_162790605110.html
  - name: RFC 7523
    description: JWT Profile for OAuth 2.0 Client Authentication and Authorization Grants.
    link: https://www.rfc-editor.org/rfc/rfc7523
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Sign an assertion
  m2m.netsuite.client_assertion:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
    scope: [rest_webservices, restlets]
  no_log: true
  register: signed

- name: Sign with a vaulted key whose certificate is known by its id only
  m2m.netsuite.client_assertion:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_content: "{{ netsuite_account_private_key }}"
    certificate_id: "{{ netsuite_account_certificate_id }}"
    algorithm: PS512
    assertion_lifetime: 60
  no_log: true
  register: signed

- name: Show header and claims, which are not secret
  ansible.builtin.debug:
    msg: "{{ signed.header }} {{ signed.claims }}"
"""

RETURN = r"""
assertion:
  description: The assertion, a compact JWS. It is a credential.
  returned: success
  type: str
  sample: eyJ0eXAiOi...
header:
  description:
    - Its JOSE header. C(typ) is always V(JWT), C(alg) the algorithm of the signature, C(kid) the certificate id.
    - C(x5t#S256) is the certificate id, too. Of these two NetSuite documents C(kid) only; other servers read this one.
  returned: success
  type: dict
  sample:
    typ: JWT
    alg: PS256
    kid: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
    x5t#S256: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
claims:
  description: Its claims, those of O(extra_claims) included.
  returned: success
  type: dict
  sample:
    iss: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    scope: [rest_webservices]
    aud: https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token
    iat: 1795464000
    exp: 1795464300
    jti: 7b0d7a9e-3a44-4f0e-9d1a-5a1c3c2f9c55
expires_at:
  description: Until when it is valid, in UTC.
  returned: success
  type: str
  sample: "2026-11-23T20:05:00Z"
cause:
  description: Stable word for what went wrong, for example V(key_mismatch), V(expired), V(bad_algorithm) or V(application_id_as_client_id).
  returned: failure
  type: str
  sample: key_mismatch
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Use a key and certificate that were created together, auth-key.pem and its auth-cert.pem
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: PyJWT
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.client_assertion import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
