# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Account ids, and the hosts and URLs that follow from them.

The account id decides which host receives a signed assertion, so it is parsed by allow-list: a label of ASCII
letters, digits and single hyphens, and nothing else. Every spelling of one account gives one host label
(``1234567-sb1``) and one realm (``1234567_SB1``, the form inside NetSuite's tokens).

Source: Oracle NetSuite help, "URLs for Account-Specific Domains" (section_4834765371).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from . import inputs
from .errors import OptionError

_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
# Of a server that is named by hand: DNS labels, with the underscore that private names are fond of.
_HOST = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?", re.ASCII
)
_UI_SUFFIX = ".app.netsuite.com"
_ENVIRONMENTS = (
    (re.compile(r".+-sb[0-9]*"), "sandbox"),
    (re.compile(r".+-rp[0-9]*"), "release_preview"),
    (re.compile(r"(?:tstdrv|td)[0-9]+"), "test_drive"),
)
_OAUTH = "/services/rest/auth/oauth2/v1"
TOKEN_PATH = f"{_OAUTH}/token"
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*(?:e[+-]?[0-9]+)?|e[+-][0-9]+)", re.ASCII | re.IGNORECASE)
_JOINED = re.compile(r"([0-9]+)((?:sb|rp)[0-9]*)", re.ASCII)
_HOW_TO_SPELL = (
    "Give it as 1234567, 1234567_SB1, 1234567-sb1, TSTDRV1234567, or as the address shown after login"
    " (https://1234567-sb1.app.netsuite.com/...)"
)


@dataclass(frozen=True)
class Account:
    """One NetSuite account.

    Attributes:
        label: First element of its host names, lower case with hyphens (``1234567-sb1``).
        realm: The same in NetSuite's canonical form, upper case with underscores (``1234567_SB1``).
        environment: ``production``, ``sandbox``, ``release_preview`` or ``test_drive``, according to the id.
    """

    label: str
    realm: str
    environment: str


@dataclass(frozen=True)
class Endpoints:
    """The addresses of one account's services."""

    suitetalk: str
    restlets: str
    interface: str

    @property
    def authorization(self) -> str:
        """The page on which a person gives consent (section_158081944642)."""
        return f"{self.interface}/app/login/oauth2/authorize.nl"

    @property
    def token(self) -> str:
        """Token endpoint (section_162755359851)."""
        return f"{self.suitetalk}{TOKEN_PATH}"

    @property
    def keys(self) -> str:
        """JWK Set with NetSuite's own signing keys (section_158255317571)."""
        return f"{self.suitetalk}{_OAUTH}/keys"

    @property
    def server_time(self) -> str:
        """The cheapest call that proves a token (article_0528010158)."""
        return f"{self.suitetalk}/services/rest/system/v1/serverTime"

    @property
    def suiteql(self) -> str:
        """Queries, of which the names of roles and entities are asked (section_157909186990)."""
        return f"{self.suitetalk}/services/rest/query/v1/suiteql"

    def certificates(self, client_id: str) -> str:
        """Certificate rotation API of one integration (article_92130837826)."""
        return f"{self.restlets}{_OAUTH}/clients/{quote(client_id, safe='')}/certificates"

    def revoke(self, client_id: str, certificate_id: str) -> str:
        """Revocation of one certificate (article_0209112818)."""
        return f"{self.certificates(client_id)}/{quote(certificate_id, safe='')}/revoke"


# How programs write that there is no value: Python, JSON, JavaScript, Ruby, and a cell of a spreadsheet.
_NOTHING = frozenset({"none", "null", "undefined", "nil", "nan"})


def parse_account(value: str | int | None) -> Account:
    """Read an account id in any of its spellings.

    Args:
        value: The account id, or the URL seen after login.

    Raises:
        OptionError: when it is anything else. The message names the option, and what a valid value looks like.
    """
    # A variable that is None or a boolean would pass as the account "none" or "true", and get a host of its own.
    text = "" if value is None or isinstance(value, bool) else str(value)
    text = inputs.compact(text, "account_id", cause="bad_account_id", fix=_HOW_TO_SPELL)
    if _NUMBER.fullmatch(text):
        raise OptionError(
            f"account_id is the number {text}, which is what YAML makes of text such as 1e5 without quotes",
            "Put the account id into quotes, for example '1234567_SB1'",
            cause="bad_account_id",
        )
    if text.lower() in _NOTHING:
        raise OptionError(
            f"account_id is the word {text}, which a template or a form has made of a missing value",
            "Give the variable that it comes from a value, for example '1234567_SB1'",
            cause="bad_account_id",
        )
    is_address = "." in text or "/" in text
    label = (_label_of_login_url(text) if is_address else text).lower().replace("_", "-")
    if not is_address and (parts := _JOINED.fullmatch(label)):
        raise OptionError(
            f"account_id {inputs.shown(value)} lacks the underscore between account and environment",
            f"Give it as {parts[1]}_{parts[2].upper()}; if it has none, give the address shown after login",
            cause="bad_account_id",
        )
    if len(label) > 63 or not _LABEL.fullmatch(label):
        raise OptionError(
            f"account_id {inputs.shown(value)} is not a NetSuite account id", _HOW_TO_SPELL, cause="bad_account_id"
        )
    environment = next((name for pattern, name in _ENVIRONMENTS if pattern.fullmatch(label)), "production")
    return Account(label=label, realm=label.upper().replace("-", "_"), environment=environment)


