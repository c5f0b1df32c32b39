# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.contact."""

from __future__ import annotations

import json
import os.path
import uuid
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from ..core import certificates, keys, preflight, tokens
from ..core.assertions import choose_algorithm
from ..core.contact import document, redaction
from ..core.contact.answers import Answer, Asker, Settings, conclude
from ..core.contact.assertion import assertion, changed
from ..core.contact.document import Note
from ..core.contact.question import FIRST, CallQuestion, Facts, Question, TokenQuestion
from ..core.contact.questions import QUESTIONS
from ..core.errors import TransportError
from ..core.libraries import CLIENT_LIBRARIES, note_missing
from ..services import files
from ..services.http_client import HttpClient, Response
from ..services.oauth_client import Client, open_http_client, read_client
from ..services.rest_api import authorization
from ..services.token_endpoint import ASSERTION_TYPE, error_code
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, CLIENT_EXCLUSIVE, HTTP

try:
    import yaml
except ImportError as _error:
    note_missing("PyYAML", _error)

_BUSY = (429, 502, 503, 504)
_JSON = {"Accept": "application/json"}
_REQUESTS = [{"name": one.name, "question": one.asks, "request": one.request} for one in QUESTIONS]


def run(options: Options, context: Context) -> Result:
    """Ask the questions, and write what came back; in check mode, name them."""
    client = read_client(options, context.vault)
    preflight.stop_at_blocking(client.problems(context.now()))
    paths = {name: os.path.join(options["path"], name) for name in ("contact.yml", "simulator.yml")}
    result: Result = {"requests": _REQUESTS, "files": list(paths.values())}
    if context.check_mode:
        return {**result, "changed": True, "complete": None, "settings": None}
    with open_http_client(options, context.clock, context.sleep) as http_client:
        interview = Interview(client, context, http_client)
        interview.run()
    report = interview.report()
    texts = {
        paths["contact.yml"]: document.REPORT_HEAD + _yaml(report),
        paths["simulator.yml"]: document.SETTINGS_HEAD + _yaml(report["settings"]),
    }
    files.make_folder(options["path"])
    with files.locked(paths["contact.yml"]):
        different = [path for path, text in texts.items() if files.read_text(path, what="The earlier report") != text]
        for path in different:
            files.write(path, texts[path], files.PRIVATE, keep_rights=True)
    if interview.failure is not None:
        context.warnings.append(f"The report is incomplete: {interview.failure}")
    return {
        **result,
        "changed": bool(different),
        "complete": interview.failure is None,
        "settings": report["settings"],
    }


def _yaml(value: Any) -> str:
    text: str = yaml.safe_dump(value, sort_keys=False, width=140, allow_unicode=True)
    return text


