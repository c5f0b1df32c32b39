# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values as people paste them: the one place where options are cleaned or refused.

Forms, mails, spreadsheets, ``echo`` and YAML leave line ends, blanks, a byte order mark, invisible characters and
quotes around a value, or turn it into a number. What cannot belong to a value is removed from it; what may, or what is
a secret in the wrong place, is refused. No message quotes a value that might be a secret.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from . import pem
from .errors import OptionError

Spec = Mapping[str, Mapping[str, Any]]

_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_INVISIBLE_CHARACTERS = re.compile(f"[{_INVISIBLE}]")
# Around a value: white space of any alphabet, what is not seen at all, and a line end's escape.
_EDGE = rf"(?:[\s{_INVISIBLE}]|\\[rn])+"
_EDGES = re.compile(rf"\A{_EDGE}|{_EDGE}\Z")
# First and last, of English, German, Polish, Swedish, French, Danish, Swiss and Japanese keyboards and word processors.
_QUOTES = (
    *('""', "''", "``", "\u201c\u201d", "\u2018\u2019", "\u201e\u201c", "\u201a\u2018", "\u201e\u201d", "\u201a\u2019"),
    *("\u201d\u201d", "\u2019\u2019", "\u00ab\u00bb", "\u00bb\u00ab", "\u00bb\u00bb", "\u2039\u203a", "\u203a\u2039"),
    *("\u300c\u300d", "\u300e\u300f", "\uff02\uff02"),
)
_LINE_ENDS = "\r\n\u2028\u2029\x85"
_WHOLE = re.compile(r"([+-]?[0-9]+)(?:\.0*)?", re.ASCII)
_ID = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_TRUE = frozenset({"true", "yes", "on", "y", "t", "1", "1.0"})
_FALSE = frozenset({"false", "no", "off", "n", "f", "0", "0.0"})

# A certificate id is random text in base64url: three letters of it prove nothing.
_TOKEN = re.compile(
    r"(?<![\w-])eyJ(?:[\w-]{10,}\.|[\w-]{60,})"  # a JWT
    r"|ZXlK[\w+/=-]{60,}"  # its base64
    r"|(?<![\w-])hv[sbr]\.[\w-]{20,}"  # HashiCorp Vault
)
_PRIVATE_KEY = re.compile(r"BEGIN[^a-z]{0,40}PRIVATE[^A-Za-z]{1,12}KEY|LS0tLS1CRUdJT|PuTTY-User-Key-File")
_KEY_MATERIAL = re.compile(r"-----BEGIN|(?<![A-Za-z0-9+/])(?:MI[IGH]|MHc)[A-Za-z0-9+/]{45,}")
_BEARER = re.compile(r"\W*(?:authorization\W+)?bearer\s", re.IGNORECASE)
_ENVELOPE = "$ANSIBLE_VAULT;"
_A_KEY, _A_TOKEN = "a private key", "a token or an assertion"

_NUMBERED = frozenset({"role", "entity", "expected_role", "expected_entity"})
_COMPACT = frozenset(
    {"client_id", "certificate_id", "signing_certificate_id", "forget", "algorithm", "scope", "login_scope", "checks"}
)
_CAUSES = {
    "base_url": "bad_base_url",
    "certificates_url": "bad_base_url",
    "api_url": "bad_url",
    "login_url": "bad_url",
    "login_redirect_uri": "bad_redirect_uri",
    "client_id": "bad_client_id",
}
_PROSE = frozenset({"description"})
_KEPT = frozenset({"failure"})  # the message of a failed task, whatever it may be


