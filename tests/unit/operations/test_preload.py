# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is done before Ansible forks its workers, so that none of them does it."""

from __future__ import annotations

from pathlib import Path

import certifi

from ansible_collections.m2m.netsuite.plugins.module_utils.services import tls
from ansible_collections.m2m.netsuite.plugins.plugin_utils.preload import preload_before_fork


def test_the_usual_authorities_are_read_before(monkeypatch, tmp_path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(Path(certifi.where()).read_bytes())
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    preload_before_fork()
    bundle.unlink()  # so a worker that read it again would fail
    assert tls.open_context().cert_store_stats()["x509_ca"] > 50


def test_a_bundle_that_cannot_be_read_is_left_to_the_task_that_needs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    preload_before_fork()
