# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small REST and RESTlet endpoints that prove a token works.

Sources: Oracle help ``article_0528010158`` (serverTime), ``article_0625010817`` (governance limits),
``section_4634920277`` (RESTlets).
"""

from __future__ import annotations

from datetime import datetime, timezone

from .bearer import authenticate, require
from .conditions import Refusal
from .model import ADMINISTRATOR
from .wire import Response, json_response
from .world import Call

_RECORDS = ("customer", "employee", "inventoryItem", "invoice", "salesOrder", "vendor")


def server_time(call: Call) -> Response:
    """Answer with the server's time; no record permission is needed."""
    require(call, "rest_webservices")
    moment = datetime.fromtimestamp(call.now(), timezone.utc)
    text = moment.replace(tzinfo=None).isoformat(timespec="milliseconds")
    return json_response(200, {"serverTime": f"{text}Z"})


def metadata_catalog(call: Call) -> Response:
    """Answer with a short list of record types."""
    require(call, "rest_webservices")
    items = [{"name": name, "links": [{"rel": "canonical", "href": f"{call.used_url}/{name}"}]} for name in _RECORDS]
    return json_response(200, {"items": items})


def governance_limits(call: Call) -> Response:
    """Answer with the concurrency limits; administrators only."""
    caller = require(call, "rest_webservices")
    if caller.role.id != ADMINISTRATOR:
        raise Refusal("api_permission")
    limit = call.settings.concurrency_limit or 5
    answer = {
        "accountConcurrencyLimit": limit,
        "accountUnallocatedConcurrencyLimit": limit,
        "integrationConcurrencyLimit": 0,
        "integrationLimitType": "_none",
    }
    return json_response(200, answer)


def restlet(call: Call) -> Response:
    """Answer as a RESTlet that tells what it was asked."""
    caller = authenticate(call)
    if "restlets" not in caller.grant.scope:
        raise Refusal("api_scope")
    query = call.request.query
    if not query.get("script") or not query.get("deploy"):
        raise Refusal("restlet_arguments")
    script = query["script"][0]
    if call.account.scripts is not None and script not in call.account.scripts:
        raise Refusal("restlet_unknown")
    answer = {
        "script": script,
        "deploy": query["deploy"][0],
        "method": call.request.method,
        "role": caller.role.id,
        "entity": caller.entity.id,
    }
    return json_response(200, answer)
