#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs one pytest suite (`suite.sh NAME FOLDER... -- PYTEST-OPTION...`) and keeps its result in .cache/reports.
set -euo pipefail

name="$1"
shift
folders=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    if [ -d "$1" ]; then
        folders+=("$1")
    else # with several workers pytest would only say that no tests ran
        echo "-- there is no folder $1" >&2
        [ -z "${STRICT:-}" ] || exit 1
    fi
    shift
done
[ $# -eq 0 ] || shift
[ ${#folders[@]} -gt 0 ] || exit 1

reports=.cache/reports
mkdir -p "$reports"
rm -f "$reports/$name.xml" "$reports/$name.log"
# A short place, because ansible-core 2.21 makes a socket in TMPDIR, whose path may have no more than 107 characters;
# of a longer one it says that the local RPC server did not start.
scratch=$(mktemp -d "${TMPDIR:-/tmp}/XXXXXX")
if python -m pytest -q -n "${WORKERS:-auto}" --basetemp "$scratch" --junitxml "$reports/$name.xml" \
    -o junit_suite_name="$name" "$@" "${folders[@]}" 2>&1 | sed -u '/^bringing up nodes/d' | tee "$reports/$name.log"; then
    rm -rf "$scratch"
else
    echo "-- what the tests wrote is in $scratch" >&2
    exit 1
fi
