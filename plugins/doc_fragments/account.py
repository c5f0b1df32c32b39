# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The account options: ``option_groups.ACCOUNT``. ``ID`` is the part of them that says which account it is."""

    ID = r"""
options:
  role_variables:
    description:
      - Whether options that the task does not give are taken from the variables of the role C(m2m.netsuite.netsuite_account), for example
        O(account_id) from C(netsuite_account_id), and the credentials from the credential file or from vaulted variables.
      - The action plugin does that, on the controller, whichever route the operation takes then.
    type: bool
    default: false
  account_id:
    description:
      - The NetSuite account, in any of its spellings, for example V(1234567), V(1234567_SB1), V(1234567-sb1) or V(TSTDRV1234567), or the
        address that the browser shows after login, for example V(https://1234567-sb1.app.netsuite.com/app/center/card.nl).
      - It decides which hosts receive the signed assertion. Anything else is rejected before anything is sent.
    type: str
    required: true
"""

    DOCUMENTATION = r"""
options:
  base_url:
    description:
      - Replaces C(https://<account>.suitetalk.api.netsuite.com) and C(https://<account>.restlets.api.netsuite.com) alike.
      - Oracle advises taking the addresses from Setup > Company > Company Information > Company URLs rather than to construct them. Set this
        option where they differ.
      - It may carry a path prefix, for example V(http://127.0.0.1:8080/_acct/1234567-sb1). Plain C(http) is accepted for loopback
        addresses only.
    type: str
"""
