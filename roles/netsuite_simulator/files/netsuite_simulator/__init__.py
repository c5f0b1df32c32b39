# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A strict stand-in for NetSuite's OAuth 2.0 client credentials (M2M) endpoints, on loopback.

It shares no code with the client it helps to test. Rules come from Oracle's help pages (named where a
rule is enforced) and from the RFCs; whatever those leave open is a knob in :mod:`.settings`.
"""

from __future__ import annotations

__version__ = "1.0.0"
