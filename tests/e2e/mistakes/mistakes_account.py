# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes at NetSuite, and with the clock: mapping, integration record, role, entity, features, tokens."""

from __future__ import annotations

import secrets
from typing import Any

from ansible_collections.m2m.netsuite.tests.e2e.mistakes.register import BEFORE, BEFORE_AND_LIST, LIST, SANDBOX, mistake
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

Given = dict[str, Any]
TOKEN = "given token"


# --- clock


@mistake("clock", "an hour ahead of NetSuite's", cause="clock_ahead")
def _ahead(stage: Stage) -> Given:
    stage.account.knobs(clock_offset=-3600)
    return stage.options()


@mistake("clock", "an hour behind NetSuite's", cause="clock_behind")
def _behind(stage: Stage) -> Given:
    stage.account.knobs(clock_offset=3600)
    return stage.options()


@mistake("clock", "an hour ahead of NetSuite's", known=BEFORE, cause="clock_ahead")
def _ahead_before(stage: Stage) -> Given:
    return {**_ahead(stage), "worked_before": True}


# --- mapping


@mistake("mapping", "certificate never uploaded", cause="certificate_not_mapped", mapped=False)
def _absent(stage: Stage) -> Given:
    return stage.options(worked_before=False)


@mistake("mapping", "certificate never uploaded", known=LIST, cause="mapping_absent", mapped=False)
def _absent_listed(stage: Stage) -> Given:
    return stage.listing()


@mistake("mapping", "another certificate uploaded", cause="certificate_not_mapped", mapped=False)
def _another(stage: Stage) -> Given:
    stage.account.upload(new_pair().certificate)
    return stage.options()


@mistake("mapping", "cleared by a sandbox refresh", known=SANDBOX, cause="mapping_vanished")
def _refreshed(stage: Stage) -> Given:
    stage.account.refresh()
    return stage.options(worked_before=True)


@mistake("mapping", "cleared by a sandbox refresh", known=BEFORE_AND_LIST, cause="mapping_absent")
def _refreshed_listed(stage: Stage) -> Given:
    stage.account.refresh()
    return stage.listing(worked_before=True)


@mistake("mapping", "revoked", cause="certificate_not_mapped")
def _revoked(stage: Stage) -> Given:
    stage.account.revoke(stage.pair.id)
    return stage.options()


@mistake("mapping", "revoked", known=BEFORE, cause="mapping_vanished")
def _revoked_before(stage: Stage) -> Given:
    stage.account.revoke(stage.pair.id)
    return stage.options(worked_before=True)


@mistake("mapping", "revoked", known=LIST, cause="mapping_revoked")
def _revoked_listed(stage: Stage) -> Given:
    stage.account.revoke(stage.pair.id)
    return stage.listing()


@mistake("mapping", "revoked", known=BEFORE_AND_LIST, cause="mapping_revoked")
def _revoked_before_listed(stage: Stage) -> Given:
    return {**_revoked_listed(stage), "worked_before": True}


@mistake(
    "mapping",
    "replaced and revoked, then an older credential file was restored",
    known=BEFORE,
    cause="mapping_vanished",
    quotes="an older credential file was restored",
)
def _restored(stage: Stage) -> Given:
    stage.account.upload(new_pair().certificate)
    return _revoked_before(stage)


@mistake("mapping", "expired, as NetSuite shortened it to two years", known=LIST, cause="mapping_expired", mapped=False)
def _expired(stage: Stage) -> Given:
    stage.account.knobs(clock_offset=-300 * 86400)
    pair = new_pair(days=1826, start=-800)
    stage.account.upload(pair.certificate)
    stage.account.knobs(clock_offset=0)
    return stage.listing(private_key_content=pair.key, certificate_content=pair.certificate)


@mistake("mapping", "made for another integration record", cause="wrong_client", mapped=False)
def _misplaced(stage: Stage) -> Given:
    _map_elsewhere(stage)
    return stage.options()


@mistake("mapping", "made for another integration record", known=LIST, cause="wrong_client", mapped=False)
def _misplaced_listed(stage: Stage) -> Given:
    other = _map_elsewhere(stage)
    return stage.options(bootstrap_token=stage.account.bootstrap_token(client_id=other))


def _map_elsewhere(stage: Stage) -> str:
    other = secrets.token_hex(32)
    stage.account.change(integrations=[{"client_id": other}])
    body = {"certificate": stage.pair.certificate, "role": 1000, "entity": 12, "client_id": other}
    stage.account.admin("POST", "certificates", body)
    return other


# --- integration record and features


@mistake("integration", "blocked", cause="disabled_in_netsuite")
def _blocked(stage: Stage) -> Given:
    stage.account.integration(state="blocked")
    return stage.options()


@mistake("integration", "blocked", known=BEFORE, cause="disabled_in_netsuite")
def _blocked_before(stage: Stage) -> Given:
    stage.account.integration(state="blocked")
    return stage.options(worked_before=True)


@mistake("integration", "blocked", known=SANDBOX, cause="disabled_in_netsuite")
def _blocked_sandbox(stage: Stage) -> Given:
    return _blocked_before(stage)


@mistake("integration", "blocked", known=LIST, cause="integration_blocked")
def _blocked_listed(stage: Stage) -> Given:
    given = stage.listing()
    stage.account.integration(state="blocked")
    return given


