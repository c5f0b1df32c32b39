# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: token_check
short_description: Check NetSuite credentials end to end, and name the cause of a failure
version_added: 0.1.0
description:
  - Checks key, certificate and options against NetSuite's rules, gets an access token, compares its claims with what is expected, verifies its
    signature with the account's keys, and makes one cheap call with it.
  - NetSuite answers most mistakes with one opaque error. So the module weighs the answer together with all that is known on this side, and
    returns the possible causes, the likeliest first, with the code to look for in the Login Audit Trail.
  - It never returns the token.
options:
  checks:
    description:
      - What to check of the token, out of V(claims), V(signature), V(probe), V(certificates) and V(names).
      - V(claims) compares issuer, account, client, scope, expiry, role and entity with what is expected.
      - V(signature) verifies it with the account's JWK Set (RFC 7517). NetSuite signs with RS256 by all samples, and with PS256 by its own
        table. Both are accepted.
      - V(probe) calls C(serverTime), which needs the scope V(rest_webservices) and no permission on any record.
      - V(certificates) compares the certificates that NetSuite lists for the integration with O(known_certificates). What is found, as
        after a credential file was restored and rotated again, is no failure of the token. It is a warning, and in
        RV(unknown_certificates). The check is skipped where the role of the token may not see the list.
      - V(names) looks up the names of the token's role and entity. Those that the list of V(certificates) shows are taken from there. Others
        are asked of SuiteQL, which needs the scope V(rest_webservices) and a role with the permissions SuiteAnalytics Workbook, and Manage
        Roles or Employees. Where NetSuite does not tell them, the check is skipped. The tables that SuiteQL shows them in (C(role);
        C(employee), else C(entity)) were never tried on a live account. It is made as well where O(expected_role_name) or
        O(expected_entity_name) is needed.
    type: list
    elements: str
    default: [claims, signature, probe]
  known_certificates:
    description:
      - Ids of the certificates that are on record, for the check V(certificates). What another host of the inventory uses is known as well.
    type: list
    elements: str
    version_added: 1.0.0
  access_token:
    description:
      - A token to check, instead of one that is requested here.
      - Mutually exclusive with O(assertion), O(private_key_path), O(private_key_content) and O(credentials_path).
    type: str
  assertion:
    description:
      - A client assertion that was made elsewhere, to be read claim by claim and exchanged for a token, instead of one that is made here.
      - With O(certificate_path) or O(certificate_content) its C(kid), algorithm and signature are checked too.
      - Mutually exclusive with O(access_token), O(private_key_path), O(private_key_content) and O(credentials_path).
    type: str
  client_id:
    description:
      - Client ID (consumer key) of the integration record, the claim C(iss) of an assertion. NetSuite shows it once, when the record is saved
        or its credentials are reset.
      - Every Client ID seen so far has 64 hexadecimal characters. Another length is pointed out and used. The Application ID of the same
        record, a GUID, is refused.
      - With O(access_token) it is not required. The token is compared with it when it is given.
  scope:
    description:
      - Scopes to ask for, and to find in the token, out of V(rest_webservices), V(restlets) and V(suite_analytics). Each must be ticked on the
        integration record.
      - They are sent as a JSON array, as in Oracle's sample assertion. The text of the same page speaks of a comma-separated list.
  extra_claims:
    description:
      - Further claims of the assertion. V(iss), V(scope), V(aud), V(iat), V(exp) and V(jti) cannot be set here.
      - NetSuite documents none. RFC 7523 asks for V(sub) beside V(iss), so other authorization servers may want it.
    type: dict
  worked_before:
    description:
      - Whether these credentials are known to have worked before. A refusal then points to a mapping that vanished, as by a sandbox refresh.
      - The alias O(once_active) will be removed in 2.0.0, not before 2028-01-31.
    type: bool
    aliases: [once_active]
  new_certificate:
    description:
      - Whether the certificate was made a moment ago and cannot be mapped yet. Then NetSuite is not asked, and the task counts as skipped.
    type: bool
    default: false
extends_documentation_fragment:
  - m2m.netsuite.token_checks
  - m2m.netsuite.account.id
  - m2m.netsuite.account
  - m2m.netsuite.client
  - m2m.netsuite.client.pair
  - m2m.netsuite.http_options
  - m2m.netsuite.store
  - m2m.netsuite.store.server
  - m2m.netsuite.attributes
  - m2m.netsuite.attributes.info
  - m2m.netsuite.attributes.actiongroup_netsuite
attributes:
  check_mode:
    details:
      - It gets a token in check mode too. At NetSuite that leaves an entry in the Login Audit Trail and changes nothing else.
seealso:
  - module: m2m.netsuite.access_token
  - module: m2m.netsuite.certificate_mapping_info
  - name: Login Audit Trail
    description: Oracle's list of the codes in RV(diagnosis[].audit_trail).
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/subsect_158324637123.html
  - name: The Access and ID Token
    description: Oracle's description of the token and its keys.
    link: https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/section_158255317571.html
author:
  - m2m.netsuite contributors (!UNKNOWN)
"""

EXAMPLES = r"""
---
- name: Check the credentials
  m2m.netsuite.token_check:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_path: "{{ playbook_dir }}/auth-key.pem"
    private_key_passphrase: "{{ netsuite_account_private_key_passphrase }}"
    certificate_path: "{{ playbook_dir }}/auth-cert.pem"
    expected_role: "1001"
    expected_entity: "12"

- name: Check them and continue whatever the outcome
  m2m.netsuite.token_check:
    account_id: 1234567_SB1
    client_id: "{{ netsuite_account_client_id }}"
    private_key_content: "{{ netsuite_account_private_key }}"
    certificate_content: "{{ netsuite_account_certificate }}"
    fail_on_invalid: false
  register: check

