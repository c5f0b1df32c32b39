# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_result
short_description: Sum up where one NetSuite account stands
version_added: 0.1.0
description:
  - Makes one status and one next step out of what M(m2m.netsuite.account_credentials), M(m2m.netsuite.token_check) and
    M(m2m.netsuite.account_reconcile) returned for an account. Results of another account do not count.
  - The role C(m2m.netsuite.netsuite_account) ends with it. It reads and writes nothing.
options:
  role:
    description:
      - Internal id of the role that the certificate is to be mapped to.
    type: str
  entity:
    description:
      - Internal id of the entity that the certificate is to be mapped to.
    type: str
  role_name:
    description:
      - Name of the role, for the instruction in RV(next_step) where O(role) is not given.
    type: str
  entity_name:
    description:
      - Name of the entity, for the instruction in RV(next_step) where O(entity) is not given.
    type: str
  application:
    description:
      - Name of the integration record, for the instruction in RV(next_step).
    type: str
  scope:
    description:
      - Scopes that are asked for.
    type: list
    elements: str
    default: []
  credentials:
    description:
      - Result of M(m2m.netsuite.account_credentials).
    type: dict
  token_check:
    description:
      - Result of M(m2m.netsuite.token_check) for the active generation.
    type: dict
  reconciled:
    description:
      - Result of M(m2m.netsuite.account_reconcile), which counts instead of O(credentials) and O(token_check) where it has newer ones.
    type: dict
  overlap_days:
    description:
      - Days for which a replaced certificate remains valid. With V(0), as after a leak, it is a failure if one is not revoked at the end of the run.
    type: int
    default: 7
  failure:
    description:
      - Message of the task that ended the account's run.
    type: str
  asked:
    description:
      - Whether NetSuite was asked for a token. With V(false), RV(status) is what the credential file has on record.
    type: bool
    default: true
  read_only:
    description:
      - Whether the run would have changed nothing anyway, which leaves check mode nothing to predict.
    type: bool
    default: false
  require_active:
    description:
      - Whether to fail when RV(status) is not V(active), a replaced certificate should have been revoked, or one ends within a week although
        somebody may still use it. In check mode it does not fail for that, unless O(read_only=true).
    type: bool
    default: false
  fail:
    description:
      - Whether to fail when RV(status) is V(failed).
    type: bool
    default: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
  idempotent:
    support: full
extends_documentation_fragment:
  - m2m.netsuite.account.id
  - m2m.netsuite.attributes
seealso:
  - module: m2m.netsuite.account_credentials
  - module: m2m.netsuite.rollout_summary
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Sum up an account
  m2m.netsuite.account_result:
    account_id: 1234567_SB1
    role: "1000"
    entity: "12"
    credentials: "{{ credentials }}"
    token_check: "{{ check }}"
  register: netsuite_account_result
"""

RETURN = r"""
status:
  description:
    - V(active) when the credentials get tokens, V(awaiting_upload) when a person has to upload a certificate, V(rotating) when the next run
      continues a rotation, V(failed) when something is wrong.
  returned: always
  type: str
  sample: active
account:
  description: The account in NetSuite's own spelling.
  returned: always
  type: str
  sample: 1234567_SB1
certificate_id:
  description: Id of the active certificate, V(null) when it is not known.
  returned: always
  type: str
  sample: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
not_before:
  description: From when on it is valid, in UTC, V(null) when it is not known.
  returned: always
  type: str
  sample: "2026-11-23T20:00:00Z"
renew_from:
  description: From when on it is due for rotation, in UTC, V(null) when it is not known.
  returned: always
  type: str
  sample: "2028-10-23T20:00:00Z"
not_after:
  description: Until when it is valid, in UTC, V(null) when it is not known.
  returned: always
  type: str
  sample: "2028-11-22T20:00:00Z"
days_left:
  description: Whole days until then, V(null) when it is not known.
  returned: always
  type: int
  sample: 729
certificate_path:
  description: File with the newest certificate, for the upload page, V(null) where there is none.
  returned: always
  type: str
  sample: host_vars/acme/netsuite_credentials.auth-cert.pem
role:
  description: Internal id of the role that the token acts with, or else of the one that is asked for, V(null) when neither is known.
  returned: always
  type: str
  sample: "1000"
entity:
  description: Internal id of the entity that the token acts for, or else of the one that is asked for, V(null) when neither is known.
  returned: always
  type: str
  sample: "12"
role_name:
  description: Name of that role, V(null) when it is not known.
  returned: always
  type: str
  sample: Integration
entity_name:
  description: Name of that entity, V(null) when it is not known.
  returned: always
  type: str
  sample: Integration User
scope:
  description: Scopes of the token, or else those that are asked for.
  returned: always
  type: list
  elements: str
  sample: [rest_webservices]
