# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real runs of the modules that send nothing: per state, in and outside check mode, with success and with failure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.m2m.netsuite.tests.contract.case import PAST, case
from ansible_collections.m2m.netsuite.tests.contract.stage import ENTITY, Stage

# certificate


def wanted(stage: Stage, **more: Any) -> dict[str, Any]:
    folder = stage.folder
    paths = {"private_key_path": str(folder / "auth-key.pem"), "certificate_path": str(folder / "auth-cert.pem")}
    return {"curve": "secp256r1", **paths, **more}


@case("certificate", changed=True)
def _makes_an_ec_pair(stage):
    return wanted(stage, organization="Example", country="DE")


@case("certificate", changed=True)
def _makes_an_rsa_pair(stage):
    place = {name: value for name, value in wanted(stage).items() if name != "curve"}
    return {**place, "key_size": 3072, "private_key_passphrase": "open sesame"}


@case("certificate", changed=True)
def _makes_a_vaulted_pair(stage):
    return wanted(stage, encrypt_with_vault=True)


@case("certificate")
def _keeps_a_usable_pair(stage):
    stage.pair()
    return wanted(stage)


@case("certificate", changed=True)
def _renews_an_expired_certificate(stage):
    stage.pair(**PAST)
    return wanted(stage)


@case("certificate", changed=True)
def _renews_a_certificate_that_ends_soon(stage):
    stage.pair(start=timedelta(days=-345))
    return wanted(stage, backup=False)


@case("certificate", changed=True)
def _makes_the_missing_certificate(stage):
    stage.pair().certificate_path.unlink()
    return wanted(stage)


@case("certificate", changed=True)
def _makes_another_pair_by_force(stage):
    stage.pair()
    return wanted(stage, force=True)


@case("certificate", changed=True)
def _removes_rights_on_the_key(stage):
    stage.pair().key_path.chmod(0o644)
    return wanted(stage)


@case("certificate", changed=True)
def _encrypts_a_key_with_a_passphrase(stage):
    stage.pair()
    return wanted(stage, private_key_passphrase="open sesame")


@case("certificate", changed=True)
def _encrypts_a_key_with_vault(stage):
    stage.pair()
    return wanted(stage, encrypt_with_vault=True)


@case("certificate", changed=True)
def _completes_an_interrupted_run(stage):
    old, new = stage.pair(days=100), stage.pair("new")
    new.key_path.rename(f"{old.key_path}.new")
    new.certificate_path.rename(f"{old.certificate_path}.new")
    return wanted(stage)


@case("certificate", changed=True)
def _completes_a_run_that_was_interrupted_half_way(stage):
    old, new = stage.pair(days=100), stage.pair("new")
    new.key_path.rename(old.key_path)
    new.certificate_path.rename(f"{old.certificate_path}.new")
    return wanted(stage)


@case("certificate", "absent", changed=True)
def _removes_a_pair(stage):
    stage.pair()
    return wanted(stage)


@case("certificate", "absent")
def _removes_nothing(stage):
    return wanted(stage)


@case("certificate", cause="options_differ")
def _does_not_replace_a_usable_pair(stage):
    stage.pair()
    return wanted(stage, common_name="another")


@case("certificate", cause="options_differ")
def _does_not_certify_another_key_than_asked_for(stage):
    stage.pair(rsa=True).certificate_path.unlink()
    return wanted(stage)


@case("certificate", cause="key_missing")
def _does_not_replace_a_lost_key(stage):
    stage.pair().key_path.unlink()
    return wanted(stage)


@case("certificate", cause="bad_validity")
def _does_not_make_what_netsuite_shortens(stage):
    return wanted(stage, valid_days=731)


@case("certificate", cause="bad_validity")
def _does_not_renew_on_each_run(stage):
    return wanted(stage, valid_days=30)


# certificate_info


@case("certificate_info")
def _reads_a_certificate(stage):
    return {"certificate_path": str(stage.pair().certificate_path)}


@case("certificate_info")
def _reads_a_pair(stage):
    pair = stage.pair(rsa=True, passphrase="open sesame")
    return {**pair.options(), "private_key_passphrase": "open sesame", "certificate_id": pair.certificate_id}


@case("certificate_info")
def _finds_all_that_is_wrong(stage):
    pair, other = stage.pair(**PAST), stage.pair("other")
    return {
        "private_key_content": other.key,
        "certificate_content": pair.certificate,
        "certificate_id": other.certificate_id,
        "client_id": "3f8c6a52-0b6e-4f0e-9d1a-5a1c3c2f9c55",
    }


@case("certificate_info")
def _reads_a_certificate_that_netsuite_does_not_take(stage):
    return {"certificate_content": stage.foreign_certificate()}


@case("certificate_info")
def _reads_a_certificate_for_an_account(stage):
    return {"certificate_path": str(stage.pair().certificate_path), "account_id": stage.account_id}


@case("certificate_info", cause="missing_file")
def _tells_of_a_missing_file(stage):
    return {"certificate_path": str(stage.folder / "nothing.pem")}


@case("certificate_info", cause="wrong_pem")
def _tells_of_a_mix_up(stage):
    return {"certificate_path": str(stage.pair().key_path)}


# client_assertion


