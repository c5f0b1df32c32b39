# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make RSA keys and nothing else: ``keys.py BITS COUNT``. What this costs, no tool can save.

With a third argument, a file, they are kept there as a JSON list.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def make(bits: int) -> str:
    """A key as PKCS#8 PEM."""
    key = rsa.generate_private_key(65537, bits)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(*form).decode()


def main() -> None:
    """Use all cores, as a run over many hosts does."""
    bits, count = map(int, sys.argv[1:3])
    with multiprocessing.Pool() as pool:
        made = pool.map(make, [bits] * count, chunksize=1)
    for path in sys.argv[3:]:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)


if __name__ == "__main__":
    main()
