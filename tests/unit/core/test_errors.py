# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.m2m.netsuite.plugins.module_utils.core import errors
from ansible_collections.m2m.netsuite.plugins.module_utils.core.errors import M2MError, TransportError


def test_an_error_says_what_and_what_to_do():
    error = M2MError("It broke", "Mend it", cause="broken", place="here")
    assert str(error) == "It broke. Mend it."
    assert (error.cause, error.facts) == ("broken", {"place": "here"})
    assert str(M2MError("It broke")) == "It broke."


def test_a_transport_error_says_whether_to_try_again():
    error = TransportError("It broke", "Mend it", cause="broken", transient=True)
    assert (error.transient, error.not_sent, error.facts) == (True, False, {})


def test_the_tree():
    kinds = ("OptionError", "KeyMaterialError", "VaultError", "TransportError", "RefusedError", "LibraryError")
    assert all(issubclass(getattr(errors, name), M2MError) for name in kinds)
