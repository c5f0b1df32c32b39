# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From evidence to the first cause. The planted mistakes in tests/e2e show the same from the outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.m2m.netsuite.plugins.module_utils.core import accounts
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis import answers, causes
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.answers import ResponseSummary
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.diagnose import diagnose
from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis.evidence import (
    Evidence,
    KeySetObservation,
    MappingObservation,
)
from ansible_collections.m2m.netsuite.plugins.module_utils.core.preflight import Problem
from ansible_collections.m2m.netsuite.plugins.module_utils.core.tokens import Finding, Identity

SANDBOX = accounts.parse_account("1234567_SB1")
HOLDER = Identity(account="1234567_SB1", role="3", entity="5")
OPAQUE = ResponseSummary(500, "server_error")


def problem(rule, blocking=True):
    return Problem(rule, f"{rule} is wrong", "Correct it", blocking=blocking)


def token(answer=OPAQUE, **known):
    return Evidence("token", account=SANDBOX, answer=answer, **known)


def probe(answer, **known):
    return Evidence("probe", account=SANDBOX, answer=answer, **{"token_is_fresh": True, **known})


def listed(state="active", **seen):
    return MappingObservation(seen.pop("holder", HOLDER), state, **seen)


TABLE = {
    # what is seen before anything is sent
    "key mismatch": (Evidence("preflight", problems=[problem("key_mismatch")]), "key_mismatch", "SignatureValidation"),
    "expired": (Evidence("preflight", problems=[problem("expired")]), "expired", "MissingKey"),
    "the first that blocks": (
        Evidence("preflight", problems=[problem("client_id", blocking=False), problem("algorithm")]),
        "algorithm",
        "UnsupportedAlgo",
    ),
    # an opaque refusal, and what is known beside it
    "nothing known": (token(), "certificate_not_mapped", "MissingKey"),
    "invalid_client": (token(ResponseSummary(401, "invalid_client")), "certificate_not_mapped", "MissingKey"),
    "invalid_grant": (token(ResponseSummary(400, "invalid_grant")), "certificate_not_mapped", "MissingKey"),
    "a wrong certificate id": (
        token(problems=[problem("certificate_id", blocking=False)]),
        "certificate_id",
        "MissingKey",
    ),
    "a wrong certificate id that NetSuite lists": (
        token(problems=[problem("certificate_id", blocking=False)], mappings=listed(role="3", entity="5")),
        "integration_blocked",
        "IntegrationBlocked",
    ),
    "a short client id": (token(problems=[problem("client_id", blocking=False)]), "client_id", "InvalidIssuer"),
    "a hint that proves nothing": (
        token(problems=[problem("id_begins_with_hyphen", blocking=False)]),
        "certificate_not_mapped",
        "MissingKey",
    ),
    "clock ahead": (token(clock_skew=-3600), "clock_ahead", "TokenNotAcceptable"),
    "clock a little ahead": (token(clock_skew=-10), "certificate_not_mapped", "MissingKey"),
    "clock behind": (token(clock_skew=3600), "clock_behind", "TokenExpired"),
    "clock within the lifetime": (token(clock_skew=200), "certificate_not_mapped", "MissingKey"),
    "clock of a web page": (token(ResponseSummary(500, kind="html"), clock_skew=-3600), "not_netsuite", None),
    "worked before, sandbox": (token(worked_before=True), "mapping_vanished", "MissingKey"),
    "worked before, production": (
        Evidence("token", account=accounts.parse_account("1234567"), answer=OPAQUE, worked_before=True),
        "mapping_vanished",
        "MissingKey",
    ),
    "listed as absent": (token(mappings=listed("absent")), "mapping_absent", "MissingKey"),
    "listed as revoked": (token(mappings=listed("revoked")), "mapping_revoked", "MissingKey"),
    "listed as expired": (token(mappings=listed("expired")), "mapping_expired", "MissingKey"),
    "listed under another client": (token(mappings=listed("absent", elsewhere=True)), "wrong_client", None),
    "active, for another role than the reader's": (
        token(mappings=listed(role="9", entity="9")),
        "role_or_entity_inactive",
        "EntityOrRoleDisabled",
    ),
    "the list's token is of another account": (
        token(mappings=listed("absent", holder=Identity(account="7654321"))),
        "wrong_account",
        "MissingKey",
    ),
    "the list is refused with 401": (
        token(mappings=listed(None, refused=401)),
        "integration_blocked",
        "IntegrationBlocked",
    ),
    "no list for this client": (token(mappings=listed(None, refused=404)), "wrong_client", None),
    "key set of another account": (
        token(key_set=KeySetObservation(200, True, ("7654321",))),
        "wrong_account",
        "MissingKey",
    ),
    "key set of this account": (
        token(key_set=KeySetObservation(200, True, ("1234567_SB1",))),
        "certificate_not_mapped",
        "MissingKey",
    ),
    "no key set at all": (token(key_set=KeySetObservation(404, False)), "wrong_account", "MissingKey"),
    # answers that say something
    "invalid_scope": (token(ResponseSummary(400, "invalid_scope")), "scope_not_allowed", "ScopeMismatched"),
    "unauthorized_client": (token(ResponseSummary(400, "unauthorized_client")), "grant_not_ticked", None),
    "429": (token(ResponseSummary(429)), "overloaded", None),
    "503": (token(ResponseSummary(503)), "netsuite_unavailable", None),
    "404": (token(ResponseSummary(404, kind="empty")), "wrong_account", "MissingKey"),
    "redirect": (token(ResponseSummary(302, redirect="login.example/x")), "redirected", None),
    "web page": (token(ResponseSummary(200, kind="html", title="Welcome")), "not_netsuite", None),
    "page of a proxy": (token(ResponseSummary(403, kind="html", signs=("Server: squid/5.7",))), "proxy_page", None),
    "proxy login": (token(ResponseSummary(407, kind="html")), "proxy_login", None),
    "captive portal": (token(ResponseSummary(511, kind="html")), "captive_portal", None),
    "realm of another account": (
        token(ResponseSummary(401, "invalid_client", realm="7654321")),
        "wrong_account",
        "MissingKey",
    ),
    "realm of this account": (
        token(ResponseSummary(401, "invalid_client", realm="1234567-sb1")),
        "certificate_not_mapped",
        "MissingKey",
    ),
    # the token itself
    "token of another account": (Evidence("claims", findings=[Finding("account", "x")]), "token_account", None),
    "assertion as token": (
        Evidence("claims", findings=[Finding("account", "x"), Finding("kind", "y")]),
        "token_kind",
        "InvalidTokenType",
    ),
    "expired token": (Evidence("claims", findings=[Finding("expiry", "x")]), "token_expiry", "AccessTokenExpired"),
    # the probe
    "probe 401": (probe(ResponseSummary(401, "INVALID_LOGIN")), "login_permission_missing", None),
    "probe 401 after long": (probe(ResponseSummary(401, "INVALID_LOGIN", seconds=60)), "overloaded", None),
    "probe 403": (probe(ResponseSummary(403, "INSUFFICIENT_PERMISSION")), "permission_missing", None),
    "probe 403, other scope": (
        probe(ResponseSummary(403, "INSUFFICIENT_PERMISSION"), token_scope=["restlets"]),
        "scope_too_small",
        None,
    ),
    "probe 429": (probe(ResponseSummary(429, "CONCURRENCY_LIMIT_EXCEEDED")), "overloaded", None),
    "probe 400 at the limit": (probe(ResponseSummary(400, "SSS_REQUEST_LIMIT_EXCEEDED")), "overloaded", None),
    "probe 500": (probe(ResponseSummary(500, "UNEXPECTED_ERROR")), "netsuite_unavailable", None),
    "probe 302": (probe(ResponseSummary(302, kind="empty", redirect="elsewhere")), "redirected", None),
    "probe odd": (probe(ResponseSummary(418)), "unexpected_answer", None),
}


