# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known to be wrong before anything is sent.

Source: the rules of Oracle's "OAuth 2.0 Client Credentials Setup" (subsect_162755332391) and "The Request Token
Structure" (section_162790605110).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from . import assertions, certificates, keys
from .accounts import TOKEN_PATH, Account, Endpoints, endpoints_of, parse_account
from .errors import KeyMaterialError, M2MError
from .text import capitalize_sentence
from .timing import iso, later

# From here on a difference to the server's clock is worth a word, though it may not hurt yet.
NOTABLE_SKEW = 60
_ID = re.compile(r"[A-Za-z0-9_-]{43}")
# Two calendar years may have a day more than NetSuite's 730.
_LONGEST_LIFE = timedelta(days=certificates.MAXIMUM_DAYS + 1)
_REMAKE = "Make a new pair with m2m.netsuite.certificate and map its certificate in NetSuite"


@dataclass(frozen=True)
class Problem:
    """A rule that is broken.

    Attributes:
        rule: A stable word for the rule.
        detail: What breaks it.
        fix: What to do.
        blocking: Whether NetSuite surely refuses, so that nothing need be sent. Not shown.
    """

    rule: str
    detail: str
    fix: str
    blocking: bool = True

    def as_result(self) -> dict[str, str]:
        """The problem as modules return it."""
        shown: dict[str, str] = asdict(self)
        shown.pop("blocking")
        return shown


def certificate_problems(certificate: certificates.Certificate, now: datetime) -> list[Problem]:
    """Rules that a certificate breaks by itself."""
    found = []
    if reason := _kind_rejection(certificate):
        found.append(Problem("key_kind", reason, _REMAKE))
    if certificates.is_restricted_pss(certificate):
        detail = "the certificate's key is marked for RSA-PSS alone, which Oracle documents for SuiteScript only"
        found.append(Problem("key_marking", detail, _REMAKE, blocking=False))
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < start:
        fix = "Wait until then, or check this machine's clock"
        found.append(Problem("not_yet_valid", f"the certificate is valid from {iso(start)} on", fix))
    if now >= end:
        fix = "Renew it with m2m.netsuite.certificate and map the new certificate in NetSuite"
        found.append(Problem("expired", f"the certificate expired on {iso(end)}", fix))
    if end - start > timedelta(days=certificates.MAXIMUM_DAYS):
        found.append(_too_long(start, end, now))
    if certificates.certificate_id(certificate).startswith("-"):
        detail = "the certificate id begins with a hyphen, which command lines such as suitecloud take for an option"
        found.append(Problem("id_begins_with_hyphen", detail, _REMAKE, blocking=False))
    return found


def _too_long(start: datetime, end: datetime, now: datetime) -> Problem:
    days = (end - start).days
    detail = f"the certificate is valid for {days} days; NetSuite shortens more than {certificates.MAXIMUM_DAYS}"
    if later(start, _LONGEST_LIFE) <= now < end:
        # From when on NetSuite counts is not documented; an upload some time after the start would end later.
        detail += f", counted from its start that was over on {iso(start + _LONGEST_LIFE)}"
        return Problem("shortened_validity_over", detail, _REMAKE, blocking=False)
    fix = "Go by the expiry date NetSuite shows, or issue a certificate for at most 730 days"
    return Problem("validity_too_long", detail, fix, blocking=False)


def pair_problems(certificate: certificates.Certificate, key: keys.PrivateKey) -> list[Problem]:
    """Whether a certificate and a private key belong together."""
    if certificates.matches(certificate, key):
        return []
    detail = f"the certificate ({certificates.certificate_id(certificate)}) was not issued for this private key"
    return [
        Problem(
            "key_mismatch",
            detail,
            "Use a key and certificate that were created together, auth-key.pem and its auth-cert.pem",
        )
    ]


def id_problems(certificate: certificates.Certificate, certificate_id: str) -> list[Problem]:
    """Whether a configured certificate id is the certificate's own.

    It does not block: that NetSuite computes the id in the same way for every kind of upload is not documented.
    """
    computed = certificates.certificate_id(certificate)
    if certificate_id == computed:
        return []
    detail = f"certificate_id is {certificate_id}, but the certificate's own id is {computed}"
    return [
        Problem(
            "certificate_id", detail, "Leave certificate_id out, or copy it again from NetSuite's list", blocking=False
        )
    ]


