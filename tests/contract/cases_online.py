# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the modules that talk to NetSuite, here to the simulator."""

from __future__ import annotations

from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import PAST, case
from ansible_collections.m2m.netsuite.tests.contract.stage import CLIENT_ID, ENTITY, WITHOUT_ROTATION, Pair, Stage

# Where certificates are mapped to.
TO = {"role": "1000", "entity": ENTITY}


# access_token


@case("access_token")
def _proves_credentials(stage):
    stage.open_account()
    return stage.account(stage.map(stage.pair()))


@case("access_token")
def _returns_the_token(stage):
    stage.open_account(settings={"expires_in_type": "string", "token_type": "bearer"})
    pair = stage.map(stage.pair(rsa=True))
    return stage.account(private_key_content=pair.key, certificate_content=pair.certificate, return_token=True)


@case("access_token", cause="token_refused")
def _is_refused_a_token(stage):
    stage.open_account()
    return stage.account(stage.pair())


@case("access_token", cause="token_refused")
def _meets_a_web_page(stage):
    stage.open_account()
    stage.fault("token", kind="html", status=403)
    return stage.account(stage.pair())


@case("access_token", cause="no_token")
def _is_granted_nothing(stage):
    stage.open_account()
    stage.fault("token", kind="status", status=200, body={"token": "none"})
    return stage.account(stage.pair())


@case("access_token", cause="token_refused")
def _passes_an_assertion_on(stage):
    stage.open_account()
    return stage.account(assertion="no.real.one")


@case("access_token", cause="connection_refused")
def _meets_nobody(stage):
    return {**stage.account(stage.pair()), "base_url": "http://127.0.0.1:9"}


# token_check


@case("token_check")
def _finds_everything_in_order(stage):
    stage.open_account()
    return stage.account(stage.map(stage.pair()), expected_role="1001", expected_entity=ENTITY)


@case("token_check")
def _checks_a_given_token(stage):
    stage.open_account()
    return stage.account(access_token=stage.token(), checks=["claims", "signature"])


@case("token_check", cause="certificate_not_mapped", judged=True)
def _finds_the_mapping_missing(stage):
    stage.open_account()
    return stage.account(stage.pair())


@case("token_check")
def _finds_the_mapping_missing_and_goes_on(stage):
    stage.open_account()
    return stage.account(stage.pair(), fail_on_invalid=False)


@case("token_check", cause="expired", judged=True)
def _finds_the_certificate_expired(stage):
    stage.open_account()
    return stage.account(stage.pair(**PAST))


@case("token_check", cause="token_format", judged=True)
def _is_given_something_else(stage):
    stage.open_account()
    return stage.account(access_token="something-else")


@case("token_check", cause="algorithm", judged=True)
def _reviews_an_assertion_that_was_made_elsewhere(stage):
    stage.open_account()
    return stage.account(assertion=stage.token())


@case("token_check", cause="bad_checks")
def _is_asked_for_an_unknown_check(stage):
    return stage.account(access_token="any", checks=["all"])


# certificate_mapping


@case("certificate_mapping", changed=True)
def _maps_the_first_certificate(stage):
    stage.open_account()
    path = str(stage.pair().certificate_path)
    return stage.account(access_token=stage.token(), certificate_path=path, **TO)


@case("certificate_mapping", changed=True)
def _maps_a_further_certificate(stage):
    stage.open_account(settings={"upload_status": 204})
    old, new = stage.map(stage.pair()), stage.pair("new", rsa=True)
    key = {"private_key_path": str(old.key_path), "signing_certificate_id": old.certificate_id}
    return stage.account(certificate_path=str(new.certificate_path), **key, **TO)


@case("certificate_mapping")
def _finds_the_certificate_mapped(stage):
    stage.open_account(settings={"ids_as": "string"})
    return stage.account(stage.map(stage.pair()), role="1001", entity=ENTITY)


@case("certificate_mapping", "revoked", changed=True)
def _revokes_a_certificate(stage):
    stage.open_account()
    pair, other = stage.map(stage.pair()), stage.map(stage.pair("other"))
    return stage.account(pair, certificate_id=other.certificate_id)


@case("certificate_mapping", "revoked")
def _finds_the_certificate_revoked(stage):
    stage.open_account()
    pair = stage.map(stage.pair())
    stage.revoke(pair)
    return stage.account(access_token=stage.token(), certificate_content=pair.certificate)


