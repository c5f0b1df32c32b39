# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From options to a client that can sign assertions and ask for tokens. Reads files, decrypts envelopes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from ..core import assertions, certificates, keys, preflight
from ..core.accounts import Account, Endpoints, endpoints_of, parse_account
from ..core.errors import OptionError
from ..core.generations import Generation, Retiring
from ..core.text import capitalize_sentence
from ..core.tokens import AccessToken
from . import files
from .credential_stores.choose import names_store, open_store
from .http_client import HttpClient, HttpOptions, Response
from .token_endpoint import request_token
from .vault import Vault, decrypt_envelope

_LONGEST_TIMEOUT = 3600


@dataclass(frozen=True)
class Pair:
    """A private key, with its certificate where that is known.

    Attributes:
        netsuite_id: The id that NetSuite gave the certificate, where it is noted.
        account: The account whose credential file the pair is in.
    """

    key: keys.PrivateKey
    certificate: certificates.Certificate | None
    netsuite_id: str | None = None
    account: Account | None = None

    @property
    def certificate_id(self) -> str | None:
        """The id NetSuite gave the certificate, as far as it is noted, or else the certificate's own."""
        return self.netsuite_id or (certificates.certificate_id(self.certificate) if self.certificate else None)

    def problems(self, now: datetime) -> list[preflight.Problem]:
        """What is wrong with the two, each by itself and together."""
        if self.certificate is None:
            reason = keys.rejection_reason(keys.facts(self.key))
            fix = "Make a new pair with m2m.netsuite.certificate"
            return [preflight.Problem("key_kind", reason, fix)] if reason else []
        return [
            *preflight.pair_problems(self.certificate, self.key),
            *preflight.certificate_problems(self.certificate, now),
        ]


@dataclass(frozen=True)
class Client:
    """Everything needed to ask one account for tokens."""

    account: Account
    endpoints: Endpoints
    pair: Pair
    request: assertions.Request

    def problems(self, now: datetime) -> list[preflight.Problem]:
        """Everything that is known to be wrong without asking NetSuite, the pair first."""
        found = self.pair.problems(now)
        if self.pair.certificate is None:
            found += preflight.id_form_problems(self.request.certificate_id)
        elif self.request.certificate_id != self.pair.netsuite_id:
            found += preflight.id_problems(self.pair.certificate, self.request.certificate_id)
        found += preflight.credential_file_problems(self.pair.account, self.account)
        found += preflight.client_problems(self.request.client_id)
        found += preflight.audience_problems(self.request.audience, self.account, self.endpoints)
        return found + preflight.request_problems(keys.facts(self.pair.key), self.request.algorithm, self.request.scope)

    def sign(self, now: datetime) -> assertions.Assertion:
        """A fresh assertion as of a moment."""
        return assertions.sign(self.request, self.pair.key, now, certificate=self.pair.certificate)

    def request_token(self, http_client: HttpClient, clock: Callable[[], float]) -> tuple[AccessToken, Response]:
        """A fresh access token; see ``token_endpoint.request_token``."""
        return request_token(
            http_client, self.endpoints.token, lambda now: self.sign(now).text, clock, self.request.lifetime
        )


def read_endpoints(options: Mapping[str, Any]) -> tuple[Account, Endpoints]:
    """The account and its addresses, from the account options.

    Raises:
        OptionError: a bad account id or base URL.
    """
    account = parse_account(options["account_id"])
    urls = (options.get(name) for name in ("base_url", "certificates_url", "login_url"))
    return account, endpoints_of(account, *urls)


def read_client(options: Mapping[str, Any], vault: Vault | None, pair: Pair | None = None) -> Client:
    """Build a client from the account and client options.

    Args:
        options: The options; where a pair is given, those that name one do not count.
        vault: Ansible Vault, where there is one.
        pair: The pair that signs, where it has been read already.

    Raises:
        OptionError: an option is missing or bad.
        KeyMaterialError: key or certificate cannot be read.
        VaultError: an envelope cannot be decrypted.
    """
    account, endpoints = read_endpoints(options)
    if not options.get("client_id"):
        raise OptionError(
            "client_id is missing",
            "Set it to the Client ID (consumer key) of the integration record",
            cause="client_id_missing",
        )
    assertions.check_lifetime(options["assertion_lifetime"])
    certificate_id = pair.certificate_id if pair else options.get("certificate_id")
    pair = pair or read_pair(options, vault)
    certificate_id = certificate_id or pair.certificate_id
    if not certificate_id:
        raise OptionError(
            "Neither a certificate nor certificate_id is given",
            "Set certificate_path or certificate_content, or copy certificate_id from NetSuite's list",
            cause="certificate_missing",
        )
    request = assertions.Request(
        client_id=options["client_id"],
        certificate_id=str(certificate_id),
        audience=options.get("audience") or endpoints.token,
        scope=options["scope"],
        lifetime=options["assertion_lifetime"],
        algorithm=options["algorithm"],
        extra_claims=options.get("extra_claims"),
    )
    return Client(account, endpoints, pair, request)


