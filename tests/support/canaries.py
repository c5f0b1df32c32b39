# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looking for secrets where they must not be: as they are, encoded, escaped, or in pieces."""

from __future__ import annotations

import base64
import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import parse_qs, quote

from .proxy import Proxy

#: A signed JWT: header and claims. By chance the three letters alone are in one certificate of some hundreds.
JWT = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+")


@functools.cache  # a hundred accounts have hundreds of secrets and thousands of files
def forms(secret: str) -> set[bytes]:
    """The byte strings that betray a secret. Of a PEM or vault text it is every line long enough to be told apart."""
    lines = [line.strip() for line in secret.splitlines() if not line.startswith(("-----", "$ANSIBLE_VAULT"))]
    pieces = {secret, *(line for line in lines if len(line) >= 16)} if len(lines) > 1 else {secret}
    body = "".join(lines)
    found = {body.encode()}
    for piece in pieces:
        raw = piece.encode()
        found |= {raw.hex().encode(), raw.hex().upper().encode(), base64.b32encode(raw)[:-8], raw[::-1]}
        found |= {piece.encode("utf-16-le"), piece.encode("utf-16-be")}
        found |= {raw, json.dumps(piece)[1:-1].encode(), quote(piece, safe="").encode()}
        # a secret inside a longer base64 text begins at one of three phases
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw)
            inner = coded[4 if shift else 0 : -4]
            if len(inner) >= 12:
                found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {form for form in found if len(form) >= 6}


def betrayed(data: bytes | str, secrets: Mapping[str, str]) -> list[str]:
    """Names of the secrets of which there is a trace in a text."""
    raw = data.encode("utf-8", "replace") if isinstance(data, str) else data
    return [name for name, secret in secrets.items() if any(form in raw for form in forms(secret))]


def betrayed_in(folders: Iterable[Path], secrets: Mapping[str, str], but: Iterable[Path] = ()) -> dict[str, list[str]]:
    """By path, the secrets that can be read from files below some folders; ``but`` are the files they belong in."""
    exempt, found = {path.resolve() for path in but}, {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_file() or path.resolve() in exempt:
                continue
            if names := betrayed(path.read_bytes(), secrets):
                found[str(path)] = names
    return found


def on_the_wire(proxy: Proxy) -> dict[str, str]:
    """The assertions and access tokens that went through a proxy, and their parts."""
    found: dict[str, str] = {}
    for number, (request, answer) in enumerate(proxy.bodies):
        for assertion in parse_qs(request.decode()).get("client_assertion", []):
            found[f"assertion {number}"] = assertion
            found[f"signature of assertion {number}"] = assertion.rpartition(".")[2]
        try:
            token = json.loads(answer)["access_token"]
        except (ValueError, KeyError, TypeError):
            continue
        found[f"token {number}"] = token
        found[f"signature of token {number}"] = token.rpartition(".")[2]
    return found
