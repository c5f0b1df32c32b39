# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How a new pair is made: ``operations.certificate.NEW_PAIR_OPTIONS``."""

    DOCUMENTATION = r"""
options:
  key_type:
    description:
      - Kind of a new private key. The default is V(RSA), or V(EC) when O(curve) is set.
    type: str
    choices: [RSA, EC]
  key_size:
    description:
      - Bits of a new RSA key. The default is V(4096). NetSuite does not take 2048.
    type: int
    choices: [3072, 4096]
  curve:
    description:
      - Curve of a new EC key. The default for O(key_type=EC) is V(secp256r1), which is P-256.
    type: str
    choices: [secp256r1, secp384r1, secp521r1]
  common_name:
    description:
      - Common name in the certificate's subject. The default for a new certificate is V(netsuite-m2m). NetSuite does not evaluate the subject.
    type: str
  organization:
    description:
      - Organization in the subject.
    type: str
  organizational_unit:
    description:
      - Organizational unit in the subject.
    type: str
  locality:
    description:
      - Locality in the subject.
    type: str
  state_or_province:
    description:
      - State or province in the subject.
    type: str
  country:
    description:
      - Country in the subject, two letters (ISO 3166-1).
    type: str
  email:
    description:
      - E-mail address in the subject.
    type: str
  valid_days:
    description:
      - Days for which a new certificate is valid from now on, 1 to 730. NetSuite shortens a longer validity to two years.
      - A certificate begins a day before it is made, so machines whose clocks are behind accept it too. Its whole life stays within 730
        days, so V(730) leaves 729.
    type: int
    default: 730
  renew_before_days:
    description:
      - A certificate that ends within this number of days is due for renewal.
      - One whose whole life is 90 days or less is due only when less than a third of it is left, too.
    type: int
    default: 30
  signature_padding:
    description:
      - Padding of the signature on a new RSA certificate. It has no meaning for EC.
      - V(pss) is the form of Oracle's OpenSSL command, with SHA-256 and a salt of 64 bytes. V(pkcs1v15) is the form of most other guides, for
        software that cannot read PSS-signed certificates. Oracle does not say whether NetSuite takes both; guides show that it does.
      - It has nothing to do with the signature of assertions.
    type: str
    choices: [pss, pkcs1v15]
    default: pss
requirements:
  - cryptography >= 43.0
  - PyYAML >= 6.0.1
"""
