# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.account_reconcile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ..core import certificates, mapping, names, preflight
from ..core.accounts import parse_account
from ..core.consent import ConsentError
from ..core.errors import M2MError, OptionError, RefusedError, TransportError
from ..core.generations import Credentials, Generation, Retiring
from ..core.libraries import CLIENT_LIBRARIES
from ..core.next_step import MAP, PROMOTE, PROVE, RETIRE, Facts, Step, described, next_step
from ..core.timing import iso, later
from ..services.certificate_api import CertificateApi
from ..services.credential_stores.store import Snapshot
from ..services.http_client import HttpClient
from ..services.name_directory import NameDirectory
from ..services.oauth_client import open_http_client, pair_of, read_endpoints
from . import account_credentials, naming, token_check
from .account_credentials import CredentialManager
from .callers import Callers, by_whoever_may
from .certificate_mapping import Upload, revoke
from .consent import LOGIN
from .operation import Context, Operation, Options, Result
from .option_groups import CLIENT
from .token_check import TokenCheck

_DONE, _OK, _PLANNED, _FAILED = "done", "ok", "planned", "failed"
# The pair is given to whoever needs it, rather than read from where options say.
_NO_OTHER_SOURCE: dict[str, Any] = {
    **dict.fromkeys(("access_token", "assertion", "credentials_path", "credentials_content", "store")),
    "known_certificates": None,
    "diagnose": True,
}


def run(options: Options, context: Context) -> Result:
    """Take every step that can be taken in this run."""
    manager = CredentialManager(parse_account(options["account_id"]), options, context)
    snapshot = manager.load()
    if snapshot.is_absent:
        if not context.check_mode:
            raise manager.gone()
        return _predicted(manager)
    if snapshot.credentials is None:
        raise OptionError(
            "The certificate of the given private key is not known, so its rotation cannot go on",
            "Set certificate_content as well",
            cause="certificate_missing",
        )
    with open_http_client(options, context.clock, context.sleep) as http_client:
        reconciliation = Reconciliation(options, context, http_client, manager, snapshot, snapshot.credentials)
        reconciliation.run()
        return reconciliation.result()


def _predicted(manager: CredentialManager) -> Result:
    """Check mode, before the first generation exists: the steps that would follow its making."""
    steps = []
    if manager.options["bootstrap_token"] or manager.options["login"]:
        steps = [described(step, None, _PLANNED, "follows the making of the key pair") for step in (MAP, PROVE)]
    return _result(manager, steps, changed=bool(steps), check=manager.options["token_check"] or {}, credentials=None)


def _result(
    manager: CredentialManager,
    steps: list[dict[str, Any]],
    *,
    changed: bool,
    check: dict[str, Any],
    credentials: Result | None,
) -> Result:
    return {
        "changed": changed,
        "account": manager.account.realm,
        "steps": steps,
        "token_check": check,
        "credentials": credentials,
        "credential_document": manager.store.document,
        "diff": {"before": {"steps": []}, "after": {"steps": steps if changed else []}},
    }


