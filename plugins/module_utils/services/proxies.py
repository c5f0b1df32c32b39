# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proxies: which one a URL is reached through, and the connections through it."""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
from importlib.util import find_spec
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import proxy_bypass

from ..core.accounts import is_loopback
from ..core.errors import TransportError
from ..core.libraries import note_missing

try:
    import urllib3
except ImportError as _error:
    note_missing("urllib3", _error)


def choose_proxy(url: str, option: str | None, environment: dict[str, str]) -> str | None:
    """The address of the proxy, with a scheme; None where there is none on the way.

    Args:
        url: What is to be reached.
        option: The proxy that was asked for; it counts for every URL.
        environment: The environment's proxies, as ``urllib.request.getproxies`` gives them.
    """
    if not (option or environment):
        return None
    target = urlsplit(url)
    proxy = option or _of_environment(target, environment)
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def open_pools(proxy: str | None, context: ssl.SSLContext) -> urllib3.PoolManager:
    """Connections that are kept open, host by host.

    Args:
        proxy: The address of the proxy that they go through, if any.
        context: Whom TLS trusts, at the server and at a proxy that is reached by TLS.

    Raises:
        TransportError: the proxy is of a kind that cannot be spoken to.
        ValueError: its address is none.
    """
    if proxy is None:
        return urllib3.PoolManager(ssl_context=context)
    if proxy.lower().startswith("socks"):
        return _open_socks(proxy, context)
    if not urlsplit(proxy).hostname:
        raise ValueError("no host")
    return urllib3.ProxyManager(
        proxy, proxy_headers=login_headers(proxy), proxy_ssl_context=context, ssl_context=context
    )


def login_headers(proxy: str) -> dict[str, str]:
    """The header fields for the login that an address may hold."""
    address = urlsplit(proxy)
    login = f"{unquote(address.username)}:{unquote(address.password or '')}" if address.username else None
    return urllib3.make_headers(proxy_basic_auth=login)


def _open_socks(proxy: str, context: ssl.SSLContext) -> urllib3.PoolManager:
    if find_spec("socks") is None:
        problem = "The proxy speaks SOCKS, which needs the Python library PySocks"
        raise TransportError(problem, "Install PySocks", cause="bad_proxy", unsent=True)
    from urllib3.contrib.socks import SOCKSProxyManager  # noqa: PLC0415 (it warns where PySocks is not there)

    return SOCKSProxyManager(proxy, ssl_context=context)


def _of_environment(target: SplitResult, environment: dict[str, str]) -> str | None:
    proxy = environment.get(target.scheme) or environment.get("all")
    if not proxy or _is_exempt(target, environment.get("no", "")):
        return None
    # Plain HTTP is allowed because it leaves no machine; no proxy of the environment shall take it elsewhere.
    leaves = target.scheme == "http" and is_loopback(target.hostname or "") and not _is_here(proxy)
    return None if leaves else proxy


def _is_exempt(target: SplitResult, no_proxy: str) -> bool:
    host = target.hostname or ""
    # Python finds a port in the name that it is given, and takes an IPv6 address for one.
    if proxy_bypass(host) or proxy_bypass(target.netloc):
        return True
    return any(_is_within(host, entry.strip()) for entry in no_proxy.split(","))


def _is_within(host: str, network: str) -> bool:
    """Whether an address lies in a network such as ``10.0.0.0/8``, which Python itself does not look for."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    return False


def _is_here(proxy: str) -> bool:
    try:
        return is_loopback(urlsplit(proxy if "://" in proxy else f"//{proxy}").hostname or "")
    except ValueError:
        return False
