#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One coverage report over everything: the tests' own process, the controller's plugins in ansible-playbook and its
# workers, and the modules, which run from a zip in processes of their own.
set -euo pipefail
root=$PWD
data="$root/.cache/coverage"
rm -rf "$data"
mkdir -p "$data"

status=0
# Ansible reads this and starts coverage in each module process (2.19 and newer).
export _ANSIBLE_ANSIBALLZ_COVERAGE_CONFIG="{\"config\": \"$root/pyproject.toml\", \"output\": \"$data/data.module\"}"
python -m coverage run -m pytest -q -n "${WORKERS:-auto}" --dist loadfile --timeout 900 tests/unit tests/contract tests/e2e "$@" || status=$?
python -W ignore -m coverage combine --quiet "$data"
python -m coverage html --quiet --directory .cache/coverage/html
python -m coverage report --skip-covered
echo "In detail: .cache/coverage/html/index.html"
exit "$status"
