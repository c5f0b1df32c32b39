# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option groups: one spelling everywhere, as in the documentation fragments of the same names."""

from __future__ import annotations

from typing import Any

Spec = dict[str, dict[str, Any]]

# Filled in by the action plugins, from the variables of the role netsuite_account; see plugin_utils/role_variables.
ROLE_VARIABLES: Spec = {"role_variables": {"type": "bool", "default": False}}

ACCOUNT: Spec = {
    **ROLE_VARIABLES,
    "account_id": {"type": "str", "required": True},
    "base_url": {"type": "str"},
}

# A home for credentials other than the credential file; named as in community.hashi_vault.
STORE: Spec = {
    "store": {"type": "str", "choices": ["file", "kv2", "tasks"], "default": "file"},
    "store_tasks": {"type": "path"},
    "store_vars": {"type": "dict", "no_log": True},
    "store_url": {"type": "str"},
    "store_auth_method": {"type": "str", "choices": ["token", "approle", "jwt", "kubernetes"]},
    "store_token": {"type": "str", "no_log": True},
    "store_role_id": {"type": "str"},
    "store_secret_id": {"type": "str", "no_log": True},
    "store_jwt": {"type": "str", "no_log": True},
    "store_role": {"type": "str"},
    "store_namespace": {"type": "str"},
    "store_ca_cert": {"type": "path"},
    "store_engine_mount_point": {"type": "str", "default": "secret"},
    "store_path": {"type": "str"},
}

# Where an account's credentials are found, and how they are written.
KEPT: Spec = {
    "credentials_path": {"type": "path"},
    "credentials_content": {"type": "json", "no_log": True},
    "private_key_content": {"type": "str", "no_log": True},
    "private_key_passphrase": {"type": "str", "no_log": True},
    "certificate_content": {"type": "str"},
    "certificate_id": {"type": "str"},
    **STORE,
    "encryption": {"type": "str", "choices": ["value", "file"], "default": "value"},
    "vault_id": {"type": "str"},
    "allow_plaintext_key": {"type": "bool", "default": False, "no_log": False},
}

# Who uses the credentials, and whether a replaced certificate waits for them.
CONSUMERS: Spec = {
    "revoke": {"type": "str", "choices": ["after_overlap", "when_confirmed"]},
    "instances": {"type": "list", "elements": "str", "default": []},
    "used_by": {"type": "list", "elements": "raw", "default": []},
}

CLIENT: Spec = {
    "client_id": {"type": "str"},
    "private_key_path": {"type": "path", "no_log": False},
    "private_key_content": {"type": "str", "no_log": True},
    "private_key_passphrase": {"type": "str", "no_log": True},
    "certificate_path": {"type": "path"},
    "certificate_content": {"type": "str"},
    "certificate_id": {"type": "str"},
    "credentials_path": {"type": "path"},
    "credentials_content": {"type": "json", "no_log": True},
    **STORE,
    "generation": {"type": "str", "choices": ["active", "pending"], "default": "active"},
    "algorithm": {"type": "str", "default": "auto"},
    "scope": {"type": "list", "elements": "str", "default": ["rest_webservices"]},
    "assertion_lifetime": {"type": "int", "default": 300},
    "audience": {"type": "str"},
}

HTTP: Spec = {
    "timeout": {"type": "float", "default": 30.0},
    "retries": {"type": "int", "default": 3},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path"},
    "proxy": {"type": "str"},
    "proxy_username": {"type": "str"},
    "proxy_password": {"type": "str", "no_log": True},
    "tls_client_cert": {"type": "path"},
    "tls_client_key": {"type": "path", "no_log": False},
}

CLIENT_EXCLUSIVE = (
    ("private_key_path", "private_key_content", "credentials_path", "credentials_content"),
    ("certificate_path", "certificate_content", "credentials_path", "credentials_content"),
)

TOKEN: Spec = {
    **ACCOUNT,
    **CLIENT,
    **HTTP,
    "assertion": {"type": "str", "no_log": True},
    "extra_claims": {"type": "dict"},
}

TOKEN_EXCLUSIVE = (
    *CLIENT_EXCLUSIVE,
    ("assertion", "private_key_path"),
    ("assertion", "private_key_content"),
    ("assertion", "credentials_path"),
    ("assertion", "credentials_content"),
)
