# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

r"""PEM text as people really hand it over (RFC 7468).

Pasting a key through a form, JSON, a variable of CI, HTML, mail or a shell turns its line ends into ``\n``, ``%0A``,
``&#10;``, into spaces, or into nothing; and a label is quickly typed. The blocks inside such a text are still
unambiguous: they are found, labelled by what they hold, and written again with proper line ends.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, unquote_plus

from . import der
from .errors import KeyMaterialError

_LABEL = r"[A-Z0-9 #]{1,64}"
# A body holds no run of five hyphens: without that bound a text full of BEGIN lines takes hours.
_BLOCK = re.compile(rf"-----BEGIN ({_LABEL})-----((?:(?!-----).)*)-----END ({_LABEL})-----", re.DOTALL)
_APART = r"[\s>|\"'`]+"  # what stands between the lines: white space, the marks of a quotation
_LEGACY_HEADERS = re.compile(
    rf"(?:{_APART})?(Proc-Type:\s*4,\s*ENCRYPTED){_APART}(DEK-Info:\s*[A-Z0-9-]+,[0-9A-Fa-f]+){_APART}"
)
# \n, \\n, \r, \t, \u000a, \x0a, \012, and a backslash that merely protects the next character: \/
_ESCAPE = re.compile(r"\\+(?:u00([0-9A-Fa-f]{2})|x([0-9A-Fa-f]{2})|(0?1[25]|[nrt]))?")
_QUOTED_PRINTABLE = re.compile(r"=(0[AD]|20|3D)")
_TAG = re.compile(r"</?(?:br|code|div|p|pre|span|wbr)\b[^<>]{0,200}>", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_DASHES = re.compile("[-\u2010-\u2015\u2212]{2,}|[\u2010-\u2015\u2212]")
_DATA_URL = re.compile(r"data:[^,]{0,100},")
_JOINT = re.compile(r"""["'`]\s{0,80}[+,.]?\s{0,80}["'`]""")  # strings put together line by line
_NOISE = str.maketrans("-_", "+/", ">|\"'`,;")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
TRADITIONAL = ("RSA PRIVATE KEY", "EC PRIVATE KEY")
_SHORTEST = 64  # a shorter text in base64 cannot be a key
_MOST_LAYERS = 4
_FOREIGN = (
    (
        lambda text: text.startswith("$ANSIBLE_VAULT;"),
        "is still encrypted with Ansible Vault",
        "Give the vault secret to this run",
    ),
    (lambda text: text.startswith(("ssh-", "ecdsa-sha2-")), "is an OpenSSH public key", "Give the PEM file instead"),
    (
        # Bytes that are not valid UTF-8 have become U+FFFD on the way here.
        lambda text: "\ufffd" in text or "\0" in text,
        "is binary (DER or PKCS#12), or text in another encoding than UTF-8",
        "Convert it to PEM with openssl, or save it as UTF-8",
    ),
    (
        lambda text: text.startswith("PuTTY-User-Key-File"),
        "is a key in PuTTY's format",
        "Export it with puttygen -O private-openssh, then convert it with ssh-keygen -p -m PKCS8",
    ),
    (
        lambda text: "-----BEGIN" in text or "-----END" in text,
        "is cut off: a PEM block lacks its first or its last line",
        "Copy the whole file, BEGIN and END line included",
    ),
    (lambda text: not text, "is empty", "Check the file or the variable"),
)


# What some blocks are called, and what helps, where that is not an exchange of two files.
_NAMES = {
    "OPENSSH PRIVATE KEY": ("a key in OpenSSH format", "Convert it with ssh-keygen -p -m PKCS8"),
    "PKCS12": ("a PKCS#12 store", "Take key and certificate out of it with openssl pkcs12 -nodes"),
    "PKCS7": ("certificates alone (PKCS#7)", "Give the file with the private key"),
}


@dataclass(frozen=True)
class Block:
    """One PEM block.

    Attributes:
        label: What it holds, by its content (``CERTIFICATE``); by its BEGIN line where the content is not known here.
        text: The block, rewritten with 64-character lines.
        content: The bytes that it stands for; nothing where that is unknown.
        cipher: What encrypts a traditional key, by its header lines: ``AES-128-CBC``.
    """

    label: str
    text: str = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    cipher: str | None = None

    @property
    def data(self) -> bytes:
        """The text as cryptography wants it."""
        return self.text.encode("ascii")

    @property
    def is_encrypted(self) -> bool:
        """Whether it is a private key that a passphrase protects."""
        return self.label == "ENCRYPTED PRIVATE KEY" or self.cipher is not None


def blocks(text: str) -> list[Block]:
    """All PEM blocks of a text, repaired where their line ends were lost.

    A text that is base64 as a whole stands for the PEM text, or the DER structure, that it was made from.
    """
    text = _clean(text)
    found = [block for parts in _BLOCK.findall(text) if (block := _block(*parts))]
    if found or "-----" in text:
        return found
    packed = _packed(_DATA_URL.sub("", text, count=1))
    if len(packed) < _SHORTEST or not _BASE64.fullmatch(packed):
        return []
    data = _decoded(packed) or b""
    if label := der.label(data):
        return [_write(label, data)]
    return blocks(data.decode("utf-8", errors="replace"))


def of_der(data: bytes) -> Block | None:
    """The block that a DER structure would be in PEM; None for anything else."""
    return _write(label, data) if (label := der.label(data)) else None


def find(text: str, labels: tuple[str, ...], *, what: str, where: str) -> list[Block]:
    """The blocks with one of the labels, at least one.

    Args:
        text: What the user gave.
        labels: Acceptable labels, for example ``("CERTIFICATE",)``.
        what: What is wanted, for the message: "a certificate".
        where: Where the text came from, for the message: an option or a path.

    Raises:
        KeyMaterialError: saying what the text is instead.
    """
    found = blocks(text)
    if wanted := [block for block in found if block.label in labels]:
        return wanted
    if found:
        kind = found[0].label.lower()
        article = "an" if kind[:1] in ("a", "e", "o") else "a"
        fix = "Check that private key and certificate were not swapped"
        name, fix = _NAMES.get(found[0].label, (f"{article} {kind}", fix))
        raise KeyMaterialError(f"{where} holds {name} where {what} is needed", fix, cause="wrong_pem")
    bare = _INVISIBLE.sub("", text).strip()
    for is_it, problem, fix in _FOREIGN:
        if is_it(bare):
            raise KeyMaterialError(f"{where} {problem}", fix, cause="unreadable_pem")
    raise KeyMaterialError(
        f"{where} is not PEM text", f"Give {what} beginning with -----BEGIN {labels[0]}-----", cause="unreadable_pem"
    )


def _clean(text: str) -> str:
    """The text without what JSON, HTML, URLs, mail, shells and word processors did to it."""
    for _layer in range(_MOST_LAYERS):  # JSON within JSON, an escape of an escape
        before = text
        if "&" in text:
            text = html.unescape(text)
        if "%" in text:
            text = (unquote_plus if "-----BEGIN+" in text else unquote)(text)
        if "=" in text:
            text = _QUOTED_PRINTABLE.sub(lambda found: chr(int(found[1], 16)), text)
        if "\\" in text:
            text = _ESCAPE.sub(lambda found: _character(*found.groups()), text)
        if text == before:
            break
    if not text.isascii():
        text = _DASHES.sub("-----", _BLANK.sub(" ", _INVISIBLE.sub("", text)))
    return _TAG.sub("\n", text) if "<" in text else text


def _character(four: str | None, two: str | None, short: str | None) -> str:
    """What an escape stands for; nothing for a backslash alone."""
    if code := four or two:
        return chr(int(code, 16))
    return "\n" if short else ""


def _block(label: str, body: str, end: str) -> Block | None:
    """A block from its parts; None where its last line belongs to another one and its content does not say more."""
    label, end = (" ".join(one.split()) for one in (label, end))
    if headers := _LEGACY_HEADERS.match(body):  # they stay on lines of their own
        lines = [" ".join(header.split()) for header in headers.groups()]
        label = label if label in TRADITIONAL else TRADITIONAL[0]  # which one it is shows only behind its cipher
        text = _text(label, _packed(body[headers.end() :]), lines)
        return Block(label, text, cipher=lines[1].split()[-1].partition(",")[0])
    packed = _packed(body)
    for guess in _guesses(body, packed):
        data = _decoded(guess)
        if data and (real := der.label(data)):
            return _write(real, data)
    return Block(label, _text(label, packed)) if label == end else None


def _guesses(body: str, packed: str) -> Iterator[str]:
    r"""What a body may have been: a form turns + into a blank, a shell swallows the backslash of \n."""
    yield packed
    if " " in body:
        yield _packed(body.strip(" ").replace(" ", "+"))
    if set(packed[::65]) == {"n"}:
        kept = packed.removesuffix("n")
        yield "".join(kept[start + 1 : start + 65] for start in range(0, len(kept), 65))


def _packed(body: str) -> str:
    return "".join(_JOINT.sub("", body).translate(_NOISE).split())


def _decoded(packed: str) -> bytes | None:
    """The bytes behind base64, its padding made good; None where it is not base64."""
    packed = packed.rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def _write(label: str, data: bytes) -> Block:
    data = der.first(data) if label == "CERTIFICATE" else data
    return Block(label, _text(label, base64.b64encode(data).decode("ascii")), data)


def _text(label: str, packed: str, headers: list[str] | None = None) -> str:
    lines = [packed[start : start + 64] for start in range(0, len(packed), 64)]
    above = [*headers, ""] if headers else []
    return "\n".join([f"-----BEGIN {label}-----", *above, *lines, f"-----END {label}-----", ""])