@pytest.mark.parametrize(("evidence", "cause", "code"), TABLE.values(), ids=TABLE.keys())
def test_the_first_cause(evidence, cause, code):
    causes = diagnose(evidence)
    assert causes[0].cause == cause, [one.cause for one in causes]
    if code is not None:
        assert causes[0].audit_trail == code
    names = [one.cause for one in causes]
    assert len(set(names)) == len(names)
    assert [one.weight for one in causes] == sorted((one.weight for one in causes), reverse=True)
    for one in causes:
        shown = one.as_result()
        assert set(shown) == {"cause", "evidence", "fix", "audit_trail", "basis"}
        assert shown["evidence"]
        assert shown["fix"]
        assert not shown["fix"].endswith(".")
        assert not shown["evidence"].endswith(".")


def test_nothing_known_is_no_cause():
    assert diagnose(Evidence("token")) == []


@pytest.mark.parametrize(("account", "refreshed"), [("1234567", False), ("1234567_SB1", True), ("1234567_RP", True)])
def test_what_worked_before_was_first_of_all_revoked_or_restored_from_an_older_file(account, refreshed):
    found = diagnose(Evidence("token", account=accounts.parse_account(account), answer=OPAQUE, worked_before=True))
    assert [one.cause for one in found] == ["mapping_vanished", "disabled_in_netsuite", "wrong_client"]
    assert "the certificate was revoked, or an older credential file was restored" in found[0].evidence
    assert ("sandbox was refreshed" in found[0].evidence) is refreshed
    assert "put the newest one back" in found[0].fix


@pytest.mark.parametrize(
    ("known", "cause"),
    [
        ({"mappings": listed("revoked")}, "mapping_revoked"),
        ({"mappings": listed(None, refused=401)}, "integration_blocked"),
        ({"mappings": listed(None, refused=404)}, "wrong_client"),
        ({"clock_skew": -3600}, "clock_ahead"),
        ({"problems": [problem("account", blocking=False)]}, "account"),
        ({"answer": ResponseSummary(400, "invalid_scope")}, "scope_not_allowed"),
        ({"answer": ResponseSummary(400, "unauthorized_client")}, "grant_not_ticked"),
    ],
)
def test_that_it_worked_before_outranks_no_better_evidence(known, cause):
    assert diagnose(token(worked_before=True, **known))[0].cause == cause


