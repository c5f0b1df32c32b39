# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pre-request script for Patchworks, under Node, with the oldest and the newest jsrsasign that Patchworks may have.

What it makes goes to the simulator, to oidc-provider, and through the hands of ``cryptography``.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import handover_sheet
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.contract.catalogue import ROOT, validated
from ansible_collections.m2m.netsuite.tests.e2e.harness.canaries import betrayed
from ansible_collections.m2m.netsuite.tests.e2e.harness.material import CURVES, Pair, key_pem, new_key, new_pair
from ansible_collections.m2m.netsuite.tests.e2e.harness.simulator import SimulatedAccount, Simulator
from ansible_collections.m2m.netsuite.tests.interop.programs import Program, der_signature, parts

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"
LIBRARIES = ("jsrsasign", "jsrsasign-oldest")
ALGORITHMS = {"rsa3072": "PS256", "rsa4096": "PS256", "secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
HASHES: dict[str, hashes.HashAlgorithm] = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
LABELS = ("Consumer key", "Account id", "Private key", "Certificate id")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Runtime = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    """Call the script: ``runtime(variables, payload=..., library=...)`` gives ``result`` or ``error``."""
    with Program("../patchworks/runtime.mjs") as program:

        def call(variables: Any, payload: Any = None, *, library: str = LIBRARIES[0], **more: Any) -> dict[str, Any]:
            data = {"payload": payload, "variables": variables, "meta": {"flow": 1}}
            return program.ask({"library": library, "data": data, **more})

        yield call


@dataclass(frozen=True)
class Handed:
    """An account of the simulator, and its four credentials as a hand-over sheet gives them."""

    account: SimulatedAccount
    pair: Pair
    values: dict[str, str]

    def with_(self, **changes: str) -> dict[str, str]:
        """The values with some replaced: ``with_(account_id="...")``."""
        names = {label.lower().replace(" ", "_"): label for label in LABELS}
        return {**self.values, **{names[name]: value for name, value in changes.items()}}


def hand_over(account: SimulatedAccount, pair: Pair, folder: Path) -> Handed:
    """Read the four values off a sheet and its key file, as a person does."""
    options = {
        "account_id": account.account_id,
        "client_id": account.client_id,
        "private_key_content": pair.key,
        "certificate_content": pair.certificate,
        "template_folders": [str(ROOT / "roles/patchworks_handover/files/consumers")],
        "dest": str(folder),
        "name": "acme",
        "reveal_key": True,
    }
    result = execute(handover_sheet.OPERATION, validated("handover_sheet", options), Context())
    assert not result.get("failed"), result
    sheet = (folder / "acme-patchworks.md").read_text().split("\n## ")[1]
    fields = re.split(r"^\d\. \*\*(.+)\*\*$", sheet, flags=re.MULTILINE)[1:]
    blocks = {
        label: re.findall(r"```text\n\s*(.*?)\n", body) for label, body in zip(fields[::2], fields[1::2], strict=True)
    }
    assert tuple(blocks) == LABELS
    key = (folder / "acme-auth-key.pem").read_text()
    return Handed(account, pair, {label: key if label == "Private key" else blocks[label][0] for label in LABELS})


@pytest.fixture(scope="module")
def handed(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Handed]:
    """Accounts by the kind of their key."""
    made: dict[str, Handed] = {}

    def get(kind: str = "secp256r1") -> Handed:
        if kind not in made:
            account, pair = simulator.account(), new_pair(kind)
            account.upload(pair.certificate)
            made[kind] = hand_over(account, pair, tmp_path_factory.mktemp(kind))
        return made[kind]

    return get


def assertion(answer: dict[str, Any]) -> str:
    """The assertion in an answer of the script."""
    assert "result" in answer, answer
    return str(answer["result"]["variables"]["client_assertion"])


def ask_for_token(account: SimulatedAccount, body: str) -> requests.Response:
    """Send a token request as Patchworks does."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return requests.post(account.url + TOKEN_PATH, data=body, headers=headers, timeout=10)


def gets_a_token(one: Handed, answer: dict[str, Any]) -> None:
    """Assert that the simulator takes what the script made."""
    assert "result" in answer, answer
    response = ask_for_token(one.account, answer["result"]["payload"])
    assert response.status_code == 200, (response.text, one.account.audit())
    assert response.json()["access_token"]


# It works


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ALGORITHMS)
def test_the_four_values_of_the_sheet_get_a_token(runtime, handed, kind, library):
    one = handed(kind)
    before = int(time.time())
    answer = runtime(one.values, library=library)
    after = time.time()
    gets_a_token(one, answer)
    header, claims, _input, _signature = parts(assertion(answer))
    assert header == {"typ": "JWT", "alg": ALGORITHMS[kind], "kid": one.pair.id}
    assert claims.pop("jti")
    issued = claims.pop("iat")
    assert before - 5 <= issued <= after - 5
    assert claims.pop("exp") == issued + 300
    url = f"https://{one.account.label}.suitetalk.api.netsuite.com{TOKEN_PATH}"
    assert claims == {"iss": one.account.client_id, "scope": ["rest_webservices"], "aud": url}


@pytest.mark.parametrize("kind", ALGORITHMS)
def test_oidc_provider_accepts_the_assertion(runtime, handed, kind):
    one = handed(kind)
    answer = runtime({**one.values, "assertion subject": one.account.client_id})
    audience = parts(assertion(answer))[1]["aud"]
    client = {
        "client_id": one.account.client_id,
        "algorithm": ALGORITHMS[kind],
        "certificate": one.pair.certificate,
    }
    with Program("../patchworks/authorization_server.mjs") as server:
        url = server.ask({"audience": audience, "clients": [client]})["url"]
        form = {name: values[0] for name, values in parse_qs(answer["result"]["payload"]).items()}
        good = requests.post(url, data=form, timeout=10)
        assert good.status_code == 200, (good.text, server.hear())
        assert good.json()["access_token"]
        assert requests.post(url, data=form, timeout=10).status_code == 401
        assert "only be used once" in server.hear()["refused"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["rsa3072", *CURVES])
def test_signatures_are_right_each_time(runtime, handed, kind, library):
    """jsrsasign's own JWS writer shortens one signature of P-521 in six."""
    one = handed(kind)
    public_key = x509.load_pem_x509_certificate(one.pair.certificate.encode()).public_key()
    for _round in range(20 if kind == "secp521r1" else 5):
        header, _claims, signed, signature = parts(assertion(runtime(one.values, library=library)))
        digest = HASHES[header["alg"][2:]]
        if kind.startswith("rsa"):
            public_key.verify(signature, signed, padding.PSS(padding.MGF1(digest), 32), digest)
        else:
            public_key.verify(der_signature(signature, header["alg"]), signed, ec.ECDSA(digest))


def test_each_assertion_is_a_new_one(runtime, handed):
    one = handed()
    made = [parts(assertion(runtime(one.values))) for _round in range(5)]
    assert len({claims["jti"] for _header, claims, _input, _signature in made}) == 5


def test_nonces_come_from_the_systems_random_numbers(runtime, handed):
    """With the system's random numbers fixed, r is the same twice: jsrsasign's own Math.random() has no part in it."""
    for kind, half in (("secp256r1", 32), ("secp384r1", 48), ("secp521r1", 66)):
        one = handed(kind)
        fixed = [parts(assertion(runtime(one.values, fixed_random=True)))[3][:half] for _round in range(2)]
        free = [parts(assertion(runtime(one.values)))[3][:half] for _round in range(2)]
        assert len(set(fixed)) == 1
        assert len({*fixed, *free}) == 3


# It takes what people and forms make of the values


@pytest.mark.parametrize("kind", ["rsa3072", "secp521r1"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda pem: pem.replace("\n", ""),
        lambda pem: pem.replace("\n", " "),
        lambda pem: pem.replace("\n", "\\n"),
        lambda pem: pem.replace("\n", "\\r\\n"),
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.replace("\n", "\n\n    "),
        lambda pem: f'"{pem}"',
        json.dumps,
        lambda pem: f"\ufeff  {pem}  \n",
        lambda pem: f"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n{pem}",
    ],
    ids=["joined", "blanks", "backslash-n", "backslash-r-n", "crlf", "indented", "quoted", "json", "bom", "bundle"],
)
def test_a_key_that_lost_its_line_ends_is_repaired(runtime, handed, kind, damage):
    one = handed(kind)
    answer = runtime(one.with_(private_key=damage(one.values["Private key"])))
    gets_a_token(one, answer)


@pytest.mark.parametrize("kind", ["rsa3072", "secp256r1", "secp384r1", "secp521r1"])
def test_keys_in_their_traditional_form_are_taken(runtime, handed, kind):
    one = handed(kind)
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(one.pair.key.encode(), None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
    parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    assert " PRIVATE KEY-----" in pem.splitlines()[0]
    answer = runtime(one.with_(private_key=parameters + pem))
    gets_a_token(one, answer)


@pytest.mark.parametrize(
    "names",
    [
        ("consumer_key", "account_id", "private_key", "certificate_id"),
        ("consumerKey", "accountId", "privateKey", "certificateId"),
        ("CLIENT_ID", "ACCOUNT-ID", "PRIVATE.KEY", "CERT_ID"),
        ("netsuite_consumer_key", "netsuite_account_id", "netsuite_private_key", "netsuite_certificate_id"),
        ("client id", "account", "Auth key", "kid"),
    ],
)
def test_variables_are_recognised_by_their_likely_names(runtime, handed, names):
    one = handed()
    others = {"token": "hidden", "base_url": "https://example.com", "consumer_secret": "not used", "empty": None}
    answer = runtime({**others, **dict(zip(names, one.values.values(), strict=True))})
    gets_a_token(one, answer)
    assert {name: answer["result"]["variables"][name] for name in others} == others


def test_an_empty_variable_leaves_room_for_another(runtime, handed):
    one = handed()
    answer = runtime({"consumer_key": " ", "client_id": one.values["Consumer key"], **one.with_(consumer_key="")})
    gets_a_token(one, answer)


@pytest.mark.parametrize("spell", [str.upper, lambda text: text.upper().replace("-", "_"), lambda text: f"  {text}\n"])
def test_the_account_id_may_be_spelled_otherwise(runtime, handed, spell):
    one = handed()
    answer = runtime(one.with_(account_id=spell(one.values["Account id"])))
    gets_a_token(one, answer)


def test_a_number_is_as_good_as_a_text(runtime, handed):
    answer = runtime({**handed().values, "Account id": 1234567})
    assert "https://1234567.suitetalk" in parts(assertion(answer))[1]["aud"]


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ("restlets", ["restlets"]),
        ("restlets,rest_webservices", ["restlets", "rest_webservices"]),
        ("rest_webservices restlets restlets", ["rest_webservices", "restlets"]),
        (["rest_webservices", "suite_analytics"], ["rest_webservices", "suite_analytics"]),
        ('["restlets"]', ["restlets"]),
        ("", ["rest_webservices"]),
    ],
)
def test_a_variable_chooses_the_scope(runtime, handed, scope, wanted):
    answer = runtime({**handed().values, "scope": scope})
    assert parts(assertion(answer))[1]["scope"] == wanted
    gets_a_token(handed(), answer)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "",
        "grant_type=client_credentials&client_assertion={{client_assertion}}&keep=1",
        "client_assertion=&keep=1",
        "<xml>a=b</xml>",
        "[1, 2]",
        {"client_assertion": "", "keep": "1"},
        '{"keep": "1"}',
    ],
    ids=str,
)
def test_the_body_keeps_its_form(runtime, handed, payload):
    answer = runtime(handed().values, payload)
    body = answer["result"]["payload"]
    if isinstance(payload, dict):
        found = dict(body)
    elif str(payload).startswith("{"):
        found = json.loads(body)
    else:
        found = {name: value for name, (value,) in parse_qs(body).items()}
    assert ("keep" in found) == ("keep" in str(payload))
    found.pop("keep", None)
    wanted = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
    assert found == {**wanted, "client_assertion": assertion(answer)}
    assert answer["result"]["meta"] == {"flow": 1}


