#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a command in the project's environment: `bash tests/tools/run.sh ansible-doc m2m.netsuite.access_token`.
# Makes what is missing (.venv, and a tree in which this checkout is ansible_collections/m2m/netsuite).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
venv="$root/.venv"
if [ -n "${VENV:-}" ]; then # an environment that venv.sh has made before
    venv=$(cd "$root" && cd "$VENV" && pwd)
else
    bash "$root/tests/tools/venv.sh" main
fi

link="$root/.cache/tree/ansible_collections/m2m/netsuite"
if [ ! -e "$link/galaxy.yml" ]; then
    mkdir -p "${link%/*}"
    ln -sfn ../../../.. "$link"
fi

export PATH="$venv/bin:$PATH"
export ANSIBLE_COLLECTIONS_PATH="$root/.cache/tree"
export ANSIBLE_HOME="$root/.cache/ansible"
export PRE_COMMIT_HOME="$root/.cache/pre-commit"
export HYPOTHESIS_STORAGE_DIRECTORY="$root/.cache/hypothesis"
export PYTHONUNBUFFERED=1
unset VENV PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME PYENV_VERSION ANSIBLE_CONFIG
exec "$@"
