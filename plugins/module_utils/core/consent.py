# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person's consent: the address that asks for it, and the address to which the browser comes back.

OAuth 2.0 authorization code with PKCE, for the one upload that NetSuite grants to a person only. Pure: who shows the
one address and brings the other is not known here.

Source: Oracle NetSuite help, "Authorization Code Grant Flow, Step One" (section_158081944642) and "Step Two"
(section_158081952044), "Create Integration Records" (section_157771733782); RFC 6749 section 4.1, RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from . import inputs
from .accounts import Account, is_loopback
from .errors import M2MError, OptionError
from .redaction import excerpt

NEEDED_SCOPE = "rest_webservices"
_AGAIN = "Run the playbook login again"
_CUSTOM_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*", re.ASCII)
# A custom scheme names a program of the machine; these mean something to every browser.
_TAKEN_SCHEMES = frozenset({"http", "javascript", "data", "file", "about", "blob", "ftp", "ws", "wss"})
_INTERNAL_ID = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_REASONS = {
    "access_denied": ("the consent was denied", f"{_AGAIN} and choose Allow"),
    "invalid_scope": (
        "NetSuite does not grant this scope",
        "Tick the box REST Web Services on the integration record, and check netsuite_account_login_scope",
    ),
    "unauthorized_client": (
        "the integration record does not allow this grant",
        "Tick the box Authorization Code Grant on the integration record",
    ),
}


class ConsentError(M2MError):
    """A person did not give consent, or what came back is not the answer to what was asked."""


@dataclass(frozen=True)
class Question:
    """One request for consent. ``verifier`` is a secret; ``state`` is shown in the address.

    Attributes:
        page: The authorization page.
        client_id: Client ID of the integration record.
        redirect_uri: Where the browser is sent back to; registered on the integration record.
        scope: What is asked for.
        state: What the answer has to bring back, 22 to 1024 characters.
        verifier: What proves that whoever trades the code in is who asked for it (RFC 7636 section 4.1).
    """

    page: str
    client_id: str
    redirect_uri: str
    scope: Sequence[str]
    state: str
    verifier: str = field(repr=False)

    @property
    def address(self) -> str:
        """The address that a person opens (section_158081944642)."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scope),
            "state": self.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.page}?{urlencode(query, quote_via=quote)}"

    def form(self, code: str) -> dict[str, str]:
        """The fields that trade a code in for a token (section_158081952044)."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }


@dataclass(frozen=True)
class Answer:
    """What the browser came back with. ``code`` is a secret for as long as it lives."""

    code: str = field(repr=False)
    role: str | None = None
    entity: str | None = None


def new_question(page: str, client_id: str, redirect_uri: str, scope: Sequence[str]) -> Question:
    """A question with a state and a verifier of its own.

    Args:
        page: The authorization page.
        client_id: Client ID of the integration record.
        redirect_uri: See ``check_redirect_uri``.
        scope: What to ask for.

    Raises:
        OptionError: a redirect URI that NetSuite does not take, or a scope without which nothing can be uploaded.
    """
    check_redirect_uri(redirect_uri)
    if NEEDED_SCOPE not in scope:
        raise OptionError(
            f"login_scope does not hold {NEEDED_SCOPE}, which the upload of a certificate needs",
            f"Add {NEEDED_SCOPE}, or leave login_scope out",
            cause="bad_scope",
        )
    return Question(page, client_id, redirect_uri, tuple(scope), secrets.token_urlsafe(32), secrets.token_urlsafe(64))