- name: Show what to do
  ansible.builtin.debug:
    msg: "{{ check.diagnosis[0].evidence }}: {{ check.diagnosis[0].fix }}"
  when: not check.valid

- name: Check a token that was requested elsewhere, without calling NetSuite
  m2m.netsuite.token_check:
    account_id: 1234567_SB1
    access_token: "{{ netsuite_access_token }}"
    checks: [claims]
"""

RETURN = r"""
valid:
  description: Whether there is a token and no check failed.
  returned: when the checks were carried out, whatever their outcome
  type: bool
  sample: true
account:
  description: The account, as NetSuite spells it in tokens.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: 1234567_SB1
role:
  description: Internal id of the role that the token acts with, V(null) when the token states none or there is no token.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: "1001"
entity:
  description: Internal id of the entity that the token acts for, V(null) when the token states none or there is no token.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: "12"
role_name:
  description: Name of the role, V(null) where it was not looked up, or NetSuite does not tell it.
  returned: when the checks were carried out, whatever their outcome
  type: str
  version_added: 1.0.0
  sample: Integration
entity_name:
  description: Name of the entity, V(null) where it was not looked up, or NetSuite does not tell it.
  returned: when the checks were carried out, whatever their outcome
  type: str
  version_added: 1.0.0
  sample: Integration User
scope:
  description: Scopes of the token.
  returned: when the checks were carried out, whatever their outcome
  type: list
  elements: str
  sample: [rest_webservices]
expires_at:
  description: Until when the token is valid, in UTC, V(null) when the token states none or there is no token.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: "2026-11-23T21:00:00Z"
no_answer:
  description: Whether a request got no answer, after which the server was asked nothing further.
  returned: when the checks were carried out, whatever their outcome
  type: bool
  version_added: 1.0.0
  sample: false
clock_skew:
  description: Seconds by which NetSuite's clock is ahead of this machine's, V(null) when no answer gave the time. Negative when it is behind.
  returned: when the checks were carried out, whatever their outcome
  type: int
  sample: 0
checks:
  description: The checks, in the order in which they ran.
  returned: when the checks were carried out, whatever their outcome
  type: list
  elements: dict
  sample:
    - name: probe
      status: ok
      detail: the server's time is 2026-11-23T20:00:00.000Z
  contains:
    name:
      description: V(preflight) and V(token), unless O(access_token) was given, then V(claims), V(signature), V(probe) and,
        when they are asked for, V(certificates) and V(names).
      type: str
    status:
      description: V(ok), V(failed) or V(skipped).
      type: str
    detail:
      description: What was found, or why the check was skipped.
      type: str
unknown_certificates:
  description: Certificates in force at NetSuite that are not on record, as M(m2m.netsuite.certificate_mapping_info) returns them.
  returned: when the checks were carried out, whatever their outcome
  type: list
  elements: dict
  version_added: 1.0.0
  sample:
    - certificate_id: NPMnRyPg-WDWhPiAbisjKiH0fqnBpjOZ367wDTe0pqA
      role: "1001"
      entity: "12"
      valid_from: "2026-11-23"
      valid_until: "2028-11-22"
      revoked: false
      algorithm: EC
      role_name: Integration
      entity_name: Integration User
diagnosis:
  description: Possible causes of the failure, the likeliest first. Empty when no check failed.
  returned: when the checks were carried out, whatever their outcome
  type: list
  elements: dict
  sample:
    - cause: certificate_not_mapped
      evidence: the token endpoint answered HTTP 500 server_error, as it does for a certificate it does not know
      fix: Upload the certificate at Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup
      audit_trail: MissingKey
      basis: heuristic
  contains:
    cause:
      description: Stable word for the cause.
      type: str
    evidence:
      description: What speaks for it.
      type: str
    fix:
      description: What to do about it.
      type: str
    audit_trail:
      description:
        - Code in the column Detail of NetSuite's Login Audit Trail that would confirm it, V(null) where Oracle documents none.
      type: str
    basis:
      description:
        - What the cause rests on.
        - V(fact) is seen without NetSuite's help. V(answer) is what NetSuite answers, as Oracle documents it. V(heuristic) is a rule of
          likelihood of this collection.
      type: str
login_audit_trail:
  description: Where NetSuite shows the codes in RV(diagnosis[].audit_trail), V(null) when there are none.
  returned: when the checks were carried out, whatever their outcome
  type: str
  sample: "Setup > Users/Roles > User Management > View Login Audit Trail, Use Advanced Search, Results: add Detail"
assertion:
  description: The assertion, part by part, compared with NetSuite's rules, when it was refused. It holds none of the assertion's values.
  returned: when the checks were carried out, whatever their outcome
  type: list
  elements: dict
  sample:
    - part: aud
      status: ok
      detail: as NetSuite requires it
  contains:
    part:
      description: Name of the header parameter or claim, V(signature), or V(whole) when it is not an assertion at all.
      type: str
    status:
      description: V(ok) or V(failed).
      type: str
    detail:
      description: Which rule it breaks.
      type: str
cause:
  description: Stable word for what went wrong, that of the first RV(diagnosis), or for example V(missing_file) or V(bad_account_id).
  returned: failure
  type: str
  sample: certificate_not_mapped
fix:
  description: What to do about it.
  returned: failure
  type: str
  sample: Upload the certificate
library:
  description: Names of the Python libraries, as on PyPI and separated by commas, that are missing or too old.
  returned: failure with RV(cause=missing_library)
  type: str
  sample: PyJWT
"""

from ansible_collections.m2m.netsuite.plugins.module_utils.module_runner import run_module
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.token_check import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