def id_form_problems(certificate_id: str) -> list[Problem]:
    """Whether a configured certificate id, given without its certificate, has the form of one."""
    if _ID.fullmatch(certificate_id):
        return []
    detail = f"certificate_id has {len(certificate_id)} characters; a Certificate ID has 43, letters, digits, - and _"
    if certificate_id != certificate_id.strip():
        detail = "certificate_id begins or ends with white space"
    elif re.fullmatch(r"(?:[0-9A-Fa-f]{2}:?){20,32}", certificate_id):
        detail = "certificate_id is a hexadecimal fingerprint; NetSuite's is base64url"
    return [Problem("certificate_id", detail, "Copy it again from NetSuite's list", blocking=False)]


def client_problems(client_id: str) -> list[Problem]:
    """Whether a client id can be one."""
    try:
        assertions.check_client_id(client_id)
    except M2MError as error:
        return [Problem("client_id", lower(error.problem), error.fix)]
    if assertions.looks_like_client_id(client_id):
        return []
    fix = "Copy the Client ID (consumer key) of the integration record again"
    detail = f"client_id has {len(client_id)} characters; a Client ID has 64 hexadecimal ones"
    if len(client_id) == 64:
        detail = "client_id has characters that are not hexadecimal"
    return [Problem("client_id", detail, fix, blocking=False)]


def account_problems(account_id: str | int | None, base_url: str | None = None) -> list[Problem]:
    """Whether an account id, and an address that replaces the account's own, can be used."""
    try:
        endpoints_of(parse_account(account_id), base_url)
    except M2MError as error:
        rule = "base_url" if error.cause == "bad_base_url" else "account_id"
        return [Problem(rule, lower(error.problem), error.fix)]
    return []


def credential_file_problems(file_account: Account | None, account: Account) -> list[Problem]:
    """Whether a credential file is the account's own.

    It does not block: the same certificate may be mapped in several accounts.
    """
    if file_account is None or file_account == account:
        return []
    detail = f"the credential file belongs to account {file_account.realm}, but account_id is {account.realm}"
    return [Problem("account", detail, "Correct account_id or credentials_path", blocking=False)]


def audience_problems(audience: str, account: Account, endpoints: Endpoints) -> list[Problem]:
    """Whether ``aud`` is the account's token endpoint, at any of the hosts that Oracle's samples show."""
    hosts = [f"https://{account.label}.{name}.api.netsuite.com" for name in ("suitetalk", "restlets", "connect")]
    if audience == endpoints.token or audience.lower() in [f"{host}{TOKEN_PATH}" for host in hosts]:
        return []
    detail = f"aud is not the token endpoint of account {account.realm}"
    return [Problem("audience", detail, f"Leave audience out; it is then {endpoints.token}", blocking=False)]


def clock_problems(skew: int | None) -> list[Problem]:
    """Whether this machine's clock is off, by the server's."""
    if skew is None or abs(skew) <= NOTABLE_SKEW:
        return []
    detail = f"this machine's clock is {abs(skew)} s {'behind' if skew > 0 else 'ahead of'} the server's"
    return [Problem("clock", detail, "Set it (NTP)", blocking=False)]


def request_problems(key: keys.KeyFacts, algorithm: str, scope: Sequence[str]) -> list[Problem]:
    """Whether algorithm and scope are such as NetSuite takes."""
    found = []
    try:
        assertions.choose_algorithm(algorithm, key)
    except M2MError as error:
        found.append(Problem("algorithm", lower(error.problem), error.fix))
    try:
        assertions.check_scope(scope)
    except M2MError as error:
        found.append(Problem("scope", lower(error.problem), error.fix))
    return found


def stop_at_blocking(problems: Iterable[Problem]) -> None:
    """Raise the first problem that NetSuite surely refuses.

    Raises:
        KeyMaterialError: with the rule as its cause.
    """
    for problem in problems:
        if problem.blocking:
            raise KeyMaterialError(capitalize_sentence(problem.detail), problem.fix, cause=problem.rule)


def _kind_rejection(certificate: certificates.Certificate) -> str | None:
    facts = certificates.public_key_facts(certificate)
    if facts.type not in keys.KEY_TYPES:
        return f"the certificate is for a {facts.type} key; NetSuite takes RSA and EC"
    return keys.rejection_reason(facts)


def lower(sentence: str) -> str:
    """A sentence as the middle of another one."""
    return sentence[0].lower() + sentence[1:]
