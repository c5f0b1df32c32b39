# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Logging in to HashiCorp Vault or OpenBao, and the causes of their refusals.

The options are named as in the collection community.hashi_vault, and its environment variables count.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from ...core.accounts import is_loopback
from ...core.errors import KeyMaterialError, M2MError, OptionError
from ...core.libraries import note_missing, require
from ..attempt import Attempt, NoConnectionError, Watch
from ..http_errors import about, to_error
from ..http_session import HttpSession
from ..proxies import choose_proxy
from ..tls import open_context

try:
    import hvac
    from hvac import exceptions
    from requests import RequestException
    from urllib3.exceptions import HTTPError
except ImportError as _error:
    note_missing("hvac", _error)

_KUBERNETES_JWT = "/var/run/secrets/kubernetes.io/serviceaccount/token"
_ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    "url": ("ANSIBLE_HASHI_VAULT_ADDR", "VAULT_ADDR"),
    "auth_method": ("ANSIBLE_HASHI_VAULT_AUTH_METHOD",),
    "token": ("ANSIBLE_HASHI_VAULT_TOKEN", "VAULT_TOKEN"),
    "role_id": ("ANSIBLE_HASHI_VAULT_ROLE_ID", "VAULT_ROLE_ID"),
    "secret_id": ("ANSIBLE_HASHI_VAULT_SECRET_ID", "VAULT_SECRET_ID"),
    "jwt": ("ANSIBLE_HASHI_VAULT_JWT",),
    "role": (),
    "namespace": ("ANSIBLE_HASHI_VAULT_NAMESPACE", "VAULT_NAMESPACE"),
    "ca_cert": ("ANSIBLE_HASHI_VAULT_CA_CERT", "VAULT_CACERT"),
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "token": ("token",),
    "approle": ("role_id",),
    "jwt": ("role", "jwt"),
    "kubernetes": ("role",),
}


@dataclass(frozen=True)
class VaultLogin:
    """Where the server is, and who logs in."""

    url: str
    auth_method: str = "token"
    token: str | None = field(default=None, repr=False)
    role_id: str | None = None
    secret_id: str | None = field(default=None, repr=False)
    jwt: str | None = field(default=None, repr=False)
    role: str | None = None
    namespace: str | None = None
    ca_cert: str | None = None
    timeout: float = 30.0

    @classmethod
    def of(cls, options: Mapping[str, Any], environment: Mapping[str, str]) -> VaultLogin:
        """From a module's options, and from the environment where an option is not given.

        Raises:
            OptionError: the address is missing or would send secrets in clear, or a login lacks a part.
        """
        found: dict[str, Any] = {
            name: options.get(f"store_{name}") or next(filter(None, map(environment.get, names)), None)
            for name, names in _ENVIRONMENT.items()
        }
        url, method = str(found["url"] or ""), str(found["auth_method"] or "token")
        parts = urlsplit(url)
        if not parts.hostname or parts.scheme not in ("https", "http"):
            raise OptionError(
                "The address of the store is missing, or is not a URL",
                "Set store_url (netsuite_account_store_url), or VAULT_ADDR, to https://host:8200",
                cause="bad_store",
            )
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise OptionError(
                "The address of the store is plain HTTP, over which private keys would travel in clear",
                "Use https:// in store_url",
                cause="bad_store",
            )
        if method not in _NEEDED:
            problem, fix = f"store_auth_method {method} is not supported", f"Use one of {', '.join(_NEEDED)}"
            raise OptionError(problem, fix, cause="bad_store")
        missing = [f"store_{name}" for name in _NEEDED[method] if not found[name]]
        if missing:
            raise OptionError(
                f"The login to the store by {method} lacks {' and '.join(missing)}",
                "Set it, from a vaulted variable or the environment, or choose another store_auth_method",
                cause="bad_store",
            )
        return cls(**{**found, "url": url, "auth_method": method}, timeout=float(options.get("timeout") or 30.0))