@case("certificate_mapping", "revoked", cause="unknown_certificate")
def _cannot_revoke_what_is_not_mapped(stage):
    stage.open_account()
    return stage.account(access_token=stage.token(), certificate_content=stage.pair().certificate)


@case("certificate_mapping", cause="five_active_certificates")
def _finds_no_room(stage):
    stage.open_account()
    for number in range(5):
        stage.map(stage.pair(str(number)))
    path = str(stage.pair().certificate_path)
    return stage.account(access_token=stage.token(), certificate_path=path, **TO)


@case("certificate_mapping", cause="mapped_elsewhere")
def _finds_the_certificate_at_another_role(stage):
    stage.open_account()
    return stage.account(stage.map(stage.pair()), **TO)


@case("certificate_mapping", cause="call_refused")
def _lacks_the_permission(stage):
    stage.open_account()
    return stage.account(stage.map(stage.pair(), WITHOUT_ROTATION), **TO)


@case("certificate_mapping", cause="token_refused")
def _cannot_map_without_a_token(stage):
    stage.open_account()
    return stage.account(stage.pair(), **TO)


# certificate_mapping_info


@case("certificate_mapping_info")
def _lists_mappings(stage):
    stage.open_account()
    pair = stage.map(stage.pair())
    stage.revoke(stage.map(stage.pair("old", rsa=True)))
    return stage.account(pair)


@case("certificate_mapping_info")
def _lists_no_mapping(stage):
    stage.open_account()
    return stage.account(access_token=stage.token())


@case("certificate_mapping_info", cause="call_refused")
def _may_not_list(stage):
    stage.open_account()
    return stage.account(access_token=stage.token(WITHOUT_ROTATION))


@case("certificate_mapping_info", cause="token_refused")
def _cannot_list_without_a_token(stage):
    stage.open_account()
    return stage.account(stage.pair())


@case("certificate_mapping_info", cause="unexpected_answer")
def _gets_another_answer(stage):
    stage.open_account()
    stage.fault("certificates.list", kind="status", status=200, body={"certificates": "none"})
    return stage.account(access_token=stage.token())


@case("certificate_mapping_info", cause="no_token")
def _cannot_list_with_what_is_no_token(stage):
    stage.open_account()
    stage.fault("token", kind="status", status=200, body={"token": "none"})
    return stage.account(stage.pair())


@case("certificate_mapping_info", cause="client_id_missing")
def _needs_a_client(stage):
    return {"account_id": stage.account_id, "access_token": "any"}


# account_reconcile


def rotating(stage: Stage, **more: Any) -> dict[str, Any]:
    """An account whose first certificate is mapped, and a second one pending."""
    stage.open_account()
    place = {
        "account_id": stage.account_id,
        "base_url": stage.base_url,
        "credentials_path": str(stage.folder / "credentials.yml"),
    }
    made = stage.run("account_credentials", {**place, "curve": "secp256r1"})
    (stage.folder / "first.pem").write_text(made["certificate"], encoding="utf-8")
    stage.map(Pair(stage.folder, stage.folder / "first.pem", made["certificate_id"]))
    stage.run("account_credentials", {**place, "rotate": True})
    check = {"valid": True, "account": stage.account_id, "role": "1001", "entity": ENTITY, "clock_skew": 0}
    return {**place, "client_id": CLIENT_ID, "retries": 0, "checks": ["claims", "probe"], "token_check": check, **more}


@case("account_reconcile", changed=True)
def _finishes_a_rotation(stage):
    return rotating(stage, role="1001", entity=ENTITY)


@case("account_reconcile", changed=True)
def _finishes_a_rotation_without_an_overlap(stage):
    return rotating(stage, overlap_days=0)


@case("account_reconcile", changed=True)
def _maps_credentials_of_variables(stage):
    stage.open_account()
    pair = stage.pair()
    given = {"private_key_content": pair.key, "certificate_content": pair.certificate}
    return stage.account(bootstrap_token=stage.token(), **given, **TO)


@case("account_reconcile", modes=(True,), changed=True)
def _predicts_the_first_steps(stage):
    stage.open_account()
    return stage.account(bootstrap_token=stage.token(), **TO)


@case("account_reconcile", cause="foreign_file")
def _does_not_touch_another_file(stage):
    path = stage.folder / "credentials.yml"
    path.write_text("mine: 1\n", encoding="utf-8")
    return stage.account(credentials_path=str(path))
