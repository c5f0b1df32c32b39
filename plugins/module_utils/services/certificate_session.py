# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An authorised session with the certificate API: with a bootstrap token, or with a token of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core import assertions, preflight
from ..core.errors import OptionError
from ..core.timing import utc
from .certificate_api import CertificateApi
from .client import read_client, read_place
from .credential_file import Decryptor
from .transport import Transport


def open_session(
    options: Mapping[str, Any], vault: Decryptor | None, transport: Transport, clock: Callable[[], float]
) -> CertificateApi:
    """Authorise, and address the integration's certificates.

    Args:
        options: The module's options; ``access_token`` takes the place of key and certificate.
        vault: Ansible Vault, where it is at hand.
        transport: The HTTP client.
        clock: Source of POSIX times.

    Raises:
        M2MError: bad options, unreadable material, a refused token, or no answer.
    """
    if options["access_token"]:
        _account, places = read_place(options)
        if not options["client_id"]:
            raise OptionError(
                "client_id is missing",
                "It names the integration record whose certificates are meant",
                cause="client_id_missing",
            )
        assertions.check_client_id(options["client_id"])
        return CertificateApi(transport, places, options["client_id"], options["access_token"])
    client = read_client(options, vault)
    preflight.stop_at_blocking(client.problems(utc(clock())))
    token, _response = client.request_token(transport, clock)
    return CertificateApi(transport, client.endpoints, client.request.client_id, token.text)
