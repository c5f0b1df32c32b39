# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: contact
short_description: Find out what an account answers to the questions that Oracle's pages leave open
version_added: 1.0.0
description:
  - Asks an account some fifty questions, one request each, and writes two files. C(contact.yml) tells what came back, with placeholders in
    place of names and ids. C(simulator.yml) holds the settings that make the simulator of this collection answer in the same way.
  - It only reads. It sends GET requests and requests for tokens, and nothing to the addresses that upload or revoke a certificate. Most
    requests for tokens are false in one respect, for example the audience, so that the answer tells how NetSuite refuses it.
  - Each request for a token makes an entry in the account's Login Audit Trail, and nothing else that is documented. Whether many refused ones
    in a row have consequences is not documented. A sandbox is the place to ask.
  - Nothing is sent to anybody but NetSuite. Whether C(contact.yml) is given to the maintainers of this collection is for a person to decide,
    who has looked it over.
options:
  path:
    description:
      - Folder of the two files. If it is missing, it is created.
      - A relative path starts where Ansible was started.
    type: path
    default: netsuite-contact
  certificates_url:
    description:
      - Replaces scheme and host of the certificate rotation API alone. O(base_url) replaces them for all services.
      - By default it is C(https://<account>.restlets.api.netsuite.com), the host in Oracle's pages. Whether others answer is one of the questions.
    type: str
  client_id:
    description:
      - Client ID (consumer key) of the integration record.
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
  - m2m.netsuite.attributes.actiongroup_netsuite
attributes:
  check_mode:
    support: partial
    details:
      - It names the requests and sends none, so it cannot know whether the files would say anything new. It reports a change.
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - A second run on the same day reports no change as long as the account answers in the same way. The report names its day.
notes:
  - The pair has to be mapped already, because the questions begin with a token. M(m2m.netsuite.token_check) says what is wrong where there is
    none.
  - O(scope), O(assertion_lifetime) and O(audience) have no effect on the questions but the first.
seealso:
  - module: m2m.netsuite.token_check
  - module: m2m.netsuite.certificate_mapping_info
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Name the requests
  m2m.netsuite.contact:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
  check_mode: true

- name: Send them, with the pair of a credential file
  m2m.netsuite.contact:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    credentials_path: "{{ inventory_dir }}/host_vars/acme_sb1/netsuite_credentials.yml"
    path: "netsuite-contact/{{ inventory_hostname }}"
"""

RETURN = r"""
requests:
  description: The requests, in their order. Those that earlier answers make needless are not sent.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the question in the report.
      type: str
    question:
      description: What it finds out.
      type: str
    request:
      description: What is sent.
      type: str
  sample:
    - name: kid_missing
      question: How is a missing kid refused?
      request: POST token, with an assertion without kid
files:
  description: Paths of the two files.
  returned: success
  type: list
  elements: str
  sample: [netsuite-contact/contact.yml, netsuite-contact/simulator.yml]
settings:
  description: The settings for the simulator, as they stand in C(simulator.yml). V(null) in check mode.
  returned: success
  type: dict
  sample:
    preset: observed
    expires_in_type: number
complete:
  description: Whether the account gave an answer to all that was asked. V(null) in check mode.
  returned: success
  type: bool
  sample: true
cause:
  description: Stable word for what went wrong, for example V(token_refused), V(client_id_missing) or V(timeout).
  returned: failure
  type: str
  sample: token_refused
fix:
  description: What to do about it. Empty when the message says it all.
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
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.contact import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
