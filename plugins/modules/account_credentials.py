# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: account_credentials
short_description: Keep the credentials of one NetSuite account in its credential file
version_added: 0.1.0
description:
  - Keeps the private key and the certificate of one account in one file, an inventory vars file with a single variable,
    C(netsuite_account_credentials). The private key is an inline C(!vault) value in it, so the file can be committed and reviewed.
  - It holds the C(active) generation, the next one (C(pending)) while a rotation is under way, and afterwards the certificates that
    have been replaced but not revoked yet (C(retiring)). Each step replaces the file as a whole, so a run that is killed leaves one state or
    the other.
  - The newest certificate is also kept as a separate file beside it, for NetSuite's upload page. RV(certificate_path) names it.
  - The only thing it asks NetSuite for is the time, with O(compare_clock). M(m2m.netsuite.account_reconcile) takes the steps that involve NetSuite.
options:
  environment:
    description:
      - What kind of account it is meant to be. The module fails when the account id says otherwise, before anything is done.
    type: str
    choices: [production, sandbox, release_preview, test_drive]
  credentials_path:
    description:
      - Path of the credential file. If the file exists, it takes precedence, and the credentials in the other options are not read.
      - With another O(store), it is where credentials are found that have yet to move there.
      - Its folder is created if it is missing.
    type: path
  credentials_content:
    description:
      - What a credential file holds, where it comes as a variable; see M(m2m.netsuite.token_check). It counts as long as there is no file at
        O(credentials_path).
    type: json
  private_key_content:
    description:
      - A private key of yours, in PEM form.
      - With O(certificate_content) or O(certificate_id), and without a credential file, the credentials stay where they are and nothing is
        written. Without both, a certificate is issued for the key, and the pair goes into the credential file.
    type: str
  private_key_passphrase:
    description:
      - Passphrase of the private key. New keys are encrypted with it.
    type: str
  certificate_id:
    description:
      - The certificate id that NetSuite shows for O(private_key_content).
    type: str
  vault_id:
    description:
      - Vault id whose secret encrypts. The default is the one that the credentials are under, and for a new file the one that Ansible itself
        would encrypt with.
      - What is under another vault id is re-encrypted. So is a plaintext key, without O(allow_plaintext_key), once there is a vault secret.
    type: str
  file_is_remote:
    description:
      - Whether the given credentials come out of a credential file that is not on this machine.
      - With O(credentials_content) and O(credentials_path), the first step of a rotation makes the file from the document, with the keys in it
        encrypted as they came. Otherwise a rotation is refused here, because it would be lost there.
    type: bool
    default: false
    aliases: [kept_elsewhere]
  rotate:
    description:
      - Whether to begin a rotation now. While one is under way, up to the end of its overlap, the request begins nothing new, unless the
        pending pair cannot be used or is not valid yet. Then it is replaced.
    type: bool
    default: false
  overlap_days:
    description:
      - Days between the replacement of a certificate and the moment at which its revocation is due.
    type: int
    default: 7
  state:
    description:
      - V(present) makes the first generation where there is none, and a pending one when the certificate is due within
        O(renew_before_days), or with O(rotate=true).
      - V(read) changes nothing. With O(role_variables), it is the default where C(netsuite_account_read_only) is true.
    type: str
    choices: [present, read]
    default: present
  compare_clock:
    description:
      - Whether NetSuite is asked for its time before a key pair is made. When the clocks are more than ten minutes apart, none is made, as the
        certificate would have the wrong dates. A server that does not answer is not waited for.
    type: bool
    default: false
  fail_on_refusal:
    description:
      - Whether the task fails where a rotation is due or asked for and cannot begin, for example because the new key could not be kept. Otherwise
        RV(refusal) says why, and the active pair remains in use. The role does this, and fails once it has looked whether that pair works.
      - Without credentials that could be used, the task always fails.
    type: bool
    default: true
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - Shows numbers, ids and dates, never a key.
  idempotent:
    support: full
requirements:
  - PyJWT >= 2.8
  - requests >= 2.31
extends_documentation_fragment:
  - m2m.netsuite.kept
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.http_options
  - m2m.netsuite.new_pair
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.consumers
  - m2m.netsuite.attributes
seealso:
  - module: m2m.netsuite.account_reconcile
  - module: m2m.netsuite.certificate
  - module: m2m.netsuite.certificate_mapping
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Make the credentials of an account
  m2m.netsuite.account_credentials:
    account_id: 1234567_SB1
    credentials_path: "{{ inventory_dir }}/host_vars/{{ inventory_hostname }}/netsuite_credentials.yml"
    key_type: EC
  register: credentials

- name: Show what to upload
  ansible.builtin.debug:
    msg: Upload {{ credentials.certificate_path }}; NetSuite will show {{ credentials.certificate_id }}.

- name: Use the credentials in your own play
  m2m.netsuite.token_check:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    credentials_path: "{{ inventory_dir }}/host_vars/{{ inventory_hostname }}/netsuite_credentials.yml"
