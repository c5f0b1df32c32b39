# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whom a TLS connection trusts, and the certificate that it shows of itself.

Reading a bundle of certificate authorities takes 20 milliseconds, four times what an account's requests take. So the
usual one is read once in a process, and in the parent of Ansible's workers before they are forked.
"""

from __future__ import annotations

import functools
import os
import ssl
import warnings

from ..core.errors import OptionError, TransportError
from ..core.libraries import note_missing

try:
    from requests.utils import DEFAULT_CA_BUNDLE_PATH
    from urllib3.util.ssl_ import create_urllib3_context  # as urllib3 1.26 checks the host's name itself
except ImportError as _error:
    note_missing("requests", _error)

_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_FILE_VARIABLE, _FOLDER_VARIABLE = "SSL_CERT_FILE", "SSL_CERT_DIR"


def open_context(
    *,
    validate_certs: bool = True,
    ca_path: str | None = None,
    client_cert: str | None = None,
    client_key: str | None = None,
) -> ssl.SSLContext:
    """A context for connections to one server.

    Args:
        validate_certs: Whether the server's certificate is verified.
        ca_path: Bundle or folder of the authorities to trust; None for those of the environment, or else of
            requests.
        client_cert: PEM file with a certificate to show.
        client_key: PEM file with its key, when ``client_cert`` does not hold it.

    Raises:
        TransportError: the authorities cannot be read.
        OptionError: the client certificate cannot be used.
    """
    if validate_certs and not client_cert:
        return _shared(*_authorities(ca_path))
    context = _trusting(*_authorities(ca_path)) if validate_certs else _trusting_anybody()
    if client_cert:
        _show(context, client_cert, client_key)
    return context


def _authorities(ca_path: str | None) -> tuple[str | None, str | None]:
    """Bundle and folder of the authorities to trust.

    The variables of OpenSSL count as they do for programs that use it: what one of them does not name is the system's.

    Source: https://docs.openssl.org/3.0/man7/openssl-env/
    """
    named = ca_path or next(filter(None, map(os.environ.get, _BUNDLE_VARIABLES)), None)
    if named:
        return (None, named) if os.path.isdir(named) else (named, None)
    file, folder = os.environ.get(_FILE_VARIABLE), os.environ.get(_FOLDER_VARIABLE)
    if file or folder:
        system = ssl.get_default_verify_paths()
        return file or system.cafile, folder or system.capath
    return DEFAULT_CA_BUNDLE_PATH, None


def _trusting(file: str | None, folder: str | None) -> ssl.SSLContext:
    context = create_urllib3_context()
    try:
        context.load_verify_locations(cafile=file, capath=folder)
    except OSError as error:
        problem = "it holds none as PEM" if isinstance(error, ssl.SSLError) else os.strerror(error.errno or 0)
        raise TransportError(
            f"The certificates to trust cannot be read from {file or folder}: {problem}",
            f"Check ca_path, {', '.join(_BUNDLE_VARIABLES)} and {_FILE_VARIABLE}: use a PEM file or a folder",
            cause="tls_file",
            not_sent=True,
        ) from None
    return context


_shared = functools.cache(_trusting)


def _trusting_anybody() -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_NONE)
    context.check_hostname = False
    # That was the user's own word, and need not be commented.
    warnings.filterwarnings("ignore", "Unverified HTTPS request")
    return context


def _show(context: ssl.SSLContext, certificate: str, key: str | None) -> None:
    asked = []

    def passphrase() -> str:  # else OpenSSL would ask for it at the terminal
        asked.append(True)
        return ""

    try:
        context.load_cert_chain(certificate, key, passphrase)
    except (OSError, ValueError) as error:
        reason = "its key is encrypted" if asked else "it is not a PEM file with a certificate and its key"
        if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError)):
            reason = os.strerror(error.errno or 0)
        raise OptionError(
            f"The TLS client certificate of tls_client_cert and tls_client_key cannot be used: {reason}",
            "Give a certificate and its unencrypted key as PEM, in one file or in two",
            cause="tls_file",
        ) from None
