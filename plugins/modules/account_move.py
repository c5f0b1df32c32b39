# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_move
short_description: Move the credentials of one NetSuite account between its credential file and a secret store
version_added: 1.0.0
description:
  - Moves what M(m2m.netsuite.account_credentials) keeps, with a rotation that is under way, from the credential file into the account's secret
    in HashiCorp Vault or OpenBao, or back. No key is made, and NetSuite is not asked. It needs the Python library hvac, 2.1 or newer.
  - It writes there, reads what is there, compares every key, and only then removes the old copy. A run that is killed is continued by the next.
  - Where both places hold credentials, nothing is written. The old copy is removed if the new home has every key that is in it; otherwise the
    module fails, and nothing is removed.
  - From the file it removes the copy of the certificate too. From the store it removes the secret with all its versions.
  - Credentials in variables are copied. The variables are left to you, because other variables may stand in the same file.
options:
  to:
    description:
      - The new home. V(file) is O(credentials_path), V(kv2) the secret at O(store_path).
    type: str
    choices: [file, kv2]
    required: true
  timeout:
    description:
      - Seconds for one answer of the store.
    type: float
    default: 30.0
extends_documentation_fragment:
  - m2m.netsuite.kept
  - m2m.netsuite.account.id
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
requirements:
  - cryptography >= 43.0
  - PyYAML >= 6.0.1
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows the two places, never a key.
  idempotent:
    support: full
  action:
    details:
      - Whatever the connection, and with C(become) too, the operation runs inside Ansible's worker process on the controller, where the vault
        secrets are. All paths are paths of the controller.
  async:
    support: none
  vault:
    support: full
seealso:
  - module: m2m.netsuite.account_credentials
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Move the credentials into the team's store
  m2m.netsuite.account_move:
    account_id: 1234567_SB1
    credentials_path: host_vars/acme/netsuite_credentials.yml
    store_url: https://vault.example.com:8200
    to: kv2

- name: Move them back, with the login that the role's variables hold
  m2m.netsuite.account_move:
    role_variables: true
    account_id: 1234567_SB1
    to: file
"""

RETURN = r"""
reason:
  description: V(moved), or V(null) when the credentials are in their new home alone already.
  returned: success
  type: str
  sample: moved
account:
  description: The account in NetSuite's own spelling.
  returned: success
  type: str
  sample: 1234567_SB1
certificate_id:
  description: Id of the active certificate, as NetSuite shows it.
  returned: success
  type: str
  sample: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
moved_from:
  description: Where the credentials were.
  returned: success
  type: str
  sample: the credential file host_vars/acme/netsuite_credentials.yml
moved_to:
  description: Where they are now.
  returned: success
  type: str
  sample: the secret secret/netsuite/1234567-sb1 at vault.example.com:8200
next_step:
  description: What is left for a person to do.
  returned: success
  type: str
  sample: Set netsuite_account_store to kv2 for this account, if it is not yet.
cause:
  description: Stable word for what went wrong, for example V(kept_twice), V(missing_file), V(store_denied) or V(vault_missing).
  returned: failure
  type: str
  sample: kept_twice
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Keep the one whose certificates NetSuite lists as active, and remove the other by hand
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: hvac
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_move import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
