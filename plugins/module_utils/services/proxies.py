# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies: which one a URL is reached through, by the rules of requests."""

from __future__ import annotations

import base64
from importlib.util import find_spec
from urllib.parse import quote, unquote, urlsplit

from ..core.accounts import is_loopback
from ..core.errors import TransportError
from ..core.libraries import note_missing

try:
    from requests.utils import select_proxy, should_bypass_proxies
except ImportError as _error:
    note_missing("requests", _error)


def choose_proxy(
    url: str, option: str | None, environment: dict[str, str], *, login: tuple[str, str] | None = None
) -> str | None:
    """The address of the proxy, with a scheme; None where there is none on the way.

    Args:
        url: What is to be reached.
        option: The proxy that was asked for; it counts for every URL.
        environment: The environment's proxies, as ``urllib.request.getproxies`` gives them.
        login: User and password, in place of those that the address may hold.

    Raises:
        ValueError: the login cannot be put into an address.
    """
    if not (option or environment):
        return None
    proxy = option or _of_environment(url, environment)
    if not proxy:
        return None
    scheme, _mark, address = proxy.rpartition("://")
    if login is not None:
        address = ":".join(quote(part, safe="") for part in login) + "@" + address.rpartition("@")[2]
    return f"{scheme or 'http'}://{address}"


def check_proxy(proxy: str) -> None:
    """Find out whether a proxy can be spoken to.

    Raises:
        TransportError: it is of a kind that needs another library.
        ValueError: its address is none.
    """
    address = urlsplit(proxy)
    if not address.hostname or address.port == 0:  # asking for the port is what finds a bad one
        raise ValueError("no host")
    if address.scheme.startswith("socks") and find_spec("socks") is None:
        problem = "The proxy speaks SOCKS, which needs the Python library PySocks"
        raise TransportError(problem, "Install PySocks", cause="bad_proxy", not_sent=True)


def login_headers(proxy: str) -> dict[str, str]:
    """The header fields for the login that an address may hold, in UTF-8 where requests would stop at Latin-1."""
    address = urlsplit(proxy)
    if address.username is None:
        return {}
    login = f"{unquote(address.username)}:{unquote(address.password or '')}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(login).decode()}"}


def _of_environment(url: str, environment: dict[str, str]) -> str | None:
    proxy: str | None = select_proxy(url, environment)
    if not proxy or should_bypass_proxies(url, environment.get("no")):
        return None
    # Plain HTTP is allowed because it leaves no machine; no proxy of the environment shall take it elsewhere.
    target = urlsplit(url)
    leaves = target.scheme == "http" and is_loopback(target.hostname or "") and not _is_here(proxy)
    return None if leaves else proxy


def _is_here(proxy: str) -> bool:
    try:
        return is_loopback(urlsplit(proxy if "://" in proxy else f"//{proxy}").hostname or "")
    except ValueError:
        return False
