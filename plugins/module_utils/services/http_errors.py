# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Why no answer came, in a sentence.

The library's own texts show the kind of failure; they may quote headers and URLs, and are never shown.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from ..core.errors import TransportError
from ..core.libraries import note_missing
from .attempt import Attempt, NoConnectionError
from .http_session import BODY_LIMIT, TooLargeError

try:
    from requests import exceptions
except ImportError as _error:
    note_missing("requests", _error)

_CHECK_PROXY = "Check proxy, HTTPS_PROXY and NO_PROXY"


def place_of(url: str) -> str:
    """Host, and port where it is given, of a URL."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def to_error(error: Exception, url: str, attempt: Attempt, *, timeout: float, proxied: bool) -> TransportError:
    """Turn a library's exception into an error of this collection.

    Args:
        error: What the library raised.
        url: What was asked for.
        attempt: The attempt that failed.
        timeout: Seconds that were allowed.
        proxied: Whether a proxy was to be used.
    """
    place, text = place_of(url), str(error)
    if isinstance(error, NoConnectionError):
        return _explain_connection(error.reason, place, timeout=timeout, proxied=proxied)
    if isinstance(error, TooLargeError):
        fix = "Check that base_url and the proxy lead to NetSuite"
        return _transport_error(f"{place} sent more than {BODY_LIMIT} bytes", fix, "endless_answer", transient=False)
    if isinstance(error, exceptions.Timeout) or attempt.is_over:
        problem = f"{place} did not answer completely within {timeout:g} seconds"
        return _transport_error(problem, "Try again, or raise timeout", "timeout", not_sent=not attempt.sent)
    if isinstance(error, exceptions.ProxyError):
        return _explain_proxy(text, place)
    if isinstance(error, exceptions.SSLError):
        return _explain_tls(text, place)
    if isinstance(error, ValueError):
        return _explain_address(place, proxied=proxied)
    problem = f"The connection to {place} was lost before the complete answer arrived"
    return _transport_error(problem, "Try again", "connection_lost", not_sent=not attempt.sent)


def about(error: TransportError, server: str, option: str) -> TransportError:
    """The same error in words for another server than NetSuite, whose address is in ``option``."""
    fix = error.fix.replace("the account id", option).replace("base_url", option).replace("NetSuite", server)
    return TransportError(error.problem, fix, cause=error.cause, transient=error.transient, not_sent=error.not_sent)


def check_headers(headers: Mapping[str, str], url: str) -> None:
    """Find what a copied token may hold, before a library quotes it.

    Raises:
        TransportError: a value is not printable ASCII, or begins with a blank.
    """
    if all(value.isascii() and value.isprintable() and value == value.lstrip() for value in headers.values()):
        return
    problem = f"A token for {place_of(url)} contains characters that are not allowed in an HTTP header"
    fix = "Check where it was copied from: line breaks, blanks and quotes do not belong to it"
    raise _transport_error(problem, fix, "bad_token", transient=False, not_sent=True)


def _explain_connection(reason: OSError, place: str, *, timeout: float, proxied: bool) -> TransportError:
    if proxied:
        problem = f"The proxy on the way to {place} cannot be reached"
        return _transport_error(problem, _CHECK_PROXY, "proxy_unreachable", not_sent=True)
    if isinstance(reason, socket.gaierror):
        problem, cause = f"The host name {place} cannot be resolved", "unknown_host"
        fix = "Check the account id, the network, and name resolution on the machine that runs the task"
    elif isinstance(reason, TimeoutError):
        problem, cause = f"No connection to {place} within {timeout:g} seconds", "timeout"
        fix = "Check network, firewall and proxy"
    elif isinstance(reason, ConnectionRefusedError):
        problem, cause = f"{place} refuses connections", "connection_refused"
        fix = "Check base_url, port and firewall"
    else:
        problem, cause = f"{place} is unreachable from this machine", "unreachable"
        fix = "Check network, firewall and proxy"
    return _transport_error(problem, fix, cause, not_sent=True)


def _explain_address(place: str, *, proxied: bool) -> TransportError:
    """The library cannot even start with what it was given."""
    if proxied:
        problem = f"The proxy on the way to {place} is not given as an address"
        fix = f"{_CHECK_PROXY}: http://host:port"
        return _transport_error(problem, fix, "bad_proxy", transient=False, not_sent=True)
    return _transport_error(
        f"The address of {place} cannot be used", "Check base_url", "bad_url", transient=False, not_sent=True
    )


def _explain_proxy(text: str, place: str) -> TransportError:
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return _explain_tls(text, f"the proxy on the way to {place}")
    if "Tunnel connection failed: 407" in text or "407 Proxy Authentication" in text:
        problem = f"The proxy wants a login before it lets the request to {place} through"
        fix = "Set proxy_username and proxy_password"
        return _transport_error(problem, fix, "proxy_login", transient=False, not_sent=True)
    if "Tunnel connection failed" in text:
        problem = f"The proxy did not let the request to {place} through"
        fix = f"Have the proxy allow {place}, or bypass it with NO_PROXY"
        return _transport_error(problem, fix, "proxy", transient="failed: 5" in text, not_sent=True)
    problem = f"The proxy on the way to {place} cannot be reached"
    return _transport_error(problem, _CHECK_PROXY, "proxy_unreachable", not_sent=True)


def _explain_tls(text: str, place: str) -> TransportError:
    if "Hostname mismatch" in text or "doesn't match" in text or "IP address mismatch" in text:
        problem, cause = f"The TLS certificate of {place} is for another host", "tls_wrong_host"
        fix = "Check base_url; if a proxy inspects TLS, exempt this host"
    elif "certificate has expired" in text or "certificate is not yet valid" in text:
        problem, cause = f"The TLS certificate of {place} has expired or is not valid yet", "tls_dates"
        fix = "Check this machine's clock; else the server or an inspecting proxy needs a new certificate"
    elif "CERTIFICATE_VERIFY_FAILED" in text or "certificate verify failed" in text:
        problem, cause = f"The TLS certificate of {place} is not trusted", "tls_untrusted"
        fix = "If a proxy inspects TLS, name its CA in ca_path; keep validate_certs on"
    else:
        problem, cause = f"The TLS handshake with {place} failed", "tls"
        fix = "Check that the port speaks TLS and that no proxy breaks it"
    return _transport_error(problem, fix, cause, transient=False)


def _transport_error(
    problem: str, fix: str, cause: str, *, transient: bool = True, not_sent: bool = False
) -> TransportError:
    return TransportError(problem, fix, cause=cause, transient=transient, not_sent=not_sent)
