# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""docs/inputs.md: what becomes of each input, made from real runs of operations and kept up to date.

Each input comes with what it means, or with a word that its refusal must have: so none is misleading, and none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from typing import Any

import jwt
import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core import mapping, tokens
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.core.generations import Retiring
from ansible_collections.m2m.netsuite.plugins.module_utils.core.timing import iso
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.plugins.plugin_utils.controller import Run, check, fill_in
from ansible_collections.m2m.netsuite.plugins.plugin_utils.default_place import default_path
from ansible_collections.m2m.netsuite.tests.contract.test_pasted_values import OWN_OPTIONS, SECRETS, misplaced
from ansible_collections.m2m.netsuite.tests.support import pasted, pem_inputs
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.catalogue import OPERATIONS, ROOT
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

PAGE = ROOT / "docs/inputs.md"
PASSPHRASE = "correct horse"
PAIR, LOCKED = new_pair(), new_pair(passphrase=PASSPHRASE)
CLIENT_ID, CERTIFICATE_ID, TOKEN = "ab" * 32, "A" * 43, SECRETS["token"]
NOW = datetime(2027, 1, 15, tzinfo=timezone.utc)
GOOD = {
    "account_id": "1234567_SB1",
    "client_id": CLIENT_ID,
    "certificate_content": PAIR.certificate,
    "private_key_content": PAIR.key,
}
_HIDDEN = {CLIENT_ID: "the Client ID", CERTIFICATE_ID: "the certificate id", TOKEN: "the token"}


@dataclass(frozen=True)
class Input:
    """One input.

    Attributes:
        kind: Of what.
        label: What the page calls it.
        run: Gives what the input was taken for, or raises what refuses it.
        meant: What it stands for; None where it has to be refused.
        word: What the refusal has to name.
    """

    kind: str
    label: str
    run: Callable[[], Any]
    meant: Any = None
    word: str = ""


def call(action: Callable[..., Any]) -> Callable[..., Any]:
    """A run of an operation, to be made later."""
    return action


def option(module: str, name: str, value: Any) -> Any:
    """An option as a task gets it: filled in, cleaned, and validated by Ansible."""
    options = fill_in(OPERATIONS[module], {name: value}, Run(None, lambda text: text, {}))
    return options[name]


def assertion(**options: Any) -> dict[str, Any]:
    """Header and claims of a real assertion.

    Raises:
        M2MError: what refused the options.
    """
    operation, given = OPERATIONS["client_assertion"], {**GOOD, **options}
    given = {name: value for name, value in given.items() if value is not None}
    run = Run(None, lambda text: text, {})
    checked = check(operation, "m2m.netsuite.client_assertion", fill_in(operation, given, run))
    result = execute(operation, checked, Context(clock=NOW.timestamp, sleep=lambda _seconds: None))
    assert result.get("cause") != "defect", result
    if result.get("failed"):
        raise M2MError(result["msg"].removesuffix(f" {result['fix']}.").rstrip("."), result["fix"])
    assert jwt.decode(result["assertion"], options={"verify_signature": False}) == result["claims"]
    return {**result["header"], **result["claims"]}


def around(kind: str, value: str, run: Callable[[str], Any], meant: Any = None) -> Iterator[Input]:
    for label, paste in pasted.AROUND.items():
        text = paste(value)
        yield Input(kind, f"{label} around it", lambda text=text: run(text), value if meant is None else meant)


def within(kind: str, value: str, run: Callable[[str], Any]) -> Iterator[Input]:
    for label, (character, words) in pasted.WITHIN.items():
        text = value[:4] + character + value[4:]
        yield Input(kind, f"{label} within", lambda text=text: run(text), word=words)


def account(value: Any) -> str:
    return str(assertion(account_id=value)["aud"]).split("/")[2].partition(".")[0].replace("-", "_").upper()


