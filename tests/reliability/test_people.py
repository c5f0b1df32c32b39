# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people do to files and to NetSuite between two runs, and in the middle of a rotation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ansible_collections.m2m.netsuite.tests.reliability.invariants import broken_at_the_end, broken_now, read_store
from ansible_collections.m2m.netsuite.tests.reliability.life import Life, Played
from ansible_collections.m2m.netsuite.tests.reliability.stories import FIRST, ROTATION
from ansible_collections.m2m.netsuite.tests.support.material import new_key, new_pair

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
#: What a case finds broken, the run after what was done, and the certificates of others.
Told = tuple[list[str], Played, frozenset[str]]
NOBODY: frozenset[str] = frozenset()


def active_id(life: Life) -> str:
    return next(one.certificate_id for one in read_store(life) if one.part == "active")


def an_old_file_is_restored(life: Life) -> Told:
    old = life.path.read_text()
    assert life.play(rotate=True).status == "active"
    newest = active_id(life)
    life.path.write_text(old)
    life.play()
    # Its certificate is revoked, so the bootstrap token maps a new one; what the newest file held works until revoked.
    return [], life.play(), frozenset({newest})


def a_file_is_merged_with_conflict_marks(life: Life) -> Told:
    good = life.path.read_text()
    merged = good.replace("pending:", "pending:").replace(
        "active:", "<<<<<<< ours\n  active:\n=======\n  active:\n>>>>>>> theirs", 1
    )
    life.path.write_text(merged)
    played = life.play()
    broken = (
        [] if (played.status, life.path.read_text()) == ("failed", merged) else ["what cannot be read was replaced"]
    )
    broken += [] if "foreign_file" in played.causes else [f"no cause: {played.causes}"]
    life.path.write_text(good)
    return broken, life.play(), NOBODY


