# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_adopt
short_description: Take over a key pair that was made and mapped by hand
version_added: 1.0.0
description:
  - Reads a private key and its certificate as other programs keep them, proves with an access token that NetSuite knows them, and puts them into the
    account's store as generation 1. From there on, the other modules renew, rotate and revoke.
  - Nothing is stored unless a token was granted and the checks passed. Nothing is changed at NetSuite.
  - A store that holds the same pair is left as it is, and the pair in it is checked. One that holds another pair is never overwritten.
options:
  files:
    description:
      - Files that hold the pair, in any order. A private key and a certificate may be in two files or in one, with the certificates of a chain around
        them.
      - PEM, DER and PKCS#12 are read, and any text with PEM in it, such as JSON with both as values. Files that Ansible Vault encrypts are opened.
      - Without it, O(private_key_content) and O(certificate_content) are adopted.
    type: list
    elements: path
    default: []
  passphrase:
    description:
      - Opens an encrypted private key or a PKCS#12 store. The default is O(private_key_passphrase).
    type: str
  client_id:
    description:
      - Client ID (consumer key) of the integration record.
    type: str
  environment:
    description:
      - What kind of account it is meant to be. The module fails when the account id says otherwise, before anything is done.
    type: str
    choices: [production, sandbox, release_preview, test_drive]
  credentials_path:
    description:
      - Path of the credential file that is to hold the pair. Its folder is created if it is missing.
    type: path
  credentials_content:
    description:
      - What a credential file holds, where it comes as a variable; see M(m2m.netsuite.token_check). It is adopted when nothing else is given.
    type: json
  private_key_content:
    description:
      - The private key, in PEM form, or a text with the whole pair.
    type: str
  private_key_passphrase:
    description:
      - Passphrase of the private key. In the store the key is encrypted with it as well.
    type: str
  certificate_id:
    description:
      - The certificate id that NetSuite shows. It is computed from the certificate when it is not given.
    type: str
  file_is_remote:
    description:
      - Whether O(credentials_content) comes out of a credential file that is not on this machine. Then it is not adopted here.
    type: bool
    default: false
    aliases: [kept_elsewhere]
  renew_before_days:
    description:
      - From how many days before its end on the certificate is said to be due for rotation.
    type: int
    default: 30
  overlap_days:
    description:
      - Days between the replacement of a certificate and the moment at which its revocation is due.
    type: int
    default: 7
  algorithm:
    description:
      - Signature algorithm of the assertion; V(auto) follows the key.
    type: str
    default: auto
  scope:
    description:
      - Scopes to ask for, out of V(rest_webservices), V(restlets) and V(suite_analytics).
    type: list
    elements: str
    default: [rest_webservices]
  assertion_lifetime:
    description:
      - Lifetime of the assertion in seconds.
    type: int
    default: 300
  audience:
    description:
      - Audience of the assertion; the account's token endpoint when not given.
    type: str
  extra_claims:
    description:
      - Further claims of the assertion. V(iss), V(scope), V(aud), V(iat), V(exp) and V(jti) cannot be set here.
      - NetSuite documents none. RFC 7523 asks for V(sub) beside V(iss), so other authorization servers may want it.
    type: dict
  checks:
    description:
      - What to check of the token; see M(m2m.netsuite.token_check).
    type: list
    elements: str
    default: [claims, signature, probe]
attributes:
  check_mode:
    support: full
    details:
      - It gets a token in check mode too, and stores nothing.
  diff_mode:
    support: full
    details:
      - Shows numbers, ids and dates, never a key.
  idempotent:
    support: full
requirements:
  - cryptography >= 43.0
  - PyJWT >= 2.8
  - PyYAML >= 6.0.1
  - requests >= 2.31
extends_documentation_fragment:
  - m2m.netsuite.kept
  - m2m.netsuite.token_checks
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.http_options
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.consumers
  - m2m.netsuite.attributes
seealso:
  - module: m2m.netsuite.account_credentials
  - module: m2m.netsuite.token_check
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Take over the files of the openssl command
  m2m.netsuite.account_adopt:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    files:
      - "{{ playbook_dir }}/auth-key.pem"
      - "{{ playbook_dir }}/auth-cert.pem"
    passphrase: "{{ netsuite_adopt_passphrase }}"
    credentials_path: "{{ inventory_dir }}/host_vars/acme_sb1/netsuite_credentials.yml"

- name: Take over a PKCS#12 store
  m2m.netsuite.account_adopt:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    files: "{{ playbook_dir }}/netsuite.p12"
    passphrase: "{{ netsuite_adopt_passphrase }}"
    credentials_path: "{{ inventory_dir }}/host_vars/acme_sb1/netsuite_credentials.yml"
"""

RETURN = r"""
reason:
  description: V(adopted) where the pair was taken over, or would be in check mode, V(null) when nothing changed.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: adopted
token_check:
  description: The checks, as M(m2m.netsuite.token_check) returns them.
  returned: when the checks were carried out, whatever their outcome
  type: dict
  sample:
    valid: true
    role: "1001"
    entity: "12"
account:
  description: The account in NetSuite's own spelling.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: 1234567_SB1
credentials:
  description: The credentials at the end, as M(m2m.netsuite.account_credentials) returns them; in check mode as they would be.
  returned: when the checks were carried out, whatever their outcome
  type: dict
  sample:
    generation: 1
    certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
credential_document:
  description: The credential file's new text, V(null) when none was written, or Ansible Vault does not protect every private key in it.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: "---\nnetsuite_account_credentials:\n  format: 1\n"
cause:
  description: Stable word for what went wrong, for example V(key_mismatch), V(already_kept) or V(certificate_not_mapped).
  returned: failure
  type: str
  sample: key_mismatch
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Give a key and a certificate that were created together
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: cryptography
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_adopt import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
