#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make test`: every step, also after one has failed, and at the end what became of each.
set -uo pipefail

rm -rf .cache/reports
mkdir -p .cache/reports
export STRICT=1 # a suite's folder that is missing is a failure
started=$SECONDS
outcome=()
failed=()
for step in "$@"; do
    printf '\n== make %s\n' "$step"
    before=$SECONDS
    if make "$step" ARGS=; then
        outcome+=("ok      $step ($((SECONDS - before)) s)")
    else
        outcome+=("FAILED  $step ($((SECONDS - before)) s)")
        failed+=("$step")
    fi
done

printf '\n== all in %s s\n' "$((SECONDS - started))"
printf '%s\n' "${outcome[@]}"
python tests/tools/summary.py | tee .cache/reports/summary.log || failed+=(summary)
[ ${#failed[@]} -eq 0 ]
