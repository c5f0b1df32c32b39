# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The guide for when NetSuite says no, followed to the letter; and the page of causes beside it."""

from __future__ import annotations

import re

from ansible_collections.m2m.netsuite.plugins.module_utils.core.diagnosis import causes, registry
from ansible_collections.m2m.netsuite.tests.e2e.guide_reader import Reader
from ansible_collections.m2m.netsuite.tests.e2e.mistakes.stage import Stage
from ansible_collections.m2m.netsuite.tests.support.simulator import ROOT

GUIDE = "when-netsuite-says-no.md"
OUTPUT = re.compile(r"```text\n- acme \(1234567\)\W.*?failed\. (?P<sentences>.*)\n```")


def test_the_guide(controller, simulator, tmp_path):
    reader = Reader(controller, simulator, GUIDE)
    reader.variables["ANSIBLE_VAULT_PASSWORD_FILE"] = str(reader.vaults.add())
    account = reader.account("acme", netsuite_account_id="1234567")
    before = account.counters()["write_attempts"]  # another guide of this simulator has the same account
    (reader.folder / "inventory/hosts.yml").write_text("netsuite_accounts:\n  hosts:\n    acme:\n")
    reader.shell("ansible-playbook -i inventory m2m.netsuite.onboard")
    reader.upload("acme")
    account.integration(client_credentials=False)

    said = reader.run("ask", rc=2)
    shown = OUTPUT.search((ROOT / "docs/guides" / GUIDE).read_text(encoding="utf-8"))
    assert shown is not None
    assert "acme (1234567)" in said
    assert shown["sentences"] in said

    account.integration(client_credentials=True)
    account.revoke(account.active_ids()[0])
    reader.write("look")
    said = reader.run("look-at-one")
    assert said.index('"cause": "certificate_not_mapped"') < said.index('"cause": "wrong_client"')
    assert '"basis": "heuristic"' in said

    token = account.bootstrap_token()
    said = reader.run("look-with-a-token", typed=token)
    assert '"cause": "mapping_revoked"' in said
    assert '"cause": "certificate_not_mapped"' not in said
    assert token not in said

    stage = Stage(simulator, "observed", tmp_path)
    (reader.folder / "assertion.jwt").write_text(stage.sign(stage.claims(iss="not a client id"), kid=None) + "\n")
    (reader.folder / "auth-cert.pem").write_text(stage.pair.certificate)
    reader.write("read-an-assertion")
    said = reader.shell("ansible-playbook -i inventory assertion.yml")
    assert '"part": "kid"' in said
    assert '"part": "iss"' in said
    assert '"part": "exp"' not in said
    assert account.counters()["write_attempts"] == before
    reader.finish()


def test_the_guide_names_the_places_of_the_causes():
    text = " ".join((ROOT / "docs/guides" / GUIDE).read_text().replace("*", "").split())
    for page in (causes.AUDIT_TRAIL.partition(",")[0], registry.RECORD_PAGE, registry.FEATURE_PAGE):
        assert page in text, page
