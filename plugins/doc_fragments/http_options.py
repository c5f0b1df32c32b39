# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The HTTP options: ``option_groups.HTTP``."""

    DOCUMENTATION = r"""
options:
  timeout:
    description:
      - Seconds to wait for a connection, and again for an answer.
    type: float
    default: 30.0
  retries:
    description:
      - How often a request is repeated that failed for a passing reason, which is a connection that failed or broke, HTTP 429, 502, 503 or
        504, or HTTP 400 with a NetSuite code for too many concurrent requests.
      - The pauses between them are jittered and grow. C(Retry-After) is honoured up to 30 seconds.
      - An upload whose answer was lost is not repeated. NetSuite's list tells whether it arrived.
    type: int
    default: 3
  validate_certs:
    description:
      - Whether the server's TLS certificate is verified. Leave it on, as what is sent are credentials.
    type: bool
    default: true
  ca_path:
    description:
      - Path of a bundle, or a folder, of CA certificates to trust instead of the usual ones, for example the CA of a proxy that inspects TLS.
      - Without it, the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are looked at.
    type: path
  proxy:
    description:
      - URL of a proxy for all requests.
      - Without it, the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) count, those of the task's C(environment) too.
      - Do not put a password into it. It is not treated as a secret.
    type: str
  tls_client_cert:
    description:
      - Path of a TLS client certificate in PEM form, for a gateway on the way that asks for one. NetSuite does not.
    type: path
  tls_client_key:
    description:
      - Path of its private key, when O(tls_client_cert) does not hold it too.
    type: path
"""