"""

RETURN = r"""
reason:
  description:
    - Why something changed, V(null) when nothing did.
    - One of V(missing), V(certificate_missing), V(expired), V(expires_soon), V(requested), V(unusable), V(moved), V(vault_id),
      V(file_mode) or V(certificate_file).
    - V(moved) means that the store was empty and took over what O(credentials_path) or O(credentials_content) holds, without a new key.
  returned: success
  type: str
  sample: missing
account:
  description: The account in NetSuite's own spelling.
  returned: success
  type: str
  sample: 1234567_SB1
environment:
  description: What kind of account it is, according to its id.
  returned: success
  type: str
  sample: sandbox
source:
  description:
    - Where the credentials are, V(file), V(kv2), V(tasks), V(variables), or V(none) when there are none yet, as in check mode before the first run.
  returned: success
  type: str
  sample: file
generation:
  description: Number of the active generation.
  returned: when the certificate is known
  type: int
  sample: 1
proven:
  description: When the active generation first got a token, V(null) until then.
  returned: when the certificate is known
  type: str
  sample: "2026-11-23T20:00:00Z"
certificate:
  description: The active certificate, in PEM form.
  returned: when the certificate is known
  type: str
  sample: "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
certificate_id:
  description: Its id, as NetSuite shows it.
  returned: when the certificate or its id is known
  type: str
  sample: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
key_type:
  description: V(RSA) or V(EC).
  returned: when the certificate is known
  type: str
  sample: EC
key_size:
  description: Bits of the key.
  returned: when the certificate is known
  type: int
  sample: 256
curve:
  description: Curve of an EC key, V(null) for RSA.
  returned: when the certificate is known
  type: str
  sample: secp256r1
subject:
  description: Subject of the certificate (RFC 4514).
  returned: when the certificate is known
  type: str
  sample: CN=netsuite-m2m
not_before:
  description: From when on the certificate is valid, in UTC.
  returned: when the certificate is known
  type: str
  sample: "2026-11-23T20:00:00Z"
not_after:
  description: Until when the certificate is valid, in UTC.
  returned: when the certificate is known
  type: str
  sample: "2028-11-22T20:00:00Z"
days_left:
  description: Whole days until then, negative once it has expired.
  returned: when the certificate is known
  type: int
  sample: 729
renew_from:
  description: From when on the active certificate is due for rotation, in UTC, V(null) when it is not known.
  returned: success
  type: str
  sample: "2028-10-23T20:00:00Z"
renewal_due:
  description: V(expires_soon) or V(expired) when the active certificate is due for rotation, otherwise V(null).
  returned: success
  type: str
  sample: expires_soon
pending:
  description: The pending generation, with the same keys as the active one, V(null) when no rotation is under way.
  returned: success
  type: dict
  sample:
    generation: 2
    certificate_id: Jz3rGtgrJL8r88TapOUYlJ3MENasXdBlGqMa8s1Eke4
retiring:
  description: Certificates that are replaced and not revoked yet.
  returned: success
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
      description: Whether it has expired, so there is nothing left to revoke.
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
  sample: []
credential_document:
  description: The credential file's new text, V(null) when none was written, or Ansible Vault does not protect every private key in it.
  returned: success
  type: str
  sample: "---\nnetsuite_account_credentials:\n  format: 1\n"
refusal:
  description: Why no rotation was begun, V(null) where none was due or it was begun. A failed task says so itself.
  returned: success
  type: dict
  contains:
    msg:
      description: The problem and its fix.
      type: str
    cause:
      description: The same as a stable word.
      type: str
    fix:
      description: What to do.
      type: str
  sample: null
certificate_path:
  description: File with the newest certificate, for the upload page, V(null) where there is no credential file.
  returned: success
  type: str
  sample: host_vars/acme/netsuite_credentials.auth-cert.pem
file_mode:
  description: Permissions of the credential file, V(null) where there is none.
  returned: success
  type: str
  sample: "0600"
exposed:
  description: Whether others than its owner can read the credential file, and a private key in it is not encrypted with Ansible Vault.
  returned: success
  type: bool
  sample: false
new:
  description: Whether the credentials are made in this run, or would be in check mode, and therefore cannot be mapped yet.
  returned: success
  type: bool
  sample: false
read_only:
  description: Whether the account is only looked at, as O(state=read) or the role's variable C(netsuite_account_read_only) says.
  returned: success
  type: bool
  sample: false
unfinished:
  description: Whether a rotation is under way, or a revocation is due.
  returned: success
  type: bool
  sample: false
known_certificates:
  description: Ids of all certificates on record, those in use, pending, and replaced but not revoked.
  returned: success
  type: list
  elements: str
  sample: [NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA]
worked_before:
  description: Whether the credentials have got a token before, V(null) where that is not noted.
  returned: success
  type: bool
  sample: true
once_active:
  description: The old name of RV(worked_before), V(null) like it. It will be removed in 2.0.0, not before 2028-01-31.
  returned: success
  type: bool
  sample: true
settled:
  description: Whether the credentials have got a token before, or are kept in variables, where that is not noted.
  returned: success
  type: bool
  sample: true
cause:
  description: Stable word for what went wrong, for example V(vault_missing), V(wrong_environment) or V(foreign_file).
  returned: failure
  type: str
  sample: vault_missing
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Give this run the vault secret
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: cryptography
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_credentials import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
