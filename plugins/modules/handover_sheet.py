# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: handover_sheet
short_description: Write hand-over sheets for the consumers of a NetSuite account's credentials
version_added: 0.1.0
description:
  - Writes one hand-over sheet per consumer, as an HTML page and as Markdown, with exactly the fields that the consumer asks for, in its words
    and order, and the further steps.
  - A sheet never holds the private key. It says how to reveal it, and O(reveal_key) copies it to a file beside the sheets.
  - A sheet changes only when its content does. It has dates, but no countdowns.
  - The role C(m2m.netsuite.patchworks_handover) has templates for Patchworks, SuiteCloud CLI, Celigo, Workato and any other client, and
    calls this module.
  - It always runs on the controller, where the templates are, and writes the sheets there.
options:
  role_variables:
    description:
      - Whether options that the task does not give are taken from the variables of the role C(m2m.netsuite.netsuite_account), for example
        O(account_id) from C(netsuite_account_id), and the credentials from the credential file or from vaulted variables.
    type: bool
    default: false
  account_id:
    description:
      - The NetSuite account, in any of its spellings. The sheet spells it as the consumer wants it.
    type: str
    required: true
  client_id:
    description:
      - Client ID (consumer key) of the integration record. It is on the sheets. Required.
    type: str
  private_key_content:
    description:
      - The private key, in PEM form. It is needed for O(reveal_key), and to learn its type where the certificate is not given.
    type: str
  private_key_passphrase:
    description:
      - Passphrase of the private key.
    type: str
  certificate_content:
    description:
      - The certificate, in PEM form.
    type: str
  certificate_id:
    description:
      - Certificate ID, as NetSuite shows it. It is computed from the certificate when it is not given.
    type: str
  credentials_path:
    description:
      - Path of a credential file, as the role C(m2m.netsuite.netsuite_account) keeps it. Its active pair is handed over.
      - Mutually exclusive with O(private_key_content) and O(certificate_content).
    type: path
  credentials_content:
    description:
      - What a credential file holds, where it comes as a variable; see M(m2m.netsuite.token_check).
      - Mutually exclusive with O(private_key_content), O(certificate_content) and O(credentials_path).
    type: json
    version_added: 1.0.0
  scope:
    description:
      - Scopes to request, for the consumers that ask for them.
    type: list
    elements: str
    default: [rest_webservices]
  role:
    description:
      - Internal id of the role that the certificate is mapped to. O(account_result) takes precedence.
    type: str
  entity:
    description:
      - Internal id of the entity that the certificate is mapped to. O(account_result) takes precedence.
    type: str
  suitetalk_url:
    description:
      - Replaces the account's service addresses on the sheets, C(https://<account>.suitetalk.api.netsuite.com) and the restlets host alike.
    type: str
  account_result:
    description:
      - Result of M(m2m.netsuite.account_result). From it the sheets say whether NetSuite grants tokens for what is on them, and how long a
        replaced certificate remains valid.
    type: dict
  script:
    description:
      - Result of M(m2m.netsuite.patchworks_script), or C(version) and C(status) as a person entered them.
    type: dict
  private_key_variable:
    description:
      - Name of the inventory variable that holds the private key. The sheets then say how to show it in a terminal.
    type: str
  instances:
    description:
      - Names of the instances, connections or pipelines that use the credentials. They are listed with boxes to tick at a renewal.
    type: list
    elements: str
    default: []
  company:
    description:
      - Name of the company, workspace or tenant that the instances belong to.
    type: str
  name:
    description:
      - Name of the account in file names, usually its inventory name. Names with slashes, and names of dots alone, are refused.
      - Defaults to the account id as it is spelled in host names.
    type: str
  dest:
    description:
      - Folder of the sheets. If it is missing, it is created with mode 0700.
    type: path
    required: true
  consumers:
    description:
      - The consumers to write sheets for. Each is the name of a template, a file C(<name>.yml) in one of O(template_folders).
    type: list
    elements: str
    default: [patchworks]
  template_folders:
    description:
      - Folders with templates. They are searched in this order.
    type: list
    elements: path
    required: true
  attachments:
    description:
      - Paths of files to copy beside the sheets, for example a script to paste.
    type: list
    elements: path
    default: []
  formats:
    description:
      - Formats to write the sheets in.
    type: list
    elements: str
    choices: [html, md]
    default: [html, md]
  reveal_key:
    description:
      - Whether to write the unencrypted private key beside the sheets, as C(<name>-auth-key.pem) with mode 0600.
      - V(false) removes that file.
    type: bool
    default: false
requirements:
  - cryptography >= 43.0
  - PyYAML >= 6.0.1
extends_documentation_fragment:
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Sheets are shown in Markdown, with the client id cut short. For other files the diff says only that they change.
  idempotent:
    support: full
  action:
    details:
      - Whatever the connection, and with C(become) too, the operation runs inside Ansible's worker process on the controller, as the user who
        runs Ansible. All paths are paths of the controller.
  async:
    support: none
  vault:
    support: full
    details:
      - A private key that is encrypted with Ansible Vault is decrypted by Ansible, or read from O(credentials_path) with the vault secrets of
        the run.
notes:
  - Sheets are written with mode 0600, because inventories keep the client id in the vault. Pass them on accordingly.
seealso:
  - module: m2m.netsuite.patchworks_script
  - module: m2m.netsuite.account_result
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Write the sheets of an account
  m2m.netsuite.handover_sheet:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    credentials_path: "{{ inventory_dir }}/host_vars/{{ inventory_hostname }}/netsuite_credentials.yml"
    name: "{{ inventory_hostname }}"
    consumers: [patchworks, generic]
    template_folders: ["{{ playbook_dir }}/consumers"]
    dest: "{{ inventory_dir }}/handover"
"""

RETURN = r"""
files:
  description: Paths of all files that belong in the folder.
  returned: success
  type: list
  elements: str
  sample: [handover/acme-sandbox-patchworks.html, handover/acme-sandbox-patchworks.md]
changed_files:
  description: Paths of those that were written or removed, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [handover/acme-sandbox-patchworks.html, handover/acme-sandbox-patchworks.md]
accepted:
  description: Whether NetSuite grants tokens for what is on the sheets, according to O(account_result).
  returned: success
  type: bool
  sample: true
problems:
  description: What a consumer does not accept. Its sheet says the same.
  returned: success
  type: list
  elements: dict
  sample:
    - consumer: suitecloud
      problem: The key is EC secp256r1, and SuiteCloud takes RSA keys only.
  contains:
    consumer:
      description: Name of the consumer.
      type: str
    problem:
      description: What it is, and what to do.
      type: str
cause:
  description: Stable word for what went wrong, for example V(unknown_consumer), V(bad_template), V(client_id_missing) or V(certificate_missing).
  returned: failure
  type: str
  sample: unknown_consumer
fix:
  description: What to do about it. Empty when the message says it all.
  returned: failure
  type: str
  sample: Known are celigo, generic, patchworks, suitecloud, workato
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: PyYAML
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.handover_sheet import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