def check_redirect_uri(uri: str) -> SplitResult:
    """Take a redirect URI apart, once it is one that an integration record can hold (section_157771733782).

    Raises:
        OptionError: it is not.
    """
    try:
        url = urlsplit(uri)
        port = url.port
    except ValueError:
        url, port = urlsplit(""), None
    fix = "Give login_redirect_uri exactly as the integration record has it, such as https://localhost:8765/"
    if url.scheme == "http":
        problem = (
            "login_redirect_uri begins with http://, which NetSuite refuses: https:// or a custom scheme is needed"
        )
        raise OptionError(problem, fix, cause="bad_redirect_uri")
    names_host = bool(url.hostname) and port != 0 and url.username is None
    is_custom = _CUSTOM_SCHEME.fullmatch(url.scheme) is not None and url.scheme not in _TAKEN_SCHEMES
    if not (names_host if url.scheme == "https" else is_custom and (url.netloc or url.path)) or url.fragment:
        problem = f"login_redirect_uri {inputs.shown(uri)} is not an address that a browser can be sent back to"
        raise OptionError(problem, fix, cause="bad_redirect_uri")
    return url


def listening_port(uri: str) -> int:
    """The port on this machine to which a redirect URI leads.

    Raises:
        OptionError: it leads elsewhere.
    """
    url = check_redirect_uri(uri)
    if url.scheme != "https" or not is_loopback(url.hostname or "") or not url.port:
        raise OptionError(
            f"login_redirect_uri {inputs.shown(uri)} does not lead to a port of this machine",
            "Register https://localhost:8765/ on the integration record, or set netsuite_account_login_answer to paste",
            cause="bad_redirect_uri",
        )
    return url.port


def read_answer(address: str, question: Question, account: Account) -> Answer:
    """Read the address on which the browser has ended.

    Args:
        address: As a person has copied it, or as a browser has asked for it.
        question: What was asked.
        account: The account that it is about.

    Raises:
        ConsentError: it is no answer to this question, or the answer is no.
    """
    text = "".join(inputs.tidy(address).split())  # a terminal or a mail breaks long lines
    if not text:
        raise ConsentError("No address was given, so there is no consent", _AGAIN, cause="no_answer")
    fields = _fields(text, question.redirect_uri)
    if not hmac.compare_digest(fields.get("state", "").encode(), question.state.encode()):
        raise ConsentError(
            "The address belongs to another login: its state is not the one that was asked with",
            f"{_AGAIN}, open the address that it shows then, and copy the one on which the browser ends",
            cause="wrong_state",
        )
    if error := fields.get("error"):
        reason, fix = _REASONS.get(error, (f"NetSuite answered {excerpt(error, 60)}", _AGAIN))
        cause = "consent_denied" if error == "access_denied" else "consent_refused"
        raise ConsentError(f"There is no consent: {reason}", fix, cause=cause)
    company = fields.get("company")
    if company is not None and company.upper().replace("-", "_") != account.realm:
        raise ConsentError(
            f"The consent is for account {excerpt(company, 60)}, not for {account.realm}",
            f"{_AGAIN}, and choose a role of {account.realm} in NetSuite",
            cause="wrong_account",
        )
    if not fields.get("code"):
        raise ConsentError(
            "The address holds no code", "Copy the whole address on which the browser ends", cause="no_code"
        )
    role, entity = (_internal_id(fields.get(name)) for name in ("role", "entity"))
    return Answer(fields["code"], role, entity)


def _fields(text: str, redirect_uri: str) -> Mapping[str, str]:
    """The query of an address, once it is an address of the redirect URI.

    Raises:
        ConsentError: it is another one, or a field is there twice.
    """
    base, _mark, query = text.partition("?")
    expected, _mark, own_query = redirect_uri.partition("?")
    if base.rstrip("/").lower() != expected.rstrip("/").lower():
        raise ConsentError(
            f"What was given is not an address that begins with {expected}",
            "Copy the whole address on which the browser ends after the consent, even where its page cannot be shown",
            cause="foreign_address",
        )
    own = parse_qsl(own_query, keep_blank_values=True)
    pairs = [pair for pair in parse_qsl(query.partition("#")[0], keep_blank_values=True) if pair not in own]
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ConsentError("The address holds a field twice", _AGAIN, cause="foreign_address")
    return fields


def _internal_id(text: str | None) -> str | None:
    return text if text and _INTERNAL_ID.fullmatch(text) else None