@dataclass
class Reconciliation:
    """One account's way through its steps.

    Attributes:
        steps: The steps so far, as the result shows them.
        check: The last check of the active pair, as m2m.netsuite.token_check returns it.
        assumed: Certificates that work only as far as check mode can foresee; nothing is asked with their keys.
    """

    options: Options = field(repr=False)
    context: Context
    http_client: HttpClient
    manager: CredentialManager
    snapshot: Snapshot
    shown: Credentials
    steps: list[dict[str, Any]] = field(default_factory=list)
    facts: Facts = field(init=False)
    check: dict[str, Any] = field(init=False)
    credentials: Credentials = field(init=False)
    assumed: set[str] = field(default_factory=set)
    changed: bool = False
    is_unreachable: bool = False
    _proof: dict[str, Any] = field(default_factory=dict)
    callers: Callers = field(init=False)

    def __post_init__(self) -> None:
        self.check = dict(self.options["token_check"] or {})
        self.callers = Callers(self.options, self.context, self.http_client)
        self.credentials = self._with_predicted(self.shown, self.manager.due_reason(self.snapshot))
        active = self.credentials.active.certificate_id
        granted = {(one["name"], one["status"]) for one in self.check.get("checks") or []}
        self.facts = Facts(
            now=self.context.now(),
            revocation=self.manager.revocation,
            has_bootstrap_token=self.callers.may_upload,
            has_token=("token", "ok") in granted,
            working=frozenset({active} if self.check.get("valid") else ()),
        )

    def run(self) -> None:
        """Ask for the next step and take it, until there is none, or the server stops answering."""
        actions: dict[str, Callable[[str], None]] = {
            MAP: self._map,
            PROVE: self._prove,
            PROMOTE: self._promote,
            RETIRE: self._retire,
        }
        while not self.is_unreachable and (step := next_step(self.credentials, self._facts_now())) is not None:
            self._know(taken=step)
            try:
                actions[step.step](step.certificate_id)
            except ConsentError:  # a person is there, and wants to know at once
                raise
            except TransportError as error:
                self.is_unreachable = True
                self._note(step, _FAILED, str(error), cause=error.cause)
            except M2MError as error:
                self._note(step, _FAILED, str(error), cause=error.cause, http_status=error.facts.get("status"))
        self._name_whom()

    def result(self) -> Result:
        """The module's result."""
        report = None
        if self.snapshot.is_kept:
            report = self.manager.report(replace(self.snapshot, credentials=self.shown), None)
            report.pop("diff")
        return _result(self.manager, self.steps, changed=self.changed, check=self.check, credentials=report)

    def _map(self, certificate_id: str) -> None:
        generation = self._generation(certificate_id)
        if certificate_id in self.assumed:
            self._note(Step(MAP, certificate_id), _PLANNED, "follows the making of the key pair")
            return
        if self.context.check_mode and self.callers.asks_person and not self._works():
            self.changed = True
            self.assumed.add(certificate_id)
            self._know(mapped=certificate_id)
            self._note(Step(MAP, certificate_id), _PLANNED, "follows a person's consent")
            return
        done = by_whoever_may(self._uploaders(), lambda token: self._upload(generation, token))
        if done is None:
            return
        found = done["mapping"]["certificate_id"]
        if found != certificate_id:
            which = "pending" if generation == self.credentials.pending else "active"
            self._apply(lambda old: old.named(which, found), certificate_id)
            self._know(taken=Step(MAP, found))
        if self.context.check_mode and done["changed"]:
            self.assumed.add(found)
        self._know(mapped=found)
        self.changed |= done["changed"]
        status = (_PLANNED if self.context.check_mode else _DONE) if done["changed"] else _OK
        self._note(Step(MAP, found), status, mapping.whom(done["mapping"]))

    def _upload(self, generation: Generation, token: str) -> Result:
        where = f"generation {generation.number}"
        certificate = certificates.parse(generation.certificate, where=where)
        preflight.stop_at_blocking(preflight.certificate_problems(certificate, self._by_known_skew()))
        options = {**self.options, "certificate_id": generation.certificate_id}
        for kind in names.KINDS:  # of the present token, where they are not set
            found = options[kind] or naming.id_by_name(kind, options, self.check, self.context, self._directory(token))
            options[kind] = found or self.check.get(kind) or getattr(self.callers.consent, kind, None)
        api = self._api(token)
        pair = pair_of(generation, self.options, self.context.vault, where)
        in_use = self.credentials.active.certificate_id
        try:
            return Upload(certificate, options, self.context, self.http_client, api, pair, in_use).run()
        except RefusedError:
            self._replace_if_revoked(generation, api)
            raise

    def _name_whom(self) -> None:
        """Names for the instruction that follows a refused upload, where the active pair has a token."""
        refused = any(one["step"] == MAP and one["status"] == _FAILED for one in self.steps)
        token = self.callers.kept(self.credentials.active.certificate_id)
        if refused and token and not self.is_unreachable:
            self.check |= naming.names_of(self.check, self._directory(token))

    def _directory(self, token: str) -> NameDirectory:
        _account, endpoints = read_endpoints(self.options)
        return NameDirectory(self.http_client, endpoints, token)

    def _replace_if_revoked(self, generation: Generation, api: CertificateApi) -> None:
        """A revoked certificate cannot come back; where a token allows it, a new generation takes its place."""
        if generation != self.credentials.active or self.credentials.pending or not self.manager.store.is_writable:
            return
        found = mapping.find(api.list(), generation.certificate_id)
        if found is None or not found.revoked:
            return
        self.changed = True
        if self.context.check_mode:
            self.credentials = self._with_predicted(self.credentials, "revoked")
        else:
            self.credentials = self.shown = self.manager.begin("revoked")

    def _with_predicted(self, credentials: Credentials, reason: str | None) -> Credentials:
        """In check mode, with the generation that a run would have made before it comes here."""
        if reason is None or not self.context.check_mode:
            return credentials
        self.assumed.add("")
        return credentials.with_pending(replace(credentials.active, certificate_id="", created=iso(self.context.now())))

    def _prove(self, certificate_id: str) -> None:
        step = Step(PROVE, certificate_id)
        is_active = certificate_id == self.credentials.active.certificate_id
        if certificate_id in self.assumed:
            self._note(step, _PLANNED, "follows the upload")
            self._know(working=certificate_id)
            return
        if certificate_id not in self.facts.working:
            checking = self._examine(self._generation(certificate_id))
            result = checking.result()
            if is_active:
                self.check = result
            if not result["valid"]:
                first = (result["diagnosis"] or [{"evidence": "its token check failed", "fix": "See the checks"}])[0]
                detail = f"{first['evidence']}. {first['fix']}."
                self._note(step, _FAILED, detail, cause=first.get("cause"))
                self.is_unreachable = checking.is_unreachable
                return
            self.callers.keep(certificate_id, checking.token or "")
            self._know(working=certificate_id)
            if not is_active:
                self._proof = result
        if is_active:
            self._apply(lambda old: old.proven(self.context.now()), certificate_id)
        self._note(step, _OK if not self.context.check_mode else _PLANNED, "a token was granted and the checks passed")

    def _examine(self, generation: Generation) -> TokenCheck:
        where = f"generation {generation.number}"
        options = {
            **self.options,
            **_NO_OTHER_SOURCE,
            "worked_before": bool(generation.proven) if generation == self.credentials.active else False,
            "bootstrap_token": self.callers.lister(self.credentials.active.certificate_id),
        }
        pair = pair_of(generation, self.options, self.context.vault, where)
        checking = TokenCheck(options, self.context, self.http_client, pair)
        checking.run()
        return checking

    def _promote(self, certificate_id: str) -> None:
        readers = [one.name for one in self.manager.consumers if one.reads_store]
        now = self.context.now()
        self._apply(lambda old: old.promoted(certificate_id, now).told(readers, now), certificate_id)
        if certificate_id not in self.assumed:
            self.check = self._proof
        self._note(Step(PROMOTE, certificate_id), self._did, "the new pair is in use; the replaced one retires")

    def _retire(self, certificate_id: str) -> None:
        step = Step(RETIRE, certificate_id)
        retiring = next(one for one in self.credentials.retiring if one.certificate_id == certificate_id)
        detail = "it has expired"
        if not (retiring.is_over(self.context.now()) and retiring.is_over(self._now_there())):
            users = self.context.other_users(self.manager.account, certificate_id)
            if users:
                problem = f"It is still used by {', '.join(users)}, so it is not revoked"
                raise RefusedError(problem, "Rotate there as well", cause="used_elsewhere")
            detail = "NetSuite lists it as revoked"
            try:
                by_whoever_may(
                    self._revokers(retiring), lambda token: revoke(certificate_id, self.context, self._api(token))
                )
            except RefusedError as error:
                if error.cause != "unknown_certificate" or certificate_id not in self.options["forget"]:
                    raise
                detail = "NetSuite does not show it, so it is forgotten as requested"
        self._apply(lambda old: old.without_retiring(certificate_id), certificate_id)
        self._note(step, self._did, detail)

    def _now_there(self) -> datetime:
        """The time at NetSuite, asked for anew: what is forgotten by a clock that has jumped is never revoked."""
        _account, endpoints = read_endpoints(self.options)
        return self._by_known_skew(self.http_client.send("GET", endpoints.keys).clock_skew)

    def _by_known_skew(self, skew: float | None = None) -> datetime:
        """The time at NetSuite, by the skew that is known: now, or else from the token check."""
        return later(
            self.context.now(), timedelta(seconds=skew if skew is not None else self.check.get("clock_skew") or 0)
        )

    def _uploaders(self) -> Iterator[str]:
        """Whose token may upload: the active pair's, the one that was given for the purpose, and a person's."""
        active = self.credentials.active
        if self._works() and active.certificate_id not in self.assumed:
            yield self.callers.of_pair(active)
        if not (self.context.check_mode and self.callers.asks_person):
            yield from self.callers.others()

    def _revokers(self, retiring: Retiring) -> Iterator[str]:
        """Whose token may revoke: the active pair's, and the replaced pair's own."""
        if self.credentials.active.certificate_id not in self.assumed:
            yield self.callers.of_pair(self.credentials.active)
        if retiring.private_key and retiring.certificate:
            yield self.callers.of_pair(retiring)

    def _works(self) -> bool:
        return self.facts.has_token or self.credentials.active.certificate_id in self.facts.working

    def _api(self, token: str) -> CertificateApi:
        _account, endpoints = read_endpoints(self.options)
        return CertificateApi(self.http_client, endpoints, self.options["client_id"], token)

    def _generation(self, certificate_id: str) -> Generation:
        pending = self.credentials.pending
        return pending if pending and pending.certificate_id == certificate_id else self.credentials.active

    def _apply(self, change: Callable[[Credentials], Credentials], certificate_id: str) -> None:
        """Take a change to what is stored, as it is by now; where another run has been faster, go on from there.

        Nothing is stored in check mode, and credentials in variables stay as they are.
        """
        before = self.credentials
        in_memory = self.context.check_mode or not self.snapshot.is_kept
        self.credentials = change(before) if in_memory else self.manager.change(change)
        self.changed |= self.credentials != before
        if certificate_id not in self.assumed:
            self.shown = self.credentials

    @property
    def _did(self) -> str:
        return _PLANNED if self.context.check_mode else _DONE

    def _facts_now(self) -> Facts:
        return replace(self.facts, now=self.context.now())

    def _know(self, *, taken: Step | None = None, **more: str) -> None:
        found = {name: getattr(self.facts, name) | {value} for name, value in more.items()}
        self.facts = replace(self.facts, taken=self.facts.taken | ({taken} if taken else frozenset()), **found)

    def _note(self, step: Step, status: str, detail: str, **more: Any) -> None:
        self.steps.append(described(step.step, step.certificate_id, status, detail, **more))


# What m2m.netsuite.account_credentials alone takes.
_OF_ENSURING = ("environment", "state", "compare_clock", "fail_on_refusal")
_ASSERTION = ("client_id", "algorithm", "scope", "assertion_lifetime", "audience")
_CHECK = ("extra_claims", "checks", "bootstrap_token", "certificates_url")
_EXPECTED = ("expected_role", "expected_entity", "expected_role_name", "expected_entity_name")

OPERATION = Operation(
    run=run,
    options={
        **{name: spec for name, spec in account_credentials.OPERATION.options.items() if name not in _OF_ENSURING},
        **{name: CLIENT[name] for name in _ASSERTION},
        **{name: token_check.OPERATION.options[name] for name in (*_CHECK, *_EXPECTED)},
        "role": {"type": "str"},
        "entity": {"type": "str"},
        "role_name": {"type": "str"},
        "entity_name": {"type": "str"},
        "token_check": {"type": "dict", "no_log": False},
        "forget": {"type": "list", "elements": "str", "default": []},
        **LOGIN,
    },
    libraries=CLIENT_LIBRARIES,
    keeps_credentials=True,
)
