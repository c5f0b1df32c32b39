# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every process does for the first time, done once in the parent of Ansible's workers.

Ansible forks a worker for each task on each host. What the parent has loaded by then is there in all of them; what it
has not is loaded in each of them again. Measured per account of a run that changes nothing: 40 ms for the filters, 21
ms for whom TLS trusts, 3 ms for the libraries' first use, 3 ms for garbage collections, and 5 ms for an emptied cache.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys

from ansible.plugins.loader import filter_loader, test_loader

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import TransportError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.libraries import note_missing
from ansible_collections.m2m.netsuite.plugins.module_utils.services import tls

try:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
except ImportError as _error:
    note_missing("cryptography", _error)


def preload_before_fork() -> None:
    """Go through what workers will do, with nothing at stake."""
    # Ansible loads its filters and tests with the first template that uses one.
    filter_loader.get("ansible.builtin.to_json")
    test_loader.get("ansible.builtin.skipped")
    with contextlib.suppress(NameError):  # without cryptography, which each operation reports
        _preload_cryptography()
    with contextlib.suppress(NameError, TransportError):  # the same for what TLS trusts
        tls.open_context()
    # What there is by now stays until the end. A garbage collection in a worker would visit, and so copy, all of it.
    gc.freeze()
    _empty_type_cache_before_forks()


def _empty_type_cache_before_forks() -> None:
    """Keep workers from copying memory that only Python's cache of looked-up attributes still refers to.

    An entry owns the name that was looked up. Ansible composes many (``_get_attr_...``), so a worker that replaces an
    entry frees such a name and with it touches a page of the parent's memory: the more hosts, the more scattered they
    are. Measured for 300 accounts: 500 of a worker's 3,050 page faults.

    Source: https://docs.python.org/3/library/sys.html#sys._clear_internal_caches (up to Python 3.12:
    ``sys._clear_type_cache``)
    """
    for name in ("_clear_internal_caches", "_clear_type_cache"):
        if empty := getattr(sys, name, None):
            os.register_at_fork(before=empty)
            break


def _preload_cryptography() -> None:
    """OpenSSL looks an algorithm up when it is first used: those of Ansible Vault, and of a signature."""
    key = PBKDF2HMAC(algorithm=hashes.SHA256(), length=32, salt=bytes(16), iterations=1000).derive(b"nothing at stake")
    decryptor = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).decryptor()
    decryptor.update(bytes(16)) + decryptor.finalize()
    pair, algorithm = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    pair.public_key().verify(pair.sign(b"", algorithm), b"", algorithm)