def clean(spec: Spec, values: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a task without what does not belong to them.

    Args:
        spec: Argument spec of the operation.
        values: The options, as they were given or as Ansible has validated them. Unknown ones are left alone.

    Raises:
        OptionError: a value that cannot be meant, or a secret in an option that is not for it. It says which option.
    """
    known = {**{alias: one for one in spec.values() for alias in one.get("aliases") or ()}, **spec}
    return {name: _value(name, known[name], value) if name in known else value for name, value in values.items()}


def tidy(text: str) -> str:
    """A text without white space, invisible characters and quotes around it."""
    while True:
        before, text = text, _EDGES.sub("", text)
        if len(text) > 1 and text[0] + text[-1] in _QUOTES:
            text = text[1:-1]
        if text == before:
            return text


def compact(text: str, option: str, *, cause: str = "bad_option", fix: str = "") -> str:
    """An id, a token or a URL: ``tidy``, and printable ASCII without a blank in it.

    Raises:
        OptionError: there is something else within it; named by its place, so that nothing is quoted.
    """
    text = tidy(_INVISIBLE_CHARACTERS.sub("", text))
    for place, character in enumerate(text, 1):
        if not "!" <= character <= "~":
            raise OptionError(
                f"{option} holds {_named(character)} at position {place} of {len(text)}",
                fix or f"Copy {option} again, in one piece",
                cause=cause,
            )
    return text


def internal_id(value: object, option: str) -> str:
    """An internal id of NetSuite in its plain form, so that ``01001`` and ``1001`` are one.

    Raises:
        OptionError: it is not a whole number.
    """
    text = compact(str(value), option)
    if text and not _ID.fullmatch(text):
        raise OptionError(
            f"{option} {shown(text)} is not an internal id, which is a whole number",
            f"Give {option} as NetSuite shows it in the column Internal ID",
            cause="bad_option",
        )
    return str(int(text)) if text else text


def secret_in(text: str) -> str | None:
    """What kind of secret a text holds, in words; None where none is recognised."""
    text = _INVISIBLE_CHARACTERS.sub("", text)
    if _TOKEN.search(text):
        return _A_TOKEN
    if _PRIVATE_KEY.search(text):
        return _A_KEY
    if len(text) > 60 and any(block.label.endswith("PRIVATE KEY") for block in pem.blocks(text)):
        return _A_KEY
    return None


def shown(value: object) -> str:
    """A value for a message: quoted where it is short enough to be a slip, else only how long it is."""
    text = str(value)
    is_slip = len(text) <= 48 and "@" not in text  # of a URL, a password may be before that
    return repr(text) if is_slip else f"(a text of {len(text)} characters)"


def _value(name: str, spec: Mapping[str, Any], value: Any) -> Any:
    if value is None or name in _KEPT:
        return value
    kind = spec.get("type", "str")
    if kind in ("dict", "raw"):
        if spec.get("no_log"):
            return value  # may hold secrets of any kind
        for text in _texts(value):
            _refuse_secret(name, text, secret_in)
        return value
    if kind == "list":
        return _list(name, {**spec, "type": spec.get("elements", "str")}, value)
    if kind in _CONVERTED:
        if isinstance(value, str):
            _refuse_secret(name, value, secret_in)
            value = tidy(value)
        return _CONVERTED[kind](name, value)
    return _text(name, spec, value) if kind in ("str", "path") else value


def _list(name: str, spec: Mapping[str, Any], value: Any) -> Any:
    """A list, from text as well: ``a, b``, or the notation of YAML and Python that inventories and -e bring."""
    if isinstance(value, str):
        _refuse_secret(name, value, secret_in)
        text = tidy(value)
        if text.startswith("[") and text.endswith("]"):
            text = text[1:-1]
        # Where no part holds a blank, blanks part them too, as in a scope of OAuth (RFC 6749, section 3.3).
        parts = re.split(r"[,;|\s]+" if name in _COMPACT else ",", text)
        value = [part for part in parts if tidy(part).strip("-")]  # a dash begins a line of YAML's lists
    return [_value(name, spec, part) for part in value] if isinstance(value, list | tuple) else value


def _text(name: str, spec: Mapping[str, Any], value: Any) -> str | Any:
    if isinstance(value, bool | float):
        said = str(value).lower()
        raise OptionError(
            f"{name} is {said}, which is not text: YAML reads 1e5, 12.50, no and on as something else",
            f"Put the value of {name} into quotes",
            cause="bad_option",
        )
    if isinstance(value, list | tuple | Mapping) and not name.endswith("_content"):
        # Ansible would make a text of it, in which a key in lines would not be seen.
        _refuse_secret(name, "\n".join(_texts(value)), _misplaced)
        what = "a mapping" if isinstance(value, Mapping) else "a list"
        raise OptionError(f"{name} is {what}, which is not text", f"Give {name} a single value", cause="bad_option")
    text = str(value)  # of a number, and of an Ansible Vault value, which is opened by it
    if name in _PROSE:
        _refuse_secret(name, text, secret_in)
        return text
    if name == "content":  # the source of a script, which may well speak of keys
        whole = any(block.content and block.label.endswith("PRIVATE KEY") for block in pem.blocks(text))
        _refuse_secret(name, text, lambda _text: _A_KEY if whole else None)
        return text
    if name.endswith("_content"):
        return text  # PEM, which has rules of its own; what reads it quotes nothing
    if spec.get("no_log"):
        return _secret(name, text)
    _refuse_secret(name, text, _misplaced)
    if name in _NUMBERED:
        return internal_id(text, name)
    if (
        name in _COMPACT
        or name == "audience"
        or name == "proxy"
        or name.endswith(("_url", "_uri"))
        or "choices" in spec
    ):
        return compact(text, name, cause=_CAUSES.get(name, "bad_option"))
    return tidy(text)


def _secret(name: str, text: str) -> str:
    """A passphrase, of which only line ends at its end cannot be part; or a token or an API key."""
    if name.endswith(("passphrase", "password")):
        _refuse_secret(name, text, _misplaced)
        return _INVISIBLE_CHARACTERS.sub("", text).rstrip(_LINE_ENDS)
    _refuse_secret(name, text, lambda text: None if (found := _misplaced(text)) == _A_TOKEN else found)
    if _BEARER.match(text):
        problem = f"{name} begins with the word Bearer, which is not part of it"
        raise OptionError(problem, "Give what follows that word", cause="bad_option")
    return compact(text, name)


def _misplaced(text: str) -> str | None:
    """What a text holds that belongs into an option of its own."""
    if _ENVELOPE in text:
        return "text that is still encrypted with Ansible Vault"
    return secret_in(text) or ("a key or a certificate" if _KEY_MATERIAL.search(text) else None)


def _refuse_secret(name: str, text: str, look: Callable[[str], str | None]) -> None:
    if found := look(text):
        raise OptionError(
            f"{name} holds {found}, which does not belong there",
            f"Give {name} its own value, and the other one in its own option",
            cause="misplaced_secret",
        )


def _texts(value: Any) -> Iterator[str]:
    """All texts of a nested value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _texts(key)
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _named(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    if character.isspace():
        return "white space" if character == " " or not name else f"white space ({name})"
    return f"the character U+{ord(character):04X}" + (f" ({name})" if name else "")


def _not(name: str, value: Any, what: str, fix: str) -> OptionError:
    said = str(value).lower() if isinstance(value, bool) else shown(value)
    return OptionError(f"{name} is {said}, which is not {what}", fix, cause="bad_option")


def _boolean(name: str, value: Any) -> Any:
    text = str(value).lower()
    if text not in _TRUE | _FALSE:
        raise _not(name, value, "a boolean", f"Set {name} to true or false")
    return text in _TRUE


def _integer(name: str, value: Any) -> Any:
    found = None if isinstance(value, bool) else _WHOLE.fullmatch(str(value))
    if found is None:
        raise _not(name, value, "a whole number", f"Give {name} as digits only, without a unit")
    return int(found[1])


def _float(name: str, value: Any) -> Any:
    try:
        number = float(str(value)) if not isinstance(value, bool) else float("nan")
    except ValueError:
        number = float("nan")
    if abs(number) < float("inf"):
        return number
    raise _not(name, value, "a number", f"Give {name} as digits, with a point for fractions and without a unit")


_CONVERTED: dict[str, Callable[[str, Any], Any]] = {"bool": _boolean, "int": _integer, "float": _float}
