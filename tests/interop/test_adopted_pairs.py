# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pairs that other programs have made, as people have them: adopted, then rotated like any other."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import (
    account_adopt,
    account_credentials,
    account_reconcile,
    token_check,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, Operation
from ansible_collections.m2m.netsuite.tests.interop.programs import Program, openssl
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.simulator import SimulatedAccount, Simulator

PASSPHRASE = "open sesame"
SUBJECT = ("-subj", "/C=CZ/O=Example/CN=netsuite m2m", "-days", "365")
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")


@dataclass
class Desk:
    """Somebody's folder with a pair in it.

    Attributes:
        files: What is to be adopted, as paths.
        certificate: The certificate that was uploaded to NetSuite.
        more: Further options: a passphrase, say.
    """

    folder: Path
    files: list[str] = field(default_factory=list)
    certificate: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def made(self, *how: str, key: str = "auth-key.pem") -> None:
        """A pair by openssl req, in two files."""
        out = ("-keyout", self.path(key), "-out", self.path("auth-cert.pem"))
        openssl("req", "-new", "-x509", *how, *SUBJECT, *out)
        self.files = [self.path(key), self.path("auth-cert.pem")]
        self.certificate = Path(self.files[1]).read_text()

    def write(self, name: str, data: bytes | str) -> None:
        """Another file takes the place of those that are to be adopted."""
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        self.files = [str(path)]

    def protected(self) -> tuple[str, str]:
        """How openssl takes the passphrase."""
        secret = self.folder / "passphrase"
        secret.write_text(PASSPHRASE)
        self.more["passphrase"] = PASSPHRASE
        return "file:" + str(secret), str(secret)