@dataclass
class Interview:
    """One account and the questions that it is asked, one after the other.

    Attributes:
        failure: Why no further question could be asked.
    """

    client: Client
    context: Context
    http_client: HttpClient
    notes: list[Note] = field(default_factory=list)
    failure: TransportError | None = None
    skew: int = 0
    _tokens: dict[str, str] = field(default_factory=dict, repr=False)
    _asker: Asker = field(default_factory=Asker)

    @property
    def facts(self) -> Facts:
        """Whom the requests are about."""
        request, key = self.client.request, keys.facts(self.client.pair.key)
        algorithm = choose_algorithm(request.algorithm, key)
        return Facts(self.client.account, self.client.endpoints, request.client_id, request.certificate_id, algorithm)

    def run(self) -> None:
        """Ask everything.

        Raises:
            TokenRefusedError: the proper request for a token was refused, so that all others would be, too.
            TransportError: there was no answer to it.
        """
        for question in QUESTIONS:
            reason = self._why_not(question)
            if reason:
                self.notes.append(Note(question, "skipped", reason))
                continue
            try:
                self._note(question, self._ask(question))
            except TransportError as error:
                if question.name == FIRST:
                    raise
                self.failure = error
                self.notes.append(Note(question, "no answer", error.problem))

    def report(self) -> dict[str, Any]:
        """What was found out, without whom it is about."""
        facts = self.facts
        answers = [note.answer for note in self.notes if note.answer is not None]
        ids = {facts.client_id: "CLIENT_ID", facts.certificate_id: "CERTIFICATE_ID"}
        redact = redaction.Redactor(redaction.known_values(facts.account, facts.endpoints, ids, answers))
        learned: Settings = {}
        refusals: dict[str, Answer] = {}
        for note in self.notes:
            learned |= note.settings or {}
            if note.outcome == "refused" and note.question.condition and note.answer is not None:
                code = note.answer.error
                refusals[note.question.condition] = replace(note.answer, error=redact(code) if code else None)
        settings = conclude(learned, refusals)
        return document.build(self.notes, settings, facts, self._asker, self.context.now(), redact)

    def _why_not(self, question: Question) -> str:
        if self.failure is not None:
            return "the server gave no answer to an earlier question"
        outcomes = {note.question.name: note.outcome for note in self.notes}
        if question.needs and outcomes.get(question.needs) != "granted":
            return f"it needs what {question.needs} was not granted"
        refused = [one for one in self.notes if one.outcome == "refused" and one.question.ladder]
        if question.ladder and question.ladder in [one.question.ladder for one in refused]:
            return "less was refused already"
        hosts = self.client.endpoints
        if isinstance(question, CallQuestion) and question.needs_hosts and hosts.suitetalk == hosts.restlets:
            return "both services have the same address here"
        return ""

    def _ask(self, question: TokenQuestion | CallQuestion) -> Answer:
        if isinstance(question, CallQuestion):
            token = authorization(self._tokens[question.asks_with]) if question.asks_with else _JSON
            headers = {**token, **question.headers}
            return _answer(self.http_client.send("GET", question.url(self.facts), headers=headers))
        response = self._first_token() if question.name == FIRST else self._ask_for_token(question)
        answer = _answer(response)
        if answer.has_token:
            self._tokens[question.name] = answer.document["access_token"]
        return answer

    def _first_token(self) -> Response:
        token, response = self.client.request_token(self.http_client, self.context.clock)
        self.skew = response.clock_skew or 0
        holder = tokens.identity(token.claims)
        pair = self.client.pair
        computed = certificates.certificate_id(pair.certificate) if pair.certificate is not None else None
        self._asker = Asker(holder.role, holder.entity, computed)
        return response

    def _ask_for_token(self, question: TokenQuestion) -> Response:
        url = self.client.endpoints.token
        if question.method != "POST":
            return self.http_client.send(question.method, url, headers=_JSON)
        sent: list[str] = []

        def body() -> str:
            if not (question.is_repeated and sent):
                now = int(self.context.clock()) + self.skew
                sent.append(assertion(question, self.facts, self.client.pair.key, now, str(uuid.uuid4())))
            form = {
                "grant_type": "client_credentials",
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": sent[-1],
            }
            fields = changed(form, question.form)
            return json.dumps(fields) if question.is_json else urlencode(fields)

        kind = "application/json" if question.is_json else "application/x-www-form-urlencoded"
        headers = {**_JSON, "Content-Type": kind}
        response = self.http_client.send("POST", url, headers=headers, body=body)
        return self.http_client.send("POST", url, headers=headers, body=body) if question.is_repeated else response

    def _note(self, question: Question, answer: Answer) -> None:
        if answer.status in _BUSY:  # whatever was asked, it says nothing about that
            self.notes.append(Note(question, "no answer", "the server was too busy", answer))
            return
        granted = answer.is_good and (answer.has_token or isinstance(question, CallQuestion))
        outcome = "granted" if granted else "refused" if 400 <= answer.status <= 599 else "unclear"
        settings = {
            **({"granted": question.granted, "refused": question.refused}.get(outcome, {})),
            **(question.read(answer, self._asker) if question.read else {}),
        }
        self.notes.append(Note(question, outcome, "", answer, settings))


def _answer(response: Response) -> Answer:
    found: Any = response.json()
    token = found.get("access_token") if isinstance(found, dict) else None
    header, claims = (tokens.read_header(token), tokens.read_claims(token)) if isinstance(token, str) else ({}, {})
    return Answer(response.status, response.headers, found, error_code(response), header, claims)


OPERATION = Operation(
    run=run,
    options={
        **ACCOUNT,
        **CLIENT,
        **HTTP,
        "certificates_url": {"type": "str"},
        "path": {"type": "path", "default": "netsuite-contact"},
    },
    libraries=CLIENT_LIBRARIES,
    mutually_exclusive=CLIENT_EXCLUSIVE,
)
