# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

r"""PEM text as people really hand it over (RFC 7468).

Pasting a key through a form, JSON or YAML turns its line ends into ``\n``, into spaces, or into nothing. The blocks
inside such a text are still unambiguous, so they are found and written again with proper line ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import KeyMaterialError

# A body holds no run of five hyphens: without that bound a text full of BEGIN lines takes hours.
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,64})-----((?:(?!-----).)*)-----END \1-----", re.DOTALL)
_LEGACY_HEADERS = re.compile(r"\s*(Proc-Type:\s*4,\s*ENCRYPTED)\s+(DEK-Info:\s*[A-Z0-9-]+,[0-9A-Fa-f]+)\s+")
_FOREIGN = (
    (
        lambda text: text.startswith("$ANSIBLE_VAULT;"),
        "is still encrypted with Ansible Vault",
        "Give the vault secret to this run",
    ),
    (lambda text: text.startswith(("ssh-", "ecdsa-sha2-")), "is an OpenSSH public key", "Give the PEM file instead"),
    (
        # Bytes that are no UTF-8 have become U+FFFD on the way here.
        lambda text: "\ufffd" in text or "\0" in text,
        "is binary (DER or PKCS#12), or text in another encoding than UTF-8",
        "Convert it to PEM with openssl, or save it as UTF-8",
    ),
    (
        lambda text: "-----BEGIN" in text,
        "is cut off: a PEM block begins and does not end",
        "Copy the whole file, END line included",
    ),
    (lambda text: not text, "is empty", "Check the file or the variable"),
)


@dataclass(frozen=True)
class Block:
    """One PEM block: its label (``CERTIFICATE``) and its text, rewritten with 64-character lines."""

    label: str
    text: str

    @property
    def data(self) -> bytes:
        """The text as cryptography wants it."""
        return self.text.encode("ascii")


def blocks(text: str) -> list[Block]:
    """All PEM blocks of a text, repaired where their line ends were lost."""
    if "\\n" in text:
        text = text.replace("\\r", "").replace("\\n", "\n")
    return [Block(label, _rewrite(label, body)) for label, body in _BLOCK.findall(text)]


def find(text: str, labels: tuple[str, ...], *, what: str, where: str) -> Block:
    """The first block with one of the labels.

    Args:
        text: What the user gave.
        labels: Acceptable labels, for example ``("CERTIFICATE",)``.
        what: What is wanted, for the message: "a certificate".
        where: Where the text came from, for the message: an option or a path.

    Raises:
        KeyMaterialError: saying what the text is instead.
    """
    found = blocks(text)
    for block in found:
        if block.label in labels:
            return block
    if found:
        kind = found[0].label.lower()
        article = "an" if kind[:1] in ("a", "e", "o") else "a"
        raise KeyMaterialError(
            f"{where} holds {article} {kind} where {what} is needed",
            "Check that private key and certificate were not exchanged",
            cause="wrong_pem",
        )
    bare = text.strip("\ufeff \t\r\n")
    for is_it, problem, fix in _FOREIGN:
        if is_it(bare):
            raise KeyMaterialError(f"{where} {problem}", fix, cause="unreadable_pem")
    raise KeyMaterialError(
        f"{where} is not PEM text", f"Give {what} beginning with -----BEGIN {labels[0]}-----", cause="unreadable_pem"
    )


def _rewrite(label: str, body: str) -> str:
    lines = []
    if headers := _LEGACY_HEADERS.match(body):  # of a traditional encrypted key: they stay on lines of their own
        lines = [*(" ".join(header.split()) for header in headers.groups()), ""]
        body = body[headers.end() :]
    packed = "".join(body.split())
    lines += [packed[start : start + 64] for start in range(0, len(packed), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
