# Copyright (c) 2026, the m2m.netsuite contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Carries operations out in processes that kill themselves (SIGKILL) right before the n-th change of a file.

A program for the tests: it reads one JSON document a line, forks a child for each, and answers with the child's result,
or with ``null`` when it died.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from ansible_collections.m2m.netsuite.plugins.module_utils.operations import certificate
from ansible_collections.m2m.netsuite.plugins.module_utils.operations.operation import Context, execute

CHANGES = ("replace", "rename", "link", "unlink", "chmod", "fchmod", "fsync", "open")


def count_down(left: int) -> None:
    """Let ``left`` changes of files happen, and no more."""

    def wrap(name):
        real = getattr(os, name)

        def call(*arguments, **options):
            nonlocal left
            if name != "open" or arguments[1] & os.O_CREAT:
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 1
            # The process dies here, not the machine: nothing need reach the disk, which is what takes the time.
            return None if name == "fsync" else real(*arguments, **options)

        setattr(os, name, call)

    for name in CHANGES:
        wrap(name)


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            context = Context(clock=lambda: order["clock"])  # noqa: B023
            count_down(order["die_before"])
            result = execute(certificate.OPERATION, order["options"], context)
            os.write(writing, json.dumps(result).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            result = stream.read()
        os.waitpid(child, 0)
        print(result.decode() or "null", flush=True)


if __name__ == "__main__":
    main()
