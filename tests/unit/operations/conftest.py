# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fixtures of the operations' tests."""

from __future__ import annotations

import os

import pytest

from ansible_collections.m2m.netsuite.tests.unit.operations.certificate_harness import CertificateHarness


@pytest.fixture
def harness(tmp_path, lab, vault, monkeypatch):
    """An empty folder for a pair, on a disk that nobody waits for."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    return CertificateHarness(tmp_path, lab, vault)