def ids() -> Iterator[Input]:
    kind = "Account id"
    yield from around(kind, "1234567_SB1", account)
    yield from within(kind, "1234567_SB1", account)
    spelled = ["1234567-sb1", "1234567_sb1", "https://1234567-sb1.app.netsuite.com/app/center/card.nl"]
    yield from (Input(kind, f"`{one}`", lambda one=one: account(one), "1234567_SB1") for one in spelled)
    yield Input(kind, "the number 1234567", lambda: account(1234567), "1234567")
    yield Input(kind, "`TSTDRV1234567`", lambda: account("TSTDRV1234567"), "TSTDRV1234567")
    for one, label, word in (
        ("1234567SB1", "`1234567SB1`", "1234567_SB1"),
        ("1234567rp2", "`1234567rp2`", "1234567_RP2"),
        (1e5, "`1e5` without quotes", "quotes"),
        ("100000.0", "`1e5` without quotes, behind a template", "quotes"),
        (True, "`yes` without quotes", "quotes"),
        ("", "nothing", "is not a NetSuite account id"),
        ("None", "`None`, of a template", "missing value"),
        ("1234567.evil.example", "a host of somebody else", "is not the address"),
        ("https://me:secret@1234567.app.netsuite.com", "a URL with a password", "a text of 42 characters"),
        ("a" * 64, "64 letters", "a text of 64 characters"),
    ):
        yield Input(kind, label, lambda one=one: account(one), word=word)
    for kind, name, value, claim in (
        ("Client ID", "client_id", CLIENT_ID, "iss"),
        ("Certificate id", "certificate_id", CERTIFICATE_ID, "kid"),
    ):
        more = {"certificate_id": CERTIFICATE_ID} if name == "client_id" else {}
        run = call(
            lambda text, name=name, claim=claim, more=more: assertion(
                **{**more, "certificate_content": None, name: text}
            )[claim]
        )
        yield from around(kind, value, run)
        yield from within(kind, value, run)
    guid = "3f8c6a52-0b6e-4f0e-9d1a-5a1c3c2f9c55"
    for label, value, word in (
        ("an Application ID", guid, "Application ID"),
        ("a URL", "https://system.netsuite.com", "not hexadecimal"),
        ("81 characters", "a" * 81, "81 characters"),
        ("blanks alone", "  ", "client_id is missing"),
        ("a float", 1e64, "quotes"),
    ):
        yield Input("Client ID", label, lambda value=value: assertion(client_id=value)["iss"], word=word)


def numbers_as_ids() -> Iterator[Input]:
    for name in ("expected_role", "expected_entity"):
        kind, run = f"Internal id (`{name}`)", call(lambda value, name=name: option("token_check", name, value))
        yield from around(kind, "1001", run)
        same = [("`01001`", "01001"), ("the number 1001", 1001), ("`0000001001`", "0000001001")]
        yield from (Input(kind, label, lambda value=value, run=run: run(value), "1001") for label, value in same)
        yield Input(kind, "`-5`", lambda run=run: run("-5"), "-5")
        for label, value, word in (
            ("a name", "Administrator", "whole number"),
            ("a script id", "customrole_x", "whole number"),
            ("role and entity", "1001;12", "whole number"),
            ("hexadecimal", "0x3e9", "whole number"),
            ("full-width digits", "\uff11\uff10", "U+FF11"),
            ("a float", 1001.0, "quotes"),
            ("`yes` without quotes", True, "quotes"),
        ):
            yield Input(kind, label, lambda value=value, run=run: run(value), word=word)