def test_once_a_cause_is_proven_guesses_are_left_out():
    causes = diagnose(token(problems=[problem("key_mismatch")]))
    assert "wrong_client" not in [one.cause for one in causes]


texts = st.none() | st.sampled_from(["invalid_client", "invalid_scope", "INVALID_LOGIN", "x"])
any_answer = st.builds(
    ResponseSummary,
    status=st.integers(100, 599),
    error=texts,
    kind=st.sampled_from(["json", "html", "text", "empty"]),
    title=texts,
    realm=texts,
    redirect=texts,
    signs=st.lists(st.text(), max_size=2).map(tuple),
    seconds=st.floats(0, 100),
)
any_sight = st.builds(
    MappingObservation,
    st.just(HOLDER) | st.just(Identity()),
    st.none() | st.sampled_from(["active", "absent", "revoked", "expired"]),
    st.none() | st.integers(100, 599),
    elsewhere=st.booleans(),
)


@given(
    st.builds(
        Evidence,
        stage=st.sampled_from(["preflight", "token", "claims", "signature", "probe"]),
        account=st.none() | st.just(SANDBOX),
        answer=st.none() | any_answer,
        clock_skew=st.none() | st.integers(),
        certificate_seen=st.booleans(),
        worked_before=st.none() | st.booleans(),
        key_set=st.none() | st.builds(KeySetObservation, st.integers(100, 599), st.booleans(), st.just(("1234567",))),
        mappings=st.none() | any_sight,
        token_is_fresh=st.booleans(),
    )
)
def test_any_evidence_can_be_weighed(evidence):
    causes = diagnose(evidence)
    assert all(one.fix and one.evidence and 0 <= one.weight <= 100 for one in causes)
    if evidence.stage == "token" and evidence.answer and evidence.answer.status >= 400:
        assert causes, "a refusal without any cause leaves the user alone"


# --- what an answer shows


def read(status=400, headers=None, text="", **facts):
    is_json = facts.pop("is_json", text.startswith(("{", "[")))
    return answers.read(status, headers or {}, text, error=facts.get("error"), is_json=is_json, seconds=1.5)


@pytest.mark.parametrize(
    ("headers", "text", "kind"),
    [
        ({}, "{}", "json"),
        ({}, "", "empty"),
        ({}, " \n", "empty"),
        ({}, "<!DOCTYPE html><p>", "html"),
        ({}, "  <HTML><body>", "html"),
        ({"content-type": "text/html; charset=utf-8"}, "hello", "html"),
        ({"content-type": "text/plain"}, "hello", "text"),
        ({"content-type": "text/html"}, "{}", "json"),
    ],
)
def test_kinds_of_bodies(headers, text, kind):
    assert read(200, headers, text).kind == kind


def test_titles_and_realms():
    page = read(403, {}, '<html><head><title lang="en">Access\n <b>denied</b>\x1b[31m</title></head>')
    assert page.title == "Access <b>denied</b> [31m"
    assert read(401, {"www-authenticate": 'Basic realm="1234567_SB1", x'}, "{}").realm == "1234567_SB1"
    assert read(401, {"www-authenticate": 'Basic realm="<script>"'}, "{}").realm is None
    assert read(200, {}, "<title>" * 50_000).title is None


@pytest.mark.parametrize(
    ("status", "location", "shown"),
    [
        (302, "https://login.example/path?token=SecretCanary#x", "login.example/path"),
        (302, "https://user:SecretCanary@login.example/", "login.example/"),
        (302, "/app/login?x=SecretCanary", "/app/login"),
        (302, "", "another place"),
        (302, "http://[::1", "another place"),
        (302, "//evil.example/x", "evil.example/x"),
        (200, "https://login.example", None),
        (304, "https://login.example", None),
    ],
)
def test_redirects_are_shown_without_their_secrets(status, location, shown):
    assert read(status, {"location": location}).redirect == shown


@pytest.mark.parametrize(
    ("headers", "proxied"),
    [
        ({}, False),
        ({"server": "Squid/5"}, True),
        ({"server": "nginx"}, False),
        ({"via": "1.1 proxy"}, True),
        ({"proxy-authenticate": "Basic"}, True),
        ({"set-cookie": "session=SecretCanary"}, False),
    ],
)
def test_signs_of_a_proxy(headers, proxied):
    found = read(403, headers, "<html>")
    assert found.from_proxy is proxied
    assert "SecretCanary" not in repr(found)


@given(st.text(), st.text(), st.text())
def test_any_answer_can_be_looked_at(first, second, body):
    headers = {"location": first, "www-authenticate": second, "server": first, "set-cookie": second, "via": first}
    for status in (200, 302, 401):
        found = read(status, headers, body, is_json=False)
        assert found.summary.startswith(f"HTTP {status}")
        assert all(character.isprintable() for sign in found.signs for character in sign)


def test_the_trail_is_named():
    assert "Login Audit Trail" in causes.AUDIT_TRAIL
