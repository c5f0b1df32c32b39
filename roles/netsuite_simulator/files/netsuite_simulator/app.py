# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to the endpoint that answers it: addressing, counting, limits, faults, refusals."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from . import admin, authorization, certificate_api, faults, oauth_api, rest_api, suiteql
from .conditions import Refusal
from .model import Account
from .wire import Request, Response, json_response, oauth_error, rest_error, restlet_error, rewrite_as_oauth
from .world import Call, World

_OAUTH = "/services/rest/auth/oauth2/v1/"
_HOSTS = {
    ".suitetalk.api.netsuite.com": "suitetalk",
    ".restlets.api.netsuite.com": "restlets",
    ".app.netsuite.com": "app",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route: its name, method, owning service, error style and handler."""

    name: str
    method: str
    service: str
    style: str
    handler: Callable[[Call], Response]


def _unknown(_call: Call) -> Response:
    """Answer for a path that does not exist."""
    raise Refusal("not_found")


_UNKNOWN = Endpoint("unknown", "", "", "rest", _unknown)
_FIXED = {
    f"{_OAUTH}token": Endpoint("token", "", "suitetalk", "oauth", oauth_api.token),
    f"{_OAUTH}keys": Endpoint("keys", "GET", "suitetalk", "rest", oauth_api.keys),
    f"{_OAUTH}revoke": Endpoint("token.revoke", "", "suitetalk", "oauth", oauth_api.revoke),
    "/.well-known/openid-configuration": Endpoint(
        "openid_configuration", "GET", "suitetalk", "rest", oauth_api.openid_configuration
    ),
    "/services/rest/system/v1/serverTime": Endpoint("server_time", "GET", "suitetalk", "rest", rest_api.server_time),
    "/services/rest/query/v1/suiteql": Endpoint("suiteql", "POST", "suitetalk", "rest", suiteql.suiteql),
    "/services/rest/record/v1/metadata-catalog": Endpoint(
        "metadata_catalog", "GET", "suitetalk", "rest", rest_api.metadata_catalog
    ),
    "/services/rest/system/v1/governanceLimits": Endpoint(
        "governance_limits", "GET", "suitetalk", "rest", rest_api.governance_limits
    ),
    "/app/login/oauth2/authorize.nl": Endpoint("authorize", "", "app", "oauth", authorization.page),
    "/app/site/hosting/restlet.nl": Endpoint("restlet", "", "restlets", "restlet", rest_api.restlet),
}
_LIST = Endpoint("certificates.list", "GET", "restlets", "rotation", certificate_api.list_certificates)
_UPLOAD = Endpoint("certificates.upload", "POST", "restlets", "rotation", certificate_api.upload)
_REVOKE = Endpoint("certificates.revoke", "POST", "restlets", "rotation", certificate_api.revoke)
_OPEN = ("token", "keys", "token.revoke", "openid_configuration", "authorize")


def handle(world: World, request: Request) -> Response:
    """Answer one request."""
    if request.path == "/_admin" or request.path.startswith("/_admin/"):
        return admin.handle(world, request)
    label, service, path, prefix = _address(request)
    account = world.accounts.get(label)
    if account is None:
        return json_response(404, {"error": "unknown_account"})
    endpoint, params = _find(request.method, path)
    scheme = "https" if service else request.scheme
    used_url = f"{scheme}://{request.host}{prefix}{path}"
    call = Call(world, account, request, endpoint.name, service, used_url, params)
    world.counters.request(account.label, endpoint.name)
    rule = world.faults.match(account.label, endpoint.name)
    with _slot(call, endpoint) as over:
        if rule is None:
            response = _answer(call, endpoint, over)
        else:
            response = faults.apply(rule, lambda: _answer(call, endpoint, over), endpoint.style == "oauth")
    response.headers["Date"] = formatdate(call.now(), usegmt=True)
    return response


def _address(request: Request) -> tuple[str, str | None, str, str]:
    """Find account label, service (by Host header only), path below the account, and the prefix."""
    path = request.path
    if path.startswith("/_acct/"):
        label, _slash, rest = path.removeprefix("/_acct/").partition("/")
        return label, None, f"/{rest}", f"/_acct/{label}"
    host = request.host.lower().partition(":")[0]
    for suffix, service in _HOSTS.items():
        if host.endswith(suffix):
            return host.removesuffix(suffix), service, path, ""
    return "", None, path, ""


def _find(method: str, path: str) -> tuple[Endpoint, tuple[str, ...]]:
    """Find the endpoint of a path."""
    fixed = _FIXED.get(path)
    if fixed is not None:
        return fixed, ()
    if path.startswith(f"{_OAUTH}clients/"):
        parts = path.removeprefix(f"{_OAUTH}clients/").split("/")
        if len(parts) == 2 and parts[1] == "certificates":
            return (_UPLOAD if method == "POST" else _LIST), (parts[0],)
        if len(parts) == 4 and parts[1] == "certificates" and parts[3] == "revoke":
            return _REVOKE, (parts[0], parts[2])
    return _UNKNOWN, ()


@contextlib.contextmanager
def _slot(call: Call, endpoint: Endpoint) -> Iterator[bool]:
    """Count the request among those in flight; yield whether it is one too many."""
    account = call.account
    counted = endpoint.name not in _OPEN or (endpoint.name == "token" and call.settings.concurrency_counts_tokens)
    with account.lock:
        account.in_flight += counted
        over = counted and 0 < call.settings.concurrency_limit < account.in_flight
    try:
        yield over
    finally:
        with account.lock:
            account.in_flight -= counted


def _answer(call: Call, endpoint: Endpoint, over: bool) -> Response:
    """Run the endpoint and turn a refusal into its family's error."""
    try:
        _admit(call, endpoint, over)
        response = endpoint.handler(call)
    except Refusal as refusal:
        call.record(refusal)
        return _refuse(refusal, endpoint, call.account)
    if endpoint.name not in ("keys", "token.revoke", "openid_configuration"):
        call.record()
    return response


def _admit(call: Call, endpoint: Endpoint, over: bool) -> None:
    """Refuse what does not even reach the endpoint: too many at once, wrong service, wrong method.

    Limits: Oracle help ``bridgehead_1500275603`` and ``bridgehead_1525252812``.
    """
    if over and call.settings.overload_as_401:
        raise Refusal("token_rejected")
    if over:
        raise Refusal("restlet_concurrency" if endpoint.style == "restlet" else "concurrency")
    if not _served_here(call, endpoint):
        raise Refusal("restlet_domain" if endpoint.style == "restlet" else "not_found")
    if endpoint.method and call.request.method != endpoint.method:
        raise Refusal("api_method")


def _served_here(call: Call, endpoint: Endpoint) -> bool:
    """Tell whether the service answers this path; with a path prefix all paths are served."""
    if call.service is None or not endpoint.service or call.service == endpoint.service:
        return True
    return endpoint.style == "rotation" and call.settings.certificates_on_suitetalk


def _refuse(refusal: Refusal, endpoint: Endpoint, account: Account) -> Response:
    """Answer a refusal in the style of the endpoint."""
    settings, style, realm = account.settings, endpoint.style, account.account_id
    if style == "restlet":
        return restlet_error(refusal, settings)
    if style == "oauth" and refusal.condition.name != "not_found":
        return oauth_error(refusal, settings, realm)
    response = rest_error(refusal, settings, realm)
    if style == "rotation" and settings.rotation_error_style == "oauth":
        rewrite_as_oauth(response)
    if response.status == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, POST" if endpoint is _LIST else endpoint.method
    return response
