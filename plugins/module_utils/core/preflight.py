# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be told to be wrong before anything is sent.

Source: the rules of Oracle's "OAuth 2.0 Client Credentials Setup" (subsect_162755332391) and "The Request Token
Structure" (section_162790605110).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from . import assertions, certificates, keys
from .errors import KeyMaterialError, M2MError
from .timing import iso

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
    if complaint := _kind_complaint(certificate):
        found.append(Problem("key_kind", complaint, _REMAKE))
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
        days = (end - start).days
        detail = f"the certificate is valid for {days} days; NetSuite shortens more than {certificates.MAXIMUM_DAYS}"
        fix = "Mind the end that NetSuite shows, or make a shorter one"
        found.append(Problem("validity_too_long", detail, fix, blocking=False))
    if certificates.certificate_id(certificate).startswith("-"):
        detail = "the certificate id begins with a hyphen, which command lines such as suitecloud take for an option"
        found.append(Problem("id_begins_with_hyphen", detail, _REMAKE, blocking=False))
    return found


def pair_problems(certificate: certificates.Certificate, key: keys.PrivateKey) -> list[Problem]:
    """Whether a certificate and a private key belong together."""
    if certificates.matches(certificate, key):
        return []
    detail = f"the certificate ({certificates.certificate_id(certificate)}) was not issued for this private key"
    return [Problem("key_mismatch", detail, "Give the two files of one generation, auth-key.pem and its auth-cert.pem")]


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
            "certificate_id", detail, "Leave certificate_id out, or copy it anew from NetSuite's list", blocking=False
        )
    ]


def client_problems(client_id: str) -> list[Problem]:
    """Whether a client id can be one."""
    try:
        assertions.check_client_id(client_id)
    except M2MError as error:
        return [Problem("client_id", _lower(error.problem), error.fix)]
    if not assertions.looks_like_client_id(client_id):
        detail = f"client_id has {len(client_id)} characters; a Client ID has 64 hexadecimal ones"
        fix = "Copy the Client ID (consumer key) of the integration record again"
        return [Problem("client_id", detail, fix, blocking=False)]
    return []


def request_problems(key: keys.KeyFacts, algorithm: str, scope: Sequence[str]) -> list[Problem]:
    """Whether algorithm and scope are such as NetSuite takes."""
    found = []
    try:
        assertions.choose_algorithm(algorithm, key)
    except M2MError as error:
        found.append(Problem("algorithm", _lower(error.problem), error.fix))
    try:
        assertions.check_scope(scope)
    except M2MError as error:
        found.append(Problem("scope", _lower(error.problem), error.fix))
    return found


def stop_at_blocking(problems: Iterable[Problem]) -> None:
    """Raise the first problem that NetSuite surely refuses.

    Raises:
        KeyMaterialError: with the rule as its cause.
    """
    for problem in problems:
        if problem.blocking:
            raise KeyMaterialError(problem.detail[0].upper() + problem.detail[1:], problem.fix, cause=problem.rule)


def _kind_complaint(certificate: certificates.Certificate) -> str | None:
    facts = certificates.public_key_facts(certificate)
    if facts.type not in keys.KEY_TYPES:
        return f"the certificate is for a {facts.type} key; NetSuite takes RSA and EC"
    return keys.complaint(facts)


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
