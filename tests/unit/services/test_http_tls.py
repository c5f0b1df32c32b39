# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client and TLS: whom it trusts, and the files that are named to it."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError, OptionError
from ansible_collections.m2m.netsuite.plugins.module_utils.services import tls
from ansible_collections.m2m.netsuite.tests.unit.services.recording_client import Client


@pytest.fixture
def secure(new_server, authority):
    return new_server(authority.context(authority.pair("server")))


def test_a_trusted_server(secure, authority):
    assert Client(ca_path=authority.path).send(secure.url).status == 200


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_the_environment_s_bundle(secure, authority, monkeypatch, name):
    monkeypatch.setenv(name, authority.path)
    assert Client().send(secure.url).status == 200


def test_openssl_s_variables_count(secure, authority, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", authority.path)
    assert Client().send(secure.url).status == 200
    monkeypatch.delenv("SSL_CERT_FILE")
    openssl = ["openssl", "x509", "-noout", "-subject_hash", "-in", authority.path]
    name = subprocess.run(openssl, capture_output=True, check=True, text=True).stdout.strip()
    (tmp_path / f"{name}.0").write_bytes(Path(authority.path).read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", f"{tmp_path / 'missing'}:{tmp_path}")
    assert Client().send(secure.url).status == 200


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_for_http_comes_before_openssl_s_variables(secure, authority, monkeypatch, tmp_path, name):
    monkeypatch.setenv(name, authority.path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    assert Client().send(secure.url).status == 200


def test_openssl_s_file_that_cannot_be_read(secure, monkeypatch, tmp_path):
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing"))
    error = Client().fail(secure.url)
    assert error.cause == "tls_file"
    assert "SSL_CERT_FILE" in error.fix


def test_what_is_trusted_is_read_once(authority, monkeypatch):
    named = tls.open_context(ca_path=authority.path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", authority.path)
    assert tls.open_context() is named


def test_what_one_client_shows_and_believes_no_other_does(authority):
    usual = tls.open_context(ca_path=authority.path)
    showing = tls.open_context(ca_path=authority.path, client_cert=authority.pair("client").whole)
    believing = tls.open_context(ca_path=authority.path, validate_certs=False)
    assert len({id(context) for context in (usual, showing, believing)}) == 3
    assert [context.verify_mode for context in (usual, showing)] == [ssl.CERT_REQUIRED] * 2


def test_an_untrusted_server(secure):
    client = Client()
    error = client.fail(secure.url)
    assert error.cause == "tls_untrusted"
    assert not error.transient
    assert "ca_path" in error.fix
    assert secure.url.rpartition("/")[2] in error.problem
    assert secure.requests == []
    assert client.pauses == []


def test_verification_off_by_the_user_s_word(secure, recwarn):
    assert Client(validate_certs=False).send(secure.url).status == 200
    assert len(recwarn) == 0


def test_verification_off_wins_over_a_bundle(secure, monkeypatch, authority, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing"))
    assert Client(validate_certs=False).send(secure.url).status == 200


def test_a_certificate_of_another_host(new_server, authority):
    server = new_server(authority.context(authority.pair("other", host="netsuite.example.org")))
    error = Client(ca_path=authority.path).fail(server.url)
    assert error.cause == "tls_wrong_host"
    assert "127.0.0.1" in error.problem


@pytest.mark.parametrize(("start", "end"), [(-30, -1), (10, 20)], ids=["over", "not yet"])
def test_a_certificate_outside_its_dates(new_server, authority, start, end):
    server = new_server(authority.context(authority.pair("dated", start=start, end=end)))
    error = Client(ca_path=authority.path).fail(server.url)
    assert error.cause == "tls_dates"
    assert "clock" in error.fix


def test_a_port_without_tls(server, raw_server):
    for url in (server.url, raw_server(b"SSH-2.0-OpenSSH_9.2\r\n")):
        error = Client().fail(url.replace("http:", "https:"))
        assert error.cause == "tls"
        assert not error.transient


@pytest.mark.parametrize("parts", ["one file", "two files"])
def test_a_client_certificate(new_server, authority, parts):
    server = new_server(authority.context(authority.pair("server"), wants_client=True))
    client = authority.pair("client")
    options = {"tls_client_cert": client.whole}
    if parts == "two files":
        options = {"tls_client_cert": client.certificate, "tls_client_key": client.key}
    assert Client(ca_path=authority.path, **options).send(server.url).status == 200


def test_a_client_certificate_that_is_not_given(new_server, authority):
    server = new_server(authority.context(authority.pair("server"), wants_client=True))
    error = Client(ca_path=authority.path, retries=0).fail(server.url)
    assert error.cause in ("tls", "tls_client_certificate", "connection_lost")
    assert server.requests == []


@pytest.mark.parametrize("option", ["ca_path", "tls_client_cert", "tls_client_key"])
@pytest.mark.parametrize("content", [None, "", "SecretCanary", "certificate", "folder"])
def test_tls_files_that_cannot_be_used(secure, authority, tmp_path, option, content):
    path = tmp_path / "file.pem"
    client = authority.pair("client")
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_text(Path(client.certificate).read_text() if content == "certificate" else content)
    options = {"ca_path": authority.path, option: str(path)}
    if option == "tls_client_key":
        options["tls_client_cert"] = client.certificate
    with pytest.raises(M2MError) as caught:
        Client(**options, retries=0).send(secure.url)
    trusts_nobody = option == "ca_path" and content in ("certificate", "folder")
    assert caught.value.cause == ("tls_untrusted" if trusts_nobody else "tls_file")
    assert option in str(caught.value)
    assert "SecretCanary" not in f"{caught.value} {caught.value!r}"
    assert secure.requests == []


@pytest.mark.parametrize("parts", ["one file", "two files"])
def test_an_encrypted_client_key_does_not_ask_at_the_terminal(authority, capfd, parts):
    client = authority.pair("encrypted", passphrase=b"secret")
    options = {"tls_client_cert": client.whole}
    if parts == "two files":
        options = {"tls_client_cert": client.certificate, "tls_client_key": client.key}
    with pytest.raises(OptionError) as caught:
        Client(ca_path=authority.path, **options)
    assert caught.value.cause == "tls_file"
    assert "encrypted" in caught.value.problem
    assert capfd.readouterr().err == ""
