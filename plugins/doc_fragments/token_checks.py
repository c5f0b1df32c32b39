# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a token is checked, and what happens when a check fails."""

    DOCUMENTATION = r"""
options:
  expected_role:
    description:
      - Internal id of the role that the token must act with. It is not compared when not given.
    type: str
  expected_entity:
    description:
      - Internal id of the entity, for example an employee, that the token must act for. It is not compared when not given.
    type: str
  expected_role_name:
    description:
      - Name of the role that the token must act with, where O(expected_role) is not given. SuiteQL is asked for it, see the check V(names) of
        M(m2m.netsuite.token_check). It is not compared where NetSuite does not tell it.
    type: str
    version_added: 1.0.0
  expected_entity_name:
    description:
      - Name of the entity that the token must act for, where O(expected_entity) is not given, as O(expected_role_name).
    type: str
    version_added: 1.0.0
  diagnose:
    description:
      - Whether to look further when NetSuite refuses the token with an error that leaves the cause open, or its TLS certificate is not trusted.
      - Then the account's JWK Set is read without credentials, to see whose account answers, and the list of mappings, where there is
        a token for it. The issuer of an untrusted TLS certificate is read in a separate handshake, in which nothing is sent.
      - None of this changes anything.
    type: bool
    default: true
  bootstrap_token:
    description:
      - An access token with the scope V(rest_webservices) of a role that may manage certificates, for example from a browser login. It is
        used to read the list of mappings when NetSuite refuses a token, and for nothing else.
      - Without it, where the V(pending) pair of O(credentials_path) is checked, a token of the V(active) pair reads the list.
    type: str
  certificates_url:
    description:
      - Replaces C(https://<account>.restlets.api.netsuite.com) for the list of mappings, and O(base_url) as well.
    type: str
  fail_on_invalid:
    description:
      - Whether the task fails when a check fails. Everything is returned in either case.
    type: bool
    default: true
"""
