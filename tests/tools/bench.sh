#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the benchmark in an environment of its own: bench.sh --sizes 20 100 --rounds 3
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
bash tests/tools/venv.sh bench
VENV=.cache/venv-bench exec bash tests/tools/run.sh env PYTHONPATH=.cache/tree python tests/bench/run.py "$@"