class VaultServer:
    """A session with the server, logged in when it is first used.

    Args:
        login: Where, and who.
    """

    def __init__(self, login: VaultLogin) -> None:
        require(("hvac",))
        self._login = login
        self._watch = Watch(Attempt(login.timeout))
        self._proxy = choose_proxy(login.url, None, getproxies())
        self._opened: Any = None

    @property
    def place(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self._login.url).netloc.rpartition("@")[2]

    def call(self, action: Callable[[Any], Any]) -> Any:
        """Carry out one call of hvac, logged in.

        Args:
            action: Takes hvac's client, and what is wanted out of its answer: hvac hands on a redirect or a page, too.
                It may raise ``InvalidPath`` and ``InvalidRequest``, which are for the caller.

        Raises:
            KeyMaterialError: the server refused, or is something else than a store.
            TransportError: no answer came.
        """
        if self._opened is None:
            self._opened = self._client()
            with self._explained(during_login=True):
                self._authenticate(self._opened)
        with self._explained(during_login=False):
            return action(self._opened)

    def _client(self) -> Any:
        session = HttpSession(open_context(ca_path=self._login.ca_cert), self._watch)
        return hvac.Client(
            url=self._login.url,
            token=self._login.token if self._login.auth_method == "token" else "",
            namespace=self._login.namespace,
            session=session,
            timeout=math.ceil(self._login.timeout),
            allow_redirects=False,
            proxies={"all": self._proxy} if self._proxy else None,
        )

    def _authenticate(self, client: Any) -> None:
        login = self._login
        if login.auth_method == "approle":
            client.auth.approle.login(role_id=login.role_id, secret_id=login.secret_id)
        elif login.auth_method == "jwt":
            client.auth.jwt.jwt_login(role=login.role, jwt=login.jwt)
        elif login.auth_method == "kubernetes":
            client.auth.kubernetes.login(role=login.role, jwt=login.jwt or _service_account_token())

    @contextmanager
    def _explained(self, *, during_login: bool) -> Iterator[None]:
        """The library's errors in words of this collection; its own quote addresses and answers."""
        self._watch.attempt = attempt = Attempt(self._login.timeout)
        try:
            yield
        except (exceptions.InvalidPath, exceptions.InvalidRequest) as error:
            if not during_login:
                raise
            raise self._refusal(error, during_login=True) from None
        except exceptions.VaultError as error:
            raise self._refusal(error, during_login=during_login) from None
        except (LookupError, TypeError, AttributeError, RecursionError):
            raise KeyMaterialError(
                f"What answers at {self.place} does not speak the API of Vault and OpenBao",
                "Correct store_url: it may be the address of a proxy, of a login page or of a standby node",
                cause="store_failed",
            ) from None
        except (NoConnectionError, RequestException, OSError, ValueError, HTTPError) as error:
            timeout, proxied = self._login.timeout, self._proxy is not None
            found = to_error(error, self._login.url, attempt, timeout=timeout, proxied=proxied)
            raise about(found, "the store", "store_url") from None

    def _refusal(self, error: Exception, *, during_login: bool) -> M2MError:
        if isinstance(error, (exceptions.VaultDown, exceptions.VaultNotInitialized)):
            problem, fix, cause = "is sealed or not initialised", "Unseal it, then run again", "store_sealed"
        elif during_login:
            problem = f"refused the login by {self._login.auth_method}"
            fix = "Check the parts of the login, and whether they have expired"
            cause = "store_login"
        elif isinstance(error, (exceptions.Forbidden, exceptions.Unauthorized)):
            problem = "denied access"
            fix = "Check that the token has not expired and that its policy allows to read and write the path"
            cause = "store_denied"
        else:
            problem, fix, cause = "answered with an error", "Look into the server's log", "store_failed"
        return KeyMaterialError(f"The store at {self.place} {problem}", fix, cause=cause)


def _service_account_token() -> str:
    try:
        with open(os.environ.get("KUBERNETES_SERVICE_ACCOUNT_TOKEN_FILE", _KUBERNETES_JWT), encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        raise OptionError(
            f"The login by kubernetes finds no token of a service account at {_KUBERNETES_JWT}",
            "Run in a pod, or set store_jwt",
            cause="bad_store",
        ) from None
