# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP client with a clock that stands still. It never sleeps: pauses are written down."""

from __future__ import annotations

import pytest

from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import TransportError
from ansible_collections.m2m.netsuite.plugins.module_utils.services.http_client import HttpClient, HttpOptions

TOKEN = "eyJ0b2tlbiI6ImNhbmFyeSJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
NOW = 1_795_000_000.0


class Client:
    """A http_client that notes its pauses."""

    def __init__(self, **options):
        self.pauses = []
        options = {"timeout": 30, "retries": 2, **options}
        self.http_client = HttpClient(HttpOptions(**options), clock=lambda: NOW, sleep=self.pauses.append)

    def send(self, url, method="POST", body="b", **options):
        with self.http_client:
            return self.http_client.send(method, url, body=body, **options)

    def fail(self, url, **options):
        with pytest.raises(TransportError) as caught:
            self.send(url, headers={"Authorization": f"Bearer {TOKEN}"}, **options)
        error = caught.value
        shown = f"{error} {error!r} {error.facts}"
        assert TOKEN[:20] not in shown
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__
        assert error.fix
        return error
