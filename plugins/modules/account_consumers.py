# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_consumers
short_description: Note which certificate the consumers of one NetSuite account were told to use, and use
version_added: 1.0.0
description:
  - Notes in the credentials that M(m2m.netsuite.account_credentials) keeps that consumers were told to use the active certificate, or that
    somebody has confirmed that they use it. A replaced certificate stays until everybody is confirmed to use another one.
  - It asks NetSuite nothing. NetSuite does not say who uses which certificate.
options:
  state:
    description:
      - V(told) notes that the consumers were told to use the active certificate. Those that read a store were told by it.
      - V(confirmed) notes that they use it. It fails where there is no credential file or secret to note it in, unless the pair came in variables and has
        replaced none.
      - What is noted already keeps its date.
    type: str
    choices: [told, confirmed]
    required: true
  names:
    description:
      - Which consumers it is about. The default is all.
    type: list
    elements: str
    default: []
  file_is_remote:
    description:
      - See M(m2m.netsuite.account_credentials).
    type: bool
    default: false
    aliases: [kept_elsewhere]
  overlap_days:
    description:
      - Days after which those that read a store count as confirmed.
    type: int
    default: 7
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows names, certificate ids and dates.
  idempotent:
    support: full
requirements:
  - cryptography >= 43.0
  - PyYAML >= 6.0.1
extends_documentation_fragment:
  - m2m.netsuite.kept
  - m2m.netsuite.account.id
  - m2m.netsuite.consumers
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
seealso:
  - module: m2m.netsuite.account_reconcile
  - module: m2m.netsuite.handover_sheet
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Note that two Patchworks instances use the active certificate
  m2m.netsuite.account_consumers:
    account_id: 1234567_SB1
    credentials_path: "{{ inventory_dir }}/host_vars/{{ inventory_hostname }}/netsuite_credentials.yml"
    instances: [Shop A, Shop B]
    state: confirmed
"""

RETURN = r"""
account:
  description: The account in NetSuite's own spelling.
  returned: success
  type: str
  sample: 1234567_SB1
certificate_id:
  description: Id of the active certificate, V(null) when there are no credentials yet.
  returned: success
  type: str
  sample: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
consumers:
  description: The consumers that the task is about, and what is on record of them.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    description:
      description: What messages call it.
      type: str
    reads_store:
      description: Whether it reads each new pair from a secret store by itself.
      type: bool
    told:
      description: Id of the certificate that it was last told to use, V(null) when that is not known.
      type: str
    told_on:
      description: When that was, in UTC, V(null) when it is not known.
      type: str
    uses:
      description: Id of the certificate that it was last confirmed to use, V(null) when that is not known.
      type: str
    confirmed_on:
      description: When that was, in UTC, V(null) when it is not known.
      type: str
  sample:
    - name: Shop A
      description: 'Patchworks: instance "Shop A"'
      reads_store: false
      told: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
      told_on: "2026-11-23T20:00:00Z"
      uses: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
      confirmed_on: "2026-11-24T09:00:00Z"
credential_document:
  description: The credential file's new text, V(null) when none was written, or Ansible Vault does not protect every private key in it.
  returned: success
  type: str
  sample: "---\nnetsuite_account_credentials:\n  format: 1\n"
cause:
  description: Stable word for what went wrong, for example V(unknown_consumer).
  returned: failure
  type: str
  sample: unknown_consumer
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: "Use one of these names: Shop A, Shop B"
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: PyYAML
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_consumers import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
