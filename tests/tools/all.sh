#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# `make test`: every step, also after one has failed, and at the end what became of each.
# The steps in one argument run beside each other: alone, none of them keeps two processors busy.
set -uo pipefail

reports=.cache/reports
rm -rf $reports
mkdir -p $reports
export STRICT=1 # a suite's folder that is missing is a failure
started=$SECONDS

step() {
    local before=$SECONDS verdict="ok    "
    printf '\n== make %s\n' "$1"
    make "$1" ARGS= || verdict=FAILED
    echo "$verdict  $1 ($((SECONDS - before)) s)" >>$reports/outcome.log
}

trap 'kill 0' INT # what runs in the background does not hear of Ctrl-C
for steps in "$@"; do
    case $steps in
    *' '*)
        for one in $steps; do
            step "$one" >"$reports/make-$one.log" 2>&1 &
        done
        wait
        for one in $steps; do
            cat "$reports/make-$one.log"
        done
        ;;
    *) step "$steps" ;;
    esac
done

printf '\n== all in %s s\n' "$((SECONDS - started))"
cat $reports/outcome.log
python tests/tools/summary.py | tee $reports/summary.log &&
    [ "$(grep -c '^ok ' $reports/outcome.log)" -eq "$(wc -w <<<"$*")" ]