def read_pair(options: Mapping[str, Any], vault: Vault | None) -> Pair:
    """Read private key and certificate from wherever the options say.

    Raises:
        OptionError: no private key is named, or a file is missing.
        KeyMaterialError: key or certificate cannot be read.
        VaultError: an envelope cannot be decrypted.
    """
    key_source, certificate_source = _sources(options, vault)
    if key_source is None:
        raise OptionError(
            "No private key is given",
            "Set private_key_path, private_key_content, credentials_path or credentials_content",
            cause="private_key_missing",
        )
    bundle = (
        certificates.parse_all(certificate_source.text, where=certificate_source.where) if certificate_source else []
    )
    # Where there is a certificate, it verifies every signature (assertions.sign): that proves the key better.
    key = keys.load(
        key_source.text, options.get("private_key_passphrase"), where=key_source.where, prove_primes=not bundle
    )
    if certificate_source is None:
        return Pair(key, None)
    return Pair(key, certificates.choose(bundle, key), certificate_source.netsuite_id, certificate_source.account)


def pair_of(holder: Generation | Retiring, options: Mapping[str, Any], vault: Vault | None, where: str) -> Pair:
    """The pair of a generation, or of a replaced one whose key is kept.

    Args:
        holder: Whose pair.
        options: ``private_key_passphrase`` and ``account_id`` are read from them.
        vault: Ansible Vault, where there is one.
        where: What messages call it.

    Raises:
        KeyMaterialError: key or certificate cannot be read.
        VaultError: the key's envelope cannot be decrypted.
    """
    text = decrypt_envelope(holder.private_key or "", vault, where)
    key = keys.load(text, options.get("private_key_passphrase"), where=where, prove_primes=False)
    certificate = certificates.parse(holder.certificate or "", where=where)
    return Pair(key, certificate, holder.certificate_id, parse_account(options["account_id"]))


def read_certificate(options: Mapping[str, Any], vault: Vault | None) -> certificates.Certificate:
    """Read the certificate; the private key too, where only that says which certificate of a bundle is meant.

    Raises:
        OptionError: none is named, or the file is missing.
        KeyMaterialError: it cannot be read.
        VaultError: an envelope cannot be decrypted.
    """
    source = _sources(options, vault, key=False)[1]
    if source is None:
        raise OptionError(
            "No certificate is given", "Set certificate_path or certificate_content", cause="certificate_missing"
        )
    found = certificates.parse_all(source.text, where=source.where)
    has_key = options.get("private_key_path") or options.get("private_key_content")
    return certificates.choose(found, read_pair(options, vault).key if has_key and len(found) > 1 else None)


def open_http_client(
    options: Mapping[str, Any], clock: Callable[[], float], sleep: Callable[[float], None]
) -> HttpClient:
    """An HTTP client from the HTTP options.

    Raises:
        OptionError: numbers that make no sense.
    """
    if not 0 < options["timeout"] <= _LONGEST_TIMEOUT or options["retries"] < 0:
        raise OptionError(
            f"timeout must be above 0 and at most {_LONGEST_TIMEOUT} seconds, and retries 0 or more",
            "Correct them, or leave them out",
            cause="bad_http_options",
        )
    if options["proxy_password"] and not options["proxy_username"]:
        raise OptionError("proxy_password is given without proxy_username", "Give both", cause="bad_http_options")
    names = [one.name for one in fields(HttpOptions)]
    return HttpClient(HttpOptions(**{name: options[name] for name in names}), clock, sleep)


@dataclass(frozen=True)
class _Source:
    """A text and where it came from; beside a certificate of a credential file, the id and the account noted there."""

    text: str = field(repr=False)
    where: str
    netsuite_id: str | None = None
    account: Account | None = None


def _sources(
    options: Mapping[str, Any], vault: Vault | None, *, key: bool = True
) -> tuple[_Source | None, _Source | None]:
    """Private key and certificate, decrypted; the key's envelope is left alone when the key is not asked for."""
    if not names_store(options):
        return _option(options, "private_key", vault) if key else None, _option(options, "certificate", vault)
    store = open_store(options, parse_account(options["account_id"]), vault)
    snapshot = store.load()
    credentials = snapshot.credentials
    if credentials is None:
        raise OptionError(
            f"{capitalize_sentence(store.describe())} does not exist",
            "Run the playbook onboard first, or correct credentials_path or store_path",
            cause="missing_file",
        )
    generation = credentials.generation(options["generation"], options.get("certificate_id"))
    where = f"the {options['generation']} generation in {snapshot.where}"
    private_key = _Source(decrypt_envelope(generation.private_key, vault, where), where) if key else None
    account = parse_account(credentials.account)
    return private_key, _Source(generation.certificate, where, generation.certificate_id, account)


def _option(options: Mapping[str, Any], name: str, vault: Vault | None) -> _Source | None:
    path, content = options.get(f"{name}_path"), options.get(f"{name}_content")
    if path:
        where = f"{name}_path {path}"
        return _Source(
            decrypt_envelope(files.read_required(path, what=name.replace("_", " ").capitalize()), vault, where), where
        )
    if content:
        where = f"{name}_content"
        return _Source(decrypt_envelope(content, vault, where), where)
    return None