@mistake("integration", "blocked", known=BEFORE_AND_LIST, cause="integration_blocked")
def _blocked_before_listed(stage: Stage) -> Given:
    return {**_blocked_listed(stage), "worked_before": True}


@mistake("integration", "client credentials grant not ticked", cause="grant_not_ticked")
def _unticked(stage: Stage) -> Given:
    stage.account.integration(client_credentials=False)
    return stage.options()


@mistake("integration", "client credentials grant not ticked", known=BEFORE, cause="grant_not_ticked")
def _unticked_before(stage: Stage) -> Given:
    return {**_unticked(stage), "worked_before": True}


@mistake("integration", "OAuth 2.0 feature off", known=BEFORE, cause="disabled_in_netsuite")
def _feature_before(stage: Stage) -> Given:
    stage.account.change(features={"oauth2": False})
    return stage.options(worked_before=True)


@mistake("integration", "OAuth 2.0 feature off", known=LIST, cause="feature_disabled")
def _feature_listed(stage: Stage) -> Given:
    given = stage.listing()
    stage.account.change(features={"oauth2": False})
    return given


@mistake("integration", "REST Web Services feature off", cause="rest_feature_disabled")
def _rest_feature(stage: Stage) -> Given:
    stage.account.change(features={"rest_webservices": False})
    return stage.options()


# --- role and entity


@mistake("role", "mapped to another role than expected", cause="token_role")
def _other_role(stage: Stage) -> Given:
    return stage.options(expected_role="1001")


@mistake("entity", "mapped to another entity than expected", cause="token_entity")
def _other_entity(stage: Stage) -> Given:
    return stage.options(expected_entity="-5")


@mistake("role", "inactive", known=BEFORE, cause="disabled_in_netsuite")
def _role_before(stage: Stage) -> Given:
    stage.account.change(roles=[{"id": 1000, "active": False}])
    return stage.options(worked_before=True)


@mistake("role", "inactive", known=LIST, cause="role_or_entity_inactive")
def _role_listed(stage: Stage) -> Given:
    stage.account.change(roles=[{"id": 1000, "active": False}])
    return stage.listing()


@mistake("role", "inactive", known=BEFORE_AND_LIST, cause="role_or_entity_inactive")
def _role_before_listed(stage: Stage) -> Given:
    return {**_role_listed(stage), "worked_before": True}


@mistake("entity", "inactive", known=LIST, cause="role_or_entity_inactive")
def _entity_listed(stage: Stage) -> Given:
    stage.account.change(entities=[{"id": 12, "active": False}])
    return stage.listing()


@mistake(
    "role",
    "may manage OAuth 2.0 applications, which bars it from using OAuth 2.0",
    known=LIST,
    cause="role_or_entity_inactive",
)
def _barred_role(stage: Stage) -> Given:
    permissions = ["REST Web Services", "OAuth 2.0 Authorized Applications Management"]
    stage.account.change(roles=[{"id": 1000, "permissions": permissions}])
    return stage.listing()


@mistake("role", "no permission Log in using OAuth 2.0 Access Tokens", cause="login_permission_missing")
def _no_login(stage: Stage) -> Given:
    stage.account.change(roles=[{"id": 1000, "permissions": ["REST Web Services"]}])
    return stage.options()


@mistake("role", "no permission Log in using OAuth 2.0 Access Tokens", known=BEFORE, cause="login_permission_missing")
def _no_login_before(stage: Stage) -> Given:
    return {**_no_login(stage), "worked_before": True}


@mistake("role", "no permission REST Web Services", cause="permission_missing")
def _no_rest(stage: Stage) -> Given:
    stage.account.change(roles=[{"id": 1000, "permissions": ["Log in using OAuth 2.0 Access Tokens"]}])
    return stage.options()


# --- tokens made elsewhere


@mistake("token", "expired", known=TOKEN, cause="token_expiry")
def _old_token(stage: Stage) -> Given:
    return stage.token_options(stage.account.bootstrap_token(1000, 12, lifetime=-60))


@mistake("token", "of another account", known=TOKEN, cause="token_account")
def _foreign_token(stage: Stage) -> Given:
    return stage.token_options(stage.simulator.account(preset=stage.preset).bootstrap_token(1000, 12), client_id=None)


@mistake("token", "of another integration record", known=TOKEN, cause="token_client")
def _clients_token(stage: Stage) -> Given:
    other = secrets.token_hex(32)
    stage.account.change(integrations=[{"client_id": other}])
    return stage.token_options(stage.account.bootstrap_token(1000, 12, client_id=other))


@mistake("token", "the assertion itself", known=TOKEN, cause="token_kind")
def _assertion_as_token(stage: Stage) -> Given:
    return stage.token_options(stage.sign())


@mistake("token", "changed on the way", known=TOKEN, cause="token_signature")
def _changed_token(stage: Stage) -> Given:
    head, body, signature = stage.account.bootstrap_token(1000, 12).split(".")
    return stage.token_options(f"{head}.{body}.{signature[:9].swapcase()}{signature[9:]}")


@mistake("token", "not a JWT", known=TOKEN, cause="token_format")
def _no_token(stage: Stage) -> Given:
    return stage.token_options("not-a-token")
