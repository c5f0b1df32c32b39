# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of a home for credentials that is not a file; the choice of it, and in ``SERVER`` what reaching it takes."""

    DOCUMENTATION = r"""
options:
  store:
    description:
      - Where credentials are kept if not in a file. V(file) is the credential file, V(kv2) a secret of a KV version 2 engine in HashiCorp
        Vault or OpenBao, V(tasks) any other store, which a task file of yours reads and writes.
      - V(kv2) needs the Python library hvac, 2.1 or newer.
      - V(tasks) runs on the controller only, and each use of it takes a second or two.
      - A secret store encrypts, so that no Ansible Vault secret is needed. Every write is a compare-and-swap, and a new key is
        created only if the store itself reports that the secret does not exist.
      - As long as it does not exist, the credentials in O(credentials_path) or O(credentials_content) are used, and
        M(m2m.netsuite.account_credentials) moves them there.
      - The secret holds C(state), and C(private_key), C(certificate) and C(certificate_id) of the active pair for other readers.
    type: str
    version_added: 1.0.0
    choices: [file, kv2, tasks]
    default: file
  store_tasks:
    description:
      - With O(store=tasks), path of the task file on the controller. The guide about secret stores says what it is given and has to answer.
    type: path
    version_added: 1.0.0
  store_vars:
    description:
      - With O(store=tasks), what the task file finds in C(netsuite_store_vars), such as the login to the store.
    type: dict
    version_added: 1.0.0
"""

    SERVER = r"""
options:
  store_url:
    description:
      - Address of the server. The default is the environment variable E(ANSIBLE_HASHI_VAULT_ADDR) or E(VAULT_ADDR).
      - Plain HTTP is allowed to this machine only.
    type: str
    version_added: 1.0.0
  store_auth_method:
    description:
      - How to log in. The default is E(ANSIBLE_HASHI_VAULT_AUTH_METHOD), or V(token).
    type: str
    version_added: 1.0.0
    choices: [token, approle, jwt, kubernetes]
  store_token:
    description:
      - The token for V(store_auth_method=token). The default is E(ANSIBLE_HASHI_VAULT_TOKEN) or E(VAULT_TOKEN).
    type: str
    version_added: 1.0.0
  store_role_id:
    description:
      - Role ID for V(store_auth_method=approle). The default is E(ANSIBLE_HASHI_VAULT_ROLE_ID) or E(VAULT_ROLE_ID).
    type: str
    version_added: 1.0.0
  store_secret_id:
    description:
      - Secret ID for V(store_auth_method=approle). The default is E(ANSIBLE_HASHI_VAULT_SECRET_ID) or E(VAULT_SECRET_ID).
    type: str
    version_added: 1.0.0
  store_jwt:
    description:
      - The JSON Web Token for V(store_auth_method=jwt), as a CI job has it. The default is E(ANSIBLE_HASHI_VAULT_JWT).
      - With V(store_auth_method=kubernetes) the default is the pod's own service account token.
    type: str
    version_added: 1.0.0
  store_role:
    description:
      - Role to log in as, with V(store_auth_method=jwt) and V(store_auth_method=kubernetes).
    type: str
    version_added: 1.0.0
  store_namespace:
    description:
      - Namespace of the server. The default is E(ANSIBLE_HASHI_VAULT_NAMESPACE) or E(VAULT_NAMESPACE).
    type: str
    version_added: 1.0.0
  store_ca_cert:
    description:
      - Path of the authorities that the server's certificate is verified with. The default is E(ANSIBLE_HASHI_VAULT_CA_CERT) or
        E(VAULT_CACERT), or else what requests trusts.
    type: path
    version_added: 1.0.0
  store_engine_mount_point:
    description:
      - Where the KV version 2 engine is mounted.
    type: str
    version_added: 1.0.0
    default: secret
  store_path:
    description:
      - Path of the account's secret in the store. The default is C(netsuite/) and the account's label, such as C(netsuite/1234567-sb1).
      - Two integrations of one account need two paths.
    type: str
    version_added: 1.0.0
"""
