#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes one virtual environment, or does nothing when it is there with the right packages.
#   venv.sh main             .venv: the tests and the linters
#   venv.sh docs             .cache/venv-docs: sphinx
#   venv.sh eda              .cache/venv-eda: ansible-rulebook and its Java
#   venv.sh bench            .cache/venv-bench: ansible-core, tests/support and matplotlib
#   venv.sh matrix CORE PYTHON LIBRARIES
#                            .cache/venv-CORE-LIBRARIES-PYTHON: the tests on another ansible-core, with the libraries 'oldest' or 'newest'
# What goes in is locked, by version and digest, in tests/locks.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD
mkdir -p .cache

kind="${1:-main}"
python="${3:-}"
others=() # locks whose packages replace those of the first
case "$kind" in
    main) venv=.venv ;;
    docs | bench | eda) venv=".cache/venv-$kind" ;;
    matrix)
        venv=".cache/venv-$2-$4-$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
        others=("tests/locks/core-$2.txt")
        [ "$4" = newest ] || others+=("tests/locks/$4.txt")
        ;;
    *)
        echo "venv.sh: no environment is called '$kind'" >&2
        exit 2
        ;;
esac

# Prints the packages of the first lock that no other lock names, and then those of the others.
locked() {
    awk '/^[a-z]/ { split($1, name, "=="); other = name[1] in named }
         FILENAME != last { if (/^[a-z]/) named[name[1]]; next }
         !other' last="$1" "${@:2}" "$1" && [ $# -lt 2 ] || cat "${@:2}"
}
lock=".cache/lock-$(basename "$venv").txt"
locked "tests/locks/$kind.txt" "${others[@]}" >"$lock.$$"

# changes whenever the packages, the recipe or the place of the checkout do
stamp=$(cat tests/tools/venv.sh "$lock.$$" - <<<"$root $python" | git hash-object --stdin)
mv "$lock.$$" "$lock"
fresh() { [ -f "$venv/.stamp" ] && [ "$(cat "$venv/.stamp")" = "$stamp" ] && "$venv/bin/python" -c '' 2>/dev/null; }

fresh && exit 0
if command -v flock >/dev/null 2>&1; then
    exec 9>".cache/lock-$(basename "$venv")"
    flock 9
    fresh && exit 0 # somebody else has just made it
fi

[ -n "$python" ] || python=$(bash tests/tools/python.sh)
echo "-- making $venv ($("$python" --version))" >&2
rm -rf "$venv"
if ! "$python" -m venv "$venv" >.cache/venv.log 2>&1; then
    cat .cache/venv.log >&2
    echo "$python cannot make a virtual environment: please install its venv and ensurepip parts." >&2
    exit 1
fi

pip() {
    "$venv/bin/python" -m pip --quiet --disable-pip-version-check install --require-hashes "$@" 2>.cache/venv.log ||
        { cat .cache/venv.log >&2 && exit 1; }
}
awk '/^[a-z]/ { ours = /^uv==/ } ours' tests/locks/main.txt >"$lock.uv"
pip --requirement "$lock.uv"
# Byte code now, or every later start of Ansible pays for compiling. uv does not read pip's configuration, so pip
# itself stands behind it.
if ! "$venv/bin/uv" pip install --quiet --python "$venv/bin/python" --compile-bytecode --require-hashes --requirement "$lock"; then
    echo "-- uv could not install the packages; trying pip" >&2
    pip --compile --requirement "$lock"
fi
echo "$stamp" >"$venv/.stamp"
