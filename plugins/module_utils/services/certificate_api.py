# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Oracle's certificate rotation API: list, upload, revoke.

Source: Oracle NetSuite help, article_92130837826 and its three children. Status codes and error documents are not
described there, so every 2xx is good and the text of a refusal is passed on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..core import assertions, mapping, preflight
from ..core.accounts import Endpoints
from ..core.errors import OptionError, TransportError
from ..core.timing import utc
from .http_client import HttpClient, Response
from .oauth_client import read_client, read_endpoints
from .rest_api import CallRefusedError, authorization
from .vault import Vault

# Which status means what is not documented for this API; these are the usual meanings.
_FIXES = {
    401: "Use a token that has not expired (a bootstrap token lives 60 minutes) and has the scope rest_webservices",
    403: "Give the role of the token the permission Manage own OAuth 2.0 Client Credentials certificates",
}


class CertificateApi:
    """The certificates of one integration record.

    Args:
        http_client: The HTTP client.
        endpoints: The account's addresses.
        client_id: Client ID of the integration record.
        token: An access token with the scope rest_webservices.
    """

    def __init__(self, http_client: HttpClient, endpoints: Endpoints, client_id: str, token: str) -> None:
        self._http_client = http_client
        self._endpoints = endpoints
        self._client_id = client_id
        self._token = token

    @classmethod
    def connect(
        cls,
        options: Mapping[str, Any],
        vault: Vault | None,
        http_client: HttpClient,
        clock: Callable[[], float],
    ) -> CertificateApi:
        """Authorise, and address the integration's certificates.

        Args:
            options: The module's options; ``access_token`` takes the place of key and certificate.
            vault: Ansible Vault, where there is one.
            http_client: The HTTP client.
            clock: Source of POSIX times.

        Raises:
            M2MError: bad options, unreadable material, a refused token, or no answer.
        """
        if options["access_token"]:
            _account, endpoints = read_endpoints(options)
            if not options["client_id"]:
                raise OptionError(
                    "client_id is missing",
                    "It names the integration record whose certificates are meant",
                    cause="client_id_missing",
                )
            assertions.check_client_id(options["client_id"])
            return cls(http_client, endpoints, options["client_id"], options["access_token"])
        client = read_client(options, vault)
        preflight.stop_at_blocking(client.problems(utc(clock())))
        token, _response = client.request_token(http_client, clock)
        return cls(http_client, client.endpoints, client.request.client_id, token.text)

    def list(self) -> list[mapping.Mapping]:
        """All mappings that the token's holder may see.

        Raises:
            CallRefusedError: NetSuite refused.
            TransportError: no answer came.
        """
        response = self._call("GET", self._endpoints.certificates(self._client_id), "The list of certificates")
        return mapping.from_list(response.json())

    def upload(
        self, certificate: str, role: str, entity: str, has_not_arrived: Callable[[], bool]
    ) -> mapping.Mapping | None:
        """Map a certificate to a role and an entity.

        Args:
            certificate: The certificate (PEM).
            role: Internal id.
            entity: Internal id.
            has_not_arrived: Finds out, where an answer was lost, whether the certificate has to be sent again.

        Returns:
            The mapping as NetSuite reports it; None when its answer does not say, so that the list must be asked.

        Raises:
            CallRefusedError: NetSuite refused.
            TransportError: no answer came, and whether the certificate was stored is not known.
        """
        document = {"fileContent": certificate, "role": _number(role), "entity": str(entity)}
        url = self._endpoints.certificates(self._client_id)
        try:
            response = self._call("POST", url, "The upload of the certificate", json.dumps(document), has_not_arrived)
        except TransportError as error:
            if error.not_sent:
                raise
            return None
        answer: Any = response.json()
        return mapping.from_document(answer) if isinstance(answer, dict) and answer.get("certificate_id") else None

    def revoke(self, certificate_id: str) -> None:
        """Revoke a certificate, for good.

        Raises:
            CallRefusedError: NetSuite refused.
            TransportError: no answer came, and whether it was revoked is not known.
        """
        url = self._endpoints.revoke(self._client_id, certificate_id)
        self._call("POST", url, f"The revocation of {certificate_id}", "")

    def _call(
        self, method: str, url: str, what: str, body: str | None = None, was_not_done: Callable[[], bool] | None = None
    ) -> Response:
        headers = authorization(self._token)
        if body is not None:
            headers["Content-Type"] = "application/json"
        response = self._http_client.send(
            method, url, headers=headers, body=body, idempotent=was_not_done is None, was_not_done=was_not_done
        )
        if not 200 <= response.status < 300:
            raise CallRefusedError(what, response, _FIXES.get(response.status, ""))
        return response


def _number(value: str) -> int | str:
    """Oracle's example sends role as a number and entity as a string; evidently both forms work."""
    return int(value) if re.fullmatch(r"-?[0-9]{1,18}", value) else value
