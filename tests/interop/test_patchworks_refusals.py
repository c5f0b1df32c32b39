# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pre-request script for Patchworks names what is missing or wrong, and shows no value of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from ansible_collections.m2m.netsuite.tests.interop.patchworks_script import (
    LABELS,
    Handed,
    ask_for_token,
    assertion,
    verify_signature,
)
from ansible_collections.m2m.netsuite.tests.support.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.support.material import key_pem, new_key

NAMES = {
    "consumer_key": "consumer key",
    "account_id": "account id",
    "private_key": "private key",
    "certificate_id": "certificate id",
}


def damaged_key(pem: str, line: int, text: str) -> str:
    lines = pem.splitlines()
    lines[line] = text + lines[line][len(text) :]
    return "\n".join(lines)


def openssh_key() -> str:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    return new_key("secp256r1").private_bytes(*form).decode()


DAMAGES: list[tuple[str, str, Callable[[Handed], str], str]] = [
    ("consumer_key", "cut", lambda one: one.values["Consumer key"][:-1], "has 63 characters"),
    ("consumer_key", "doubled", lambda one: one.values["Consumer key"] * 2, "has 128 characters"),
    ("consumer_key", "letter", lambda one: "x" + one.values["Consumer key"][1:], "hexadecimal"),
    ("consumer_key", "application id", lambda one: "3f8c6a52-0b6e-4f0e-9d1a-5a1c3c2f9c55", "is an Application ID"),
    ("consumer_key", "account id", lambda one: one.values["Account id"], "damaged"),
    ("account_id", "url", lambda one: f"https://{one.account.label}.app.netsuite.com/app/center", "is an address"),
    ("account_id", "host", lambda one: f"{one.account.label}.app.netsuite.com", "is an address"),
    ("account_id", "another host", lambda one: "evil.example/x?", "is an address"),
    ("account_id", "user", lambda one: "a@evil#", "is not a NetSuite account id"),
    ("account_id", "blank", lambda one: "1234567 SB1", "holds white space at position 8 of 11"),
    ("account_id", "hyphens", lambda one: "1234567--sb1", "is not a NetSuite account id"),
    ("account_id", "letters", lambda one: "\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "holds the character U+FF11"),
    ("account_id", "long", lambda one: "1" * 64, "is not a NetSuite account id"),
    ("certificate_id", "cut", lambda one: one.pair.id[:-1], "has 42 characters"),
    ("certificate_id", "padded", lambda one: one.pair.id + "=", "has 44 characters"),
    (
        "certificate_id",
        "blank",
        lambda one: one.pair.id[:20] + " " + one.pair.id[21:],
        "holds white space at position 21",
    ),
    ("private_key", "certificate", lambda one: one.pair.certificate, "is a certificate"),
    ("private_key", "cut", lambda one: one.pair.key[:-30], "is cut off"),
    ("private_key", "line lost", lambda one: one.pair.key.replace(one.pair.key.splitlines()[2] + "\n", ""), "damaged"),
    (
        "private_key",
        "plus to blank",
        lambda one: one.pair.key.replace(one.pair.key.splitlines()[1][:3], "  "),
        "damaged",
    ),
    ("private_key", "garbage", lambda one: damaged_key(one.pair.key, 2, "!!!!"), "damaged"),
    ("private_key", "begin", lambda one: damaged_key(one.pair.key, 1, "AAAA"), "damaged"),
    ("private_key", "number", lambda one: damaged_key(one.pair.key, 2, "ABCDABCD"), "damaged"),
    ("private_key", "vault", lambda one: "$ANSIBLE_VAULT;1.1;AES256\n3836", "encrypted with Ansible Vault"),
    ("private_key", "openssh", lambda one: openssh_key(), "OpenSSH"),
    ("private_key", "passphrase", lambda one: key_pem(new_key("secp256r1"), "open sesame"), "passphrase"),
    ("private_key", "too short", lambda one: key_pem(new_key("rsa2048")), "with 2048 bits"),
    ("private_key", "ed25519", lambda one: key_pem(ed25519.Ed25519PrivateKey.generate()), "of a kind"),
    ("private_key", "other curve", lambda one: key_pem(ec.generate_private_key(ec.SECP256K1())), "of a kind"),
]


@pytest.mark.parametrize(("name", "damage", "words"), [(name, damage, words) for name, _how, damage, words in DAMAGES],
                         ids=[f"{name}: {how}" for name, how, _damage, _words in DAMAGES])  # fmt: skip
@pytest.mark.parametrize("kind", ["rsa3072", "secp256r1"])
def test_a_damaged_value_is_named_and_not_shown(runtime, handed, kind, name, damage, words):
    one = handed(kind)
    value = damage(one)
    answer = runtime(one.with_(**{name: value}))
    assert answer.get("error", "").startswith(f"CredentialError: NetSuite client assertion: the {NAMES[name]} "), answer
    assert words in answer["error"]
    assert value not in answer["error"]
    assert betrayed(answer["error"], {**one.values, "value": value}) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["", "  ", None])
def test_a_missing_value_is_named_with_the_variables_that_are_there(runtime, handed, name, value):
    one = handed()
    answer = runtime(one.with_(**{name: value}))
    assert f"the {NAMES[name]} is missing" in answer["error"]
    assert ", ".join(LABELS) in answer["error"]
    assert betrayed(answer["error"], one.values) == []


@pytest.mark.parametrize("variables", [None, {}, [], "text"])
def test_no_variables_at_all_are_reported(runtime, variables):
    assert "is missing: none of the variables (" in runtime(variables)["error"]


def test_an_unknown_scope_is_named(runtime, handed):
    assert "the scope is not known" in runtime({**handed().values, "scope": "mcp"})["error"]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("consumer_key", "0" * 64, "UnknownIntegration"),
        ("certificate_id", "A" * 43, "MissingKey"),
        ("account_id", "7654321", "InvalidRequest"),
        ("private_key", key_pem(new_key("secp256r1")), "SignatureValidation"),
    ],
)
def test_what_only_netsuite_can_find_is_refused_by_netsuite(runtime, handed, name, value, reason):
    one = handed()
    before = len(one.account.failures())
    answer = runtime(one.with_(**{name: value}))
    assert ask_for_token(one.account, answer["result"]["payload"]).status_code != 200
    assert len(one.account.failures()) == before + 1
    if name != "account_id":
        assert reason in one.account.failures()[-1]


def test_a_bent_key_never_signs(runtime, handed):
    """One character of the key changed, all along it: it is refused, or what it signs is right all the same."""
    for kind, step in (("rsa3072", 61), ("secp256r1", 5), ("secp521r1", 23)):
        one = handed(kind)
        first, *body, last = one.pair.key.splitlines()
        packed = "".join(body)
        refused = 0
        for at in range(0, len(packed) - 2, step):
            other = "A" if packed[at] != "A" else "k"
            answer = runtime(one.with_(private_key=f"{first}\n{packed[:at]}{other}{packed[at + 1 :]}\n{last}\n"))
            if "error" in answer:
                assert "the private key is damaged" in answer["error"]
                refused += 1
                continue
            verify_signature(one.pair, assertion(answer))
        assert refused > 10