def secrets_and_urls() -> Iterator[Input]:
    for name, module in (("access_token", "token_check"), ("api_key", "patchworks_script")):
        run = call(lambda text, name=name, module=module: option(module, name, text))
        yield from around(f"Token (`{name}`)", TOKEN, run)
        yield from within(f"Token (`{name}`)", TOKEN, run)
        yield Input(
            f"Token (`{name}`)", "the word Bearer before it", lambda run=run: run(f"Bearer {TOKEN}"), word="Bearer"
        )
    for label, end in {"nothing": "", "line end": "\n", "CRLF": "\r\n", "zero-width space": "\u200b"}.items():
        opened = call(
            lambda end=end: assertion(
                private_key_content=LOCKED.key,
                certificate_content=LOCKED.certificate,
                private_key_passphrase=PASSPHRASE + end,
            )["alg"]
        )
        yield Input("Passphrase", f"{label} after it", opened, "ES256")
    for label, value in {"a blank after it": f"{PASSPHRASE} ", "quotes around it": f'"{PASSPHRASE}"'}.items():
        wrong = call(
            lambda value=value: assertion(
                private_key_content=LOCKED.key, certificate_content=LOCKED.certificate, private_key_passphrase=value
            )["alg"]
        )
        yield Input("Passphrase", label, wrong, word="passphrase")
    base = "https://example.com/x"
    run = call(lambda text: str(assertion(base_url=text)["aud"]).partition("/services")[0])
    yield from around("URL (`base_url`)", base, run)
    yield from within("URL (`base_url`)", base, run)
    for label, value, word in (
        ("without a scheme", "example.com", "absolute"),
        ("http", "http://example.com", "without TLS"),
        ("with a password", "https://user:pw@example.com", "credentials"),
        ("another scheme", "ftp://example.com", "absolute"),
        ("`no` without quotes", False, "quotes"),
    ):
        yield Input("URL (`base_url`)", label, lambda value=value: assertion(base_url=value)["aud"], word=word)


def booleans_and_numbers() -> Iterator[Input]:
    for label, value, meant in [
        *(
            (f"`{text}`", text, True)
            for text in ("true", "True", "yes", "YES", "on", "y", "t", "1", "1.0", " yes\n", '"true"')
        ),
        *((f"`{text}`", text, False) for text in ("false", "False", "no", "off", "n", "f", "0", "0.0", "\ufeffno")),
        ("the number 1", 1, True),
        ("the number 0", 0, False),
    ]:
        shown = label.replace("\n", "\\n").replace("\ufeff", "(byte order mark)")
        yield Input("Boolean", shown, lambda value=value: option("token_check", "diagnose", value), meant)
    for value in ("maybe", "2", "ja", "truefalse", "enabled"):
        yield Input(
            "Boolean", f"`{value}`", lambda value=value: option("token_check", "diagnose", value), word="true or false"
        )
    run = call(lambda value: option("certificate", "key_size", value))
    for label, value in (
        ("`4096`", "4096"),
        ("` 4096 `", " 4096 "),
        ("`4096.0`", "4096.0"),
        ("a float", 4096.0),
        ("quotes", "'4096'"),
    ):
        yield Input("Whole number", label, lambda value=value: run(value), 4096)
    for value in ("4096 bits", "4k", "1e3", "4096,0", "0x1000", "1_000", "\uff14"):
        yield Input("Whole number", f"`{value}`", lambda value=value: run(value), word="whole number")
    yield Input("Whole number", "`yes` without quotes", lambda: run(True), word="whole number")
    run_float = call(lambda value: option("token_check", "timeout", value))
    for label, value in (
        ("`30`", "30"),
        ("` 30 `", " 30 "),
        ("`30.0`", "30.0"),
        ("`3e1`", "3e1"),
        ("the number 30", 30),
    ):
        yield Input("Number", label, lambda value=value: run_float(value), 30.0)
    for value in ("30s", "30,5", "nan", "inf", "half a minute"):
        yield Input("Number", f"`{value}`", lambda value=value: run_float(value), word="not a number")
    both = ["rest_webservices", "restlets"]
    for value in ("rest_webservices,restlets", "rest_webservices, restlets\n", "['rest_webservices', 'restlets']",
                  '["rest_webservices","restlets"]', "[rest_webservices, restlets]", "rest_webservices restlets",
                  "rest_webservices;restlets", "- rest_webservices\n- restlets\n"):  # fmt: skip
        label = "`" + value.replace("\n", "\\n") + "`"
        yield Input("List", label, lambda value=value: assertion(scope=value)["scope"], both)


