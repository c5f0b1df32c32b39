# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: report
short_description: Report on many NetSuite accounts as a page, for programs, monitoring and calendars
version_added: 1.0.0
description:
  - Writes what the results of M(m2m.netsuite.account_result) say about many accounts into one folder, in up to six forms. C(report.html) is one
    self-contained page, C(report.json) has a published schema (C(docs/report.schema.json)), C(junit.xml) has a test case per account,
    C(netsuite.prom) is for the textfile collector of node_exporter, C(renewals.ics) has one calendar entry per renewal, and C(worklist.md) tells
    administrators what to upload where.
  - Without O(results), it collects the variable C(netsuite_account_result) of the play's hosts by itself. Run it with C(run_once).
  - C(report.json) is its memory. From it come the time of the last success, what changed since the report before, and the entries of
    O(keep_hosts).
  - No file holds a private key, a token, a Client ID or a credential document. Certificates, which are public, are in the files where somebody
    has to upload them.
  - It always runs on the controller, where the templates are, and writes the files there.
options:
  results:
    description:
      - By inventory host, the result of M(m2m.netsuite.account_result).
      - By default, the results of the play's hosts.
    type: dict
  keep_hosts:
    description:
      - Hosts whose entries are taken over from the earlier report where O(results) does not have them. The page shows when they were last
        looked at.
      - Where O(results) is not given, all hosts of the group C(netsuite_accounts), so that a run with C(--limit) does not forget the others.
    type: list
    elements: str
    default: []
  path:
    description:
      - Folder of the report. If it is missing, it is created with mode 0755.
      - A relative path starts where Ansible was started.
    type: path
    default: netsuite-report
  formats:
    description:
      - Which of the files to write. Others in the folder are left as they are.
      - Without V(json), nothing is remembered from one report to the next.
    type: list
    elements: str
    choices: [html, json, junit, prometheus, calendar, worklist]
    default: [html, json, junit, prometheus, calendar, worklist]
extends_documentation_fragment:
  - m2m.netsuite.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The diff has one line per account, with everything that counts as a change.
  idempotent:
    support: full
    details:
      - Each run writes the files, because they say when the accounts were last looked at, and monitoring relies on that. It is reported as a
        change where anything else differs from the earlier C(report.json), or a file was missing. Times, the days left, the measured clock skew
        and the wording of messages do not count.
  action:
    details:
      - Whatever the connection, and with C(become) too, the operation runs inside Ansible's worker process on the controller, as the user who
        runs Ansible. All paths are paths of the controller.
  async:
    support: none
  vault:
    support: N/A
    details:
      - It reads no file that could be encrypted.
notes:
  - New files have mode 0644, so that a web server or node_exporter can read them. Permissions that you give them are kept.
seealso:
  - module: m2m.netsuite.account_result
  - module: m2m.netsuite.rollout_summary
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Report on the accounts of this play
  m2m.netsuite.report:
    path: netsuite-report
  run_once: true

- name: Metrics for node_exporter
  m2m.netsuite.report:
    path: metrics
    formats: [json, prometheus]
  run_once: true
"""

RETURN = r"""
files:
  description: Paths of the files that make up the report.
  returned: success
  type: list
  elements: str
  sample: [netsuite-report/report.html, netsuite-report/report.json]
changed_files:
  description: Paths of those that say something new, or were missing.
  returned: success
  type: list
  elements: str
  sample: [netsuite-report/report.html, netsuite-report/report.json]
counts:
  description: How many accounts stand where.
  returned: success
  type: dict
  contains:
    active:
      description: Number of accounts whose credentials get tokens.
      type: int
    awaiting_upload:
      description: Number of accounts for which a person has to upload a certificate.
      type: int
    rotating:
      description: Number of accounts with a rotation that the next run goes on with.
      type: int
    failed:
      description: Number of accounts with which something is wrong.
      type: int
  sample: {active: 50, awaiting_upload: 50, rotating: 0, failed: 0}
needs_person:
  description: Hosts whose next step a person has to take.
  returned: success
  type: list
  elements: str
  sample: [acme_sandbox]
changes:
  description: What is new since the earlier report. Empty for the first one.
  returned: success
  type: list
  elements: dict
  contains:
    host:
      description: Inventory name of the account.
      type: str
    detail:
      description: What is new about it.
      type: str
  sample:
    - host: acme
      detail: status awaiting upload → active; waiting for administrator → nobody
cause:
  description: Stable word for what went wrong, for example V(unwritable_file) or V(unreadable_file).
  returned: failure
  type: str
  sample: unwritable_file
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Check the path and its permissions
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.report import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