def a_file_is_cut_short(life: Life) -> Told:
    good = life.path.read_text()
    life.path.write_text(good[: len(good) // 2])
    played = life.play()
    broken = [] if played.status == "failed" and played.causes else [f"taken for good: {played.causes}"]
    life.path.write_text(good)
    return broken, life.play(), NOBODY


def two_hosts_have_one_account(life: Life) -> Told:
    folder = life.folder.parent / "other"
    folder.mkdir()
    variables = {**life.variables, "netsuite_account_credentials_path": str(folder / "netsuite_credentials.yml")}
    other = replace(life, folder=folder, variables=variables)
    broken = [] if other.play().status == "active" else ["the second host gets no certificate"]
    theirs = active_id(other)
    played = life.play(rotate=True)
    broken += [] if theirs in life.account.active_ids() else ["a rotation revoked another host's certificate"]
    return broken, played, frozenset({theirs})


def the_role_changes(life: Life) -> Told:
    life.variables["netsuite_account_role_id"] = "3"
    life.variables["netsuite_account_entity_id"] = "-5"
    played = life.play()
    broken = (
        [] if played.status != "active" or played.summary["role"] == "3" else ["another role than asked for counts"]
    )
    life.variables |= {"netsuite_account_role_id": "1001", "netsuite_account_entity_id": "12"}
    return broken, life.play(), frozenset(set(life.account.active_ids()) - {active_id(life)})


def the_certificate_is_revoked_by_hand(life: Life) -> Told:
    life.account.revoke(active_id(life))
    life.play()
    return [], life.play(), NOBODY


def a_sandbox_is_refreshed(life: Life) -> Told:
    life.account.refresh()
    broken = [] if life.play().status == "failed" else ["a run succeeds without a mapping or a token"]
    life.variables["netsuite_account_bootstrap_token"] = life.account.bootstrap_token()
    life.play()
    return broken, life.play(), NOBODY


def a_sandbox_is_refreshed_in_the_middle_of_a_rotation(life: Life) -> Told:
    life.account.fault("token", "status", status=500, after=1, count=None)
    life.play(rotate=True)
    life.account.no_faults()
    broken = [] if len(read_store(life)) == 2 else ["it was not the middle of a rotation"]
    life.account.refresh()
    life.variables["netsuite_account_bootstrap_token"] = life.account.bootstrap_token()
    life.play()
    return broken, life.play(), NOBODY


def six_certificates(life: Life) -> Told:
    others = [life.account.upload(new_pair(key=new_key()).certificate, role=1001) for _number in range(4)]
    before = active_id(life)
    played = life.play(rotate=True)
    broken = [] if "five_active_certificates" in played.causes else [f"no room, and no cause: {played.causes}"]
    broken += [] if before in life.account.active_ids() else ["a working certificate was revoked for lack of room"]
    broken += broken_now(life, foreign=frozenset(others))
    life.account.revoke(others[0])
    return broken, life.play(), frozenset(others)


def the_file_is_deleted(life: Life) -> Told:
    lost = active_id(life)
    life.path.unlink()
    return [], life.play(), frozenset({lost})


def a_person_uploads_what_is_pending(life: Life) -> Told:
    life.account.fault("certificates.upload", "status", status=403, count=None)
    life.play(rotate=True)
    life.account.no_faults()
    life.account.upload((life.folder / "netsuite_credentials.auth-cert.pem").read_text(), role=1001)
    return [], life.play(), NOBODY


def the_vault_password_changes(life: Life) -> Told:
    before = life.path.read_text()
    passwords = dict(life.vaults.passwords)
    life.vaults.passwords["default"] = "another one"
    played = life.play(rotate=True)
    broken = [] if life.path.read_text() == before else ["what cannot be decrypted was replaced"]
    broken += [] if "wrong_vault_secret" in played.causes else [f"no cause: {played.causes}"]
    life.vaults.passwords.update(passwords)
    return broken, life.play(), NOBODY


CASES: dict[str, Callable[[Life], Told]] = {
    one.__name__.replace("_", " "): one
    for one in (
        *(
            an_old_file_is_restored,
            a_file_is_merged_with_conflict_marks,
            a_file_is_cut_short,
            two_hosts_have_one_account,
        ),
        *(the_role_changes, the_certificate_is_revoked_by_hand, a_sandbox_is_refreshed, six_certificates),
        *(a_sandbox_is_refreshed_in_the_middle_of_a_rotation, the_file_is_deleted, a_person_uploads_what_is_pending),
        the_vault_password_changes,
    )
}


@pytest.mark.parametrize("store", ["file", "whole file"])
@pytest.mark.parametrize("case", CASES)
def test_what_people_do(campaign, tmp_path, simulator, case, store):
    if store != "file" and not campaign.is_whole:
        pytest.skip("in the whole campaign only")
    life = replace(ROTATION, store=store).prepare(tmp_path, simulator, None)
    if store == "whole file" and case.startswith("a file is"):
        case = "the file is deleted"  # what is encrypted as a whole cannot be merged
    broken, played, foreign = CASES[case](life)
    assert not [result for result in played.results.values() if result.get("cause") == "defect"]
    assert broken + broken_at_the_end(life, played, foreign=foreign) == []
    campaign.count(f"people: {case}", 1)


def test_two_integrations_of_one_account(campaign, tmp_path, simulator):
    """Each has its own certificates; the one's rotation leaves the other's alone."""
    life = FIRST.prepare(tmp_path, simulator, None)
    other = {"client_id": "e" * 64, "name": "other"}
    life.account.change(integrations=[{"client_id": life.account.client_id}, other])
    assert life.play().status == "active"
    folder = tmp_path / "other"
    folder.mkdir()
    place = {"credentials_path": str(folder / "netsuite_credentials.yml"), "client_id": other["client_id"]}
    named = {f"netsuite_account_{name}": value for name, value in place.items()}
    named["netsuite_account_bootstrap_token"] = life.account.bootstrap_token(client_id=other["client_id"])
    second = replace(life, folder=folder, variables={**life.variables, **named})
    assert second.play().status == "active"
    theirs = active_id(second)
    assert life.play(rotate=True).status == "active"
    assert sorted(life.account.active_ids()) == sorted({theirs, active_id(life)})
    assert second.play().status == "active"
    campaign.count("people: two integrations of one account", 1)