def durations() -> Iterator[Input]:
    for seconds in (30, 300, 3599, "300", " 300\n"):
        run = call(lambda seconds=seconds: (made := assertion(assertion_lifetime=seconds))["exp"] - made["iat"])
        label = f"{seconds!r}".replace("'", "`")
        yield Input("Duration (`assertion_lifetime`)", label, run, int(seconds))
    for seconds in (-1, 0, 29, 3600, 86400, 10**20, "5m", "1h", "PT5M"):
        run = call(lambda seconds=seconds: assertion(assertion_lifetime=seconds)["exp"])
        word = "assertion_lifetime is"
        yield Input("Duration (`assertion_lifetime`)", f"`{seconds}`", run, word=word)


def keys() -> Iterator[Input]:
    for label, damage in {**pem_inputs.DAMAGES, **pem_inputs.BODIES}.items():
        run = call(lambda damage=damage: assertion(private_key_content=damage(PAIR.key))["alg"])
        yield Input("Private key (PEM)", label, run, "ES256")
    for label in (*pem_inputs.KEY_LABELS, "CERTIFICATE"):
        run = call(lambda label=label: assertion(private_key_content=pem_inputs.relabelled(PAIR.key, label))["alg"])
        yield Input("Private key (PEM)", f"labelled {label}", run, "ES256")
    for label, damage in {**pem_inputs.DAMAGES, **pem_inputs.BODIES}.items():
        run = call(lambda damage=damage: assertion(certificate_content=damage(PAIR.certificate))["alg"])
        yield Input("Certificate (PEM)", label, run, "ES256")
    for label, text, word in (
        ("a certificate", PAIR.certificate, "holds a certificate"),
        ("its first half", PAIR.key[:120], "cut off"),
        ("nothing but blanks", "  ", "is empty"),
        ("a token", TOKEN, "not PEM"),
        ("a key that needs a passphrase", LOCKED.key, "no passphrase"),
        ("text of Ansible Vault", "$ANSIBLE_VAULT;1.1;AES256\n38", "Ansible Vault"),
        ("a public key of OpenSSH", "ssh-ed25519 AAAA", "OpenSSH"),
    ):
        yield Input("Private key (PEM)", label, lambda text=text: assertion(private_key_content=text)["alg"], word=word)


def out_of_place() -> Iterator[Input]:
    names = {"key": "a private key", "token": "a token"}
    for module, name, secret in misplaced():
        run = call(lambda module=module, name=name, secret=secret: option(module, name, SECRETS[secret]))
        yield Input(f"{names[secret].capitalize()} in another option", f"`{module}`: `{name}`", run, word=name)


def dates() -> Iterator[Input]:
    for label, text in (
        ("`9999-12-31`", "9999-12-31"),
        ("`9999-12-31T23:59:59Z`", "9999-12-31T23:59:59Z"),
        ("`9999-12-31T23:00:00-05:00`", "9999-12-30T23:00:00-05:00"),
    ):
        run = call(lambda text=text: iso(Retiring("A", "2028-01-01", text).revoke_after(7))[:4])
        yield Input("Far date in the credential file (`replaced`)", label, run, "9999")
    for label, days in (("a thousand years", 365_000), ("10^9 days", 10**9), ("-10^9 days", -(10**9))):
        run = call(lambda days=days: 1 <= Retiring("A", "2028-01-01", "2027-01-01").revoke_after(days).year <= 9999)
        yield Input("Overlap that no calendar holds", label, run, True)
    for label, exp in (
        ("1e300", 1e300),
        ("in milliseconds", 1_800_000_000_000),
        ("negative", -1e300),
        ("text", "soon"),
        ("10^40", 10**40),
    ):
        run = call(lambda exp=exp: tokens.identity({"exp": exp}).expires_at)
        yield Input("`exp` of a token", label, lambda run=run: run() is None or run().year > 3000, True)
    for label, seconds in (
        ("`1e300`", 1e300),
        ("`-5`", -5),
        ("`soon`", "soon"),
        ("10^20", 10**20),
        ("a year and more", 10**9),
    ):
        document = {"access_token": "x", "expires_in": seconds}
        run = call(lambda document=document: tokens.from_response(document, NOW).expires_in)
        yield Input("`expires_in` of an answer that is not a lifetime", label, run, 3600)
    for label, until in (
        ("`9999-12-31`", "9999-12-31"),
        ("`31.12.2027`", "31.12.2027"),
        ("`never`", "never"),
        ("a number", 5),
    ):
        document = {"certificate_id": "A", "valid_until": until}
        run = call(lambda document=document: mapping.from_document(document).is_active(NOW.date()))
        yield Input("`valid_until` of a mapping, counted as active", label, run, True)


