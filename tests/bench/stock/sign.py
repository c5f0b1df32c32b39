# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print a signed client assertion: ``sign.py KEY CERTIFICATE CLIENT_ID TOKEN_URL``.

What one writes for this purpose beside a playbook, in the way of Oracle's own example.
"""

import base64
import sys
import time
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes


def main() -> None:
    """Sign with PS256, as NetSuite wants it of an RSA key."""
    key, certificate, client_id, url = sys.argv[1:]
    digest = x509.load_pem_x509_certificate(Path(certificate).read_bytes()).fingerprint(hashes.SHA256())
    certificate_id = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    now = int(time.time())
    claims = {"iss": client_id, "scope": ["rest_webservices"], "aud": url, "iat": now - 5, "exp": now + 300}
    print(jwt.encode(claims, Path(key).read_bytes(), algorithm="PS256", headers={"kid": certificate_id}))


if __name__ == "__main__":
    main()
