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
      - Seconds that one attempt at a request may take, from connecting to the last byte of the answer.
    type: float
    default: 30.0
  retries:
    description:
      - How many times to retry after a temporary failure, which is a connection that failed or broke, HTTP 429, 502, 503 or
        504, or HTTP 400 with a NetSuite code for too many concurrent requests.
      - The pauses between them are jittered and grow. C(Retry-After) is honoured up to 30 seconds.
      - A request that must not be carried out twice, such as an upload, is repeated only when it was not sent, or after HTTP 429. HTTP 502, 503
        and 504 and a lost answer do not say whether it was carried out. NetSuite's list does for an upload, which is sent again if it is not there.
      - All requests of a task together lose no more time by failed attempts and pauses than one request may, which is O(timeout) for each
        attempt and 30 seconds for each pause.
      - When the last attempt gets no answer, the task asks nothing further of the same server.
    type: int
    default: 3
  validate_certs:
    description:
      - 'Whether the server''s TLS certificate is verified. Leave it on: requests carry credentials.'
    type: bool
    default: true
  ca_path:
    description:
      - Path of a bundle, or a folder, of CA certificates to trust instead of the usual ones, for example the CA of a proxy that inspects TLS.
      - Without it, the environment variables E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are looked at, and then E(SSL_CERT_FILE) and
        E(SSL_CERT_DIR), which count as they do for programs that use OpenSSL.
    type: path
  proxy:
    description:
      - URL of a proxy for all requests.
      - Defaults to the environment variables E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY), as the Python library requests reads them,
        including values set by the task's C(environment).
      - When the proxy wants a login, use O(proxy_username) and O(proxy_password). A password in the URL is not treated as a secret.
    type: str
  proxy_username:
    description:
      - User name for the proxy, whether O(proxy) or an environment variable names it.
    type: str
    version_added: 1.0.0
  proxy_password:
    description:
      - Password of O(proxy_username). Keep it in a vaulted variable.
    type: str
    version_added: 1.0.0
  tls_client_cert:
    description:
      - Path of a TLS client certificate in PEM form, for a gateway on the way that asks for one. NetSuite does not.
    type: path
  tls_client_key:
    description:
      - Path of its private key, when O(tls_client_cert) does not hold it too.
    type: path
"""
