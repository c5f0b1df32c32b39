# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What can be looked at after a refusal, to find its cause: reading only, and best effort.

Without credentials: the account's JWK Set, and the TLS certificate of a server that is not trusted. With a token that
was given for it: the list of mappings. Nothing here changes anything at NetSuite or sends an assertion.
"""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ..core import mapping, tokens
from ..core.accounts import Endpoints
from ..core.diagnosis import answers
from ..core.diagnosis.evidence import KeySetObservation, MappingObservation
from ..core.errors import RefusedError, TransportError
from ..core.libraries import note_missing
from ..core.redaction import excerpt
from .attempt import Attempt, Watch
from .certificate_api import CertificateApi
from .http_client import HttpClient, Response
from .proxies import login_headers
from .rest_api import CallRefusedError
from .tls import open_context
from .token_endpoint import error_code

try:
    from cryptography import x509
except ImportError as _error:
    note_missing("cryptography", _error)

# The form of the key ids in every token seen so far; Oracle does not document it.
_KEY_ID = re.compile(r"[a-z]\.([A-Z0-9]+(?:_[A-Z0-9]+)*)\.\d{4}-\d{2}-\d{2}")
_TLS_SECONDS = 10.0


def answer_of(response: Response) -> answers.ResponseSummary:
    """What an answer shows of who gave it."""
    return answers.read(
        response.status,
        response.headers,
        response.text,
        error=error_code(response),
        is_json=response.json() is not None,
        seconds=response.received_at - response.sent_at,
    )


def key_set_at(http_client: HttpClient, url: str) -> KeySetObservation | None:
    """What the JWK Set at an address shows to anyone; None when no answer came."""
    try:
        response = http_client.send("GET", url, headers={"Accept": "application/json"})
    except TransportError:
        return None
    document: Any = response.json()
    entries = document.get("keys") if isinstance(document, Mapping) else None
    if response.status != 200 or not isinstance(entries, list):
        return KeySetObservation(response.status, False)
    ids = [str(entry.get("kid")) for entry in entries if isinstance(entry, Mapping)]
    realms = [found.group(1) for key_id in ids if (found := _KEY_ID.match(key_id))]
    return KeySetObservation(200, True, tuple(dict.fromkeys(realms)))


def mappings_for(
    http_client: HttpClient, endpoints: Endpoints, token: str, *, client_id: str, certificate_id: str, now: datetime
) -> MappingObservation | None:
    """What the list of mappings shows of a certificate to the holder of a token.

    Where the list under the client id does not have it, the list of the token's own integration is read as well: a
    certificate that is mapped there proves that the client id is another integration's.

    Args:
        http_client: The HTTP client.
        endpoints: The account's addresses.
        token: The token that reads the list.
        client_id: Client ID that the assertion named.
        certificate_id: Certificate ID that it named.
        now: The time of the question.

    Returns:
        None when no answer came, or the token has expired, so a refusal would mean nothing.
    """
    holder = tokens.identity(tokens.read_claims(token))
    if holder.expires_at is not None and holder.expires_at <= now:
        return None
    try:
        found = mapping.find(CertificateApi(http_client, endpoints, client_id, token).list(), certificate_id)
    except CallRefusedError as error:
        observed = MappingObservation(holder, refused=error.response.status)
    except (TransportError, RefusedError):
        return None
    else:
        if found is not None:
            return MappingObservation(holder, _state(found, now), role=found.role, entity=found.entity)
        observed = MappingObservation(holder, "absent")
    if holder.client_id in (None, client_id):
        return observed
    try:
        other = mapping.find(
            CertificateApi(http_client, endpoints, str(holder.client_id), token).list(), certificate_id
        )
    except (TransportError, RefusedError):
        return observed
    if other is None or not other.is_active(now.date()):
        return observed
    return MappingObservation(holder, observed.state, observed.refused, elsewhere=True)


def _state(found: mapping.Mapping, now: datetime) -> str:
    if found.revoked:
        return "revoked"
    return "active" if found.is_active(now.date()) else "expired"


def issuer_of(url: str, proxy: str | None, timeout: float) -> str | None:
    """Who issued the certificate that a server shows, in a sentence; None when that is unknown.

    A handshake of its own without verification, in which nothing is sent: it ends as soon as the certificate is there.
    """
    try:
        der = _peer_certificate(url, proxy, min(timeout, _TLS_SECONDS))
        certificate = x509.load_der_x509_certificate(der or b"")
        issuer, subject = certificate.issuer.rfc4514_string(), certificate.subject.rfc4514_string()
    except (OSError, ValueError, TypeError, KeyError, http.client.HTTPException):  # TypeError, KeyError: a broken name
        return None
    if issuer == subject:
        return f"its certificate is issued by itself, {excerpt(issuer, 100) or 'without a name'}"
    return f"its certificate is issued by {excerpt(issuer, 100) or 'an issuer without a name'}"


def _peer_certificate(url: str, proxy: str | None, timeout: float) -> bytes | None:
    target = urlsplit(url)
    host, port = target.hostname or "", target.port or 443
    context = open_context(validate_certs=False)
    raw = _tunnel(proxy, host, port, timeout) if proxy else socket.create_connection((host, port), timeout)
    with raw, context.wrap_socket(raw, server_hostname=host) as secure:
        return secure.getpeercert(binary_form=True)


def _tunnel(proxy: str, host: str, port: int, timeout: float) -> socket.socket:
    place = urlsplit(proxy)
    if place.scheme != "http":
        raise OSError("a proxy that speaks TLS itself")
    watch = Watch(Attempt(timeout))
    connection = watch.kind(http.client.HTTPConnection)(place.hostname or "", place.port or 80, timeout=timeout)
    connection.set_tunnel(host, port, login_headers(proxy))
    try:
        connection.connect()
    except (OSError, http.client.HTTPException):
        connection.close()
        raise
    tunnel: socket.socket = connection.sock
    return tunnel
