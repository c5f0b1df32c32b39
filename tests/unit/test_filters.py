# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters and the test plugin, as Ansible calls them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.m2m.netsuite.plugins.filter.netsuite import FilterModule
from ansible_collections.m2m.netsuite.plugins.test.active import TestModule as ActiveModule
from ansible_collections.m2m.netsuite.tests.support import openssl
from ansible_collections.m2m.netsuite.tests.support.material import new_pair

FILTERS = FilterModule().filters()
active = ActiveModule().tests()["active"]
# RFC 7519, section 3.1
JWT = (
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
)


@pytest.mark.parametrize(
    "account",
    ["1234567_SB1", "1234567-sb1", " 1234567-SB1\n", "https://1234567-sb1.app.netsuite.com/app/center/card.nl"],
)
def test_every_spelling_of_an_account_has_one_label_and_one_realm(account):
    assert FILTERS["account_label"](account) == "1234567-sb1"
    assert FILTERS["account_realm"](account) == "1234567_SB1"


def test_an_account_id_may_be_a_number():
    assert FILTERS["account_label"](1234567) == FILTERS["account_realm"](1234567) == "1234567"


@pytest.mark.parametrize("name", ["account_label", "account_realm"])
@pytest.mark.parametrize("value", ["evil.example.com", "a b", "", None, True, ["1234567"], "1234567.evil"])
def test_what_is_not_an_account_id_is_an_error_that_says_how_one_looks(name, value):
    with pytest.raises(AnsibleFilterError, match=rf"m2m\.netsuite\.{name}: .*1234567_SB1"):
        FILTERS[name](value)


@pytest.mark.parametrize("kind", ["rsa3072", "secp256r1"])
def test_the_certificate_id_is_what_openssl_computes(kind):
    certificate = new_pair(kind).certificate
    assert FILTERS["certificate_id"](certificate) == openssl.certificate_id(certificate)


def test_what_is_not_a_certificate_is_an_error_that_does_not_quote_it():
    key = new_pair().key
    for value in (key, "rubbish", "", None):
        with pytest.raises(AnsibleFilterError, match=r"m2m\.netsuite\.certificate_id: ") as error:
            FILTERS["certificate_id"](value)
        assert "rubbish" not in str(error.value)
        assert not any(line in str(error.value) for line in key.splitlines()[1:-1])


def test_the_claims_of_a_token():
    assert FILTERS["jwt_claims"](JWT) == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}


@pytest.mark.parametrize("value", ["opaque-secret", f"Bearer {JWT}", "", None, 5, JWT[:60]])
def test_what_is_not_a_token_is_an_error_that_does_not_quote_it(value):
    with pytest.raises(AnsibleFilterError, match="three parts with dots") as error:
        FILTERS["jwt_claims"](value)
    assert "opaque-secret" not in str(error.value)
    assert JWT[10:40] not in str(error.value)


def test_an_account_is_active_by_its_status():
    found = {status: active({"status": status}) for status in ("active", "awaiting_upload", "rotating", "failed")}
    assert found == {"active": True, "awaiting_upload": False, "rotating": False, "failed": False}


@pytest.mark.parametrize("value", [{}, {"valid": True}, "active", None, []])
def test_what_is_not_the_result_of_an_account_is_an_error(value):
    with pytest.raises(AnsibleFilterError, match="netsuite_account_result"):
        active(value)
