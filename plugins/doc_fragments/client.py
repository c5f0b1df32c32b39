# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The client options: ``option_groups.CLIENT``.

    ``PAIR`` is the part of them that names one key pair by itself, ``ASSERTION`` what else asking for a token takes.
    """

    PAIR = r"""
options:
  client_id:
    description:
      - Client ID (consumer key) of the integration record, the claim C(iss) of an assertion. NetSuite shows it once, when the record is saved
        or its credentials are reset.
      - Every Client ID seen so far has 64 hexadecimal characters. Another length is pointed out and used. The Application ID of the same
        record, a GUID, is refused.
    type: str
  private_key_path:
    description:
      - Path of the private key, in PEM form, as PKCS#8 or in the traditional form of OpenSSL.
      - NetSuite takes RSA keys of 3072 or 4096 bits, and EC keys on P-256, P-384 or P-521.
      - A file encrypted with Ansible Vault is opened where the operation runs on the controller.
      - Mutually exclusive with O(private_key_content).
    type: path
  private_key_content:
    description:
      - The private key itself, in PEM form. Keep it in a vaulted variable.
      - Line ends that were lost on the way, or written as C(\n), are repaired.
    type: str
  private_key_passphrase:
    description:
      - Passphrase of the private key. It is ignored when the key is not encrypted with one.
    type: str
  certificate_path:
    description:
      - Path of the X.509 certificate of the private key, in PEM form.
      - Mutually exclusive with O(certificate_content).
    type: path
  certificate_content:
    description:
      - The certificate itself, in PEM form.
    type: str
  certificate_id:
    description:
      - Certificate ID, as NetSuite shows it in the list of OAuth 2.0 Client Credentials (M2M) Setup.
      - It is computed from the certificate when it is not given, as the base64url form, without padding, of the SHA-256 of the
        certificate's DER bytes (RFC 7515 C(x5t#S256)).
      - Oracle does not document how the id comes about. The rule was found on Oracle's published example. So a value that differs from the
        computed one is pointed out and used.
    type: str
requirements:
  - cryptography >= 43.0
  - PyJWT >= 2.8
  - requests >= 2.31
  - PyYAML >= 6.0.1
"""

    DOCUMENTATION = r"""
options:
  credentials_path:
    description:
      - Path of a credential file, as the role C(m2m.netsuite.netsuite_account) keeps it. It holds private key and certificate.
      - Its private key is as a rule encrypted with Ansible Vault, so the operation has to run on the controller.
      - Mutually exclusive with O(private_key_path), O(private_key_content), O(certificate_path) and O(certificate_content).
    type: path
  credentials_content:
    description:
      - What a credential file holds, the value of its variable V(netsuite_account_credentials), where it is kept as a variable or in a store
        of secrets. A mapping, or its JSON text.
      - Private keys in it may be vault envelopes, as they are in the file.
      - Mutually exclusive with O(private_key_path), O(private_key_content), O(certificate_path), O(certificate_content) and
        O(credentials_path).
    type: json
    version_added: 1.0.0
  generation:
    description:
      - Which pair of O(credentials_path) or O(credentials_content) is meant, the V(active) one, or the V(pending) one of a rotation that is
        under way.
    type: str
    choices: [active, pending]
    default: active
  algorithm:
    description:
      - JWS algorithm that signs the assertion.
      - V(auto) follows the key, with V(PS256) for RSA, and V(ES256), V(ES384) or V(ES512) for EC, depending on the curve.
      - The alternatives are V(PS256), V(PS384) and V(PS512), which any RSA key can sign. An EC key has one algorithm only.
      - V(RS256) and its relatives are refused, as NetSuite takes no PKCS#1 v1.5 signatures in this flow since 1 March 2025.
    type: str
    default: auto
  scope:
    description:
      - Scopes to ask for, out of V(rest_webservices), V(restlets) and V(suite_analytics). Each must be ticked on the integration record.
      - V(mcp) is refused. NetSuite does not combine it with other scopes, and requires Client Credentials to be unticked for it.
      - They are sent as a JSON array, as in Oracle's sample assertion. The text of the same page speaks of a comma-separated list.
    type: list
    elements: str
    default: [rest_webservices]
  assertion_lifetime:
    description:
      - Seconds between C(iat) and C(exp) of the assertion, 30 to 3599. C(iat) lies 5 seconds in the past.
      - Oracle's pages name different limits, the strictest being less than 60 minutes.
    type: int
    default: 300
  audience:
    description:
      - Claim C(aud) of the assertion. The default is the URL of the token endpoint in use.
      - Oracle's samples also show other service hosts of the same account here. Which ones NetSuite takes is not documented.
    type: str
"""

    ASSERTION = r"""
options:
  assertion:
    description:
      - An assertion to exchange, for example of M(m2m.netsuite.client_assertion), instead of one that is signed here.
      - The client options have no effect then.
      - Mutually exclusive with O(private_key_path), O(private_key_content) and O(credentials_path).
    type: str
  extra_claims:
    description:
      - Further claims of the assertion. V(iss), V(scope), V(aud), V(iat), V(exp) and V(jti) cannot be set here.
      - NetSuite documents none. RFC 7523 asks for V(sub) beside V(iss), so other authorization servers may want it.
    type: dict
"""