def endpoints_of(
    account: Account, base_url: str | None = None, restlets_url: str | None = None, interface_url: str | None = None
) -> Endpoints:
    """The addresses of an account, from its label or from an explicit base.

    Args:
        account: A parsed account.
        base_url: Replaces the hosts of all services; may carry a path prefix; plain HTTP for loopback addresses only.
        restlets_url: Replaces the host of the certificate API alone.
        interface_url: Replaces the host of the user interface alone.

    Raises:
        OptionError: when an override is not a safe absolute URL.
    """
    suitetalk = f"https://{account.label}.suitetalk.api.netsuite.com"
    restlets = f"https://{account.label}.restlets.api.netsuite.com"
    interface = f"https://{account.label}{_UI_SUFFIX}"
    if base_url:
        suitetalk = restlets = interface = _checked_base(base_url, "base_url")
    if restlets_url:
        restlets = _checked_base(restlets_url, "certificates_url")
    if interface_url:
        interface = _checked_base(interface_url, "login_url")
    return Endpoints(suitetalk=suitetalk, restlets=restlets, interface=interface)


def _label_of_login_url(text: str) -> str:
    url = _split(text if "://" in text else f"https://{text}")
    host = (url.hostname or "") if url else ""
    clean = (
        url is not None and url.scheme == "https" and not (url.username or url.password) and _port(url) in (None, 443)
    )
    if not clean or not host.endswith(_UI_SUFFIX):
        raise OptionError(
            f"account_id {inputs.shown(text)} is not the address of a NetSuite account",
            _HOW_TO_SPELL,
            cause="bad_account_id",
        )
    return host[: -len(_UI_SUFFIX)]


def _checked_base(value: str, option: str) -> str:
    url = _split(inputs.compact(value, option, cause="bad_base_url"))
    host = (url.hostname or "") if url else ""
    fix = f"Give {option} as https://host[:port][/prefix]; http:// is accepted for loopback addresses only"
    if url is None or url.scheme not in ("http", "https") or not _is_host(host) or _port(url) == 0:
        raise OptionError(f"{option} is not an absolute http(s) URL", fix, cause="bad_base_url")
    if url.username is not None or url.password is not None or url.query or url.fragment:
        raise OptionError(f"{option} must not carry credentials, a query or a fragment", fix, cause="bad_base_url")
    if url.scheme == "http" and not is_loopback(host):
        raise OptionError(f"{option} would send the assertion to {host} without TLS", fix, cause="bad_base_url")
    return f"{url.scheme}://{url.netloc}{url.path.rstrip('/')}"


def check_environment(account: Account, expected: str | None) -> None:
    """Refuse to act on an account of another kind than the caller believes it to be.

    Raises:
        OptionError: when an environment is expected and the account id says another one.
    """
    if expected and expected != account.environment:
        raise OptionError(
            f"Account {account.realm} is a {account.environment.replace('_', ' ')} account, not {expected}",
            "Correct the account id, or environment",
            cause="wrong_environment",
        )


def is_loopback(host: str) -> bool:
    """Whether a host name or literal address means this machine alone."""
    if host.lower() == "localhost":
        return True
    address = _address(host)
    # Up to Python 3.12 an IPv4 address inside an IPv6 one is not seen through.
    return address is not None and (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_host(host: str) -> bool:
    if ":" in host:
        return "%" not in host and _address(host) is not None
    return len(host) <= 253 and bool(_HOST.fullmatch(host))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _split(text: str) -> SplitResult | None:
    # urlsplit silently drops tabs and line ends inside a URL; a host must not be assembled out of such pieces.
    if not text.isascii() or _NOT_IN_URL.search(text):
        return None
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _port(url: SplitResult) -> int | None:
    try:
        return url.port
    except ValueError:
        return 0
