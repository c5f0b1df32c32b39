# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reads input from outside: each with inputs to begin from, and what must hold whatever comes.

Nothing but an error of the collection may come out of it, with a cause, on one line, without a secret. Every finding
stays here, among the inputs to begin from.
"""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from ansible.parsing.vault import VaultSecret

from ansible_collections.m2m.netsuite.plugins.module_utils.core import (
    certificates,
    generations,
    inputs,
    keys,
    login,
    mapping,
    redaction,
    tokens,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.accounts import endpoints_of, is_loopback, parse_account
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.account_credentials import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.services import http_client, probes, proxies, token_endpoint
from ansible_collections.m2m.netsuite.plugins.module_utils.services.credential_stores import file as credential_file
from ansible_collections.m2m.netsuite.plugins.module_utils.services.vault import decrypt_envelope, envelope_id
from ansible_collections.m2m.netsuite.plugins.plugin_utils.role_variables import as_it_is, options_from_variables
from ansible_collections.m2m.netsuite.plugins.plugin_utils.vault import ControllerVault

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=timezone.utc)
ACCOUNT = parse_account("1234567_SB1")
_VAULT = ControllerVault(SimpleNamespace(_vault=SimpleNamespace(secrets=[("default", VaultSecret(b"secret"))])))


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        read: Takes an input; raises anything but ``M2MError`` where something does not hold.
        seeds: Inputs to begin from.
        whole: How many inputs the campaign gives it.
    """

    read: Callable[[str], object]
    seeds: tuple[str, ...]
    whole: int

    def holds(self, data: bytes) -> None:
        """Try an input.

        Raises:
            Exception: something does not hold.
        """
        text = data.decode("utf-8", "surrogateescape")
        try:
            self.read(text)
        except M2MError as error:
            cause, said = error.cause, str(error)
        else:
            return
        assert cause, said
        assert len(said) < 4000, said
        assert said.isprintable(), repr(said)


def _account(text: str) -> None:
    account = parse_account(text)
    assert parse_account(account.realm) == account == parse_account(account.label)
    assert str(urlsplit(endpoints_of(account).token).hostname).endswith(".suitetalk.api.netsuite.com")


def _base_url(text: str) -> None:
    parts = urlsplit(endpoints_of(ACCOUNT, text or None).token)
    assert parts.scheme == "https" or is_loopback(str(parts.hostname)), text
    assert parts.hostname, text
    assert not parts.username, text


def _key(text: str) -> None:
    key = keys.load(text, "secret", where="the key", prove_primes=False)
    keys.rejection_reason(keys.facts(key))


def _certificate(text: str) -> None:
    for one in certificates.parse_all(text, where="the certificate"):
        certificates.describe(one, NOW)
        assert len(certificates.certificate_id(one)) == 43


def _envelope(text: str) -> None:
    envelope_id(text)
    decrypt_envelope(text, _VAULT, "it")


def _document(text: str) -> None:
    found = generations.from_document(_json(text), where="the document")
    again = generations.from_document(generations.to_document(found), where="the document")
    assert again.active.certificate_id == found.active.certificate_id


def _yaml(text: str) -> None:
    found = credential_file._from_yaml(text, "the path")
    written = credential_file.dump({credential_file.VARIABLE: generations.to_document(found)})
    assert credential_file._from_yaml(written, "the path") == found


def _jwt(text: str) -> None:
    tokens.read_header(text)
    claims = tokens.read_claims(text)
    tokens.identity(claims)
    tokens.signature_finding(text, {"keys": []})


