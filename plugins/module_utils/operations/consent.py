# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asking a person for the token that uploads a certificate. It stays in the process that asked, and ends with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..core.account_status import UPLOAD_PAGE, upload_page
from ..core.accounts import Account
from ..core.consent import ConsentError, Question, listening_port, new_question, read_answer
from ..core.errors import OptionError
from ..core.tokens import identity
from ..services.code_grant import trade_code
from ..services.consent_listener import listening
from ..services.http_client import HttpClient
from ..services.oauth_client import read_endpoints
from .operation import Context, Options, Terminal
from .option_groups import Spec

PASTE, LISTENER = "paste", "listener"
_LONGEST_WAIT = 3600

LOGIN: Spec = {
    "login": {"type": "bool", "default": False},
    "login_redirect_uri": {"type": "str", "default": "https://localhost:8765/"},
    "login_answer": {"type": "str", "choices": [PASTE, LISTENER], "default": PASTE},
    "login_client_secret": {"type": "str", "no_log": True},
    "login_scope": {"type": "list", "elements": "str", "default": ["rest_webservices"]},
    "login_timeout": {"type": "int", "default": 300},
    "login_url": {"type": "str"},
}


@dataclass(frozen=True)
class Consent:
    """What a person's consent has brought.

    Attributes:
        token: An access token; a refresh token is not kept.
        role: Internal id of the role that the person has chosen.
        entity: Internal id of the person.
    """

    token: str = field(repr=False)
    role: str | None
    entity: str | None


def ask_for_consent(options: Options, context: Context, http_client: HttpClient) -> Consent:
    """Have a person log in, and trade the code that comes back in for a token.

    Raises:
        ConsentError: there is nobody to ask, or no consent; see ``consent.read_answer`` and ``code_grant.trade_code``.
        OptionError: a bad option.
        TransportError: the token endpoint did not answer.
    """
    account, endpoints = read_endpoints(options)
    question = new_question(
        endpoints.authorization, options["client_id"] or "", options["login_redirect_uri"], options["login_scope"]
    )
    _check(options)
    terminal = context.terminal
    if terminal is None or not terminal.greet(f"NetSuite account {account.realm}: a person's consent is needed."):
        raise _nobody(account)
    ask = _listen if options["login_answer"] == LISTENER else _paste
    answer = read_answer(ask(question, account, options, context, terminal), question, account)
    token = trade_code(
        http_client,
        endpoints.token,
        question,
        answer.code,
        account=account,
        client_secret=options["login_client_secret"],
        clock=context.clock,
    )
    is_ = identity(token.claims)
    return Consent(token.text, is_.role or answer.role, is_.entity or answer.entity)


def _check(options: Options) -> None:
    """Refuse what would only turn out after the consent."""
    if not options["client_id"]:
        problem, fix = "client_id is missing", "Set it to the Client ID (consumer key) of the integration record"
        raise OptionError(problem, fix, cause="client_id_missing")
    if not 1 <= options["login_timeout"] <= _LONGEST_WAIT:
        problem = f"login_timeout is {options['login_timeout']}, and must be 1 to {_LONGEST_WAIT} seconds"
        raise OptionError(problem, "Correct it, or leave it out", cause="bad_option")
    if options["login_answer"] == LISTENER:
        listening_port(options["login_redirect_uri"])


def _paste(question: Question, account: Account, options: Options, _context: Context, terminal: Terminal) -> str:
    """The address that a person brings back."""
    seconds = options["login_timeout"]
    terminal.show(f"\nOpen this address in a browser, and give your consent there:\n\n{question.address}\n")
    return terminal.ask(
        f"Then copy the address on which the browser ends, even where its page cannot be shown, paste it here within"
        f" {seconds} seconds, and press Enter. It is not shown.\nAddress for {account.realm}:",
        seconds,
    )


def _listen(question: Question, account: Account, options: Options, context: Context, terminal: Terminal) -> str:
    """The address that the browser asks for."""
    seconds = options["login_timeout"]
    with listening(question.redirect_uri, context.folder, context.now()) as listener:
        terminal.show(
            f"\nOpen this address in a browser on this machine, and give your consent there within {seconds} seconds:\n"
            f"\n{question.address}\n\nThe browser then warns of the certificate of localhost, which was made for this"
            " login: go on.\n"
        )
        address = listener.wait(seconds)
    if address is None:
        raise ConsentError(
            f"No answer for {account.realm} arrived within {seconds} seconds, as when the browser is closed",
            "Run the playbook login again",
            cause="no_answer",
        )
    return address


def _nobody(account: Account) -> ConsentError:
    return ConsentError(
        "Nobody can be asked for consent here, because this run has no terminal",
        f"Run the playbook login where there is one, or upload the certificate by hand: run the playbook onboard, which"
        f" names it, and upload it in NetSuite under {UPLOAD_PAGE} ({upload_page(account.label)})",
        cause="no_terminal",
    )
