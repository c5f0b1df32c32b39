# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_reconcile
short_description: Map, prove, promote and retire the certificates of one NetSuite account
version_added: 1.0.0
description:
  - Brings the credentials that M(m2m.netsuite.account_credentials) keeps and the mappings at NetSuite together. It takes one step after the
    other, and puts each into the credential file before the next one, so a run that is killed is continued by the next.
  - V(map) uploads a certificate, V(prove) gets a token with it and makes a call, V(promote) puts the proven pair into use, and V(retire) revokes
    the replaced certificate after its overlap.
  - A step that fails is returned as such. Credentials that work keep working.
options:
  credentials_path:
    description:
      - Path of the credential file. Without one, the pair in O(private_key_content) and O(certificate_content) is mapped and nothing is noted.
    type: path
  credentials_content:
    description:
      - What a credential file holds, where it comes as a variable; see M(m2m.netsuite.token_check). It counts as long as there is no file at
        O(credentials_path).
    type: json
  client_id:
    description:
      - Client ID (consumer key) of the integration record.
    type: str
  private_key_content:
    description:
      - The private key in PEM form, where there is no credential file.
    type: str
  private_key_passphrase:
    description:
      - Passphrase of the private keys.
    type: str
  certificate_content:
    description:
      - The certificate of O(private_key_content), in PEM form.
    type: str
  certificate_id:
    description:
      - The certificate id that NetSuite shows for O(private_key_content).
    type: str
  role:
    description:
      - Internal id of the role to map to. The default is the role in O(token_check).
    type: str
  entity:
    description:
      - Internal id of the entity to map to. The default is the entity in O(token_check).
    type: str
  role_name:
    description:
      - Name of the role to map to, where O(role) is not given. SuiteQL is asked for its internal id before anything is mapped, see the check
        V(names) of M(m2m.netsuite.token_check). A name that no role or several roles have is refused.
      - Where NetSuite does not tell names to the present token, the role in O(token_check) stays.
    type: str
  entity_name:
    description:
      - Name of the entity to map to, where O(entity) is not given, as O(role_name).
    type: str
  bootstrap_token:
    description:
      - An access token with the scope V(rest_webservices) of a role that may manage certificates, for example from a browser login. It maps a
        certificate where no mapped pair may do so, and is never stored.
    type: str
  login:
    description:
      - Whether a person at the terminal is asked for consent, where a certificate has to be uploaded and no token at hand may upload it. The
        playbook C(m2m.netsuite.login) sets it.
      - This is OAuth 2.0's authorization code with PKCE. The integration record needs the box C(Authorization Code Grant) and
        O(login_redirect_uri). The token that comes of it serves the upload, and is neither shown nor stored. It has not been tried on a live
        account.
      - Where there is no terminal, as in AWX, the run fails and says how to upload by hand.
    type: bool
    default: false
  login_redirect_uri:
    description:
      - The redirect URI of the integration record, to the letter. It begins with C(https://) or a custom scheme, because NetSuite refuses
        C(http://).
    type: str
    default: https://localhost:8765/
  login_answer:
    description:
      - How the answer comes back. With V(paste) the person copies the address on which the browser ends, which works over SSH, too.
      - With V(listener) the run listens on the port of O(login_redirect_uri), which must be an address of this machine such as the default, with
        a certificate that is made for it.
    type: str
    choices: [paste, listener]
    default: paste
  login_client_secret:
    description:
      - Client secret of the integration record. A record with the box C(Public Client) needs none.
    type: str
  login_scope:
    description:
      - Scopes that the person is asked for. The upload needs V(rest_webservices).
    type: list
    elements: str
    default: [rest_webservices]
  login_timeout:
    description:
      - Seconds that the person has, at most 3600.
    type: int
    default: 300
  login_url:
    description:
      - Replaces C(https://<account>.app.netsuite.com) for the page on which the person gives consent, and O(base_url) as well.
    type: str
  token_check:
    description:
      - Result of M(m2m.netsuite.token_check) for the active pair.
    type: dict
  forget:
    description:
      - Ids of replaced certificates that are forgotten when NetSuite does not show them. Others stay until NetSuite lists them as revoked, or
        they have expired.
    type: list
    elements: str
    default: []
  overlap_days:
    description:
      - Days between the replacement of a certificate and its revocation.
    type: int
    default: 7
  algorithm:
    description:
      - JWS algorithm that signs assertions, see M(m2m.netsuite.token_check).
    type: str
    default: auto
  scope:
    description:
      - Scopes to ask for. The certificate API needs V(rest_webservices).
    type: list
    elements: str
    default: [rest_webservices]
  assertion_lifetime:
    description:
      - Seconds between C(iat) and C(exp) of the assertions.
    type: int
    default: 300
  audience:
    description:
      - Claim C(aud) of the assertions. The default is the URL of the token endpoint in use.
    type: str
  extra_claims:
    description:
      - Further claims of the assertions.
    type: dict
  checks:
    description:
      - What a pair has to pass as proof, out of V(claims), V(signature) and V(probe).
    type: list
    elements: str
    default: [claims, signature, probe]
  expected_role:
    description:
      - Internal id of the role that tokens must act with.
    type: str
  expected_entity:
    description:
      - Internal id of the entity that tokens must act for.
    type: str
  expected_role_name:
    description:
      - Name of the role that tokens must act with, where O(expected_role) is not given and NetSuite tells it.
    type: str
  expected_entity_name:
    description:
      - Name of the entity that tokens must act for, where O(expected_entity) is not given and NetSuite tells it.
    type: str
  certificates_url:
    description:
      - Replaces C(https://<account>.restlets.api.netsuite.com) for the certificate API, and O(base_url) as well.
    type: str
  encryption:
    description:
      - See M(m2m.netsuite.account_credentials).
    type: str
    choices: [value, file]
    default: value
  vault_id:
    description:
      - Vault id whose secret encrypts a new key.
    type: str
  allow_plaintext_key:
    description:
      - Whether a new private key may be written without encryption when the run has no vault secret.
    type: bool
    default: false
  file_is_remote:
    description:
      - See M(m2m.netsuite.account_credentials).
    type: bool
    default: false
    aliases: [kept_elsewhere]
  rotate:
    description:
      - In check mode, whether to predict the steps of a run that begins a rotation.
    type: bool
    default: false
extends_documentation_fragment:
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.http_options
  - m2m.netsuite.new_pair
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.consumers
  - m2m.netsuite.attributes
attributes:
  check_mode:
    support: full
    details:
      - It gets tokens and reads the list of mappings. Steps that follow from one that is only predicted are predicted as well.
  diff_mode:
    support: full
    details:
      - Shows the steps.
  idempotent:
    support: full
requirements:
  - cryptography >= 43.0
  - PyJWT >= 2.8
  - requests >= 2.31
  - PyYAML >= 6.0.1
seealso:
  - module: m2m.netsuite.account_credentials
  - module: m2m.netsuite.certificate_mapping
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Finish a rotation
  m2m.netsuite.account_reconcile:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    credentials_path: "{{ inventory_dir }}/host_vars/{{ inventory_hostname }}/netsuite_credentials.yml"
    role: "1001"
    entity: "12"
    token_check: "{{ check }}"
"""

RETURN = r"""
account:
  description: The account in NetSuite's own spelling.
  returned: success
  type: str
  sample: 1234567_SB1
steps:
  description: The steps of this run, in order.
  returned: success
  type: list
  elements: dict
  contains:
    step:
      description: V(map), V(prove), V(promote) or V(retire).
      type: str
    certificate_id:
      description: The certificate that it is about, V(null) in check mode where it is not made yet.
      type: str
    status:
      description: V(done), V(ok) when it was so already, V(planned) in check mode, or V(failed).
      type: str
    detail:
      description: What came of it.
      type: str
    cause:
      description: Stable word for what went wrong, V(null) when nothing did.
      type: str
    http_status:
      description: HTTP status of a refusal, V(null) without one.
      type: int
  sample:
    - step: promote
      certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
      status: done
      detail: the new pair is in use; the replaced one retires
      cause: null
      http_status: null
token_check:
  description: The last result of M(m2m.netsuite.token_check) for the active pair.
  returned: success
  type: dict
  sample: {}
credentials:
  description: The credentials at the end, as M(m2m.netsuite.account_credentials) returns them, V(null) without a credential file.
  returned: success
  type: dict
  sample: {}
credential_document:
  description: The credential file's new text, V(null) when none was written, or Ansible Vault does not protect every private key in it.
  returned: success
  type: str
  sample: "---\nnetsuite_account_credentials:\n  format: 1\n"
cause:
  description: Stable word for what went wrong.
  returned: failure
  type: str
  sample: foreign_file
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Restore it from version control
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: cryptography
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_reconcile import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