def signing(stage: Stage, **more: Any) -> dict[str, Any]:
    return {"account_id": stage.account_id, "client_id": "0123456789abcdef" * 4, **more}


@case("client_assertion")
def _signs_with_ec(stage):
    return signing(stage, **stage.pair().options())


@case("client_assertion")
def _signs_with_rsa_and_a_certificate_id(stage):
    pair = stage.pair(rsa=True)
    claims = {"sub": "someone", "nested": {"list": [1]}}
    return signing(stage, private_key_content=pair.key, certificate_id=pair.certificate_id, extra_claims=claims)


@case("client_assertion", cause="key_mismatch")
def _does_not_sign_with_the_key_of_another(stage):
    pair, other = stage.pair(), stage.pair("other")
    return signing(stage, private_key_path=str(other.key_path), certificate_path=str(pair.certificate_path))


@case("client_assertion", cause="algorithm")
def _does_not_sign_with_rs256(stage):
    return signing(stage, algorithm="RS256", **stage.pair().options())


# account_credentials


def kept(stage: Stage, *steps: dict[str, Any]) -> dict[str, Any]:
    """Take steps with the account's credential file; return the options that name it."""
    place = {"account_id": stage.account_id, "credentials_path": str(stage.folder / "credentials.yml")}
    for step in steps:
        result = stage.run("account_credentials", {**place, "curve": "secp256r1", **step})
        assert not result.get("failed"), result
    return place


def promoted(stage: Stage) -> dict[str, Any]:
    """Carry a rotation out, but for the revocation; return the options that name the file."""
    place = kept(stage, *ROTATION)
    store = stage.store(place["credentials_path"])
    stored = store.load()
    pending = stored.credentials.pending.certificate_id
    store.save(stored.credentials.promoted(pending, datetime.now(timezone.utc)), stored.version)
    return place


FIRST: dict[str, Any] = {}
ROTATION: tuple[dict[str, Any], ...] = (FIRST, {"rotate": True})


@case("account_credentials", changed=True)
def _makes_the_first_credentials(stage):
    return {**kept(stage), "curve": "secp256r1", "encryption": "file"}


@case("account_credentials", changed=True)
def _makes_the_certificate_of_a_given_key(stage):
    return {**kept(stage), "private_key_content": stage.pair().key}


@case("account_credentials")
def _keeps_credentials(stage):
    return {**kept(stage, FIRST), "environment": "sandbox"}


@case("account_credentials")
def _leaves_given_credentials_where_they_are(stage):
    pair = stage.pair(rsa=True)
    given = {"private_key_content": pair.key, "certificate_content": pair.certificate}
    return {"account_id": stage.account_id, **given}


@case("account_credentials")
def _leaves_a_given_key_and_id_where_they_are(stage):
    pair = stage.pair()
    given = {"private_key_content": pair.key, "certificate_id": pair.certificate_id}
    return {"account_id": stage.account_id, **given}


@case("account_credentials", changed=True)
def _begins_a_rotation(stage):
    return {**kept(stage, FIRST), "curve": "secp384r1", "rotate": True}


@case("account_credentials")
def _says_why_no_rotation_begins(stage):
    return {**kept(stage, FIRST), "rotate": True, "valid_days": 30, "renew_before_days": 30, "fail_on_refusal": False}


@case("account_credentials", cause="bad_validity")
def _fails_where_no_rotation_can_begin(stage):
    return {**kept(stage, FIRST), "rotate": True, "valid_days": 30, "renew_before_days": 30}


@case("account_credentials", "read")
def _reads_credentials(stage):
    return {**kept(stage, *ROTATION)}


@case("account_credentials", "read")
def _reads_that_there_are_none(stage):
    return {**kept(stage)}


@case("account_credentials", cause="wrong_environment")
def _does_not_mistake_a_sandbox_for_production(stage):
    return {**kept(stage), "environment": "production"}


@case("account_credentials", cause="foreign_file")
def _does_not_overwrite_another_file(stage):
    place = kept(stage)
    stage.folder.joinpath("credentials.yml").write_text("mine: 1\n", encoding="utf-8")
    return place


# account_result and rollout_summary


@case("account_result")
def _sums_an_active_account_up(stage):
    credentials = stage.run("account_credentials", {**promoted(stage), "state": "read"})
    check = {"valid": True, "role": "1000", "entity": ENTITY, "scope": ["restlets"], "checks": [], "diagnosis": []}
    return {"account_id": stage.account_id, "credentials": credentials, "token_check": check}


@case("account_result")
def _does_not_mistake_another_account_s_results(stage):
    credentials = stage.run("account_credentials", {**promoted(stage), "state": "read"})
    return {"account_id": "9999999", "credentials": credentials}


@case("account_result")
def _sums_a_waiting_account_up(stage):
    credentials = stage.run("account_credentials", {**kept(stage, FIRST), "state": "read"})
    return {"account_id": stage.account_id, "credentials": credentials, "role": "1000", "entity": ENTITY}


@case("account_result", judged=True)
def _sums_a_failure_up(stage):
    return {"account_id": "not an account", "failure": "Something failed."}


@case("rollout_summary")
def _counts_accounts(stage):
    results = {"one": {"status": "active", "account": "1234567", "next_step": "Nothing to do."}}
    return {"results": results}


@case("rollout_summary")
def _counts_no_accounts(stage):
    return {}
