# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import VaultError

ENVELOPE = "$ANSIBLE_VAULT;"


class ToyVault:
    """Ansible Vault as far as this floor knows it: the real envelope around a text that is merely written backwards."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids or ("default",)
        self.opened = 0

    def encrypt(self, text: str, vault_id: str | None) -> str:
        self.check_can_encrypt(vault_id)
        header = f"{ENVELOPE}1.1;AES256" if vault_id is None else f"{ENVELOPE}1.2;AES256;{vault_id}"
        body = text[::-1].encode().hex()
        return "\n".join([header, *(body[start : start + 80] for start in range(0, len(body), 80)), ""])

    def decrypt(self, text: str, where: str) -> str:
        lines = text.strip().splitlines()
        try:
            if ENVELOPE not in lines[0]:
                raise ValueError(lines[0])
            opened = bytes.fromhex("".join(lines[1:])).decode()[::-1]
        except ValueError:
            raise VaultError(f"No vault secret of this run opens {where}", cause="wrong_vault_secret") from None
        self.opened += 1
        return opened

    def check_can_encrypt(self, vault_id: str | None) -> None:
        if vault_id is not None and vault_id not in self.ids:
            raise VaultError(f"This run has no vault secret with the id {vault_id}", cause="vault_missing")


@pytest.fixture
def vault() -> ToyVault:
    return ToyVault("default", "prod")
