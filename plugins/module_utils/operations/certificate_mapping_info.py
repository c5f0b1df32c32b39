# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The operation behind m2m.netsuite.certificate_mapping_info."""

from __future__ import annotations

from typing import Any

from ..core import mapping
from ..core.libraries import CLIENT_LIBRARIES
from ..services.certificate_api import CertificateApi
from ..services.oauth_client import open_http_client
from .operation import Context, Operation, Options, Result
from .option_groups import ACCOUNT, CLIENT, CLIENT_EXCLUSIVE, HTTP

API: dict[str, dict[str, Any]] = {
    **ACCOUNT,
    **CLIENT,
    **HTTP,
    "access_token": {"type": "str", "no_log": True},
    "certificates_url": {"type": "str"},
}


def run(options: Options, context: Context) -> Result:
    """List the integration's certificate mappings."""
    with open_http_client(options, context.clock, context.sleep) as http_client:
        mappings = CertificateApi.connect(options, context.vault, http_client, context.clock).list()
    return {
        "changed": False,
        "mappings": [one.as_result() for one in mappings],
        "active_count": len(mapping.active(mappings, context.now())),
    }


OPERATION = Operation(run=run, options=API, libraries=CLIENT_LIBRARIES, mutually_exclusive=CLIENT_EXCLUSIVE)
