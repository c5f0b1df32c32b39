#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs the unit tests, the end-to-end subset (-m matrix) and ansible-test sanity on every supported ansible-core that this machine has a
# Python for. Says which were left out. Arguments choose releases: matrix.sh 2.17 2.21
set -uo pipefail

# ansible-core, and the Pythons it is run on here, the first one found
releases=("2.17.14 3.11" "2.18.19 3.11" "2.19.14 3.11 3.12 3.13" "2.20.10 3.12 3.13" "2.21.5 3.13 3.12")
# The oldest libraries of requirements.txt go with the oldest ansible-core; all others run with the newest, as pinned.
oldest=(cryptography==43.0.0 pyjwt==2.8.0 pyyaml==6.0.1 requests==2.31.0 urllib3==1.26.20)
outcome=()
status=0
for line in "${releases[@]}"; do
    read -r core pythons <<<"$line"
    if [ $# -gt 0 ] && [[ " $* " != *" ${core%.*} "* ]]; then
        continue
    fi
    python=""
    for version in $pythons; do
        python=$(bash tests/tools/python.sh "$version") && break
    done
    if [ -z "$python" ]; then
        outcome+=("left out  ansible-core $core: no Python ${pythons// / or } runs here")
        continue
    fi
    printf '\n-- ansible-core %s on Python %s\n' "$core" "$version"
    before=$SECONDS
    failed=()
    pins=()
    [ "$line" = "${releases[0]}" ] && pins=("${oldest[@]}")
    if bash tests/tools/venv.sh core "$core" "$python" "${pins[@]}"; then
        export VENV=".cache/venv-core-$core"
        within="bash tests/tools/run.sh"
        $within bash tests/tools/suite.sh "unit-$core" tests/unit tests/contract || failed+=(unit)
        $within bash tests/tools/suite.sh "e2e-$core" tests/e2e -- -m matrix --dist loadfile || failed+=(e2e)
        $within python tests/tools/run_sanity.py || failed+=(sanity)
        unset VENV
    else
        failed+=(install)
    fi
    result=ok
    [ ${#failed[@]} -eq 0 ] || { result=FAILED && status=1; }
    outcome+=("$(printf '%-8s' "$result")  ansible-core $core on Python $version ($((SECONDS - before)) s)${failed[*]:+: ${failed[*]}}")
done

echo
if [ ${#outcome[@]} -eq 0 ]; then
    echo "No supported ansible-core is called $*" >&2
    exit 1
fi
printf '%s\n' "${outcome[@]}"
exit $status
