# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a secret of an account holds, in any store that is not a file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...core.errors import KeyMaterialError
from ...core.generations import Credentials, from_document, to_document
from ...core.text import capitalize_sentence

_DOCUMENT = "state"


def to_secret(credentials: Credentials) -> dict[str, str]:
    """``state``, the document as JSON text, and flat values of the active pair for other readers."""
    return {
        _DOCUMENT: json.dumps(to_document(credentials)),
        "private_key": credentials.active.private_key,
        "certificate": credentials.active.certificate,
        "certificate_id": credentials.active.certificate_id,
    }


def from_secret(content: Any, where: str) -> Credentials:
    """The inverse.

    Raises:
        KeyMaterialError: it is something else.
    """
    where = capitalize_sentence(where)
    try:
        document = content[_DOCUMENT] if isinstance(content, Mapping) else None
        document = json.loads(document) if isinstance(document, str) else document
    except (KeyError, TypeError, ValueError, RecursionError):
        document = None
    if document is None:
        raise KeyMaterialError(
            f"{where} holds something else than credentials of this collection",
            "Choose another store_path",
            cause="foreign_file",
        )
    return from_document(document, where=where)
