# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys and certificates that openssl has made, with the commands of Oracle's page and with others that are met."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import certificate_info, token_check
from ansible_collections.m2m.netsuite.tests.interop.programs import openssl
from ansible_collections.m2m.netsuite.tests.support.catalogue import run_operation
from ansible_collections.m2m.netsuite.tests.support.simulator import Simulator

SUBJECT = ("-subj", "/C=CZ/L=Brno/O=Example/CN=netsuite m2m")
EC = ("-newkey", "ec", "-pkeyopt", "ec_param_enc:named_curve", "-pkeyopt")
# Oracle NetSuite help, "OAuth 2.0 Client Credentials Setup" (subsect_162755332391).
ORACLE = {
    "ES256": (*EC, "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365"),
    "ES384": (*EC, "ec_paramgen_curve:secp384r1", "-nodes", "-days", "365"),
    "ES512": (*EC, "ec_paramgen_curve:secp521r1", "-nodes", "-days", "365"),
    "RSA": (
        *("-newkey", "rsa:4096", "-sigopt", "rsa_padding_mode:pss", "-sha256", "-sigopt", "rsa_pss_saltlen:64"),
        *("-nodes", "-days", "365"),
    ),
}
# Seen in blogs and support answers.
OTHERS = {
    "plain RSA": ("-newkey", "rsa:3072", "-nodes", "-days", "730"),
    "sha512": ("-newkey", "rsa:3072", "-nodes", "-days", "365", "-sha512"),
    "with a passphrase": ("-newkey", "rsa:3072", "-passout", "pass:open sesame", "-days", "365"),
    "no extensions": (*EC, "ec_paramgen_curve:prime256v1", "-nodes", "-days", "365", "-extensions", "none"),
}


def _made(folder: Path, *how: str) -> dict[str, str]:
    key, certificate, config = folder / "private.pem", folder / "public.pem", folder / "openssl.cnf"
    config.write_text(
        "[req]\ndistinguished_name=dn\nx509_extensions=v3\n[dn]\n[v3]\nbasicConstraints=critical,CA:TRUE\n[none]\n"
    )
    openssl(
        "req", "-config", str(config), "-new", "-x509", *how, *SUBJECT, "-out", str(certificate), "-keyout", str(key)
    )
    return {"private_key_path": str(key), "certificate_path": str(certificate)}


def _works(simulator: Simulator, place: dict[str, str], **more: Any) -> None:
    account = simulator.account()
    account.upload(Path(place["certificate_path"]).read_text())
    info = run_operation(
        certificate_info.OPERATION, **place, **more, client_id=account.client_id, account_id=account.account_id
    )
    assert info["valid"] or {one["rule"] for one in info["problems"]} == {"id_begins_with_hyphen"}, info
    assert info["certificate_id"] == account.active_ids()[0]
    check = run_operation(token_check.OPERATION, **account.options(), **place, **more, expected_role="1000")
    assert check["valid"], check


@pytest.mark.parametrize("name", ORACLE)
def test_a_pair_made_by_oracles_command_works(name: str, simulator: Simulator, tmp_path: Path) -> None:
    _works(simulator, _made(tmp_path, *ORACLE[name]))


@pytest.mark.parametrize("name", OTHERS)
def test_a_pair_made_otherwise_works(name: str, simulator: Simulator, tmp_path: Path) -> None:
    more = {"private_key_passphrase": "open sesame"} if "passphrase" in name else {}
    _works(simulator, _made(tmp_path, *OTHERS[name]), **more)


@pytest.mark.parametrize(
    "form", ["traditional", "pkcs8", "pkcs8 encrypted", "traditional encrypted", "crlf", "text before"]
)
@pytest.mark.parametrize("name", ["ES256", "plain RSA"])
def test_a_key_in_another_form_works(form: str, name: str, simulator: Simulator, tmp_path: Path) -> None:
    place = _made(tmp_path, *{**ORACLE, **OTHERS}[name])
    path = Path(place["private_key_path"])
    key, more = str(path), {}
    if form == "traditional":
        path.write_bytes(openssl("pkey", "-in", key, "-traditional"))
        assert b"BEGIN RSA PRIVATE KEY" in path.read_bytes() or b"BEGIN EC PRIVATE KEY" in path.read_bytes()
    elif form == "pkcs8":
        path.write_bytes(openssl("pkcs8", "-topk8", "-nocrypt", "-in", key))
    elif form == "pkcs8 encrypted":
        path.write_bytes(openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:words", "-in", key))
        more = {"private_key_passphrase": "words"}
    elif form == "traditional encrypted":
        path.write_bytes(openssl("pkey", "-in", key, "-traditional", "-aes128", "-passout", "pass:words"))
        more = {"private_key_passphrase": "words"}
    elif form == "crlf":
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    else:
        path.write_bytes(b"Bag Attributes\n    friendlyName: netsuite\n" + path.read_bytes())
    _works(simulator, place, **more)


def test_a_key_for_pss_alone_is_pointed_out(tmp_path: Path) -> None:
    place = _made(tmp_path, "-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:3072", "-nodes", "-days", "365")
    info = run_operation(certificate_info.OPERATION, **place)
    assert "key_marking" in {problem["rule"] for problem in info["problems"]}


@pytest.mark.parametrize("how", [("-newkey", "rsa:2048"), ("-newkey", "ed25519"), (*EC, "ec_paramgen_curve:secp256k1")])
def test_a_key_that_netsuite_does_not_take_is_refused(how: tuple[str, ...], tmp_path: Path) -> None:
    place = _made(tmp_path, *how, "-nodes", "-days", "365")
    info = run_operation(certificate_info.OPERATION, certificate_path=place["certificate_path"])
    assert "key_kind" in {problem["rule"] for problem in info["problems"]}
