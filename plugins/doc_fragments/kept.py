# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Where an account's credentials are found, and how they are written: ``option_groups.KEPT``, without the store."""

    DOCUMENTATION = r"""
options:
  credentials_path:
    description:
      - Path of the credential file.
    type: path
  credentials_content:
    description:
      - What a credential file holds, where it comes as a variable. It counts as long as there is no file at O(credentials_path).
    type: json
    version_added: 1.0.0
  private_key_content:
    description:
      - A private key of yours, in PEM form, with O(certificate_content). It counts like O(credentials_content).
    type: str
  private_key_passphrase:
    description:
      - Passphrase of the private key.
    type: str
  certificate_content:
    description:
      - The certificate of O(private_key_content), in PEM form.
    type: str
  certificate_id:
    description:
      - The certificate id that NetSuite shows for O(certificate_content), where it is not the computed one.
    type: str
  encryption:
    description:
      - How a new credential file is encrypted.
      - V(value) makes the private keys inline C(!vault) values. V(file) encrypts the file as a whole, which C(ansible-vault rekey) can handle.
      - An existing file keeps its form.
    type: str
    choices: [value, file]
    default: value
  vault_id:
    description:
      - Vault id whose secret encrypts. The default is the one that the credentials are under, and for a new file the one that Ansible itself
        would encrypt with.
    type: str
  allow_plaintext_key:
    description:
      - Whether a private key may be written without encryption when the run has no vault secret.
    type: bool
    default: false
"""
