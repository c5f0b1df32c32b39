#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds the reference of the plugins and roles as a web site in .cache/site; nothing is fetched from elsewhere.
set -euo pipefail
root=$PWD
bash tests/tools/venv.sh docs
export PATH="$root/.cache/venv-docs/bin:$PATH"

room="$root/.cache/docs"
rm -rf "$room" .cache/site
umask 022 # antsibull-docs wants a folder that only its owner may write to
mkdir -p "$room/source"
copy=$(python tests/tools/copy_tree.py "$room/tree")
export ANSIBLE_COLLECTIONS_PATH="$room/tree"
version=$(sed -n 's/^version: *//p' "$copy/galaxy.yml")

loudly() { "$@" >>"$room/log" 2>&1 || { cat "$room/log" && exit 1; }; }
loudly antsibull-docs sphinx-init --use-current --squash-hierarchy --dest-dir "$room/source" \
    --project "m2m.netsuite" --copyright "m2m.netsuite contributors" --title "m2m.netsuite $version" m2m.netsuite
cd "$room/source"
echo 'intersphinx_mapping = {}  # other sites are not asked' >>conf.py
loudly antsibull-docs --config-file antsibull-docs.cfg collection --use-current --squash-hierarchy --cleanup everything \
    --fail-on-error --dest-dir rst m2m.netsuite
loudly sphinx-build --quiet -b html -c . -w "$room/warnings" rst "$root/.cache/site"

# Links into Ansible's own documentation find no target here, on purpose; any other warning is a mistake of ours.
ours='/undefined label/ && !/ansible_collections\.m2m/ { next } { print; found = 1 } END { exit !found }'
if awk "$ours" "$room/warnings"; then
    echo "sphinx warned: see above" >&2
    exit 1
fi
echo "$(find "$root/.cache/site" -name '*.html' | wc -l) pages: .cache/site/index.html"
