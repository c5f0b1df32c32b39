# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the secret store holds of an account, read by the code with which AWX reads HashiCorp Vault."""

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import account_credentials
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.support import openssl
from ansible_collections.m2m.netsuite.tests.support.catalogue import validated
from ansible_collections.m2m.netsuite.tests.support.openbao import running_openbao

hashivault = pytest.importorskip("awx_plugins.credentials.hashivault", reason="AWX's credential plugins are not here")

READ = 'path "secret/data/netsuite/*" { capabilities = ["read"] }'


def test_awx_reads_the_pair_and_the_id(tmp_path):
    with running_openbao(tmp_path) as store:
        place = {"store": "kv2", "store_url": store.url, "store_token": store.token}
        options = {"account_id": "1234567_SB1", "key_type": "EC", **place}
        made = execute(account_credentials.OPERATION, validated("account_credentials", options), Context())
        where = {
            "url": store.url,
            "api_version": "v2",
            "secret_backend": "secret",
            "secret_path": "netsuite/1234567-sb1",
        }
        found = {
            key: hashivault.kv_backend(**where, token=store.token_with(READ), secret_key=key)
            for key in ("private_key", "certificate", "certificate_id")
        }
    assert found["certificate_id"] == made["certificate_id"] == openssl.certificate_id(found["certificate"])
    assert openssl.public_key_of(found["private_key"]) == openssl.certified_key(found["certificate"])
