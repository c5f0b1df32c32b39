# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: collect_credentials
short_description: Bring credentials that were made elsewhere into the inventory
version_added: 1.0.0
description:
  - A worker of ansible-runner and a job of AWX work on a copy of the inventory, which is gone when they end. What they write into a credential
    file is in their results as well, as C(credential_document). This module puts it into C(host_vars/<host>/netsuite_credentials.yml), for all
    hosts at once.
  - Of several documents of one host, the newest counts. It takes the place of the file's content only where it came after it. A document of an
    older generation is refused, and so is one that knows nothing of what the file holds, because the key of one of the two would be lost.
  - The comparison needs no vault secret, because generations, certificates and dates are not encrypted. Only documents and files that are
    encrypted as a whole need theirs.
  - What is wrong with one host does not stop the others. The task fails in the end, and names all that were not collected.
  - It always runs on the controller, and writes the files there.
options:
  artifacts:
    description:
      - Where the artifacts of ansible-runner are, whose job events hold the results. It is the folder of one job, the folder C(artifacts) with
        those of many, or a private data directory.
    type: path
  documents:
    description:
      - By inventory host, the text of a credential file, as RV(m2m.netsuite.account_result#module:credential_document) has it.
    type: dict
  hosts:
    description:
      - By inventory host, the folder with C(host_vars) in it.
      - By default, the hosts of the play with the folders that their inventories lie in. Such a folder is refused where it belongs to a single
        run, or Ansible does not read its C(host_vars).
    type: dict
    default: {}
  folder:
    description:
      - The folder with C(host_vars) in it, for all hosts.
    type: path
  other_hosts:
    description:
      - Hosts whose documents are left alone. A document of a host that is in neither O(hosts) nor this list is an error.
      - Where O(hosts) is not given, the other hosts of the inventory, so that C(--limit) applies.
    type: list
    elements: str
    default: []
requirements:
  - cryptography >= 43.0
  - PyYAML >= 6.0.1
extends_documentation_fragment:
  - m2m.netsuite.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff has one line per host whose file changes, with its generations and their certificate ids.
  idempotent:
    support: full
  action:
    details:
      - Whatever the connection, and with C(become) too, the operation runs inside Ansible's worker process on the controller, as the user who
        runs Ansible. All paths are paths of the controller.
  async:
    support: none
seealso:
  - module: m2m.netsuite.account_credentials
  - module: m2m.netsuite.account_reconcile
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Collect what the workers of this job have made
  m2m.netsuite.collect_credentials:
    artifacts: artifacts/42
  run_once: true

- name: Collect what the job before this one in an AWX workflow has made
  m2m.netsuite.collect_credentials:
    documents: "{{ netsuite_collect_documents }}"
    folder: "{{ playbook_dir }}/inventory"
  run_once: true
"""

RETURN = r"""
hosts:
  description: What became of each host's credentials.
  returned: when each host was looked at, whatever came of it
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
    path:
      description: Its credential file, V(null) where it can have none.
      type: str
    status:
      description: Whether the file was written (V(collected)), holds the same or a later state already (V(kept)), or was left alone (V(refused)).
      type: str
    generation:
      description: Number of the active generation in the file, V(null) where the credentials were refused.
      type: int
    certificate_id:
      description: Its certificate id, or V(null) likewise.
      type: str
    detail:
      description: Why they were refused, V(null) where they were not.
      type: str
    cause:
      description: The same as a stable word, for example V(older_generation) or V(conflicting_generations), else V(null).
      type: str
  sample:
    - host: acme
      path: inventory/host_vars/acme/netsuite_credentials.yml
      status: collected
      generation: 2
      certificate_id: XtLTJDyXuTzL7LlJtd4AUmYAdAzA4PyKOTVfzQtSKro
      detail: null
      cause: null
files:
  description: The credential files that hold what was collected, now or before, each followed by the file with its certificate.
  returned: when each host was looked at, whatever came of it
  type: list
  elements: str
  sample:
    - inventory/host_vars/acme/netsuite_credentials.yml
    - inventory/host_vars/acme/netsuite_credentials.auth-cert.pem
left_out:
  description: Hosts whose documents were left alone, as O(other_hosts) says.
  returned: when each host was looked at, whatever came of it
  type: list
  elements: str
  sample: []
library:
  description: The Python libraries that are missing or too old.
  returned: failure with RV(cause=missing_library) or RV(cause=old_library)
  type: str
  sample: cryptography
cause:
  description: Stable word for what went wrong, that of the first host where it is about hosts.
  returned: failure
  type: str
  sample: older_generation
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Nothing is lost; remove the old artifacts, or give those of the last run
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.collect_credentials import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