mapping_state:
  description:
    - What is known of the certificate's mapping at NetSuite. V(active) when a token was granted. V(absent), V(revoked) or V(expired) when the
      list of mappings was read and says so. V(null) when it is not known.
  returned: always
  type: str
  sample: active
clock_skew:
  description: Seconds by which NetSuite's clock is ahead of this machine's, V(null) when no answer gave the time.
  returned: always
  type: int
  sample: 0
checks:
  description:
    - The checks of M(m2m.netsuite.token_check), and after them, where there is a credential file, V(files). That one fails when others than
      its owner can read the file and a private key in it is not encrypted.
  returned: always
  type: list
  elements: dict
  sample: []
unknown_certificates:
  description: RV(m2m.netsuite.token_check#module:unknown_certificates), empty where that was not looked for.
  returned: always
  type: list
  elements: dict
  sample: []
diagnosis:
  description: The diagnosis of M(m2m.netsuite.token_check).
  returned: always
  type: list
  elements: dict
  sample: []
generation:
  description: Number of the active generation, V(null) when the credentials are not in a credential file.
  returned: always
  type: int
  sample: 1
certificate:
  description: The active certificate, in PEM form, V(null) when it is not known.
  returned: always
  type: str
  sample: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
credential_document:
  description: The credential file's new text, V(null) when none was written, or Ansible Vault does not protect every private key in it.
  returned: always
  type: str
  sample: "---\nnetsuite_account_credentials:\n  format: 1\n"
pending:
  description: The certificate that is to replace the active one, V(null) when no rotation is under way.
  returned: always
  type: dict
  contains:
    certificate_id:
      description: Its id.
      type: str
    not_before:
      description: From when on it is valid, in UTC.
      type: str
    not_after:
      description: Until when it is valid, in UTC.
      type: str
  sample:
    certificate_id: Jz3rGtgrJL8r88TapOUYlJ3MENasXdBlGqMa8s1Eke4
    not_before: "2028-11-01T20:00:00Z"
    not_after: "2030-10-31T20:00:00Z"
upload:
  description: With RV(status=awaiting_upload), what is to be uploaded, otherwise V(null).
  returned: always
  type: dict
  contains:
    page:
      description: Address of the page in NetSuite.
      type: str
    role:
      description: Internal id of the role to select, V(null) when it is not known.
      type: str
    entity:
      description: Internal id of the entity to select, V(null) when it is not known.
      type: str
    role_name:
      description: Name of the role to select, V(null) when it is not known.
      type: str
    entity_name:
      description: Name of the entity to select, V(null) when it is not known.
      type: str
    application:
      description: Name of the integration record to select, V(null) when it is not known.
      type: str
    certificate_id:
      description: Id that NetSuite must show then, V(null) when it is not known.
      type: str
    certificate:
      description: The certificate, in PEM form, V(null) when it is not known.
      type: str
  sample:
    page: https://1234567-sb1.app.netsuite.com/app/oauth2/clientcredentials/setup.nl
    role: "1000"
    entity: "12"
    role_name: Integration
    entity_name: Integration User
    application: Patchworks
    certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
    certificate: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
retiring:
  description: Certificates that are replaced and not revoked yet.
  returned: always
  type: list
  elements: dict
  contains:
    certificate_id:
      description: Its id.
      type: str
    not_after:
      description: Until when it is valid, in UTC.
      type: str
    days_left:
      description: Whole days until then, negative once it has expired.
      type: int
    replaced:
      description: When it was replaced, in UTC.
      type: str
    revoke_after:
      description: When its revocation is due, in UTC, V(null) as long as somebody has to confirm before.
      type: str
    due:
      description: Whether that time has come.
      type: bool
    over:
      description: Whether it has expired by itself.
      type: bool
    overdue:
      description: Whether it should have been revoked by now. After a confirmation, the next run has as many days for it as the overlap.
      type: bool
    waits_for:
      description: The consumers that may still use it.
      type: list
      elements: dict
      contains:
        name:
          description: Its name.
          type: str
        description:
          description: What messages call it.
          type: str
        told_on:
          description: When it was told to use the active certificate, in UTC, V(null) if it was not.
          type: str
        reads_store:
          description: Whether it reads each new pair from a secret store by itself.
          type: bool
    last_call:
      description: Whether it ends within a week, or has ended, and somebody has yet to confirm that nobody uses it.
      type: bool
    status:
      description: V(waiting) during its overlap and while somebody may still use it, V(due), or V(failed) when this run could not revoke it.
      type: str
    detail:
      description: What it waits for, in a sentence.
      type: str
  sample: []
steps:
  description: The steps that M(m2m.netsuite.account_reconcile) took.
  returned: always
  type: list
  elements: dict
  sample: []
next_step:
  description: What a person has to do next, in a sentence or a few.
  returned: always
  type: str
  sample: Nothing to do.
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_result import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
