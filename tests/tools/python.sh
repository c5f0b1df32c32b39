#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Prints the path of a Python that really runs (a version manager's shim may exist and not run).
#   python.sh            the system's own if it is 3.11 or newer, else the first such of python3.11, 3.12, 3.13 and python3
#   python.sh 3.12       exactly that version, or nothing and exit 1
set -euo pipefail

wanted="${1:-}"

path_of() {
    "$1" -c 'import sys; sys.version_info[:2] >= (3, 11) or sys.exit(1); print(sys.executable)' 2>/dev/null
}

if [ -z "$wanted" ]; then
    # Distributions build theirs with profile-guided optimization, version managers mostly without: Ansible then takes
    # a fifth more time. Debian's can make virtual environments only where ensurepip is installed.
    /usr/bin/python3 -c 'import ensurepip' 2>/dev/null && path_of /usr/bin/python3 && exit 0
    for name in python3.11 python3.12 python3.13 python3; do
        path_of "$name" && exit 0
    done
    echo "No Python 3.11 or newer was found (tried python3.11, python3.12, python3.13, python3): please install one." >&2
    exit 1
fi

path_of "python$wanted" && exit 0
if command -v pyenv >/dev/null 2>&1; then
    for candidate in "$(pyenv root)/versions/$wanted".*/bin/"python$wanted"; do
        path_of "$candidate" && exit 0
    done
fi
exit 1
