# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Other processes that use the collection's files."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any


def run_python(text: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Another process that has the collection at hand."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    head = "import sys\nfrom ansible_collections.m2m.netsuite.plugins.module_utils.services import files\n"
    return subprocess.Popen([sys.executable, "-c", head + text, *arguments], env=environment, text=True, **options)
