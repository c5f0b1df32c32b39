#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the guides and the reference as a web site in .cache/site; nothing is fetched from elsewhere.
set -euo pipefail
root=$PWD
bash tests/tools/venv.sh docs

room="$root/.cache/docs"
rm -rf "$room" .cache/site
umask 022 # antsibull-docs wants a folder that only its owner may write to
mkdir -p "$room"
source=$(python tests/tools/copy_tree.py "$room/tree")
mkdir "$source/reference"
PYTHONPATH="$room/tree" python -m ansible_collections.m2m.netsuite.tests.support.screenshots "$source/docs/guides"

export PATH="$root/.cache/venv-docs/bin:$PATH" ANSIBLE_COLLECTIONS_PATH="$room/tree"
loudly() { "$@" >>"$room/log" 2>&1 || { cat "$room/log" && exit 1; }; }
loudly antsibull-docs collection --use-current --squash-hierarchy --fail-on-error --dest-dir "$source/reference" m2m.netsuite
loudly sphinx-build --quiet --fail-on-warning --keep-going --jobs auto -c tests/tools/site -d "$room/cache" "$source" "$root/.cache/site"
python tests/tools/check_site.py "$root/.cache/site"
echo "$(find .cache/site -name '*.html' | wc -l) pages: .cache/site/index.html"