def _json(text: str) -> Any:
    """As an answer or a file is decoded."""
    return http_client.Response(200, {}, text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")).json()


def _token_answer(text: str) -> None:
    tokens.from_response(_json(text), NOW)


def _list_answer(text: str) -> None:
    found = mapping.from_list(_json(text))
    for one in found:
        one.as_result()
        one.is_active(NOW.date())
    mapping.describe_unknown(found)
    mapping.check_room(found, NOW)


def _key_set(text: str) -> None:
    tokens.signature_finding(_TOKEN, _json(text))


def _refusal(text: str) -> None:
    status, _blank, body = text.partition("\n")
    code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 400
    response = http_client.Response(code, {"content-type": "application/json", "location": body[:50]}, body)
    token_endpoint.error_code(response)
    assert probes.answer_of(response).summary.isprintable()
    assert str(token_endpoint.TokenRefusedError(response)).isprintable()


def _headers(text: str) -> None:
    retry_after, _line, date = text.partition("\n")
    assert 0 <= http_client._pause(1, retry_after, 1_795_000_000.0) <= 30
    response = http_client.Response(200, {"date": date, "www-authenticate": retry_after, "via": date}, "{}", 1.0, 2.0)
    assert response.clock_skew is None or isinstance(response.clock_skew, int)
    probes.answer_of(response)


def _proxy(text: str) -> None:
    url = "https://netsuite.example/x"
    variable = text.replace("\0", "")  # which no environment can hold
    for given in (
        lambda: proxies.choose_proxy(url, text, {}),
        lambda: proxies.choose_proxy(url, text, {}, login=("user", text)),
        lambda: proxies.choose_proxy(url, None, {"https": variable}),
        lambda: proxies.choose_proxy("http://127.0.0.1/x", None, {"all": variable, "no": variable}),
    ):
        with contextlib.suppress(ValueError):  # it is no address, which the client says
            proxy = given() or ""
            proxies.check_proxy(proxy)
            proxies.login_headers(proxy)


def _variables(text: str) -> None:
    found = _json(text)
    variables = found if isinstance(found, dict) else {"netsuite_account_id": text, "netsuite_account_role_id": found}
    options = options_from_variables(OPERATION.options, {}, variables, as_it_is, keeps_credentials=True)
    inputs.clean(OPERATION.options, options)


def _excerpt(text: str) -> None:
    shown = redaction.excerpt(f"{text} {_TOKEN} {text}", 200)
    assert _TOKEN not in shown
    assert shown.isprintable()
    inputs.secret_in(text)


def _login(text: str) -> None:
    login.from_text(text)


def _coded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


_HEADER, _CLAIMS = {"alg": "RS256", "kid": "s.SYSTEM.2026-01-01", "typ": "JWT"}, {"sub": "1;2", "exp": 1}
_TOKEN = f"{_coded(_HEADER)}.{_coded(_CLAIMS)}.{'s' * 342}"
_PAIR = keys.generate("EC", 256, "secp256r1")
_ISSUED = certificates.issue(_PAIR, certificates.Subject(), now=NOW, valid_days=365)
_PEM, _KEY_PEM = certificates.to_pem(_ISSUED), keys.to_pem(_PAIR)
_GENERATION = {
    "number": 1,
    "certificate_id": "c" * 43,
    "not_after": "2027-11-23T20:00:00Z",
    "created": "2026-11-23T20:00:00Z",
    "certificate": _PEM,
    "private_key": "key",
}
_RETIRING = {"certificate_id": "d" * 43, "not_after": "2027-11-23T20:00:00Z", "replaced": "2026-11-23T20:00:00Z"}
_DOCUMENT = {
    "format": 1,
    "account": "1234567_SB1",
    "active": _GENERATION,
    "pending": _GENERATION,
    "retiring": [_RETIRING],
}
_MAPPING = {
    "certificate_id": "c" * 43,
    "entity_role_id": {"rol": 1000, "ent": "12"},
    "valid_from": "2026-11-23",
    "valid_until": "2027-11-23T00:00:00Z",
    "revoked": "false",
    "algorithm": "ES256",
}
_NUMBER = base64.urlsafe_b64encode(b"\1" * 384).decode()
_KEYS = {
    "keys": [{"kty": "RSA", "kid": "s.SYSTEM.2026-01-01", "use": "sig", "alg": "RS256", "n": _NUMBER, "e": "AQAB"}]
}

TARGETS = {
    "account ids": Target(
        _account,
        ("1234567", "1234567_SB1", "tstdrv1431250", "https://1234567-sb1.app.netsuite.com/app/center?x=1#y", "\uff11"),
        150_000,
    ),
    "base URLs": Target(
        _base_url,
        (
            "https://example.com/p",
            "http://127.0.0.1:8080/_acct/1",
            "http://[::1]:1/",
            "https://u:p@h",
            "http://[::ffff:1]",
        ),
        120_000,
    ),
    "private keys": Target(_key, (_KEY_PEM, keys.to_pem(_PAIR, "secret"), _KEY_PEM.replace("\n", "\\n")), 60_000),
    "certificates": Target(_certificate, (_PEM, _PEM + _PEM, _PEM.replace("\n", " ")), 60_000),
    "vault envelopes": Target(_envelope, (_VAULT.encrypt("key", None), _VAULT.encrypt("key", "default")), 6_000),
    "documents": Target(_document, (json.dumps(_DOCUMENT),), 100_000),
    "credential files": Target(
        _yaml,
        (credential_file.dump({credential_file.VARIABLE: _DOCUMENT}), "a: &a [*a]", "!!python/object:x {}"),
        15_000,
    ),
    "JWTs": Target(_jwt, (_TOKEN, f"{_coded({'alg': 'none'})}.{_coded([])}.", "a.b.c"), 100_000),
    "answers of the token endpoint": Target(
        _token_answer, (json.dumps({"access_token": _TOKEN, "expires_in": "3600", "token_type": "bearer"}),), 100_000
    ),
    "lists of certificates": Target(
        _list_answer,
        (
            json.dumps([_MAPPING]),
            json.dumps({"items": [_MAPPING, {**_MAPPING, "revoked": True}]}),
            json.dumps([{**_MAPPING, "certificate_id": f"{number}\n\x1b[1m"} for number in range(5)]),  # found
        ),
        100_000,
    ),
    "key sets": Target(_key_set, (json.dumps(_KEYS),), 40_000),
    "refusals": Target(
        _refusal,
        (
            '400\n{"error": "invalid_grant"}',
            '403\n{"o:errorDetails": [{"o:errorCode": "X", "detail": "y"}]}',
            "502\n<html><title>Bad gateway</title></html>",
            '400\n{"error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED"}}',
        ),
        80_000,
    ),
    "headers": Target(
        _headers, ("30\nWed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT\n0", "nan\n1e99"), 120_000
    ),
    "proxies": Target(_proxy, ("http://user:p%40ss@proxy:3128", "socks5h://proxy", "10.0.0.0/8,.example,*"), 60_000),
    "inventory variables": Target(
        _variables,
        (
            json.dumps(
                {"netsuite_account_id": 1234567, "netsuite_account_valid_days": "730", "netsuite_account_scope": "a"}
            ),
            json.dumps({"netsuite_account_credentials": _DOCUMENT, "netsuite_account_rotate": "yes"}),
        ),
        40_000,
    ),
    "excerpts": Target(_excerpt, (f"Bearer {_TOKEN}", _KEY_PEM, '{"password": "x"}'), 30_000),
    "kept logins": Target(_login, ('{"access_token": "x", "expires_at": 1.0}', "[]"), 30_000),
}