@pytest.mark.parametrize("name", ["client_assertion", "Client assertion", "jwt", "ASSERTION"])
def test_a_variable_that_waits_for_the_assertion_is_filled(runtime, handed, name):
    answer = runtime({**handed().values, name: "old"})
    assert answer["result"]["variables"][name] == assertion(answer)


# It names what is missing or wrong

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
    ("account_id", "blank", lambda one: "1234567 SB1", "is not a NetSuite account id"),
    ("account_id", "hyphens", lambda one: "1234567--sb1", "is not a NetSuite account id"),
    ("account_id", "letters", lambda one: "\uff11\uff12\uff13\uff14\uff15\uff16\uff17", "is not a NetSuite account id"),
    ("account_id", "long", lambda one: "1" * 64, "is not a NetSuite account id"),
    ("certificate_id", "cut", lambda one: one.pair.id[:-1], "has 42 characters"),
    ("certificate_id", "padded", lambda one: one.pair.id + "=", "has 44 characters"),
    ("certificate_id", "blank", lambda one: one.pair.id[:20] + " " + one.pair.id[21:], "damaged"),
    ("private_key", "certificate", lambda one: one.pair.certificate, "is a certificate"),
    ("private_key", "cut", lambda one: one.pair.key[:-30], "is cut off"),
    ("private_key", "body alone", lambda one: "".join(one.pair.key.splitlines()[1:-1]), "is cut off"),
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
    ("private_key", "openssh", lambda one: one.pair.key.replace(" PRIV", " OPENSSH PRIV"), "OpenSSH"),
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
def test_no_variables_at_all_are_told(runtime, variables):
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
def test_what_only_netsuite_can_tell_is_told_by_netsuite(runtime, handed, name, value, reason):
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
        public_key: Any = x509.load_pem_x509_certificate(one.pair.certificate.encode()).public_key()
        refused = 0
        for at in range(0, len(packed) - 2, step):
            other = "A" if packed[at] != "A" else "k"
            answer = runtime(one.with_(private_key=f"{first}\n{packed[:at]}{other}{packed[at + 1 :]}\n{last}\n"))
            if "error" in answer:
                assert "the private key is damaged" in answer["error"]
                refused += 1
                continue
            header, _claims, signed, signature = parts(assertion(answer))
            digest = HASHES[header["alg"][2:]]
            if kind.startswith("rsa"):
                public_key.verify(signature, signed, padding.PSS(padding.MGF1(digest), 32), digest)
            else:
                public_key.verify(der_signature(signature, header["alg"]), signed, ec.ECDSA(digest))
        assert refused > 10