def patchworks_page(desk: Desk) -> None:
    """The command of the Patchworks page, which has it from Oracle's."""
    desk.made(
        *("-newkey", "rsa:4096", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:64"),
        "-nodes",
    )


def plain_rsa(desk: Desk) -> None:
    desk.made("-newkey", "rsa:3072", "-nodes")


def encrypted_key(desk: Desk) -> None:
    desk.made(*EC, "-passout", desk.protected()[0])
    assert "ENCRYPTED PRIVATE KEY" in Path(desk.files[0]).read_text()


def traditional_key(desk: Desk) -> None:
    plain_rsa(desk)
    openssl("rsa", "-in", desk.files[0], "-traditional", "-out", desk.path("old.key"))
    assert "BEGIN RSA PRIVATE KEY" in Path(desk.path("old.key")).read_text()
    desk.files[0] = desk.path("old.key")


def ecparam(desk: Desk) -> None:
    """A key with its parameters in front of it, and the certificate made of a request."""
    key = desk.path("ec.key")
    openssl("ecparam", "-name", "prime256v1", "-genkey", "-out", key)
    assert "EC PARAMETERS" in Path(key).read_text()
    openssl("req", "-new", "-x509", "-key", key, *SUBJECT, "-out", desk.path("auth-cert.pem"))
    desk.files = [desk.path("auth-cert.pem"), key]  # in the wrong order, too
    desk.certificate = Path(desk.files[0]).read_text()


def der(desk: Desk) -> None:
    desk.made(*EC, "-nodes")
    openssl("pkcs8", "-topk8", "-nocrypt", "-in", desk.files[0], "-outform", "DER", "-out", desk.path("auth.key"))
    openssl("x509", "-in", desk.files[1], "-outform", "DER", "-out", desk.path("auth.cer"))
    desk.files = [desk.path("auth.key"), desk.path("auth.cer")]


def one_file(desk: Desk) -> None:
    """Certificate, then key, as web servers and proxies have it; with the line ends of Windows."""
    desk.made(*EC, "-nodes")
    text = desk.certificate + Path(desk.files[0]).read_text()
    desk.write("auth.pem", text.replace("\n", "\r\n"))


def json_file(desk: Desk) -> None:
    """As secret stores and service accounts have it."""
    desk.made(*EC, "-nodes")
    document = {"type": "m2m", "private_key": Path(desk.files[0]).read_text(), "certificate": desk.certificate}
    desk.write("service.json", json.dumps(document))


def signed_by_an_authority(desk: Desk) -> None:
    """A certificate of one's own authority, with the whole chain in one file."""
    openssl(
        "req",
        "-new",
        "-x509",
        *EC,
        "-nodes",
        "-subj",
        "/CN=Example CA",
        "-days",
        "700",
        "-keyout",
        desk.path("ca.key"),
        "-out",
        desk.path("ca.pem"),
    )
    key, request, leaf = desk.path("leaf.key"), desk.path("leaf.csr"), desk.path("leaf.pem")
    openssl("req", "-new", *EC, "-nodes", "-subj", "/CN=netsuite", "-keyout", key, "-out", request)
    openssl(
        "x509",
        "-req",
        "-in",
        request,
        "-CA",
        desk.path("ca.pem"),
        "-CAkey",
        desk.path("ca.key"),
        "-days",
        "300",
        "-out",
        leaf,
    )
    desk.certificate = Path(leaf).read_text()
    desk.write("chain.pem", Path(desk.path("ca.pem")).read_text() + desk.certificate)
    desk.files.insert(0, key)


def pkcs12(desk: Desk) -> None:
    desk.made(*EC, "-nodes")
    argument, _path = desk.protected()
    key, certificate = desk.files
    openssl("pkcs12", "-export", "-inkey", key, "-in", certificate, "-passout", argument, "-out", desk.path("auth.p12"))
    desk.files = [desk.path("auth.p12")]


def pkcs12_without_passphrase_as_text(desk: Desk) -> None:
    """A store with an empty password, in base64, as a form or a variable of CI takes it."""
    desk.made(*EC, "-nodes")
    store = openssl("pkcs12", "-export", "-inkey", desk.files[0], "-in", desk.files[1], "-passout", "pass:")
    desk.write("auth.p12.txt", base64.encodebytes(store))


def unpacked_pkcs12(desk: Desk) -> None:
    """What openssl takes out of a store: bags with attributes."""
    pkcs12(desk)
    text = openssl("pkcs12", "-in", desk.files[0], "-passin", desk.protected()[0], "-nodes")
    assert b"Bag Attributes" in text
    desk.write("unpacked.pem", text)
    desk.more.clear()


def keytool(desk: Desk) -> None:
    """Java's key store as it has been by default since Java 9."""
    if shutil.which("keytool") is None:
        pytest.skip("there is no keytool")
    secret, store = desk.protected()[1], desk.path("keystore.jks")
    common = ("-alias", "netsuite", "-keystore", store, "-storepass:file", secret)
    make = ("-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "300", "-dname", "CN=netsuite")
    subprocess.run(["keytool", *make, *common], check=True, capture_output=True)
    out = subprocess.run(["keytool", "-exportcert", "-rfc", *common], check=True, capture_output=True, text=True)
    desk.files, desk.certificate = [store], out.stdout


def jsrsasign(desk: Desk) -> None:
    with Program("make_pair.mjs") as program:
        made = program.ask({"curve": "secp256r1"})
    desk.write("auth-key.pem", made["key"])
    key = desk.files[0]
    desk.write("auth-cert.pem", made["certificate"])
    desk.files.append(key)
    desk.certificate = made["certificate"]


FORMS: list[Callable[[Desk], None]] = [
    *(patchworks_page, plain_rsa, encrypted_key, traditional_key, ecparam, der, one_file, json_file),
    *(signed_by_an_authority, pkcs12, pkcs12_without_passphrase_as_text, unpacked_pkcs12, keytool, jsrsasign),
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def place(account: SimulatedAccount, desk: Desk) -> dict[str, Any]:
    """Options of every operation that keeps the credentials; the key is protected by the folder it is in."""
    where = {
        "account_id": account.account_id,
        "base_url": account.url,
        "credentials_path": desk.path("c/credentials.yml"),
    }
    return {**where, "allow_plaintext_key": True}


def run(operation: Operation, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:
    result = run_operation(operation, Context(check_mode=check_mode, sleep=lambda _seconds: None), **options)
    assert PASSPHRASE not in json.dumps(result)
    assert "PRIVATE KEY" not in json.dumps(result)
    return result


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__.replace("_", " "))
def test_a_pair_is_adopted_and_then_rotated(form: Callable[[Desk], None], desk: Desk, simulator: Simulator) -> None:
    form(desk)
    account = simulator.account()
    shown = account.upload(desk.certificate, role=1001)
    kept = place(account, desk)
    adopt = {**kept, "client_id": account.client_id, "files": desk.files, "expected_role": "1001", **desk.more}

    predicted = run(account_adopt.OPERATION, check_mode=True, **adopt)
    assert not Path(kept["credentials_path"]).exists()
    adopted = run(account_adopt.OPERATION, **adopt)
    for result in (predicted, adopted):
        assert result["reason"] == "adopted", result
        assert (result["credentials"]["generation"], result["credentials"]["certificate_id"]) == (1, shown)
        assert result["token_check"]["valid"]
    assert run(account_adopt.OPERATION, **adopt)["changed"] is False
    assert account.counters()["write_attempts"] == 0

    onboarded = run(account_credentials.OPERATION, **kept)
    assert (onboarded["changed"], onboarded["settled"], onboarded["certificate_id"]) == (False, True, shown)
    rotated = run(account_credentials.OPERATION, **kept, rotate=True)
    assert rotated["pending"]["key_type"] == onboarded["key_type"]
    check = run(token_check.OPERATION, **account.options(credentials_path=kept["credentials_path"]))
    done = run(account_reconcile.OPERATION, **kept, client_id=account.client_id, token_check=check)
    assert [(one["step"], one["status"]) for one in done["steps"]] == [
        ("map", "done"),
        ("prove", "ok"),
        ("promote", "done"),
    ]
    assert [one["certificate_id"] for one in done["credentials"]["retiring"]] == [shown]


def test_a_java_key_store_of_the_old_kind_is_named(desk: Desk, simulator: Simulator) -> None:
    keytool(desk)
    old, secret = desk.path("old.jks"), desk.protected()[1]
    stores = ("-srckeystore", desk.files[0], "-srcstorepass:file", secret, "-destkeystore", old)
    done = ("-deststorepass:file", secret, "-deststoretype", "JKS")
    subprocess.run(["keytool", "-importkeystore", *stores, *done], check=True, capture_output=True)
    account = simulator.account()
    result = run(
        account_adopt.OPERATION, **place(account, desk), client_id=account.client_id, files=[old], passphrase=PASSPHRASE
    )
    assert result["failed"]
    assert "-deststoretype PKCS12" in result["msg"]