def hosts() -> Iterator[Input]:
    def path(host: str) -> str | None:
        return default_path({"inventory_dir": "/i", "inventory_hostname": host})

    for host in ("acme", "acme.example.com", "Zo\u00eb GmbH", "-acme", "a b", "\u65e5\u672c", "acme_1", "10.0.0.1"):
        meant = f"/i/host_vars/{host}/netsuite_credentials.yml"
        yield Input("Host name", f"`{host}`", lambda host=host: path(host), meant)
    for host in ("..", ".", "a/b", "../x", "/etc"):
        yield Input("Host name", f"`{host}`", lambda host=host: path(host), word="folder")


@cache
def inputs() -> list[Input]:
    makers = (ids, numbers_as_ids, secrets_and_urls, booleans_and_numbers, durations, keys, out_of_place, dates, hosts)
    return [one for maker in makers for one in maker()]


def outcome(one: Input) -> str:
    """What became of an input, in words; held against what it means."""
    try:
        found = one.run()
    except M2MError as error:
        message = str(error)
        assert one.meant is None, f"{one.kind}, {one.label} is lost: {message}"
        assert one.word in message, f"{one.kind}, {one.label}: {message}"
        assert betrayed(message, {**SECRETS, "own key": PAIR.key, "locked": LOCKED.key, "passphrase": PASSPHRASE}) == []
        what = r"holds (?:white space|the character U\+\w+)(?: \([^)]+\))? at position \d+ of \d+"
        return "refused: " + re.sub(what, "holds (what it is, by name) at position 5 of N", message)
    assert one.meant is not None, f"{one.kind}, {one.label} is taken for {found!r}"
    assert (found, type(found)) == (one.meant, type(one.meant)), f"{one.kind}, {one.label}"
    shown = _HIDDEN.get(found, found) if isinstance(found, str) else found
    if one.kind == "Host name":
        return "taken for a folder of that name"
    return f"taken for {shown}" if shown in _HIDDEN.values() else f"taken for `{shown}`"


def table() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for one in inputs():
        result = outcome(one)
        if one.kind.endswith("in another option"):
            result = "refused; the message names the option and does not quote"
        elif one.kind.endswith("(PEM)") and one.meant:
            result = "read, and what the key signs verifies with the certificate"
        elif one.kind == "Passphrase" and one.meant:
            result = "opens the key"
        rows.setdefault((one.kind, result), []).append(one.label)
    lines = [f"{len(inputs())} inputs.", "", "| Kind | Inputs | Result |", "| --- | --- | --- |"]
    for (kind, result), labels in rows.items():
        shown = "; ".join(labels).replace("\\\\", "\\").replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"| {kind} | {shown} | {result.replace('|', chr(92) + '|').replace('<', '&lt;')} |")
    return "\n".join(lines)


def test_there_are_enough_inputs_and_each_is_tried_once():
    assert len(inputs()) >= 150
    names = [(one.kind, one.label) for one in inputs()]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert set(OWN_OPTIONS) == {"key", "token"}


def test_the_page_shows_what_becomes_of_each_input():
    begin, end = "<!-- inputs: made by tests/contract/test_inputs_page.py -->", "<!-- end of the inputs -->"
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(begin)
    wanted = f"{before}{begin}\n\n{table()}\n\n{end}{rest.split(end)[1]}"
    if text != wanted:
        PAGE.write_text(wanted, encoding="utf-8")
        pytest.fail(f"{PAGE.name} was not up to date. It is now: look at it and commit it.")
