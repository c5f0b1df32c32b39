# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pre-request script for Patchworks, under Node, with the oldest and the newest jsrsasign that Patchworks may have.

What it makes goes to the simulator, to oidc-provider, and through the hands of ``cryptography``.
"""

from __future__ import annotations

import time
from urllib.parse import parse_qs

import pytest
import requests

from ansible_collections.m2m.netsuite.tests.interop.patchworks_script import (
    LIBRARIES,
    TOKEN_PATH,
    assertion,
    gets_a_token,
    verify_signature,
)
from ansible_collections.m2m.netsuite.tests.interop.programs import Program, parts
from ansible_collections.m2m.netsuite.tests.support.material import CURVES

ALGORITHMS = {"rsa3072": "PS256", "rsa4096": "PS256", "secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ALGORITHMS)
def test_the_four_values_of_the_sheet_get_a_token(runtime, handed, kind, library):
    one = handed(kind)
    before = int(time.time())
    answer = runtime(one.values, library=library)
    after = time.time()
    gets_a_token(one, answer)
    header, claims, _input, _signature = parts(assertion(answer))
    assert header == {"typ": "JWT", "alg": ALGORITHMS[kind], "kid": one.pair.id}
    assert claims.pop("jti")
    issued = claims.pop("iat")
    assert before - 5 <= issued <= after - 5
    assert claims.pop("exp") == issued + 300
    url = f"https://{one.account.label}.suitetalk.api.netsuite.com{TOKEN_PATH}"
    assert claims == {"iss": one.account.client_id, "scope": ["rest_webservices"], "aud": url}


@pytest.mark.parametrize("kind", ALGORITHMS)
def test_oidc_provider_accepts_the_assertion(runtime, handed, kind):
    one = handed(kind)
    answer = runtime({**one.values, "assertion subject": one.account.client_id})
    audience = parts(assertion(answer))[1]["aud"]
    client = {
        "client_id": one.account.client_id,
        "algorithm": ALGORITHMS[kind],
        "certificate": one.pair.certificate,
    }
    with Program("../patchworks/authorization_server.mjs") as server:
        url = server.ask({"audience": audience, "clients": [client]})["url"]
        form = {name: values[0] for name, values in parse_qs(answer["result"]["payload"]).items()}
        good = requests.post(url, data=form, timeout=10)
        assert good.status_code == 200, (good.text, server.hear())
        assert good.json()["access_token"]
        assert requests.post(url, data=form, timeout=10).status_code == 401
        assert "only be used once" in server.hear()["refused"]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("kind", ["rsa3072", *CURVES])
def test_signatures_are_right_each_time(runtime, handed, kind, library):
    """jsrsasign's own JWS writer shortens one signature of P-521 in six."""
    one = handed(kind)
    for _round in range(20 if kind == "secp521r1" else 5):
        verify_signature(one.pair, assertion(runtime(one.values, library=library)))


def test_each_assertion_is_a_new_one(runtime, handed):
    one = handed()
    made = [parts(assertion(runtime(one.values))) for _round in range(5)]
    assert len({claims["jti"] for _header, claims, _input, _signature in made}) == 5


def test_nonces_come_from_the_systems_random_numbers(runtime, handed):
    """With the system's random numbers fixed, r is the same twice: jsrsasign's own Math.random() has no part in it."""
    for kind, half in (("secp256r1", 32), ("secp384r1", 48), ("secp521r1", 66)):
        one = handed(kind)
        fixed = [parts(assertion(runtime(one.values, fixed_random=True)))[3][:half] for _round in range(2)]
        free = [parts(assertion(runtime(one.values)))[3][:half] for _round in range(2)]
        assert len(set(fixed)) == 1
        assert len({*fixed, *free}) == 3
