#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes one virtual environment, or does nothing when it is there with the right packages.
#   venv.sh main             .venv: the tests and the linters
#   venv.sh docs             .cache/venv-docs: sphinx
#   venv.sh bench            .cache/venv-bench: ansible-core, tests/support and matplotlib
#   venv.sh core VERSION PYTHON [PIN...]
#                            .cache/venv-core-VERSION: the tests on another ansible-core, with other libraries where pinned
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
mkdir -p .cache

kind="${1:-main}"
core=""
python=""
pins=("${@:4}")
requirements=(requirements.txt tests/requirements.txt)
case "$kind" in
    main) venv=.venv requirements+=(tests/requirements-tools.txt) ;;
    docs) venv=.cache/venv-docs requirements=(tests/requirements-docs.txt) ;;
    bench) venv=.cache/venv-bench requirements+=(tests/requirements-bench.txt) ;;
    core) core="$2" python="$3" venv=".cache/venv-core-$2" ;;
    *)
        echo "venv.sh: no environment is called '$kind'" >&2
        exit 2
        ;;
esac

# changes whenever the packages, the recipe or the place of the checkout do
stamp=$(cat tests/tools/venv.sh tests/constraints.txt "${requirements[@]}" - <<<"$root $kind $core $python ${pins[*]}" | git hash-object --stdin)
fresh() { [ -f "$venv/.stamp" ] && [ "$(cat "$venv/.stamp")" = "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; }

fresh && exit 0
if command -v flock >/dev/null 2>&1; then
    exec 9>".cache/lock-$(basename "$venv")"
    flock 9
    fresh && exit 0 # somebody else has just made it
fi

[ -n "$python" ] || python=$(bash tests/tools/python.sh)
echo "-- making $venv ($("$python" --version)${core:+, ansible-core $core})" >&2
rm -rf "$venv"
if ! "$python" -m venv "$venv" >.cache/venv.log 2>&1; then
    cat .cache/venv.log >&2
    echo "$python cannot make a virtual environment: please install its venv and ensurepip parts." >&2
    exit 1
fi

constraints=tests/constraints.txt
extra=()
if [ -n "$core" ]; then # this ansible-core, and the resolvelib it accepts
    constraints=".cache/constraints-core-$core.txt"
    names=(ansible-core resolvelib "${pins[@]%%==*}")
    grep -vE "^($(IFS='|' && echo "${names[*]}"))==" tests/constraints.txt >"$constraints"
    extra=("ansible-core==$core" "${pins[@]}")
fi
arguments=(--constraint "$constraints" "${extra[@]}")
for file in "${requirements[@]}"; do arguments+=(--requirement "$file"); done

"$venv/bin/python" -m pip --quiet --disable-pip-version-check install --constraint "$constraints" uv 2>.cache/venv.log ||
    { cat .cache/venv.log >&2 && exit 1; }
# Byte code now, or every later start of Ansible pays for compiling. uv does not read pip's configuration, so pip
# itself stands behind it.
if ! "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --compile-bytecode "${arguments[@]}"; then
    echo "-- uv could not install the packages; trying pip" >&2
    "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --compile "${arguments[@]}" 2>.cache/venv.log ||
        { cat .cache/venv.log >&2 && exit 1; }
fi
echo "$stamp" >"$venv/.stamp"
