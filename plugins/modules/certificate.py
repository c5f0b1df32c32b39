# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certificate
short_description: Make and renew a private key and its certificate for NetSuite
version_added: 0.1.0
description:
  - Keeps a private key and its self-signed X.509 certificate in two files, of the kinds that NetSuite's OAuth 2.0 client credentials (M2M)
    flow accepts.
  - A new pair is made where there is none, when the certificate has expired or will do so within O(renew_before_days), or with O(force=true).
    A key without a certificate gets one.
  - A key pair that works is never replaced just because an option changed. Such a difference is an error.
  - A new certificate works once it is mapped in NetSuite. Until then the client gets no token. Where that matters, use the role
    C(m2m.netsuite.netsuite_account), which keeps the old pair until the new one is proven.
  - The certificate's id is never one that begins with a hyphen, which command lines such as C(suitecloud) take for an option.
options:
  private_key_path:
    description:
      - Path of the private key. It is written as PKCS#8 in PEM form, with mode 0600. Permissions of group and others on an existing key are removed.
      - The folder has to exist.
    type: path
    required: true
  certificate_path:
    description:
      - Path of the certificate. It is written in PEM form, with mode 0644.
    type: path
    required: true
  private_key_passphrase:
    description:
      - Passphrase that encrypts the private key. An existing key without one is encrypted with it.
      - A passphrase that does not open an existing key is an error.
    type: str
  encrypt_with_vault:
    description:
      - Whether the private key's file is encrypted with Ansible Vault. An existing file that is not encrypted becomes so. An
        encrypted file stays encrypted in any case, also when it is replaced.
      - It works where the operation runs on the controller, and the run has a vault secret. This is checked before a key is made.
    type: bool
    default: false
  vault_id:
    description:
      - Vault id whose secret O(encrypt_with_vault) uses. The default is the one that Ansible itself would encrypt with.
    type: str
  renew_before_days:
    description:
      - It has to be less than O(valid_days).
  force:
    description:
      - Whether to make a new pair on each run, even if the existing one is usable.
    type: bool
    default: false
  backup:
    description:
      - Whether to keep copies of both files before they are replaced or removed. RV(backup_files) lists the copies.
      - The copy of a private key is as secret as the key.
    type: bool
    default: true
  state:
    description:
      - V(present) makes sure that a usable pair is there.
      - V(absent) removes both files. It revokes nothing in NetSuite.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - m2m.netsuite.new_pair
  - m2m.netsuite.attributes
attributes:
  check_mode:
    details:
      - RV(certificate) and RV(certificate_id) of a certificate yet to be made cannot be predicted.
  diff_mode:
    support: full
    details:
      - It compares the facts of the certificates. Keys are never in it.
  idempotent:
    support: partial
    details:
      - With O(force=true) each run makes a new pair.
seealso:
  - module: m2m.netsuite.certificate_info
  - module: m2m.netsuite.certificate_mapping
  - name: OAuth 2.0 Client Credentials Setup
    description: Oracle's rules for keys and certificates.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_162755332391.html
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Make sure that there is a usable pair
  m2m.netsuite.certificate:
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
  register: pair

- name: Show what to upload in NetSuite
  ansible.builtin.debug:
    msg: >-
      Map {{ playbook_dir }}/auth-cert.pem in NetSuite and compare the Certificate ID
      with {{ pair.certificate_id | default('the one of the next run outside check mode') }}.

- name: Make sure that there is a usable EC pair, its key encrypted with Ansible Vault
  m2m.netsuite.certificate:
    private_key_path: "{{ playbook_dir }}/ec/auth-key.pem"
    certificate_path: "{{ playbook_dir }}/ec/auth-cert.pem"
    encrypt_with_vault: true
    curve: secp256r1
    common_name: netsuite-1234567-sb1
    organization: Example Company
    country: DE
    valid_days: 365
    renew_before_days: 60

- name: Remove a pair that is no longer mapped
  m2m.netsuite.certificate:
    private_key_path: "{{ playbook_dir }}/ec/auth-key.pem"
    certificate_path: "{{ playbook_dir }}/ec/auth-cert.pem"
    backup: false
    state: absent
"""

RETURN = r"""
reason:
  description:
    - Why something was changed, or would be in check mode. V(null) when nothing was.
    - V(missing), V(expired), V(expires_soon) and V(forced) mean a new pair, V(certificate_missing) a new certificate for the present key.
    - V(key_encryption) means that the key was encrypted as asked for, V(file_mode) that rights on its file were removed, V(interrupted) that
      a new pair of an earlier run, which had been cut short, was put in place.
    - V(present) means that the files were removed.
  returned: success
  type: str
  sample: expires_soon
certificate:
  description: The certificate, in PEM form.
  returned: success with O(state=present), in check mode unless the certificate is yet to be made
  type: str
  sample: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
certificate_id:
  description: The id that NetSuite will show for it, which is the C(kid) of assertions (RFC 7515 C(x5t#S256)).
  returned: success with O(state=present), in check mode unless the certificate is yet to be made
  type: str
  sample: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
key_type:
  description: V(RSA) or V(EC).
  returned: success with O(state=present)
  type: str
  sample: RSA
key_size:
  description: Bits of the key.
  returned: success with O(state=present)
  type: int
  sample: 4096
curve:
  description: Curve of an EC key, V(null) for RSA.
  returned: success with O(state=present)
  type: str
  sample: secp256r1
subject:
  description: Subject of the certificate (RFC 4514).
  returned: success with O(state=present)
  type: str
  sample: CN=netsuite-m2m
not_before:
  description: From when on it is valid, in UTC. A new certificate begins a day before it is made.
  returned: success with O(state=present)
  type: str
  sample: "2026-11-22T20:00:00Z"
not_after:
  description: Until when it is valid, in UTC.
  returned: success with O(state=present)
  type: str
  sample: "2028-11-21T20:00:00Z"
days_left:
  description: Whole days until then, negative once the certificate has expired.
  returned: success with O(state=present)
  type: int
  sample: 728
backup_files:
  description: Paths of the copies of the old files. Their names hold the beginning of the old certificate's id, or of
    a digest of the key where it had no certificate.
  returned: success
  type: list
  elements: str
  sample: [/etc/netsuite/auth-key.pem.NPMnRyPg-WDW.bak, /etc/netsuite/auth-cert.pem.NPMnRyPg-WDW.bak]
cause:
  description: Stable word for what went wrong, for example V(options_differ), V(key_mismatch), V(wrong_passphrase) or V(vault_missing).
  returned: failure
  type: str
  sample: options_differ
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Revert the options
differences:
  description: In what the present pair differs from the options.
  returned: failure with RV(cause=options_differ)
  type: list
  elements: str
  sample: ["the key is RSA 3072, the task asks for RSA 4096"]
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: cryptography
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.certificate import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
