# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""PEM text as it arrives: one table for everything in this project that reads a key.

Each entry makes of a good PEM text, whose lines end in a newline, what arrives in its place. Whoever reads PEM text
here reads all of them.
"""

from __future__ import annotations

import base64
import html
import json
import quopri
import shlex
from collections.abc import Callable
from urllib.parse import quote, quote_plus

Damage = Callable[[str], str]


def line_ends(end: str) -> Damage:
    """Every line end replaced."""
    return lambda text: text.replace("\n", end)


def line_starts(start: str) -> Damage:
    """Something before every line."""
    return lambda text: "".join(start + line for line in text.splitlines(keepends=True))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _body(text: str) -> str:
    return "".join(line for line in text.splitlines() if not line.startswith("-----"))


LINE_ENDS: dict[str, Damage] = {
    "CRLF": line_ends("\r\n"),
    "CR": line_ends("\r"),
    "doubled": line_ends("\n\n"),
    "blanks": line_ends(" "),
    "tabs": line_ends("\t"),
    "nothing": line_ends(""),
    "\\n": line_ends("\\n"),
    "\\r\\n": line_ends("\\r\\n"),
    "\\r": line_ends("\\r"),
    "\\n and real ones": line_ends("\\n\n"),
    "\\\\n": line_ends("\\\\n"),
    "\\\\\\\\n": line_ends("\\\\\\\\n"),
    "\\u000a": line_ends("\\u000a"),
    "\\u000D\\u000A": line_ends("\\u000D\\u000A"),
    "\\x0a": line_ends("\\x0a"),
    "\\012": line_ends("\\012"),
    "%0A": line_ends("%0A"),
    "%0d%0a": line_ends("%0d%0a"),
    "%250A": line_ends("%250A"),
    "&#10;": line_ends("&#10;"),
    "&#13;&#10;": line_ends("&#13;&#10;"),
    "&#xA;": line_ends("&#xA;"),
    "&amp;#10;": line_ends("&amp;#10;"),
    "&NewLine;": line_ends("&NewLine;"),
    "<br>": line_ends("<br>"),
    "<br />": line_ends("<br />\n"),
    "n (a shell took the backslash)": line_ends("n"),
    "line separators": line_ends("\u2028"),
    "next line": line_ends("\x85"),
    "a backslash before": line_ends("\\\n"),
}
WRITINGS: dict[str, Damage] = {
    "untouched": lambda text: text,
    "no newline at the end": lambda text: text.rstrip("\n"),
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps(json.dumps(text)),
    "PHP's json_encode": lambda text: json.dumps(text).replace("/", "\\/"),
    "JSON that escapes =, + and /": lambda text: (
        json.dumps(text).replace("=", "\\u003d").replace("+", "\\u002b").replace("/", "\\u002F")
    ),
    "a JSON array of lines": lambda text: json.dumps(text.splitlines(keepends=True), indent=2),
    "strings of JavaScript, added": lambda text: " +\n  ".join(json.dumps(line) for line in text.splitlines(True)),
    "an element of HTML": lambda text: f"<pre>{html.escape(text)}</pre>",
    "HTML with a paragraph per line": lambda text: "".join([f"<p>{line}</p>" for line in text.splitlines()]),
    "HTML entities for signs": lambda text: text.replace("+", "&#43;").replace("/", "&#x2F;").replace("=", "&equals;"),
    "a URL": quote,
    "a form": quote_plus,
    "a form that lost its +": lambda text: text.replace("+", " "),
    "quoted-printable": lambda text: quopri.encodestring(text.encode(), quotetabs=True).decode(),
    "a shell's quotes": shlex.quote,
    "a shell's $'...'": lambda text: "$'" + text.replace("\n", "\\n") + "'",
    "double quotes": lambda text: f'"{text}"',
    "single quotes": lambda text: f"'{text}'",
    "backticks": lambda text: f"```\n{text}```\n",
    "typographic quotes": lambda text: f"\u201c{text}\u201d",
    "an .env file": lambda text: 'NETSUITE_KEY="' + text.replace("\n", "\\n") + '"',
    "YAML": lambda text: "key: |\n" + line_starts("  ")(text),
    "indented": line_starts("    "),
    "trailing blanks": line_ends("   \n"),
    "quoted in mail": line_starts("> "),
    "quoted twice in mail": line_starts(">> "),
    "quoted in mail, line ends lost": lambda text: line_starts("> ")(text).replace("\n", " "),
    "a table of Markdown": lambda text: "".join(f"| {line} |\n" for line in text.splitlines()),
    "byte order mark": lambda text: "\ufeff" + text,
    "zero-width spaces": line_ends("\u200b\n"),
    "zero-width spaces within": "\u200b".join,
    "word joiners and soft hyphens": line_ends("\u00ad\u2060\n"),
    "left-to-right marks": line_starts("\u200e"),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0").replace("\n", "\u00a0\n"),
    "narrow no-break spaces": lambda text: text.replace(" ", "\u202f"),
    "dashes of a word processor": lambda text: text.replace("-----", "\u2014\u2013"),
    "long dashes": lambda text: text.replace("-----", "\u2014\u2014-"),
    "text before": lambda text: "Bag Attributes\n    friendlyName: netsuite\n" + text,
    "text after": lambda text: text + "\nsome words -- and -----dashes-----\n",
    "base64 of it": _base64,
    "base64 of it, in lines": lambda text: base64.encodebytes(text.encode()).decode(),
    "base64 of it, twice": lambda text: _base64(_base64(text)),
    "base64 of it, in quotes": lambda text: f'"{_base64(text)}"\n',
    "base64 of it, for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 of it with CRLF": lambda text: _base64(text.replace("\n", "\r\n")),
    "a data URL": lambda text: "data:application/x-pem-file;base64," + _base64(text),
    "its body for URLs": lambda text: text.replace("+", "-").replace("/", "_"),
    "its body without padding": lambda text: text.replace("=", ""),
}
# A traditional encrypted key has header lines, whose ends cannot be told in these.
NOT_WITH_HEADERS = {
    "line ends: nothing",
    "line ends: n (a shell took the backslash)",
    "a form that lost its +",
    "a JSON array of lines",
    "strings of JavaScript, added",
}
DAMAGES = {**{f"line ends: {name}": damage for name, damage in LINE_ENDS.items()}, **WRITINGS}
# Without their first and last line: what a key, a certificate, an encrypted key is can be told by the content.
BODIES: dict[str, Damage] = {
    "the body alone": _body,
    "the body alone, in lines": lambda text: text.partition("\n")[2].rpartition("-----END")[0],
}
# Every label that keys and certificates are met under.
KEY_LABELS = ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "DSA PRIVATE KEY")
CERTIFICATE_LABELS = ("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "PUBLIC KEY", "PRIVATE KEY", "PKCS7")


def relabelled(text: str, label: str) -> str:
    """The same body under another label."""
    first, *body, last = text.splitlines()
    assert first.startswith("-----BEGIN ")
    assert last.startswith("-----END ")
    return "\n".join([f"-----BEGIN {label}-----", *body, f"-----END {label}-----", ""])
