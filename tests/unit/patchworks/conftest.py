# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A key pair, and the sheets that are written of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.operations.handover_sheet import OPERATION
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute
from ansible_collections.m2m.netsuite.tests.support.catalogue import ROOT, validated

CONSUMERS = ROOT / "roles/patchworks_handover/files/consumers"
NAMES = sorted(path.stem for path in CONSUMERS.glob("*.yml"))
CLIENT_ID = "3f8c" * 16


@pytest.fixture(scope="module")
def pair(lab):
    key = lab.key("RSA-3072")
    return lab.key_pem(key), lab.certificate_pem(lab.certificate(key))


@pytest.fixture
def sheet(tmp_path, pair):
    """Write sheets; returns the result and the folder's content."""

    def write(check_mode=False, **options):
        given = {
            "account_id": "1234567_SB1",
            "client_id": CLIENT_ID,
            "private_key_content": pair[0],
            "certificate_content": pair[1],
            "template_folders": [str(CONSUMERS)],
            "consumers": NAMES,
            "name": "acme",
            "dest": str(tmp_path / "handover"),
            **options,
        }
        given = {name: value for name, value in given.items() if value is not None}
        context = Context(check_mode=check_mode)
        result = execute(OPERATION, validated("handover_sheet", given), context)
        assert result.get("cause") != "defect", result
        result["_warnings"] = context.warnings
        folder = Path(given["dest"])
        return result, {path.name: path.read_text() for path in sorted(folder.glob("*"))} if folder.exists() else {}

    return write
