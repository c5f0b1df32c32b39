# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rollout_summary
short_description: Sum up where many NetSuite accounts stand
version_added: 0.1.0
description:
  - Counts accounts by status, and lists the next step for each account that needs attention.
  - On a local connection, and without O(results), it collects the fact C(netsuite_account_result) of the play's hosts by itself, and shows
    the summary on the screen, where the callback on standard output is Ansible's own or made from it. Others, which may print JSON, find it in
    the result. Run it with C(run_once).
options:
  results:
    description:
      - By inventory host, the result of M(m2m.netsuite.account_result).
    type: dict
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
  idempotent:
    support: full
extends_documentation_fragment:
  - m2m.netsuite.attributes
seealso:
  - module: m2m.netsuite.account_result
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Sum up the accounts of this play
  m2m.netsuite.rollout_summary:
  run_once: true

- name: Fail for an account that is not in order
  ansible.builtin.fail:
    msg: "{{ netsuite_account_result.next_step }}"
  when: netsuite_account_result.failed or netsuite_account_result.status == 'failed'
"""

RETURN = r"""
counts:
  description: How many accounts stand where.
  returned: always
  type: dict
  contains:
    active:
      description: Number of accounts whose credentials get tokens.
      type: int
    awaiting_upload:
      description: Number of accounts for which a person has to upload a certificate.
      type: int
    rotating:
      description: Number of accounts with a rotation that the next run continues.
      type: int
    failed:
      description: Number of accounts with which something is wrong.
      type: int
  sample: {active: 50, awaiting_upload: 50, rotating: 0, failed: 0}
summary:
  description: The same for people, line by line.
  returned: always
  type: list
  elements: str
  sample:
    - "NetSuite accounts: 100. 50 active, 50 awaiting upload."
changed_accounts:
  description: The accounts whose credentials, or whose mappings at NetSuite, the run has changed. Empty in check mode.
  returned: always
  type: list
  elements: dict
  contains: &account
    host:
      description: Inventory name of the account.
      type: str
    account:
      description: The account in NetSuite's own spelling. Null when it is not known.
      type: str
    status:
      description: Where the account stands.
      type: str
    certificate_id:
      description: Id of the active certificate. Null when it is not known.
      type: str
    not_after:
      description: End of the active certificate. Null when it is not known.
      type: str
    next_step:
      description: What is to be done, a sentence.
      type: str
    done:
      description: What was done, V(keep) for a credential file that was written, and the steps V(map), V(promote) and V(retire).
      type: list
      elements: str
  sample:
    - host: acme
      account: "1234567"
      status: active
      certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTec0mE
      not_after: "2028-11-23T20:00:00Z"
      next_step: Nothing to do.
      done: [keep, map, promote]
needs_person:
  description: The accounts whose next step a person has to take.
  returned: always
  type: list
  elements: dict
  contains: *account
  sample: []
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.rollout_summary import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
