#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes tests/constraints.txt anew: every package of the tool chain, exactly, for each supported Python.
# Without arguments it keeps the pins that still fit; `--upgrade` takes the newest releases.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bash tests/tools/venv.sh main
new=.cache/constraints.txt
grep -v '^#' tests/constraints.txt >"$new"
.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
    --no-emit-find-links --output-file "$new" "$@" \
    tests/requirements.txt tests/requirements-tools.txt tests/requirements-docs.txt tests/requirements-bench.txt - <<<"uv" >/dev/null
{ echo "# Made by 'make pins': do not edit by hand." && cat "$new"; } >tests/constraints.txt
